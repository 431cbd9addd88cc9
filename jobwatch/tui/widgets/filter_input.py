"""FilterInput: the text that narrows the view, as it is typed."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.binding import Binding, BindingType

from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["FilterInput"]


class FilterInput(EagerInput):
    """An input on one line; Enter keeps what was typed, Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not by Input.Submitted, which would come behind an Esc that is typed at once.
        Binding("enter", "screen.keep_filter", "Keep the filter", priority=True),
        Binding("escape", "screen.back", "Back to the table", priority=True),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="text in id, type, user or message", compact=True, id=id)

    async def caught_up(self) -> None:
        """Wait until the keys that it was sent are its text."""
        done = asyncio.Event()
        self.call_later(done.set)
        await done.wait()
