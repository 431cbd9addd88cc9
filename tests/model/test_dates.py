"""Dates as people type them."""

from __future__ import annotations

from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobwatch.model.dates import ACCEPTED, parse_period
from jobwatch.model.days import day_start, month_range
from jobwatch.model.ranges import describe, parse_range
from jobwatch.model.when import ALWAYS, UTC, TimeRange, WhenError, Zone

ZURICH, SAO_PAULO, HAVANA, KIRITIMATI, NIUE = ZONES = [
    Zone(name, ZoneInfo(name))
    for name in (
        "Europe/Zurich",
        "America/Sao_Paulo",
        "America/Havana",
        "Pacific/Kiritimati",
        "Pacific/Niue",
    )
]
zones = st.sampled_from([UTC, *ZONES])
days = st.dates(date(1972, 1, 1), date(2200, 1, 1))
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def at(text: str, zone: Zone = UTC) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone.info)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC_INFO)) // timedelta(milliseconds=1)


NOW = at("2026-11-23T14:03:22.775")


def period(text: str, zone: Zone = UTC, now: int = NOW) -> TimeRange:
    return parse_period(text, now=now, zone=zone)


def day_range(day: date, zone: Zone) -> TimeRange:
    return TimeRange(day_start(day, zone), day_start(day + timedelta(days=1), zone))


# Whole periods


@given(days, zones)
@example(date(2018, 11, 4), SAO_PAULO)  # begins at 01:00
@example(date(2026, 11, 1), HAVANA)  # begins twice
@example(date(2026, 3, 29), ZURICH)
@example(date(2024, 2, 29), UTC)
def test_a_typed_day_is_the_whole_of_it(day: date, zone: Zone) -> None:
    assert period(f"{day}", zone) == day_range(day, zone)


@given(days, zones)
@example(date(2018, 11, 4), SAO_PAULO)
@example(date(2018, 11, 5), SAO_PAULO)
@example(date(2026, 11, 1), HAVANA)
@example(date(2026, 11, 2), HAVANA)
def test_today_and_yesterday_are_whole_days_of_the_zone(day: date, zone: Zone) -> None:
    for now in (day_range(day, zone).start, (day_range(day, zone).end or 0) - 1):
        assert now is not None
        assert period("today", zone, now) == day_range(day, zone)
        assert period("Yesterday", zone, now) == day_range(day - timedelta(days=1), zone)


@given(st.integers(1972, 2200), st.integers(1, 12), zones)
def test_a_typed_month_or_year_is_the_whole_of_it(year: int, month: int, zone: Zone) -> None:
    assert period(f"{year}-{month:02}", zone) == month_range(year, month, zone)
    january, december = (month_range(year, number, zone) for number in (1, 12))
    assert period(f"{year}", zone) == TimeRange(january.start, december.end)


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("2026-11-23T14:00", "2026-11-23T14:00+01:00", MINUTE),
        ("2026-11-23 14:00", "2026-11-23T14:00+01:00", MINUTE),
        (" 2026-11-23t14:00 ", "2026-11-23T14:00+01:00", MINUTE),
        ("2026-11-23T14:00:05", "2026-11-23T14:00:05+01:00", SECOND),
        ("2026-11-23T14:00:00", "2026-11-23T14:00:00+01:00", SECOND),
        ("2026-11-23T14:00:05.123", "2026-11-23T14:00:05.123+01:00", 1),
        ("2026-11-23T14:00:05.1", "2026-11-23T14:00:05.100+01:00", 1),
        ("2026-11-23T14:00Z", "2026-11-23T14:00+00:00", MINUTE),
        ("2026-11-23T14:00+05:30", "2026-11-23T14:00+05:30", MINUTE),
        ("2026-11-23T14:00:05.123-0330", "2026-11-23T14:00:05.123-03:30", 1),
        ("2026-07-23T14:00", "2026-07-23T14:00+02:00", MINUTE),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999+00:00", 1),
    ],
)
def test_a_typed_time_of_day_is_its_minute_second_or_millisecond(
    text: str, start: str, length: int
) -> None:
    assert period(text, ZURICH) == TimeRange(at(start), at(start) + length)


def test_a_time_that_the_clock_skips_is_as_much_later() -> None:
    assert period("2026-03-29T02:30", ZURICH).start == at("2026-03-29T03:30+02:00")


def test_a_time_that_the_clock_shows_twice_is_the_first_unless_its_offset_is_typed() -> None:
    assert period("2026-10-25T02:30", ZURICH).start == at("2026-10-25T02:30+02:00")
    assert period("2026-10-25 02:30 +01:00", ZURICH).start == at("2026-10-25T02:30+01:00")


# Instants


def test_now_is_an_instant() -> None:
    assert period("now") == period(" NOW ") == TimeRange(NOW, NOW)


@given(st.integers(0, 9_999), st.sampled_from("smhSMH"), zones)
def test_so_long_ago_is_exact_for_seconds_minutes_and_hours(
    count: int, unit: str, zone: Zone
) -> None:
    then = NOW - count * {"s": SECOND, "m": MINUTE, "h": HOUR}[unit.lower()]
    assert period(f"-{count}{unit}", zone) == TimeRange(then, then)


def test_days_and_weeks_ago_are_at_the_same_time_of_day() -> None:
    now = at("2026-04-01T12:00", ZURICH)
    assert period("-7d", ZURICH, now) == period("-1w", ZURICH, now)
    assert period("-7d", ZURICH, now).start == at("2026-03-25T12:00", ZURICH)


# Errors


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "tomorow",
        "23.11.2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-02-30",
        "2026-02-00",
        "2026-00-01",
        "2023-02-29",
        "0000",
        "0000-05-01",
        "9999",
        "2026-11-23T24:00",
        "2026-11-23T14:60",
        "2026-11-23T14:00:60",
        "2026-11-23T14",
        "2026-11-23T14:00+15:00",
        "2026-11-23T14:00+01:60",
        "-7",
        "7d",
        "-7y",
        "-999999w",
        "-1000000d",
        "\x1b[31m",
        "now-1d",
    ],
)
def test_what_is_no_date_is_an_error_that_says_what_is_accepted(text: str) -> None:
    with pytest.raises(WhenError) as error:
        period(text, ZURICH)
    assert ACCEPTED in str(error.value)
    assert repr(text) in str(error.value)


@given(st.text("0123456789-:+TZ. dwhmnoy", max_size=26), zones)
@example("0001", ZURICH)
@example("0001-01-01T00:00+14:00", UTC)
@example("9999-12-31T23:59", NIUE)
@example("9999-12-31", KIRITIMATI)
def test_a_date_is_understood_and_can_be_shown_or_is_a_clear_error(text: str, zone: Zone) -> None:
    try:
        range = period(text, zone)
    except WhenError as refused:
        error, range = str(refused), TimeRange(0, 0)
    else:
        error = ACCEPTED
    assert ACCEPTED in error
    assert range.start is not None
    assert range.end is not None
    assert range.start <= range.end
    assert describe(range, zone)


# Ranges


def test_an_end_includes_the_whole_period_that_it_names() -> None:
    def between(start: str | None, end: str | None) -> TimeRange:
        return parse_range(start, end, now=NOW, zone=UTC)

    assert between("2026-11-23", "2026-11-23") == TimeRange(at("2026-11-23"), at("2026-11-24"))
    assert between("2026-03", "2026-03") == TimeRange(at("2026-03-01"), at("2026-04-01"))
    assert between(None, "2026") == TimeRange(None, at("2027-01-01"))
    assert between("2026-11-23T14:00", "2026-11-23T14:00").end == at("2026-11-23T14:01")
    assert between("yesterday", None) == TimeRange(at("2026-11-22"), None)
    assert between("-90m", "now") == TimeRange(NOW - 90 * MINUTE, NOW)
    assert between(None, None) == between("", "") == ALWAYS


@given(days, days, zones)
def test_a_range_is_its_days_or_says_that_it_is_backwards(
    first: date, last: date, zone: Zone
) -> None:
    if first <= last:
        range = parse_range(f"{first}", f"{last}", now=NOW, zone=zone)
        assert range.start == day_range(first, zone).start
        assert range.end == day_range(last, zone).end
    elif (first - last).days > 1:
        with pytest.raises(WhenError, match=rf"^from {first} \(.*\) is after to {last} \(.*\)$"):
            parse_range(f"{first}", f"{last}", now=NOW, zone=zone)
