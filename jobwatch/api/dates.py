"""The dates that HarperDB accepts in a search: ISO 8601, read as strictly as moment reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from jobwatch.model.when import Zone

__all__ = ["read_date"]

# A day, with or without a time: both with separators (2026-11-23T14:03) or both without.
_DAY = re.compile(
    r"""
    (?P<year> [+-]\d{6} | \d{4} )
    (?P<dash> - )?
    (?: (?P<month>\d\d) (?(dash)-) (?P<day>\d\d)
      | W (?P<week>\d\d) (?(dash)-) (?P<weekday>\d)
      | (?P<ordinal>\d{3})
    )
    (?: [T ] (?P<hour>\d\d)
        (?: (?(dash):) (?P<minute>\d\d)
            (?: (?(dash):) (?P<second>\d\d) (?: [.,] (?P<fraction>\d+) )? )?
        )?
        (?P<zone> Z | [+-]\d\d (?: :?\d\d )? )?
    )?
    """,
    re.ASCII | re.VERBOSE,
)

# A year, month or week; none of them can have a time.
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d\d)|-?W(?P<week>\d\d))?", re.ASCII)

_Parts: TypeAlias = Mapping[str, str | None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

# The calendar repeats itself, weekdays and all.
_CYCLE_YEARS = 400
_CYCLE = timedelta(days=146_097) // _MILLISECOND

LAST_INSTANT = 8_640_000_000_000_000
"""The milliseconds from the epoch to the last instant that a JavaScript date can hold."""


def read_date(value: object, zone: Zone) -> int | None:
    """Return a date's first instant in epoch milliseconds, None where HarperDB refuses it.

    A date without a zone is one of `zone`. A JSON number is read by its digits: 2026 is a year.
    """
    text = _text(value)
    match = _DAY.fullmatch(text) or _PERIOD.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    cycles, year = _representable(int(match["year"]))
    try:
        wall = _midnight(parts, year) + _time_of_day(parts)
    except ValueError:
        return None
    offset = _offset(parts.get("zone"), wall, zone)
    instant = (wall - offset - _EPOCH) // _MILLISECOND + cycles * _CYCLE
    return instant if abs(instant) <= LAST_INSTANT else None


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) <= LAST_INSTANT else ""
    return value if isinstance(value, str) else ""


def _representable(year: int) -> tuple[int, int]:
    """Return a year that Python's dates hold, and by how many cycles the one meant is later."""
    if 400 <= year < 9_600:
        return 0, year
    same = (800 if year < 400 else 8_000) + year % _CYCLE_YEARS
    return (year - same) // _CYCLE_YEARS, same


def _midnight(parts: _Parts, year: int) -> datetime:
    """Return the beginning of a day or period; raise `ValueError` where there is none such."""
    month, day = parts.get("month"), parts.get("day")
    week, weekday, ordinal = parts.get("week"), parts.get("weekday"), parts.get("ordinal")
    if len(parts["year"] or "") > 4 and month is None:
        raise ValueError("only a month and day follow a year of six digits")
    if week is not None:
        found = date.fromisocalendar(year, int(week), int(weekday or 1))
    elif ordinal is not None:
        found = date(year, 1, 1) + timedelta(days=int(ordinal) - 1)
        if found.year != year:
            raise ValueError("the year has no such day")
    else:
        found = date(year, int(month or 1), int(day or 1))
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _time_of_day(parts: _Parts) -> timedelta:
    """Return the time since midnight; raise `ValueError` where no day has such a time."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    millisecond = int((parts.get("fraction") or "")[:3].ljust(3, "0"))
    time = timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=millisecond)
    if minute > 59 or second > 59 or time > timedelta(days=1):
        raise ValueError("a day has no such time")
    return time


def _offset(text: str | None, wall: datetime, zone: Zone) -> timedelta:
    """Return how far a wall clock is ahead of UTC."""
    if text is None:
        return wall.replace(tzinfo=zone.info).utcoffset() or timedelta()
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if text[0] == "-" else ahead
