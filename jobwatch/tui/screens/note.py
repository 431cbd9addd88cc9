"""NoteScreen: the note by which one or several jobs are acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from jobwatch.model.row import JobRow
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import Zone, date_time
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["NoteGiven", "NoteScreen"]

LONGEST = 500
"""Characters of a note."""


class NoteGiven(NamedTuple):
    """The note, on one line and perhaps empty; None where the acknowledgement is taken back."""

    text: str | None


class NoteScreen(Dialog[NoteGiven]):
    """Asks for a note on some jobs, at least one; None where it is cancelled.

    A note that they have, and all of those that have one have alike, is there to be edited.
    """

    CSS_PATH = "../styles/note.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # Ctrl+D deletes a character in an input.
        Binding("ctrl+r", "take_back", "Take the acknowledgement back")
    ]

    def __init__(self, rows: Sequence[JobRow], *, zone: Zone) -> None:
        super().__init__()
        self._rows = rows
        self._notes = [row.note for row in rows if row.note is not None]
        self._zone = zone
        texts = {note.text for note in self._notes}
        self._input = _OneLine(
            one_line(texts.pop())[:LONGEST] if len(texts) == 1 else "",
            compact=True,
            placeholder="known, ticket 12",
            select_on_focus=False,
        )

    def compose(self) -> ComposeResult:
        """Lay out the input, below it what is noted already."""
        keys = ["Enter accepts", "Esc cancels"]
        if self._notes:
            keys.insert(1, "Ctrl+R takes it back")
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(f"Acknowledge {_named(self._rows)}")
            dialog.border_subtitle = " · ".join(keys)
            yield self._input
            yield Static(Content(self._remark()), id="remark", markup=False)

    def action_take_back(self) -> None:
        """Let the jobs need attention again."""
        if self._notes:
            self.dismiss(NoteGiven(None))

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.dismiss(NoteGiven(one_line(self._input.value)))

    def _remark(self) -> str:
        if not self._notes:
            return "The note stays with the job; it may be empty."
        if len(self._rows) == 1:
            return f"Acknowledged {date_time(self._notes[0].at, self._zone)}."
        number = len(self._notes)
        have = "has a note" if number == 1 else "have notes"
        return f"{number:,} of {len(self._rows):,} {have} already; Enter replaces what is there."


class _OneLine(EagerInput):
    """An input that takes text of several lines as one, and no character that hides."""

    def on_paste(self, event: events.Paste) -> None:
        """Take all of it, where Textual takes the first line."""
        event.prevent_default()
        event.stop()
        self.replace(event.text, *self.selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text, or as much of it as there is room for, in the place of another."""
        room = LONGEST - len(self.value) + abs(end - start)
        line = clean(" ".join(text.expandtabs(1).splitlines()))
        super().replace(line[: max(room, 0)], start, end)


def _named(rows: Sequence[JobRow]) -> str:
    return one_line(rows[0].id) if len(rows) == 1 else f"{len(rows):,} jobs"
