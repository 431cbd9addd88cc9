"""Dates as people type them: the only user of pendulum."""

from __future__ import annotations

import re
from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta, timezone

import pendulum

from jobwatch.model.days import day_of, day_start, days_range, month_range
from jobwatch.model.durations import MINUTE, SECOND
from jobwatch.model.when import UTC, TimeRange, WhenError, Zone, epoch_ms, wall_clock

__all__ = ["ACCEPTED", "parse_period", "system_zone"]

ACCEPTED = (
    "2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00+02:00, 2026-03, 2026,"
    " today, yesterday, now, -7d, -12h, -90m"
)

_AGO = re.compile(r"-(\d{1,6})([smhdw])", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?: ?(?P<zone>Z|[+-]\d\d:?\d\d))?)?)?)?",
    re.IGNORECASE,
)


def system_zone() -> Zone:
    """Return the zone that the system is set to."""
    zone = pendulum.now().timezone
    return Zone(zone.name, zone) if zone is not None else UTC


def parse_period(text: str, *, now: int, zone: Zone) -> TimeRange:
    """Return the period that a typed date names: a year, month, day, minute, second or millisecond.

    ``now`` and what is so long ago (``-7d``) are instants, of no length. A time of day may have its
    own zone behind it; everything else is of `zone`, where a time that the clock shows twice is the
    first of the two, and one that it skips is as much later. `WhenError` says what is accepted.
    """
    typed = text.strip()
    present = pendulum.instance(datetime.fromtimestamp(now // 1000, zone.info)).add(
        microseconds=now % 1000 * 1000
    )
    word = typed.lower()
    if word == "now":
        return TimeRange(now, now)
    if word in ("today", "yesterday"):
        return days_range(day_of(now, zone) - timedelta(days=word == "yesterday"), 1, zone)
    try:
        if ago := _AGO.fullmatch(typed):
            past = present.subtract(**{_UNITS[ago[2].lower()]: int(ago[1])})
            then = past.int_timestamp * 1000 + past.microsecond // 1000
            return TimeRange(then, then)
        if match := _DATE.fullmatch(typed):
            return _showable(_dated(match, zone), zone)
    except (ValueError, OverflowError) as error:
        raise WhenError(f"there is no {text!r}; accepted are {ACCEPTED}") from error
    raise WhenError(f"{text!r} is not a date; accepted are {ACCEPTED}")


def _dated(match: re.Match[str], zone: Zone) -> TimeRange:
    if match["hour"]:
        return _timed(match, zone)
    year = int(match["year"])
    if match["day"]:
        return days_range(date(year, int(match["month"]), int(match["day"])), 1, zone)
    if match["month"]:
        return month_range(year, int(match["month"]), zone)
    return TimeRange(day_start(date(year, 1, 1), zone), day_start(date(year + 1, 1, 1), zone))


def _showable(range: TimeRange, zone: Zone) -> TimeRange:
    """Return a range; `OverflowError` if one of its edges is beyond the years that have a date."""
    for edge in (range.start, range.end):
        wall_clock(edge or 0, zone)
    return range


def _timed(match: re.Match[str], zone: Zone) -> TimeRange:
    year, month, day, hour, minute = (
        int(match[name]) for name in ("year", "month", "day", "hour", "minute")
    )
    second, fraction = match["second"], match["fraction"]
    moment = datetime(
        year,
        month,
        day,
        hour,
        minute,
        int(second or 0),
        int(fraction.ljust(6, "0")) if fraction else 0,
        tzinfo=_written(match["zone"]) if match["zone"] else zone.info,
    )
    start = epoch_ms(moment)
    return TimeRange(start, start + (1 if fraction else SECOND if second else MINUTE))


def _written(text: str) -> timezone:
    if text in "Zz":
        return UTC_INFO
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(f"no zone is {text} from UTC")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
