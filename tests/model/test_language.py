"""The language of queries: what a text means, and where it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.condition import (
    AMISS,
    EVERY,
    LOST,
    And,
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
    ended_in,
)
from jobwatch.model.job import Outcome
from jobwatch.model.language import QueryError, parse_query
from jobwatch.model.when import UTC, TimeRange
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
DAY = 86_400_000
MIDNIGHT = NOW // DAY * DAY


def meaning(text: str) -> Condition:
    return parse_query(text, now=NOW, zone=UTC)


def matches(field: Field, *pieces: str) -> Matches:
    return Matches(field, Pattern(pieces))


def word(text: str) -> Mentions:
    return Mentions(Pattern.containing(text))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", EVERY),
        ("   ", EVERY),
        ("timeout", word("timeout")),
        ("42", word("42")),
        ("12:30", word("12:30")),
        ("a-b", word("a-b")),
        ("a,b", word("a,b")),
        ('"timed out"', word("timed out")),
        (r'"a \"b\" \\"', word('a "b" \\')),
        ("-", word("-")),
        ("status:error", matches(Field.STATUS, "error")),
        ("STATUS:error", matches(Field.STATUS, "error")),
        ("type:csv_*", matches(Field.TYPE, "csv_", "")),
        ('type:"csv_*"', matches(Field.TYPE, "csv_*")),
        ("user:ada,bob", Or((matches(Field.USER, "ada"), matches(Field.USER, "bob")))),
        ("user:42", matches(Field.USER, "42")),
        ('msg:"timed out"', matches(Field.MESSAGE, "", "timed out", "")),
        ("body:s3*key", matches(Field.BODY, "", "s3", "key", "")),
        ("node:http://n1:9925", matches(Field.NODE, "http://n1:9925")),
        ("id:59f9", matches(Field.ID, "59f9", "")),
        ("id:*59f9", matches(Field.ID, "", "59f9")),
        ('id:"59f9"', matches(Field.ID, "59f9")),
        ("dur>5m", Measures(Measure.DURATION, Comparison.MORE, 300_000)),
        ("dur<=1h30m", Measures(Measure.DURATION, Comparison.AT_MOST, 5_400_000)),
        ("wait>=1.5", Measures(Measure.WAIT, Comparison.AT_LEAST, 1_500)),
        ("wait=500ms", Measures(Measure.WAIT, Comparison.EQUAL, 500)),
        ("since:2d", Started(TimeRange(start=NOW - 2 * DAY))),
        ("since:-2d", Started(TimeRange(start=NOW - 2 * DAY))),
        ("since:today", Started(TimeRange(start=MIDNIGHT))),
        ("before:2026-11-23", Started(TimeRange(end=MIDNIGHT))),
        ("on:2026-11-23", Started(TimeRange(MIDNIGHT, MIDNIGHT + DAY))),
        ("during:2026-11-23", Ran(TimeRange(MIDNIGHT, MIDNIGHT + DAY))),
        ("during:2026-11-22..2026-11-23", Ran(TimeRange(MIDNIGHT - DAY, MIDNIGHT + DAY))),
        ("during:2026-11-23..", Ran(TimeRange(MIDNIGHT))),
        ("ended:2026-11-23", ended_in(TimeRange(MIDNIGHT, MIDNIGHT + DAY))),
        ("ended:2026-11-22..2026-11-23", ended_in(TimeRange(MIDNIGHT - DAY, MIDNIGHT + DAY))),
        ("ended:2026-11-23..", ended_in(TimeRange(MIDNIGHT))),
        ("ended:..2026-11-23", ended_in(TimeRange(None, MIDNIGHT + DAY))),
        ("is:failed", Has(frozenset({Outcome.FAILED}))),
        ("is:partial", Has(frozenset({Outcome.PARTIAL}))),
        ("is:late", Shows(Trait.LATE)),
        ("is:lost", LOST),
        ("is:amiss", AMISS),
        ("status:lost", LOST),
        ("has:end", Shows(Trait.END)),
        ("has:note", Shows(Trait.NOTED)),
        ("shortfall>0", Measures(Measure.SHORTFALL, Comparison.MORE, 0)),
        ("rate<=2.5", Measures(Measure.RATE, Comparison.AT_MOST, 2.5)),
        (
            "kind:\"Table '…' does not exist\"",
            Matches(Field.KIND, Pattern(("Table '…' does not exist",))),
        ),
        ("note:ticket", Matches(Field.NOTE, Pattern.containing("ticket"))),
    ],
)
def test_a_term_means_one_condition(text: str, condition: Condition) -> None:
    assert meaning(text) == condition


def test_running_is_the_word_that_the_screen_has_for_it() -> None:
    assert meaning("status:running") == And(
        (matches(Field.STATUS, "IN_PROGRESS"), Has(frozenset({Outcome.PENDING})))
    )


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a b", And((word("a"), word("b")))),
        ("a AND b", And((word("a"), word("b")))),
        ("a OR b c", Or((word("a"), And((word("b"), word("c")))))),
        ("(a OR b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("-a b", And((Not(word("a")), word("b")))),
        ("-(a b)", Not(And((word("a"), word("b"))))),
        ("--a", Not(Not(word("a")))),
        ("-type:x,y", Not(Or((matches(Field.TYPE, "x"), matches(Field.TYPE, "y"))))),
        ("( ( a ) )", word("a")),
        ("or ORDER", And((word("or"), word("ORDER")))),
        ('"OR"', word("OR")),
    ],
)
def test_terms_are_joined_and_turned_round(text: str, condition: Condition) -> None:
    assert meaning(text) == condition


def test_dates_are_of_the_zone() -> None:
    kiritimati = zone_named("Pacific/Kiritimati")
    assert parse_query("on:2026-11-23", now=NOW, zone=kiritimati) == Started(
        TimeRange(MIDNIGHT - 14 * 3_600_000, MIDNIGHT + 10 * 3_600_000)
    )


@pytest.mark.parametrize(
    ("text", "wrong", "expected"),
    [
        ("typ:x", "typ", "did you mean type?"),
        ("a zzz:x", "zzz", "one of status, type"),
        ("status:", "", "a value for status"),
        ("user:ada, bob", " ", "a value for user"),
        ("status>5", ">", "takes a colon"),
        ("dur:5m", ":", "dur>5m"),
        ("dur>soon", "soon", "500ms, 10s, 5m"),
        ("is:odd", "odd", "running, ended, failed, partial"),
        ("has:odd", "odd", "start, end"),
        ("shortfall>many", "many", "a number"),
        ("rate>nan", "nan", "a number"),
        ("records:5", ":", "records>0"),
        ("since:someday", "someday", "accepted are"),
        ('a "b c', '"b c', "never closed"),
        ("a (b", "(", "never closed"),
        ("a) b", ")", "no bracket is open"),
        ("a OR", "", "a word, a field"),
        ("OR a", "O", "a word, a field"),
        ("()", ")", "a word, a field"),
        ("a AND OR b", "O", "a word, a field"),
        ("during:2026-11-23..2026-11-21", "2026-11-23..2026-11-21", "is after"),
        ("ended:2026-11-23..2026-11-21", "2026-11-23..2026-11-21", "is after"),
        ("ended:someday", "someday", "accepted are"),
        ("ended>5", ">", "takes a colon"),
    ],
)
def test_a_mistake_is_told_where_it_is(text: str, wrong: str, expected: str) -> None:
    with pytest.raises(QueryError, match=expected.replace("?", r"\?")) as caught:
        meaning(text)
    assert text[caught.value.start : caught.value.end] == wrong


def test_a_query_nested_too_deep_is_a_mistake() -> None:
    for text in ("(" * 5_000 + "a" + ")" * 5_000, "-" * 5_000 + "a"):
        with pytest.raises(QueryError, match="too deep"):
            meaning(text)


@given(st.text(alphabet='ab:"(),-*\\ <>=ORANDistaus59', max_size=40) | st.text(max_size=40))
def test_any_text_is_a_query_or_a_mistake_within_it(text: str) -> None:
    mistake = None
    try:
        assert meaning(text) is not None
    except QueryError as error:
        mistake = error
    assert mistake is None or 0 <= mistake.start < mistake.end <= len(text) + 1
