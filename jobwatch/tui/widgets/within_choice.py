"""WithinChoice: what of a job must lie in a range, its start or any moment of its run."""

from __future__ import annotations

from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.query import Within

__all__ = ["WithinChoice"]

LABEL = "Jobs "
TEXTS = {Within.STARTED: "that started", Within.RUNNING: "that were running"}
ON, OFF, GAP = "●", "○", "   "


class WithinChoice(Widget, can_focus=True):
    """One line with both; the arrows and the space bar go to the other one, and so does a click."""

    DEFAULT_CSS = """
    WithinChoice { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,space", "change", "Change", show=False),
        Binding("enter", "submit", "Apply", show=False),
    ]

    within: reactive[Within] = reactive(Within.STARTED)
    """What is chosen."""

    class Changed(Message):
        """The other one was chosen."""

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, within: Within, hint: str) -> None:
        super().__init__()
        self.set_reactive(WithinChoice.within, within)
        self._hint = hint

    def render(self) -> Content:
        """Draw the one that is chosen so that it is seen without colours too."""
        parts: list[Content | str | tuple[str, str]] = [(LABEL, "bold")]
        for within in TEXTS:
            chosen = within is self.within
            style = "bold $text" if chosen else "$text-muted"
            if chosen and self.has_focus:
                style = "bold $block-cursor-foreground on $block-cursor-background"
            parts += [(self._option(within), style), GAP]
        return Content.assemble(*parts, (self._hint, "$text-disabled"))

    def action_change(self) -> None:
        """Choose the other one."""
        self._choose(next(within for within in Within if within is not self.within))

    def action_submit(self) -> None:
        """Say that the choice is made."""
        self.post_message(self.Submitted())

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the mouse."""
        ends = accumulate(cell_len(self._option(within) + GAP) for within in TEXTS)
        for within, end in zip(TEXTS, ends, strict=True):
            if cell_len(LABEL) <= event.x < cell_len(LABEL) + end:
                self._choose(within)
                return

    def _option(self, within: Within) -> str:
        return f" {ON if within is self.within else OFF} {TEXTS[within]} "

    def _choose(self, within: Within) -> None:
        if within is not self.within:
            self.within = within
            self.post_message(self.Changed())
