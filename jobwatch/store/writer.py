"""Writer: a thread that writes a log for asyncio, one whole transaction after the other."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from jobwatch.store import plain_steps
from jobwatch.store.connect import BUSY_TIMEOUT, LogError, check_fork, errors_of
from jobwatch.store.off_loop import finished
from jobwatch.store.plain_steps import OFFER_TIMEOUT
from jobwatch.store.steps import Steps
from jobwatch.store.watch import FileIdentity

__all__ = ["Writer"]

Result = TypeVar("Result")


class Writer:
    """Writes one log; a transaction is one hop to its thread, and none is ever cut in two.

    All methods raise `LogError` where the log can't be written, is closed, or stays locked by
    another program for ten seconds, those included for which others of this program were first.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, thread: ThreadPoolExecutor
    ) -> None:
        self._connection = connection
        self._file = FileIdentity(path)
        self._thread = thread
        self._path = path

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, connect: Callable[[Path], sqlite3.Connection]
    ) -> AsyncIterator[Writer]:
        """Open the log with a connection that any thread may use."""
        process = os.getpid()
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobwatch-writer")
        opened = thread.submit(connect, path)
        try:
            yield cls(await finished(asyncio.wrap_future(opened)), path, thread)
        finally:
            if os.getpid() == process:  # a child that was forked doesn't have the thread
                closed = thread.submit(_close, opened)  # behind all that was sent before
                thread.shutdown(wait=False)
                await finished(asyncio.wrap_future(closed))

    async def write(self, steps: Steps[Result]) -> Result:
        """Run steps as one transaction, all or none.

        Who is cancelled takes it back, or waits until it is whole if it has begun.
        """
        work = self._send(steps, BUSY_TIMEOUT)
        return await finished(asyncio.wrap_future(work), give_up=work.cancel)

    async def write_anyway(self, steps: Steps[Result]) -> Result:
        """Run steps as `write` does, but also if who waits for them is cancelled meanwhile."""
        return await finished(asyncio.wrap_future(self._send(steps, BUSY_TIMEOUT)))

    async def offer(self, steps: Steps[Result]) -> Result:
        """Run steps as `write` does, unless another program holds the log just then."""
        work = self._send(steps, OFFER_TIMEOUT)
        return await finished(asyncio.wrap_future(work), give_up=work.cancel)

    def _send(self, steps: Steps[Result], patience: int) -> Future[Result]:
        check_fork(self._path)
        deadline = plain_steps.deadline_in(patience)
        try:
            return self._thread.submit(self._transaction, steps, deadline)
        except RuntimeError as error:  # of a thread that was shut down
            raise LogError(f"{self._path} is not open any more") from error

    def _transaction(self, steps: Steps[Result], deadline: float) -> Result:
        with errors_of(self._path):
            self._file.check()
            left = plain_steps.left_until(deadline)
            return plain_steps.in_transaction(self._connection, steps, patience=left)


def _close(opened: Future[sqlite3.Connection]) -> None:
    if opened.exception() is None:
        opened.result().close()
