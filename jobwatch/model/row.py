"""One line of a list of jobs, and the words that a state is shown with."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.job import JobStatus, Json, Outcome, Time
from jobwatch.model.text import one_line
from jobwatch.model.when import time_taken

__all__ = ["JobRow", "StateMark", "state_mark"]


class JobRow(NamedTuple):
    """What a list shows of a job: everything but its body and the rest of a long message.

    `seq` is the job's place of arrival in its log, `started` the time that orders it, in epoch
    milliseconds. `message` is the beginning of the message, an object as JSON text; `node` the name
    of the node that the job is of, or empty.
    """

    seq: int
    started: int | float
    id: str
    status: Json
    type: Json
    user: Json
    outcome: Outcome
    start: Time
    end: Time
    message: str
    node: str = ""

    @property
    def key(self) -> tuple[float, int]:
        """Return what orders rows: the start, then the arrival."""
        return self.started, self.seq

    @property
    def running(self) -> bool:
        """Return whether the job has begun and not ended."""
        return self.outcome is Outcome.PENDING and self.status != JobStatus.CREATED

    def taken(self, now: int) -> str:
        """Return how long the job took, or has run by `now` (ms)."""
        return time_taken(self.start, self.end, running=self.running, now=now)


class StateMark(NamedTuple):
    """A state as a glyph, a word and the name of its style: never by colour alone."""

    glyph: str
    word: str
    style: str


_MARKS: dict[object, StateMark] = {
    JobStatus.CREATED.value: StateMark("○", "created", "created"),
    JobStatus.IN_PROGRESS.value: StateMark("●", "running", "running"),
    JobStatus.COMPLETE.value: StateMark("✓", "complete", "complete"),
    JobStatus.ERROR.value: StateMark("✗", "error", "error"),
}


LOST = StateMark("?", "lost", "lost")


def state_mark(status: Json, outcome: Outcome) -> StateMark:
    """Return how a recorded status is shown, an unknown one by its own word; or that it is lost."""
    if outcome is Outcome.LOST:
        return LOST
    if not isinstance(status, str):
        return StateMark("·", "–", "other")
    known = _MARKS.get(status)
    return known or StateMark("·", one_line(status).lower(), "other")
