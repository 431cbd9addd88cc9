"""NameView: the name of a view that is saved, or renamed."""

from __future__ import annotations

from collections.abc import Collection

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from jobwatch.model.text import one_line
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["NameView"]

LONGEST = 60


class NameView(Dialog[str]):
    """Asks for a name, and says if it replaces one of those `taken`; None where it is cancelled."""

    CSS_PATH = "../styles/saved_views.tcss"

    def __init__(self, title: str, proposal: str, taken: Collection[str]) -> None:
        super().__init__()
        self._heading = title
        self._taken = taken
        self._input = EagerInput(
            one_line(proposal)[:LONGEST],
            compact=True,
            placeholder="a name",
            max_length=LONGEST,
            select_on_focus=False,
        )
        self._remark = Static(id="remark", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the input, below it what comes of the name."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(self._heading)
            dialog.border_subtitle = "Enter saves · Esc cancels"
            yield self._input
            yield self._remark

    def on_mount(self) -> None:
        """Let what is typed take the place of the proposal."""
        self._input.select_all()

    @on(Input.Changed)
    def _typed(self) -> None:
        replaces = self._given in self._taken
        self._remark.update(
            Content(f"Replaces the view “{one_line(self._given)}”." if replaces else "")
        )

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self._given:
            self.dismiss(self._given)
        else:
            self._remark.update(Content("A view needs a name."))

    @property
    def _given(self) -> str:
        return self._input.value.strip()
