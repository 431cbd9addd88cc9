"""The lines of the job table: how its header and a job are drawn, and what lies at a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.segment import Segment
from rich.style import Style

from jobwatch.model.query import Sort
from jobwatch.model.row import JobRow
from jobwatch.tui.cells import fitted
from jobwatch.tui.columns import Cell, Column

__all__ = ["Columns", "column_at", "header", "job", "span"]

Columns: TypeAlias = Sequence[tuple[Column, int]]
"""Columns from left to right with their widths; one cell lies behind each."""

DESCENDING, ASCENDING = "↓", "↑"


def header(columns: Columns, sort: Sort, style: Style) -> list[Segment]:
    """Draw the labels, an arrow behind that of the order."""
    segments = []
    for column, width in columns:
        label = column.label
        if column.sort is sort.key:
            label = f"{label} {DESCENDING if sort.descending else ASCENDING}"
        segments.append(Segment(fitted(label, width, right=column.right) + " ", style))
    return segments


def job(
    row: JobRow, columns: Columns, cell: Cell, base: Style, state: Style, *, mark: str = " "
) -> list[Segment]:
    """Draw a job; `state` is the style of its state, `cell` is for all columns but its width.

    The `mark`, one cell wide, takes the gap behind the first column.
    """
    segments = []
    for index, (column, width) in enumerate(columns):
        text = column.text(row, cell._replace(width=width))
        style = base + state if column.state_coloured else base
        gap = " " if index else mark
        segments.append(Segment(fitted(text, width, right=column.right) + gap, style))
    return segments


def column_at(columns: Columns, x: int) -> Column | None:
    """Return the column at a place of the line, the cell behind it included."""
    left = 0
    for column, width in columns:
        if left <= x <= left + width:
            return column
        left += width + 1
    return None


def span(columns: Columns, wanted: Column) -> tuple[int, int] | None:
    """Return where a column begins and how wide it is, None where it isn't shown."""
    left = 0
    for column, width in columns:
        if column is wanted:
            return left, width
        left += width + 1
    return None
