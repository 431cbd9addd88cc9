"""MonitorScreen: the table of jobs, the detail of one, and what narrows them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer, Input
from textual.worker import WorkerCancelled, WorkerFailed

from jobwatch.model.node import Node
from jobwatch.model.query import Sort, SortKey, View
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone
from jobwatch.store.edits import Clock
from jobwatch.tui.commands import TYPED, bindings
from jobwatch.tui.feed import LogFeed
from jobwatch.tui.loading import FIRST_QUERY, Picture
from jobwatch.tui.presenter import Presenter, Widgets
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.node_bar import NodeBar
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
    """The monitor of one log; `interval` is in seconds."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    # From 160 columns on a field of the record fits its line beside a table that has every column.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (160, "-wider")]
    AUTO_FOCUS = "JobTable"

    def __init__(
        self,
        path: Path,
        *,
        interval: float,
        zone: Zone,
        clock: Clock,
        first: Picture | None,
        nodes: Sequence[Node],
    ) -> None:
        super().__init__()
        self._first = first
        self._first_nodes = nodes
        self._clock = clock
        self._local = self._zone = zone
        self._filter = FilterInput(id="filter")
        self._shown = Widgets(
            StatusBar(path.name, clock),
            NodeBar(clock),
            ViewTabs(),
            QueryLine(clock),
            JobTable(clock=clock),
            JobDetail(clock=clock),
        )
        self._presenter = Presenter(self._shown, FIRST_QUERY, clock)
        self._feed = LogFeed(path, interval, clock)

    def compose(self) -> ComposeResult:
        """Lay out the monitor from top to bottom."""
        yield self._shown.status
        yield self._shown.nodes
        yield self._shown.tabs
        yield self._shown.line
        with Container(id="panes"):
            yield self._shown.table
            yield self._shown.detail
        yield self._filter
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to follow the log."""
        self._filter.display = False
        self._set_zone(self._zone)
        self._presenter.show_nodes(self._first_nodes)
        if self._first is not None:
            self._shown.table.show(self._first)
        self._following = self.run_worker(self._feed.run(self._presenter), name="follow the log")

    async def on_unmount(self) -> None:
        """Close the log: its threads must not outlive the loop."""
        self._following.cancel()
        with suppress(WorkerCancelled, WorkerFailed):  # a failure has ended the app already
            await self._following.wait()

    # What the widgets tell

    @on(JobTable.PagesWanted)
    def _pages_wanted(self, message: JobTable.PagesWanted) -> None:
        self.run_worker(self._presenter.read_pages(message.numbers), group="pages")

    @on(JobTable.Highlighted)
    def _highlighted(self, message: JobTable.Highlighted) -> None:
        if message.row is None:
            self._shown.detail.job = None
            return
        reading = self._presenter.read_job(message.row.id)
        self.run_worker(reading, group="job", exclusive=True)

    @on(JobTable.Opened)
    def _opened(self) -> None:
        self.action_open()

    @on(JobDetail.BodyWanted)
    def _body_wanted(self, message: JobDetail.BodyWanted) -> None:
        reading = self._presenter.read_body(message.job_id)
        self.run_worker(reading, group="body", exclusive=True)

    @on(ViewTabs.Chosen)
    def _view_chosen(self, message: ViewTabs.Chosen) -> None:
        self._ask(view=message.view)

    @on(NodeBar.Chosen)
    def _node_chosen(self, message: NodeBar.Chosen) -> None:
        self._ask(node=None if message.name == self._presenter.query.node else message.name)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        self._ask_for_text(message.value)

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a command's key counts where the focus is."""
        if action == "open":
            return self.focused is self._shown.table
        return not (action in TYPED and isinstance(self.focused, Input))

    def action_open(self) -> None:
        """Give the whole window to the selected job."""
        self.add_class("-maximised")
        self._shown.detail.focus_content()

    def action_view(self, name: str) -> None:
        """Show another view."""
        self._ask(view=View(name))

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter.display = True
        # At once: focus() comes later, and what is typed before would be commands.
        self.set_focus(self._filter)

    async def action_keep_filter(self) -> None:
        """Close the filter, and let it narrow the view on; not while it is no query."""
        await self._catch_up()
        if not self._shown.line.mistake:
            self._close_filter()

    def action_sort(self) -> None:
        """Order by the next of the sorts."""
        index = SORTS.index(self._presenter.query.sort)
        self._ask(sort=SORTS[(index + 1) % len(SORTS)])

    def action_node(self) -> None:
        """Show the jobs of the next node alone."""
        if self._shown.nodes.nodes:
            self._ask(node=self._presenter.next_node())
        else:
            self.notify("No job of this log is of a node.", markup=False, timeout=3)

    async def action_dates(self) -> None:
        """Open the search by date, and apply what it returns."""
        from jobwatch.tui.screens.date_search import DateSearch

        search = DateSearch(
            self._presenter.query.range,
            now=self._clock(),
            zone=self._zone,
            count_days=lambda year, month: self._presenter.count_days(year, month, self._zone),
        )
        await self.app.push_screen(search, self._dates_chosen)

    def _dates_chosen(self, chosen: TimeRange | None) -> None:
        if chosen is not None:
            view = self._presenter.query.view
            # Few jobs of another day still run: who asks for dates wants what ever ran.
            self._ask(range=chosen, view=View.ALL if view is View.RUNNING else view)

    def action_copy_id(self) -> None:
        """Copy the id of the selected job, through the terminal."""
        row = self._shown.table.selected
        if row is not None:
            self.app.copy_to_clipboard(row.id)
            self.notify(f"Copied {one_line(row.id[:40])}", markup=False, timeout=2)

    def action_pause(self) -> None:
        """Hold the screen still, or let it go on."""
        self._feed.paused = not self._feed.paused
        self._shown.status.log_state.paused = self._feed.paused
        self._shown.table.still = self._shown.detail.still = self._feed.paused
        if not self._feed.paused:
            self._feed.ask_now()

    def action_refresh(self) -> None:
        """Read the log now; a search or an order that isn't kept up is made anew."""
        if self._shown.line.found_at is not None:
            self._ask()
        else:
            self._feed.ask_now()

    def action_zone(self) -> None:
        """Show times in the other zone."""
        self._set_zone(UTC if self._zone != UTC else self._local)
        # A date in the query is now another instant.
        self._understand(self._presenter.query.text)

    async def action_help(self) -> None:
        """Show all keys."""
        from jobwatch.tui.screens.help import HelpScreen

        await self.app.push_screen(HelpScreen())

    def action_palette(self) -> None:
        """Find a command by name."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Leave the monitor."""
        self.app.exit()

    async def action_back(self) -> None:
        """Undo one thing: the whole window, the input, the filter, the range, the node."""
        query = self._presenter.query
        if self.has_class("-maximised"):
            self.remove_class("-maximised")
            self._shown.table.focus()
        elif self._filter.display:
            await self._catch_up()
            # Where what was typed is no query, what was asked before still holds.
            if self._shown.line.mistake:
                self._filter.value = self._presenter.query.text
                self._ask_for_text(self._filter.value)
            self._close_filter()
        elif self._filter.value:
            self._filter.value = ""
            self._ask_for_text("")
        elif query.range != ALWAYS:
            self._ask(range=ALWAYS)
        elif query.node is not None:
            self._ask(node=None)
        else:
            self._shown.table.focus()

    def _ask(self, **changes: Any) -> None:
        self._presenter.ask(**changes)
        self.run_worker(self._presenter.answer(), group="answer", exclusive=True)

    def _ask_for_text(self, text: str) -> None:
        """Ask for a query as it is typed; one that is asked already keeps its dates."""
        if text == self._presenter.query.text:
            self._say_mistake("", 0, 0)
        else:
            self._understand(text)

    def _understand(self, text: str) -> None:
        """Ask for what the text means now; where it means nothing, say so and leave the result."""
        from jobwatch.model.language import QueryError, parse_query

        try:
            where = parse_query(text, now=self._clock(), zone=self._zone)
        except QueryError as error:
            self._say_mistake(str(error), error.start, error.end)
            return
        self._say_mistake("", 0, 0)
        if (text, where) != (self._presenter.query.text, self._presenter.query.where):
            self._ask(text=text, where=where)

    def _say_mistake(self, mistake: str, start: int, end: int) -> None:
        self._shown.line.mistake = mistake
        self._filter.underline(start, end)

    async def _catch_up(self) -> None:
        """Take what was typed: its last change may be on the way, and the next key means it."""
        await self._filter.caught_up()
        self._ask_for_text(self._filter.value)

    def _close_filter(self) -> None:
        self._filter.display = False
        self.set_focus(self._shown.table)

    def _set_zone(self, zone: Zone) -> None:
        self._zone = zone
        shown = self._shown
        for widget in (shown.status, shown.nodes, shown.line, shown.table, shown.detail):
            widget.zone = zone
