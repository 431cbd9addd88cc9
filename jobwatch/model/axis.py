"""The axis of a span of time: round instants of a zone's clock, and what is written at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import ceil
from typing import NamedTuple

from jobwatch.model.days import day_of, day_start
from jobwatch.model.durations import DAY, HOUR, MINUTE, SECOND
from jobwatch.model.timeline import Span
from jobwatch.model.when import Zone, date_time, date_time_exact, day_time, hour_minute, wall_clock

__all__ = ["Tick", "ticks"]

APART = 12
"""Columns from one tick to the next, at least."""

_STEPS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY, 2 * DAY, 7 * DAY),
)
_MONTHS = (1, 3, 6, *(12 * n for n in (1, 2, 5, 10, 20, 50, 100, 500)))
_FIRST_MONDAY = 4 * DAY
_SAMPLES = 16
"""Places of a span at which its zone's offsets are looked up."""


class Tick(NamedTuple):
    """A round instant (ms) in its zone, and its label."""

    at: int
    label: str


def ticks(span: Span, columns: int, zone: Zone) -> list[Tick]:
    """Return the ticks of a span, in order and in it; none where no calendar has its dates."""
    try:
        found = list(_ticks(span, columns, zone))
    except (OverflowError, ValueError):
        return []
    apart: list[Tick] = []
    for tick in found:
        # Where a clock is set back, an hour comes twice.
        if not apart or (tick.at - apart[-1].at) * columns >= APART * span.length:
            apart.append(tick)
    return apart


def _ticks(span: Span, columns: int, zone: Zone) -> Iterator[Tick]:
    for step in _STEPS:
        apart = APART if step >= SECOND else APART + 2
        if step * columns >= apart * span.length:
            for at in _multiples(span, step, zone):
                yield Tick(at, _label(at, step, zone))
            return
    for months in _MONTHS:
        if 28 * DAY * months * columns >= APART * span.length:
            for at in _months(span, months, zone):
                yield Tick(at, date_time(at, zone)[: 7 if months < 12 else 4])
            return


def _multiples(span: Span, step: int, zone: Zone) -> list[int]:
    """Return the instants at which the zone's clock shows a multiple of a step."""
    places = (span.start + span.length * n / _SAMPLES for n in range(_SAMPLES + 1))
    found = set()
    for offset in {_offset(place, zone) for place in places}:
        # Weeks begin on Monday, the epoch on a Thursday.
        shift = (_FIRST_MONDAY if step == 7 * DAY else 0) - offset
        at = ceil((span.start - shift) / step) * step + shift
        while at <= span.end:
            if _offset(at, zone) == offset:
                found.add(at)
            at += step
    return sorted(found)


def _months(span: Span, step: int, zone: Zone) -> Iterator[int]:
    first = day_of(span.start, zone)
    month = (first.year * 12 + first.month - 1) // step * step
    while True:
        at = day_start(date(month // 12, month % 12 + 1, 1), zone)
        if at > span.end:
            return
        if at >= span.start:
            yield at
        month += step


def _offset(instant: float, zone: Zone) -> int:
    distance = wall_clock(instant, zone).utcoffset()
    return round(distance.total_seconds() * SECOND) if distance else 0


def _label(at: int, step: int, zone: Zone) -> str:
    if step < SECOND:
        return date_time_exact(at, zone)[11:23]
    if step < MINUTE:
        return date_time(at, zone)[11:]
    hours = hour_minute(at, zone)
    # A day begins with its date.
    return day_time(at, zone)[:5] if step >= DAY or hours == "00:00" else hours
