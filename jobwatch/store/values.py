"""JSON values to and from SQLite columns without a type, nothing lost on the way.

NULL is an absent key, TEXT a string, INTEGER and REAL a number; whatever else JSON has (null,
booleans, arrays, objects, integers over 64 bits) or SQLite's text can't hold (NUL, lone
surrogates) is a BLOB of JSON.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TypeAlias

from msgspec import UNSET, to_builtins

from jobwatch.model.formats import MAX_DEPTH, FormatError, decode, encode
from jobwatch.model.job import Json

__all__ = ["Column", "checked", "from_column", "preview", "to_column"]

Column: TypeAlias = str | int | float | bytes | None

_INT64 = 1 << 63
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def to_column(value: Json) -> Column:
    """Return the column value for one JSON value, or for ``UNSET``."""
    kind = type(value)
    if kind is str:
        return value if _is_plain(value) else encode(value)
    if kind is float or (kind is int and -_INT64 <= value < _INT64):
        return value  # type: ignore[no-any-return]  # one of the two
    if value is UNSET:
        return None
    if isinstance(value, str):
        return to_column(_text(value))
    try:
        return encode(value)
    except FormatError:
        return encode(_builtins(value))


def checked(value: Json) -> Json:
    """Return a copy of one JSON value, or of ``UNSET``, as the log would give it back.

    `FormatError` for what JSON can't say: where it is said is the mistake, not where it is written.
    """
    column = to_column(value)
    if isinstance(column, float | bytes) and not _is_finite(_builtins(value)):
        raise FormatError("no JSON value: JSON has neither NaN nor infinity")
    return from_column(column)


def from_column(column: Column) -> Json:
    """Return the JSON value of a column, ``UNSET`` for NULL."""
    if column is None:
        return UNSET
    return decode(column) if isinstance(column, bytes) else column


def preview(column: Column) -> str:
    """Return text for the beginning of a message column, which may be cut within JSON."""
    if column is None:
        return ""
    if not isinstance(column, bytes):
        return str(column)
    try:
        value = decode(column)
    except ValueError:
        return column.decode("utf-8", "replace")
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        for key in ("error", "message"):
            if isinstance(value.get(key), str):
                return str(value[key])
    return column.decode("utf-8", "replace")


def _is_finite(value: Json) -> bool:
    """Return whether all floats of a value are: another is encoded as null."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, float) and not isfinite(value):
            return False
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            left += value
    return True


def _builtins(value: Json) -> Json:
    """Return a value with its text as str; `FormatError` for what isn't JSON."""
    try:
        return to_builtins(value, enc_hook=_text)
    except RecursionError:
        raise FormatError(f"nested deeper than {MAX_DEPTH} levels") from None


def _text(value: object) -> str:
    """Return the text of a subclass of str, whatever it says that it is."""
    if isinstance(value, str):
        return str.__str__(value)
    raise FormatError(f"no JSON value: {type(value).__name__} is none of its types")


def _is_plain(text: str) -> bool:
    return "\0" not in text and (text.isascii() or _LONE_SURROGATE.search(text) is None)
