"""KindList: the errors by kind, in the place of the job table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from jobwatch.model.kinds import MOMENT_WIDTH, ErrorKind, moment, shown_type, times, wording
from jobwatch.model.when import UTC, Zone, date_time
from jobwatch.tui.cells import fitted
from jobwatch.tui.commands import MOVES
from jobwatch.tui.theme import by_number

__all__ = ["KindList"]

TIMES, ERROR, TYPE, FIRST, LAST = "Times", "Error", "Type", "First", "Last"
ORDER = (TIMES, ERROR, TYPE, FIRST, LAST)
TIMES_WIDTH = 8
"""At least: what stands behind begins in the column that it begins in beside the jobs' times."""
# Who gets room first, and how much; the wording takes what is left.
GROWTH = (
    (ERROR, 20),
    (LAST, MOMENT_WIDTH),
    (FIRST, MOMENT_WIDTH),
    (ERROR, 40),
    (TYPE, 16),
    (ERROR, 60),
    (TYPE, 22),
)
STATE = "state--error"
MINUTE = 60.0


class KindList(ScrollView, can_focus=True):
    """A line a kind under a header, the cursor on a kind rather than on a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "kind-list--header",
        "kind-list--cursor",
        "kind-list--cursor-blurred",
        "kind-list--notice",
        STATE,
    }
    DEFAULT_CSS = """
    KindList {
        scrollbar-size-vertical: 1;
        & > .kind-list--header { text-style: bold; color: $text-muted; }
        & > .kind-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .kind-list--cursor-blurred { background: $block-cursor-blurred-background; }
        & > .kind-list--notice { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Jobs", key_display="⏎", priority=True),
    ]
    HEADER = 1

    kinds: reactive[tuple[ErrorKind, ...]] = reactive(())
    """The kinds, from top to bottom; no two have the same fingerprint."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of all times on screen."""
    notice: reactive[tuple[str, ...]] = reactive(("No errors here.",))
    """What an empty list says, a line each."""

    class Highlighted(Message):
        """Another kind is under the cursor.

        Attributes:
            kind: The kind, or None in an empty list.
        """

        def __init__(self, kind: ErrorKind | None) -> None:
            self.kind = kind
            super().__init__()

    class Chosen(Message):
        """The user wants to see the jobs of a kind.

        Attributes:
            fingerprint: What tells the kind.
        """

        def __init__(self, fingerprint: str) -> None:
            self.fingerprint = fingerprint
            super().__init__()

    def __init__(self, *, clock: Callable[[], int], id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor_line = 0
        self._clock = clock
        self._day = self._today()

    @property
    def selected(self) -> ErrorKind | None:
        """Return the kind under the cursor, None in an empty list."""
        return self.kinds[self.cursor_line] if self.cursor_line < len(self.kinds) else None

    @property
    def body_height(self) -> int:
        """Return how many kinds fit the screen."""
        return max(self.size.height - self.HEADER, 1)

    def on_mount(self) -> None:
        """Make the timer that notices another day."""
        self.set_interval(MINUTE, self.tick)

    def tick(self) -> None:
        """Repaint the times when another day has begun: they are told by what is today."""
        before, self._day = self._day, self._today()
        if before != self._day:
            self.refresh()

    def watch_kinds(self, before: tuple[ErrorKind, ...], kinds: tuple[ErrorKind, ...]) -> None:
        """Keep the cursor on its kind, and that where it is on screen; else on the nearest."""
        old, top = self.cursor_line, self.scroll_offset.y
        selected = before[old].fingerprint if old < len(before) else None
        same = (line for line, kind in enumerate(kinds) if kind.fingerprint == selected)
        self.cursor_line = min(next(same, old), max(len(kinds) - 1, 0))
        self.virtual_size = Size(0, len(kinds) + self.HEADER)
        # Who looks at the beginning wants to see what comes there.
        self._scroll_to_cursor(top + self.cursor_line - old if top else 0)
        if selected != self._fingerprint:
            self.post_message(self.Highlighted(self.selected))

    # The cursor

    def move_cursor(self, line: int) -> None:
        """Put the cursor on a line, or the nearest that there is, and bring it on screen."""
        before = self.cursor_line
        self.cursor_line = min(max(line, 0), max(len(self.kinds) - 1, 0))
        self._scroll_to_cursor(self.scroll_offset.y)
        if self.cursor_line != before:
            self._refresh_line(before)
            self._refresh_line(self.cursor_line)
            self.post_message(self.Highlighted(self.selected))

    def action_cursor_down(self) -> None:
        """Select the next kind."""
        self.move_cursor(self.cursor_line + 1)

    def action_cursor_up(self) -> None:
        """Select the kind before."""
        self.move_cursor(self.cursor_line - 1)

    def action_page_down(self) -> None:
        """Select a kind one screen further down."""
        self.move_cursor(self.cursor_line + max(self.body_height - 1, 1))

    def action_page_up(self) -> None:
        """Select a kind one screen further up."""
        self.move_cursor(self.cursor_line - max(self.body_height - 1, 1))

    def action_top(self) -> None:
        """Select the first kind."""
        self.move_cursor(0)

    def action_bottom(self) -> None:
        """Select the last kind."""
        self.move_cursor(len(self.kinds) - 1)

    def action_choose(self) -> None:
        """Choose the kind under the cursor."""
        if self.selected is not None:
            self.post_message(self.Chosen(self.selected.fingerprint))

    def on_click(self, event: events.Click) -> None:
        """Select the kind that was clicked; choose it at the second click."""
        line = event.y - self.HEADER + self.scroll_offset.y
        if event.y >= self.HEADER and line < len(self.kinds):
            self.move_cursor(line)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._scroll_to_cursor(self.scroll_offset.y)

    @property
    def _fingerprint(self) -> str | None:
        return None if self.selected is None else self.selected.fingerprint

    def _scroll_to_cursor(self, top: int) -> None:
        """Scroll to a line, or as near to it as leaves the cursor on screen."""
        if not self.size.height:
            return
        top = min(max(top, self.cursor_line - self.body_height + 1), self.cursor_line)
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        if y < self.HEADER:
            header = self.get_component_rich_style("kind-list--header")
            return self._line(dict(zip(ORDER, ORDER, strict=True)), header, header)
        if not self.kinds:
            return self._notice_line(y)
        line = y - self.HEADER + self.scroll_offset.y
        if line >= len(self.kinds):
            return Strip.blank(self.size.width, self.rich_style)
        base = self.rich_style
        if line == self.cursor_line:
            name = "kind-list--cursor" if self.has_focus else "kind-list--cursor-blurred"
            base += self.get_component_rich_style(name)
        state = base + self.get_component_rich_style(STATE, partial=True)
        return self._line(dict(self._cells(self.kinds[line])), by_number(base), by_number(state))

    def _notice_line(self, y: int) -> Strip:
        first = self.HEADER + max((self.body_height - len(self.notice)) // 3, 0)
        text = self.notice[y - first] if 0 <= y - first < len(self.notice) else ""
        style = self.get_component_rich_style("kind-list--notice")
        return Strip([Segment("  " + text, style)]).adjust_cell_length(self.size.width, style)

    def _cells(self, kind: ErrorKind) -> Iterator[tuple[str, str]]:
        now = self._clock()
        yield TIMES, times(kind)
        yield ERROR, wording(kind)
        yield TYPE, shown_type(kind)
        yield FIRST, moment(kind.first, self.zone, now)
        yield LAST, moment(kind.last, self.zone, now)

    def _line(self, cells: dict[str, str], base: Style, state: Style) -> Strip:
        segments = [
            Segment(
                fitted(cells[name], width, right=name in (TIMES, FIRST, LAST)) + " ",
                state if name == TIMES else base,
            )
            for name, width in _layout(self.size.width, self.kinds).items()
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _refresh_line(self, line: int) -> None:
        y = line - self.scroll_offset.y
        if 0 <= y < self.body_height:
            self.refresh(Region(0, y + self.HEADER, self.size.width, 1))

    def _today(self) -> str:
        return date_time(self._clock(), self.zone)[:10]


def _layout(width: int, kinds: tuple[ErrorKind, ...]) -> dict[str, int]:
    """Return the columns that fit a width, in their order, with a width for each.

    One cell lies behind each.
    """
    widths = {TIMES: max([TIMES_WIDTH, *(cell_len(times(kind)) for kind in kinds)]), ERROR: 0}
    left = width - widths[TIMES] - 2
    for name, wide in GROWTH:
        growth = wide - widths.get(name, -1)  # one that isn't there yet takes its gap with it
        if growth <= left:
            widths[name] = wide
            left -= growth
    widths[ERROR] += max(left, 0)
    return {name: widths[name] for name in ORDER if name in widths}
