"""One line of a list of jobs, and the words that a state is shown with."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.durations import time_taken
from jobwatch.model.job import UNSET, JobStatus, Json, Outcome, Time
from jobwatch.model.text import one_line

__all__ = ["JobRow", "StateMark", "state_mark"]


class JobRow(NamedTuple):
    """What a list shows of a job: everything but its body and the rest of a long message.

    `seq` is the job's place of arrival in its log, `started` the time that orders it, in epoch
    milliseconds. `message` is the beginning of the message, an object as JSON text; `node` the name
    of the node that the job is of, or empty. `over` is when its run was over, None while it
    goes on: a lost job has no `end`, and one that ended may lack it.
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
    created: Time = UNSET
    over: int | float | None = None

    @property
    def key(self) -> tuple[float, int]:
        """Return what orders rows: the start, then the arrival."""
        return self.started, self.seq

    @property
    def running(self) -> bool:
        """Return whether the job has begun and not ended."""
        return self.outcome is Outcome.PENDING and self.status != JobStatus.CREATED

    def as_of(self, instant: int) -> JobRow:
        """Return the job as it stood at an instant (ms): what came later is not there yet."""
        if self.over is not None and self.over <= instant:
            return self
        begun = isinstance(self.start, int | float)
        return self._replace(
            status=JobStatus.IN_PROGRESS.value if begun else JobStatus.CREATED.value,
            outcome=Outcome.PENDING,
            end=UNSET,
            message="",
            over=None,
        )

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
