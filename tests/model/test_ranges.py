"""Ranges by name, in words, and as one would type them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.days import day_start, month_range
from jobwatch.model.ranges import (
    BackwardsError,
    describe,
    parse_range,
    presets,
    typed_end,
    typed_start,
)
from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone
from tests.model.zone_cases import HOUR, ZONES, ZURICH, at, moments, wall, zones

edges = st.none() | st.integers(-62_000_000_000_000, 253_000_000_000_000)


@given(st.builds(TimeRange, edges | st.integers(), edges | st.integers()), zones)
def test_every_range_can_be_described(range: TimeRange, zone: Zone) -> None:
    text = describe(range, zone)
    assert (text == "any time") == (range == ALWAYS)
    assert text == "any time" or zone.name in text


def test_a_range_is_described_with_its_length_and_zone() -> None:
    day = TimeRange(at("2026-11-23", ZURICH), at("2026-11-24", ZURICH))
    assert describe(day, ZURICH) == (
        "2026-11-23 00:00 → 2026-11-24 00:00 (1 day), Europe/Zurich +01:00"
    )
    month = month_range(2026, 10, ZURICH)
    assert describe(month, ZURICH) == (
        "2026-10-01 00:00 → 2026-11-01 00:00 (31 days), Europe/Zurich +02:00"
    )
    assert describe(TimeRange(at("2026-11-23T14:00:05"), None), UTC) == (
        "from 2026-11-23 14:00:05, UTC"
    )
    assert describe(TimeRange(None, at("2026-11-23")), UTC) == "before 2026-11-23 00:00, UTC"
    assert "(1:30:00)" in describe(TimeRange(0, 5_400_000), UTC)
    assert "(empty)" in describe(TimeRange(5, 5), UTC)


@given(st.integers(at("1973-01-01"), at("2200-01-01")), zones)
def test_the_presets_are_whole_days_or_end_now(now: int, zone: Zone) -> None:
    ranges = dict(presets(now, zone))
    today = wall(now, zone).date()
    start = day_start(today, zone)
    assert list(ranges) == [
        "last hour", "today", "yesterday", "last 7 days", "last 30 days", "this month",
    ]  # fmt: skip
    assert ranges["last hour"] == TimeRange(now - HOUR)
    assert ranges["today"] == TimeRange(start, day_start(today + timedelta(days=1), zone))
    assert ranges["yesterday"].end == start
    assert ranges["last 7 days"].start == day_start(today - timedelta(days=6), zone)
    assert ranges["last 30 days"].start == day_start(today - timedelta(days=29), zone)
    assert ranges["this month"] == month_range(today.year, today.month, zone)


@given(moments, moments, zones)
def test_what_one_types_for_a_range_is_the_range(
    first: tuple[Zone, int], last: tuple[Zone, int], zone: Zone
) -> None:
    for of in (zone, first[0]):
        start, end = (edge // 1000 * 1000 for edge in sorted((first[1], last[1] + 1000)))
        typed = typed_start(start, of), typed_end(end, of)
        assert parse_range(*typed, now=0, zone=of) == TimeRange(start, end)


def test_whole_days_are_typed_as_days_even_where_midnight_is_skipped_or_comes_twice() -> None:
    for name, day, end in (
        ("America/Sao_Paulo", "2018-11-04", "2018-11-05"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04"),
        ("America/Havana", "2026-11-01", "2026-11-02"),
        ("UTC", "2024-02-29", "2024-03-01"),
    ):
        zone = ZONES[name]
        range = parse_range(day, day, now=0, zone=zone)
        assert (typed_start(range.start, zone), typed_end(range.end, zone)) == (day, day)
        assert typed_start(range.end, zone) == end


def test_a_time_that_the_clock_shows_again_is_typed_with_its_offset() -> None:
    first, second = at("2026-10-25T02:30+02:00"), at("2026-10-25T02:30+01:00")
    assert typed_start(first, ZURICH) == "2026-10-25 02:30:00"
    assert typed_start(second, ZURICH) == "2026-10-25 02:30:00+01:00"
    assert typed_end(second, ZURICH) == "2026-10-25 02:29:59+01:00"
    assert typed_start(None, ZURICH) == typed_end(None, ZURICH) == ""


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03", "2026-02"),  # which ends where the other begins
        ("2026-11-24", "2026-11-23"),
        ("2026-11-24", "2026-11-01"),
        ("2026", "2025-12-31"),
        ("2026-11-23T14:01", "2026-11-23T14:00"),
        ("now", "-1d"),
    ],
)
def test_a_range_that_ends_before_it_begins_is_none(start: str, end: str) -> None:
    with pytest.raises(BackwardsError, match=rf"^from {start} \(.*\) is after to {end} \(.*\)$"):
        parse_range(start, end, now=at("2026-11-27"), zone=UTC)


def test_an_end_within_the_same_period_is_after_its_start() -> None:
    def between(start: str, end: str) -> TimeRange:
        return parse_range(start, end, now=at("2026-11-27"), zone=UTC)

    assert between("2026-03-15", "2026-03") == TimeRange(at("2026-03-15"), at("2026-04-01"))
    assert between("2026", "2026-03") == TimeRange(at("2026-01-01"), at("2026-04-01"))
    assert between("now", "now") == TimeRange(at("2026-11-27"), at("2026-11-27"))
