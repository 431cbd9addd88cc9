"""Dialog: a small screen over the monitor that asks for one thing."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

__all__ = ["Dialog"]

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A modal screen whose result is None where the user thought better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def on_click(self, event: events.Click) -> None:
        """Cancel by a click outside."""
        if event.widget is self:
            self.dismiss(None)
