"""Instants, zones and ranges, and how an instant is shown.

Instants are epoch milliseconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC as UTC_INFO
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from math import inf
from typing import NamedTuple, TypeAlias

__all__ = [
    "ALWAYS",
    "NONE",
    "UTC",
    "Milliseconds",
    "TimeRange",
    "WhenError",
    "Zone",
    "date_time",
    "date_time_exact",
    "dated",
    "day_time",
    "epoch_ms",
    "hour_minute",
    "iso",
    "moment",
    "moment_exact",
    "now_ms",
    "offset",
    "wall_clock",
    "zone_label",
]

Milliseconds: TypeAlias = int | float

NONE = "–"
"""Stands for a time that there isn't."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC_INFO)
_BLOCK = 900
"""Seconds that are looked up together: almost all clocks change on a quarter of an hour."""


class WhenError(ValueError):
    """A date, zone or length of time that can't be understood; its text says what is accepted."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The instants from `start` up to, but without, `end`; None is unbounded."""

    start: int | None = None
    end: int | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return both as numbers, infinite where it is unbounded."""
        return (
            -inf if self.start is None else self.start,
            inf if self.end is None else self.end,
        )


ALWAYS = TimeRange()


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name."""

    name: str
    info: tzinfo


UTC = Zone("UTC", UTC_INFO)


def now_ms() -> int:
    """Return the wall clock's time."""
    return time.time_ns() // 1_000_000


def wall_clock(ms: Milliseconds, zone: Zone) -> datetime:
    """Return what a zone's clock shows at an instant, to the second."""
    return _clock(int(ms // 1_000), zone)


def epoch_ms(moment: datetime) -> int:
    """Return the instant of a date that has a zone."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def iso(ms: Milliseconds) -> str | None:
    """Return ``2020-12-03T21:39:35.775Z``, None where no such date can be written."""
    wall = _wall(ms, UTC)
    return None if wall is None else f"{wall[0]}T{wall[1]}.{int(ms) % 1_000:03}Z"


def date_time(ms: object, zone: Zone) -> str:
    """Return ``2026-11-23 14:03:22``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else f"{wall[0]} {wall[1]}"


def moment(ms: object, now: int, zone: Zone) -> str:
    """Return what `date_time` does, to the minute, without the date of `now` (ms)."""
    return moment_exact(ms, now, zone)[:-3] or NONE


def moment_exact(ms: object, now: int, zone: Zone) -> str:
    """Return what `date_time` does, without the date where that is the one of `now` (ms)."""
    return date_time(ms, zone).removeprefix(date_time(now, zone)[:11])


def day_time(ms: object, zone: Zone) -> str:
    """Return ``11-23 14:03:22``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else f"{wall[0][5:]} {wall[1]}"


def dated(ms: object, now: int, zone: Zone, width: int = 19) -> str:
    """Return ``11-23 14:03:22``, with the year where it isn't that of `now` (ms); a dash for none.

    Where `width` cells are too few for that it is to the minute, else the date alone.
    """
    shown = date_time(ms, zone).removeprefix(date_time(now, zone)[:5])
    date = shown[:-9] or NONE
    return next((text for text in (shown, shown[:-3]) if len(text) <= width), date)


def hour_minute(ms: object, zone: Zone) -> str:
    """Return ``14:03``, a dash for no time."""
    wall = _wall(ms, zone)
    return NONE if wall is None else wall[1][:5]


def date_time_exact(ms: object, zone: Zone) -> str:
    """Return ``2026-11-23 14:03:22.775 +02:00``, a dash for no time."""
    wall = _wall(ms, zone)
    if wall is None or not isinstance(ms, int | float):
        return NONE
    return f"{wall[0]} {wall[1]}.{int(ms) % 1_000:03} {offset(ms, zone)}"


def offset(ms: Milliseconds, zone: Zone) -> str:
    """Return the zone's distance from UTC at an instant: ``+02:00``."""
    seconds = int(ms // 1_000)
    try:
        block = _block(seconds // _BLOCK, zone)
        minutes = block.offset if block else _offset_minutes(_clock(seconds, zone))
    except (OverflowError, ValueError):
        minutes = 0
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zone_label(ms: Milliseconds, zone: Zone) -> str:
    """Return the zone's name and distance from UTC at an instant: ``Europe/Zurich +01:00``."""
    return zone.name if zone == UTC else f"{zone.name} {offset(ms, zone)}"


def _wall(ms: object, zone: Zone) -> tuple[str, str] | None:
    """Return date and time of day in a zone, None where there is no such date."""
    if not isinstance(ms, int | float):
        return None
    try:
        seconds = int(ms) // 1_000
        number, rest = divmod(seconds, _BLOCK)
        block = _block(number, zone)
        if block is None:
            clock = _clock(seconds, zone)
            return _date(clock), f"{clock:%H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return None
    return block.date, _time_of_day(block.second + rest)


class _Block(NamedTuple):
    """A quarter of an hour: its date, the second of the day it begins with, minutes from UTC."""

    date: str
    second: int
    offset: int


@lru_cache(maxsize=4096)
def _block(number: int, zone: Zone) -> _Block | None:
    """Return a quarter of an hour, None where the date or the offset changes within it."""
    first, last = (_clock(number * _BLOCK + second, zone) for second in (0, _BLOCK - 1))
    if first.date() != last.date() or first.utcoffset() != last.utcoffset():
        return None
    second = first.hour * 3600 + first.minute * 60 + first.second
    return _Block(_date(first), second, _offset_minutes(first))


@lru_cache(maxsize=8192)
def _time_of_day(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _clock(seconds: int, zone: Zone) -> datetime:
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone.info)


def _date(moment: datetime) -> str:
    # strftime's %Y doesn't pad on every system.
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _offset_minutes(moment: datetime) -> int:
    distance = moment.utcoffset()
    return round(distance.total_seconds() / 60) if distance else 0
