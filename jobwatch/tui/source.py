"""The monitor's source: one query's result as pictures for the table, while the log changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING

from jobwatch.model.query import JobQuery
from jobwatch.model.row import JobRow
from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock
from jobwatch.tui.loading import Anchor, Picture, keep, move
from jobwatch.tui.throttle import Throttle

if TYPE_CHECKING:
    from jobwatch.store.job_list import JobList
    from jobwatch.store.reader import LogReader

__all__ = ["Source"]

GROWTH_SHOWN_EVERY = 0.1
"""Seconds between two pictures of a search that goes on."""

CHEAP_SEARCH = 0.1
"""A result that is made anew as the log changes must have taken no longer, in seconds."""


class Source:
    """What the log answers to one query, and to the next."""

    def __init__(self, reader: LogReader, clock: Clock) -> None:
        self.reader = reader
        self.query = JobQuery()
        self.jobs: JobList = reader.list_jobs(self.query)
        self.found_at: int | None = None
        """When a result that is a picture of one moment was made; None while it is current."""
        self._clock = clock
        self._searching = asyncio.Lock()
        self._throttle = Throttle()

    async def ask(
        self, query: JobQuery, anchor: Callable[[], Anchor], wanted: Callable[[], JobRow | None]
    ) -> AsyncGenerator[Picture | None, None]:
        """Answer another query: first what is there at once, then pictures as more is known.

        A search that may take long begins with None: nothing is known yet.
        """
        self.query = query
        self.jobs = jobs = self.reader.list_jobs(query)
        self.found_at = None
        await self.reader.interrupt_search()

        async with aclosing(self._answers(jobs, anchor, wanted)) as pictures:
            async for picture in pictures:
                if jobs is not self.jobs:
                    return  # another query came meanwhile: this answer is late
                yield picture

    async def set_aside(self, query: JobQuery) -> None:
        """Take a query that is answered elsewhere; what is searched for another one ends."""
        self.query = query
        self.jobs = self.reader.list_jobs(query)
        self.found_at = None
        await self.reader.interrupt_search()

    async def refresh(self, anchor: Callable[[], Anchor]) -> Picture | None:
        """Return the same result after a change of the log; None if there is none to show yet."""
        jobs = self.jobs
        if not jobs.complete:
            return None
        if not jobs.is_found:
            await jobs.refresh()
        elif self._is_affordable():
            async for _ in self._search(jobs):
                pass
        else:
            self.found_at = self.found_at or self._clock()
        while jobs is self.jobs:
            seen = anchor()
            picture = await keep(jobs, self.reader.row, seen)
            # The user may have moved on while this was read.
            if anchor() == seen and jobs is self.jobs:
                return picture
        return None

    @property
    def may_catch_up(self) -> bool:
        """Return whether a result that the log has left behind may be made again."""
        return self.found_at is not None and self._is_affordable()

    def _is_affordable(self) -> bool:
        bearable = self.jobs.is_kept_up or self._throttle.took < CHEAP_SEARCH
        return bearable and self._throttle.may

    async def pages(
        self, numbers: tuple[int, ...]
    ) -> AsyncIterator[tuple[int, list[JobRow | None]]]:
        """Return pages of the result by number."""
        jobs = self.jobs
        for number in numbers:
            rows = await jobs.page(number)
            if jobs is not self.jobs:
                return
            yield number, rows

    async def _answers(
        self,
        jobs: JobList,
        anchor: Callable[[], Anchor],
        wanted: Callable[[], JobRow | None],
    ) -> AsyncGenerator[Picture | None, None]:
        # A row of the result before that is still to be read says nothing of this one.
        def arriving() -> Anchor:
            return anchor()._replace(awaited=None)

        there: Callable[[], Anchor] = arriving
        if jobs.is_found:
            yield None
        async with aclosing(self._search(jobs) if jobs.is_found else jobs.search()) as steps:
            async for _ in steps:
                yield await self._moved(jobs, there, wanted)
                there = anchor

    async def _moved(
        self, jobs: JobList, anchor: Callable[[], Anchor], wanted: Callable[[], JobRow | None]
    ) -> Picture:
        while True:
            seen = anchor(), wanted()
            picture = await move(jobs, self.reader.row, *seen)
            # The user may have moved on while this was read.
            if (anchor(), wanted()) == seen:
                return picture

    async def _search(self, jobs: JobList) -> AsyncGenerator[int, None]:
        # One at a time: the results share a table. One that was superseded is interrupted, or ends
        # at its next slice.
        async with self._searching, aclosing(jobs.search()) as totals:
            if jobs is not self.jobs:
                return
            began = shown = monotonic()
            anew = not jobs.complete
            async for total in self._while_wanted(jobs, totals):
                if total and (monotonic() - shown > GROWTH_SHOWN_EVERY or shown == began):
                    yield total
                    shown = monotonic()
            if jobs is not self.jobs:
                return
            self._throttle.took_since(began)
            if anew and jobs.is_kept_up:
                self._throttle.took = 0.0  # to be kept up costs less than to be found
            self.found_at = None
            yield jobs.total

    async def _while_wanted(
        self, jobs: JobList, totals: AsyncIterator[int]
    ) -> AsyncGenerator[int, None]:
        try:
            async for total in totals:
                if jobs is not self.jobs:
                    return
                yield total
        except LogError:
            if jobs is self.jobs:
                raise
