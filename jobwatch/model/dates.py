"""Dates as people type them: the only user of pendulum."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pendulum

from jobwatch.model.when import (
    UTC,
    TimeRange,
    WhenError,
    Zone,
    date_time,
    day_of,
    day_start,
    month_range,
)

__all__ = ["ACCEPTED", "parse_period", "parse_range", "system_zone"]

ACCEPTED = (
    "2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00+02:00, 2026-03, 2026,"
    " today, yesterday, now, -7d, -12h, -90m"
)

_AGO = re.compile(r"-(\d{1,6})([smhdw])", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.IGNORECASE,
)


def system_zone() -> Zone:
    """Return the zone that the system is set to."""
    zone = pendulum.now().timezone
    return Zone(zone.name, zone) if zone is not None else UTC


def parse_range(from_text: str | None, to_text: str | None, *, now: int, zone: Zone) -> TimeRange:
    """Return the range from the start of one typed date to the end of another.

    The end includes the whole period that it names. `WhenError` where a date can't be understood,
    or the first is after the second.
    """
    start = parse_period(from_text, now=now, zone=zone).start if from_text else None
    end = parse_period(to_text, now=now, zone=zone).end if to_text else None
    if start is not None and end is not None and start > end:
        raise WhenError(
            f"from {from_text} ({date_time(start, zone)}) is after to {to_text}"
            f" ({date_time(end, zone)})"
        )
    return TimeRange(start, end)


def parse_period(text: str, *, now: int, zone: Zone) -> TimeRange:
    """Return the period that a typed date names: a year, month, day, minute, second or millisecond.

    ``now`` and what is so long ago (``-7d``) are instants, of no length. A time of day may have its
    own zone behind it; everything else is of `zone`. `WhenError` says what is accepted.
    """
    typed = text.strip()
    present = pendulum.instance(datetime.fromtimestamp(now // 1000, zone.info)).add(
        microseconds=now % 1000 * 1000
    )
    word = typed.lower()
    if word == "now":
        return TimeRange(now, now)
    if word in ("today", "yesterday"):
        return _day(day_of(now, zone) - timedelta(days=word == "yesterday"), zone)
    try:
        if ago := _AGO.fullmatch(typed):
            then = _ms(present.subtract(**{_UNITS[ago[2].lower()]: int(ago[1])}))
            return TimeRange(then, then)
        if match := _DATE.fullmatch(typed):
            return _dated(match, zone)
    except (ValueError, OverflowError) as error:
        raise WhenError(f"there is no {text!r}; accepted are {ACCEPTED}") from error
    raise WhenError(f"{text!r} is not a date; accepted are {ACCEPTED}")


def _dated(match: re.Match[str], zone: Zone) -> TimeRange:
    if match["hour"]:
        return _timed(match, zone)
    year = int(match["year"])
    if match["day"]:
        return _day(date(year, int(match["month"]), int(match["day"])), zone)
    if match["month"]:
        return month_range(year, int(match["month"]), zone)
    return TimeRange(day_start(date(year, 1, 1), zone), day_start(date(year + 1, 1, 1), zone))


def _day(day: date, zone: Zone) -> TimeRange:
    return TimeRange(day_start(day, zone), day_start(day + timedelta(days=1), zone))


def _timed(match: re.Match[str], zone: Zone) -> TimeRange:
    year, month, day, hour, minute = (
        int(match[name]) for name in ("year", "month", "day", "hour", "minute")
    )
    second, fraction = match["second"], match["fraction"]
    start = pendulum.datetime(
        year,
        month,
        day,
        hour,
        minute,
        int(second or 0),
        int(fraction.ljust(6, "0")) if fraction else 0,
        tz=_written(match["zone"]) if match["zone"] else zone.info,
    )
    if fraction:
        return _period(start, lambda start: start.add(microseconds=1000))
    if second:
        return _period(start, lambda start: start.add(seconds=1))
    return _period(start, lambda start: start.add(minutes=1))


def _written(text: str) -> pendulum.FixedTimezone:
    if text in "Zz":
        return pendulum.FixedTimezone(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(f"no zone is {text} from UTC")
    return pendulum.FixedTimezone((-1 if text[0] == "-" else 1) * (hours * 60 + minutes) * 60)


def _period(
    start: pendulum.DateTime, end: Callable[[pendulum.DateTime], pendulum.DateTime]
) -> TimeRange:
    return TimeRange(_ms(start), _ms(end(start)))


def _ms(moment: pendulum.DateTime) -> int:
    return moment.int_timestamp * 1000 + moment.microsecond // 1000
