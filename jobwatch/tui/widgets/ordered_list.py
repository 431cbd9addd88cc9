"""OrderedList: a short list whose lines its owner shows, hides and moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

__all__ = ["OrderedList"]


class OrderedList(OptionList):
    """A list of which one line has the cursor; a click is `OptionList.OptionSelected`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(compact=True)

    @property
    def cursor(self) -> int:
        """Return the line with the cursor, 0 in an empty list."""
        return self.highlighted or 0

    def fill(self, lines: Iterable[Content], cursor: int) -> None:
        """Show these lines instead, the cursor on one of them or else on the last."""
        self.set_options(Option(line) for line in lines)
        if self.option_count:
            self.highlighted = min(max(cursor, 0), self.option_count - 1)
