"""The jobs of any query in order of start, found by a search and kept up as the log changes.

A search goes through the range in slices, from the end that stands on top, so that the first rows
come soon, others have the connection in between, and one that was superseded ends. What changes
later is searched for again from the lowest start on that changed; what lies before it still holds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from math import inf

from jobwatch.model.query import JobQuery
from jobwatch.model.row import JobRow
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.found_table import TabledList
from jobwatch.store.job_list import Place
from jobwatch.store.search import parts_of, search_of
from jobwatch.store.slices import Slices, slices_down, slices_up
from jobwatch.store.statements import CHANGES_SINCE, NEWEST, OLDEST_RUNNING

__all__ = ["FoundList"]


class FoundList(TabledList):
    """The jobs of a query in order of start; ordinals count from the top."""

    is_kept_up = True

    def __init__(self, connection: ReadConnection, query: JobQuery, clock: Clock) -> None:
        super().__init__(connection, query, clock)
        self._search = search_of(query)
        self._down = query.sort.descending
        self._slices = Slices()
        self._generation = self._last_seq = -1
        self._newest = -inf

    async def search(self) -> AsyncGenerator[int, None]:
        """Find what may have changed since, or everything; the total so far after each slice."""
        lowest = await self._lowest_change()
        kept = self.complete and lowest > -inf
        self.complete = False
        if kept:
            await self._forget_from(lowest)
        else:
            lowest = -inf
            await self._table.clear()
        steps = self._find_down() if self._down and not kept else self._find_up(lowest)
        async for _ in steps:
            yield self.total
        self.complete = True

    async def place(self, row: JobRow) -> Place:
        """Return where a job is, or the ordinal of that with the nearest start."""
        ordinal = await self._table.ordinal_by_key(row.key, descending=self._down)
        if await self._table.key(ordinal) == row.key:
            return Place(ordinal, True)
        near = [(place, await self._table.key(place)) for place in (ordinal - 1, ordinal)]
        places = [(abs(key[0] - row.started), place) for place, key in near if key is not None]
        return Place(min(places)[1] if places else 0, False)

    async def _lowest_change(self) -> float:
        """Return from which start on the result may be another one than at the last call."""
        [(generation, oldest, _, changed)] = await self._connection.rows(
            CHANGES_SINCE, (self._generation,)
        )
        [(newest, last_seq)] = await self._connection.rows(NEWEST)
        lowest = inf if changed is None else changed
        if self._generation < max(oldest - 1, 0):
            lowest = -inf  # too much has happened to know
        elif last_seq != self._last_seq:
            lowest = min(lowest, self._newest)  # the log grew at its end
        if self._search.depends_on_now:
            [(running,)] = await self._connection.rows(OLDEST_RUNNING)
            lowest = min(lowest, inf if running is None else running)
        self._generation, self._last_seq = generation, last_seq
        self._newest = -inf if newest is None else newest
        return lowest

    async def _forget_from(self, start: float) -> None:
        below = await self._table.ordinal_by_key((start, 0), descending=self._down)
        if self._down:
            await self._table.drop_top(below)
        else:
            await self._table.drop_bottom(self.total - below)

    async def _find_down(self) -> AsyncGenerator[None, None]:
        """Find all from the newest on."""
        now = self._clock()
        for part in await self._connection.run(parts_of(self._search)):
            find, given = self._search.read(sql.APPEND_DOWN[part.way], now=now)
            async for start, end in slices_down(part, self._slices, self._connection):
                with self._slices.timed():
                    await self._table.append(find, given | {"start": start, "end": end})
                yield

    async def _find_up(self, lowest: float) -> AsyncGenerator[None, None]:
        """Find what began at the lowest start or later, the oldest first."""
        now = self._clock()
        search = self._search._replace(start=max(self._search.start, lowest))
        if self._down:
            add, finds = self._table.prepend, sql.PREPEND_UP
        else:
            add, finds = self._table.append, sql.APPEND_UP
        for part in reversed(await self._connection.run(parts_of(search))):
            find, given = search.read(finds[part.way], now=now)
            async for start, end in slices_up(part, self._slices, self._connection):
                with self._slices.timed():
                    await add(find, given | {"start": start, "end": end})
                yield
