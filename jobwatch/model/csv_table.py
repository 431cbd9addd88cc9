"""Records in a CSV table: a column for each key, as a node writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, TypeAlias

from jobwatch.model.csv_cells import REST, Reader, reader, unguard
from jobwatch.model.formats import Entry, FormatError
from jobwatch.model.window import Window

__all__ = ["csv_entries"]

Column: TypeAlias = tuple[str, Reader]

LARGEST_CELL = 2**31 - 1


def csv_entries(window: Window) -> Iterator[Entry]:
    """Read a table with a header row (RFC 4180); places are the physical lines of rows.

    An empty cell is an absent key; a time is a number in text; a cell of a message, a body or an
    unknown key that holds a JSON object or array is that value. In a table that jobwatch exported
    (`export_formats`) every value is what it was. Raises `FormatError` where the header isn't one
    of job records.
    """
    csv.field_size_limit(LARGEST_CELL)  # the module's limit for the process is 128 KiB
    lines = _Lines(window)
    rows = csv.reader(lines, strict=True)
    columns: list[Column] = []
    while True:
        lines.begin_row()
        try:
            cells = next(rows, None)
        except csv.Error as error:
            if not columns:
                raise _no_header() from None
            yield Entry(lines.place, lines.row, None, f"not CSV: {error}")
            continue
        if cells is None:
            return
        if not columns:
            columns = _columns(cells)
        elif cells:
            yield _entry(lines, columns, cells)


class _Lines:
    """The lines of a window as text, and the raw bytes of the current row."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._raw: list[bytes] = []
        self.place = ""

    def begin_row(self) -> None:
        self.place = f"line {self._window.line}"
        self._raw.clear()

    @property
    def row(self) -> bytes:
        return b"".join(self._raw).rstrip(b"\r\n")

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self._window.seek_newline()
        raw = self._window.take()
        if not raw:
            raise StopIteration
        self._raw.append(raw)
        # So that a bad byte spoils one row and not the cutting of the next ones.
        return raw.decode(errors="surrogateescape")


def _columns(names: list[str]) -> list[Column]:
    names = [name.strip() for name in names]
    if "id" not in names:
        raise _no_header()
    for name in names:
        if names.count(name) > 1:
            raise FormatError(f"the CSV header names the column {name!r} twice")
    if REST in names:
        return [(name, _guarded(reader(name))) for name in names]
    return [(name, reader(name)) for name in names]


def _guarded(read: Reader) -> Reader:
    return lambda cell: read(unguard(cell))


def _entry(lines: _Lines, columns: list[Column], cells: list[str]) -> Entry:
    raw = lines.row
    if len(cells) > len(columns):
        reason = f"{len(cells)} cells under {len(columns)} columns"
        return Entry(lines.place, raw, None, reason)
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return Entry(lines.place, raw, None, f"not UTF-8 at byte {error.start + 1}")
    record: dict[str, Any] = {
        name: read(cell) for (name, read), cell in zip(columns, cells, strict=False) if cell
    }
    if isinstance(record.get(REST), dict):
        record |= record.pop(REST)
    return Entry(lines.place, raw, record)


def _no_header() -> FormatError:
    return FormatError("no job records in it: neither JSON nor a CSV header with an id column")
