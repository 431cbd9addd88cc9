"""How many jobs failed, were lost or are partial: counted once, then only where the log changes."""

from __future__ import annotations

import asyncio
from math import inf
from typing import NamedTuple

from jobwatch.store import list_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.statements import CHANGES_SINCE

__all__ = ["Amiss", "AmissCount"]

NEWEST = 500
"""Jobs at the newest end that are counted each time."""


class Amiss(NamedTuple):
    """How many jobs need attention by their records, and of these, how many of two kinds."""

    all: int = 0
    lost: int = 0
    partial: int = 0

    @property
    def failed(self) -> int:
        """How many failed."""
        return self.all - self.lost - self.partial


class AmissCount:
    """Counts them; what lies before the lowest change is known from the last time."""

    def __init__(self, connection: ReadConnection) -> None:
        self._connection = connection
        self._edge = -inf  # what started before it is counted in `_known`
        self._known = Amiss()
        self._generation = -1
        self._reading = asyncio.Lock()

    async def read(self) -> Amiss:
        """Return the counts as they are now."""
        async with self._reading:
            return await self._read()

    async def _read(self) -> Amiss:
        [(generation, oldest, _, changed)] = await self._connection.rows(
            CHANGES_SINCE, (self._generation,)
        )
        too_many = self._generation < max(oldest - 1, 0)
        if too_many or (changed is not None and changed < self._edge):
            self._edge, self._known = -inf, Amiss()
        self._generation = generation
        newest = await self._count(self._edge, inf)
        counts = Amiss(*map(sum, zip(self._known, newest, strict=True)))
        if newest.all > 2 * NEWEST:
            [(edge,)] = await self._connection.rows(sql.NTH_AMISS, (NEWEST,))
            self._edge, self._known = edge, await self._count(-inf, edge)
        return counts

    async def _count(self, start: float, end: float) -> Amiss:
        [counts] = await self._connection.rows(sql.COUNT_AMISS, (start, end))
        return Amiss(*counts)
