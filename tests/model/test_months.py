"""Months as a calendar shows them, to the ends of what has a date."""

from __future__ import annotations

from datetime import date

import pytest

from jobwatch.model.months import LAST, shifted, turned, weeks


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date.min, -1, date.min),
    ],
)
def test_a_month_turns_to_the_same_day_if_it_has_one(day: date, months: int, found: date) -> None:
    assert turned(day, months) == found


def test_beyond_the_ends_a_day_stays() -> None:
    assert shifted(date.max, 1) == date.max
    assert shifted(date.min, -7) == date.min


def test_the_first_and_the_last_month_have_whole_weeks() -> None:
    for day in (date.min, date(2026, 2, 3), LAST):
        assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks(day))
