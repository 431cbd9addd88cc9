"""HelpScreen: all keys, made from the registry of commands."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
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
            yield Static(_content(self._commands), markup=False)

    def action_scroll_down(self) -> None:
        """Scroll one line down."""
        self.query_one(VerticalScroll).scroll_down()

    def action_scroll_up(self) -> None:
        """Scroll one line up."""
        self.query_one(VerticalScroll).scroll_up()


def _content(commands: Iterable[Command]) -> Content:
    lines = []
    sections = [
        ("Moving", list(TABLE_KEYS)),
        *((name, [(c.told or c.shown, c.help) for c in some]) for name, some in groups(commands)),
    ]
    for name, keys in sections:
        lines.append(Content.styled(name, "bold $text-accent"))
        lines += [
            Content.assemble((f"  {shown:<{KEYS_WIDTH}} ", "bold"), help) for shown, help in keys
        ]
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])
