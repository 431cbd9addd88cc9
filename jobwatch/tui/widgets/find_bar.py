"""FindBar: what is looked for in the detail, as it is typed, and which match is current."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Label

from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["FindBar"]


class FindCount(Widget):
    """Which match is current, of how many."""

    count: reactive[str] = reactive("", layout=True)
    """The words."""

    def render(self) -> Content:
        """Draw it."""
        return Content(self.count)


class FindBar(Horizontal):
    """One line at the bottom of the detail, there while something is typed into it."""

    DEFAULT_CSS = """
    FindBar {
        height: 1;
        padding: 0 1;
        background: $panel;
        display: none;
    }
    FindBar EagerInput, FindBar EagerInput:focus {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0;
        background: $panel;
        background-tint: $panel 0%;
    }
    FindBar Label { color: $text-accent; padding: 0 1 0 0; }
    FindBar FindCount {
        width: auto;
        height: 1;
        padding: 0 0 0 1;
        color: $text-muted;
    }
    FindBar.-none FindCount { color: $text-error; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._input = EagerInput(placeholder="text in this tab", compact=True)
        self._count = FindCount()
        self._back_to: Widget | None = None

    def compose(self) -> ComposeResult:
        """Lay the count beside the text."""
        yield Label("Find")
        yield self._input
        yield self._count

    @property
    def text(self) -> str:
        """Return what is typed."""
        return self._input.value

    @property
    def typing(self) -> bool:
        """Return whether it takes the keys."""
        return self._input.has_focus

    def open(self, text: str) -> None:
        """Take the keys from now on; what is typed first replaces the text."""
        if not self.typing:
            self._back_to = self.screen.focused
        self.display = True
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.select_all()
        # At once: focus() comes later, and what is typed before would be commands.
        self.screen.set_focus(self._input)

    def close(self, otherwise: Widget) -> None:
        """Give the keys back to what had them, or to another widget if that is gone."""
        back_to = self._back_to
        if self.typing:
            there = back_to is not None and back_to.is_attached and back_to.display
            self.screen.set_focus(back_to if there else otherwise)
        self.display = False

    def say(self, count: str, *, none: bool) -> None:
        """Say which match is current, or that there is none."""
        self.set_class(none, "-none")
        self._count.count = count

    async def caught_up(self) -> None:
        """Wait until the keys that it was sent are its text."""
        await self._input.caught_up()
