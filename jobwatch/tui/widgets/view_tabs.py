"""ViewTabs: the views of the log with their keys and counts, and those that were saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.query import View
from jobwatch.model.text import one_line
from jobwatch.tui.cells import cut
from jobwatch.tui.commands import KEYS
from jobwatch.tui.tabs import draw, fitting, tab_at

__all__ = ["FIRST_SAVED", "ViewTabs", "about", "saved_key"]

GAP = " "
LABELS = {
    View.RUNNING: "Running",
    View.ALL: "All",
    View.FAILED: "Failed",
    View.ERRORS: "Errors",
    View.ATTENTION: "Attention",
}
FIRST_SAVED, LAST_KEY = 6, 9
"""The numbers of the saved views that have a key, from the first on."""


class Form(NamedTuple):
    """How long names may be, and whether counts are told whole."""

    names: int
    whole: bool = True


FORMS = (Form(24), Form(12), Form(12, whole=False))
"""From the fullest to the shortest; the summary has all counts whole."""


class ViewTabs(Widget):
    """Which view is shown, and how many jobs each has; the saved ones behind the fixed.

    `keys` are those of the commands, by their ids.
    """

    view: reactive[View] = reactive(View.RUNNING)
    """The view that is shown."""
    counts: reactive[dict[View, int]] = reactive(dict)
    """How many jobs each view has; none is shown for a view that isn't there."""
    unseen: reactive[int | None] = reactive(None)
    """How many jobs need attention and were not seen; None while nobody knows."""
    growing: reactive[bool] = reactive(False)
    """Whether they are still being counted."""
    saved: reactive[tuple[str, ...]] = reactive(())
    """The names of the saved views."""
    saved_shown: reactive[str | None] = reactive(None)
    """The saved view that is shown; None while it is `view` alone."""

    def __init__(self, keys: Mapping[str, str] = KEYS) -> None:
        super().__init__()
        self._keys = keys
        self._rooms: dict[tuple[View, bool], int] = {}

    class Chosen(Message):
        """A tab was clicked.

        Attributes:
            view: The view to show.
        """

        def __init__(self, view: View) -> None:
            self.view = view
            super().__init__()

    class SavedChosen(Message):
        """The tab of a saved view was clicked.

        Attributes:
            name: The saved view to show.
        """

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def render(self) -> Content:
        """Draw the tabs."""
        return draw(self._fitted(), self._shown(), gap=GAP)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        tab = tab_at(self._fitted(), event.x, gap=GAP)
        if tab is None:
            return
        fixed = list(LABELS)
        if tab < len(fixed):
            self.post_message(self.Chosen(fixed[tab]))
        else:
            self.post_message(self.SavedChosen(self.saved[tab - len(fixed)]))

    def _shown(self) -> int:
        """Return the place of the tab that is shown, the fixed ones first."""
        if self.saved_shown in self.saved:
            return len(LABELS) + self.saved.index(self.saved_shown)
        return list(LABELS).index(self.view)

    def _fitted(self) -> list[tuple[int, str]]:
        """Return the place and label of the tabs that fit, names as full as there is room for."""
        forms = [self._labels(form) for form in FORMS]
        rows = [fitting(form, self._shown(), self.size.width, gap=GAP) for form in forms]
        whole = (row for row, form in zip(rows, forms, strict=True) if row == form)
        return next(whole, rows[-1])

    def _labels(self, form: Form) -> list[tuple[int, str]]:
        labels = []
        for view, label in LABELS.items():
            count = self._count(view, whole=form.whole)
            # While there is no count yet, its room is kept: nothing jumps at each letter typed.
            count = count or " " * self._rooms.get((view, form.whole), 0)
            self._rooms[view, form.whole] = len(count)
            labels.append(f" {self._keys[f'view_{view.value}']} {label}{count} ")
        for place, name in enumerate(self.saved):
            labels.append(f" {saved_key(place, self._keys)}{cut(one_line(name), form.names)} ")
        return list(enumerate(labels))

    def _count(self, view: View, *, whole: bool) -> str:
        written = "{:,}".format if whole else about
        if view is View.ATTENTION:
            return f" {written(self.unseen)}!" if self.unseen else ""
        more = "+" if self.growing else ""
        return f" {written(self.counts[view])}{more}" if view in self.counts else ""


def about(count: int) -> str:
    """Return a count of any size in at most four cells: ``950``, ``1.2k``, ``35k``, ``1.0M``."""
    number, unit = float(count), ""
    for larger in "kMG":
        if number < 999.5:
            break
        number, unit = number / 1_000, larger
    return f"{number:.1f}{unit}" if unit and number < 9.95 else f"{number:.0f}{unit}"


def saved_key(place: int, keys: Mapping[str, str] = KEYS) -> str:
    """Return the key of a saved view by its place (from 0) and a space, nothing if it has none."""
    number = FIRST_SAVED + place
    return f"{keys[f'saved_{number}']} " if number <= LAST_KEY else ""
