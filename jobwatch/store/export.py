"""Jobs on their way out of the log: read in batches, from the oldest start on, and encoded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, TypeVar

from jobwatch.model.export_formats import LAYOUTS, Layout
from jobwatch.model.exported import export_record
from jobwatch.model.formats import Format, encode
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.signs import Signs
from jobwatch.model.when import Zone, now_ms
from jobwatch.store import export_statements, pages, usual
from jobwatch.store import statements as sql
from jobwatch.store.connection import Parameters, ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.told import Told, seqs_of, told
from jobwatch.store.values import to_column

__all__ = ["BATCH", "Batches", "Chunk", "encoded", "jobs_found", "jobs_marked"]

Result = TypeVar("Result")

Batch: TypeAlias = list[Told]
Batches: TypeAlias = AsyncGenerator[Batch, None]

FIRST_BATCH, BATCH = 64, 256
HEAVY = 8_000_000
"""Bytes of a batch from which on the next one is smaller."""

OLDEST_FIRST = Sort(SortKey.STARTED, descending=False)


class Chunk(NamedTuple):
    """The next bytes of an export, and how many jobs are in it so far."""

    data: bytes
    done: int


async def jobs_found(connection: ReadConnection, query: JobQuery, clock: Clock) -> Batches:
    """Return the jobs of a query in batches, in order of start whatever its own: that is the log's.

    What is read is interrupted when the task is cancelled, so the connection should be its own.
    """
    query = replace(query, sort=OLDEST_FIRST)
    now = clock()
    signs = await _interruptible(connection, connection.run(usual.signs()))
    after: tuple[float, int] | None = None
    size = FIRST_BATCH
    while True:
        rows = await _read(connection, *pages.page(pages.JOBS, query, size, after, now))
        if rows:
            yield await _batch(connection, rows, signs, now)
        if len(rows) < size:
            return
        after, size = sql.key_of(rows[-1]), _next_size(size, rows)


async def jobs_marked(
    connection: ReadConnection, ids: Iterable[str], clock: Clock = now_ms
) -> Batches:
    """Return the jobs of some ids in batches, in order of start; unknown ids are passed over."""
    now = clock()
    signs = await _interruptible(connection, connection.run(usual.signs()))
    keys = await _keys(connection, dict.fromkeys(ids))
    size = FIRST_BATCH
    while keys:
        seqs = encode([seq for _, seq in keys[:size]]).decode()
        del keys[:size]
        rows = await _read(connection, export_statements.JOBS, (seqs,))
        if rows:
            yield await _batch(connection, rows, signs, now)
        size = _next_size(size, rows)


async def encoded(batches: Batches, format: Format, zone: Zone) -> AsyncGenerator[Chunk, None]:
    """Return batches as the bytes of a file, encoded in a thread; ISO times are in `zone`."""
    layout = LAYOUTS[format]
    yield Chunk(layout.head, 0)
    done = 0
    async with aclosing(batches):
        async for batch in batches:
            data = await asyncio.to_thread(_encode, layout, batch, zone)
            yield Chunk(layout.between + data if done else data, done + len(batch))
            done += len(batch)
    yield Chunk(layout.tail, done)


def _encode(layout: Layout, batch: Batch, zone: Zone) -> bytes:
    return layout.encode([export_record(job, known, zone) for job, known in batch])


async def _keys(connection: ReadConnection, ids: Iterable[str]) -> list[tuple[float, int]]:
    columns = [to_column(id) for id in ids]
    plain = [column for column in columns if isinstance(column, str)]
    keys = await _read(connection, export_statements.SEQS_OF_IDS, (encode(plain).decode(),))
    for column in columns:
        if not isinstance(column, str):
            keys += await _read(connection, export_statements.SEQ_OF_ID, (column,))
    return sorted(map(tuple, keys))


async def _batch(connection: ReadConnection, rows: Sequence[Any], signs: Signs, now: int) -> Batch:
    beside = await _read(connection, export_statements.KNOWN, (seqs_of(rows),))
    return await asyncio.to_thread(told, rows, beside, signs, now)


def _next_size(size: int, rows: Sequence[Any]) -> int:
    weight = sum(len(cell) for row in rows for cell in row if isinstance(cell, str | bytes))
    return max(1, min(BATCH, 2 * size, size * HEAVY // max(weight, 1)))


async def _read(connection: ReadConnection, statement: str, parameters: Parameters) -> list[Any]:
    return await _interruptible(connection, connection.rows(statement, parameters))


async def _interruptible(connection: ReadConnection, reading: Awaitable[Result]) -> Result:
    try:
        return await reading
    except asyncio.CancelledError:
        await connection.interrupt()
        raise
