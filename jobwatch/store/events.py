"""The instants at which something happened: a job began, or one ended."""

from __future__ import annotations

from math import ceil

from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.statements import EVENT_BEFORE, START_FROM

__all__ = ["event_after", "event_before"]


async def event_after(connection: ReadConnection, instant: int) -> int | None:
    """Return the first start or end after an instant (ms), None where there is none."""
    [(start,)] = await connection.rows(START_FROM, (instant + 1,))
    # What ends later and began by now goes on now; what begins later is an event of itself.
    given = {"before": instant + 1, "instant": instant}
    [(end,)] = await connection.rows(sql.NEXT_END, given)
    # Up to the next whole one, by which it has happened.
    return min((ceil(event) for event in (start, end) if event is not None), default=None)


async def event_before(connection: ReadConnection, instant: int) -> int | None:
    """Return the last start or end before an instant (ms), None where there is none."""
    [(start,)] = await connection.rows(EVENT_BEFORE, (instant,))
    if start is None:
        return None
    # What ended since then went on at that start, or is of it.
    given = {"before": int(start) + 1, "instant": instant}
    [(end,)] = await connection.rows(sql.LAST_END, given)
    last: int = max(ceil(event) for event in (start, end) if event is not None)
    return last
