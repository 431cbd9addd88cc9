"""The monitor's source: one query's result as pictures for the table, while the log changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from jobwatch.model.condition import Has, all_of
from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, SortKey, View
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
"""A result that is made anew as the log changes must have taken no longer, in seconds.

By the throttle it may then be made anew again after two seconds.
"""

_GOES_ON = Has(frozenset({Outcome.PENDING}))


class Source:
    """What the log answers to one query, and to the next."""

    def __init__(self, reader: LogReader, clock: Clock) -> None:
        self.reader = reader
        self.query = JobQuery()
        self.jobs: JobList = reader.list_jobs(self.query)
        self.found_at: int | None = None
        """When a result that is a picture of one moment was made; None while it is current."""
        self.ages = False
        """Whether its order goes out of date by the passing of time alone."""
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
        self.found_at, self.ages = None, False
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
        self.found_at, self.ages = None, False
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

    @property
    def may_renew(self) -> bool:
        """Return whether a result goes out of date by the time alone, and may be made again."""
        return self.ages and self._is_affordable()

    def _is_affordable(self) -> bool:
        return self._is_bearable() and self._throttle.may

    def _is_bearable(self) -> bool:
        return self.jobs.is_kept_up or self._throttle.took < CHEAP_SEARCH

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
            began, at = monotonic(), self._clock()
            shown = began
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
            ages = await self._goes_on(self.query)
            if jobs is not self.jobs:
                return
            self.ages = ages
            # What is made again in a moment is never old; the rest says how old it is from now on.
            self.found_at = at if ages and not self._is_bearable() else None
            yield jobs.total

    async def _goes_on(self, query: JobQuery) -> bool:
        """Return whether a result is ordered by times of which some still run."""
        is_by_time = query.sort.key is SortKey.DURATION and query.as_of is None
        if not is_by_time or query.view in (View.FAILED, View.ERRORS):
            return False
        running = replace(query, where=all_of([query.where, _GOES_ON]))
        return any([counts.running async for counts in self.reader.count_states(running)])

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
