"""Jobs that log themselves: `LoggedJob` for asyncio, `PlainLoggedJob` without, on one core.

Each is a context: entered, the job runs; left normally, it is COMPLETE; left by an exception or a
cancellation, it is ERROR with its text, and the exception goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias
from warnings import warn

from jobwatch.model.job import UNSET, Job, JobStatus, Json
from jobwatch.store import transactions
from jobwatch.store.connect import LogError
from jobwatch.store.lifetime import Lifetime
from jobwatch.store.steps import Steps

__all__ = ["LoggedJob", "PlainLoggedJob", "PlainWrite", "Write"]

Write: TypeAlias = Callable[[Steps[Job | None]], Awaitable[Job | None]]
"""Runs steps as one transaction of a log."""
PlainWrite: TypeAlias = Callable[[Steps[Job | None]], Job | None]
"""The same in the caller's thread."""


class _Said:
    """What is said of a job by whoever runs it."""

    def __init__(self, life: Lifetime) -> None:
        self._life = life

    @property
    def id(self) -> str:
        """The job's id in the log."""
        return self._life.id

    @property
    def message(self) -> Json:
        """What the job's record says, written with its next progress or at its end."""
        return self._life.message

    @message.setter
    def message(self, message: Json) -> None:
        self._life.message = message


class LoggedJob(_Said):
    """A job that the code around it runs; `JobLog.job` makes it."""

    def __init__(self, write: Write, life: Lifetime) -> None:
        super().__init__(life)
        self._write = write

    async def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job has come; call it as often as you like.

        What a screen can't show is not written, and no log that is locked or full just then breaks
        the job off: what is said next is written instead, and the end at the latest. That a job
        is partial is told by its message alone.
        """
        self._life.progress(done, total)
        await self._say()

    async def say(self, message: Json) -> None:
        """Set the message, and write it as progress is written."""
        self.message = message
        await self._say()

    async def __aenter__(self) -> Self:
        """Begin the job; `LogError` where the log can't be written."""
        try:
            await self._write(transactions.create(self._life.begin))
        except LogError:
            raise
        except BaseException as error:
            # Cancelled when it was written already, nothing else would end it.
            with suppress(LogError):
                await self._write(transactions.put(self.id, self._life.broken_off(error)))
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the job; of a log that can't say so you are warned: what was done is done."""
        try:
            await self._write(transactions.put(self.id, self._life.left(error)))
        except LogError as problem:
            _warn(problem)

    async def _say(self) -> None:
        if self._life.is_due:
            try:
                await self._write(transactions.put(self.id, self._life.said()))
            except LogError:
                self._life.failed()  # the next one says more
            else:
                self._life.wrote()


class PlainLoggedJob(_Said):
    """`LoggedJob` for code without asyncio; `PlainJobLog.job` makes it.

    For who can't put it around a block there are `begin` and `end`.
    """

    def __init__(self, write: PlainWrite, life: Lifetime) -> None:
        super().__init__(life)
        self._write = write

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job has come, as `LoggedJob.progress`."""
        self._life.progress(done, total)
        self._say()

    def say(self, message: Json) -> None:
        """Set the message, and write it as progress is written."""
        self.message = message
        self._say()

    def begin(self) -> None:
        """Begin the job now; `LogError` where the log can't be written: it may be said later."""
        try:
            self._write(transactions.create(self._life.begin))
        except LogError:
            self._life.missed()
            raise

    def end(self, status: JobStatus, message: Json = UNSET, **other: Json) -> None:
        """End the job now, with further keys of its record; `LogError` as `begin`.

        A log that couldn't be written before gets the whole record.
        """
        self._write(transactions.put(self.id, self._life.ended(status, message, **other)))

    def __enter__(self) -> Self:
        """Begin the job; `LogError` where the log can't be written."""
        try:
            self.begin()
        except LogError:
            raise
        except BaseException as error:
            # Interrupted when it was written already, nothing else would end it.
            with suppress(LogError):
                self._write(transactions.put(self.id, self._life.broken_off(error)))
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the job; of a log that can't say so you are warned: what was done is done."""
        try:
            self._write(transactions.put(self.id, self._life.left(error)))
        except LogError as problem:
            _warn(problem)

    def _say(self) -> None:
        if self._life.is_due:
            try:
                self._write(transactions.put(self.id, self._life.said()))
            except LogError:
                self._life.failed()  # the next one says more
            else:
                self._life.wrote()


def _warn(problem: LogError) -> None:
    # No error: it would take away the result of what the job has done, or hide why it failed.
    warn(f"the end of this job isn't in the log: {problem}", RuntimeWarning, stacklevel=3)
