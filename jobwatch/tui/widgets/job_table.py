"""JobTable: a result of any length, drawn line by line from pages of the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from jobwatch.model.query import Sort, SortKey
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.columns import ELAPSED, Cell, layout
from jobwatch.tui.commands import MOVES
from jobwatch.tui.listing import Listing
from jobwatch.tui.loading import Anchor, Picture
from jobwatch.tui.pages import Pages
from jobwatch.tui.theme import STATES, by_number
from jobwatch.tui.widgets import table_lines

__all__ = ["JobTable"]

MARK = "◆"

WHOLE = 1_000
"""A width in which no text is cut."""


class JobTable(ScrollView, can_focus=True):
    """The jobs of a `Listing`, the cursor on a job rather than on a line.

    The table never reads: lines whose page it lacks are drawn dim and asked for by `PagesWanted`.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "job-table--header",
        "job-table--cursor",
        "job-table--cursor-blurred",
        "job-table--ghost",
        "job-table--missing",
        "job-table--notice",
        "job-table--seen",
        *STATES,
    }
    DEFAULT_CSS = """
    JobTable {
        scrollbar-size-vertical: 1;
        & > .job-table--header { text-style: bold; color: $text-muted; }
        & > .job-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .job-table--cursor-blurred { background: $block-cursor-blurred-background; }
        & > .job-table--ghost, & > .job-table--missing { color: $text-disabled; }
        & > .job-table--notice, & > .job-table--seen { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
    ]
    HEADER = 1

    zone: reactive[Zone] = reactive(UTC)
    """The zone of all times on screen."""
    sort: reactive[Sort] = reactive(Sort())
    """The order of the listing, shown in the header."""
    columns: reactive[tuple[str, ...]] = reactive(())
    """The columns that are chosen, by name; none where the width decides."""
    nodes: reactive[dict[str, str]] = reactive(dict)
    """What each node is called in the column of nodes, which is there if there are several."""
    notice: reactive[tuple[str, ...]] = reactive(())
    """What an empty table says, a line each."""
    still: reactive[bool] = reactive(False)
    """Whether the times of running jobs stand still."""
    as_of: reactive[int | None] = reactive(None)
    """The instant (ms) up to which jobs have run, None where that is now."""
    marked: reactive[frozenset[str]] = reactive(frozenset())
    """The ids of the jobs that the user has marked."""
    signs: reactive[Signs] = reactive(NO_SIGNS)
    """What is known of jobs that go on."""
    is_seen: reactive[Callable[[JobRow], bool] | None] = reactive(None)
    """Which jobs are drawn dim, as seen already; None draws none so."""

    class PagesWanted(Message):
        """Lines on screen have no page yet.

        Attributes:
            numbers: The pages, the one with the cursor first.
        """

        def __init__(self, numbers: tuple[int, ...]) -> None:
            self.numbers = numbers
            super().__init__()

    class Highlighted(Message):
        """Another job is under the cursor.

        Attributes:
            row: The job, or None in an empty table.
        """

        def __init__(self, row: JobRow | None) -> None:
            self.row = row
            super().__init__()

    class Opened(Message):
        """The user clicked twice on a job."""

    class SortWanted(Message):
        """The header of a column was clicked.

        Attributes:
            key: What to order by; in turned direction if it is ordered so already.
        """

        def __init__(self, key: SortKey) -> None:
            self.key = key
            super().__init__()

    def __init__(self, *, clock: Callable[[], int], id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._now = clock()
        self.listing = Listing()
        self.selected: JobRow | None = None
        self.chosen: JobRow | None = None
        """The job that the user last put the cursor on, whatever the result has done since."""
        self.cursor_line = 0
        self._placed = 0  # lines from the top of the screen to the cursor, as was drawn last
        self._wished = 0  # those to where the user has put it; not each result reaches so far
        self._pages = Pages()
        self._held: list[Callable[[], int]] | None = None
        self._ticker: Timer | None = None
        self._last_height = 0  # while the table is hidden it has none

    def on_mount(self) -> None:
        """Make the timer that lets times grow."""
        self._ticker = self.set_interval(1.0, self.tick, pause=True)
        self._tick_if_running()

    # What the owner tells

    def show(self, picture: Picture) -> None:
        """Take over a result as it is now, and repaint the lines that differ."""
        self._note_wish()
        before = self._visible_rows()
        selected_before = self.selected
        shifted = (
            picture.listing.lines != self.listing.lines
            or picture.scroll_y != self.scroll_offset.y
            or picture.cursor_line != self.cursor_line
        )
        self.listing = picture.listing
        self.selected = picture.selected
        self.cursor_line = picture.cursor_line
        self._pages.replace(picture.pages)
        self.virtual_size = Size(0, self.listing.lines + self.HEADER)
        self.scroll_to(y=picture.scroll_y, animate=False, force=True, immediate=True)
        self._placed = self._cursor_height
        if shifted:
            self.refresh()
        else:
            for y, (old, new) in enumerate(zip(before, self._visible_rows(), strict=False)):
                if old != new:
                    self._refresh_screen_line(y)
        self.tick()
        self._tick_if_running()
        if _id(selected_before) != _id(self.selected):
            self.post_message(self.Highlighted(self.selected))

    def expect(self) -> None:
        """Hold the keys that move the cursor back until `settle`: they mean the next result."""
        if self._held is None:
            self._held = []

    def settle(self) -> None:
        """Do what was held back, on the result that is shown now."""
        held, self._held = self._held or (), None
        for line in held:
            self.move_cursor(line())

    def put_page(self, number: int, rows: list[JobRow | None]) -> None:
        """Add a page that was asked for."""
        self._pages.put(number, rows)
        self.refresh()
        self._tick_if_running()
        if self.selected is None:
            self._select_cursor_line()

    def tick(self) -> None:
        """Repaint the time of the running jobs on screen where it reads differently now.

        The whole line of one that has become overdue meanwhile.
        """
        if self.still:
            return
        before, self._now = self._now, self._instant()
        span = table_lines.span(self._columns(), ELAPSED)
        for y, row in enumerate(self._visible_rows()):
            if row is None or not row.running:
                continue
            if self.signs.of(row, before) != self.signs.of(row, self._now):
                self._refresh_screen_line(y)
            elif span is not None and row.taken(before) != row.taken(self._now):
                self.refresh(Region(span[0], y + self.HEADER, span[1], 1))

    def _instant(self) -> int:
        return self._clock() if self.as_of is None else self.as_of

    # What the owner asks

    @property
    def body_height(self) -> int:
        """Return how many jobs fit the screen."""
        height = self.size.height or self._last_height
        return max(height - self.HEADER, 0)

    @property
    def standing(self) -> Anchor:
        """Return what must stay where it is when the result changes."""
        top, awaited = self.row_at(self.scroll_offset.y), None
        if self.selected is None and self.listing.lines:
            awaited = self.listing.ordinal(self.cursor_line)
        return Anchor(self.selected, self._cursor_height, top, self.body_height, awaited)

    @property
    def wished(self) -> Anchor:
        """Return the same for another result: its cursor is where the user has put it."""
        standing = self.standing
        if self.selected is not None and not standing.cursor_visible:
            return standing
        self._note_wish()
        return standing._replace(cursor=max(min(self._wished, standing.height - 1), 0))

    @property
    def _cursor_height(self) -> int:
        return self.cursor_line - self.scroll_offset.y

    def _note_wish(self) -> None:
        """Take note of where the cursor is, if it is the user who has moved it there."""
        if self._cursor_height != self._placed:
            self._wished = self._placed = self._cursor_height

    def row_at(self, line: int) -> JobRow | None:
        """Return the job on a line, None where there is none or its page isn't there."""
        if not 0 <= line < self.listing.lines:
            return None
        ordinal = self.listing.ordinal(line)
        if ordinal is None:
            return self.listing.ghost.row if self.listing.ghost else None
        return self._pages.row(ordinal)

    @property
    def shows_order(self) -> bool:
        """Return whether the order is plain to see: by its column, or as that of every list."""
        shown = any(column.sort is self.sort.key for column, _ in self._columns())
        return shown or self.sort == Sort()

    @property
    def now(self) -> int:
        """Return the instant (ms) up to which its times run."""
        return self._now

    def cells(self, row: JobRow) -> list[str]:
        """Return what a job shows in each column, uncut."""
        cell = Cell(self.zone, self._now, WHOLE, self.nodes, self.signs)
        return [column.text(row, cell) for column, _ in self._columns()]

    # The cursor

    def move_cursor(self, line: int) -> None:
        """Put the cursor on a line, as the user's own choice, and bring it on screen."""
        if not self.listing.lines:
            return
        line = min(max(line, 0), self.listing.lines - 1)
        ghost = self.listing.ghost
        if ghost is not None and line != ghost.line:
            # The job that ended under the cursor leaves with it.
            line -= line > ghost.line
            self.listing = Listing(self.listing.total, self.listing.newest_first)
            self.virtual_size = Size(0, self.listing.lines + self.HEADER)
            self.refresh()
        self._refresh_line(self.cursor_line)
        self.cursor_line = line
        self._refresh_line(line)
        self._scroll_to_cursor()
        self._select_cursor_line()

    def action_cursor_down(self) -> None:
        """Select the next job."""
        self._go(lambda: self.cursor_line + 1)

    def action_cursor_up(self) -> None:
        """Select the job before."""
        self._go(lambda: self.cursor_line - 1)

    def action_page_down(self) -> None:
        """Select a job one screen further down."""
        self._go(lambda: self.cursor_line + max(self.body_height - 1, 1))

    def action_page_up(self) -> None:
        """Select a job one screen further up."""
        self._go(lambda: self.cursor_line - max(self.body_height - 1, 1))

    def action_top(self) -> None:
        """Select the first job."""
        self._go(lambda: 0)

    def action_bottom(self) -> None:
        """Select the last job."""
        self._go(lambda: self.listing.lines - 1)

    def on_click(self, event: events.Click) -> None:
        """Select the job that was clicked, open it at the second click; or sort by a column."""
        if event.y < self.HEADER:
            column = table_lines.column_at(self._columns(), event.x)
            if column is not None and column.sort is not None:
                self.post_message(self.SortWanted(column.sort))
            return
        line = event.y - self.HEADER + self.scroll_offset.y
        if line < self.listing.lines:
            self.move_cursor(line)
            if event.chain == 2:
                self.post_message(self.Opened())

    def _go(self, line: Callable[[], int]) -> None:
        if self._held is None:
            self.move_cursor(line())
        else:
            self._held.append(line)

    def _select_cursor_line(self) -> None:
        row = self.row_at(self.cursor_line)
        if row is None and self.listing.lines:
            # Its page is on the way; until then no job is selected.
            self._want_pages()
        if _id(row) != _id(self.selected):
            self.selected = row
            self.chosen = row or self.chosen
            self.post_message(self.Highlighted(row))

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.body_height
        if self.cursor_line < top:
            self.scroll_to(y=self.cursor_line, animate=False, force=True, immediate=True)
        elif self.cursor_line >= top + height:
            line = self.cursor_line - height + 1
            self.scroll_to(y=line, animate=False, force=True, immediate=True)

    def _tick_if_running(self) -> None:
        if self._ticker is not None:
            ticking = (
                not self.still
                and self.as_of is None
                and any(row is not None and row.running for row in self._visible_rows())
            )
            (self._ticker.resume if ticking else self._ticker.pause)()

    # Drawing

    def watch_as_of(self) -> None:
        """Let times be those of that instant."""
        self._now = self._instant()

    def watch_still(self) -> None:
        """Let times stand still, or go on."""
        self._tick_if_running()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Ask for the pages that have come on screen."""
        super().watch_scroll_y(old, new)
        if round(old) != round(new):
            self._want_pages()
            self._tick_if_running()

    def on_resize(self) -> None:
        """Keep the cursor on screen, and ask for the pages of a larger one."""
        if not self.size.height:
            return
        before, self._last_height = self._last_height - self.HEADER, self.size.height
        if self.selected is not None:
            self._note_wish()
            if self._placed == before - 1:
                # It is on the last line, where it had no more room.
                height = min(self._wished, self.body_height - 1)
                y = self.cursor_line - height
                self.scroll_to(y=y, animate=False, force=True, immediate=True)
            self._scroll_to_cursor()
            self._placed = self._cursor_height
        self._want_pages()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        if y < self.HEADER:
            return self._header()
        line = y - self.HEADER + self.scroll_offset.y
        if not self.listing.lines:
            return self._notice_line(y)
        if line >= self.listing.lines:
            return Strip.blank(self.size.width, self.rich_style)
        row = self.row_at(line)
        if row is None:
            style = self.get_component_rich_style("job-table--missing")
            return self._padded([Segment(" " * 6 + "··", style)], style)
        return self._row(line, row)

    def _notice_line(self, y: int) -> Strip:
        first = self.HEADER + max((self.body_height - len(self.notice)) // 3, 0)
        text = self.notice[y - first] if 0 <= y - first < len(self.notice) else ""
        style = self.get_component_rich_style("job-table--notice")
        return self._padded([Segment("  " + text, style)], style)

    def _header(self) -> Strip:
        style = self.get_component_rich_style("job-table--header")
        return self._padded(table_lines.header(self._columns(), self.sort, style), style)

    def _row(self, line: int, row: JobRow) -> Strip:
        base, state = self.rich_style, Style()
        if self.listing.ghost is not None and line == self.listing.ghost.line:
            base += self.get_component_rich_style("job-table--ghost")
        else:
            if self.is_seen is not None and self.is_seen(row):
                base += self.get_component_rich_style("job-table--seen")
            mark = state_mark(row.status, row.outcome, self.signs.of(row, self._now))
            state = self.get_component_rich_style(f"state--{mark.style}", partial=True)
        cursor = Style()
        if line == self.cursor_line:
            name = "job-table--cursor" if self.has_focus else "job-table--cursor-blurred"
            cursor = self.get_component_rich_style(name)
        base = by_number(base + cursor)
        cell = Cell(self.zone, self._now, 0, self.nodes, self.signs)
        gap = MARK if row.id in self.marked else " "
        segments = table_lines.job(row, self._columns(), cell, base, state, mark=gap)
        return self._padded(segments, base)

    def _padded(self, segments: list[Segment], style: Style) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, style)

    def _columns(self) -> table_lines.Columns:
        return layout(self.size.width, with_nodes=len(self.nodes) > 1, chosen=self.columns)

    def _visible_rows(self) -> list[JobRow | None]:
        top = self.scroll_offset.y
        return [self.row_at(line) for line in range(top, top + self.body_height)]

    def _refresh_line(self, line: int) -> None:
        self._refresh_screen_line(line - self.scroll_offset.y)

    def _refresh_screen_line(self, y: int) -> None:
        if 0 <= y < self.body_height:
            self.refresh(Region(0, y + self.HEADER, self.size.width, 1))

    def _want_pages(self) -> None:
        top, height = self.scroll_offset.y, self.body_height
        lines = [(self.cursor_line, self.cursor_line)] if self.selected is None else []
        lines.append((top, top + height - 1))
        numbers = self._pages.want(
            number for first, last in lines for number in self.listing.pages(first, last)
        )
        if numbers:
            self.post_message(self.PagesWanted(numbers))


def _id(row: JobRow | None) -> str | None:
    return None if row is None else row.id
