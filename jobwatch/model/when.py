"""Instants, ranges, zones and durations as they are shown.

Instants are epoch milliseconds. Typed dates are in `dates`, the only user of pendulum, which is
imported when a date is typed: to show one must not cost its 40 ms.
"""

from __future__ import annotations

import os
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

__all__ = [
    "ALWAYS",
    "NONE",
    "UTC",
    "Milliseconds",
    "Preset",
    "TimeRange",
    "WhenError",
    "Zone",
    "date_time",
    "date_time_exact",
    "day_edges",
    "day_of",
    "day_start",
    "day_time",
    "describe",
    "duration",
    "elapsed",
    "hour_minute",
    "iso",
    "local_zone",
    "month_range",
    "now_ms",
    "offset",
    "parse_period",
    "parse_range",
    "presets",
    "time_taken",
    "zone_label",
    "zone_named",
]

Milliseconds: TypeAlias = int | float

NONE = "–"
"""Stands for a time that there isn't."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC_INFO)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

# Since then every zone is a multiple of a quarter of an hour away from UTC, and changes on one.
_EVEN_SINCE = 94_694_400
_BLOCK = 900


class WhenError(ValueError):
    """A date or zone that can't be understood; its text says what is accepted."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The instants from `start` up to, but without, `end`; None is unbounded."""

    start: int | None = None
    end: int | None = None


ALWAYS = TimeRange()


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name."""

    name: str
    info: tzinfo


UTC = Zone("UTC", UTC_INFO)


class Preset(NamedTuple):
    """A range that has a name."""

    label: str
    range: TimeRange


def now_ms() -> int:
    """Return the wall clock's time."""
    return time.time_ns() // 1_000_000


def local_zone() -> Zone:
    """Return the machine's zone: ``TZ`` where it is set, else the system's own."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        try:
            name = os.readlink("/etc/localtime").partition("zoneinfo/")[2]
        except OSError:
            name = ""
    found = _zone(name)
    if found is None:
        from jobwatch.model.dates import system_zone

        found = system_zone()
    return found


def zone_named(text: str) -> Zone:
    """Return the zone of a name: ``local``, ``UTC``, or IANA's; `WhenError` if there is none."""
    if text.lower() == "local":
        return local_zone()
    found = _zone(text)
    if found is not None:
        return found
    names = {name.lower(): name for name in available_timezones()}
    if text.lower() in names:
        return Zone(names[text.lower()], ZoneInfo(names[text.lower()]))
    cities = {name.rpartition("/")[2].lower(): name for name in names.values()}
    near = get_close_matches(text.lower(), [*names, *cities], n=1)
    hint = f"; did you mean {names.get(near[0]) or cities[near[0]]}?" if near else ""
    raise WhenError(
        f"there is no zone {text!r}: local, UTC or a name such as Europe/Zurich is accepted{hint}"
    )


def _zone(name: str) -> Zone | None:
    if name.upper() in ("UTC", "ETC/UTC"):
        return UTC
    try:
        return Zone(name, ZoneInfo(name)) if name else None
    except (KeyError, OSError, ValueError):  # no such zone; a folder of zones; a path
        return None


def parse_period(text: str, *, now: int, zone: Zone) -> TimeRange:
    """Return the period that a typed date names; see `dates.parse_period`."""
    from jobwatch.model import dates

    return dates.parse_period(text, now=now, zone=zone)


def parse_range(from_text: str | None, to_text: str | None, *, now: int, zone: Zone) -> TimeRange:
    """Return the range between two typed dates; see `dates.parse_range`."""
    from jobwatch.model import dates

    return dates.parse_range(from_text, to_text, now=now, zone=zone)


def presets(now: int, zone: Zone) -> tuple[Preset, ...]:
    """Return the ranges with names, as of now; those that end now are open at the end."""
    today = day_of(now, zone)
    return (
        Preset("last hour", TimeRange(now - HOUR)),
        Preset("today", _days(today, 1, zone)),
        Preset("yesterday", _days(today - timedelta(days=1), 1, zone)),
        Preset("last 7 days", TimeRange(day_start(today - timedelta(days=6), zone))),
        Preset("last 30 days", TimeRange(day_start(today - timedelta(days=29), zone))),
        Preset("this month", month_range(today.year, today.month, zone)),
    )


def _days(first: date, count: int, zone: Zone) -> TimeRange:
    return TimeRange(day_start(first, zone), day_start(first + timedelta(days=count), zone))


def day_start(day: date, zone: Zone) -> int:
    """Return the first instant of a day; where midnight is skipped, that of the clock's change."""
    naive = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the zone comes below
    first = naive.replace(tzinfo=zone.info)
    # Before a gap the offset of fold=1 is the one behind it; a day begun twice begins with fold=0.
    return min(_ms(first), _ms(first.replace(fold=1))) if _exists(first) else _ms(first)


def _exists(moment: datetime) -> bool:
    back = moment.astimezone(UTC_INFO).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def day_of(ms: Milliseconds, zone: Zone) -> date:
    """Return the day that an instant falls on."""
    return _moment(int(ms // SECOND), zone).date()


def month_range(year: int, month: int, zone: Zone) -> TimeRange:
    """Return a whole month."""
    return _days(date(year, month, 1), monthrange(year, month)[1], zone)


def day_edges(year: int, month: int, zone: Zone) -> list[int]:
    """Return the start of each day of a month, and of the first day after it."""
    first = date(year, month, 1)
    count = monthrange(year, month)[1]
    return [day_start(first + timedelta(days=number), zone) for number in range(count + 1)]


def iso(ms: Milliseconds) -> str | None:
    """Return ``2020-12-03T21:39:35.775Z``, None where no such date can be written."""
    wall = _wall(ms, UTC)
    return None if wall is None else f"{wall[0]}T{wall[1]}.{int(ms) % SECOND:03}Z"


def date_time(ms: object, zone: Zone) -> str:
    """Return ``2026-11-23 14:03:22``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else f"{wall[0]} {wall[1]}"


def day_time(ms: object, zone: Zone) -> str:
    """Return ``11-23 14:03:22``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else f"{wall[0][5:]} {wall[1]}"


def hour_minute(ms: object, zone: Zone) -> str:
    """Return ``14:03``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else wall[1][:5]


def date_time_exact(ms: object, zone: Zone) -> str:
    """Return ``2026-11-23 14:03:22.775 +02:00``, a dash for no time."""
    wall = _wall(ms, zone)
    if wall is None or not isinstance(ms, int | float):
        return NONE
    return f"{wall[0]} {wall[1]}.{int(ms) % SECOND:03} {offset(ms, zone)}"


def offset(ms: Milliseconds, zone: Zone) -> str:
    """Return the zone's distance from UTC at an instant: ``+02:00``."""
    minutes = _offset_minutes(int(ms // HOUR), zone)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zone_label(ms: Milliseconds, zone: Zone) -> str:
    """Return the zone's name and distance from UTC at an instant: ``Europe/Zurich +01:00``."""
    return zone.name if zone == UTC else f"{zone.name} {offset(ms, zone)}"


def describe(range: TimeRange, zone: Zone) -> str:
    """Return a range in words, with its length and zone."""
    if range == ALWAYS:
        return "any time"
    start, end = range.start, range.end
    at = start if start is not None else end
    label = zone_label(at or 0, zone)
    if end is None:
        return f"from {_edge(start, zone)}, {label}"
    if start is None:
        return f"before {_edge(end, zone)}, {label}"
    return f"{_edge(start, zone)} → {_edge(end, zone)} ({_length(range, zone)}), {label}"


def _edge(ms: int | None, zone: Zone) -> str:
    text = date_time(ms, zone)
    return text[:-3] if text.endswith(":00") else text


def _length(range: TimeRange, zone: Zone) -> str:
    start, end = range.start or 0, range.end or 0
    if start == end:
        return "empty"
    try:
        whole_days = all(day_start(day_of(ms, zone), zone) == ms for ms in (start, end))
        days = (day_of(end, zone) - day_of(start, zone)).days
    except (OverflowError, ValueError):  # beyond the years that have a date
        return duration(end - start)
    if whole_days:
        return f"{days} day{'s' * (days != 1)}"
    return duration(end - start)


def duration(ms: object) -> str:
    """Return how long something took, at most 8 wide; a dash where that isn't known."""
    if not isinstance(ms, int | float) or not 0 <= ms < 1e15:
        return NONE
    if ms < SECOND:
        return f"{int(ms)}ms"
    if ms < MINUTE:
        return f"{int(ms) // 100 / 10:.1f}s"
    return elapsed(ms)


def time_taken(start: object, end: object, *, running: bool, now: int) -> str:
    """Return how long a job has run by `now` if it is running, else how long it took."""
    if not isinstance(start, int | float):
        return NONE
    if running:
        return elapsed(now - start)
    return duration(end - start) if isinstance(end, int | float) else NONE


def elapsed(ms: object) -> str:
    """Return how long something has run, in whole seconds and at most 8 wide."""
    if not isinstance(ms, int | float) or not ms < 1e15:
        return NONE
    seconds = int(max(ms, 0)) // SECOND
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours >= 24 * 100:
        return f"{hours // 24}d"
    if hours >= 24 * 10:
        return f"{hours // 24}d {hours % 24:02}h"
    if hours >= 24:
        return f"{hours // 24}d {hours % 24:02}:{minutes:02}"
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"


def _wall(ms: object, zone: Zone) -> tuple[str, str] | None:
    """Return date and time of day in a zone, None where there is no such date."""
    if not isinstance(ms, int | float):
        return None
    try:
        seconds = int(ms) // SECOND
        if seconds < _EVEN_SINCE:
            moment = _moment(seconds, zone)
            return _date(moment), f"{moment:%H:%M:%S}"
        block, rest = divmod(seconds, _BLOCK)
        day, begin = _block(block, zone)
    except (OverflowError, ValueError, OSError):
        return None
    return day, _time_of_day(begin + rest)


@lru_cache(maxsize=4096)
def _block(block: int, zone: Zone) -> tuple[str, int]:
    """Return the date of a quarter of an hour, and the second of the day that it begins with."""
    moment = _moment(block * _BLOCK, zone)
    return _date(moment), moment.hour * 3600 + moment.minute * 60 + moment.second


@lru_cache(maxsize=8192)
def _time_of_day(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _moment(seconds: int, zone: Zone) -> datetime:
    return (EPOCH + timedelta(seconds=seconds)).astimezone(zone.info)


def _date(moment: datetime) -> str:
    # strftime's %Y doesn't pad on every system.
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


@lru_cache(maxsize=4096)
def _offset_minutes(hour: int, zone: Zone) -> int:
    try:
        distance = _moment(hour * 3600, zone).utcoffset()
    except (OverflowError, ValueError):
        return 0
    return round(distance.total_seconds() / 60) if distance else 0
