"""The rows of a result that no index has in order, numbered in a temporary table of the reader.

Positions have no gaps, but may begin anywhere: what is found anew at the top goes before the rest.
The rows themselves are read live.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator

from jobwatch.model.query import JobQuery
from jobwatch.model.row import JobRow
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.job_list import PAGE, Key
from jobwatch.store.statements import row_of

__all__ = ["FoundTable", "TabledList"]


class FoundTable:
    """The one table of results of a connection; ordinals count from its top."""

    def __init__(self, connection: ReadConnection) -> None:
        self._connection = connection
        self.first = 1
        """The position of the top row."""
        self.total = 0

    async def clear(self) -> None:
        """Begin a result; that before is gone."""
        await self._connection.rows(sql.DROP_FOUND)
        await self._connection.rows(sql.CREATE_FOUND)
        self.first, self.total = 1, 0

    async def append(self, find: str, given: dict[str, object]) -> None:
        """Put what a statement finds behind the last row."""
        await self._connection.rows(find, given)
        await self._measure()

    async def prepend(self, find: str, given: dict[str, object]) -> None:
        """Put what a statement finds before the top row, each before the one it found."""
        await self._connection.rows(find, given | {"first": self.first})
        await self._measure()

    async def drop_top(self, count: int) -> None:
        """Forget the first rows."""
        await self._connection.rows(sql.FORGET_BEFORE, (self.first + count,))
        self.first, self.total = self.first + count, self.total - count

    async def drop_bottom(self, count: int) -> None:
        """Forget the last rows."""
        await self._connection.rows(sql.FORGET_FROM, (self.first + self.total - count,))
        self.total -= count

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on; None is a job that was deleted."""
        first = self.first + number * PAGE
        rows = await self._connection.rows(sql.FOUND_ROWS, (first, first + PAGE))
        return [None if row[0] is None else row_of(row) for row in rows]

    async def ordinal_by_key(self, key: Key, *, descending: bool) -> int:
        """Return how many rows of a result in order of start stand above a key."""
        low, high = 0, self.total
        while low < high:
            middle = (low + high) // 2
            found = await self.key(middle)
            if found is not None and (found > key if descending else found < key):
                low = middle + 1
            else:
                high = middle
        return low

    async def key(self, ordinal: int) -> Key | None:
        """Return the key of a row as it was when it was found; None where there is none."""
        for started, seq in await self._connection.rows(sql.FOUND_KEY, (self.first + ordinal,)):
            return started, seq
        return None

    async def _measure(self) -> None:
        [(first, last)] = await self._connection.rows(sql.FOUND_ENDS)
        if first is None:
            self.first, self.total = 1, 0
        else:
            self.first, self.total = first, last - first + 1


class TabledList(ABC):
    """What the lists have in common whose rows are in the table; ordinals count from the top."""

    newest_first = False
    is_found = True

    def __init__(self, connection: ReadConnection, query: JobQuery, clock: Clock) -> None:
        self.query = query
        self.complete = False
        self._clock = clock
        self._connection = connection
        self._table = FoundTable(connection)

    @property
    def total(self) -> int:
        """Return how many there are, so far."""
        return self._table.total

    @abstractmethod
    def search(self) -> AsyncGenerator[int, None]:
        """Take in what has changed in the log; the total so far comes after each step."""

    async def refresh(self) -> None:
        """Take in what has changed in the log, to the end."""
        async for _ in self.search():
            pass

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on; None is a job that was deleted."""
        return await self._table.page(number)
