"""LogReader: all that a monitor reads from one log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from jobwatch.model.condition import EVERY
from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery, SortKey
from jobwatch.model.row import JobRow
from jobwatch.model.when import now_ms
from jobwatch.store import list_statements as lists
from jobwatch.store import statements as sql
from jobwatch.store.connect import check_log
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.found_list import FoundList
from jobwatch.store.job_list import IndexedList, read_row
from jobwatch.store.values import from_column, to_column
from jobwatch.store.watch import LogWatch

__all__ = ["Counts", "LogReader"]


class Counts(NamedTuple):
    """How many jobs each view has, whatever else the query asks for."""

    running: int
    all: int
    failed: int


class LogReader:
    """A reader of one log with two connections: one for what is on screen, one for searches.

    Every method raises `LogError`, one line for a person, where the log can't be read.
    """

    def __init__(self, screen: ReadConnection, search: ReadConnection, clock: Clock) -> None:
        self._clock = clock
        self.path = screen.path
        self._screen = screen
        self._search = search
        self._watch = LogWatch(screen)
        self._all = IndexedList(screen, JobQuery())

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, clock: Clock = now_ms) -> AsyncIterator[LogReader]:
        """Open a log that must be there."""
        await asyncio.to_thread(check_log, path)
        async with ReadConnection.open(path) as screen, ReadConnection.open(path) as search:
            yield cls(screen, search, clock)

    async def moved(self) -> bool:
        """Return whether the log has changed since the last call."""
        return await self._watch.moved()

    def list_jobs(self, query: JobQuery) -> IndexedList | FoundList:
        """Return the list of a query, nothing read yet; a `FoundList` replaces the one before."""
        if query.where != EVERY or query.sort.key is not SortKey.STARTED:
            return FoundList(self._search, query, self._clock)
        if query == self._all.query:
            return self._all
        return IndexedList(self._screen, query)

    async def interrupt_search(self) -> None:
        """End the search that runs now."""
        await self._search.interrupt()

    async def counts(self) -> Counts:
        """Return the counts of the views; that of all is an estimate until its list is read."""
        [(running,)] = await self._screen.rows(lists.COUNT_RUNNING)
        [(failed,)] = await self._screen.rows(lists.COUNT_FAILED)
        if self._all.complete:
            await self._all.refresh()
            return Counts(running, self._all.total, failed)
        [(estimate,)] = await self._screen.rows(lists.ESTIMATE_ALL)
        return Counts(running, estimate, failed)

    @property
    def counts_are_estimates(self) -> bool:
        """Return whether the count of all jobs may yet turn out otherwise."""
        return not self._all.complete

    async def count_all(self) -> int:
        """Return how many jobs there are: the first time a walk over the index, then little."""
        await self._all.refresh()
        return self._all.total

    async def row(self, id: str) -> JobRow | None:
        """Return the line of one job, or None."""
        return await read_row(self._screen, id)

    async def job(self, id: str) -> Job | None:
        """Return one job without its body, or None."""
        for row in await self._screen.rows(sql.GET_WITHOUT_BODY, (to_column(id),)):
            return sql.job_of(row)
        return None

    async def body(self, id: str) -> Json:
        """Return the body of one job, ``UNSET`` if it has none."""
        for (body,) in await self._screen.rows(sql.GET_BODY, (to_column(id),)):
            # Megabytes take a while to decode, and the screen must not wait.
            return await asyncio.to_thread(from_column, body)
        return UNSET

    async def origin(self, id: str) -> Origin:
        """Return where a job is from."""
        for row in await self._screen.rows(sql.ORIGIN, (to_column(id),)):
            return Origin(*row)
        return Origin()

    async def nodes(self) -> list[Node]:
        """Return the nodes of the log by name."""
        return [sql.node_of(row) for row in await self._screen.rows(sql.NODES)]

    async def day_counts(self, edges: Sequence[int]) -> list[int]:
        """Return how many jobs started between each instant (ms) and the next."""
        return [count for (count,) in await self._screen.rows(sql.COUNT_DAYS, (json.dumps(edges),))]

    async def nearest_start(self, time: int) -> int | float | None:
        """Return the start (ms) nearest to an instant, None in an empty log."""
        [(before,)] = await self._screen.rows(sql.START_BEFORE, (time,))
        [(after,)] = await self._screen.rows(sql.START_FROM, (time,))
        starts = [start for start in (before, after) if start is not None]
        return min(starts, key=lambda start: abs(start - time), default=None)
