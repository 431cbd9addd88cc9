"""Flow: lines laid out as rows, in turns if they are many, and a window that keeps its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from time import perf_counter
from typing import NamedTuple

from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.worker import Worker

from jobwatch.model.find import Place
from jobwatch.model.pretty import Line
from jobwatch.tui.rows import Row, Rows, cells
from jobwatch.tui.turns import in_turns

__all__ = ["Flow", "Stand"]

AT_ONCE = 4
"""Blocks that are laid out before anything else happens: all of most texts."""
GROWTH = 0.15
"""Seconds after which the scrollbar shows how much longer a text has become."""


class Stand(NamedTuple):
    """Where a reader is in a text: the line of the cursor, and where the window begins."""

    cursor: int = 0
    top: Place = Place(0)
    left: int = 0
    """Cells that are left of the window; none where the lines are wrapped."""


class Flow(ScrollView):
    """A window on lines; those from before stay until what is to be seen is laid out."""

    wrap: reactive[bool] = reactive(True)
    """Whether a line that is too long goes on below; else one scrolls to its end."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = Rows(None)
        self._cursor = 0  # a line
        self._unread: Iterator[Line] = iter(())
        self._next: tuple[Rows, Stand] | None = None  # laid out, but not yet far enough
        self._wanted: tuple[Place, int] | None = None  # to be seen once it is laid out
        self._row_width = -1
        self._layout: Worker[None] | None = None
        self._grown = 0.0

    @property
    def stand(self) -> Stand:
        """Return where the reader is, or will be once that is laid out."""
        if self._next is not None:
            return self._next[1]
        x, y = self.scroll_offset
        top = self._rows.between(y, y + 1)
        return Stand(self._cursor, Place(top[0].line, top[0].start) if top else Place(0), x)

    @property
    def position(self) -> int:
        """Return the line where the reader is: under the cursor, or the uppermost."""
        return self.stand.cursor if self._rows.lines.foldable else self.stand.top.line

    def show(self, lines: Iterable[Line], stand: Stand) -> None:
        """Show other lines, and repaint the rows that differ."""
        self._wanted = None
        self._lay_out(iter(lines), stand)

    def reveal(self, place: Place, length: int) -> None:
        """Bring so many characters to the window, and the cursor to their line, once laid out."""
        self._wanted = (place, length)
        self._reach_wanted()

    def rows_changed(self) -> None:
        """Forget what is known of the rows that were shown."""

    def watch_wrap(self, wrap: bool) -> None:
        """Lay the text out anew around the place that the window begins with."""
        self.set_class(not wrap, "-unwrapped")
        if self._row_width >= 0:
            self._lay_out_again()

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self.size.width != self._row_width:
            self._row_width = self.size.width
            if self.wrap:
                self._lay_out_again()

    def _lay_out_again(self) -> None:
        rows = self._rows if self._next is None else self._next[0]
        self._lay_out(chain(rows.lines, self._unread), self.stand)

    def _lay_out(self, lines: Iterator[Line], stand: Stand) -> None:
        if self._layout is not None:
            self._layout.cancel()
            self._layout = None
        self._row_width = self.size.width
        self._unread = lines
        rows = Rows(max(self.size.width, 1) if self.wrap else None)
        self._next = (rows, stand)
        steps = rows.fill(lines)
        for _ in islice(steps, AT_ONCE):
            pass
        self._take_next()
        if not rows.complete:
            self._layout = self.run_worker(
                partial(in_turns, steps, self._take_more), name="lay out"
            )

    def _take_more(self) -> None:
        self._take_next()
        rows = self._rows
        if self._next is None and (rows.complete or perf_counter() - self._grown > GROWTH):
            self._resize_virtually()
            self._reach_wanted()

    def _take_next(self) -> None:
        """Change to the rows that were laid out, if they reach as far as they will be seen."""
        if self._next is None:
            return
        rows, stand = self._next
        y = rows.row_of(stand.top)
        seen = len(rows) >= y + self.size.height and len(rows.lines) > stand.cursor
        if not (rows.complete or seen):
            return
        before, scrolled = self._visible(), self.scroll_offset.y
        self._rows, self._next = rows, None
        self.rows_changed()
        self._cursor = min(stand.cursor, max(len(rows.lines) - 1, 0))
        self._resize_virtually()
        left = 0 if self.wrap else stand.left
        self.scroll_to(x=left, y=y, animate=False, force=True, immediate=True)
        if scrolled != y or rows.lines.foldable:
            self.refresh()
        else:
            after = self._visible()
            for at in range(self.size.height):
                if before[at : at + 1] != after[at : at + 1]:
                    self.refresh_line(at + self.scroll_offset.y)
        self._reach_wanted()

    def _reach_wanted(self) -> None:
        rows = self._rows
        if self._wanted is None or self._next is not None:
            return
        place, length = self._wanted
        if place.line >= len(rows.lines):
            return
        self._wanted = None
        self._cursor = place.line
        self._resize_virtually()
        y, height = rows.row_of(place), self.size.height
        top = self.scroll_offset.y
        if not top <= y < top + height:
            top = max(y - height // 3, 0)
        left = self._left_of(place, length)
        self.scroll_to(x=left, y=top, animate=False, force=True, immediate=True)
        self.refresh()

    def _left_of(self, place: Place, length: int) -> int:
        left, width = self.scroll_offset.x, self.size.width
        if self.wrap:
            return 0
        line = self._rows.lines[place.line]
        before = "".join(token.text for token in line.tokens)[: place.start]
        begin = line.indent + cells(before)
        if left <= begin and begin + length <= left + width:
            return left
        return 0 if begin + length <= width else max(begin - width // 3, 0)

    def _resize_virtually(self) -> None:
        self._grown = perf_counter()
        self.virtual_size = Size(0 if self.wrap else self._rows.widest, len(self._rows))

    def _visible(self) -> list[Row]:
        top = self.scroll_offset.y
        return self._rows.between(top, top + self.size.height)
