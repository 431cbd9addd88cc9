"""ColumnsChooser: which columns the table has, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from jobwatch.tui.columns import COLUMNS, automatic, layout
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.ordered_list import OrderedList

__all__ = ["ColumnsChooser"]

LABELS = {column.name: column.label for column in COLUMNS}
ABOUT = {column.name: column.about for column in COLUMNS}


class ColumnsChooser(Dialog[tuple[str, ...]]):
    """Asks for the names of columns; the result is empty where the width is to decide.

    None is the result where the user thought better of it. `width` is that of the table in cells.
    """

    CSS_PATH = "../styles/columns_chooser.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", priority=True),
        Binding("enter", "apply", "Apply", priority=True),
        Binding("space", "show_or_hide", "Show or hide", priority=True),
        Binding("shift+up,K", "move(-1)", "Move up", priority=True),
        Binding("shift+down,J", "move(1)", "Move down", priority=True),
        Binding("a", "automatic", "Automatic", priority=True),
    ]

    def __init__(self, chosen: Sequence[str], *, width: int, with_nodes: bool) -> None:
        super().__init__()
        self._width = width
        self._with_nodes = with_nodes
        self._order: list[str] = []
        self._shown: set[str] = set()
        self._automatic = False
        self._list = OrderedList()
        self._preview = Static(id="preview", markup=False)
        self._choose([name for name in chosen if name in LABELS])

    def compose(self) -> ComposeResult:
        """Lay out the list, below it what comes of it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_subtitle = "Enter applies · Esc cancels"
            yield self._list
            yield self._preview
            yield Static("Space shows or hides · J K move · a automatic", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the choice to begin with."""
        self._show(0)

    def action_apply(self) -> None:
        """Return the choice."""
        self.dismiss(() if self._automatic else self._chosen())

    def action_automatic(self) -> None:
        """Let the width decide."""
        self._choose(())
        self._show(0)

    def action_show_or_hide(self) -> None:
        """Show or hide the column under the cursor; one at least stays."""
        shown = self._shown ^ {self._order[self._list.cursor]}
        if shown:
            self._shown, self._automatic = shown, False
            self._show(self._list.cursor)

    def action_move(self, places: int) -> None:
        """Move the column under the cursor up or down."""
        old = self._list.cursor
        new = old + places
        if 0 <= new < len(self._order):
            self._order.insert(new, self._order.pop(old))
            self._automatic = False
            self._show(new)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_show_or_hide()

    def _choose(self, chosen: Sequence[str]) -> None:
        """Begin with these columns, the others hidden behind them."""
        names = chosen or automatic(with_nodes=self._with_nodes)
        self._automatic = not chosen
        self._shown = set(names)
        self._order = list(dict.fromkeys((*(names if chosen else ()), *LABELS)))

    def _chosen(self) -> tuple[str, ...]:
        return tuple(name for name in self._order if name in self._shown)

    def _show(self, cursor: int) -> None:
        title = "Columns, as the width allows" if self._automatic else "Columns"
        self.query_one("#dialog").border_title = title
        self._list.fill(map(self._line, self._order), cursor)
        self._preview.update(_preview(self._chosen(), self._fitting()))

    def _line(self, name: str) -> Content:
        label = f"{LABELS[name]:<9}"
        if name in self._shown:
            return Content.assemble("✓ ", (label, "bold"), (ABOUT[name], "$text-muted"))
        return Content.styled(f"  {label}{ABOUT[name]}", "$text-muted")

    def _fitting(self) -> list[str]:
        chosen = () if self._automatic else self._chosen()
        columns = layout(self._width, with_nodes=self._with_nodes, chosen=chosen)
        return [column.name for column, _ in columns]


def _preview(chosen: Sequence[str], fitting: Sequence[str]) -> Content:
    """Say which columns there is room for now, and for which there is not."""
    left = [LABELS[name] for name in chosen if name not in fitting]
    shown = Content.styled("  ".join(LABELS[name] for name in fitting), "bold")
    return Content("\n").join(
        [shown, Content.styled(f"No room now for {', '.join(left)}" if left else "", "$text-muted")]
    )
