"""Lengths of time: how they are shown, and how they are typed."""

from __future__ import annotations

import math
import re

from jobwatch.model.when import NONE, WhenError

__all__ = [
    "DAY",
    "HOUR",
    "LENGTHS",
    "MINUTE",
    "SECOND",
    "duration",
    "elapsed",
    "parse_length",
    "roughly",
    "time_between",
    "time_taken",
]

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
"""In milliseconds."""

LENGTHS = "500ms, 10s, 5m, 1h30m"
"""What `parse_length` accepts, by examples."""

_LENGTH = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw])?)+", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])?", re.IGNORECASE)
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


def parse_length(text: str) -> float:
    """Return a typed length of time in milliseconds; a number without a unit is seconds.

    `WhenError` where it can't be understood; infinite where no number is so large.
    """
    if not _LENGTH.fullmatch(text):
        raise WhenError(f"{text!r} is not a length of time; accepted are {LENGTHS}")
    parts = _PART.findall(text.lower())
    return sum(float(number) * _UNITS[unit or "s"] for number, unit in parts)


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


def time_between(start: object, end: object) -> float | None:
    """Return how many ms lie between, None where one isn't known or the end is before the start."""
    if not isinstance(start, int | float) or not isinstance(end, int | float) or end < start:
        return None
    return end - start


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


def roughly(ms: float) -> str:
    """Return a length that is only guessed, rounded up: ``40s``, ``3m``, ``1h20m``, ``2d``."""
    seconds = max(math.ceil(ms / (5 * SECOND)) * 5, 5)
    if seconds < 120:
        return f"{seconds}s"
    if (minutes := math.ceil(ms / MINUTE)) < 60:
        return f"{minutes}m"
    hours, minutes = divmod(math.ceil(ms / (10 * MINUTE)) * 10, 60)
    if hours < 48:
        return f"{hours}h{minutes}m" if minutes else f"{hours}h"
    return f"{math.ceil(ms / DAY):,}d"
