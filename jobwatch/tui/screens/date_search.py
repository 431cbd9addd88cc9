"""DateSearch: a range of dates, picked, typed, or by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import ClassVar, TypeAlias

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from jobwatch.model.text import one_line
from jobwatch.model.when import (
    ALWAYS,
    Preset,
    TimeRange,
    WhenError,
    Zone,
    date_time,
    day_of,
    describe,
    parse_range,
    presets,
)
from jobwatch.tui.widgets.calendar import Calendar
from jobwatch.tui.widgets.date_field import DateField

__all__ = ["CountDays", "DateSearch"]

CountDays: TypeAlias = Callable[[int, int], Awaitable[dict[date, int]]]
"""Year and month (from 1) to how many jobs started on each of its days."""


class DateSearch(ModalScreen[TimeRange | None]):
    """Asks for a range; the result is None where the user thought better of it.

    `count_days` says how many jobs started on each day of a month: whoever opens the screen knows.
    `now` is in epoch milliseconds.
    """

    CSS_PATH = "../styles/date_search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        *(Binding(str(n), f"preset({n - 1})", show=False) for n in range(1, 8)),
    ]

    def __init__(self, range: TimeRange, *, now: int, zone: Zone, count_days: CountDays) -> None:
        super().__init__()
        self._count_days = count_days
        self._now = now
        self._zone = zone
        self._presets = (*presets(now, zone), Preset("any time", ALWAYS))
        self._first: date | None = None  # the day picked first, while the second is open
        shown = range.start if range.start is not None else now
        self._calendar = Calendar(day_of(shown, zone), day_of(now, zone))
        self._from = DateField("From", _typed(range.start, zone), now=now, zone=zone, is_end=False)
        self._to = DateField("To", _typed_end(range.end, zone), now=now, zone=zone, is_end=True)
        self._result = Static(id="result", markup=False)

    def compose(self) -> ComposeResult:
        """Lay calendar and presets side by side, the fields and the result below."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Jobs by start date"
            dialog.border_subtitle = "Enter picks and applies · Tab goes on · Esc cancels"
            with Horizontal(id="choices"):
                yield self._calendar
                yield OptionList(
                    *(
                        Option(Content(f"{number} {preset.label}"))
                        for number, preset in enumerate(self._presets, 1)
                    ),
                    compact=True,
                )
            yield self._from
            yield self._to
            yield self._result
            yield Button("Apply", compact=True, id="apply", variant="primary")

    def on_mount(self) -> None:
        """Say what the range is to begin with, and highlight no preset yet."""
        self.query_one(OptionList).highlighted = None
        self._show_result()

    def on_click(self, event: events.Click) -> None:
        """Cancel by a click outside."""
        if event.widget is self:
            self.dismiss(None)

    def action_preset(self, index: int) -> None:
        """Spell out a range that has a name; Enter applies it."""
        self._fill(self._presets[index].range)
        self.query_one("#apply").focus()

    @on(OptionList.OptionHighlighted)
    def _preset_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        # The list highlights its first option by itself, when it is made.
        if message.option_list.has_focus:
            self._fill(self._presets[message.option_index].range)

    @on(OptionList.OptionSelected)
    def _preset_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._presets[message.option_index].range)

    @on(Calendar.MonthShown)
    def _month_shown(self, message: Calendar.MonthShown) -> None:
        self._read_month(message.year, message.month)

    @work(exclusive=True)
    async def _read_month(self, year: int, month: int) -> None:
        self._calendar.counts = await self._count_days(year, month)

    @on(Calendar.DayPicked)
    def _day_picked(self, message: Calendar.DayPicked) -> None:
        if self._first is None:
            self._first = message.day
            self._from.text = self._to.text = message.day.isoformat()
        else:
            first, last = sorted((self._first, message.day))
            self._first = None
            self._from.text, self._to.text = first.isoformat(), last.isoformat()
            self.query_one("#apply").focus()
        self._show_result()

    @on(DateField.Changed)
    def _field_changed(self) -> None:
        self._show_result()

    @on(DateField.Submitted)
    @on(Button.Pressed)
    def _apply(self) -> None:
        try:
            self.dismiss(self._range())
        except WhenError:
            self._show_result()

    def _fill(self, range: TimeRange) -> None:
        self._first = None
        self._from.text = _typed(range.start, self._zone)
        self._to.text = _typed_end(range.end, self._zone)
        self._show_result()

    def _range(self) -> TimeRange:
        return parse_range(self._from.text, self._to.text, now=self._now, zone=self._zone)

    def _show_result(self) -> None:
        try:
            found = self._range()
            text, bad = describe(found, self._zone), False
            self._calendar.picked = self._days(found)
        except WhenError as error:
            text, bad = one_line(str(error)), True
        self._result.update(Content(text))
        self._result.set_class(bad, "-bad")

    def _days(self, range: TimeRange) -> tuple[date, date] | None:
        if range == ALWAYS:
            return None
        first = date.min if range.start is None else day_of(range.start, self._zone)
        last = date.max if range.end is None else day_of(range.end - 1, self._zone)
        return first, last


def _typed(ms: int | None, zone: Zone) -> str:
    """Return an instant as one would type it: a day alone where it begins one."""
    if ms is None:
        return ""
    text = date_time(ms, zone)
    return text.removesuffix(" 00:00:00")


def _typed_end(ms: int | None, zone: Zone) -> str:
    """Return the last day, or the last second, before an instant."""
    if ms is None:
        return ""
    text = date_time(ms, zone)
    if text.endswith(" 00:00:00"):
        return (day_of(ms, zone) - timedelta(days=1)).isoformat()
    return date_time(ms - 1000, zone)
