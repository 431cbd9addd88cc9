"""SavedViews: the saved views, to be renamed, moved and removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from jobwatch.model.remembered import (
    Change,
    Remembered,
    SavedView,
    move_view,
    remove_view,
    rename_view,
)
from jobwatch.model.text import one_line
from jobwatch.tui.commands import KEYS
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.screens.name_view import NameView
from jobwatch.tui.widgets.ordered_list import OrderedList
from jobwatch.tui.widgets.view_tabs import saved_key

__all__ = ["SavedViews"]


class SavedViews(Dialog[Change]):
    """Returns all that was done to the views as one change; None where nothing is to be done.

    `keys` are those of the commands, by their ids.
    """

    CSS_PATH = "../styles/saved_views.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", priority=True),
        Binding("enter", "apply", "Apply", priority=True),
        Binding("r", "rename", "Rename", priority=True),
        Binding("x,delete", "remove", "Remove", priority=True),
        Binding("shift+up,K", "move(-1)", "Move up", priority=True),
        Binding("shift+down,J", "move(1)", "Move down", priority=True),
    ]

    def __init__(self, remembered: Remembered, keys: Mapping[str, str] = KEYS) -> None:
        super().__init__()
        self._keys = keys
        self._draft = remembered
        self._changes: list[Change] = []
        self._list = OrderedList()

    def compose(self) -> ComposeResult:
        """Lay out the list, below it its keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Saved views"
            dialog.border_subtitle = "Enter applies · Esc cancels"
            yield self._list
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the views."""
        self._show(0)

    def action_apply(self) -> None:
        """Return what was done."""
        changes = tuple(self._changes)

        def change(remembered: Remembered) -> Remembered:
            for step in changes:
                remembered = step(remembered)
            return remembered

        self.dismiss(change if changes else None)

    async def action_rename(self) -> None:
        """Ask for another name of the view under the cursor."""
        view = self._view
        if view is None:
            return
        others = [other.name for other in self._draft.views if other is not view]

        def named(name: str | None) -> None:
            if name is not None:
                self._do(lambda remembered: rename_view(remembered, view.name, name), name)

        await self.app.push_screen(NameView("Rename the view", view.name, others), named)

    def action_remove(self) -> None:
        """Remove the view under the cursor."""
        view = self._view
        if view is not None:
            self._do(lambda remembered: remove_view(remembered, view.name), view.name)

    def action_move(self, places: int) -> None:
        """Move the view under the cursor up or down."""
        view = self._view
        if view is not None:
            self._do(lambda remembered: move_view(remembered, view.name, places), view.name)

    @property
    def _view(self) -> SavedView | None:
        views = self._draft.views
        return views[self._list.cursor] if views else None

    def _do(self, change: Change, name: str) -> None:
        """Do it here, and note it; the cursor goes with the view of that name."""
        changed = change(self._draft)
        if changed == self._draft:
            return
        self._draft = changed
        self._changes.append(change)
        names = [view.name for view in changed.views]
        self._show(names.index(name) if name in names else self._list.cursor)

    def _show(self, cursor: int) -> None:
        lines = (
            _line(saved_key(place, self._keys), view)
            for place, view in enumerate(self._draft.views)
        )
        self._list.fill(lines, cursor)
        self.query_one("#keys", Static).update(
            "r renames · x removes · J K move" if self._draft.views else "No view is saved."
        )


def _line(key: str, view: SavedView) -> Content:
    """Name a view by its key, and say what it asks."""
    asks = [view.view.value, *([one_line(view.text)] if view.text else [])]
    if view.node is not None:
        asks.append(f"on {one_line(view.node)}")
    name = f"{key:2}{one_line(view.name)}"
    return Content.assemble(name, (f"  {' · '.join(asks)}", "$text-muted"))
