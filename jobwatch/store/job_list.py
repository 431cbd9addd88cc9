"""One query's ordered result on an index: its length, and any page of it, at any depth.

Rows are numbered from the oldest (their ordinal), so that new jobs move nothing. A sparse list of
keys, each `STRIDE` rows apart, turns an ordinal into a seek on the index; it is built and kept up
by hops on the index alone, in slices that leave the connection to others in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import AsyncGenerator, Mapping
from math import inf
from typing import Any, NamedTuple, Protocol

from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.model.when import ALWAYS
from jobwatch.store import list_statements as sql
from jobwatch.store import reads
from jobwatch.store.connection import ReadConnection
from jobwatch.store.statements import CHANGES_SINCE, ROW_BY_ID, row_of
from jobwatch.store.values import to_column

__all__ = ["PAGE", "IndexedList", "JobList", "Place", "read_row"]

PAGE = 64
STRIDE = 512
KEYS_AT_ONCE = 200

Key = tuple[float, int]


class Place(NamedTuple):
    """Where a job is in a list, or, if it isn't `listed`, the row that stands there instead."""

    ordinal: int
    listed: bool


class JobList(Protocol):
    """An ordered result: `total` rows, of which those numbered from 0 come in pages of `PAGE`."""

    @property
    def total(self) -> int:
        """How many rows there are, as far as is known."""

    @property
    def complete(self) -> bool:
        """Whether `total` is final until the log changes; if not, `search` goes on."""

    @property
    def newest_first(self) -> bool:
        """Whether a reader wants the highest ordinal on top."""

    @property
    def is_found(self) -> bool:
        """Whether it takes a search, which may be long; of such a reader has one at a time."""

    @property
    def is_kept_up(self) -> bool:
        """Whether `search` looks but for what has changed, once it is complete."""

    def search(self) -> AsyncGenerator[int, None]:
        """Take in what has changed in the log; the total so far comes after each step."""

    async def refresh(self) -> None:
        """Take in what has changed in the log, to the end."""

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on; None is a job that was deleted."""

    async def place(self, row: JobRow) -> Place:
        """Return where a job is, or the nearest place to its start."""


async def read_row(connection: ReadConnection, id: str) -> JobRow | None:
    """Return the line of one job as it is now, or None."""
    for row in await connection.rows(ROW_BY_ID, (to_column(id),)):
        return row_of(row)
    return None


class IndexedList:
    """The jobs of a query in order of start: view, range and node, no text."""

    is_found = False
    is_kept_up = True

    def __init__(self, connection: ReadConnection, query: JobQuery) -> None:
        self.query = query
        self.total = 0
        self.complete = False
        self._connection = connection
        self._source = sql.source_of(query)
        self._keys: list[Key] = []  # that of each STRIDE-th row
        self._generation = -1
        self._newest: list[JobRow | None] = []  # until the keys are there

    @property
    def newest_first(self) -> bool:
        """Whether a reader wants the highest ordinal on top."""
        return self.query.sort.descending

    async def begin(self) -> None:
        """Read the newest rows alone, which needs no keys; `total` is a guess until `refresh`."""
        rows = await self._connection.rows(*reads.newest(self.query, 2 * PAGE))
        self._newest = [row_of(row) for row in reversed(rows)]
        self.total = len(rows)
        if len(rows) == 2 * PAGE and self._is_whole_log():
            [(estimate,)] = await self._connection.rows(sql.ESTIMATE_ALL)
            self.total = max(estimate, len(rows))

    async def search(self) -> AsyncGenerator[int, None]:
        """Read the newest rows at first, then the keys."""
        if not self.complete:
            await self.begin()
            yield self.total
        await self.refresh()
        yield self.total

    async def refresh(self) -> None:
        """Read the keys that are missing, then count the rows behind the last."""
        await self._forget_changed()
        if not self._keys:
            self._keys = await self._rows(sql.FIRST_KEY)
        while self._keys:
            found = await self._rows(
                sql.NEXT_KEYS, self._keys[-1], stride=STRIDE, limit=KEYS_AT_ONCE
            )
            self._keys += found
            if len(found) < KEYS_AT_ONCE:
                break
        tail = 0
        if self._keys:
            [(tail,)] = await self._rows(sql.COUNT_FROM, self._keys[-1])
        self.total = (len(self._keys) - 1) * STRIDE + tail if tail else 0
        self.complete = True
        self._newest = []

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on; nothing where no key leads yet."""
        first = number * PAGE
        if not self.complete:
            # A page that isn't wholly there is as good as none: its ordinals are a guess.
            begin = first - (self.total - len(self._newest))
            return self._newest[begin : begin + PAGE] if begin >= 0 else []
        index, offset = divmod(first, STRIDE)
        if index >= len(self._keys):
            return []
        rows = await self._rows(sql.ROWS_FROM, self._keys[index], offset=offset, limit=PAGE)
        return [row_of(row) for row in rows]

    async def place(self, row: JobRow) -> Place:
        """Return the ordinal of a job, or of the first that started after it."""
        if not self.complete:
            base = self.total - len(self._newest)
            keys = [other.key for other in self._newest if other is not None]
            index = bisect_left(keys, row.key)
            return Place(base + index, index < len(keys) and keys[index] == row.key)
        index = max(bisect_right(self._keys, row.key) - 1, 0)
        if not self._keys or row.key < self._keys[0]:
            return Place(0, False)
        started, seq = row.key
        [(between,)] = await self._rows(
            sql.COUNT_BETWEEN, self._keys[index], to_started=started, to_seq=seq
        )
        [(listed,)] = await self._rows(sql.IS_LISTED, row.key)
        return Place(index * STRIDE + between, bool(listed))

    def _is_whole_log(self) -> bool:
        return self._source == sql.Source(View.ALL) and self.query.range == ALWAYS

    async def _forget_changed(self) -> None:
        """Drop the keys from the lowest change on; those before it still hold."""
        [(generation, oldest, reordered, changed)] = await self._connection.rows(
            CHANGES_SINCE, (self._generation,)
        )
        # Any change may have brought a job into one of the other views, or out of it.
        lowest = reordered if self.query.view is View.ALL else changed
        if self._generation < oldest - 1:
            self._keys.clear()  # too much has happened to know
        elif lowest is not None:
            del self._keys[bisect_left(self._keys, (lowest, -inf)) :]
        self._generation = generation

    async def _rows(
        self, statements: Mapping[sql.Source, str], key: Key = (-inf, 0), **more: float
    ) -> list[Any]:
        parameters = reads.parameters(self.query, started=key[0], seq=key[1], **more)
        return await self._connection.rows(statements[self._source], parameters)
