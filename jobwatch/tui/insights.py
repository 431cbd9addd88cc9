"""Insights: keeps up what the log implies beside its records, and brings it to the widgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from jobwatch.model.durations import HOUR
from jobwatch.model.job import Job
from jobwatch.model.known import why_lost
from jobwatch.model.query import JobQuery, View, unending
from jobwatch.model.row import JobRow
from jobwatch.store.edits import Clock
from jobwatch.tui.attending import Attending
from jobwatch.tui.counting import Counting
from jobwatch.tui.parts import Widgets
from jobwatch.tui.throttle import Throttle

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader
    from jobwatch.tui.telling import Teller

__all__ = ["Insights"]

EVERY, REST = 5.0, 2.0
"""Seconds after which it is read again though nothing was written, and before which it never is."""

LESS_OFTEN, LONGEST = 10, 30.0
"""It takes a tenth of the time that others may, and is put off for so many seconds at most."""


class Insights:
    """What is usual, late, lost and new, and what the user wants to be told of."""

    def __init__(self, widgets: Widgets, counting: Counting, clock: Clock) -> None:
        self._widgets = widgets
        self._counting = counting
        self._clock = clock
        self._attending = Attending(clock)
        self._open, self._moved, self._asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._awaited = True  # by the user, even while the screen is held still
        self.saw_newest = False
        """Whether the newest of what needs attention was on screen since that was asked for."""
        self.teller: Teller | None = None
        """Who tells the user of jobs that ended, once that was asked for."""

    def opened(self) -> None:
        """Take note that the log is open."""
        self._open.set()
        self._moved.set()

    def changed(self) -> None:
        """Take note that the log has changed, or is to be looked at as if it had."""
        self._moved.set()

    def asked(self) -> None:
        """Take note that the user waits for it: it is read now, however much time that takes.

        Once even while the screen is held still.
        """
        self._awaited = True
        self._moved.set()
        self._asked.set()

    async def turns(self, query: Callable[[], JobQuery]) -> AsyncGenerator[None, None]:
        """Yield whenever it is time to read, without end."""
        throttle = Throttle()
        await self._open.wait()
        while True:
            self._moved.clear()
            self._asked.clear()
            hour = self._clock() // HOUR
            with throttle.timed():
                yield
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(REST, LESS_OFTEN * throttle.rest), LONGEST)):
                    await self._asked.wait()
            while not self._moved.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._moved.wait()
                if self._goes_on(query()) or self._clock() // HOUR != hour:
                    break

    async def read(self, reader: LogReader, asked: Callable[[], JobQuery]) -> None:
        """Read and show it for the query that is asked now; `LogError` if it can't be read."""
        widgets, query = self._widgets, asked()
        if widgets.table.still and not self._awaited:
            return
        self._awaited = False
        if self._goes_on(query):
            self._attending.signs = widgets.table.signs = await reader.signs()
            selected, job = widgets.table.selected, widgets.detail.job
            if job is not None and selected is not None and selected.id == job.id:
                await self.show_pace(reader, job, selected)
        query = replace(query, view=View.ALL)
        hours = await reader.hours(query)
        lost = 0
        if query.as_of is None:
            found = [counts async for counts in reader.count_states(unending(query))]
            lost = found[-1].running
        if replace(asked(), view=query.view, sort=query.sort) == query:
            widgets.summary.hours = hours
            self._counting.show_unending(lost)
        await self._attending.count(reader)
        self._show_news()

    async def telling_turns(self) -> AsyncGenerator[None, None]:
        """Yield whenever it is time to tell, without end: however long the reading takes."""
        while True:
            await asyncio.sleep(REST)
            yield

    async def tell(self, reader: LogReader) -> None:
        """Tell the user of what was asked for, if it has come; `LogError` if it can't be read."""
        teller = self.teller
        if teller is not None and (teller.watches or teller.due):
            await teller.look(reader)
            self._widgets.status.log_state.told = teller.said

    async def show_pace(self, reader: LogReader, job: Job, row: JobRow) -> None:
        """Show how a job does beside the last runs of its kind, and whether it is lost."""
        detail, now, signs = self._widgets.detail, self._widgets.table.now, self._attending.signs
        lengths: list[float] | None = None
        if detail.lengths_wanted(job):
            lengths = await reader.lengths_before(row)
        sign, taken = signs.of(row, now), signs.taken(row, now)
        usual = signs.usual_of(row.type, row.user)
        lost = why_lost(sign, taken, usual, reader.process_of(job))
        detail.show_pace(job, lengths, sign, lost, skew=signs.skews.get(row.node, 0))

    # What needs attention

    def is_seen(self, row: JobRow) -> bool:
        """Return whether nothing of a job is new."""
        return self._attending.is_seen(row)

    def see(self, row: JobRow, query: JobQuery) -> None:
        """Take note that the cursor is on a job, where that counts as seen."""
        if query.view is View.ATTENTION and query.as_of is None:
            self.saw_newest |= not self._widgets.table.scroll_offset.y
            self._attending.see(row)
            self._show_news()

    def looked(self, at: int | None) -> None:
        """Take note that all that needs attention was looked at up to an instant (ms)."""
        if at == self._attending.looked_at:
            return
        self._attending.look(at)
        self._show_news()
        self._moved.set()

    async def next_unseen(self, reader: LogReader, query: JobQuery) -> JobRow | None:
        """Return the next job behind the cursor that needs attention and was not seen, or None."""
        after = self._widgets.table.selected if query.view is View.ATTENTION else None
        query = replace(query, view=View.ATTENTION)
        return await self._attending.next_unseen(reader, query, after)

    def _goes_on(self, query: JobQuery) -> bool:
        """Return whether what the log implies may change by the passing of time alone."""
        # While nobody knows, some may run; and what the query doesn't find may.
        runs = query.narrows or self._widgets.tabs.counts.get(View.RUNNING, 1) > 0
        return runs or query.view is View.ATTENTION

    def _show_news(self) -> None:
        self._widgets.tabs.unseen = self._attending.unseen
        self._widgets.line.news = self._attending.said(self._widgets.table.zone)
