"""Ranges of time: by their names, as they are typed, and in words.

Typed dates are in `dates`, the only user of pendulum, which is imported when a date is typed: to
show one must not cost its 40 ms.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from jobwatch.model.days import day_of, day_start, days_range, month_range
from jobwatch.model.durations import HOUR, SECOND, duration
from jobwatch.model.query import Within
from jobwatch.model.when import ALWAYS, TimeRange, WhenError, Zone, date_time, offset, zone_label

__all__ = [
    "BackwardsError",
    "Preset",
    "describe",
    "describe_within",
    "parse_period",
    "parse_range",
    "presets",
    "typed_end",
    "typed_start",
]


class BackwardsError(WhenError):
    """A range whose end is before its start."""


class Preset(NamedTuple):
    """A range that has a name."""

    label: str
    range: TimeRange


def presets(now: int, zone: Zone) -> tuple[Preset, ...]:
    """Return the ranges with names, as of now; those that end now are open at the end."""
    today = day_of(now, zone)
    return (
        Preset("last hour", TimeRange(now - HOUR)),
        Preset("today", days_range(today, 1, zone)),
        Preset("yesterday", days_range(today - timedelta(days=1), 1, zone)),
        Preset("last 7 days", TimeRange(day_start(today - timedelta(days=6), zone))),
        Preset("last 30 days", TimeRange(day_start(today - timedelta(days=29), zone))),
        Preset("this month", month_range(today.year, today.month, zone)),
    )


def parse_period(text: str, *, now: int, zone: Zone) -> TimeRange:
    """Return the period that a typed date names; see `dates.parse_period`."""
    from jobwatch.model import dates

    return dates.parse_period(text, now=now, zone=zone)


def parse_range(from_text: str | None, to_text: str | None, *, now: int, zone: Zone) -> TimeRange:
    """Return the range from the start of one typed date to the end of another.

    The end includes the whole period that it names; no text is no edge. `WhenError` where a date
    can't be understood, `BackwardsError` where the second is before the first, though its end may
    be where that starts: 2026-03 to 2026-02.
    """
    first = parse_period(from_text, now=now, zone=zone) if from_text else ALWAYS
    last = parse_period(to_text, now=now, zone=zone) if to_text else ALWAYS
    start, _ = first.bounds
    begin, end = last.bounds
    if begin < start >= end:
        raise BackwardsError(
            f"from {from_text} ({date_time(first.start, zone)}) is after to {to_text}"
            f" ({date_time(last.start, zone)})"
        )
    return TimeRange(first.start, last.end)


def typed_start(ms: int | None, zone: Zone) -> str:
    """Return what one types for the start of a range, to the second: a day where it begins one."""
    if ms is None:
        return ""
    day = day_of(ms, zone)
    return day.isoformat() if day_start(day, zone) == ms else _typed_second(ms, zone)


def typed_end(ms: int | None, zone: Zone) -> str:
    """Return what one types for the end of a range: the last day, or second, that is in it."""
    if ms is None:
        return ""
    if day_start(day_of(ms, zone), zone) == ms:
        return day_of(ms - 1, zone).isoformat()
    return _typed_second(ms - SECOND, zone)


def _typed_second(ms: int, zone: Zone) -> str:
    text = date_time(ms, zone)
    # A time that the clock shows twice is read as the first of the two.
    again = parse_period(text, now=ms, zone=zone).start
    return text if again == ms // SECOND * SECOND else f"{text}{offset(ms, zone)}"


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


def describe_within(range: TimeRange, within: Within, zone: Zone) -> str:
    """Return a range in words, with what of a job lies in it where that isn't its start."""
    text = describe(range, zone)
    if within is Within.STARTED or range == ALWAYS:
        return text
    bounded = range.start is not None and range.end is not None
    return f"running {'during' if bounded else 'at any time'} {text}"


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
