"""A view as a command, and a value as the language reads it back."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.condition import (
    AMISS,
    LOST,
    Condition,
    Field,
    Has,
    Matches,
    Or,
    Pattern,
    Ran,
    Started,
    all_of,
    conjuncts,
)
from jobwatch.model.job import Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, View, Within, resolved
from jobwatch.model.query_text import command_of, in_quotes, query_text, quoted
from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
DAY = 86_400_000
ZURICH = zone_named("Europe/Zurich")
ZONES = [
    UTC,
    ZURICH,
    *map(
        zone_named,
        ("Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
    ),
]
RUNNING = Has(frozenset({Outcome.PENDING}))
FAILED = Has(frozenset({Outcome.FAILED}))
# From 1601 to 2600, whose beginning is of clocks that were set by the sun.
INSTANTS = st.integers(-11_644_473_600_000, 19_880_640_000_000)


def meaning(text: str, zone: Zone = UTC) -> Condition:
    return parse_query(text, now=NOW, zone=zone)


def asking(text: str, **fields: object) -> JobQuery:
    return replace(JobQuery(text=text, where=meaning(text)), **fields)  # type: ignore[arg-type]


def command(query: JobQuery, zone: Zone = UTC, store: Path | None = None) -> str:
    return command_of(query, zone=zone, store=store)


@given(st.text() | st.text(alphabet='ab *,()"\\-:<\n'))
def test_a_quoted_value_is_read_as_just_this_text(value: str) -> None:
    literally = Matches(Field.USER, Pattern((value,)))
    assert meaning(f"user:{quoted(value)}") == literally
    assert meaning(f"-(user:{in_quotes(value)}) user:x,{quoted(value)}") == all_of(
        (
            meaning(f"-user:{in_quotes(value)}"),
            Or((Matches(Field.USER, Pattern(("x",))), literally)),
        )
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("csv_data_load", "csv_data_load"),
        ("http://n1:9925", "http://n1:9925"),
        ("", '""'),
        ("a b", '"a b"'),
        ("a,b", '"a,b"'),
        ("csv_*", '"csv_*"'),
        ('say "hi"', r'"say \"hi\""'),
    ],
)
def test_a_value_is_quoted_where_it_must_be(value: str, text: str) -> None:
    assert quoted(value) == text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (JobQuery(), "jobwatch search --zone UTC"),
        (JobQuery(View.RUNNING), "jobwatch search --zone UTC is:running"),
        (asking("a", view=View.FAILED), "jobwatch search --zone UTC 'a is:failed,lost'"),
        (asking("-type:x"), "jobwatch search --zone UTC -- -type:x"),
        (asking("a OR b"), "jobwatch search --zone UTC 'a OR b'"),
        (
            asking("a OR b", view=View.FAILED),
            "jobwatch search --zone UTC '(a OR b) is:failed,lost'",
        ),
        (
            asking("user:ada,bob", node="node 1"),
            "jobwatch search --zone UTC 'user:ada,bob node:\"node 1\"'",
        ),
        (
            JobQuery(range=TimeRange(NOW, NOW + 1)),
            "jobwatch search --zone UTC 'since:2026-11-23T22:03:16+00:00"
            " before:2026-11-23T22:03:16.001+00:00'",
        ),
        (
            JobQuery(range=TimeRange(NOW, NOW + DAY), within=Within.RUNNING),
            "jobwatch search --zone UTC"
            " during:2026-11-23T22:03:16+00:00..2026-11-24T22:03:15+00:00",
        ),
        (
            JobQuery(View.RUNNING, as_of=NOW),
            "jobwatch search --zone UTC 'during:2026-11-23T22:03:16.001+00:00"
            " before:2026-11-23T22:03:16.001+00:00'",
        ),
    ],
)
def test_a_view_is_one_line_of_a_shell(query: JobQuery, text: str) -> None:
    assert command(query) == text


def test_a_command_names_its_log_and_its_zone() -> None:
    text = command(asking("it's"), ZURICH, Path("/logs/my jobs.db"))
    assert text == ("jobwatch --store '/logs/my jobs.db' search --zone Europe/Zurich 'it'\"'\"'s'")
    assert shlex.split(text)[-1] == "it's"


def test_a_zone_that_only_the_machine_knows_is_left_out() -> None:
    own = Zone("my own", ZoneInfo("Europe/Zurich"))
    assert command(JobQuery(range=TimeRange(NOW)), own) == (
        "jobwatch search since:2026-11-23T23:03:16+01:00"
    )


@st.composite
def ranges(draw: st.DrawFn) -> TimeRange:
    start, end = sorted((draw(INSTANTS), draw(INSTANTS)))
    bounds = draw(st.sampled_from([(start, end + 1), (start, None), (None, end), (start, start)]))
    return TimeRange(*bounds)


@given(
    st.sampled_from(View),
    ranges() | st.just(ALWAYS),
    st.none() | st.text(min_size=1),
    st.sampled_from(["", "word", "-status:error", "a OR b", "user:ada,bob dur>5m", '"OR" a']),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_what_is_written_means_the_query_in_any_zone(
    view: View, range: TimeRange, node: str | None, text: str, zone: Zone, reader: Zone
) -> None:
    query = asking(text, view=view, range=range, node=node)
    expected: list[Condition] = [query.where]
    of_view: dict[View, list[Condition]] = {
        View.RUNNING: [RUNNING],
        View.ALL: [],
        # What is lost by its signs alone is found too, for which there is no list.
        View.FAILED: [Or((FAILED, LOST))],
        View.ERRORS: [FAILED],
        View.ATTENTION: [AMISS],
    }
    expected += of_view[view]
    expected += [Started(TimeRange(range.start))] if range.start is not None else []
    expected += [Started(TimeRange(end=range.end))] if range.end is not None else []
    expected += [] if node is None else [Matches(Field.NODE, Pattern((node,)))]
    assert meaning(query_text(query, zone), reader) == all_of(expected)


@given(ranges(), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_a_run_is_of_the_same_range_in_any_zone(range: TimeRange, zone: Zone, reader: Zone) -> None:
    written = query_text(JobQuery(range=range, within=Within.RUNNING), zone)
    if range.start is not None and range.start == range.end:
        range = TimeRange(range.start, range.start + 1)
    assert meaning(written, reader) == Ran(range)


@given(INSTANTS, st.sampled_from(ZONES))
def test_as_of_an_instant_is_written_as_what_ran_then(instant: int, zone: Zone) -> None:
    query = JobQuery(View.RUNNING, as_of=instant)
    bounds = resolved(query)
    ran, started = conjuncts(meaning(query_text(query, zone)))
    assert started == Started(bounds.range)
    # No job starts after the one and before the other end.
    assert bounds.where == Ran(TimeRange(instant + 1, instant + 1))
    assert ran == Ran(TimeRange(instant + 1, instant + 2))
