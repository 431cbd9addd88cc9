"""MonitorScreen: the table of jobs, the detail of one, and what narrows them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Container
from textual.widgets import Footer, Input
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from jobwatch.model.node import Node
from jobwatch.model.when import Zone
from jobwatch.model.zones import local_zone
from jobwatch.store.edits import Clock
from jobwatch.store.state import StateFile
from jobwatch.tui.actions.jobs import JobActions
from jobwatch.tui.commands import OF_JOBS, WRITING, Command, bindings, shown_keys, typed
from jobwatch.tui.configured import Configured
from jobwatch.tui.counting import Counting
from jobwatch.tui.feed import LogFeed
from jobwatch.tui.following import Following
from jobwatch.tui.insights import Insights
from jobwatch.tui.loading import FIRST_QUERY, Picture
from jobwatch.tui.memory import Memory
from jobwatch.tui.parts import Widgets
from jobwatch.tui.presenter import Presenter
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.kind_list import KindList
from jobwatch.tui.widgets.node_bar import NodeBar
from jobwatch.tui.widgets.query_line import QueryLine
from jobwatch.tui.widgets.status_bar import StatusBar
from jobwatch.tui.widgets.summary import Summary
from jobwatch.tui.widgets.view_tabs import ViewTabs

__all__ = ["MonitorScreen"]

WIDE = 120
"""Columns of a terminal from which on the detail stands beside the table, not below it."""


class MonitorScreen(JobActions):
    """The monitor of one log; `interval` is in seconds. What its keys do is in `tui.actions`."""

    HORIZONTAL_BREAKPOINTS = [(WIDE, "-wide")]
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
        state: StateFile | None,
        configured: Configured,
        read_only: bool,
    ) -> None:
        super().__init__()
        # Textual's own keymap comes too late: an input would take the keys that commands had.
        commands = configured.commands
        if read_only:
            commands = tuple(map(_refused, commands))
        own = BindingsMap(bindings(commands))
        self._bindings = BindingsMap.merge((self._bindings, own))
        self._read_only = read_only
        self._first = first
        self._first_nodes = nodes
        self._clock = clock
        self._local = local_zone()
        self._first_zone = self._zone = zone
        self._memory = Memory(state, self._warn, read_only=read_only)
        self._configured = configured
        self._typed = typed(commands)
        self._keys = keys = shown_keys(commands)
        self._filter = FilterInput(id="filter")
        self._shown = Widgets(
            StatusBar(f"{path.name} read-only" if read_only else path.name, clock),
            NodeBar(clock),
            ViewTabs(keys),
            Summary(),
            QueryLine(clock, keys),
            JobTable(clock=clock),
            KindList(clock=clock),
            JobDetail(clock=clock),
        )
        counting = Counting(self._shown.tabs, self._shown.summary)
        self._insights = Insights(self._shown, counting, clock)
        self._presenter = Presenter(
            self._shown, FIRST_QUERY, self._insights, counting, clock, keys=keys
        )
        self._feed = LogFeed(path, interval, clock)
        self._output = Following(path, interval, self._shown.detail.show_output)
        self._following: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the monitor from top to bottom."""
        yield self._shown.status
        yield self._shown.nodes
        yield self._shown.tabs
        yield self._shown.summary
        yield self._shown.line
        with Container(id="panes"):
            yield self._shown.table
            yield self._shown.kinds
            yield self._shown.detail
        yield self._filter
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to follow the log."""
        # Textual's breakpoints come behind the first picture.
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self._filter.display = False
        self._shown.line.can_acknowledge = not self._read_only
        self._set_zone(self._zone)
        self._presenter.show_nodes(self._first_nodes)
        if self._first is not None:
            self._shown.table.show(self._first)
        self._memory.load()
        self._take_up(self._memory.now)
        # What it needs is loaded when the first picture is there.
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        self._following = self.run_worker(self._feed.run(self._presenter), name="follow the log")
        self.run_worker(self._presenter.keep_insights(), name="keep what the log implies")
        self.run_worker(self._keep_remembering(), name="read what other monitors remember")

    async def _keep_remembering(self) -> None:
        """Take up what other monitors of the log remember, until cancelled."""
        while True:
            await asyncio.sleep(self._feed.interval)
            if not self._feed.paused and self._memory.reload():
                self._take_up_news(self._memory.now)
                self._light_tab()

    async def on_unmount(self) -> None:
        """Close the log: its threads must not outlive the loop; and take note of what was seen."""
        await self._leave_attention()
        await self._end_user_commands()
        if self._following is not None:
            self._following.cancel()
            with suppress(WorkerCancelled, WorkerFailed):  # a failure has ended the app already
                await self._following.wait()

    @on(JobTable.PagesWanted)
    def _pages_wanted(self, message: JobTable.PagesWanted) -> None:
        self.run_worker(self._presenter.read_pages(message.numbers), group="pages")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a command's key counts where the focus is."""
        if self._read_only and action in WRITING:
            return False
        if action == "open":
            return self.focused is self._shown.table
        if action in OF_JOBS and self.has_class("-kinds"):
            return False
        return not (action in self._typed and isinstance(self.focused, Input))

    def action_pause(self) -> None:
        """Hold the screen still, or let it go on."""
        self._feed.paused = not self._feed.paused
        self._shown.status.log_state.paused = self._feed.paused
        self._shown.table.still = self._shown.detail.still = self._feed.paused
        if not self._feed.paused:
            self._feed.ask_now()

    def action_refresh(self) -> None:
        """Read the log now; a search or an order that isn't kept up is made anew."""
        self._insights.asked()
        self._understand(self._presenter.query.text)  # what is said of now moves on
        if self._shown.line.found_at is not None:
            self._ask()
        else:
            self._feed.ask_now()

    async def action_help(self) -> None:
        """Show all keys."""
        from jobwatch.tui.screens.help import HelpScreen

        commands = self._configured.commands
        if self._read_only:
            commands = tuple(command for command in commands if not command.writes)
        await self.app.push_screen(HelpScreen(commands))

    def action_refuse(self, label: str) -> None:
        """Say why a key that writes or runs something does nothing."""
        self._say(f"{label}: this monitor is read-only", severity="warning")

    def action_palette(self) -> None:
        """Find a command by name."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Leave the monitor."""
        self.app.exit()

    async def action_back(self) -> None:
        """Undo one thing: the find, the whole window, the query bar, what narrows the view."""
        if self._filter.display:
            await self._leave_filter()
        elif self._shown.detail.end_find():
            return
        elif self.has_class("-maximised"):
            self.remove_class("-maximised")
            self._listed.focus()
        elif not self._widen():
            self._listed.focus()


def _refused(command: Command) -> Command:
    """Return the command of a monitor that is read-only: its key is told of, if it writes."""
    if not command.writes:
        return command
    return replace(command, action=f"refuse({command.label!r})", footer=False)
