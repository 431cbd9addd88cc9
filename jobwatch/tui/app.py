"""JobwatchApp: the theme, the palette and the first screen."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from pathlib import Path

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from jobwatch.model.node import Node
from jobwatch.model.when import Zone, now_ms
from jobwatch.model.zones import local_zone
from jobwatch.store.edits import Clock
from jobwatch.store.state import StateFile
from jobwatch.tui.configured import AS_IT_IS, Configured
from jobwatch.tui.contrast import theme_named
from jobwatch.tui.loading import Picture
from jobwatch.tui.screens.monitor import MonitorScreen

__all__ = ["JobwatchApp"]


class JobwatchApp(App[None]):
    """The monitor of one job log; `interval` is in seconds.

    `first` and `nodes` are shown at once, before the log is opened to be followed. What is
    remembered between runs is in `state`; without it nothing is. One that is `read_only` writes and
    runs nothing: not to the log, not to `state`, and no file.
    """

    TITLE = "jobwatch"
    CSS_PATH = "styles/monitor.tcss"
    # First of all, so that what is typed right behind Tab goes where the focus is then.
    BINDINGS = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(
        self,
        path: Path,
        *,
        interval: float = 1.0,
        zone: Zone | None = None,
        clock: Clock = now_ms,
        first: Picture | None = None,
        nodes: Sequence[Node] = (),
        state: StateFile | None = None,
        configured: Configured = AS_IT_IS,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        # One of Textual's takes the place of the one that is there.
        self.register_theme(theme_named(configured.theme))
        self.set_reactive(JobwatchApp.theme, configured.theme)
        self.stylesheet.set_variables(self.get_css_variables())
        # A monitor is read, not watched moving; and an idle one must write nothing.
        self.animation_level = "none"
        self._commands = configured.commands
        self._monitor = MonitorScreen(
            path,
            interval=interval,
            zone=zone or local_zone(),
            clock=clock,
            first=first,
            nodes=nodes,
            state=state,
            configured=configured,
            read_only=read_only,
        )

    def on_ready(self) -> None:
        """Collect garbage again, where the start was made without, but not among the modules."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def get_default_screen(self) -> Screen[None]:
        """Begin with the monitor."""
        return self._monitor

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action counts: the palette's key is one of the monitor's screen."""
        return action != "command_palette"

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return the commands of the monitor for the palette."""
        for command in self._commands:
            if command.palette and self._monitor.check_action(command.name, ()):
                yield SystemCommand(
                    f"{command.label} ({command.shown})",
                    command.help,
                    lambda command=command: self._run(command.action),
                )

    async def _run(self, action: str) -> None:
        await self._monitor.run_action(action)
