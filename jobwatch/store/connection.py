"""A read-only aiosqlite connection that says in one line what went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiosqlite

from jobwatch.store.connect import READER_BUSY_TIMEOUT, errors_of, read_only_uri

__all__ = ["Parameters", "ReadConnection"]

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""What goes into a statement, by place or by name."""


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

    async def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row of parameters; only the temporary tables can be written."""
        with errors_of(self.path):
            await self._connection.executemany(statement, rows)

    async def interrupt(self) -> None:
        """End the statement that runs now: to cancel its task alone would not."""
        await self._connection.interrupt()
