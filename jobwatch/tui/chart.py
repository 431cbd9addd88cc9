"""The lines of a timeline, as pieces of text and the names of their styles: pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len

from jobwatch.model.axis import ticks
from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.timeline import Span, bar, halves
from jobwatch.model.when import Zone, zone_label
from jobwatch.tui.bars import bar_text
from jobwatch.tui.cells import fitted
from jobwatch.tui.columns import ELAPSED, ID, TYPE, USER, Cell, Column

__all__ = ["Chart", "Piece"]

GRID = "│"
MARK = 3
"""The cells of a line's mark, which stands first."""


class Piece(NamedTuple):
    """Text in one style; `band` is whether it is within the run of the job on top."""

    text: str
    style: str = ""
    band: bool = False


class Chart:
    """What a span of time looks like in a window so many cells wide, labels on its left."""

    def __init__(self, job: JobRow, span: Span, *, width: int, zone: Zone) -> None:
        self.span = span
        self._zone = zone
        self._width = width
        self._columns = _columns(width)
        self._label = MARK + sum(wide + 1 for _, wide in self._columns)
        self._job = job

    @property
    def elapsed_end(self) -> int:
        """Return the cell behind the time that a job took; 0 where there is no room for it."""
        column, wide = self._columns[0]
        return MARK + wide if column is ELAPSED else 0

    def axis(self) -> Iterator[Piece]:
        """Draw the zone and the ticks."""
        yield Piece(fitted(f"   {zone_label(self.span.start, self._zone)}", self._label), "axis")
        text = ""
        for column, label in self._ticks:
            if column + cell_len(label) <= self._room:
                text += " " * (column - len(text)) + label
        yield Piece(text.ljust(self._room), "axis")

    def job(self, row: JobRow, now: int) -> Iterator[Piece]:
        """Draw the label and the bar of a job."""
        mark = state_mark(row.status, row.outcome)
        state = f"state--{mark.style}"
        yield Piece(f" {mark.glyph} ", state)
        for column, wide in self._columns:
            text = column.text(row, Cell(self._zone, now, wide))
            yield Piece(fitted(text, wide, right=column.right) + " ")
        drawn = self.bar(row, now)
        if drawn is None:
            yield from self._line(now, 0, "no time", "heading")
        else:
            yield from self._line(now, *drawn, state)

    def heading(self, text: str, now: int) -> Iterator[Piece]:
        """Draw a line without a job; a long text goes on over the grid."""
        text = " " * MARK + text
        yield Piece(fitted(text[: self._label], self._label), "heading")
        yield from self._line(now, 0, text[self._label :], "heading")

    def bar(self, row: JobRow, now: int) -> tuple[int, str] | None:
        """Return the column that a job's bar begins in, and its characters."""
        found = bar(row, self.span, self._room, now)
        waits = row.outcome is Outcome.PENDING and row.status == JobStatus.CREATED
        return found and bar_text(found, self._room, waits=waits)

    def band(self, now: int) -> tuple[int, int]:
        """Return the columns that the job on top fills, half-open."""
        found = bar(self._job, self.span, self._room, now)
        if found is None or found.outside:
            return 0, 0
        left, right = halves(found, self._room)
        return left // 2, (right + 1) // 2

    @property
    def _room(self) -> int:
        return max(self._width - self._label - 1, 1)

    @cached_property
    def _ticks(self) -> list[tuple[int, str]]:
        found = ticks(self.span, self._room, self._zone)
        places = ((int(self.span.column(tick.at, self._room)), tick.label) for tick in found)
        return [(column, label) for column, label in places if column < self._room]

    @cached_property
    def _grid(self) -> str:
        lines = {column for column, _ in self._ticks}
        return "".join(GRID if column in lines else " " for column in range(self._room))

    def _line(self, now: int, first: int = 0, over: str = "", style: str = "") -> Iterator[Piece]:
        """Draw text over the grid, cut where the band begins and ends."""
        text = (self._grid[:first] + over + self._grid[first + len(over) :])[: self._room]
        behind, band = min(first + len(over), self._room), self.band(now)
        for start, end in pairwise(sorted({0, first, behind, *band, self._room})):
            within = first <= start < behind
            yield Piece(text[start:end], style if within else "grid", band[0] <= start < band[1])
        yield Piece(" ")


def _columns(width: int) -> tuple[tuple[Column, int], ...]:
    if width < 100:
        return (TYPE, 15), (USER, 8), (ID, 4)
    if width < 140:
        return (ELAPSED, 8), (TYPE, 18), (USER, 9), (ID, 8)
    return (ELAPSED, 8), (TYPE, 22), (USER, 10), (ID, 8)
