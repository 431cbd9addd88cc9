"""The columns of the job table: which fit a width, and what a job shows in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from jobwatch.model.job import Json
from jobwatch.model.query import SortKey
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, date_time, day_time

__all__ = ["ELAPSED", "Cell", "Column", "layout"]


class Cell(NamedTuple):
    """What a cell needs besides its row."""

    zone: Zone
    now: int
    width: int
    nodes: Mapping[str, str] = MappingProxyType({})
    """How nodes are called where all of them are known: by what tells them apart."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label, its widths, and the text of a job in it (clean, one line)."""

    label: str
    text: Callable[[JobRow, Cell], str]
    narrow: int
    wide: int
    sort: SortKey | None = None
    right: bool = False
    state_coloured: bool = False


def _started(row: JobRow, cell: Cell) -> str:
    if cell.width >= 19:
        return date_time(row.start, cell.zone)
    return day_time(row.start, cell.zone)[: cell.width]


def _value(value: Json) -> str:
    if isinstance(value, str):
        return one_line(value)
    return "–" if not isinstance(value, int | float) or isinstance(value, bool) else str(value)


def _state(row: JobRow, cell: Cell) -> str:
    mark = state_mark(row.status, row.outcome)
    return f"{mark.glyph} {mark.word}"


ELAPSED = Column("Time", lambda row, cell: row.taken(cell.now), 8, 8, SortKey.DURATION, right=True)
STATE = Column("State", _state, 10, 10, SortKey.STATUS, state_coloured=True)
TYPE = Column("Type", lambda row, cell: _value(row.type), 14, 22, SortKey.TYPE)
USER = Column("User", lambda row, cell: _value(row.user), 9, 16, SortKey.USER)
STARTED = Column("Started", _started, 11, 19, SortKey.STARTED)
NODE = Column("Node", lambda row, cell: one_line(cell.nodes.get(row.node, row.node)) or "–", 8, 16)
MESSAGE = Column("Message", lambda row, cell: one_line(row.message), 18, 10_000)
ID = Column("Id", lambda row, cell: one_line(row.id)[: cell.width], 8, 8)

# What changes each second stands first: Textual crops a dirty line only on its right.
_ORDER = (ELAPSED, STATE, NODE, TYPE, USER, STARTED, MESSAGE, ID)
# Who gets room first, at its narrow width; then who grows.
_PRIORITY = (ELAPSED, STATE, MESSAGE, TYPE, NODE, STARTED, USER, ID)
_GROWTH = (
    (MESSAGE, 26),
    (TYPE, 18),
    (NODE, 12),
    (STARTED, 19),
    (TYPE, 22),
    (NODE, 16),
    (MESSAGE, 48),
    (USER, 14),
)


def layout(width: int, *, with_nodes: bool = False) -> list[tuple[Column, int]]:
    """Return the columns that fit a width, with a width for each; one cell lies between two."""
    widths: dict[str, int] = {}
    left = width
    for column in _PRIORITY:
        needed = column.narrow + 1
        if left >= needed and (with_nodes or column is not NODE):
            widths[column.label] = column.narrow
            left -= needed
    for column, wide in _GROWTH:
        if column.label in widths:
            growth = min(left, wide - widths[column.label])
            # A date half grown is no better than a short one.
            if growth > 0 and (column is not STARTED or growth == wide - column.narrow):
                widths[column.label] += growth
                left -= growth
    if MESSAGE.label in widths:
        widths[MESSAGE.label] += left
    return [(column, widths[column.label]) for column in _ORDER if column.label in widths]
