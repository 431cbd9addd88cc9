"""StatisticsScreen: how many jobs there are by type, user, node or day, and how these went."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from itertools import islice
from typing import ClassVar, NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from jobwatch.model.statistics import (
    COLUMNS,
    ERRORS,
    JOBS,
    LONGEST,
    P50,
    P95,
    PACE,
    PARTIAL,
    By,
    Column,
    Figures,
    Statistics,
    name_of,
)
from jobwatch.model.text import one_line
from jobwatch.store.connect import LogError
from jobwatch.tui.cells import fitted
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.tabs import draw, tab_at
from jobwatch.tui.theme import by_number

__all__ = ["Read", "StatisticsScreen"]

Read: TypeAlias = Callable[[By], AsyncGenerator[Statistics, None]]

WAYS = [(by, f" {by.value[0]} {by.value.capitalize()} ") for by in By]
"""What jobs are grouped by, each with its key, from left to right."""

GAPS = (2, 1)
"""Cells between two columns: where all of them have room, and where they have not."""
NARROWEST, WIDEST = 12, 40
"""How wide a name is: before a column gives way to it, and where there is room."""
LOOKED_AT = 1_000
"""So many names tell how wide the names are."""
# Who keeps its place where there is little room.
_PRIORITY = (JOBS, ERRORS, P50, P95, LONGEST, PARTIAL, PACE)


class _Layout(NamedTuple):
    """Which columns are shown, how wide the names are, and what lies between."""

    columns: Sequence[Column]
    gap: int
    name_width: int

    @classmethod
    def of(cls, found: Statistics, width: int) -> _Layout:
        """Return the layout of some groups in a width."""
        for gap in GAPS:
            columns = _columns(width, gap)
            if len(columns) == len(COLUMNS):
                break
        left = width - sum(gap + column.width for column in columns)
        names = (name_of(figures) for figures in islice(found.groups, LOOKED_AT))
        longest = max(map(cell_len, names), default=0)
        return cls(columns, gap, max(min(left, WIDEST, longest), NARROWEST))

    def header(self, by: By) -> str:
        """Return the line of the labels."""
        return self._line(by.capitalize(), [column.label for column in self.columns])

    def line(self, name: str, figures: Figures) -> str:
        """Return the line of a group, or of all."""
        return self._line(name, [column.text(figures) for column in self.columns])

    def _line(self, name: str, cells: Sequence[str]) -> str:
        parts = [fitted(name, self.name_width)]
        for cell, column in zip(cells, self.columns, strict=True):
            parts.append(" " * self.gap + fitted(cell, column.width, right=True))
        return "".join(parts)


def _columns(width: int, gap: int) -> list[Column]:
    """Return the columns that a width has room for, beside a name."""
    room = width - NARROWEST
    shown = []
    for column in _PRIORITY:
        room -= gap + column.width
        if room >= 0:
            shown.append(column)
    return [column for column in COLUMNS if column in shown]


class _Ways(Widget):
    """What the jobs can be grouped by, and are."""

    by: reactive[By] = reactive(By.TYPE)

    class Chosen(Message):
        """A way was clicked.

        Attributes:
            by: What to group by.
        """

        def __init__(self, by: By) -> None:
            self.by = by
            super().__init__()

    def __init__(self, by: By) -> None:
        super().__init__(id="ways")
        self.set_reactive(_Ways.by, by)

    def render(self) -> Content:
        """Draw the ways."""
        return draw(WAYS, self.by)

    def on_click(self, event: events.Click) -> None:
        """Choose the way under the mouse."""
        by = tab_at(WAYS, event.x)
        if by is not None:
            self.post_message(self.Chosen(by))


class _Table(ScrollView, can_focus=True):
    """The lines of the groups: those alone are made that are on screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", show=False),
        Binding("up,k", "scroll_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("home,g", "scroll_home", show=False),
        Binding("end,G", "scroll_end", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="table")
        self._groups: Sequence[Figures] = ()
        self._layout: _Layout | None = None

    def show(self, groups: Sequence[Figures], layout: _Layout) -> None:
        """Show these groups, as far down as it was."""
        self._groups, self._layout = groups, layout
        self.virtual_size = Size(0, len(groups))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        at, style = y + self.scroll_offset.y, by_number(self.rich_style)
        if self._layout is None or at >= len(self._groups):
            return Strip.blank(self.size.width, style)
        figures = self._groups[at]
        line = self._layout.line(name_of(figures), figures)
        return Strip([Segment(line, style)]).adjust_cell_length(self.size.width, style)


class StatisticsScreen(Dialog[None]):
    """The figures of each group in a table, those of all jobs below it, growing as they are read.

    `read` returns the pictures of the jobs by type, user, node or day, the last one whole; leaving
    ends it. `about` says which jobs they are.
    """

    CSS_PATH = "../styles/statistics.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,S", "dismiss(None)", "Close", priority=True),
        *(Binding(by.value[0], f"group_by('{by.value}')", by.value, priority=True) for by in By),
        Binding("left", "turn(-1)", "The way before", priority=True),
        Binding("right", "turn(1)", "The next way", priority=True),
        Binding("r", "read_again", "Read again", priority=True),
    ]

    def __init__(self, read: Read, *, about: str = "", by: By = By.TYPE) -> None:
        super().__init__()
        self._read = read
        self._about = about
        self._whole: dict[By, Statistics] = {}
        self._shown = Statistics(by)
        self._ways = _Ways(by)
        self._header = Static(id="header", markup=False)
        self._table = _Table()
        self._total = Static(id="total", markup=False)
        self._state = Static(id="state", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the ways, the table with its header and all jobs below it, how far it is."""
        with Vertical(id="dialog") as dialog:
            about = f" · {one_line(self._about)}" if self._about else ""
            dialog.border_title = Content(f"Statistics{about}")
            dialog.border_subtitle = "t u n d ← → group · r reads again · Esc closes"
            yield self._ways
            yield self._header
            yield self._table
            yield self._total
            yield self._state

    def on_mount(self) -> None:
        """Read the first way."""
        self._table.focus()
        self.action_read_again()

    def action_group_by(self, by: str) -> None:
        """Group the jobs otherwise; what was read whole is shown as it was then."""
        self._ways.by = By(by)
        known = self._whole.get(self._ways.by)
        if known is None:
            self.action_read_again()
        else:
            self.workers.cancel_node(self)
            self._show(known)
            self._say(_summary(known))
        self._table.scroll_home(animate=False, immediate=True)

    def action_turn(self, places: int) -> None:
        """Group the jobs by what stands beside, round and round."""
        ways = list(By)
        at = ways.index(self._ways.by) + places
        self.action_group_by(ways[at % len(ways)].value)

    def action_read_again(self) -> None:
        """Read the jobs as they are now."""
        self._whole.pop(self._ways.by, None)
        if self._shown.by is not self._ways.by or not self._shown.groups:
            self._show(Statistics(self._ways.by))
        self._say("Reading …")
        self._read_jobs(self._ways.by)

    def on_resize(self) -> None:
        """Show as much as there is room for."""
        self.call_after_refresh(self._draw)

    @work(exclusive=True)
    async def _read_jobs(self, by: By) -> None:
        # Another way, or leaving the screen, cancels this.
        found = None
        try:
            async with aclosing(self._read(by)) as pictures:
                async for found in pictures:
                    self._show(found)
                    self._say(f"Reading … {found.total.jobs:,} jobs so far")
        except LogError as error:
            self._say(str(error), bad=True)
            return
        if found is not None:
            self._whole[by] = found
            self._say(_summary(found))

    @on(_Ways.Chosen)
    def _chosen(self, message: _Ways.Chosen) -> None:
        self.action_group_by(message.by.value)

    def _show(self, found: Statistics) -> None:
        self._shown = found
        self._draw()

    def _draw(self) -> None:
        """Draw the figures in the room that there is."""
        found = self._shown
        layout = _Layout.of(found, self._table.scrollable_content_region.width)
        self._header.update(Content(layout.header(found.by)), layout=False)
        self._total.update(Content(layout.line("all", found.total)), layout=False)
        self._table.show(found.groups, layout)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self._state.set_class(bad, "-bad")
        self._state.update(Content(one_line(text)), layout=False)


def _summary(found: Statistics) -> str:
    """Return how many groups there are."""
    count = len(found.groups)
    if not count:
        return "No job is found."
    return f"{count:,} {found.by.value}{'s' * (count != 1)}"
