"""FilterInput: the text that narrows the view, as it is typed."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

__all__ = ["FilterInput"]


class FilterInput(Input):
    """An input on one line; Enter keeps what was typed, Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not by Input.Submitted, which would come behind an Esc that is typed at once.
        Binding("enter", "screen.keep_filter", "Keep the filter", priority=True),
        Binding("escape", "screen.back", "Back to the table", priority=True),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="text in id, type, user or message", compact=True, id=id)

    async def on_key(self, event: events.Key) -> None:
        """Edit at once.

        Textual looks for the binding when the key has come to the app; a key behind it may have
        moved the focus by then.
        """
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return

    async def caught_up(self) -> None:
        """Wait until the keys that it was sent are its text."""
        done = asyncio.Event()
        self.call_later(done.set)
        await done.wait()
