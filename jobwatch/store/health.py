"""The checks of a log, run one after the other; they write nothing, not even to a log of old."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from math import inf
from pathlib import Path
from typing import TypeAlias

from jobwatch.model.durations import HOUR
from jobwatch.model.health import (
    INTEGRITY,
    NODE_CLOCKS,
    PRUNED,
    STRAY_OUTPUTS,
    WAL_SIZE,
    Check,
    Finding,
    bytes_in_all,
    clock_off,
    job_query,
    kept_away,
    wal_too_large,
)
from jobwatch.model.when import UTC
from jobwatch.store import health_statements as sql
from jobwatch.store.connect import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    LogError,
    check_log,
    check_readable,
)
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.floors import ANY
from jobwatch.store.pruning_statements import FLOORS
from jobwatch.store.statements import NODES, node_of
from jobwatch.store.stray_outputs import old_outputs, without_job
from jobwatch.store.tally import count_states

__all__ = ["findings"]


async def findings(
    path: Path, checks: Sequence[Check], clock: Clock
) -> AsyncGenerator[Finding, None]:
    """Return what comes of each check of a log, in their order, each as soon as it is known.

    `LogError` where there is no log, or none that can be read at all. What is read is interrupted
    when the task is cancelled.
    """
    now = clock()
    async with _opened(path) as connection:
        for check in checks:
            yield await _finding(connection, check, now)


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[ReadConnection]:
    """Open the log on a connection of its own; a log that must first be changed is an error."""
    await asyncio.to_thread(check_readable, path)
    async with ReadConnection.open(path) as connection:
        [(application, version, tables)] = await connection.rows(sql.STAMP)
        if not (application or version or tables):
            raise LogError(f"{path} is empty: nothing has been logged to it yet")
        if application == APPLICATION_ID and version < SCHEMA_VERSION:
            raise LogError(
                f"{path} is of an older jobwatch (schema {version}, this one's is"
                f" {SCHEMA_VERSION}); bring it up to date with any other command, such as search"
            )
        await asyncio.to_thread(check_log, path)
        yield connection


async def _finding(connection: ReadConnection, check: Check, now: int) -> Finding:
    query = check.query_at(now)
    try:
        if query:
            count = await _count(connection, query, now)
            return Finding(check=check, count=count, query=query)
        count, details = await _READINGS[check](connection, now)
        return Finding(check=check, count=count, details=tuple(details))
    except asyncio.CancelledError:
        await connection.interrupt()
        raise
    except LogError as error:
        if not _is_damage(error):
            raise
        return Finding(check=check, count=None, query=query, details=(str(error),))


async def _count(connection: ReadConnection, query: str, now: int) -> int:
    """Count by the search that lists the same jobs, so that the two can't differ."""
    count = 0
    async with aclosing(count_states(connection, job_query(query, now), lambda: now)) as counts:
        async for so_far in counts:
            count = sum(so_far)
    return count


async def _node_clocks(connection: ReadConnection, now: int) -> _Read:
    nodes = map(node_of, await connection.rows(NODES))
    return _each([*filter(None, map(clock_off, nodes))])


async def _wal(connection: ReadConnection, now: int) -> _Read:
    size = await asyncio.to_thread(_wal_size, connection.path)
    return _each([*filter(None, [wal_too_large(size)])])


def _wal_size(path: Path) -> int:
    try:
        # SQLite follows a link before it names the file.
        return Path(f"{path.resolve()}-wal").stat().st_size
    except FileNotFoundError:
        return 0


async def _stray_outputs(connection: ReadConnection, now: int) -> _Read:
    # What has no job yet may get one: a log may be locked for a while.
    outputs = await asyncio.to_thread(old_outputs, connection.path, now - HOUR)
    strays = await connection.run(without_job(outputs))
    return len(strays), [*filter(None, [bytes_in_all([output.size for output in strays])])]


async def _floors(connection: ReadConnection, now: int) -> _Read:
    floors: dict[str, int] = {row[0]: row[1] for row in await connection.rows(FLOORS)}
    of_any = floors.get(ANY, -inf)
    # The higher of its two floors holds for a job.
    return 0, [
        kept_away([status], before, UTC)
        for status, before in sorted(floors.items())
        if status == ANY or before > of_any
    ]


async def _integrity(connection: ReadConnection, now: int) -> _Read:
    messages = [str(message) for (message,) in await connection.rows(sql.INTEGRITY)]
    # One message may have a heading, and lines.
    lines = [line for message in messages for line in message.splitlines()]
    return _each([line for line in lines if line != sql.WHOLE and not line.startswith("***")])


_Read: TypeAlias = tuple[int, Sequence[str]]
"""How many things are wrong, and lines on them."""


def _each(lines: Sequence[str]) -> _Read:
    return len(lines), lines


_READINGS: Mapping[Check, Callable[[ReadConnection, int], Awaitable[_Read]]] = {
    NODE_CLOCKS: _node_clocks,
    WAL_SIZE: _wal,
    STRAY_OUTPUTS: _stray_outputs,
    PRUNED: _floors,
    INTEGRITY: _integrity,
}


def _is_damage(error: LogError) -> bool:
    """Return whether a part of the file can't be read, though the log could be opened."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_CORRUPT
