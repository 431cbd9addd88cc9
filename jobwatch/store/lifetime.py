"""Lifetime: what a job that logs itself has said, as edits of its record; the core of both logs.

Times are epoch milliseconds. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from operator import index
from typing import TypeAlias

from jobwatch.model.insight import Progress, progress_of
from jobwatch.model.job import PROGRESS, UNSET, Job, JobStatus, Json, Phase
from jobwatch.store import edits
from jobwatch.store.alive import Process
from jobwatch.store.values import Column, checked, from_column, to_column

__all__ = ["PAUSE", "Edit", "Lifetime", "text_of"]

PAUSE = 500
"""Milliseconds between two writes of what a job says: a screen shows no more."""
PAUSE_AFTER_FAILURE = 30_000
"""...and after one that failed, for which the job may have waited long."""

MOST_TEXTS = 5
"""How many errors of a group a message tells."""
MOST_COUNTED = 1_000
"""...and how many it counts: groups within groups may hold any number."""
LONGEST_TEXT = 10_000
"""Characters of an error's text that it tells."""

_Said: TypeAlias = tuple[Column, Progress | None]

Edit: TypeAlias = Callable[[Job | None], Job | None]
"""Makes a record of the one that the log has, None where it has none.

It returns None where nothing is to be written.
"""


class Lifetime:
    """The life of one job from its begin to its end.

    What is said is due half a second after what was said before, that all is done at once, and the
    end always. Several threads may speak: an edit writes what is so when it is run.
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
        self._message: Column = None
        self._progress: Progress | None = None
        # None where what the log has isn't known.
        self._written: _Said | None = (None, None)
        self._has_id = self._is_recorded = False
        self._has_ended = False
        self._pause, self._pause_when_through = _Pause(clock), _Pause(clock)

    @property
    def id(self) -> str:
        """The job's id in the log."""
        return self._begun.id

    @property
    def type(self) -> Json:
        """What kind of job it is."""
        return self._begun.type

    @property
    def message(self) -> Json:
        """What the record says, or is to say: any JSON value, `FormatError` for another.

        It is copied: to change it is to set it anew.
        """
        return from_column(self._message)

    @message.setter
    def message(self, message: Json) -> None:
        self._message = to_column(checked(message))

    def begin(self) -> Job:
        """Return the record that the job begins with, now."""
        now = self._clock()
        times = dict.fromkeys(
            ("created_datetime", "start_datetime", "createdtime", "updatedtime"), now
        )
        self._begun = self._begun.replace(**times)
        return self._begun

    def took_id(self) -> None:
        """Take note that its id was free, and its begin is being written."""
        self._has_id = True

    @property
    def may_be_recorded(self) -> bool:
        """Return whether the log may have its begin, though that was broken off."""
        return self._has_id

    def begun(self) -> None:
        """Take note that the log has its begin."""
        self._is_recorded = True
        # What is said first is shown at once: it may be all for an hour.
        self._wait(0)

    def progress(self, done: int, total: int | None = None) -> None:
        """Take note of how far the job has come; `TypeError` for what is no whole number.

        `ValueError` for one below 0, or beyond 64 bits.
        """
        said = Progress(index(done), None if total is None else index(total))
        if progress_of(said._asdict()) != said:
            raise ValueError("progress counts from 0 on, within 64 bits")
        self._progress = said

    def due(self) -> Edit | None:
        """Return the edit that writes what the job has said, None where none is due now."""
        if self._has_ended or self._said == self._written:
            return None
        if not (self._pause.is_over or (self._is_through and self._pause_when_through.is_over)):
            return None
        self._rest()  # from here on, so that of several threads one writes
        return self._say

    def ended(self, status: JobStatus, message: Json = UNSET, **other: Json) -> Edit:
        """Return the edit that ends the job now, with a message of its own or the job's.

        What is said from now on is ignored.
        """
        if message is not UNSET:
            self.message = message
        self._has_ended = True

        def edit(job: Job | None) -> Job:
            job = job or self._begun
            return edits.ended(self._clock, status)(job).replace(**self._fields(job, other))

        return edit

    def left(self, error: BaseException | None) -> Edit:
        """Return the edit that ends the job as its code was left: by an error or normally."""
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            return self.ended(JobStatus.COMPLETE)
        return self.ended(JobStatus.ERROR, text_of(error))

    def wrote(self) -> None:
        """Take note that the log has what was said."""
        self._is_recorded = True
        self._rest()  # from here on, so that a slow log takes a part of the job's time at most

    def failed(self) -> None:
        """Take note that the log couldn't be written: what was said is due, but later."""
        self._written = None
        self._wait(PAUSE_AFTER_FAILURE)

    def broken_off(self, error: BaseException) -> Callable[[Job | None], Job | None]:
        """Return the edit that ends the job if its begin is in the log after all.

        What is there under its id may be another job, which is none of its business.
        """
        end, mine = self.left(error), self._begun

        def edit(job: Job | None) -> Job | None:
            if job is None or job.phase is Phase.ENDED or not self._has_id:
                return None
            is_mine = (job.createdtime, job.other) == (mine.createdtime, mine.other)
            return end(job) if is_mine else None

        return edit

    @property
    def _is_through(self) -> bool:
        """Return whether the progress has reached its total: what follows may take long."""
        return self._progress is not None and self._progress.done == self._progress.total

    @property
    def _said(self) -> _Said:
        # As columns, where 1 and true are two values.
        return self._message, self._progress

    def _say(self, job: Job | None) -> Job | None:
        self._written = self._said
        if job is None and not self._is_recorded:
            job = self._begun  # the log couldn't be written when it began
        if job is None or job.phase is Phase.ENDED:
            return None  # somebody has deleted or closed it
        return edits.change(self._clock, self._fields(job, {}))(job)

    def _fields(self, job: Job, other: Mapping[str, Json]) -> dict[str, Json]:
        """Return the fields that what was said sets in a record, and further keys of it."""
        message, progress = self._said
        said = {} if message is None else {"message": from_column(message)}
        come = {} if progress is None else {PROGRESS: progress._asdict()}
        return {"other": {**job.other, **other, **come}, **said}

    def _rest(self) -> None:
        self._pause.begin(PAUSE)
        if self._is_through:
            self._pause_when_through.begin(PAUSE)

    def _wait(self, pause: int) -> None:
        self._pause.begin(pause)
        self._pause_when_through.begin(pause)


class _Pause:
    """A while (ms) for which something isn't done again."""

    def __init__(self, clock: edits.Clock) -> None:
        self._clock = clock
        self._length = self._end = 0

    def begin(self, length: int) -> None:
        self._length, self._end = length, self._clock() + length

    @property
    def is_over(self) -> bool:
        # A clock that was set back must not silence the job.
        return not 0 < self._end - self._clock() <= self._length


def text_of(error: BaseException) -> str:
    """Return what an exception says, or its name where it says nothing; of a group, each one's."""
    leaves = list(islice(_leaves(error), MOST_COUNTED + 1))
    texts = [_text(leaf)[:LONGEST_TEXT] for leaf in leaves[:MOST_TEXTS]]
    if (more := len(leaves) - MOST_TEXTS) > 0:
        texts.append("and many more" if len(leaves) > MOST_COUNTED else f"and {more} more")
    return "; ".join(texts)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield what a group holds; without recursion, as groups may be nested deeply."""
    left = [error]
    while left:
        error = left.pop()
        if isinstance(error, BaseExceptionGroup):
            left += reversed(error.exceptions)
        else:
            yield error


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
