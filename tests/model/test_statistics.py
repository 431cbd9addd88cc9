"""Statistics: percentiles across readings, what adds up, and days of any length."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.days import day_of, day_start
from jobwatch.model.insight import percentile
from jobwatch.model.statistics import (
    COLUMNS,
    MOST_DAYS,
    By,
    Counted,
    Figures,
    Statistics,
    Tally,
    days_until,
    name_of,
    nth,
    record_of,
)
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named

HOUR = 3_600_000
DAY = 24 * HOUR

LENGTHS = st.lists(st.integers(0, 30) | st.floats(0, 1e15), max_size=30)


def counted(group: str | None, *lengths: float, **counts: int) -> Counted:
    given = {"jobs": len(lengths), "over": len(lengths), "failed": 0, "partial": 0} | counts
    done, took = given.pop("done", 0), given.pop("took", 0)
    return Counted(group, **given, lengths=list(lengths), done=done, took=took)


def statistics_of(by: By, *readings: list[Counted]) -> Statistics:
    tally = Tally(by)
    for reading in readings:
        tally.add(reading)
    return tally.statistics()


# Percentiles


@given(st.lists(LENGTHS, max_size=12))
def test_a_place_across_runs_is_that_of_all_put_together(runs: list[list[float]]) -> None:
    ordered = sorted(length for run in runs for length in run)
    ascending = [sorted(run) for run in runs]
    assert [nth(ascending, place) for place in range(len(ordered))] == ordered
    with pytest.raises(IndexError):
        nth(ascending, len(ordered))


@given(st.lists(LENGTHS, min_size=1, max_size=12))
def test_percentiles_are_of_the_nearest_rank_however_they_were_read(
    readings: list[list[float]],
) -> None:
    found = statistics_of(By.TYPE, *([counted("a", *lengths)] for lengths in readings))
    ordered = sorted(length for lengths in readings for length in lengths)
    expected: tuple[float | None, ...] = (None, None, None)
    if ordered:
        expected = (percentile(ordered, 0.5), percentile(ordered, 0.95), ordered[-1])
    for figures in (*found.groups, found.total):
        assert (figures.p50, figures.p95, figures.longest) == expected
        assert figures.timed == len(ordered)


# What adds up


def test_readings_of_a_group_add_up_and_so_do_groups() -> None:
    found = statistics_of(
        By.USER,
        [counted("ada", 10, 30, jobs=3, failed=1, done=500, took=1_000)],
        [counted("bob", 20, partial=1), counted("ada", 20, done=100, took=500)],
    )
    ada = Figures("ada", 4, 3, 1, 0, 3, 20, 30, 30, 400.0)
    bob = Figures("bob", 1, 1, 0, 1, 1, 20, 20, 20, None)
    total = Figures(None, 5, 4, 1, 1, 4, 20, 30, 30, 400.0)
    assert found == Statistics(By.USER, (ada, bob), total)


def test_shares_are_of_the_jobs_that_are_over_and_nothing_is_said_of_none() -> None:
    assert Figures("a", jobs=10, over=8, failed=2, partial=1).error_share == 0.25
    assert Figures("a", jobs=10, over=8, failed=2, partial=1).partial_share == 0.125
    assert Figures("a", jobs=10).error_share is None
    assert Figures("a", jobs=10).partial_share is None


def test_groups_with_the_most_jobs_come_first_then_by_name_those_without_one_last() -> None:
    groups = [counted(None, 1), counted("b", 1), counted("c", 1, 2), counted("a", 1)]
    found = statistics_of(By.TYPE, groups)
    assert [group.group for group in found.groups] == ["c", "a", "b", None]


def test_days_come_from_the_newest_on_those_without_a_date_last() -> None:
    groups = [
        counted("2026-03-01", 1),
        counted(None, 1),
        counted("2026-11-01"),
        counted("0999-01-01"),
    ]
    found = statistics_of(By.DAY, groups)
    assert [group.group for group in found.groups] == [
        "2026-11-01",
        "2026-03-01",
        "0999-01-01",
        None,
    ]


def test_of_nothing_there_are_no_groups() -> None:
    assert statistics_of(By.DAY) == Statistics(By.DAY, (), Figures(None))


# Days

ZONES = [
    UTC,
    *map(
        zone_named,
        (
            "Europe/Zurich",
            "America/Havana",  # changes its clocks at midnight
            "America/St_Johns",  # did so at a minute past it until 2011
            "Africa/Casablanca",  # changes them for a month
            "Pacific/Apia",  # had no 30th of December in 2011
            "Asia/Kathmandu",
        ),
    ),
]
INSTANTS = st.integers(1_262_304_000_000, 1_830_000_000_000)  # from 2010 to 2027


def expected_day(instant: float, zone: Zone) -> date:
    """Return the last day that has begun."""
    day = day_of(instant, zone) + timedelta(days=2)
    while day_start(day, zone) > instant:
        day -= timedelta(days=1)
    return day


@given(INSTANTS, st.sampled_from(ZONES), st.integers(0, 500), st.data())
def test_an_instant_of_such_days_has_the_date_of_the_day_that_has_begun(
    instant: int, zone: Zone, back: int, data: st.DataObject
) -> None:
    since = instant - back * DAY
    days = days_until(instant, zone, since)
    assert days.start <= instant < days.end
    assert days.end - days.start <= (MOST_DAYS + 1) * days.length
    # They go back to the day that is asked for, and no further.
    assert days.start > since - DAY - HOUR
    at = data.draw(st.integers(int(days.start), int(days.end) - 1))
    number = int((at - days.start) / days.length)
    assert days.date_at(number) == expected_day(at, zone).isoformat()


@pytest.mark.parametrize("zone", ZONES)
def test_days_reach_back_over_all_that_is_asked_for_in_steps(zone: Zone) -> None:
    first, last = 1_288_000_000_000, 1_330_000_000_000  # from 2010 to 2012
    edge, steps = float(last), 0
    while edge > first:
        days = days_until(edge - 1, zone, first)
        assert days.end == edge or steps == 0
        edge, steps = days.start, steps + 1
    assert steps < 16


def test_a_day_on_which_the_clock_is_changed_stands_alone() -> None:
    zurich = zone_named("Europe/Zurich")
    noon = day_start(date(2026, 10, 25), zurich) + 12 * HOUR
    days = days_until(noon, zurich, -inf)
    assert (days.first, days.length) == (date(2026, 10, 25), 25 * HOUR)
    assert days.date_at(0) == "2026-10-25"


@pytest.mark.parametrize("instant", [-(2**62), -1e17, 3e14, 2**62])
@pytest.mark.parametrize("zone", ZONES)
def test_what_is_beyond_all_dates_has_none(instant: float, zone: Zone) -> None:
    days = days_until(instant, zone, -inf)
    assert days.start <= instant < days.end
    assert days.date_at(0) is None
    assert days.date_at(None) is None


# How it is shown


def test_what_is_not_known_is_a_dash() -> None:
    texts = {column.label: column.text(Figures("a", jobs=1_234_567)) for column in COLUMNS}
    assert texts.pop("Jobs") == "1,234,567"
    assert set(texts.values()) == {"–"}


def test_every_figure_is_shown_in_its_unit() -> None:
    figures = Figures("a", 1_000, 800, 8, 80, 700, 900, 61_000, 7_200_000, 12.34)
    assert [column.text(figures) for column in COLUMNS] == [
        "1,000",
        "1.0 %",
        "10.0 %",
        "900ms",
        "1:01",
        "2:00:00",
        "12.3",
    ]
    assert COLUMNS[-1].text(figures._replace(records_per_second=12_345.6)) == "12,346"


def test_a_name_can_do_nothing_to_a_screen() -> None:
    assert name_of(Figures("\x1b[2J\n\u202e[x]")) == "\\x1b[2J \\u202e[x]"
    assert name_of(Figures(None)) == name_of(Figures("")) == "–"


def test_json_has_the_same_keys_whatever_is_known() -> None:
    known = record_of(Figures("a", 4, 4, 1, 2, 3, 10, 20, 30, 4.5), "type")
    assert known == {
        "by": "type",
        "group": "a",
        "jobs": 4,
        "over": 4,
        "failed": 1,
        "partial": 2,
        "error_share": 0.25,
        "partial_share": 0.5,
        "timed": 3,
        "p50_ms": 10,
        "p95_ms": 20,
        "longest_ms": 30,
        "records_per_second": 4.5,
    }
    assert list(record_of(Figures(None), "total")) == list(known)
