"""Presenter: brings what the source knows to the widgets, which know no store."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jobwatch.model.condition import Field
from jobwatch.model.days import day_edges, day_of
from jobwatch.model.job import Job, job_as_of
from jobwatch.model.node import Node, Origin, short_names
from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.model.text import clean
from jobwatch.model.timeline import Overlaps
from jobwatch.model.when import ALWAYS, Zone
from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock
from jobwatch.tui.counting import Counting
from jobwatch.tui.grouping import Grouping
from jobwatch.tui.insights import Insights
from jobwatch.tui.notices import notice
from jobwatch.tui.parts import Widgets
from jobwatch.tui.source import Source

if TYPE_CHECKING:
    from jobwatch.model.heat import DayCount
    from jobwatch.store.reader import LogReader

__all__ = ["Presenter"]

Result = TypeVar("Result")

RENEWED_EVERY = 1.0
"""Seconds after which an order that goes by the time is made again, unless that is too costly."""


class Presenter:
    """Answers what the user asks, and keeps the answer up to date as the log changes.

    It is the `Follower` of a `LogFeed`. What can't be read is said in the status bar; the widgets
    keep what they have. `keys` are those of the commands, by their ids.
    """

    def __init__(
        self,
        widgets: Widgets,
        query: JobQuery,
        insights: Insights,
        counting: Counting,
        clock: Clock,
        *,
        keys: Mapping[str, str],
    ) -> None:
        self.query = query
        self._widgets = widgets
        self._clock = clock
        self._keys = keys
        self._source: Source | None = None
        self._unanswered = False  # whether the answer to the query could not be read
        self._counting = counting
        self._grouping = Grouping(widgets.kinds, widgets.line, keys)
        self._insights = insights

    # What the feed tells

    async def opened(self, reader: LogReader) -> None:
        """Ask the new reader what the old one was asked."""
        self._source = Source(reader, self._clock)
        self._counting.changed()
        self._insights.opened()
        await self.answer()

    async def changed(self) -> None:
        """Read the result, the counts and the job on screen again."""
        if self._source is None:
            return
        self._counting.changed()
        self._insights.changed()
        self._grouping.changed()
        if self._unanswered:
            await self.answer()
        else:
            await self._refresh(self._source)

    @property
    def behind(self) -> bool:
        """Return whether a query is still to be answered, or may be answered anew."""
        if self._source is None:
            return False
        return self._unanswered or self._source.may_catch_up or self._grouping.behind

    def current(self) -> None:
        """Say that the screen shows the log as it is."""
        self._widgets.status.log_state.read_at = self._clock()
        self._widgets.status.log_state.failure = ""

    def failed(self, reason: str) -> None:
        """Say how old the screen is, and why."""
        self._widgets.status.log_state.failure = reason
        self._widgets.table.settle()

    @property
    def reader(self) -> LogReader | None:
        """Return the reader of the log, None while it can't be read."""
        return None if self._source is None else self._source.reader

    # What the user asks

    def ask(self, **changes: Any) -> None:
        """Change the query by its fields; `answer` reads its result."""
        before, self.query = self.query, replace(self.query, **changes)
        self._widgets.table.expect()
        self._widgets.table.as_of = self.query.as_of
        if replace(self.query, view=before.view, sort=before.sort) != before:
            self._counting.forget()
            self._insights.asked()

    async def answer(self) -> None:
        """Show the result of the query, as it becomes known."""
        source, widgets = self._source, self._widgets
        if source is None:
            return
        self._unanswered = False
        try:
            if self.query.view is View.ERRORS:
                await source.set_aside(self.query)
                self._show_query(source)
                await self._grouping.show(source.reader, self.query)
                await self._show_circumstances(source)
                return
            self._grouping.end()
            async for picture in source.ask(
                self.query, lambda: widgets.table.wished, lambda: widgets.table.chosen
            ):
                self._show_query(source)
                if picture is not None:
                    widgets.table.show(picture)
                    widgets.table.settle()
                    if widgets.table.selected is not None:
                        self._insights.see(widgets.table.selected, self.query)
                    elif source.jobs.complete and not widgets.table.listing.lines:
                        self._insights.saw_newest = True  # there is nothing
            if self.query.as_of is not None or widgets.detail.as_of is not None:
                await self._read_selected()  # it may be the same job, which was another then
            await self._show_circumstances(source)
            if source.reader.counts_are_estimates:
                await source.reader.count_all()
                await self._show_circumstances(source)
        except LogError as error:
            self._unanswered = True
            self.failed(str(error))

    async def keep_counting(self) -> None:
        """Keep the counts of a query that narrows the views up, until cancelled."""
        if not self.query.narrows:
            return
        await self._at_each(
            self._counting.turns(), lambda reader: self._counting.count(reader, self.query)
        )

    async def keep_insights(self) -> None:
        """Keep up what the log implies beside its records, and as time passes, until cancelled."""
        async with asyncio.TaskGroup() as group:
            turns = self._insights.turns(lambda: self.query)
            group.create_task(self._at_each(turns, self._read_insights))
            group.create_task(self._keep_order())

    async def _read_insights(self, reader: LogReader) -> None:
        await self._insights.read(reader, lambda: self.query)
        source = self._source
        if source is None or self._widgets.table.still:
            return
        # What is overdue is in it by the passing of time alone.
        if self.query.view is View.ATTENTION:
            await self._refresh(source)

    async def _keep_order(self) -> None:
        """Make an order by how long jobs have run again while they do, until cancelled."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            source = self._source
            if source is not None and source.may_renew and not self._widgets.table.still:
                with self._failures_said():
                    await self._show_result(source)
                    self._show_query(source)

    async def keep_telling(self) -> None:
        """Tell the user of what was asked for, until cancelled."""
        await self._at_each(self._insights.telling_turns(), self._insights.tell)

    async def _at_each(
        self,
        turns: AsyncGenerator[None, None],
        read: Callable[[LogReader], Awaitable[None]],
    ) -> None:
        """Read at each turn, where there is a log, until cancelled."""
        async with aclosing(turns):
            async for _ in turns:
                await self._read(read, None)

    async def next_unseen(self) -> JobRow | None:
        """Return the next job behind the cursor that needs attention and was not seen, or None."""
        return await self._read(lambda reader: self._insights.next_unseen(reader, self.query), None)

    async def select(self, row: JobRow) -> None:
        """Put the cursor on a job, if the result has it."""
        if self._source is not None:
            with self._failures_said():
                place = await self._source.jobs.place(row)
                if place.listed:
                    table = self._widgets.table
                    table.move_cursor(table.listing.line(place.ordinal))

    async def read_pages(self, numbers: tuple[int, ...]) -> None:
        """Bring pages of the result to the table."""
        if self._source is None:
            return
        with self._failures_said():
            async for number, rows in self._source.pages(numbers):
                self._widgets.table.put_page(number, rows)

    async def read_job(self, id: str) -> None:
        """Bring a job to the detail pane; one that was deleted stays there as it was last seen."""
        if self._source is None:
            return
        with self._failures_said():
            job = await self._source.reader.job(id)
            origin = await self._source.reader.origin(id)
            selected = self._widgets.table.selected
            if job is not None and selected is not None and selected.id == id:
                if self.query.as_of is not None and selected.over is None:
                    job, origin = job_as_of(job, selected.status), Origin(origin.node)
                self._widgets.detail.as_of = self.query.as_of
                self._widgets.detail.origin = origin
                self._widgets.detail.note = selected.note
                self._widgets.detail.job = job
                await self._insights.show_pace(self._source.reader, job, selected)

    async def read_body(self, id: str) -> None:
        """Bring the body of a job to the detail pane."""
        if self._source is None:
            return
        with self._failures_said():
            self._widgets.detail.show_body(id, await self._source.reader.body(id))

    async def values(self) -> Mapping[Field, Sequence[str]]:
        """Return the values that the log has of each field; none where that can't be read."""
        unknown: dict[Field, list[str]] = {}
        values = await self._read(lambda reader: reader.values(), unknown)
        # One that isn't as it looks can't be typed, nor be shown as it is.
        return {
            field: [value for value in known if clean(value) == value]
            for field, known in values.items()
        }

    async def row(self, id: str) -> JobRow | None:
        """Return the line of a job as of the query's instant, None where it can't be read."""
        row = await self.row_now(id)
        instant = self.query.as_of
        return row if row is None or instant is None else row.as_of(instant)

    async def row_now(self, id: str) -> JobRow | None:
        """Return the line of a job as it is, None where it can't be read."""
        return await self._read(lambda reader: reader.row(id), None)

    async def records(self, ids: Iterable[str]) -> list[Job]:
        """Return whole jobs, without those that are gone or can't be read."""
        jobs: list[Job] = []
        for id in ids:
            job = await self._read(partial(_whole, id), None)
            if job is not None:
                jobs.append(job)
        return jobs

    async def overlaps(self, row: JobRow) -> Overlaps:
        """Return the jobs that ran while this one did; none where they can't be read."""
        as_of = self.query.as_of
        return await self._read(lambda reader: reader.overlaps(row, as_of), Overlaps([], 0))

    async def event(self, instant: int, direction: int) -> int | None:
        """Return the instant (ms) of the next start or end, or of the last before."""
        if direction > 0:
            return await self._read(lambda reader: reader.event_after(instant), None)
        return await self._read(lambda reader: reader.event_before(instant), None)

    async def count_days(self, year: int, month: int, zone: Zone) -> dict[date, DayCount]:
        """Return what is counted of each day of a month; nothing if that can't be read."""
        edges = day_edges(year, month, zone)
        uncounted: list[DayCount] = []
        counts = await self._read(lambda reader: reader.day_counts(edges), uncounted)
        return dict(zip((day_of(edge, zone) for edge in edges), counts, strict=False))

    async def _refresh(self, source: Source) -> None:
        """Show the same result as it is now, and the job under the cursor."""
        if self.query.view is View.ERRORS:
            if self._grouping.behind:
                await self._grouping.show(source.reader, self.query)
            await self._show_circumstances(source)
            return
        await self._show_result(source)
        await self._show_circumstances(source)
        await self._read_selected()

    async def _show_result(self, source: Source) -> None:
        picture = await source.refresh(lambda: self._widgets.table.standing)
        if picture is not None:
            self._widgets.table.show(picture)

    async def _read_selected(self) -> None:
        if self._widgets.table.selected is not None:
            await self.read_job(self._widgets.table.selected.id)

    # What goes with a result

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show how the nodes do; with several, a column says whose each job is."""
        self._widgets.nodes.nodes = tuple(nodes)
        self._widgets.table.nodes = short_names([node.name for node in nodes])

    def next_node(self) -> str | None:
        """Return the node behind that of the query, None behind the last."""
        names = [node.name for node in self._widgets.nodes.nodes]
        turn = [None, *names, None]
        return turn[turn.index(self.query.node) + 1] if self.query.node in turn else None

    async def _show_circumstances(self, source: Source) -> None:
        """Show the counts, what narrows the view, and why there is nothing in it."""
        self.show_nodes(await source.reader.nodes())
        counts = await source.reader.counts()
        if not self.query.narrows:
            self._counting.show(counts)
        self._show_query(source)
        if self.query.view is View.ERRORS:
            return
        if source.jobs.complete and not self._widgets.table.listing.lines:
            nearest = None
            if self.query.range != ALWAYS:
                around = self.query.range.start or self.query.range.end or 0
                nearest = await source.reader.nearest_start(around)
            zone, keys = self._widgets.table.zone, self._keys
            self._widgets.table.notice = notice(self.query, sum(counts), nearest, zone, keys)

    def _show_query(self, source: Source) -> None:
        view = source.query.view
        self._widgets.tabs.view = view
        self._widgets.table.is_seen = self._insights.is_seen if view is View.ATTENTION else None
        self._widgets.table.sort = source.query.sort
        self._widgets.line.asked = source.query
        if view is not View.ERRORS:  # whose errors are counted by their kinds
            self._widgets.line.total = source.jobs.total
            self._widgets.line.searching = not source.jobs.complete
        self._widgets.status.log_state.past = source.query.as_of is not None
        self._widgets.line.found_at = source.found_at
        self._widgets.line.order_shown = self._widgets.table.shows_order

    async def _read(
        self, read: Callable[[LogReader], Awaitable[Result]], otherwise: Result
    ) -> Result:
        """Return what is read, or something else where there is no log or it can't be read."""
        if self._source is not None:
            with self._failures_said():
                return await read(self._source.reader)
        return otherwise

    @contextmanager
    def _failures_said(self) -> Iterator[None]:
        try:
            yield
        except LogError as error:
            self.failed(str(error))


async def _whole(id: str, reader: LogReader) -> Job | None:
    job = await reader.job(id)
    return None if job is None else job.replace(job_body=await reader.body(id))
