"""The timeline: the order of jobs, where their bars are, and the ticks of its axis."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.axis import ticks
from jobwatch.model.durations import DAY, HOUR, MINUTE, SECOND
from jobwatch.model.job import UNSET, JobStatus, Outcome
from jobwatch.model.row import JobRow
from jobwatch.model.timeline import Bar, Likeness, Span, bar, by_likeness, halves, span_of
from jobwatch.model.when import UTC, date_time, wall_clock
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
ZURICH = zone_named("Europe/Zurich")

instants = st.integers(NOW - 400 * DAY, NOW + 400 * DAY)
widths = st.integers(1, 300)
lengths = st.integers(100, 2_000 * DAY)


def a_row(start: Any = NOW - HOUR, end: Any = NOW - HOUR + MINUTE, **fields: Any) -> JobRow:
    """Make a row that ended; with ``end=None`` one that runs."""
    runs = end is None
    row = JobRow(
        seq=1,
        started=start if isinstance(start, int | float) else 0,
        id="a",
        status=(JobStatus.IN_PROGRESS if runs else JobStatus.COMPLETE).value,
        type="csv_file_load",
        user="etl",
        outcome=Outcome.PENDING if runs else Outcome.ENDED,
        start=start,
        end=UNSET if runs else end,
        message="",
        over=None if runs else end if isinstance(end, int | float) else None,
    )
    return row._replace(**fields)


def the_bar(row: JobRow, span: Span, columns: int = 100, now: int = NOW) -> Bar:
    found = bar(row, span, columns, now)
    assert found is not None
    return found


# Order


def test_the_same_user_and_type_come_first_then_the_type_then_the_user_then_the_rest() -> None:
    like = {
        "rest": a_row(type="x", user="ada"),
        "user": a_row(type="x"),
        "type": a_row(user="ada"),
        "both": a_row(),
    }
    parts = by_likeness(a_row(), [row._replace(id=id) for id, row in like.items()])
    assert [(likeness, [row.id for row in rows]) for likeness, rows in parts] == [
        (Likeness.USER_AND_TYPE, ["both"]),
        (Likeness.TYPE, ["type"]),
        (Likeness.USER, ["user"]),
        (Likeness.NONE, ["rest"]),
    ]


def test_within_a_part_jobs_are_in_the_order_of_their_start_and_else_as_they_came() -> None:
    starts = {"c": NOW - 1, "a": NOW - 3, "b": NOW - 2, "b2": NOW - 2}
    [(_, rows)] = by_likeness(a_row(), [a_row(start, id=id) for id, start in starts.items()])
    assert [row.id for row in rows] == ["a", "b", "b2", "c"]


@pytest.mark.parametrize("value", [UNSET, None, 1, {"a": 1}])
def test_what_has_no_user_and_no_type_is_like_nothing(value: object) -> None:
    row = a_row(type=value, user=value)
    assert by_likeness(row, [row]) == [(Likeness.NONE, [row])]


# Span


def test_a_span_is_the_run_of_its_job_with_a_margin() -> None:
    assert span_of(a_row(NOW - 100_000, NOW), NOW) == Span(NOW - 110_000, NOW + 10_000)
    assert span_of(a_row(NOW - 100_000, None), NOW) == Span(NOW - 110_000, NOW + 10_000)


def test_a_job_that_has_just_begun_or_took_no_time_has_a_span_too() -> None:
    assert span_of(a_row(NOW, None), NOW) == Span(NOW - 100, NOW + 5_000)
    assert span_of(a_row(NOW, NOW), NOW).length == 200


def test_a_job_without_a_time_has_the_span_of_the_last_hour() -> None:
    assert span_of(a_row(UNSET, UNSET), NOW) == Span(NOW - HOUR, NOW)


@given(instants, lengths, st.lists(st.sampled_from([0.5, 2.0]), max_size=80))
def test_zooming_keeps_the_middle_and_stays_within_what_can_be_drawn(
    start: int, length: int, factors: list[float]
) -> None:
    span = Span(start, start + length)
    for factor in factors:
        span = span.zoomed(factor)
    assert 99 <= span.length <= 40_001 * DAY
    assert span.start + span.length / 2 == pytest.approx(start + length / 2)


def test_panning_moves_by_a_share_and_back() -> None:
    assert Span(0, 100).panned(0.2) == Span(20, 120)
    assert Span(0, 100).panned(0.2).panned(-0.2) == Span(0, 100)


# Bars


def test_a_bar_is_from_start_to_end() -> None:
    assert the_bar(a_row(250, 750), Span(0, 1000)) == Bar(25, 75, False, False, False)


def test_what_goes_beyond_the_span_is_clipped_there() -> None:
    span = Span(0, 1000)
    assert the_bar(a_row(-5, 500), span) == Bar(0, 50, True, False, False)
    assert the_bar(a_row(500, 1005), span) == Bar(50, 100, False, True, False)
    before, behind = the_bar(a_row(-9, -5), span), the_bar(a_row(1005, 1009), span)
    assert (before.left, before.right, before.outside) == (0, 0, True)
    assert (behind.left, behind.right, behind.outside) == (100, 100, True)


def test_a_running_job_goes_to_now_and_no_further() -> None:
    span = Span(NOW - 1000, NOW + 1000)
    assert the_bar(a_row(NOW - 500, None), span).right == 50
    assert the_bar(a_row(NOW - 500, None), span, now=NOW + 500).right == 75
    assert the_bar(a_row(NOW - 500, None), span).running


def test_a_job_that_starts_in_the_future_of_this_clock_has_no_negative_length() -> None:
    found = the_bar(a_row(NOW + 500, None), Span(NOW, NOW + 1000))
    assert (found.left, found.right) == (50, 50)


def test_a_lost_job_ends_where_its_run_was_over() -> None:
    lost = a_row(250, None, outcome=Outcome.LOST, over=500)
    assert the_bar(lost, Span(0, 1000)).right == 50


def test_a_job_that_waits_has_a_bar_from_when_it_was_made() -> None:
    waits = a_row(UNSET, None, status="CREATED", started=NOW - 500)
    found = the_bar(waits, Span(NOW - 1000, NOW))
    assert (found.left, found.right, found.running) == (50, 100, False)


def test_an_ended_job_without_a_start_is_a_mark_where_it_ended() -> None:
    found = the_bar(a_row(None, 500), Span(0, 1000))
    assert (found.left, found.right) == (50, 50)


@pytest.mark.parametrize("start", [UNSET, None, float("inf"), 1e300])
def test_a_job_without_a_time_that_could_be_has_no_bar(start: Any) -> None:
    row = a_row(UNSET, UNSET)._replace(start=start)
    assert bar(row, Span(0, 1000), 100, NOW) is None


def test_a_bar_fills_half_a_column_at_least() -> None:
    assert halves(Bar(10, 10, False, False, False), 100) == (20, 21)
    assert halves(Bar(100, 100, False, True, False), 100) == (199, 200)
    assert halves(Bar(10.3, 12.6, False, False, False), 100) == (21, 25)


@given(instants, st.integers(0, 40 * DAY), instants, lengths, widths, st.booleans())
def test_bars_stay_within_the_columns(
    start: int, took: int, span_start: int, length: int, columns: int, runs: bool
) -> None:
    span = Span(span_start, span_start + length)
    found = the_bar(a_row(start, None if runs else start + took), span, columns)
    assert 0 <= found.left <= found.right <= columns
    left, right = halves(found, columns)
    assert 0 <= left < right <= columns * 2


@given(st.lists(instants, min_size=2, max_size=8), instants, lengths, widths)
def test_what_is_later_is_never_further_to_the_left(
    moments: list[int], span_start: int, length: int, columns: int
) -> None:
    span = Span(span_start, span_start + length)
    bars = [the_bar(a_row(at, at), span, columns) for at in sorted(moments)]
    assert [found.left for found in bars] == sorted(found.left for found in bars)
    marks = [halves(found, columns)[0] for found in bars]
    assert marks == sorted(marks)


# Ticks


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (2 * SECOND, ["22:03:16.000", "22:03:16.500", "22:03:17.000", "22:03:17.500"]),
        (MINUTE, ["22:03:20", "22:03:30", "22:03:40"]),
        (HOUR, ["22:10", "22:20", "22:30", "22:40"]),
        (6 * HOUR, ["23:00", "11-24", "01:00", "02:00", "03:00", "04:00"]),
        (3 * DAY, ["11-24", "12:00", "11-25", "12:00", "11-26", "12:00"]),
        (20 * DAY, ["11-30", "12-07"]),
        (300 * DAY, ["2027-01", "2027-04", "2027-07"]),
        (3_000 * DAY, ["2028", "2030", "2032", "2034"]),
    ],
)
def test_ticks_are_round_and_say_what_is_new(length: int, labels: list[str]) -> None:
    found = ticks(Span(NOW, NOW + length), 76, UTC)
    assert [tick.label for tick in found][: len(labels)] == labels


def test_weeks_begin_on_monday() -> None:
    found = ticks(Span(NOW, NOW + 20 * DAY), 40, ZURICH)
    assert found
    assert {wall_clock(tick.at, ZURICH).strftime("%a %X") for tick in found} == {"Mon 00:00:00"}


def test_hours_are_round_on_the_zones_clock_on_both_sides_of_its_change() -> None:
    change = 1_792_890_000_000  # 2026-10-25T01:00Z, when 03:00 is 02:00 again
    found = ticks(Span(change - 12 * HOUR, change + 12 * HOUR), 100, ZURICH)
    labels = [tick.label for tick in found]
    assert labels == ["15:00", "18:00", "21:00", "10-25", "03:00", "06:00", "09:00", "12:00"]
    twice = ticks(Span(change - 2 * HOUR, change + 2 * HOUR), 60, ZURICH)
    assert [tick.label for tick in twice] == ["01:00", "02:00", "02:00", "03:00", "04:00"]


def test_a_zone_of_odd_minutes_has_round_ticks_too() -> None:
    kathmandu = zone_named("Asia/Kathmandu")  # +05:45
    found = ticks(Span(NOW, NOW + 6 * HOUR), 76, kathmandu)
    assert {wall_clock(tick.at, kathmandu).minute for tick in found} == {0}


def test_where_there_are_no_dates_there_are_no_ticks() -> None:
    assert ticks(Span(9e14, 9.1e14), 100, UTC) == []
    assert ticks(Span(-9.1e14, -9e14), 100, UTC) == []


@given(instants, lengths, widths, st.sampled_from([UTC, ZURICH]))
def test_ticks_are_in_the_span_in_order_apart_and_round(
    start: int, length: int, columns: int, zone: Any
) -> None:
    span = Span(start, start + length)
    found = ticks(span, columns, zone)
    places = [span.column(tick.at, columns) for tick in found]
    assert all(0 <= place <= columns for place in places)
    # In floats: a hundred years of milliseconds by 12 columns.
    assert all(b - a >= 12 - 1e-6 for a, b in pairwise(places))
    assert all(tick.label in date_time(tick.at, zone) or "." in tick.label for tick in found)
    if length / columns * 12 > 500:
        assert all(tick.at % SECOND == 0 for tick in found)
    if length / columns * 12 > 30 * SECOND:
        assert all(wall_clock(tick.at, zone).second == 0 for tick in found)
    if length / columns * 12 > 12 * HOUR:
        assert all(date_time(tick.at, zone).endswith("00:00:00") for tick in found)
