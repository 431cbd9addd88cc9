"""Calendar: a month of days, how busy each was, and the range that is picked."""

from __future__ import annotations

from calendar import month_name, monthrange
from datetime import date
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

from jobwatch.model.heat import LEVELS, DayCount, heat_levels
from jobwatch.model.months import LAST, shifted, turned, weeks

__all__ = ["Calendar"]

DAY_WIDTH = 5
"""A gutter, two digits, the load and the failure of a day; one more gutter ends the week."""
WIDTH = 7 * DAY_WIDTH + 1
TITLE, WEEKDAYS, FIRST_WEEK, LEGEND = 0, 1, 2, 8
LOADS = " ▁▃▅▇"
"""How busy a day was, by its level: readable without colours."""
FAILED = "✗"


class Calendar(Widget, can_focus=True):
    """A month with a cursor on one of its days; the first day of a week is Monday.

    The busier a day was, the brighter it is; the last line says so.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "calendar--title",
        "calendar--label",
        "calendar--other-month",
        "calendar--empty",
        "calendar--load",
        *(f"calendar--heat-{level}" for level in range(1, LEVELS + 1)),
        "calendar--failed",
        "calendar--range",
        "calendar--today",
        "calendar--cursor",
    }
    DEFAULT_CSS = """
    Calendar {
        width: 36;
        height: 9;
        & > .calendar--title { text-style: bold; }
        & > .calendar--label { color: $text-muted; }
        & > .calendar--other-month { color: $text-disabled; }
        & > .calendar--empty { color: $text-muted; }
        & > .calendar--load { color: $success; }
        & > .calendar--heat-1 { background: $success 14%; color: $text; }
        & > .calendar--heat-2 { background: $success 24%; color: $text; }
        & > .calendar--heat-3 { background: $success 44%; color: $text; }
        & > .calendar--heat-4 { background: $success 72%; color: $background; }
        & > .calendar--failed { color: $text-error; text-style: bold; }
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
    counts: reactive[dict[date, DayCount]] = reactive(dict)
    """How many jobs started on each day of the month; nothing while that isn't known."""
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
        self.set_reactive(Calendar.day, min(day, LAST))
        self.set_reactive(Calendar.today, today)
        self._levels: dict[date, int] = {}

    def on_mount(self) -> None:
        """Ask for the first month's counts."""
        self.post_message(self.MonthShown(self.day.year, self.day.month))

    def validate_day(self, day: date) -> date:
        """Stay where there are weeks."""
        return min(day, LAST)

    def watch_day(self, old: date, new: date) -> None:
        """Ask for the counts of another month."""
        if (old.year, old.month) != (new.year, new.month):
            self.counts = {}
            self.post_message(self.MonthShown(new.year, new.month))

    def watch_counts(self, counts: dict[date, DayCount]) -> None:
        """Compare the days of the month."""
        levels = heat_levels([count.jobs for count in counts.values()])
        self._levels = dict(zip(counts, levels, strict=True))

    def action_move(self, days: int) -> None:
        """Move the cursor by days."""
        self.day = shifted(self.day, days)

    def action_turn(self, months: int) -> None:
        """Show another month, at the same day if it has one."""
        self.day = turned(self.day, months)

    def action_edge(self, which: int) -> None:
        """Go to the first (1) or the last (-1) day of the month."""
        last = monthrange(self.day.year, self.day.month)[1]
        self.day = self.day.replace(day=1 if which > 0 else last)

    def action_pick(self) -> None:
        """Pick the day under the cursor."""
        self.post_message(self.DayPicked(self.day))

    def on_click(self, event: events.Click) -> None:
        """Pick the day under the mouse, or turn the month by the arrows of the title."""
        if event.y == TITLE:
            self.action_turn(-1 if event.x < WIDTH // 2 else 1)
            return
        week, shown = event.y - FIRST_WEEK, weeks(self.day)
        if 0 <= week < len(shown):
            self.day = shown[week][min(event.x // DAY_WIDTH, 6)]
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
        """Draw the title, the names of the days, a week, or the legend."""
        if y == TITLE:
            title = f"{month_name[self.day.month]} {self.day.year:04}"
            style = self.get_component_rich_style("calendar--title")
            return self._line([Segment(f"‹{title:^{WIDTH - 3}}› ", style)])
        if y == WEEKDAYS:
            style = self.get_component_rich_style("calendar--label")
            return self._line([Segment(" Mo   Tu   We   Th   Fr   Sa   Su", style)])
        if y == LEGEND:
            return self._line(self._legend())
        shown = weeks(self.day)
        if y - FIRST_WEEK >= len(shown):
            return Strip.blank(self.size.width, self.rich_style)
        week = shown[y - FIRST_WEEK]
        days = [segment for day in week for segment in (self._gutter(day), *self._day(day))]
        return self._line([*days, self._gutter(shifted(week[-1], 1))])

    def _day(self, day: date) -> tuple[Segment, ...]:
        """Return the number and load of a day, and whether it has failures."""
        around = self._around(self._is_picked(day))
        elsewhere = (day.year, day.month) != (self.day.year, self.day.month)
        level = 0 if elsewhere else self._levels.get(day, 0)
        number = load = self._heat(level) if level else around
        if level:
            load += self._part("load")
        elif elsewhere or day > self.today:
            number += self._part("other-month")
        elif self.counts:  # else it isn't known yet whether it is empty
            number += self._part("empty")
        if day == self.day and self.has_focus:
            number += self._part("cursor")
        if day == self.today:
            number += self._part("today")
        failed = level and self.counts[day].failed
        return (
            Segment(f"{day.day:2}", number),
            Segment(LOADS[level], load),
            Segment(FAILED if failed else " ", around + self._part("failed")),
        )

    def _gutter(self, day: date) -> Segment:
        """Return what stands before a day: an edge of the range, its inside, or nothing."""
        inside = self._is_picked(day), self._is_picked(shifted(day, -1))
        edge = {(True, False): "[", (False, True): "]"}.get(inside, " ")
        return Segment(edge, self._around(any(inside)))

    def _legend(self) -> list[Segment]:
        label = self.get_component_rich_style("calendar--label")
        scale = [
            Segment(f" {LOADS[level]}", self._heat(level) + self._part("load"))
            for level in range(1, LEVELS + 1)
        ]
        failed = Segment(FAILED, self.get_component_rich_style("calendar--failed"))
        return [
            Segment(" few ", label),
            *scale,
            Segment(" many jobs   ", label),
            failed,
            Segment(" failed", label),
        ]

    def _heat(self, level: int) -> Style:
        return self.get_component_rich_style(f"calendar--heat-{level}")

    def _around(self, picked: bool) -> Style:
        return self.rich_style + self._part("range") if picked else self.rich_style

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"calendar--{name}", partial=True)

    def _is_picked(self, day: date) -> bool:
        return self.picked is not None and self.picked[0] <= day <= self.picked[1]

    def _line(self, segments: list[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
