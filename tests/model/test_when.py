"""Instants, ranges, zones and durations, held against zoneinfo."""

from __future__ import annotations

from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec import UNSET

from jobwatch.model import when
from jobwatch.model.when import ALWAYS, UTC, TimeRange, WhenError, Zone

ZONES = [
    UTC,
    *(
        Zone(name, ZoneInfo(name))
        for name in (
            "Europe/Zurich",
            "America/St_Johns",
            "Pacific/Kiritimati",
            "Pacific/Niue",
            "America/Sao_Paulo",
            "Africa/Cairo",
            "America/Havana",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
        )
    ),
]
ZURICH = ZONES[1]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC_INFO)
MILLISECOND = timedelta(milliseconds=1)
HOUR, DAY = 3_600_000, 86_400_000

zones = st.sampled_from(ZONES)
days = st.dates(date(1972, 1, 1), date(2200, 1, 1))
instants = st.integers(-62_000_000_000_000, 253_000_000_000_000)
anything = st.one_of(
    st.integers(), st.floats(), st.none(), st.just(UNSET), st.text(max_size=3), st.booleans()
)
# The clock changes near or at midnight, a leap day, and the ends of a year.
AWKWARD_DAYS = [
    ("Europe/Zurich", date(2026, 3, 29), 23),
    ("Europe/Zurich", date(2026, 10, 25), 25),
    ("Europe/Zurich", date(2024, 2, 29), 24),
    ("America/Sao_Paulo", date(2018, 11, 4), 23),
    ("America/Sao_Paulo", date(2018, 2, 17), 25),
    ("Africa/Cairo", date(2026, 4, 24), 23),
    ("America/Havana", date(2026, 3, 8), 23),
    ("America/Havana", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Pacific/Kiritimati", date(2026, 12, 31), 24),
    ("Pacific/Niue", date(2026, 1, 1), 24),
]
# The Line Islands went over the date line, and never had this day.
KIRITIMATI = ZONES[3]
NEVER = date(1994, 12, 31)


def wall(ms: int, zone: Zone) -> datetime:
    return (EPOCH + ms * MILLISECOND).astimezone(zone.info)


def at(text: str, zone: Zone = UTC) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=zone.info) - EPOCH) // MILLISECOND


# Days and months


def there_was(day: date, zone: Zone) -> bool:
    return (zone, day) != (KIRITIMATI, NEVER)


@given(days, zones)
@example(NEVER + timedelta(days=1), KIRITIMATI)
def test_a_day_starts_at_its_first_instant(day: date, zone: Zone) -> None:
    assume(there_was(day, zone))
    start = when.day_start(day, zone)
    before = day - timedelta(days=1 if there_was(day - timedelta(days=1), zone) else 2)
    assert when.day_of(start, zone) == wall(start, zone).date() == day
    assert when.day_of(start - 1, zone) == wall(start - 1, zone).date() == before


def test_a_day_that_a_zone_never_had_is_empty() -> None:
    start = when.day_start(NEVER, KIRITIMATI)
    assert start == when.day_start(date(1995, 1, 1), KIRITIMATI)
    assert when.day_edges(1994, 12, KIRITIMATI)[-2:] == [start, start]
    assert when.month_range(1994, 12, KIRITIMATI).end == start


@pytest.mark.parametrize(("name", "day", "hours"), AWKWARD_DAYS)
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_was(
    name: str, day: date, hours: float
) -> None:
    zone = when.zone_named(name)
    start, end = (when.day_start(day + timedelta(days=more), zone) for more in (0, 1))
    assert (end - start) / HOUR == hours
    assert wall(start, zone).date() == wall(end - 1, zone).date() == day
    assert wall(start - 1, zone).date() < day < wall(end, zone).date()


@given(st.integers(1972, 2200), st.integers(1, 12), zones)
def test_the_edges_of_a_months_days_increase_and_cover_it(
    year: int, month: int, zone: Zone
) -> None:
    assume((zone, year, month) != (KIRITIMATI, NEVER.year, NEVER.month))
    edges = when.day_edges(year, month, zone)
    assert all(this < following for this, following in pairwise(edges))
    assert TimeRange(edges[0], edges[-1]) == when.month_range(year, month, zone)
    assert [when.day_of(edge, zone).day for edge in edges] == [*range(1, len(edges)), 1]
    assert 29 <= len(edges) <= 32


def test_february_has_a_leap_day_every_fourth_year_but_not_in_2100() -> None:
    assert [len(when.day_edges(year, 2, ZURICH)) - 1 for year in (2000, 2024, 2026, 2100)] == [
        29, 29, 28, 28,
    ]  # fmt: skip


# How an instant is shown


@given(instants, zones)
@example(at("2026-03-29T01:00"), ZURICH)
@example(at("2026-03-29T00:59:59.999"), ZURICH)
@example(at("2026-10-25T01:00"), ZURICH)
@example(at("1883-11-18T12:00"), ZONES[2])
def test_an_instant_is_shown_as_the_zones_clock_has_it(ms: int, zone: Zone) -> None:
    clock = wall(ms, zone)
    assert when.date_time(ms, zone) == clock.replace(tzinfo=None).isoformat(" ", "seconds")
    assert when.day_time(ms, zone) == when.date_time(ms, zone)[5:]
    assert when.hour_minute(ms, zone) == when.date_time(ms, zone)[11:16]


@given(st.integers(100_000_000_000, 7_000_000_000_000), zones)
def test_an_exact_date_is_read_back_as_the_same_instant(ms: int, zone: Zone) -> None:
    text = when.date_time_exact(ms, zone)
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f %z")
    assert (moment - EPOCH) // MILLISECOND == ms
    assert text.endswith(when.offset(ms, zone))


@given(instants)
def test_iso_is_read_back_as_the_same_instant(ms: int) -> None:
    text = when.iso(ms)
    assert text is not None
    assert (datetime.fromisoformat(text) - EPOCH) // MILLISECOND == ms
    assert len(text) == 24


def test_times_are_shown_in_the_documented_forms() -> None:
    ms = at("2026-07-03T12:03:22.775")
    assert when.iso(ms) == "2026-07-03T12:03:22.775Z"
    assert when.date_time(ms, ZURICH) == "2026-07-03 14:03:22"
    assert when.date_time_exact(ms, ZURICH) == "2026-07-03 14:03:22.775 +02:00"
    assert when.day_time(ms, ZURICH) == "07-03 14:03:22"
    assert when.hour_minute(ms, ZURICH) == "14:03"
    assert when.offset(ms, ZURICH) == "+02:00"
    assert when.offset(ms, ZONES[2]) == "-02:30"
    assert when.offset(ms, UTC) == "+00:00"
    assert when.zone_label(ms, ZURICH) == "Europe/Zurich +02:00"
    assert when.zone_label(ms, UTC) == "UTC"


@given(anything, zones)
@example(float("nan"), ZURICH)
@example(float("-inf"), ZURICH)
@example(10**400, ZURICH)
@example(-1e-20, UTC)
def test_what_has_no_date_is_a_dash_and_no_error(ms: object, zone: Zone) -> None:
    shown = when.date_time(ms, zone)
    parts = when.day_time(ms, zone), when.hour_minute(ms, zone), when.date_time_exact(ms, zone)
    if shown == "–":
        assert parts == ("–", "–", "–")
    else:
        assert isinstance(ms, int | float)
        assert [len(shown), *map(len, parts)] == [19, 14, 5, 30]
        assert len(when.iso(ms) or " " * 24) == 24


@pytest.mark.parametrize("ms", [None, UNSET, "0", float("nan"), float("inf"), 10**18, -(10**18)])
def test_a_missing_or_impossible_time_is_never_1970(ms: object) -> None:
    assert when.date_time(ms, ZURICH) == "–"


# Durations

CENTURY = 100 * 366 * DAY


@given(st.floats(0, CENTURY) | st.integers(0, CENTURY))
@example(10 * DAY)
@example(10 * DAY - 1)
@example(100 * DAY - 1)
def test_how_long_fits_eight_cells_below_a_hundred_years(ms: float) -> None:
    for text in (when.duration(ms), when.elapsed(ms)):
        assert 1 < len(text) <= 8
        assert text != "–"


@given(anything)
@example(float("nan"))
@example(float("inf"))
@example(float("-inf"))
@example(10**400)
def test_how_long_is_a_dash_where_it_is_not_known(ms: object) -> None:
    assert len(when.duration(ms)) <= 14
    assert len(when.elapsed(ms)) <= 14
    if not isinstance(ms, int | float):
        assert when.duration(ms) == when.elapsed(ms) == "–"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0ms"),
        (621, "621ms"),
        (5_399, "5.3s"),
        (59_999, "59.9s"),
        (723_000, "12:03"),
        (3_723_000, "1:02:03"),
        (2 * DAY + 3 * HOUR + 240_000, "2d 03:04"),
        (45 * DAY + 7 * HOUR, "45d 07h"),
        (400 * DAY, "400d"),
        (-1, "–"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_a_duration_has_the_precision_that_its_length_deserves(ms: object, text: str) -> None:
    assert when.duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (5_999, "0:05"), (723_000, "12:03"), (3_723_000, "1:02:03"), (-5, "0:00")],
)
def test_elapsed_time_is_in_whole_seconds_and_never_negative(ms: int, text: str) -> None:
    assert when.elapsed(ms) == text


# Zones


@pytest.mark.parametrize("text", ["UTC", "utc", "Etc/UTC"])
def test_utc_has_one_name(text: str) -> None:
    assert when.zone_named(text) == UTC


def test_a_zone_is_found_by_its_name_in_any_case() -> None:
    assert when.zone_named("Europe/Zurich") == ZURICH
    assert when.zone_named("europe/zurich").name == "Europe/Zurich"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Europe/Zurick", "Europe/Zurich"), ("zurich", "Europe/Zurich"), ("cairo", "Africa/Cairo")],
)
def test_a_misspelt_zone_is_answered_with_the_nearest(text: str, meant: str) -> None:
    with pytest.raises(WhenError, match=f"did you mean {meant}\\?"):
        when.zone_named(text)


@pytest.mark.parametrize(
    "text", ["", " ", "Europe", "../../etc/passwd", "/etc/localtime", "\0", "x" * 5000, "\ud800"]
)
def test_what_is_no_zone_is_an_error_that_says_what_is_accepted(text: str) -> None:
    with pytest.raises(WhenError, match="local, UTC or a name such as Europe/Zurich is accepted"):
        when.zone_named(text)


def test_the_local_zone_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":America/Havana")
    assert when.local_zone().name == when.zone_named("local").name == "America/Havana"
    monkeypatch.setenv("TZ", "UTC")
    assert when.local_zone() == UTC


# Ranges

edges = st.none() | instants


@given(st.builds(TimeRange, edges | st.integers(), edges | st.integers()), zones)
def test_every_range_can_be_described(range: TimeRange, zone: Zone) -> None:
    text = when.describe(range, zone)
    assert (text == "any time") == (range == ALWAYS)
    assert text == "any time" or zone.name in text


def test_a_range_is_described_with_its_length_and_zone() -> None:
    day = TimeRange(at("2026-11-23", ZURICH), at("2026-11-24", ZURICH))
    assert when.describe(day, ZURICH) == (
        "2026-11-23 00:00 → 2026-11-24 00:00 (1 day), Europe/Zurich +01:00"
    )
    month = when.month_range(2026, 10, ZURICH)
    assert when.describe(month, ZURICH) == (
        "2026-10-01 00:00 → 2026-11-01 00:00 (31 days), Europe/Zurich +02:00"
    )
    assert when.describe(TimeRange(at("2026-11-23T14:00:05"), None), UTC) == (
        "from 2026-11-23 14:00:05, UTC"
    )
    assert when.describe(TimeRange(None, at("2026-11-23")), UTC) == "before 2026-11-23 00:00, UTC"
    assert "(1:30:00)" in when.describe(TimeRange(0, 5_400_000), UTC)
    assert "(empty)" in when.describe(TimeRange(5, 5), UTC)


@given(st.integers(at("1973-01-01"), at("2200-01-01")), zones)
def test_the_presets_are_whole_days_or_end_now(now: int, zone: Zone) -> None:
    ranges = dict(when.presets(now, zone))
    today = wall(now, zone).date()
    start = when.day_start(today, zone)
    assert list(ranges) == [
        "last hour", "today", "yesterday", "last 7 days", "last 30 days", "this month",
    ]  # fmt: skip
    assert ranges["last hour"] == TimeRange(now - HOUR)
    assert ranges["today"] == TimeRange(start, when.day_start(today + timedelta(days=1), zone))
    assert ranges["yesterday"].end == start
    assert ranges["last 7 days"].start == when.day_start(today - timedelta(days=6), zone)
    assert ranges["last 30 days"].start == when.day_start(today - timedelta(days=29), zone)
    assert ranges["this month"] == when.month_range(today.year, today.month, zone)
