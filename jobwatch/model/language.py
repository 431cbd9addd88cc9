"""The language of queries: a text to the condition that it means.

::

    query   = all { "OR" all }
    all     = term { ["AND"] term }
    term    = "-" term | "(" query ")" | word | field ":" value { "," value } | measure op value
    op      = "<" | "<=" | "=" | ">=" | ">"

A word or value with blanks, brackets or commas stands in double quotes, in which a backslash takes
the next character as it is. ``*`` outside of quotes is any text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from jobwatch.model.condition import (
    AMISS,
    LOST,
    Comparison,
    Condition,
    Field,
    Has,
    Matches,
    Measure,
    Measures,
    Mentions,
    Not,
    Or,
    Pattern,
    Ran,
    Shows,
    Started,
    Trait,
    all_of,
    ended_in,
)
from jobwatch.model.durations import LENGTHS, parse_length
from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.ranges import parse_period, parse_range
from jobwatch.model.when import TimeRange, WhenError, Zone

__all__ = ["DEEPEST", "FIELDS", "PARTS", "STATES", "ExpectedError", "QueryError", "parse_query"]

STATES: Mapping[str, Condition] = {
    "running": Has(frozenset({Outcome.PENDING})),
    "ended": Has(frozenset({Outcome.ENDED, Outcome.PARTIAL, Outcome.FAILED})),
    "failed": Has(frozenset({Outcome.FAILED})),
    "partial": Has(frozenset({Outcome.PARTIAL})),
    "late": Shows(Trait.LATE),
    "overdue": Shows(Trait.OVERDUE),
    "lost": LOST,
    "amiss": AMISS,
    "noted": Shows(Trait.NOTED),
}
"""What ``is:`` may be followed by."""

PARTS: Mapping[str, Condition] = {
    trait.value: Shows(trait)
    for trait in (Trait.START, Trait.END, Trait.CREATED, Trait.MESSAGE, Trait.BODY)
} | {"note": Shows(Trait.NOTED)}
"""What ``has:`` may be followed by."""

TIMES = ("since", "before", "on", "during", "ended")
FIELDS = (*(field.value for field in Field), "is", "has", *TIMES)
"""The names before a colon."""

_WORDS = {"is": STATES, "has": PARTS}

DEEPEST = 12
LONGEST = 10_000

_NAME = re.compile(r"([a-zA-Z]+)(:|<=|>=|<|>|=)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_WORD = re.compile(r'[^\s()"]+')
_VALUE = re.compile(r'[^\s(),"]+')
_AGO = re.compile(r"\d+[smhdw]", re.IGNORECASE)
_LARGEST = 1 << 53


class QueryError(ValueError):
    """A query that isn't one; its text says what is wrong between `start` and `end`."""

    def __init__(self, problem: str, start: int, end: int) -> None:
        super().__init__(problem)
        self.start = start
        self.end = end


class ExpectedError(QueryError):
    """A query in which something else stands than what its text names."""


def parse_query(text: str, *, now: int, zone: Zone) -> Condition:
    """Return what a query means at an instant (ms), its dates in a zone; raise `QueryError`."""
    return _Parser(text, now, zone).parsed()


class _Parser:
    def __init__(self, text: str, now: int, zone: Zone) -> None:
        self._text = text
        self._now = now
        self._zone = zone
        self._at = 0
        self._depth = 0

    def parsed(self) -> Condition:
        self._refuse_what_no_log_has()
        self._skip_blanks()
        if self._at == len(self._text):
            return all_of(())
        found = self._query()
        if self._at < len(self._text):
            raise QueryError("no bracket is open here", self._at, self._at + 1)
        return found

    def _refuse_what_no_log_has(self) -> None:
        if half := re.search("[\ud800-\udfff]", self._text):
            raise QueryError("this is half a character", *half.span())
        if long := re.search(rf'"[^"]{{{LONGEST + 1}}}|[^\s,()"]{{{LONGEST + 1}}}', self._text):
            raise QueryError(f"a word has at most {LONGEST:,} characters", *long.span())

    def _query(self) -> Condition:
        found = [self._all()]
        while self._keyword("OR"):
            found.append(self._all())
        return found[0] if len(found) == 1 else Or(tuple(found))

    def _all(self) -> Condition:
        found = [self._term()]
        while (
            self._at < len(self._text) and self._text[self._at] != ")" and not self._is_next("OR")
        ):
            self._keyword("AND")
            found.append(self._term())
        return all_of(found)

    def _term(self) -> Condition:
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise QueryError("this is nested too deep", self._at, len(self._text))
            found = self._one()
            self._skip_blanks()
            return found
        finally:
            self._depth -= 1

    def _one(self) -> Condition:
        start, text = self._at, self._text
        if start == len(text) or text[start] == ")" or self._is_next("OR") or self._is_next("AND"):
            raise ExpectedError("a word, a field such as status:error, or (", start, start + 1)
        if text[start] == "(":
            return self._bracketed()
        if text[start] == "-" and start + 1 < len(text) and not text[start + 1].isspace():
            self._at += 1
            return Not(self._term())
        if name := _NAME.match(text, start):
            return self._named(name)
        literal, is_quoted = self._value(_WORD, "a word")
        return Mentions(Pattern(("", *_pieces(literal, is_quoted), "")))

    def _bracketed(self) -> Condition:
        start = self._at
        self._at += 1
        self._skip_blanks()
        found = self._query()
        if self._at == len(self._text):
            raise QueryError("this bracket is never closed: )", start, start + 1)
        self._at += 1
        return found

    def _named(self, match: re.Match[str]) -> Condition:
        name, operator = match[1].lower(), match[2]
        if name in list(Measure):
            return self._measure(Measure(name), match)
        if name not in FIELDS:
            near = get_close_matches(name, [*FIELDS, *Measure], n=1)
            hint = f", did you mean {near[0]}?" if near else f": one of {', '.join(FIELDS)}"
            raise QueryError(f"{match[1]} is no field{hint}", match.start(1), match.end(1))
        if operator != ":":
            raise QueryError(f"{name}: takes a colon", match.start(2), match.end(2))
        self._at = match.end()
        found = [self._meaning(name)]
        while self._text.startswith(",", self._at):
            self._at += 1
            found.append(self._meaning(name))
        return found[0] if len(found) == 1 else Or(tuple(found))

    def _meaning(self, name: str) -> Condition:
        start = self._at
        literal, is_quoted = self._value(_VALUE, f"a value for {name}")
        if name in TIMES:
            try:
                return self._time(name, literal)
            except WhenError as error:
                raise QueryError(str(error), start, self._at) from error
        if name in _WORDS:
            if literal.lower() not in _WORDS[name]:
                raise ExpectedError(f"one of {', '.join(_WORDS[name])}", start, self._at)
            return _WORDS[name][literal.lower()]
        return _matching(Field(name), literal, is_quoted)

    def _time(self, name: str, text: str) -> Condition:
        if name in ("during", "ended"):
            first, dots, last = text.partition("..")
            from_, to = self._ago(first), self._ago(last) if dots else self._ago(first)
            range = parse_range(from_ or None, to or None, now=self._now, zone=self._zone)
            return Ran(range) if name == "during" else ended_in(range)
        period = parse_period(self._ago(text), now=self._now, zone=self._zone)
        if name == "since":
            return Started(TimeRange(start=period.start))
        if name == "before":
            return Started(TimeRange(end=period.start))
        return Started(period)

    def _ago(self, text: str) -> str:
        return f"-{text}" if _AGO.fullmatch(text) else text

    def _measure(self, measure: Measure, match: re.Match[str]) -> Condition:
        self._at = match.end()
        try:
            comparison = Comparison(match[2])
        except ValueError:
            examples = ("5m", "10s") if measure.is_length else ("0", "1000")
            expected = f"a comparison: {measure}>{examples[0]}, {measure}<={examples[1]}"
            raise ExpectedError(expected, match.start(2), match.end(2)) from None
        start = self._at
        expected = f"a length of time: {LENGTHS}" if measure.is_length else "a number: 0, 1000, 2.5"
        literal, _ = self._value(_VALUE, expected)
        try:
            than = round(parse_length(literal)) if measure.is_length else float(literal)
        except ValueError as error:
            raise ExpectedError(expected, start, self._at) from error
        if not abs(than) <= _LARGEST:
            raise ExpectedError(expected, start, self._at)
        return Measures(measure, comparison, than)

    def _value(self, bare: re.Pattern[str], expected: str) -> tuple[str, bool]:
        start = self._at
        if quoted := _QUOTED.match(self._text, start):
            self._at = quoted.end()
            return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), True
        if self._text.startswith('"', start):
            raise QueryError("this quotation is never closed", start, len(self._text))
        match = bare.match(self._text, start)
        if match is None:
            raise ExpectedError(expected, start, start + 1)
        self._at = match.end()
        return match[0], False

    def _is_next(self, word: str) -> bool:
        end = self._at + len(word)
        return self._text.startswith(word, self._at) and (
            end == len(self._text) or self._text[end] in " \t\n()"
        )

    def _keyword(self, word: str) -> bool:
        if not self._is_next(word):
            return False
        self._at += len(word)
        self._skip_blanks()
        return True

    def _skip_blanks(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1


def _pieces(literal: str, is_quoted: bool) -> list[str]:
    return [literal] if is_quoted else literal.split("*")


def _matching(field: Field, literal: str, is_quoted: bool) -> Condition:
    pieces = _pieces(literal, is_quoted)
    if field in (Field.MESSAGE, Field.BODY, Field.NOTE):
        return Matches(field, Pattern(("", *pieces, "")))
    if field is Field.ID and len(pieces) == 1 and not is_quoted:
        # The table shows the beginning of an id, and that is what people copy.
        return Matches(field, Pattern((literal, "")))
    if field is Field.STATUS and literal.lower() == "running":
        running = Matches(field, Pattern((JobStatus.IN_PROGRESS.value,)))
        return all_of([running, STATES["running"]])
    if field is Field.STATUS and literal.lower() == "lost":
        return LOST
    return Matches(field, Pattern(tuple(pieces)))
