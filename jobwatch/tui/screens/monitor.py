"""MonitorScreen: the table of jobs, the detail of one, and what narrows them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer, Input

from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.row import JobRow
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone, day_edges, day_of
from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock
from jobwatch.store.reader import LogReader
from jobwatch.tui.commands import bindings
from jobwatch.tui.feed import LogFeed
from jobwatch.tui.notices import notice
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.help import HelpScreen
from jobwatch.tui.source import Source
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.query_line import QueryLine
from jobwatch.tui.widgets.status_bar import StatusBar
from jobwatch.tui.widgets.view_tabs import ViewTabs

__all__ = ["MonitorScreen"]

SORTS = (
    Sort(),
    Sort(SortKey.STARTED, descending=False),
    Sort(SortKey.DURATION),
    Sort(SortKey.STATUS, descending=False),
    Sort(SortKey.TYPE, descending=False),
    Sort(SortKey.USER, descending=False),
)


class MonitorScreen(Screen[None]):
    """The monitor of one log."""

    BINDINGS = list(bindings())
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    AUTO_FOCUS = "JobTable"

    def __init__(self, path: Path, *, interval: float, zone: Zone, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._local = zone
        self._zone = zone
        self._query = JobQuery(view=View.RUNNING)
        self._source: Source | None = None
        self._held: JobRow | None = None  # the job that the user chose
        self._feed = LogFeed(path, interval, clock)
        self._status = StatusBar(path.name, clock)
        self._tabs = ViewTabs()
        self._line = QueryLine(clock)
        self._filter = Input(placeholder="text in id, type, user or message", id="filter")
        self._table = JobTable(clock=clock)
        self._detail = JobDetail(clock=clock)

    def compose(self) -> ComposeResult:
        """Lay out the monitor from top to bottom."""
        yield self._status
        yield self._tabs
        yield self._line
        with Container(id="panes"):
            yield self._table
            yield self._detail
        yield self._filter
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to follow the log."""
        self._filter.display = False
        self._set_zone(self._zone)
        self._follow()

    @work(name="follow the log")
    async def _follow(self) -> None:
        await self._feed.run(self)

    # What the feed tells

    async def opened(self, reader: LogReader) -> None:
        """Ask the new reader what the old one was asked."""
        self._source = Source(reader, self._clock)
        self._ask()

    async def changed(self) -> None:
        """Read the result, the counts and the job on screen again."""
        if self._source is None:
            return
        picture = await self._source.refresh(lambda: self._table.anchor)
        if picture is not None:
            self._table.show(picture)
        await self._read_counts()
        self._show_query()
        if self._table.selected is not None:
            self._read_detail(self._table.selected.id)

    def current(self) -> None:
        """Say that the screen shows the log as it is."""
        self._status.log_state.read_at = self._clock()
        self._status.log_state.failure = ""

    def failed(self, reason: str) -> None:
        """Say how old the screen is, and why."""
        self._status.log_state.failure = reason

    # Reading

    def _ask(self, **changes: object) -> None:
        """Change the query, and show its result."""
        self._query = replace(self._query, **changes)  # type: ignore[arg-type]  # by its fields
        self._tabs.view = self._query.view
        self._table.sort = self._query.sort
        self._line.query = self._query
        self._answer()

    @work(name="answer the query", group="answer", exclusive=True)
    async def _answer(self) -> None:
        source = self._source
        if source is None:
            return
        try:
            async for picture in source.ask(
                self._query, lambda: self._table.anchor, lambda: self._held
            ):
                self._table.show(picture)
                self._show_query()
            await self._read_counts()
            if source.reader.counts_are_estimates:
                await source.reader.count_all()
                await self._read_counts()
            await self._explain_emptiness()
        except LogError as error:
            self.failed(str(error))

    async def _read_counts(self) -> None:
        if self._source is None:
            return
        counts = await self._source.reader.counts()
        self._tabs.counts = {
            View.RUNNING: counts.running, View.ALL: counts.all, View.FAILED: counts.failed
        }

    async def _explain_emptiness(self) -> None:
        """Say why the table is empty, if it is."""
        source = self._source
        if source is None or self._table.listing.lines:
            return
        nearest = None
        if self._query.range != ALWAYS:
            around = self._query.range.start or self._query.range.end or 0
            nearest = await source.reader.nearest_start(around)
        self._table.notice = notice(
            self._query, self._tabs.counts.get(View.ALL, 0), nearest, self._zone
        )

    def _show_query(self) -> None:
        if self._source is None:
            return
        self._line.total = self._source.jobs.total
        self._line.searching = not self._source.jobs.complete
        self._line.found_at = self._source.found_at

    @on(JobTable.PagesWanted)
    def _pages_wanted(self, message: JobTable.PagesWanted) -> None:
        self._read_pages(message.numbers)

    @work(name="read pages", group="pages")
    async def _read_pages(self, numbers: tuple[int, ...]) -> None:
        if self._source is None:
            return
        try:
            async for number, rows in self._source.pages(numbers):
                self._table.put_page(number, rows)
        except LogError as error:
            self.failed(str(error))

    @on(JobTable.Highlighted)
    def _highlighted(self, message: JobTable.Highlighted) -> None:
        if message.by_user and message.row is not None:
            self._held = message.row
        if message.row is None:
            self._detail.job = None
        else:
            self._read_detail(message.row.id)

    @work(name="read the job", group="detail", exclusive=True)
    async def _read_detail(self, id: str) -> None:
        if self._source is None:
            return
        try:
            job = await self._source.reader.job(id)
            nodes = await self._source.reader.nodes(id)
        except LogError as error:
            self.failed(str(error))
            return
        if job is not None:
            # A job that was deleted stays in the pane as it was last seen.
            self._detail.nodes = nodes
            self._detail.job = job

    @on(JobDetail.BodyWanted)
    def _body_wanted(self, message: JobDetail.BodyWanted) -> None:
        self._read_body(message.job_id)

    @work(name="read the body", group="body", exclusive=True)
    async def _read_body(self, id: str) -> None:
        if self._source is None:
            return
        try:
            body = await self._source.reader.body(id)
        except LogError as error:
            self.failed(str(error))
            return
        self._detail.show_body(id, body)

    # Commands

    def action_view(self, name: str) -> None:
        """Show another view."""
        self._ask(view=View(name))

    @on(ViewTabs.Chosen)
    def _view_chosen(self, message: ViewTabs.Chosen) -> None:
        self._ask(view=message.view)

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter.display = True
        self._filter.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        if message.value != self._query.text:
            self._ask(text=message.value)

    @on(Input.Submitted, "#filter")
    def _filter_submitted(self) -> None:
        self._close_filter()

    def _close_filter(self) -> None:
        self._filter.display = False
        self._table.focus()

    def action_sort(self) -> None:
        """Order by the next of the sorts."""
        index = SORTS.index(self._query.sort) if self._query.sort in SORTS else -1
        self._ask(sort=SORTS[(index + 1) % len(SORTS)])

    @work(name="search by date", group="dates", exclusive=True)
    async def action_dates(self) -> None:
        """Open the date search, and apply what it returns."""
        screen = DateSearch(
            self._query.range, now=self._clock(), zone=self._zone, count_days=self._count_days
        )
        found = await self.app.push_screen_wait(screen)
        if found is not None:
            self._ask(range=found)

    async def _count_days(self, year: int, month: int) -> dict[date, int]:
        edges = day_edges(year, month, self._zone)
        try:
            counts = await self._source.reader.day_counts(edges) if self._source else []
        except LogError as error:
            self.failed(str(error))
            counts = []
        return dict(zip((day_of(edge, self._zone) for edge in edges), counts, strict=False))

    @on(JobTable.Opened)
    def _opened(self) -> None:
        self.add_class("-maximised")
        self._detail.focus_content()

    def action_copy_id(self) -> None:
        """Copy the id of the selected job, through the terminal."""
        row = self._table.selected
        if row is not None:
            self.app.copy_to_clipboard(row.id)
            self.notify(f"Copied {one_line(row.id)}", markup=False, timeout=2)

    def action_pause(self) -> None:
        """Hold the screen still, or let it go on."""
        self._feed.paused = not self._feed.paused
        self._status.log_state.paused = self._feed.paused
        self._table.still = self._feed.paused
        if not self._feed.paused:
            self._feed.ask_now()

    def action_refresh(self) -> None:
        """Read the log now; a search and an order are made anew."""
        if self._line.found_at is not None:
            self._ask()
        self._feed.ask_now()

    def action_zone(self) -> None:
        """Show times in the other zone."""
        self._set_zone(UTC if self._zone != UTC else self._local)

    def _set_zone(self, zone: Zone) -> None:
        self._zone = zone
        for widget in (self._status, self._line, self._table, self._detail):
            widget.zone = zone

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())

    def action_palette(self) -> None:
        """Find a command by name."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Leave the monitor."""
        self.app.exit()

    def action_back(self) -> None:
        """Undo one thing: the whole window, the input, the filter, the range."""
        if self.has_class("-maximised"):
            self.remove_class("-maximised")
            self._table.focus()
        elif self._filter.display:
            self._close_filter()
        elif self._query.text:
            self._filter.value = ""
            self._ask(text="")
        elif self._query.range != ALWAYS:
            self._ask(range=ALWAYS)
        else:
            self._table.focus()
