"""FilterInput: the query that narrows the view, as it is typed."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType

from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["FilterInput"]


class _Underlined(Highlighter):
    def __init__(self) -> None:
        self.span = (0, 0)

    def highlight(self, text: Text) -> None:
        """Underline what is wrong."""
        text.stylize("underline bold red", *self.span)


class FilterInput(EagerInput):
    """An input on one line; Enter keeps what was typed, Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not by Input.Submitted, which would come behind an Esc that is typed at once.
        Binding("enter", "screen.keep_filter", "Keep the filter", priority=True),
        Binding("escape", "screen.back", "Back to the table", priority=True),
    ]

    def __init__(self, *, id: str) -> None:
        self._underlined = _Underlined()
        super().__init__(
            placeholder="a word, or status:error type:csv_* user:ada,bob dur>5m since:2d -node:n1",
            highlighter=self._underlined,
            compact=True,
            id=id,
        )

    def underline(self, start: int, end: int) -> None:
        """Underline what is wrong, from one character up to another; nothing if they are alike."""
        self._underlined.span = (start, end)
        self.refresh()

    async def caught_up(self) -> None:
        """Wait until the keys that it was sent are its text."""
        done = asyncio.Event()
        self.call_later(done.set)
        await done.wait()
