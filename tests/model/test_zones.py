"""Zones by name, and what holds in every zone on every day, by zoneinfo's account."""

from __future__ import annotations

from bisect import bisect_right
from calendar import isleap
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jobwatch.model.dates import parse_period
from jobwatch.model.days import day_edges, day_of, day_start, month_range
from jobwatch.model.ranges import parse_range, presets
from jobwatch.model.when import UTC, TimeRange, WhenError, Zone, date_time, date_time_exact, offset
from jobwatch.model.zones import local_zone, zone_named, zone_names, zones_matching
from tests.model.zone_cases import (
    HOUR,
    KIRITIMATI,
    MINUTE,
    NEVER,
    SECOND,
    ZONES,
    ZURICH,
    at,
    changes,
    moments,
    wall,
    zones,
)

Case = tuple[Zone, int]
ONE_DAY = timedelta(days=1)

# Names


@pytest.mark.parametrize("text", ["UTC", "utc", "Etc/UTC"])
def test_utc_has_one_name(text: str) -> None:
    assert zone_named(text) == UTC


def test_a_zone_is_found_by_its_name_in_any_case() -> None:
    assert zone_named("Europe/Zurich") == ZURICH
    assert zone_named("europe/zurich").name == "Europe/Zurich"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Europe/Zurick", "Europe/Zurich"), ("zurick", "Europe/Zurich"), ("cairp", "Africa/Cairo")],
)
def test_a_misspelt_zone_is_answered_with_the_nearest(text: str, meant: str) -> None:
    with pytest.raises(WhenError, match=f"did you mean {meant}\\?"):
        zone_named(text)


@pytest.mark.parametrize(
    "text", ["", " ", "Europe", "../../etc/passwd", "/etc/localtime", "\0", "x" * 5000, "\ud800"]
)
def test_what_is_no_zone_is_an_error_that_says_what_is_accepted(text: str) -> None:
    with pytest.raises(WhenError, match="local, UTC or a name such as Europe/Zurich is accepted"):
        zone_named(text)


def test_the_local_zone_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":America/Havana")
    assert local_zone().name == zone_named("local").name == "America/Havana"
    monkeypatch.setenv("TZ", "UTC")
    assert local_zone() == UTC


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("berlin", "Europe/Berlin"),
        ("Zurich", "Europe/Zurich"),
        ("new york", "America/New_York"),
        ("  NEW_YORK ", "America/New_York"),
        ("kiritimati", "Pacific/Kiritimati"),
        ("europe/berlin", "Europe/Berlin"),
        ("cuba", "Cuba"),
    ],
)
def test_a_place_that_only_one_zone_has_is_enough(text: str, name: str) -> None:
    zone = zone_named(text)
    assert zone.name == name
    assert getattr(zone.info, "key", None) == name


def test_a_place_that_several_zones_have_is_answered_with_all_of_them() -> None:
    with pytest.raises(
        WhenError,
        match=r"several .* 'louisville': America/Kentucky/Louisville, America/Louisville$",
    ):
        zone_named("louisville")


def test_what_looks_like_an_offset_is_not_taken_for_one_with_the_opposite_sign() -> None:
    with pytest.raises(WhenError):
        zone_named("GMT+5")
    assert offset(0, zone_named("Etc/GMT+5")) == "-05:00"


def test_all_names_are_zones_and_none_is_the_machines_own() -> None:
    names = zone_names()
    assert {"UTC", *ZONES} <= set(names)
    assert not {"localtime", "Factory", "posixrules"} & set(names)
    assert not [name for name in names if name.startswith(("posix/", "right/"))]
    assert list(names) == sorted(set(names))
    assert zone_named(names[0]).name == names[0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["Africa/Abidjan", "Africa/Accra"]),
        ("lord", ["Australia/Lord_Howe"]),
        ("york new", ["America/New_York"]),
        ("new york", ["America/New_York"]),
        ("berlin", ["Europe/Berlin"]),
        ("utc", ["Etc/UTC", "UTC"]),
        ("europe/be", ["Europe/Belfast", "Europe/Belgrade", "Europe/Berlin"]),
        ("mid", ["Pacific/Midway"]),
        ("paris", ["Europe/Paris"]),
        ("rome", ["Europe/Rome"]),
        ("ulan", ["Asia/Ulan_Bator"]),
    ],
)
def test_names_are_found_by_words_and_the_best_come_first(text: str, first: list[str]) -> None:
    assert zones_matching(text, zone_names())[: len(first)] == first


def test_a_word_that_does_not_occur_finds_nothing() -> None:
    assert zones_matching("berlin x", zone_names()) == []


# In every zone, on every day


@given(moments)
@example((ZONES["America/St_Johns"], at("1987-04-05T03:31Z")))  # changed a minute past midnight
@example((ZONES["Australia/Lord_Howe"], at("2026-10-03T15:30Z")))  # changes on a half hour
@example((KIRITIMATI, at("1979-10-01T10:40Z")))  # was 10:40 behind
def test_date_and_offset_are_those_of_zoneinfo(case: Case) -> None:
    zone, ms = case
    clock = wall(ms, zone)
    assert date_time(ms, zone) == f"{clock:%Y-%m-%d %H:%M:%S}"
    assert date_time_exact(ms, zone) == (
        f"{clock:%Y-%m-%d %H:%M:%S}.{ms % 1000:03} {clock.isoformat()[-6:]}"
    )


def is_set_back_over_midnight(ms: int, zone: Zone) -> bool:
    """Return whether the clock shows the day before once more, a day having begun."""
    return any(
        change <= ms < change + 2 * HOUR and wall(change - 1, zone).date() > wall(ms, zone).date()
        for change in changes(zone)
    )


@given(moments)
@example((ZONES["Asia/Beirut"], at("2026-03-28T22:00Z")))
@example((ZONES["America/Sao_Paulo"], at("2018-11-04T03:00Z")))
@example((KIRITIMATI, at("1994-12-31T10:00Z")))
@example((ZONES["America/St_Johns"], at("2006-10-29T02:31Z")))
def test_every_instant_of_a_month_is_in_one_day_and_that_is_the_day_it_is_shown_with(
    case: Case,
) -> None:
    zone, ms = case
    day = wall(ms, zone).date()
    edges = day_edges(day.year, day.month, zone)
    assert edges == sorted(edges)
    assert TimeRange(edges[0], edges[-1]) == month_range(day.year, day.month, zone)
    assert day_of(ms, zone) == day
    if is_set_back_over_midnight(ms, zone):
        assert ms >= day_start(day + timedelta(days=1), zone)
    else:
        assert bisect_right(edges, ms) == day.day


@given(moments)
@example((ZONES["America/Sao_Paulo"], at("2018-11-04T12:00Z")))
@example((ZONES["America/Havana"], at("2026-11-01T12:00Z")))
@example((KIRITIMATI, at("1995-01-01T12:00Z")))
def test_each_day_of_a_month_begins_with_its_first_instant(case: Case) -> None:
    zone, ms = case
    month = wall(ms, zone).date().replace(day=1)
    for number, edge in enumerate(day_edges(month.year, month.month, zone)):
        day = month + timedelta(days=number)
        assert wall(edge - 1, zone).date() < day
        assert wall(edge, zone).date() == (day if (zone, day) not in NEVER else day + ONE_DAY)


@given(moments)
@example((ZONES["Asia/Beirut"], at("2026-03-28T22:00Z")))
def test_a_typed_day_is_exactly_that_day(case: Case) -> None:
    zone, ms = case
    assume(not is_set_back_over_midnight(ms, zone))
    day = wall(ms, zone).date()
    range = parse_range(f"{day}", f"{day}", now=0, zone=zone)
    assert range.start is not None
    assert range.end is not None
    assert range.start <= ms < range.end
    assert wall(range.start - 1, zone).date() < day < wall(range.end, zone).date()
    assert wall(range.end - 1, zone).date() == wall(range.start, zone).date() == day


@given(moments)
@example((ZONES["Asia/Beirut"], at("2026-03-28T22:00Z")))
@example((ZONES["America/Havana"], at("2026-11-01T04:30Z")))
def test_presets_hold_now_and_adjoin(case: Case) -> None:
    zone, now = case
    assume(not is_set_back_over_midnight(now, zone))
    named = dict(presets(now, zone))
    today, yesterday, month = named["today"], named["yesterday"], named["this month"]
    for range in (today, month):
        assert range.start is not None
        assert range.end is not None
        assert range.start <= now < range.end
    for label in ("last hour", "last 7 days", "last 30 days"):
        assert named[label].end is None
        assert (named[label].start or 0) <= now
    assert yesterday.end == today.start
    assert (yesterday.start or 0) <= (yesterday.end or 0)
    for word, preset in (("today", today), ("yesterday", yesterday)):
        assert parse_range(word, word, now=now, zone=zone) == preset


@given(st.integers(1973, 2199), zones)
@example(2000, ZURICH)
@example(2024, ZURICH)
@example(2100, ZURICH)
def test_a_leap_year_has_a_29th_of_february_and_no_other_year_has(year: int, zone: Zone) -> None:
    edges = day_edges(year, 2, zone)
    assert len(edges) - 1 == 28 + isleap(year)
    assert day_of(edges[-1] - 1, zone) == date(year, 2, 28 + isleap(year))
    assert day_of(edges[-1], zone) == date(year, 3, 1)
    if isleap(year):
        assert parse_period(f"{year}-02-29", now=0, zone=zone) == TimeRange(*edges[-2:])
    else:
        with pytest.raises(WhenError):
            parse_period(f"{year}-02-29", now=0, zone=zone)


@given(moments)
@example((ZURICH, at("2026-10-25T02:30+01:00")))
def test_a_shown_time_is_read_back_as_the_first_instant_at_which_it_is_shown(case: Case) -> None:
    zone, ms = case
    clock = wall(ms, zone)
    read = parse_period(date_time(ms, zone), now=0, zone=zone)
    first = at(f"{clock:%Y-%m-%d %H:%M:%S}", zone)  # of an hour that comes twice, the first
    assert read == TimeRange(first, first + SECOND)
    assert date_time(first, zone) == date_time(ms, zone)
    if not clock.fold:
        assert first == ms // SECOND * SECOND


@given(moments)
@example((ZURICH, at("2026-10-25T02:30+01:00")))
def test_an_exact_time_is_read_back_as_its_millisecond_in_any_zone(case: Case) -> None:
    zone, ms = case
    assert parse_period(date_time_exact(ms, zone), now=0, zone=UTC) == TimeRange(ms, ms + 1)


@given(moments, st.integers(0, 5_000))
def test_minutes_ago_are_exact_across_a_change_of_the_clock(case: Case, count: int) -> None:
    zone, now = case
    then = now - count * MINUTE
    assert parse_period(f"-{count}m", now=now, zone=zone) == TimeRange(then, then)
