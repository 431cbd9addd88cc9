"""What a query that is being typed may go on with: names of fields, and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from jobwatch.model.condition import Field, Measure
from jobwatch.model.job import JobStatus
from jobwatch.model.language import PARTS, STATES, TIMES
from jobwatch.model.query_text import in_quotes, quoted

__all__ = ["MOST", "Completion", "Values", "completions"]

MOST = 8
"""How many completions there are at most."""

Values: TypeAlias = Callable[[Field], Sequence[str]]
"""A field to the values that the log has of it, the likeliest first; a thousand take 3 ms."""


class Completion(NamedTuple):
    """What may stand in a text from `start` up to `end`, as it is shown, and what it means."""

    start: int
    end: int
    replacement: str
    label: str
    hint: str = ""


def completions(text: str, cursor: int, values: Values) -> list[Completion]:
    """Return how the name or the value that ends at the cursor may go on, the best first.

    Best is what begins with it; a value may also contain it. What is typed in full isn't among
    them, and a word is completed as the name of a field alone.
    """
    spot = _spot(text, cursor)
    if spot is None:
        return []
    typed = spot.typed.casefold()
    candidates = _candidates(spot, values) if spot.name else iter(_NAMES)
    begun: list[_Candidate] = []
    others: list[_Candidate] = []
    for one in candidates:
        name = one.text.casefold()
        if typed in name != typed:
            (begun if name.startswith(typed) else others).append(one)
    written = in_quotes if spot.is_quoted else quoted if spot.name in list(Field) else str
    return [
        Completion(spot.start, spot.end, written(one.text), one.text, one.hint)
        for one in [*begun, *(others if spot.name else ())][:MOST]
    ]


class _Candidate(NamedTuple):
    text: str
    hint: str = ""


class _Spot(NamedTuple):
    """What ends at the cursor: the value of a field, or a word where the name is empty."""

    name: str
    typed: str
    start: int
    end: int
    is_quoted: bool = False


_BARE = r'[^\s(),"]*'
_TEXT = r'(?:[^"\\]|\\.)*'
_ANY = rf'"{_TEXT}(?:"|\\?\Z)|{_BARE}'
_TERM = re.compile(
    rf"(?P<name>[a-zA-Z]+)(?::|[<>]=?|=)(?:(?:{_ANY}),)*(?P<value>{_ANY})"
    rf'|"{_TEXT}(?:"|\\?\Z)|-*(?P<word>[^\s()"]+)',
    re.DOTALL,
)
_NOT = re.compile(r"[\s()]*-*")
_QUOTATION = re.compile(f'"{_TEXT}"', re.DOTALL)
# Behind a quote that closes, the term ends: the next one may have quotes too.
_REST_QUOTED = re.compile(rf'{_TEXT}"(?=[\s(),]|\Z)', re.DOTALL)
_REST_BARE = re.compile(_BARE)
_REST_OF_TIME = re.compile(r'(?:(?!\.\.)[^\s(),"])*')
_REST_OF_NAME = re.compile(r"[a-zA-Z]*(?::|[<>]=?|=)?")


def _spot(text: str, cursor: int) -> _Spot | None:
    before = text[:cursor]
    last = None
    at = 0
    while at < cursor and (last := _TERM.match(before, _skipped(before, at))):
        at = last.end()
    if last is None or at < cursor or not last.end():
        return None
    if last["word"] is not None:
        end = _REST_OF_NAME.match(text, cursor)
        return _Spot("", last["word"], last.start("word"), end.end() if end else cursor)
    return None if last["name"] is None else _value(last["name"].lower(), text, last)


def _skipped(text: str, at: int) -> int:
    blank = _NOT.match(text, at)
    return blank.end() if blank else at


def _value(name: str, text: str, term: re.Match[str]) -> _Spot:
    typed, start, cursor = term["value"], term.start("value"), term.end()
    if typed.startswith('"'):
        is_closed = _QUOTATION.fullmatch(typed) is not None
        rest = None if is_closed else _REST_QUOTED.match(text, cursor)
        inner = typed[1:-1] if is_closed else typed[1:]
        plain = re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)
        return _Spot(name, plain, start, rest.end() if rest else cursor, is_quoted=True)
    rest = (_REST_OF_TIME if name in TIMES else _REST_BARE).match(text, cursor)
    if name in ("during", "ended") and ".." in typed:
        start += typed.rindex("..") + 2
        typed = text[start:cursor]
    return _Spot(name, typed, start, rest.end() if rest else cursor)


_NAMES = (
    _Candidate("status:", "how the job stands"),
    _Candidate("type:", "what it does"),
    _Candidate("user:", "who asked for it"),
    _Candidate("node:", "the node that it is of"),
    _Candidate("id:", "how its id begins"),
    _Candidate("msg:", "what its message has in it"),
    _Candidate("body:", "what its body has in it"),
    _Candidate("is:", "running, failed, partial, late, lost"),
    _Candidate("has:", "start, end, message, body, note"),
    _Candidate("kind:", "what all errors of its kind say"),
    _Candidate("note:", "what its note has in it"),
    _Candidate("since:", "started then or later"),
    _Candidate("before:", "started earlier"),
    _Candidate("on:", "started that day"),
    _Candidate("during:", "ran at any moment of it"),
    _Candidate("ended:", "came to its end in it"),
    _Candidate(f"{Measure.DURATION}>", "took longer"),
    _Candidate(f"{Measure.WAIT}>", "waited longer for its start"),
    _Candidate(f"{Measure.RECORDS}>", "had more records to do"),
    _Candidate(f"{Measure.SHORTFALL}>", "did so many fewer than it had to"),
    _Candidate(f"{Measure.RATE}<", "did fewer records a second"),
)
_STATES = {
    "running": "have not ended",
    "ended": "have ended, well or not",
    "failed": "ended in error, or did nothing",
    "partial": "did some of their records",
    "late": "took longer than 95 % of their kind",
    "overdue": "are late, and go on",
    "lost": "nothing will end them",
    "amiss": "failed, partial, overdue or lost",
    "noted": "somebody wrote a note to them",
}
_STATUSES = (
    JobStatus.COMPLETE.lower(),
    JobStatus.ERROR.lower(),
    "running",
    "lost",
    JobStatus.CREATED.lower(),
)
_DAYS = ("today", "yesterday")
_AGO = ("1h", "24h", "7d", "30d")
_LENGTHS = ("1s", "10s", "1m", "5m", "1h", "1d")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _candidates(spot: _Spot, values: Values) -> Iterator[_Candidate]:
    name, typed = spot.name, spot.typed
    if name in list(Measure):
        if not Measure(name).is_length:
            return
        lengths = [f"{typed}{unit}" for unit in "smhd"] if typed.isdecimal() else _LENGTHS
        yield from (_Candidate(length, _length(length)) for length in lengths)
    elif name in TIMES:
        yield from _times(name, typed)
    elif name == "is":
        yield from (_Candidate(state, _STATES.get(state, "")) for state in STATES)
    elif name == "has":
        yield from map(_Candidate, PARTS)
    elif name == Field.STATUS:
        own = dict.fromkeys((*_STATUSES, *map(str.lower, values(Field.STATUS))))
        yield from (_Candidate(status) for status in own if status != JobStatus.IN_PROGRESS.lower())
    elif name in list(Field):
        yield from map(_Candidate, values(Field(name)))


def _times(name: str, typed: str) -> Iterator[_Candidate]:
    if name in ("since", "before"):
        yield from map(_Candidate, _DAYS)
    elif name == "on":
        yield from map(_Candidate, _DAYS)
        return
    else:
        yield _Candidate("now", "at this moment")
        yield from map(_Candidate, _DAYS)
    sign = "-" if typed.startswith("-") else ""
    number = typed.removeprefix("-")
    lengths = [f"{number}{unit}" for unit in _UNITS] if number.isdecimal() else _AGO
    yield from (_Candidate(f"{sign}{length}", f"{_length(length)} ago") for length in lengths)


def _length(text: str) -> str:
    unit = _UNITS[text[-1]]
    return f"{text[:-1]} {unit[:-1] if text[:-1] == '1' else unit}"
