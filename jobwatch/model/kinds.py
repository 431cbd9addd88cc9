"""Kinds of errors: how often each came, from when to when, and how one is told on a line."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.text import one_line
from jobwatch.model.when import NONE, Milliseconds, Zone, date_time, day_time

__all__ = ["ErrorKind", "moment", "shown_type", "times", "wording"]

MOMENT_WIDTH = 11
"""How wide a moment is at most."""


class ErrorKind(NamedTuple):
    """The failed jobs whose messages have one `fingerprint` (see `insight`), empty without one.

    `first` and `last` are the starts (ms) of the oldest and the newest of them, 0 where a job has
    none. `type` is one of the `types` different ones that they have, empty where it is unknown.
    """

    fingerprint: str
    count: int  # type: ignore[assignment]  # not the method of a tuple
    first: Milliseconds
    last: Milliseconds
    type: str = ""
    types: int = 1


def times(kind: ErrorKind) -> str:
    """Return how often an error came: ``17 ×``."""
    return f"{kind.count:,} ×"


def wording(kind: ErrorKind) -> str:
    """Return what all errors of a kind say, clean and on one line."""
    return one_line(kind.fingerprint) or "without a message"


def shown_type(kind: ErrorKind) -> str:
    """Return the type of the jobs, and how many others there are: ``csv_data_load +2``."""
    others = f" +{kind.types - 1}" if kind.types > 1 else ""
    return (one_line(kind.type) or NONE) + others


def moment(ms: Milliseconds, zone: Zone, now: int) -> str:
    """Return ``09:02`` today, ``11-22 09:02`` this year, else the date; a dash for no time.

    Today and this year are those of `now` (ms) in the zone.
    """
    at, today = date_time(ms or None, zone), date_time(now, zone)
    if at[:10] == today[:10]:
        return at[11:16]
    return day_time(ms or None, zone)[:MOMENT_WIDTH] if at[:4] == today[:4] else at[:10]
