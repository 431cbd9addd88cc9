"""Calendar: a month of days, how many jobs each has, and the range that is picked."""

from __future__ import annotations

from calendar import Calendar as MonthCalendar
from calendar import month_name
from datetime import date, timedelta
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Calendar"]

DAY_WIDTH = 4
WIDTH = 7 * DAY_WIDTH
TITLE, WEEKDAYS, FIRST_WEEK = 0, 1, 2
LOADS = " ▁▃▅▇"
"""How busy a day was, beside its number: readable without colours."""


class Calendar(Widget, can_focus=True):
    """A month with a cursor on one of its days; the first day of a week is Monday."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "calendar--title",
        "calendar--weekday",
        "calendar--other-month",
        "calendar--load",
        "calendar--range",
        "calendar--today",
        "calendar--cursor",
    }
    DEFAULT_CSS = """
    Calendar {
        width: 28;
        height: 8;
        & > .calendar--title { text-style: bold; }
        & > .calendar--weekday { color: $text-muted; }
        & > .calendar--other-month { color: $text-disabled; }
        & > .calendar--load { color: $text-accent; }
        & > .calendar--range { background: $primary-muted; }
        & > .calendar--today { text-style: bold underline; }
        & > .calendar--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Day before", show=False),
        Binding("right", "move(1)", "Day after", show=False),
        Binding("up", "move(-7)", "Week before", show=False),
        Binding("down", "move(7)", "Week after", show=False),
        Binding("pageup", "turn(-1)", "Month before", show=False),
        Binding("pagedown", "turn(1)", "Month after", show=False),
        Binding("home", "edge(1)", "First of the month", show=False),
        Binding("end", "edge(-1)", "Last of the month", show=False),
        Binding("enter,space", "pick", "Pick", show=False),
    ]

    day: reactive[date] = reactive(date.min)
    """The day under the cursor; its month is the one that is shown."""
    today: reactive[date] = reactive(date.min)
    """The day that is marked as today."""
    counts: reactive[dict[date, int]] = reactive(dict)
    """How many jobs started on each day of the month."""
    picked: reactive[tuple[date, date] | None] = reactive(None)
    """The first and the last day of the range, both in it."""

    class MonthShown(Message):
        """Another month is shown; its counts are wanted.

        Attributes:
            year: Its year.
            month: Its month, from 1.
        """

        def __init__(self, year: int, month: int) -> None:
            self.year = year
            self.month = month
            super().__init__()

    class DayPicked(Message):
        """A day was picked, by a key or the mouse.

        Attributes:
            day: The day.
        """

        def __init__(self, day: date) -> None:
            self.day = day
            super().__init__()

    def __init__(self, day: date, today: date) -> None:
        super().__init__()
        self.set_reactive(Calendar.day, day)
        self.set_reactive(Calendar.today, today)

    def on_mount(self) -> None:
        """Ask for the first month's counts."""
        self.post_message(self.MonthShown(self.day.year, self.day.month))

    def watch_day(self, old: date, new: date) -> None:
        """Ask for the counts of another month."""
        if (old.year, old.month) != (new.year, new.month):
            self.counts = {}
            self.post_message(self.MonthShown(new.year, new.month))

    def action_move(self, days: int) -> None:
        """Move the cursor by days."""
        self.day = _shifted(self.day, days)

    def action_turn(self, months: int) -> None:
        """Show another month, at the same day if it has one."""
        index = self.day.year * 12 + self.day.month - 1 + months
        year, month = index // 12, index % 12 + 1
        if date.min.year <= year <= date.max.year:
            self.day = date(year, month, min(self.day.day, _length(year, month)))

    def action_edge(self, which: int) -> None:
        """Go to the first (1) or the last (-1) day of the month."""
        last = _length(self.day.year, self.day.month)
        self.day = self.day.replace(day=1 if which > 0 else last)

    def action_pick(self) -> None:
        """Pick the day under the cursor."""
        self.post_message(self.DayPicked(self.day))

    def on_click(self, event: events.Click) -> None:
        """Pick the day under the mouse, or turn the month by the arrows of the title."""
        if event.y == TITLE:
            self.action_turn(-1 if event.x < WIDTH // 2 else 1)
            return
        week = event.y - FIRST_WEEK
        weeks = self._weeks()
        if 0 <= week < len(weeks) and event.x < WIDTH:
            self.day = weeks[week][event.x // DAY_WIDTH]
            self.action_pick()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show the next month."""
        event.stop()
        self.action_turn(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show the month before."""
        event.stop()
        self.action_turn(-1)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of seven days."""
        return WIDTH

    def render_line(self, y: int) -> Strip:
        """Draw the title, the names of the days, or a week."""
        base = self.rich_style
        if y == TITLE:
            title = f"{month_name[self.day.month]} {self.day.year:04}"
            style = self.get_component_rich_style("calendar--title")
            return self._line([Segment(f"‹{title:^{WIDTH - 3}}› ", style)])
        if y == WEEKDAYS:
            style = self.get_component_rich_style("calendar--weekday")
            return self._line([Segment("Mo  Tu  We  Th  Fr  Sa  Su  ", style)])
        weeks = self._weeks()
        if y - FIRST_WEEK >= len(weeks):
            return Strip.blank(self.size.width, base)
        busiest = max(self.counts.values(), default=0)
        return self._line(
            [segment for day in weeks[y - FIRST_WEEK] for segment in self._day(day, busiest)]
        )

    def _day(self, day: date, busiest: int) -> list[Segment]:
        style = self.rich_style
        load = 0
        if (day.year, day.month) != (self.day.year, self.day.month):
            style += self.get_component_rich_style("calendar--other-month")
        elif count := self.counts.get(day, 0):
            load = 1 + min(count * (len(LOADS) - 1) // (busiest + 1), len(LOADS) - 2)
        if self.picked and self.picked[0] <= day <= self.picked[1]:
            style += self.get_component_rich_style("calendar--range", partial=True)
        number, mark = style, style
        if load:
            mark += self.get_component_rich_style("calendar--load", partial=True)
        if day == self.today:
            number += Style(bold=True, underline=True)
        if day == self.day and self.has_focus:
            number += self.get_component_rich_style("calendar--cursor")
        return [Segment(f"{day.day:2}", number), Segment(LOADS[load], mark), Segment(" ", style)]

    def _line(self, segments: list[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _weeks(self) -> list[list[date]]:
        return MonthCalendar().monthdatescalendar(self.day.year, self.day.month)


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def _length(year: int, month: int) -> int:
    return max(day for day in MonthCalendar().itermonthdays(year, month))
