"""Where days and months begin."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jobwatch.model.days import day_edges, day_of, day_start, month_range
from jobwatch.model.when import TimeRange, Zone
from tests.model.zone_cases import HOUR, KIRITIMATI, NEVER, ZONES, ZURICH, days, wall, zones

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


def there_was(day: date, zone: Zone) -> bool:
    return (zone, day) not in NEVER


@given(days, zones)
@example(date(1995, 1, 1), KIRITIMATI)
def test_a_day_starts_at_its_first_instant(day: date, zone: Zone) -> None:
    assume(there_was(day, zone))
    start = day_start(day, zone)
    before = day - timedelta(days=1 if there_was(day - timedelta(days=1), zone) else 2)
    assert day_of(start, zone) == wall(start, zone).date() == day
    assert day_of(start - 1, zone) == wall(start - 1, zone).date() == before


def test_a_day_that_a_zone_never_had_is_empty() -> None:
    start = day_start(date(1994, 12, 31), KIRITIMATI)
    assert start == day_start(date(1995, 1, 1), KIRITIMATI)
    assert day_edges(1994, 12, KIRITIMATI)[-2:] == [start, start]
    assert month_range(1994, 12, KIRITIMATI).end == start


@pytest.mark.parametrize(("name", "day", "hours"), AWKWARD_DAYS)
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_was(
    name: str, day: date, hours: float
) -> None:
    zone = ZONES[name]
    start, end = (day_start(day + timedelta(days=more), zone) for more in (0, 1))
    assert (end - start) / HOUR == hours
    assert wall(start, zone).date() == wall(end - 1, zone).date() == day
    assert wall(start - 1, zone).date() < day < wall(end, zone).date()


@given(st.integers(1972, 2200), st.integers(1, 12), zones)
def test_the_edges_of_a_months_days_increase_and_cover_it(
    year: int, month: int, zone: Zone
) -> None:
    assume(all((zone, year, month) != (gone, day.year, day.month) for gone, day in NEVER))
    edges = day_edges(year, month, zone)
    assert all(this < following for this, following in pairwise(edges))
    assert TimeRange(edges[0], edges[-1]) == month_range(year, month, zone)
    assert [day_of(edge, zone).day for edge in edges] == [*range(1, len(edges)), 1]
    assert 29 <= len(edges) <= 32


def test_february_has_a_leap_day_every_fourth_year_but_not_in_2100() -> None:
    assert [len(day_edges(year, 2, ZURICH)) - 1 for year in (2000, 2024, 2026, 2100)] == [
        29, 29, 28, 28,
    ]  # fmt: skip
