"""Lifetime: what a job that logs itself has said, as edits of its record; the core of both logs.

Times are epoch milliseconds. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import TypeAlias

from jobwatch.model.insight import Progress, progress_of
from jobwatch.model.job import PROGRESS, UNSET, Job, JobStatus, Json, Phase
from jobwatch.store import edits
from jobwatch.store.alive import Process
from jobwatch.store.values import to_column

__all__ = ["PAUSE", "Lifetime", "Put", "text_of"]

PAUSE = 500
"""Milliseconds between two writes of what a job says: a screen shows no more."""
PAUSE_AFTER_FAILURE = 30_000
"""...and after one that failed, for which the job may have waited long."""

MOST_TEXTS = 5
"""How many errors of a group a message tells."""
LONGEST_TEXT = 10_000
"""Characters of an error's text that it tells."""

_Said: TypeAlias = tuple[Json, Progress | None]

Put: TypeAlias = Callable[[Job | None], Job]
"""Makes a record of the one that the log has, None where it has none."""


class Lifetime:
    """The life of one job from its begin to its end.

    What is said is due half a second after what was said before, and the end is always due.
    """

    def __init__(
        self,
        clock: edits.Clock,
        *,
        type: Json,
        user: Json = UNSET,
        id: str | None = None,
        body: Json = UNSET,
        process: Process | None = None,
        other: Mapping[str, Json] | None = None,
    ) -> None:
        job = edits.created(clock, id=id, type=type, user=user, job_body=body)
        job = job.replace(other={**(other or {})})
        self._clock = clock
        self._begun = edits.started(clock, process)(job)
        self._progress: Progress | None = None
        self._offered: _Said = (UNSET, None)
        self._written: _Said | None = (UNSET, None)
        self._next = 0
        self._pause = PAUSE
        self._message: Json = UNSET

    @property
    def id(self) -> str:
        """The job's id in the log."""
        return self._begun.id

    @property
    def message(self) -> Json:
        """What the record says, or is to say: any JSON value, `FormatError` for another."""
        return self._message

    @message.setter
    def message(self, message: Json) -> None:
        to_column(message)  # here, where the mistake is, and not at the job's end
        self._message = message

    def begin(self) -> Job:
        """Return the record that the job begins with, now."""
        now = self._clock()
        times = dict.fromkeys(
            ("created_datetime", "start_datetime", "createdtime", "updatedtime"), now
        )
        self._begun = self._begun.replace(**times)
        # What is said first is shown at once: it may be all for an hour.
        self._pause, self._next = 0, now
        return self._begun

    def progress(self, done: int, total: int | None = None) -> None:
        """Take note of how far the job has come; `TypeError` for what is no whole number.

        `ValueError` for one below 0, or beyond 64 bits.
        """
        said = Progress(index(done), None if total is None else index(total))
        if progress_of(said._asdict()) != said:
            raise ValueError("progress counts from 0 on, within 64 bits")
        self._progress = said

    @property
    def is_due(self) -> bool:
        """Return whether what was said is to be written now."""
        if (self.message, self._progress) == self._written:
            return False
        # A clock that was set back must not silence the job.
        left = self._next - self._clock()
        return left <= 0 or left > self._pause or self._is_through

    @property
    def _is_through(self) -> bool:
        """Return whether the progress has just reached its total: what follows may take long."""
        now = self._progress
        return now is not None and now.done == now.total and now != self._offered[1]

    def said(self) -> Put:
        """Return the edit that writes what the job has said so far."""
        self._offered = (self.message, self._progress)
        fields = self._fields()
        return self._put(lambda job: edits.change(self._clock, fields(job))(job))

    def ended(self, status: JobStatus, message: Json = UNSET, **other: Json) -> Put:
        """Return the edit that ends the job now, with a message of its own or the job's."""
        if message is not UNSET:
            self.message = message

        fields = self._fields(**other)
        return self._put(lambda job: edits.ended(self._clock, status)(job).replace(**fields(job)))

    def left(self, error: BaseException | None) -> Put:
        """Return the edit that ends the job as its code was left: by an error or normally."""
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            return self.ended(JobStatus.COMPLETE)
        return self.ended(JobStatus.ERROR, text_of(error))

    def wrote(self) -> None:
        """Take note that what was said is in the log."""
        self._written = self._offered
        self._wait(PAUSE)

    def failed(self) -> None:
        """Take note that the log couldn't be written."""
        self._wait(PAUSE_AFTER_FAILURE)

    def missed(self) -> None:
        """Take note that the log couldn't be written at the begin: it is due with nothing said."""
        self._written = None
        self.failed()

    def broken_off(self, error: BaseException) -> Callable[[Job | None], Job | None]:
        """Return the edit that ends the job if its begin is in the log after all.

        What is there under its id may be another job, which is none of its business.
        """
        end, mine = self.left(error), self._begun

        def edit(job: Job | None) -> Job | None:
            if job is None or job.phase is Phase.ENDED:
                return None
            is_mine = (job.createdtime, job.other) == (mine.createdtime, mine.other)
            return end(job) if is_mine else None

        return edit

    def _wait(self, pause: int) -> None:
        self._pause, self._next = pause, self._clock() + pause

    def _put(self, edit: Callable[[Job], Job]) -> Put:
        # What the log doesn't have, since it couldn't be written before, begins as it did.
        return lambda job: edit(job or self._begun)

    def _fields(self, **other: Json) -> Callable[[Job], dict[str, Json]]:
        """Return what tells the fields that are to be set in a record."""
        if self._progress is not None:
            other[PROGRESS] = self._progress._asdict()
        said = {} if self.message is UNSET else {"message": self.message}
        return lambda job: {"other": job.other | other, **said}


def text_of(error: BaseException) -> str:
    """Return what an exception says, or its name where it says nothing; of a group, each one's."""
    leaves = list(_leaves(error))
    texts = [_text(leaf)[:LONGEST_TEXT] for leaf in leaves[:MOST_TEXTS]]
    if len(leaves) > MOST_TEXTS:
        texts.append(f"and {len(leaves) - MOST_TEXTS} more")
    return "; ".join(texts)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _leaves(part)]
    return [error]


def _text(error: BaseException) -> str:
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - whatever an error says of itself, it must not hide it
        return name
    if isinstance(error, SystemExit):
        # Code that is no number is what Python would print.
        return f"exit status {text}" if isinstance(error.code, int) else text
    if isinstance(error, KeyError):  # its text is the key alone
        return f"{name}: {text}"
    if name in _NAMED:
        return f"{_NAMED[name]}: {text}" if text else _NAMED[name]
    return text or name


_NAMED = {"CancelledError": "cancelled", "KeyboardInterrupt": "interrupted"}
