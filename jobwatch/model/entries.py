"""The records of a stream of bytes, cut out one by one: a JSON array, objects, NDJSON or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from msgspec.structs import replace

from jobwatch.model.csv_table import csv_entries
from jobwatch.model.formats import Entry, Format, FormatError, decode, read_entry
from jobwatch.model.job import Json
from jobwatch.model.window import BLANK, END, Window

__all__ = ["entries"]

BOM = b"\xef\xbb\xbf"
ARRAY, ARRAY_END, OBJECT, OBJECT_END, COLON, COMMA = b"[]{}:,"
AFTER_ELEMENT = frozenset((COMMA, ARRAY_END))
AFTER_MEMBER = frozenset((COMMA, OBJECT_END))
AFTER_KEY = AFTER_MEMBER | {COLON}
FIRST_LINE = 1 << 20  # as far as the end of the first line is looked for
GUESSES = 16  # closing braces that are tried as the end of an object before it is scanned
CUT_OFF = "the file ends inside this record"


def entries(chunks: Iterable[bytes], format: Format | None = None) -> Iterator[Entry]:
    """Cut a stream of bytes into its records, each named by line (from 1) or index (from 0).

    Without a format, the content tells it. An object with a `response` array and no id before it
    (a saved answer of a node) stands for that array. A damaged record is an entry with a reason,
    and reading goes on after it. The beginning of the stream is read at once. Raises `FormatError`
    where it holds no job records.
    """
    window = Window(chunks)
    while len(window.data) < len(BOM) and window.more():
        pass
    if window.data.startswith(BOM):
        window.position = len(BOM)
        window.drop()
    match format or _format_of(window):
        case Format.JSON:
            return _values(window)
        case Format.NDJSON:
            return _lines(window)
        case Format.CSV:
            return csv_entries(window)


def _format_of(window: Window) -> Format:
    first = window.peek()
    window.drop()
    if first in (ARRAY, END):
        return Format.JSON
    if first != OBJECT:
        return Format.CSV
    is_ndjson = _has_a_record_a_line(window)
    window.position = window.start
    return Format.NDJSON if is_ndjson else Format.JSON


def _has_a_record_a_line(window: Window) -> bool:
    if not window.seek_newline(FIRST_LINE) and window.more():
        return False
    line = window.text()
    try:
        return not _is_answer(decode(line))
    except FormatError:
        # A damaged line, or the first line of an object that goes on: no object can begin
        # where a key is due.
        goes_on = line.rstrip(BLANK).endswith((b"{", b"[", b",", b":"))
        return window.peek() == OBJECT and not goes_on


def _is_answer(value: Json) -> bool:
    if not isinstance(value, dict) or "response" not in value:
        return False
    if "id" not in value:
        return True
    keys = list(value)
    return isinstance(value["response"], list) and keys.index("response") < keys.index("id")


def _lines(window: Window) -> Iterator[Entry]:
    more = True
    while more:
        place = f"line {window.line}"
        more = window.seek_newline()
        raw = window.take().strip(BLANK)
        if raw:
            yield read_entry(place, raw)


def _values(window: Window) -> Iterator[Entry]:
    indexes = count()
    while (first := window.peek()) != END:
        window.drop()
        if first == ARRAY:
            yield from _elements(window, indexes)
        elif first == OBJECT:
            yield from _object(window, indexes)
        else:
            place = f"line {window.line}"
            window.seek_newline()
            yield Entry(place, window.take().strip(BLANK), None, "neither an object nor an array")


def _elements(window: Window, indexes: Iterator[int]) -> Iterator[Entry]:
    window.skip()
    stop = COMMA
    if window.peek() == ARRAY_END:
        window.skip()
        return
    while stop == COMMA:
        window.peek()
        place = f"index {next(indexes)}"
        entry = _quick(window, place)
        stop = window.peek() if entry else END
        if entry is None or stop not in AFTER_ELEMENT:
            window.position = window.start
            stop = window.seek(AFTER_ELEMENT)
            entry = read_entry(place, window.take().strip(BLANK))
        if stop == END and entry.reason:
            yield replace(entry, reason=CUT_OFF)
        else:
            yield entry
            if stop == END:
                yield Entry(f"after {place}", b"", None, "the file ends before the array does")
        window.skip()


def _object(window: Window, indexes: Iterator[int]) -> Iterator[Entry]:
    place = f"line {window.line}"
    entry = _quick(window, place)
    if entry is None or _is_answer(entry.value):
        window.position = window.start
        stop = _seek_records(window)
        if stop == ARRAY:
            yield from _elements(window, indexes)
            window.seek(frozenset((OBJECT_END,)))
            window.skip()
            return
        window.step()
        entry = read_entry(place, window.text())
        if _is_answer(entry.value):
            raise FormatError("no job records in it: its response is not an array")
        if stop == END:
            entry = replace(entry, reason=CUT_OFF)
    window.drop()
    yield entry


def _seek_records(window: Window) -> int:
    """Move to the array of an answer, else to the end of the object; return the byte there."""
    stop, has_id = COMMA, False
    while stop == COMMA:
        window.step()
        window.peek()
        key_at = window.position
        stop = window.seek(AFTER_KEY)
        key = window.data[key_at : window.position].rstrip(BLANK)
        has_id |= key == b'"id"'
        if stop == COLON:
            window.step()
            if window.peek() == ARRAY and key == b'"response"' and not has_id:
                return ARRAY
            stop = window.seek(AFTER_MEMBER)
    return stop


def _quick(window: Window, place: str) -> Entry | None:
    """Read an object whose end is guessed by counting braces; that it decodes is the proof."""
    data, start = window.data, window.position
    if not data.startswith(b"{", start):
        return None
    end, depth = start, 0
    for _ in range(GUESSES):
        closing = data.find(b"}", end) + 1
        if not closing:
            return None
        depth += data.count(b"{", end, closing) - 1
        end = closing
        if not depth:
            break
    entry = read_entry(place, bytes(data[start:end]))
    if entry.reason:
        return None
    window.position = end
    return entry
