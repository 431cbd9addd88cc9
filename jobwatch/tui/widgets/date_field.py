"""DateField: a date as it is typed, and at once what it means."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from jobwatch.model.ranges import parse_period
from jobwatch.model.when import TimeRange, WhenError, Zone, date_time
from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["DateField"]

OPEN = TimeRange()


class DateField(Horizontal):
    """A label, an input, and the instant that was understood, or why none was."""

    DEFAULT_CSS = """
    DateField {
        height: 1;
        & > .label { width: 6; text-style: bold; }
        & > Input { width: 27; }
        & > .meaning { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > .meaning.-bad { color: $text-error; }
    }
    """

    period: reactive[TimeRange | None] = reactive(OPEN)
    """The period that was typed; unbounded while nothing is, None where it isn't understood."""

    class Changed(Message):
        """Something was typed."""

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, label: str, value: str, *, now: int, zone: Zone, is_end: bool) -> None:
        super().__init__()
        self._label = label
        self._now = now
        self._zone = zone
        self._is_end = is_end
        # Selected on focus, a value would be replaced letter by letter by one who types fast.
        self._input = EagerInput(value, compact=True, placeholder="any", select_on_focus=False)
        self._meaning = Static(classes="meaning", markup=False)
        self.error = ""

    def compose(self) -> ComposeResult:
        """Lay the parts from left to right."""
        yield Static(self._label, classes="label", markup=False)
        yield self._input
        yield self._meaning

    def on_mount(self) -> None:
        """Say what the first value means."""
        self._read()

    @property
    def text(self) -> str:
        """Return what was typed."""
        return self._input.value.strip()

    @text.setter
    def text(self, value: str) -> None:
        self._input.value = value
        self._read()

    def focus_input(self) -> None:
        """Put the focus on the input."""
        self._input.focus()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._read()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _entered(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Submitted())

    def _read(self) -> None:
        try:
            self.period = (
                parse_period(self.text, now=self._now, zone=self._zone) if self.text else OPEN
            )
            self.error = ""
            instant = self.period.end if self._is_end else self.period.start
            meaning = "" if instant is None else f"✓ {date_time(instant, self._zone)}"
        except WhenError as error:
            self.period = None
            self.error = str(error)
            meaning = "✗ not a date yet"
        self._meaning.update(Content(meaning))
        self._meaning.set_class(bool(self.error), "-bad")
