"""DateSearch: a range of dates, picked, typed, or by its name, and what of a job lies in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import ClassVar, NamedTuple, TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from jobwatch.model.days import day_of
from jobwatch.model.heat import DayCount, describe_day
from jobwatch.model.query import Within
from jobwatch.model.ranges import (
    Preset,
    describe_within,
    parse_range,
    presets,
    typed_end,
    typed_start,
)
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, TimeRange, WhenError, Zone
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.calendar import Calendar
from jobwatch.tui.widgets.date_field import DateField
from jobwatch.tui.widgets.within_choice import WithinChoice

__all__ = ["CountDays", "DateChoice", "DateSearch"]

CountDays: TypeAlias = Callable[[int, int], Awaitable[dict[date, DayCount]]]
"""Year and month (from 1) to how many jobs started on each of its days, and failed."""


class DateChoice(NamedTuple):
    """What was chosen; any time has every start in it."""

    range: TimeRange
    within: Within


class DateSearch(Dialog[DateChoice]):
    """Asks for a range; the result is None where the user thought better of it.

    `count_days` says how many jobs started on each day of a month: whoever opens the screen knows.
    `now` is in epoch milliseconds.
    """

    CSS_PATH = "../styles/date_search.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "within", "Started or running", show=False),
        *(Binding(str(n), f"preset({n - 1})", show=False) for n in range(1, 8)),
    ]

    def __init__(
        self,
        range: TimeRange,
        within: Within = Within.STARTED,
        *,
        now: int,
        zone: Zone,
        count_days: CountDays,
    ) -> None:
        super().__init__()
        self._count_days = count_days
        self._now = now
        self._zone = zone
        self._presets = (*presets(now, zone), Preset("any time", ALWAYS))
        self._first: date | None = None  # the day picked first, while the second is open
        shown = range.start if range.start is not None else now
        self._calendar = Calendar(day_of(shown, zone), day_of(now, zone))
        self._from = DateField(
            "From", typed_start(range.start, zone), now=now, zone=zone, is_end=False
        )
        self._to = DateField("To", typed_end(range.end, zone), now=now, zone=zone, is_end=True)
        self._within = WithinChoice(within, "Ctrl+R")
        self._day = Static(id="day", markup=False)
        self._result = Static(id="result", markup=False)

    def compose(self) -> ComposeResult:
        """Lay calendar and presets side by side, the fields and the result below."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Jobs by date"
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
            yield self._day
            yield self._from
            yield self._to
            yield self._within
            yield self._result
            yield Button("Apply", compact=True, id="apply", variant="primary")

    def on_mount(self) -> None:
        """Say what the range is to begin with, and highlight no preset yet."""
        self.query_one(OptionList).highlighted = None
        self.watch(self._calendar, "day", self._show_day)
        self.watch(self._calendar, "counts", self._show_day)
        self._show_result()

    def action_preset(self, index: int) -> None:
        """Spell out a range that has a name; Enter applies it."""
        self._fill(self._presets[index].range)
        self.query_one("#apply").focus()

    def action_within(self) -> None:
        """Choose the other of what lies in the range, wherever the focus is."""
        self._within.action_change()

    @on(OptionList.OptionHighlighted)
    def _preset_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        # The list highlights its first option by itself, when it is made.
        if message.option_list.has_focus:
            self._fill(self._presets[message.option_index].range)

    @on(OptionList.OptionSelected)
    def _preset_selected(self, message: OptionList.OptionSelected) -> None:
        self._choose(self._presets[message.option_index].range)

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
    @on(WithinChoice.Changed)
    def _changed(self) -> None:
        self._show_result()

    @on(DateField.Submitted)
    @on(WithinChoice.Submitted)
    @on(Button.Pressed)
    def _apply(self) -> None:
        try:
            self._choose(self._range())
        except WhenError:
            self._show_result()

    def _choose(self, range: TimeRange) -> None:
        within = Within.STARTED if range == ALWAYS else self._within.within
        self.dismiss(DateChoice(range, within))

    def _fill(self, range: TimeRange) -> None:
        self._first = None
        self._from.text = typed_start(range.start, self._zone)
        self._to.text = typed_end(range.end, self._zone)
        self._show_result()

    def _range(self) -> TimeRange:
        return parse_range(self._from.text, self._to.text, now=self._now, zone=self._zone)

    def _show_result(self) -> None:
        try:
            found = self._range()
            text, bad = describe_within(found, self._within.within, self._zone), False
            self._calendar.picked = self._days(found)
        except WhenError as error:
            text, bad = one_line(str(error)), True
        self._result.update(Content(text))
        self._result.set_class(bad, "-bad")

    def _show_day(self) -> None:
        day = self._calendar.day
        self._day.update(Content(describe_day(day, self._calendar.counts.get(day))))

    def _days(self, range: TimeRange) -> tuple[date, date] | None:
        if range == ALWAYS:
            return None
        first = date.min if range.start is None else day_of(range.start, self._zone)
        last = date.max if range.end is None else day_of(range.end - 1, self._zone)
        return first, last
