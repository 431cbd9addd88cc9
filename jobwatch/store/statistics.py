"""Statistics of the jobs of a query, read in slices so that the picture grows on screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from math import inf
from time import monotonic
from typing import Any

from jobwatch.model.formats import decode, encode
from jobwatch.model.query import JobQuery
from jobwatch.model.statistics import By, Counted, Days, Statistics, Tally, days_until
from jobwatch.model.when import Zone
from jobwatch.store import statistics_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.search import parts_of, search_of
from jobwatch.store.search_statements import Way
from jobwatch.store.slices import Slices, slices_down
from jobwatch.store.values import Column, from_column

__all__ = ["statistics_of"]

SHARE_OF_TIME = 4
"""Between two pictures so many times as long is read as the last one took to be made."""
SHORTEST = 0.1
"""Seconds between two pictures: nobody sees more of them."""


async def statistics_of(
    connection: ReadConnection, query: JobQuery, by: By, zone: Zone, clock: Clock
) -> AsyncGenerator[Statistics, None]:
    """Read the statistics of the jobs of a query, whichever its order, from the newest job on.

    The picture so far comes now and then, the last is the whole. Days are those of `zone`. As of an
    instant a job that was not over then counts as one that went on. `LogError` if the log can't be
    read.
    """
    search, slices, tally = search_of(query), Slices(), Tally(by)
    as_of = inf if query.as_of is None else query.as_of
    due = 0.0
    for part in await connection.run(parts_of(search)):
        statement = sql.BY_WAY[by][part.way]
        if search.is_of_facets_alone and part.way is Way.FACET:
            statement = sql.BY_FACET[by]
        read, given = search.read(statement, now=clock(), as_of=as_of)
        async for start, end in slices_down(part, slices, connection):
            found: list[tuple[Days | None, Sequence[Any]]] = []
            with slices.timed():
                async for bounds, days in _pieces(connection, by, zone, start, end):
                    rows = await connection.rows(read, given | bounds)
                    found += [(days, row) for row in rows]
            await asyncio.to_thread(_add, tally, found)
            if monotonic() >= due:
                began = monotonic()
                yield await asyncio.to_thread(tally.statistics)
                due = monotonic() + max(SHARE_OF_TIME * (monotonic() - began), SHORTEST)
    yield await asyncio.to_thread(tally.statistics)


async def _pieces(
    connection: ReadConnection, by: By, zone: Zone, start: float, end: float
) -> AsyncIterator[tuple[dict[str, Any], Days | None]]:
    """Yield a slice whole; by day in stretches of days that are equally long.

    Each as the parameters that bound it, and its days. What has no jobs is left out.
    """
    if by is not By.DAY:
        yield {"start": start, "end": end}, None
        return
    while start < end:
        [(newest,)] = await connection.rows(sql.NEWEST_START, {"start": start, "end": end})
        if newest is None:
            return
        days = days_until(newest, zone, start)
        piece = {"start": max(start, days.start), "end": min(end, days.end)}
        # Without a date there is no number of a day either.
        origin = None if days.first is None else days.start
        yield piece | {"origin": origin, "length": days.length}, days
        end = days.start


def _add(tally: Tally, found: Sequence[tuple[Days | None, Sequence[Any]]]) -> None:
    tally.add(_counted(days, *row) for days, row in found)


def _counted(days: Days | None, part: Any, *counts: Any) -> Counted:
    jobs, over, failed, partial, lengths, done, took = counts
    group = _group(part) if days is None else days.date_at(part)
    return Counted(group, jobs, over, failed, partial, decode(lengths), done, took)


def _group(column: Column) -> str | None:
    """Return what a group is called; what is no text as its JSON, None for null and for nothing."""
    value = from_column(column)
    if isinstance(value, str):
        return value
    return None if column is None or value is None else encode(value).decode()
