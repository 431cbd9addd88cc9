"""A read-only aiosqlite connection that says in one line what went wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from jobwatch.store.connect import (
    READER_BUSY_TIMEOUT,
    LogError,
    check_fork,
    errors_of,
    read_only_uri,
)
from jobwatch.store.steps import Parameters, Reading

__all__ = ["Parameters", "ReadConnection"]

Result = TypeVar("Result")


class ReadConnection:
    """One reader of one log; each call is one hop to its thread, and may be interrupted."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._closed = False
        self._process = os.getpid()
        self._busy = asyncio.Lock()
        self.path = path

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[ReadConnection]:
        """Open the file, which must be there, for reading alone."""
        with errors_of(path):
            connection = await aiosqlite.connect(
                read_only_uri(path),
                uri=True,
                isolation_level=None,
                timeout=READER_BUSY_TIMEOUT / 1000,
            )
        reader = cls(connection, path)
        try:
            yield reader
        finally:
            reader._closed = True
            if os.getpid() == reader._process:  # a child that was forked doesn't have its thread
                await connection.close()

    async def rows(self, statement: str, parameters: Parameters = ()) -> list[Any]:
        """Return all rows of a statement; `LogError` if it can't be run."""
        async with self._busy:
            return await self._rows(statement, parameters)

    async def _rows(self, statement: str, parameters: Parameters) -> list[Any]:
        check_fork(self.path)
        with errors_of(self.path):
            try:
                return list(await self._connection.execute_fetchall(statement, parameters))
            except ValueError as error:
                # aiosqlite's word for a connection that was closed, which is no fault of the call.
                if self._closed:
                    raise LogError(f"{self.path} is not open just now") from error
                raise

    async def run(self, steps: Reading[Result]) -> Result:
        """Run steps, and return their result; nothing else reads in between."""
        async with self._busy:
            try:
                step = next(steps)
                while True:
                    step = steps.send(await self._rows(*step))
            except StopIteration as done:
                result: Result = done.value
                return result

    async def interrupt(self) -> None:
        """End the statement that runs now: to cancel its task alone would not."""
        if not self._closed:
            await self._connection.interrupt()
