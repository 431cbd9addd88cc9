"""LogReader: all that a monitor reads from one log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobwatch.model.condition import EVERY, Field
from jobwatch.model.heat import DayCount
from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.kinds import ErrorKind
from jobwatch.model.known import Known, known_of
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery, SortKey, resolved
from jobwatch.model.row import JobRow
from jobwatch.model.signs import Signs
from jobwatch.model.summary import StateCounts
from jobwatch.model.timeline import Overlaps
from jobwatch.model.when import Zone, now_ms
from jobwatch.store import list_statements as lists
from jobwatch.store import statements as sql
from jobwatch.store import usual
from jobwatch.store.alive import process_text
from jobwatch.store.amiss import AmissCount
from jobwatch.store.as_of_list import AsOfList
from jobwatch.store.connect import check_log
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.events import event_after, event_before
from jobwatch.store.found_list import FoundList
from jobwatch.store.job_list import IndexedList, JobList, read_row
from jobwatch.store.kinds import count_kinds
from jobwatch.store.overlaps import overlaps_of
from jobwatch.store.sorted_list import SortedList
from jobwatch.store.tally import count_hours, count_states, found_rows
from jobwatch.store.values import from_column, to_column
from jobwatch.store.watch import LogWatch

if TYPE_CHECKING:
    from jobwatch.model.health import Finding
    from jobwatch.model.statistics import By, Statistics

__all__ = ["LogReader"]


class LogReader:
    """A reader of one log with three connections: for what is on screen, for searches, for counts.

    Every method raises `LogError`, one line for a person, where the log can't be read.
    """

    def __init__(
        self, screen: ReadConnection, search: ReadConnection, tally: ReadConnection, clock: Clock
    ) -> None:
        self._clock = clock
        self.path = screen.path
        self._screen = screen
        self._search = search
        self._tally = tally
        self._watch = LogWatch(screen)
        self._all = IndexedList(screen, JobQuery())
        self._amiss = AmissCount(screen)

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, clock: Clock = now_ms) -> AsyncIterator[LogReader]:
        """Open a log that must be there."""
        await asyncio.to_thread(check_log, path)
        async with (
            ReadConnection.open(path) as screen,
            ReadConnection.open(path) as search,
            ReadConnection.open(path) as tally,
        ):
            yield cls(screen, search, tally, clock)

    async def moved(self) -> bool:
        """Return whether the log has changed since the last call."""
        return await self._watch.moved()

    def list_jobs(self, query: JobQuery) -> JobList:
        """Return the list of a query, nothing read yet; one that is found replaces another such."""
        jobs = self._list(query)
        return jobs if query.as_of is None else AsOfList(jobs, query.as_of)

    def _list(self, query: JobQuery) -> JobList:
        if query.sort.key is not SortKey.STARTED:
            return SortedList(self._search, query, self._clock)
        plain = resolved(query)
        if plain.where != EVERY:
            return FoundList(self._search, query, self._clock)
        if plain == self._all.query:
            return self._all
        return IndexedList(self._screen, plain)

    async def interrupt_search(self) -> None:
        """End the search that runs now."""
        await self._search.interrupt()

    def count_states(self, query: JobQuery) -> AsyncGenerator[StateCounts, None]:
        """Count the jobs of a query in each state; the counts so far come as they grow."""
        return count_states(self._tally, query, self._clock)

    async def counts(self) -> StateCounts:
        """Return the counts of the whole log; that of all is a guess until its list is read."""
        [(running,)] = await self._screen.rows(lists.COUNT_RUNNING)
        amiss = await self._amiss.read()
        if self._all.complete:
            await self._all.refresh()
            total = self._all.total
        else:
            [(total,)] = await self._screen.rows(lists.ESTIMATE_ALL)
        complete = max(total - running - amiss.all, 0)
        return StateCounts(running, complete, amiss.partial, amiss.failed, amiss.lost)

    def count_kinds(self, query: JobQuery) -> AsyncGenerator[tuple[ErrorKind, ...], None]:
        """Count the errors of a query by their kind, the most frequent first, as they grow."""
        return count_kinds(self._tally, query, self._clock)

    async def hours(self, query: JobQuery) -> tuple[int, ...]:
        """Return how many jobs of a query started in each of its last 24 hours, oldest first."""
        return await count_hours(self._tally, query, self._clock())

    async def found(self, query: JobQuery, limit: int) -> list[JobRow]:
        """Return the lines of the newest jobs of a query, whatever its order."""
        return await found_rows(self._tally, query, limit, self._clock())

    async def signs(self) -> Signs:
        """Return what is usual, and what goes on by its record alone; it holds for a while."""
        return await self._tally.run(usual.signs())

    async def lengths_before(self, job: JobRow) -> list[float]:
        """Return how long (ms, ascending) the last runs of a job's kind before it took."""
        return await self._screen.run(usual.lengths_before(job))

    @property
    def counts_are_estimates(self) -> bool:
        """Return whether the count of all jobs may yet turn out otherwise."""
        return not self._all.complete

    async def count_all(self) -> int:
        """Return how many jobs there are: the first time a walk over the index, then little."""
        await self._all.refresh()
        return self._all.total

    def statistics(self, query: JobQuery, by: By, zone: Zone) -> AsyncGenerator[Statistics, None]:
        """Read statistics of a query by groups, its days in a zone; they come as they grow."""
        from jobwatch.store.statistics import statistics_of

        return statistics_of(self._tally, query, by, zone, self._clock)

    def health(self) -> AsyncGenerator[Finding, None]:
        """Check the log and its records, on a connection of its own."""
        from jobwatch.model.health import CHECKS
        from jobwatch.store.health import findings

        return findings(self.path, CHECKS, self._clock)

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

    async def known(self, job: Job) -> Known:
        """Return what the log knows of a job beside its record."""
        row = await self.row(job.id)
        note, origin = None if row is None else row.note, await self.origin(job.id)
        signs, process = await self.signs(), process_text(job)
        return known_of(job, origin, note, signs, self._clock(), process=process)

    def process_of(self, job: Job) -> str:
        """Return which process runs a job, for a person; empty where its record doesn't say."""
        return process_text(job)

    async def nodes(self) -> list[Node]:
        """Return the nodes of the log by name."""
        return [sql.node_of(row) for row in await self._screen.rows(sql.NODES)]

    async def day_counts(self, edges: Sequence[int]) -> list[DayCount]:
        """Return how many jobs started between each instant (ms) and the next, and failed."""
        rows = await self._screen.rows(sql.COUNT_DAYS, (json.dumps(edges),))
        return [DayCount(*row) for row in rows]

    async def values(self) -> dict[Field, list[str]]:
        """Return the values that the log has of each field that can be asked for by name."""
        values: dict[Field, list[str]] = {}
        for field, value in await self._screen.rows(sql.FACET_VALUES):
            values.setdefault(Field(field), []).append(str(value))
        return values

    async def overlaps(self, job: JobRow, as_of: int | None = None) -> Overlaps:
        """Return the jobs that ran while this one did; as they stood at an instant (ms), if any."""
        return await overlaps_of(self._tally, job, self._clock(), as_of)

    async def event_after(self, instant: int) -> int | None:
        """Return the first instant (ms) after this one at which a job began or ended."""
        return await event_after(self._screen, instant)

    async def event_before(self, instant: int) -> int | None:
        """Return the last instant (ms) before this one at which a job began or ended."""
        return await event_before(self._screen, instant)

    async def nearest_start(self, time: int) -> int | float | None:
        """Return the start (ms) nearest to an instant, None in an empty log."""
        [(before,)] = await self._screen.rows(sql.START_BEFORE, (time,))
        [(after,)] = await self._screen.rows(sql.START_FROM, (time,))
        starts = [start for start in (before, after) if start is not None]
        return min(starts, key=lambda start: abs(start - time), default=None)
