"""ViewTabs: the views of the log with their keys and counts, on one line."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.query import View
from jobwatch.tui.tabs import draw, tab_at

__all__ = ["ViewTabs"]

GAP = " "
LABELS = {View.RUNNING: "Running", View.ALL: "All", View.FAILED: "Failed"}


class ViewTabs(Widget):
    """Which view is shown, and how many jobs each has."""

    view: reactive[View] = reactive(View.RUNNING)
    """The view that is shown."""
    counts: reactive[dict[View, int]] = reactive(dict)
    """How many jobs each view has; none is shown for a view that isn't there."""

    class Chosen(Message):
        """A tab was clicked.

        Attributes:
            view: The view to show.
        """

        def __init__(self, view: View) -> None:
            self.view = view
            super().__init__()

    def render(self) -> Content:
        """Draw the tabs."""
        return draw(self._labels(), self.view, gap=GAP)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        view = tab_at(self._labels(), event.x, gap=GAP)
        if view is not None:
            self.post_message(self.Chosen(view))

    def _labels(self) -> list[tuple[View, str]]:
        labels = []
        for number, (view, label) in enumerate(LABELS.items(), 1):
            count = f" {self.counts[view]:,}" if view in self.counts else ""
            labels.append((view, f" {number} {label}{count} "))
        return labels
