"""Months as a calendar shows them: their weeks, and the ways from day to day."""

from __future__ import annotations

from calendar import Calendar, monthrange
from datetime import date, timedelta

__all__ = ["LAST", "shifted", "turned", "weeks"]

LAST = date(9999, 11, 30)
"""The last day that can be shown: the month behind it has a week that ends where no date is."""


def shifted(day: date, days: int) -> date:
    """Return the day so many days on; the same one where there is none."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def turned(day: date, months: int) -> date:
    """Return the same day so many months on, or the month's last; itself where there is none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not date.min.year <= year <= LAST.year:
        return day
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def weeks(day: date) -> list[list[date]]:
    """Return the weeks of a day's month from Monday on, with the days of others in them."""
    return Calendar().monthdatescalendar(day.year, day.month)
