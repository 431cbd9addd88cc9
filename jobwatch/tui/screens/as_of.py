"""AsOf: an instant of the past, typed, from which on the log is looked at as it stood then."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from jobwatch.model.ranges import typed_start
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.date_field import DateField

__all__ = ["AsOf"]

EXAMPLES = ("2026-03-29 02:30", "yesterday", "-90m", "-3h")
STEPS = "Then , . a minute   < > an hour   { } a day   [ ] a start or an end"


class AsOf(Dialog[int]):
    """Asks for an instant (ms, before `now`); None where the user thought better of it."""

    CSS_PATH = "../styles/as_of.tcss"

    def __init__(self, instant: int | None, *, now: int, zone: Zone) -> None:
        super().__init__()
        self._now = now
        shown = typed_start(instant, zone)
        self._field = DateField("As of", shown, now=now, zone=zone, is_end=False)
        self._remark = Static(id="remark", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the field, below it what can be typed."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "The log as it stood"
            dialog.border_subtitle = "Enter goes there · Esc cancels"
            yield self._field
            yield self._remark
            yield Static(
                Content("\n".join([" · ".join(EXAMPLES), STEPS])), id="examples", markup=False
            )

    def on_mount(self) -> None:
        """Let the instant be typed."""
        self._field.focus_input()

    @on(DateField.Changed)
    def _typed(self) -> None:
        self._remark.update(Content(""))

    @on(DateField.Submitted)
    def _entered(self) -> None:
        period = self._field.period
        if period is None:
            self._remark.update(Content(one_line(self._field.error)))
        elif period.start is None:
            self._remark.update(Content("Type a date and a time."))
        elif period.start >= self._now:
            self._remark.update(Content("That is still to come: choose an instant of the past."))
        else:
            self.dismiss(period.start)
