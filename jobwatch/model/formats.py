"""JSON text to values and back, with nothing lost and nothing guessed."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from typing import NoReturn

import msgspec

from jobwatch.model.job import Job, Json

__all__ = ["Entry", "Format", "FormatError", "decode", "encode", "encode_record", "read_entry"]

MAX_DEPTH = 256
"""Values nested deeper are refused: what is read must also be written back and drawn."""


class Format(StrEnum):
    """How a file holds its records."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


class FormatError(ValueError):
    """Text that holds no value, or a value that JSON can't hold; its text says why."""


class Entry(msgspec.Struct, frozen=True):
    """One record's place in its file, its text as it stands there, and its value.

    `reason` is empty, or says why the text has no value.
    """

    place: str
    raw: bytes
    value: Json
    reason: str = ""


def read_entry(place: str, raw: bytes) -> Entry:
    """Return the entry of one JSON text; a text without a value has a reason."""
    try:
        return Entry(place, raw, decode(raw))
    except FormatError as error:
        return Entry(place, raw, None, str(error))


def decode(data: bytes | str) -> Json:
    """Return the value of one JSON text (bytes are UTF-8); raise `FormatError` if it has none.

    Numbers keep their kind, integers any size up to 4,300 digits, and unpaired surrogates stay.
    NaN, Infinity, numbers beyond a double, and nesting deeper than 256 are refused.
    """
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError):
        value = _decode_slowly(data)
    except RecursionError:
        raise _too_deep() from None
    if len(data) > 2 * MAX_DEPTH and _is_deep(data, value):
        raise _too_deep()
    return value


def encode(value: Json) -> bytes:
    """Return a value as one line of UTF-8; raise `FormatError` if JSON can't hold it."""
    try:
        try:
            return msgspec.json.encode(value)
        except UnicodeEncodeError:  # an unpaired surrogate, which only an escape can hold
            import json

            return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except RecursionError:
        raise _too_deep() from None
    except (TypeError, ValueError) as error:
        raise FormatError(f"no JSON value: {error}") from None


def encode_record(job: Job) -> bytes:
    """Return the documented record of a job on one line, without the newline."""
    return encode(job.to_record())


def _decode_slowly(data: bytes | str) -> Json:
    # The standard library reads unpaired surrogates, which msgspec refuses; and where both
    # refuse, its reasons are the better ones.
    import json

    try:
        text = data if isinstance(data, str) else data.decode()
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" starting at")
        raise FormatError(f"not JSON at character {error.pos + 1}: {what}") from None
    except RecursionError:
        raise _too_deep() from None
    except FormatError:
        raise
    except ValueError:
        raise FormatError("a number is too large") from None  # more digits than Python reads


def _refuse(constant: str) -> NoReturn:
    raise FormatError(f"not JSON: {constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise FormatError("a number is too large")
    return number


def _is_deep(data: bytes | str, value: Json) -> bool:
    text = data.encode(errors="replace") if isinstance(data, str) else data
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> FormatError:
    return FormatError(f"nested deeper than {MAX_DEPTH} levels")
