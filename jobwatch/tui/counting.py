"""Keeps the counts of the views up with the query and with the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from time import monotonic
from typing import TYPE_CHECKING

from jobwatch.model.query import JobQuery

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader
    from jobwatch.store.tally import Counts

__all__ = ["Counting"]

SHARE_OF_TIME = 20
"""Counting takes at most one part in so many of the time, however often the log changes."""


class Counting:
    """Counts what each view has of a query, and counts anew when the log has changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Take note that the log has changed."""
        self._changed.set()

    async def counts(
        self, reader: LogReader, query: JobQuery
    ) -> AsyncGenerator[tuple[Counts, bool], None]:
        """Yield the counts without end, and whether they are still growing.

        They grow in sight the first time; later ones come when they are whole.
        """
        first = True
        while True:
            self._changed.clear()
            began = monotonic()
            counts: Counts | None = None
            async for counts in reader.count_views(query):
                if first:
                    yield counts, True
            if counts is not None:
                yield counts, False
            first = False
            await asyncio.sleep(SHARE_OF_TIME * (monotonic() - began))
            await self._changed.wait()
