"""Jobs that log themselves: `LoggedJob` for asyncio, `PlainLoggedJob` without, on one core.

Each is a context: entered, the job runs; left normally, it is COMPLETE; left by an exception or a
cancellation, it is ERROR with its text, and the exception goes on. It is a job of the process that
made it: in a child that was forked meanwhile nothing that is called here writes to the log.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self, TypeAlias
from warnings import warn

from jobwatch.model.formats import encode
from jobwatch.model.job import UNSET, Job, JobStatus, Json
from jobwatch.model.text import one_line
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
    """What is said of a job by whoever runs it, and what becomes of it."""

    def __init__(self, life: Lifetime) -> None:
        self._life = life
        self._process = os.getpid()

    @property
    def id(self) -> str:
        """The job's id in the log."""
        return self._life.id

    @property
    def message(self) -> Json:
        """What the job's record says, written with its next progress or at its end.

        It is copied: to change it is to set it anew. `FormatError` for what isn't JSON.
        """
        return self._life.message

    @message.setter
    def message(self, message: Json) -> None:
        self._life.message = message

    @property
    def _is_ours(self) -> bool:
        return self._process == os.getpid()

    @contextmanager
    def _beginning(self) -> Iterator[None]:
        try:
            yield
        except LogError:
            self._life.failed()
            raise
        self._life.begun()

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            yield
        except LogError:
            self._life.failed()  # the next one says more
        else:
            self._life.wrote()

    def _warn(self, problem: LogError) -> None:
        # No error: it would take away what the job has come to, or hide why it failed.
        type = self._life.type
        kind = type if isinstance(type, str) else encode(type).decode()
        of = one_line(f"{kind} {self.id}")
        warn(f"the end of {of} isn't in the log: {problem}", RuntimeWarning, stacklevel=3)


class LoggedJob(_Said):
    """A job that the code around it runs; `JobLog.job` makes it.

    Its begin may be taken back by who is cancelled, its end may not, and what it says meanwhile is
    offered: `begin`, `write` and `offer` do that.
    """

    def __init__(
        self,
        write: Write,
        life: Lifetime,
        offer: Write | None = None,
        begin: Write | None = None,
    ) -> None:
        super().__init__(life)
        self._write = write
        self._offer = offer or write
        self._begin = begin or write

    async def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job has come; call it as often as you like.

        What a screen can't show is not written, and no log that is locked or full just then breaks
        the job off: what is said next is written instead, and the end at the latest. That a job
        is partial is told by its message alone. After its end nothing is written.
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
            with self._beginning():
                await self._run(_begin(self._life), self._begin)
        except LogError:
            raise
        except BaseException as error:
            # Cancelled when it was written already, nothing else would end it.
            if self._life.may_be_recorded:
                with suppress(LogError):
                    await self._run(transactions.put(self.id, self._life.broken_off(error)))
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
            await self._run(transactions.put(self.id, self._life.left(error)))
        except LogError as problem:
            self._warn(problem)

    async def _say(self) -> None:
        if (edit := self._life.due()) is not None:
            with self._saying():
                await self._run(transactions.put(self.id, edit), self._offer)

    async def _run(self, steps: Steps[Job | None], write: Write | None = None) -> None:
        if self._is_ours:
            await (write or self._write)(steps)


class PlainLoggedJob(_Said):
    """`LoggedJob` for code without asyncio; `PlainJobLog.job` makes it. Threads may share it.

    For who can't put it around a block there are `begin` and `end`.
    """

    def __init__(self, write: PlainWrite, life: Lifetime, offer: PlainWrite | None = None) -> None:
        super().__init__(life)
        self._write = write
        self._offer = offer or write

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
        with self._beginning():
            self._run(_begin(self._life))

    def end(self, status: JobStatus, message: Json = UNSET, **other: Json) -> None:
        """End the job now, with further keys of its record; `LogError` as `begin`.

        A log that couldn't be written before gets the whole record.
        """
        self._run(transactions.put(self.id, self._life.ended(status, message, **other)))

    def __enter__(self) -> Self:
        """Begin the job; `LogError` where the log can't be written."""
        try:
            self.begin()
        except LogError:
            raise
        except BaseException as error:
            # Interrupted when it was written already, nothing else would end it.
            if self._life.may_be_recorded:
                with suppress(LogError):
                    self._run(transactions.put(self.id, self._life.broken_off(error)))
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the job; of a log that can't say so you are warned: what was done is done."""
        end = self._life.left(error)
        try:
            self._run(transactions.put(self.id, end))
        except LogError as problem:
            self._warn(problem)
        except BaseException:
            # Interrupted while it waited for the log, it was undone.
            with suppress(LogError):
                self._run(transactions.put(self.id, end))
            raise

    def _say(self) -> None:
        if (edit := self._life.due()) is not None:
            with self._saying():
                self._run(transactions.put(self.id, edit), self._offer)

    def _run(self, steps: Steps[Job | None], write: PlainWrite | None = None) -> None:
        if self._is_ours:
            (write or self._write)(steps)


def _begin(life: Lifetime) -> Steps[Job]:
    """Write the begin of a job; only then is what stands under its id its own."""
    job = yield from transactions.create(life.begin)
    life.took_id()
    return job
