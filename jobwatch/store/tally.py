"""How many jobs of a query are in each state, counted in slices: the counts grow on screen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from math import inf

from jobwatch.model.durations import HOUR
from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.model.summary import StateCounts
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.search import Part, parts_of, search_of
from jobwatch.store.search_statements import Way
from jobwatch.store.statements import row_of
from jobwatch.store.walk import rows_by_slice

__all__ = ["count_hours", "count_states", "found_rows"]

HOURS = 24


async def count_states(
    connection: ReadConnection, query: JobQuery, clock: Clock
) -> AsyncGenerator[StateCounts, None]:
    """Count the jobs of a query by what came of them, whatever its view, from the newest on.

    The counts so far come after each slice; those of an instant count what had come of a job then.
    """
    search, counts = search_of(replace(query, view=View.ALL)), StateCounts()
    as_of = inf if query.as_of is None else query.as_of

    def statement(part: Part) -> str:
        if search.is_of_facets_alone and as_of == inf and part.way is Way.FACET:
            return sql.COUNT_BY_FACET
        return sql.COUNT_BY_OUTCOME[part.way]

    async with aclosing(
        rows_by_slice(connection, search, statement, now=clock(), as_of=as_of)
    ) as slices:
        async for rows in slices:
            for outcome, number in rows:
                counts = counts.plus(Outcome(outcome), number)
            yield counts


async def count_hours(connection: ReadConnection, query: JobQuery, now: int) -> tuple[int, ...]:
    """Return how many jobs of a query started in each of its last 24 hours, the oldest first.

    The last hour of the clock is that of now (ms), or the one in which the query ends.
    """
    search = search_of(query)
    end = -(-min(search.end, now + 1) // HOUR) * HOUR
    since = end - HOURS * HOUR
    search = search._replace(start=max(search.start, since), end=min(search.end, end))
    counts = [0] * HOURS
    for part in await connection.run(parts_of(search)):
        given = {"start": part.start, "end": part.end, "since": since, "length": HOUR, "now": now}
        read = search.read(sql.COUNT_BUCKETS[part.way], **given)
        for bucket, count in await connection.rows(*read):
            counts[bucket] += count
    return tuple(counts)


async def found_rows(
    connection: ReadConnection, query: JobQuery, limit: int, now: int
) -> list[JobRow]:
    """Return the lines of up to `limit` newest jobs of a query, the newest first."""
    rows: list[JobRow] = []
    async with aclosing(
        rows_by_slice(
            connection,
            search_of(query),
            lambda part: sql.ROWS_DOWN[part.way],
            now=now,
            key=inf,
            seq=0,
            limit=limit,
        )
    ) as slices:
        async for found in slices:
            rows += map(row_of, found[: limit - len(rows)])
            if len(rows) >= limit:
                break
    return rows
