"""Flow: lines laid out as rows, in turns if they are many, and a window that keeps its place."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from time import perf_counter
from typing import NamedTuple

from textual.geometry import Size
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.worker import Worker

from jobwatch.model.find import Place
from jobwatch.model.pretty import Line
from jobwatch.tui.rows import Row, Rows, cells
from jobwatch.tui.turns import in_turns

__all__ = ["AT_END", "Flow", "Stand"]

AT_ONCE = 4
"""Blocks that are laid out before anything else happens: all of most texts."""
FEW = 256
"""Lines that are laid out in a moment, behind those that are laid out already."""
GROWTH = 0.15
"""Seconds after which the scrollbar shows how much longer a text has become."""


class Stand(NamedTuple):
    """Where a reader is in a text: the line of the cursor, and where the window begins."""

    cursor: int = 0
    top: Place = Place(0)
    left: int = 0
    """Cells that are left of the window; none where the lines are wrapped."""


AT_END = Stand(top=Place(sys.maxsize))
"""Where the window ends with the text, however long that is or becomes."""


class Flow(ScrollView):
    """A window on lines; those from before stay until what is to be seen is laid out."""

    wrap: reactive[bool] = reactive(True)
    """Whether a line that is too long goes on below; else one scrolls to its end."""

    grows: reactive[bool] = reactive(False)
    """Whether the text grows at its end: a reader who is there stays there."""

    at_end: var[bool] = var(True)
    """Whether it is scrolled to its end: the window, or the text, may have changed since."""

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
        if self.grows and self.at_end:
            return AT_END._replace(left=self.scroll_offset.x)
        return self._seen

    @property
    def position(self) -> int:
        """Return the line where the reader is: under the cursor, or the uppermost."""
        stand = self._seen if self._next is None else self._next[1]
        return stand.cursor if self._rows.lines.foldable else stand.top.line

    @property
    def _seen(self) -> Stand:
        """Return what the window shows."""
        x, y = self.scroll_offset
        top = self._rows.between(y, y + 1)
        return Stand(self._cursor, Place(top[0].line, top[0].start) if top else Place(0), x)

    def show(self, lines: Iterable[Line], stand: Stand, *, same: int = 0) -> None:
        """Show other lines, and repaint the rows that differ.

        The first `same` of them must be those that are shown: they aren't laid out again.
        """
        self._wanted = None
        if not same or self._next is not None or not self._rows.complete:
            self._lay_out(iter(lines), stand)
            return
        others = [*islice(lines, same, None)]
        if len(others) > FEW:
            self._lay_out(chain(islice(self._rows.lines, same), others), stand)
            return
        before = self._visible()
        for _ in self._rows.replace(same, others):
            pass
        self._take(self._rows, stand, before)

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
            self._lay_out_again(self.stand)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take note whether that is the end."""
        super().watch_scroll_y(old_value, new_value)
        self.at_end = new_value >= self.max_scroll_y

    def on_resize(self) -> None:
        """Wrap to the new width, and stay at the end of what grows there."""
        stand = self.stand
        if self.size.width != self._row_width:
            self._row_width = self.size.width
            if self.wrap:
                self._lay_out_again(stand)
        if stand.top == AT_END.top and self._next is None:
            self.scroll_to(y=len(self._rows), animate=False, force=True, immediate=True)

    def _lay_out_again(self, stand: Stand) -> None:
        rows = self._rows if self._next is None else self._next[0]
        self._lay_out(chain(rows.lines, self._unread), stand)

    def _lay_out(self, lines: Iterator[Line], stand: Stand) -> None:
        if self._layout is not None:
            self._layout.cancel()
            self._layout = None
        self._row_width = self.size.width
        self._unread = lines
        # The scrollbar covers the last column, and nobody knows yet whether there will be one.
        covered = self.styles.scrollbar_size_vertical
        rows = Rows(max(self.size.width - covered, 1) if self.wrap else None)
        self._next = (rows, stand)
        if self.wrap and not self.size.width:
            return  # until there is one
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
        self._next = None
        self._take(rows, stand, self._visible())

    def _take(self, rows: Rows, stand: Stand, before: list[Row]) -> None:
        """Show these rows, and repaint those that differ from what was visible before."""
        y, scrolled = rows.row_of(stand.top), self.scroll_offset.y
        self._rows = rows
        self.rows_changed()
        self._cursor = min(stand.cursor, max(len(rows.lines) - 1, 0))
        self._resize_virtually()
        left = 0 if self.wrap else stand.left
        self.scroll_to(x=left, y=y, animate=False, force=True, immediate=True)
        self.at_end = self.scroll_offset.y >= self.max_scroll_y
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
