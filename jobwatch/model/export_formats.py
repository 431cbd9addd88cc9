"""Exported records as a file holds them: JSON, NDJSON or CSV, a batch at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from jobwatch.model.csv_cells import REST, cell
from jobwatch.model.exported import BESIDE, CONVERTED
from jobwatch.model.formats import Format, encode
from jobwatch.model.job import Json

__all__ = ["LAYOUTS", "Layout", "format_of"]

Record: TypeAlias = Mapping[str, Json]

COLUMNS = (
    *("id", "type", "user", "status"),
    *(name for pair in CONVERTED.items() for name in pair),
    *("message", "job_body"),
    *BESIDE,
)
_SUFFIXES = {".json": Format.JSON, ".csv": Format.CSV}


class Layout(NamedTuple):
    """What stands where in a file: `head`, batches (none is empty) with `between`, `tail`."""

    head: bytes
    between: bytes
    tail: bytes
    encode: Callable[[Sequence[Record]], bytes]


def format_of(path: PurePath) -> Format:
    """Return the format that a file's suffix names, else NDJSON."""
    return _SUFFIXES.get(path.suffix.lower(), Format.NDJSON)


def _lines(records: Sequence[Record]) -> bytes:
    return b"".join(encode(record) + b"\n" for record in records)


def _elements(records: Sequence[Record]) -> bytes:
    return b",\n".join(map(encode, records))


def _rows(records: Sequence[Record]) -> bytes:
    return _table([_row(record) for record in records])


def _row(record: Record) -> list[str]:
    rest = dict(record)
    cells = []
    for name in COLUMNS:
        if name not in record:
            cells.append("")
            continue
        text, exact = cell(name, record[name])
        cells.append(text)
        if exact:
            del rest[name]
    return [*cells, encode(rest).decode() if rest else ""]


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


LAYOUTS: Mapping[Format, Layout] = MappingProxyType(
    {
        Format.NDJSON: Layout(b"", b"", b"", _lines),
        Format.JSON: Layout(b"[", b",\n", b"]\n", _elements),
        Format.CSV: Layout(_table([(*COLUMNS, REST)]), b"", b"", _rows),
    }
)
"""The formats that a log can be exported in."""
