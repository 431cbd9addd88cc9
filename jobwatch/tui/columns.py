"""The columns of the job table: which fit a width, and what a job shows in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from jobwatch.model.durations import duration, time_between
from jobwatch.model.insight import records_per_second
from jobwatch.model.job import Json, Time
from jobwatch.model.pace import rate_text
from jobwatch.model.query import Sort, SortKey
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, date_time, dated

__all__ = ["COLUMNS", "ELAPSED", "Cell", "Column", "automatic", "layout", "next_sort"]


class Cell(NamedTuple):
    """What a cell needs besides its row."""

    zone: Zone
    now: int
    width: int
    nodes: Mapping[str, str] = MappingProxyType({})
    """How nodes are called where all of them are known: by what tells them apart."""
    signs: Signs = NO_SIGNS
    """What is known of jobs that go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, its label, its widths, and the text of a job in it (clean, one line).

    The name is what is remembered of it; `about` says what it shows.
    """

    name: str
    label: str
    about: str
    text: Callable[[JobRow, Cell], str]
    narrow: int
    wide: int
    sort: SortKey | None = None
    right: bool = False
    state_coloured: bool = False


def _moment(time: Time, cell: Cell) -> str:
    if cell.width >= 19:
        return date_time(time, cell.zone)
    return dated(time, cell.now, cell.zone, cell.width)


def _value(value: Json) -> str:
    if isinstance(value, str):
        return one_line(value)
    return "–" if not isinstance(value, int | float) or isinstance(value, bool) else str(value)


def _state(row: JobRow, cell: Cell) -> str:
    mark = state_mark(row.status, row.outcome, cell.signs.of(row, cell.now))
    return f"{mark.glyph} {mark.word}"


def _records(row: JobRow, cell: Cell) -> str:
    if row.progress is not None:
        return row.progress.text
    return "–" if row.load is None else f"{row.load.done:,}/{row.load.total:,}"


def _rate(row: JobRow, cell: Cell) -> str:
    done = None if row.load is None else row.load.done
    rate = records_per_second(done, time_between(row.start, row.end))
    return "–" if rate is None else f"{rate_text(rate)}/s"


def _message(row: JobRow, cell: Cell) -> str:
    note = "" if row.note is None else f"✎ {one_line(row.note.text) or 'seen'}"
    return " · ".join(filter(None, (note, _come_to(row), one_line(row.message))))


def _come_to(row: JobRow) -> str:
    """Return how far a job has come, or how short it fell; nothing where that is no news."""
    if row.progress is not None:
        return row.progress.so_far
    if row.load is not None and row.load.shortfall > 0:
        return f"{row.load.done:,}/{row.load.total:,}"
    return ""


def _waited(row: JobRow, cell: Cell) -> str:
    if isinstance(row.start, int | float) and isinstance(row.created, int | float):
        return duration(row.start - row.created)
    return "–"


ELAPSED = Column(
    name="time",
    label="Time",
    about="how long it took, or has run",
    text=lambda row, cell: row.taken(cell.now),
    narrow=8,
    wide=8,
    sort=SortKey.DURATION,
    right=True,
)
STATE = Column(
    name="state",
    label="State",
    about="how it stands, or came out",
    text=_state,
    narrow=10,
    wide=10,
    sort=SortKey.STATUS,
    state_coloured=True,
)
NODE = Column(
    name="node",
    label="Node",
    about="the node that ran it",
    text=lambda row, cell: one_line(cell.nodes.get(row.node, row.node)) or "–",
    narrow=8,
    wide=16,
    sort=SortKey.NODE,
)
TYPE = Column(
    name="type",
    label="Type",
    about="what was asked",
    text=lambda row, cell: _value(row.type),
    narrow=14,
    wide=22,
    sort=SortKey.TYPE,
)
USER = Column(
    name="user",
    label="User",
    about="who asked",
    text=lambda row, cell: _value(row.user),
    narrow=9,
    wide=16,
    sort=SortKey.USER,
)
STARTED = Column(
    name="started",
    label="Started",
    about="when it began",
    text=lambda row, cell: _moment(row.start, cell),
    narrow=11,
    wide=19,
    sort=SortKey.STARTED,
)
MESSAGE = Column(
    name="message",
    label="Message",
    about="what it said; as wide as there is room",
    text=_message,
    narrow=18,
    wide=10_000,
    sort=SortKey.MESSAGE,
)
ID = Column(
    name="id",
    label="Id",
    about="the beginning of its id",
    text=lambda row, cell: one_line(row.id)[: cell.width],
    narrow=8,
    wide=8,
    sort=SortKey.ID,
)
ENDED = Column(
    name="ended",
    label="Ended",
    about="when it was over",
    text=lambda row, cell: _moment(row.end, cell),
    narrow=11,
    wide=19,
)
CREATED = Column(
    name="created",
    label="Created",
    about="when it was asked for",
    text=lambda row, cell: _moment(row.created, cell),
    narrow=11,
    wide=19,
)
WAITED = Column(
    name="waited",
    label="Waited",
    about="from being asked for to its start",
    text=_waited,
    narrow=8,
    wide=8,
    right=True,
)
RECORDS = Column(
    name="records",
    label="Records",
    about="how many records it did, of how many",
    text=_records,
    narrow=11,
    wide=15,
    right=True,
)
RATE = Column(
    name="rate",
    label="Rate",
    about="how many records it did in a second",
    text=_rate,
    narrow=9,
    wide=9,
    right=True,
)

# What changes each second stands first: Textual crops a dirty line only on its right.
_ORDER = (ELAPSED, STATE, NODE, TYPE, USER, STARTED, MESSAGE, ID)
COLUMNS = (*_ORDER, ENDED, CREATED, WAITED, RECORDS, RATE)
"""All columns, those first that are shown unless others are chosen."""
_BY_NAME = {column.name: column for column in COLUMNS}

# Who gets room first, at its narrow width; then who grows.
_PRIORITY = (ELAPSED, STATE, MESSAGE, TYPE, NODE, STARTED, USER, ID)
_DATES = (STARTED, ENDED, CREATED)
_GROWTH = (
    (MESSAGE, 26),
    (TYPE, 18),
    (NODE, 12),
    *((date, date.wide) for date in _DATES),
    (TYPE, 22),
    (NODE, 16),
    (MESSAGE, 48),
    (RECORDS, 15),
    (USER, 14),
)
_DESCENDING = (SortKey.STARTED, SortKey.DURATION)


def automatic(*, with_nodes: bool = False) -> tuple[str, ...]:
    """Return the names of the columns that are shown where there is room and none are chosen."""
    return tuple(column.name for column in _ORDER if with_nodes or column is not NODE)


@lru_cache(maxsize=8)
def layout(
    width: int, *, with_nodes: bool = False, chosen: tuple[str, ...] = ()
) -> tuple[tuple[Column, int], ...]:
    """Return the columns that fit a width, with a width for each; one cell lies between two.

    Those that are chosen, by name, stand in their order, and the last of them give way; a name
    that is unknown counts for nothing. Where none is chosen, the least important give way.
    """
    columns = [_BY_NAME[name] for name in dict.fromkeys(chosen) if name in _BY_NAME]
    if columns:
        widths = _first(columns, width)
    else:
        columns = [column for column in _ORDER if with_nodes or column is not NODE]
        widths = _most_important(columns, width)
    _grow(widths, width - sum(wide + 1 for wide in widths.values()))
    return tuple((column, widths[column.name]) for column in columns if column.name in widths)


def next_sort(sort: Sort, key: SortKey) -> Sort:
    """Return the order by a key: turned where it is the key already, else as one expects of it.

    Times begin with the latest or the longest, words with the first of the alphabet.
    """
    if key is sort.key:
        return Sort(key, not sort.descending)
    return Sort(key, key in _DESCENDING)


def _first(columns: Sequence[Column], width: int) -> dict[str, int]:
    widths: dict[str, int] = {}
    for column in columns:
        width -= column.narrow + 1
        if width < 0:
            break
        widths[column.name] = column.narrow
    return widths


def _most_important(columns: Sequence[Column], width: int) -> dict[str, int]:
    widths: dict[str, int] = {}
    for column in _PRIORITY:
        if column in columns and width >= column.narrow + 1:
            widths[column.name] = column.narrow
            width -= column.narrow + 1
    return widths


def _grow(widths: dict[str, int], left: int) -> None:
    """Share out what is left of a width; the message takes what no other column needs."""
    for column, wide in _GROWTH:
        if column.name in widths:
            growth = min(left, wide - widths[column.name])
            # A date half grown is no better than a short one.
            if growth > 0 and (column not in _DATES or growth == wide - column.narrow):
                widths[column.name] += growth
                left -= growth
    if MESSAGE.name in widths:
        widths[MESSAGE.name] += left
