"""A read-only aiosqlite connection that says in one line what went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from jobwatch.store.connect import READER_BUSY_TIMEOUT, errors_of, read_only_uri
from jobwatch.store.steps import Parameters, Reading

__all__ = ["Parameters", "ReadConnection"]

Result = TypeVar("Result")


class ReadConnection:
    """One reader of one log; each call is one hop to its thread, and may be interrupted."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
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
        try:
            yield cls(connection, path)
        finally:
            await connection.close()

    async def rows(self, statement: str, parameters: Parameters = ()) -> list[Any]:
        """Return all rows of a statement; `LogError` if it can't be run."""
        with errors_of(self.path):
            return list(await self._connection.execute_fetchall(statement, parameters))

    async def run(self, steps: Reading[Result]) -> Result:
        """Run steps, and return their result."""
        rows: list[Any] = []
        try:
            step = next(steps)
            while True:
                rows = await self.rows(*step)
                step = steps.send(rows)
        except StopIteration as done:
            result: Result = done.value
            return result

    async def interrupt(self) -> None:
        """End the statement that runs now: to cancel its task alone would not."""
        await self._connection.interrupt()
