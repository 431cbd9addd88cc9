"""Days and months of a zone: where they begin, and which one an instant falls on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from jobwatch.model.when import Milliseconds, TimeRange, Zone, epoch_ms, wall_clock

__all__ = ["day_edges", "day_of", "day_start", "days_range", "month_range"]


def day_of(ms: Milliseconds, zone: Zone) -> date:
    """Return the day that an instant falls on."""
    return wall_clock(ms, zone).date()


def day_start(day: date, zone: Zone) -> int:
    """Return the first instant of a day; where midnight is skipped, that of the clock's change.

    A day lasts until the next begins: where the clock then goes back over midnight (St John's did
    until 2011), the hour that is shown with the old date again is of the day that has begun.
    """
    first = datetime(day.year, day.month, day.day, tzinfo=zone.info)
    # Before a gap the offset of fold=1 is the one behind it; a day begun twice begins with fold=0.
    instants = epoch_ms(first), epoch_ms(first.replace(fold=1))
    exists = wall_clock(instants[0], zone).replace(tzinfo=None) == first.replace(tzinfo=None)
    return min(instants) if exists else instants[0]


def days_range(first: date, count: int, zone: Zone) -> TimeRange:
    """Return so many days from the first on."""
    return TimeRange(day_start(first, zone), day_start(first + timedelta(days=count), zone))


def month_range(year: int, month: int, zone: Zone) -> TimeRange:
    """Return a whole month."""
    return days_range(date(year, month, 1), monthrange(year, month)[1], zone)


def day_edges(year: int, month: int, zone: Zone) -> list[int]:
    """Return the start of each day of a month, and of the first day after it."""
    first = date(year, month, 1)
    count = monthrange(year, month)[1]
    return [day_start(first + timedelta(days=number), zone) for number in range(count + 1)]
