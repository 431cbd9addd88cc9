"""The cells of a CSV table: how a value is written into one, and what a cell means.

A cell of text that a spreadsheet would take for a formula is guarded by an apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from jobwatch.model import exported
from jobwatch.model.formats import FormatError, decode, encode
from jobwatch.model.job import TIMES, Json
from jobwatch.model.text import clean

__all__ = ["REST", "Reader", "cell", "guard", "reader", "unguard"]

Reader: TypeAlias = Callable[[str], Json]

REST = "__other__"
"""The last column of an exported table, a JSON object: keys without a column, and values that a
cell can't hold."""

TEXTS = exported.TEXTS | {"id", "user", "type", "status"}
NUMBERS = exported.NUMBERS | TIMES.keys()
_FLAG = {"true": True, "false": False}

# Signs, tab and line breaks, and the signs' full-width forms.
_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(f"'*[{re.escape(_SIGNS)}]")
_SUSPECT = frozenset(_SIGNS + "'")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def guard(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    if text[:1] in _SUSPECT and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def reader(name: str) -> Reader:
    """Return what tells the value of a cell that isn't empty, in the column of a key."""
    if name in NUMBERS:
        return _number
    if name in exported.FLAGS:
        return lambda cell: _FLAG.get(cell, cell)
    return str if name in TEXTS else _value


def cell(name: str, value: Json) -> tuple[str, bool]:
    """Return the cell of a value in the column of a key, and whether it means that value again.

    Text stands in it as it is, null as nothing, all else as JSON.
    """
    if type(value) is str:
        if not value.isascii() and _LONE_SURROGATE.search(value):
            return guard(clean(value)), False
        looks_otherwise = name not in TEXTS and value.startswith(("{", "["))
        return guard(value), value != "" and name not in NUMBERS and not looks_otherwise
    text = "" if value is None else encode(value).decode()
    if name in NUMBERS:
        return text, type(value) in (int, float)
    if name in exported.FLAGS:
        return text, type(value) is bool
    return text, name not in TEXTS and isinstance(value, dict | list)


def _number(cell: str) -> Json:
    try:
        number = decode(cell)
    except FormatError:
        return cell
    return number if type(number) in (int, float) else cell


def _value(cell: str) -> Json:
    if not cell.startswith(("{", "[")):
        return cell
    try:
        return decode(cell)
    except FormatError:
        return cell
