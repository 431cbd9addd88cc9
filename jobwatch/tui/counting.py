"""Keeps the counts of the views up with the query and with the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from jobwatch.model.query import JobQuery, View
from jobwatch.model.summary import StateCounts
from jobwatch.tui.throttle import Throttle
from jobwatch.tui.widgets.summary import Summary
from jobwatch.tui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader

__all__ = ["Counting"]


class Counting:
    """Counts what each view has of a query, and counts anew when the log has changed."""

    def __init__(self, tabs: ViewTabs, summary: Summary) -> None:
        self._tabs = tabs
        self._summary = summary
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Take note that the log has changed, or is read anew."""
        self._changed.set()

    def forget(self) -> None:
        """Show no counts: those of another query say nothing of this one."""
        self._tabs.counts = {}
        self._summary.states = self._summary.unending = None
        self._summary.hours = ()

    def show(self, counts: StateCounts, *, growing: bool = False) -> None:
        """Show the counts, and whether they are still growing."""
        self._tabs.counts = {
            View.RUNNING: counts.running,
            View.ALL: sum(counts),
            View.FAILED: counts.failed + counts.lost,
        }
        self._tabs.growing = growing
        self._summary.states, self._summary.growing = counts, growing

    def show_unending(self, count: int) -> None:
        """Show that so many go on by their records alone: they are lost."""
        self._summary.unending = count

    async def turns(self) -> AsyncGenerator[None, None]:
        """Yield whenever it is time to count, without end."""
        throttle = Throttle()
        while True:
            self._changed.clear()
            with throttle.timed():
                yield
            await asyncio.sleep(throttle.rest)
            await self._changed.wait()

    async def count(self, reader: LogReader, query: JobQuery) -> None:
        """Count what a query finds: in sight if nothing is known yet, else shown when it is whole.

        `LogError` if it can't be read.
        """
        in_sight = self._tabs.growing or not self._tabs.counts
        counts: StateCounts | None = None
        async with aclosing(reader.count_states(query)) as counting:
            async for counts in counting:
                if in_sight:
                    self.show(counts, growing=True)
        if counts is not None:
            self.show(counts)
