"""FilterInput: the text that narrows the view, as it is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

__all__ = ["FilterInput"]


class FilterInput(Input):
    """An input on one line; Enter keeps what was typed, Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not by Input.Submitted, which would come behind an Esc that is typed at once.
        Binding("enter", "screen.keep_filter", "Keep the filter"),
        Binding("escape", "screen.back", "Back to the table"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="text in id, type, user or message", compact=True, id=id)
