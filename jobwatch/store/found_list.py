"""A result that no index has in order, numbered once in a temporary table of the reader's own.

It is a picture of the log at one moment: its rows are read live, but which they are and in what
order is not looked at again until `refresh`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from math import inf

from jobwatch.model.query import JobQuery, SortKey
from jobwatch.model.row import JobRow
from jobwatch.store import list_statements as sql
from jobwatch.store import reads
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.job_list import PAGE, Place
from jobwatch.store.statements import row_of

__all__ = ["FoundList"]

SLICE = 8_192
"""Rows looked at in one statement: some ten milliseconds."""


class FoundList:
    """The jobs of any query, in any order; ordinals count from the top."""

    newest_first = False

    def __init__(self, connection: ReadConnection, query: JobQuery, clock: Clock) -> None:
        self.query = query
        self._clock = clock
        self.total = 0
        self.complete = False
        self._connection = connection

    async def refresh(self) -> None:
        """Search or sort anew, to the end."""
        async for _ in self.search():
            pass

    async def search(self) -> AsyncGenerator[int, None]:
        """Search or sort anew; the total so far comes after each slice, the top rows first."""
        self.complete = False
        self.total = 0
        await self._connection.rows(sql.DROP_FOUND)
        await self._connection.rows(sql.CREATE_FOUND)
        steps = self._find() if self.query.sort.key is SortKey.STARTED else self._sort()
        async for _ in steps:
            [(self.total,)] = await self._connection.rows(sql.COUNT_FOUND)
            yield self.total
        await self._connection.rows(sql.CREATE_FOUND_SEQ)
        self.complete = True

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on; None is a job that was deleted."""
        first = number * PAGE
        rows = await self._connection.rows(sql.FOUND_ROWS, (first, first + PAGE))
        return [None if row[0] is None else row_of(row) for row in rows]

    async def place(self, row: JobRow) -> Place:
        """Return where a job is, or the ordinal of that with the nearest start."""
        for (position,) in await self._connection.rows(sql.FOUND_POSITION, (row.seq,)):
            return Place(position - 1, True)
        for (position,) in await self._connection.rows(sql.FOUND_NEAREST, (row.started,)):
            return Place(position - 1, False)
        return Place(0, False)

    async def _find(self) -> AsyncIterator[None]:
        """Look through slices of the range, from the end that stands on top."""
        source, down = sql.source_of(self.query), self.query.sort.descending
        start, end = reads.bounds(self.query)
        find, given = reads.filtered(sql.FIND[source], self.query, self._clock())
        while start < end:
            edges = await self._connection.rows(
                (sql.SLICE_DOWN if down else sql.SLICE_UP)[source],
                reads.parameters(self.query, start=start, end=end, offset=SLICE),
            )
            [(edge,)] = edges or [(-inf if down else inf,)]
            if down:
                low, high = max(edge, start), end
                end = low
            else:
                # The edge itself may be all that is left of many jobs with one start.
                low, high = start, min(edge if edge > start else _after(edge), end)
                start = high
            found = await self._connection.rows(find, given | {"start": low, "end": high})
            await self._connection.run_many(sql.ADD_FOUND, found[::-1] if down else found)
            yield

    async def _sort(self) -> AsyncIterator[None]:
        sort = self.query.sort
        statements = sql.SORT_DOWN if sort.descending else sql.SORT_UP
        statement = statements[sql.source_of(self.query), sort.key]
        await self._connection.rows(*reads.filtered(statement, self.query, self._clock()))
        yield


def _after(start: float) -> float:
    """Return a start above this one, and at most a millisecond above."""
    return start + 1 if start + 1 > start else inf
