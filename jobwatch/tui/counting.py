"""Keeps the counts of the views up with the query and with the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING

from jobwatch.model.query import JobQuery, View
from jobwatch.tui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader
    from jobwatch.store.tally import Counts

__all__ = ["Counting"]

SHARE_OF_TIME = 20
"""Counting takes at most one part in so many of the time, however often the log changes."""


class Counting:
    """Counts what each view has of a query, and counts anew when the log has changed."""

    def __init__(self, tabs: ViewTabs) -> None:
        self._tabs = tabs
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Take note that the log has changed, or is read anew."""
        self._changed.set()

    def forget(self) -> None:
        """Show no counts: those of another query say nothing of this one."""
        self._tabs.counts = {}

    def show(self, counts: Counts, *, growing: bool = False) -> None:
        """Show the counts, and whether they are still growing."""
        self._tabs.counts = dict(zip((View.RUNNING, View.ALL, View.FAILED), counts, strict=True))
        self._tabs.growing = growing

    async def turns(self) -> AsyncGenerator[None, None]:
        """Yield whenever it is time to count, without end."""
        while True:
            self._changed.clear()
            began = monotonic()
            yield
            await asyncio.sleep(SHARE_OF_TIME * (monotonic() - began))
            await self._changed.wait()

    async def count(self, reader: LogReader, query: JobQuery) -> None:
        """Count what a query finds: in sight if nothing is known yet, else shown when it is whole.

        `LogError` if it can't be read.
        """
        in_sight = self._tabs.growing or not self._tabs.counts
        counts: Counts | None = None
        async with aclosing(reader.count_views(query)) as counting:
            async for counts in counting:
                if in_sight:
                    self.show(counts, growing=True)
        if counts is not None:
            self.show(counts)
