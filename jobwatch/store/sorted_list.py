"""The jobs of a query in another order than that of their start, sorted by SQLite in one go.

It is a picture of the log at one moment: its rows are read live, but which they are and in what
order is not looked at again until `refresh`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from jobwatch.model.row import JobRow
from jobwatch.store import search_statements as sql
from jobwatch.store.found_table import TabledList
from jobwatch.store.job_list import Place
from jobwatch.store.search import parts_of, search_of

__all__ = ["SortedList"]


class SortedList(TabledList):
    """The jobs of a query in its order; ordinals count from the top."""

    is_kept_up = False

    async def search(self) -> AsyncGenerator[int, None]:
        """Find and sort them anew; the total comes when they are sorted."""
        self.complete = False
        search, sort = search_of(self.query), self.query.sort
        statements = sql.SORT_DOWN if sort.descending else sql.SORT_UP
        await self._table.clear()
        parts = await self._connection.run(parts_of(search))
        if parts:
            # One way for all, since they are sorted as one.
            way = parts[0].way if len(parts) == 1 else sql.Way.START
            read = search.read(statements[way, sort.key], now=self._clock())
            await self._table.append(*read)
        await self._connection.rows(sql.CREATE_FOUND_SEQ)
        self.complete = True
        yield self.total

    async def place(self, row: JobRow) -> Place:
        """Return where a job is, or the ordinal of that with the nearest start."""
        first = self._table.first
        for (position,) in await self._connection.rows(sql.FOUND_POSITION, (row.seq,)):
            return Place(position - first, True)
        for (position,) in await self._connection.rows(sql.FOUND_NEAREST, (row.started,)):
            return Place(position - first, False)
        return Place(0, False)
