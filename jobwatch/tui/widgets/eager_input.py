"""EagerInput: an input that edits in the order in which keys were typed."""

from __future__ import annotations

import asyncio

from textual import events
from textual.widgets import Input

__all__ = ["EagerInput"]


class EagerInput(Input):
    """Textual's input, but for keys that edit: they count although the next moves the focus."""

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
