"""How an instant is shown, held against zoneinfo."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from jobwatch.model import when
from jobwatch.model.when import UTC, Zone
from tests.model.zone_cases import EPOCH, MILLISECOND, ZONES, ZURICH, at, moments, wall, zones

ST_JOHNS = ZONES["America/St_Johns"]
instants = st.integers(-62_000_000_000_000, 253_000_000_000_000)
anything = st.one_of(
    st.integers(), st.floats(), st.none(), st.just(UNSET), st.text(max_size=3), st.booleans()
)


@given(instants, zones)
@example(at("2026-03-29T01:00"), ZURICH)
@example(at("2026-03-29T00:59:59.999"), ZURICH)
@example(at("2026-10-25T01:00"), ZURICH)
@example(at("1883-11-18T12:00"), ST_JOHNS)
def test_an_instant_is_shown_as_the_zones_clock_has_it(ms: int, zone: Zone) -> None:
    clock = wall(ms, zone)
    assert when.date_time(ms, zone) == clock.replace(tzinfo=None).isoformat(" ", "seconds")
    assert when.day_time(ms, zone) == when.date_time(ms, zone)[5:]
    assert when.hour_minute(ms, zone) == when.date_time(ms, zone)[11:16]


@given(moments)
def test_an_exact_date_is_read_back_as_the_same_instant(case: tuple[Zone, int]) -> None:
    zone, ms = case
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
    assert when.offset(ms, ST_JOHNS) == "-02:30"
    assert when.offset(ms, UTC) == "+00:00"
    assert when.zone_label(ms, ZURICH) == "Europe/Zurich +02:00"
    assert when.zone_label(ms, UTC) == "UTC"


@given(instants, instants, zones)
@example(at("2026-03-29T01:00"), at("2026-03-29T00:59"), ZURICH)
@example(at("2026-11-23T23:30"), at("2026-11-23T22:30"), ZURICH)
def test_a_moment_has_its_date_unless_that_is_todays(ms: int, now: int, zone: Zone) -> None:
    shown, today = when.date_time(ms, zone), when.date_time(now, zone)
    expected = shown[11:] if shown[:10] == today[:10] else shown
    assert when.moment_exact(ms, now, zone) == expected
    assert when.moment(ms, now, zone) == expected[:-3]


@given(instants, instants, zones)
@example(at("2026-12-31T23:30"), at("2027-01-01T00:30"), UTC)
@example(at("2026-12-31T23:30"), at("2027-01-01T00:30"), ZURICH)
def test_a_time_is_dated_with_its_year_unless_that_is_this_one(
    ms: int, now: int, zone: Zone
) -> None:
    whole, today = when.date_time(ms, zone), when.date_time(now, zone)
    this_year = whole[:4] == today[:4]
    assert when.dated(ms, now, zone) == (whole[5:] if this_year else whole)
    fitted = {width: when.dated(ms, now, zone, width) for width in range(10, 20)}
    assert all(len(text) <= width for width, text in fitted.items())
    assert fitted[14] == (whole[5:] if this_year else whole[:10])
    assert fitted[11] == (whole[5:16] if this_year else whole[:10])
    assert fitted[16] == (whole[5:] if this_year else whole[:16])


@given(anything)
def test_a_moment_that_has_no_date_is_a_dash(ms: object) -> None:
    if when.date_time(ms, UTC) == "–":
        assert when.moment(ms, 0, UTC) == when.moment_exact(ms, 0, UTC) == "–"
        assert when.dated(ms, 0, UTC) == when.dated(ms, 0, UTC, 11) == "–"
    else:
        assert isinstance(ms, int | float)


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
