"""How busy days are: what is counted of each, and the few levels that a calendar shows."""

from __future__ import annotations

from calendar import day_abbr
from collections.abc import Sequence
from datetime import date
from math import ceil, log
from typing import NamedTuple

__all__ = ["LEVELS", "DayCount", "describe_day", "heat_levels"]

LEVELS = 4
"""How many levels there are, from 1 on; 0 is a day without jobs."""
_DOUBLED = 2**LEVELS


class DayCount(NamedTuple):
    """How many jobs started on a day, and how many of them failed or were lost."""

    jobs: int
    failed: int


def heat_levels(counts: Sequence[int]) -> list[int]:
    """Return the level of each count, on a logarithmic scale from the least above 0 to the most.

    The most has the highest level. From one level to the next a count doubles at least: what is
    nearly the same looks the same.
    """
    most = max(counts, default=0)
    least = min((count for count in counts if count > 0), default=0)
    base = min(least, most / _DOUBLED)
    return [_level(count, base, most) if count > 0 else 0 for count in counts]


def describe_day(day: date, count: DayCount | None) -> str:
    """Return a day with its counts: ``Tue 2026-11-24 · 1,204 jobs, 17 failed``; alone without."""
    text = f"{day_abbr[day.weekday()]} {day.isoformat()}"
    if count is None:
        return text
    jobs = f"{count.jobs or 'no':{',' if count.jobs else ''}} job{'s' * (count.jobs != 1)}"
    return f"{text} · {jobs}" + (f", {count.failed:,} failed" if count.failed else "")


def _level(count: int, base: float, most: int) -> int:
    share = log(count / base) / log(most / base)
    # Rounded: the edge of a level must not depend on a logarithm's last digit.
    return min(max(ceil(round(share * LEVELS, 9)), 1), LEVELS)
