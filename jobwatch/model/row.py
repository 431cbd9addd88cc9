"""One line of a list of jobs, and the words that a state is shown with."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.durations import time_taken
from jobwatch.model.insight import Load, Progress, Sign
from jobwatch.model.job import UNSET, JobStatus, Json, Outcome, Time
from jobwatch.model.text import one_line

__all__ = ["JobRow", "Note", "StateMark", "state_mark"]


class Note(NamedTuple):
    """What somebody wrote to a job that needed attention, and when (ms): it is known."""

    at: int
    text: str


class JobRow(NamedTuple):
    """What a list shows of a job: everything but its body and the rest of a long message.

    `seq` is the job's place of arrival in its log, `started` the time that orders it, in epoch
    milliseconds. `message` is the beginning of the message, an object as JSON text; `node` the name
    of the node that the job is of, or empty. `over` is when its run was over, None while it
    goes on: a lost job has no `end`, and one that ended may lack it. `load` is how many records it
    did of how many, where it said so; `progress` how far it had come, where it is not complete.
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
    load: Load | None = None
    note: Note | None = None
    progress: Progress | None = None

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
        note = None if self.note is None or self.note.at > instant else self.note
        if self.over is not None and self.over <= instant:
            return self._replace(note=note)
        begun = isinstance(self.start, int | float)
        return self._replace(
            status=JobStatus.IN_PROGRESS.value if begun else JobStatus.CREATED.value,
            outcome=Outcome.PENDING,
            end=UNSET,
            message="",
            over=None,
            load=None,
            progress=None,
            note=note,
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


_OUTCOMES = {
    Outcome.LOST: StateMark("?", "lost", "lost"),
    Outcome.PARTIAL: StateMark("◐", "partial", "partial"),
}
_SIGNS = {
    Sign.OVERDUE: StateMark("◷", "overdue", "overdue"),
    Sign.GONE: _OUTCOMES[Outcome.LOST],
    Sign.BEYOND: _OUTCOMES[Outcome.LOST],
}
_NOTHING_DONE = StateMark("✗", "failed", "error")


def state_mark(status: Json, outcome: Outcome, sign: Sign | None = None) -> StateMark:
    """Return how a state is shown: by what is known of it, else by the word of its status.

    `sign` is that of a job that goes on.
    """
    if sign is not None:
        return _SIGNS[sign]
    if outcome in _OUTCOMES:
        return _OUTCOMES[outcome]
    if outcome is Outcome.FAILED and status != JobStatus.ERROR:
        return _NOTHING_DONE
    if not isinstance(status, str):
        return StateMark("·", "–", "other")
    known = _MARKS.get(status)
    return known or StateMark("·", one_line(status).lower(), "other")
