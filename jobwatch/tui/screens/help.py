"""HelpScreen: all keys, made from the registry of commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from jobwatch.tui.commands import TABLE_KEYS, Command, groups

__all__ = ["HelpScreen"]

KEYS_WIDTH = 14


class HelpScreen(ModalScreen[None]):
    """The keys by group, over the monitor."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
    ]

    def __init__(self, commands: Iterable[Command]) -> None:
        super().__init__()
        self._commands = tuple(commands)
        for command in self._commands:
            if command.id == "help":
                self._bindings.bind(command.key, "dismiss", show=False)

    def compose(self) -> ComposeResult:
        """Lay out one line a key."""
        with VerticalScroll() as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "Esc closes"
            for name, keys in _sections(self._commands):
                yield Static(name, classes="group", markup=False)
                yield Static(_table(keys))

    def action_scroll_down(self) -> None:
        """Scroll one line down."""
        self.query_one(VerticalScroll).scroll_down()

    def action_scroll_up(self) -> None:
        """Scroll one line up."""
        self.query_one(VerticalScroll).scroll_up()


def _sections(commands: Iterable[Command]) -> Iterator[tuple[str, Iterable[tuple[str, str]]]]:
    """Yield the groups by name, and each of their keys with what it does."""
    yield "Moving", TABLE_KEYS
    for name, some in groups(commands):
        yield name, [(command.told or command.shown, command.help) for command in some]


def _table(keys: Iterable[tuple[str, str]]) -> Table:
    """Return keys beside what they do, which goes on below itself where the line is short."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="bold", min_width=KEYS_WIDTH)
    table.add_column()
    for shown, help in keys:
        table.add_row(Text(shown), Text(help))
    return table
