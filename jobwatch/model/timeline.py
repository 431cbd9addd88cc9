"""Jobs along an axis of time: their order by likeness, the span that is shown, and their bars.

Instants and lengths are in milliseconds, places on the axis in columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from jobwatch.model.durations import DAY, MINUTE, SECOND
from jobwatch.model.job import Json, Outcome, Time
from jobwatch.model.row import JobRow

__all__ = ["Bar", "Likeness", "Overlaps", "Span", "bar", "by_likeness", "halves", "span_of"]

MARGIN = 0.1
"""The share of a job's length that is shown before it and behind it."""
SHORTEST, LONGEST = 100, 40_000 * DAY
_NO_DATE = 1e15
"""Instants from here on are no dates, whoever wrote them."""


class Overlaps(NamedTuple):
    """The jobs that ran while another did, without it; `total` may be more than were read.

    `job` is that other as it is now, None where it was not read again.
    """

    jobs: list[JobRow]
    total: int
    job: JobRow | None = None


class Likeness(IntEnum):
    """What a job has in common with another, the closest first."""

    USER_AND_TYPE = 0
    TYPE = 1
    USER = 2
    NONE = 3


class Span(NamedTuple):
    """The time that the axis shows, from its left edge to its right."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Return how much time it is."""
        return self.end - self.start

    def column(self, instant: float, columns: int) -> float:
        """Return where an instant is on an axis of so many columns."""
        return (instant - self.start) / self.length * columns

    def zoomed(self, factor: float) -> Span:
        """Return so many times as much time about the same middle, within what can be drawn."""
        middle = (self.start + self.end) / 2
        half = min(max(self.length * factor, SHORTEST), LONGEST) / 2
        return Span(middle - half, middle + half)

    def panned(self, share: float) -> Span:
        """Return the span moved by a share of its length."""
        return Span(self.start + self.length * share, self.end + self.length * share)


class Bar(NamedTuple):
    """A job on an axis, in columns from its left edge: 0 <= left <= right <= columns.

    It is clipped where it goes on beyond an edge; a job that is wholly beyond one is clipped there
    and has no length. `running` is whether its right end is now.
    """

    left: float
    right: float
    clipped_left: bool
    clipped_right: bool
    running: bool

    @property
    def outside(self) -> bool:
        """Return whether the job is wholly beyond an edge."""
        return self.left == self.right and (self.clipped_left or self.clipped_right)


def by_likeness(job: JobRow, others: Iterable[JobRow]) -> list[tuple[Likeness, list[JobRow]]]:
    """Return the others by what they have in common with a job, each part in order of start."""
    parts: dict[Likeness, list[JobRow]] = {}
    for other in sorted(others, key=lambda row: row.started):
        parts.setdefault(_likeness(job, other), []).append(other)
    return sorted(parts.items())


def span_of(job: JobRow, now: int) -> Span:
    """Return the span that a job fills but for a margin on each side; the last hour without one."""
    ran = _ran(job, now)
    if ran is None:
        return Span(now - 60 * MINUTE, now)
    start, end = ran
    margin = (end - start) * MARGIN
    # A job that has just begun needs some room to grow.
    room = max(margin, 5 * SECOND if job.outcome is Outcome.PENDING else SHORTEST)
    return Span(start - max(margin, SHORTEST), end + room)


def bar(job: JobRow, span: Span, columns: int, now: int) -> Bar | None:
    """Return a job's bar, None where its record has no time.

    What waits to be started has a bar from when it was created.
    """
    ran = _ran(job, now)
    if ran is None:
        return None
    left, right = (span.column(instant, columns) for instant in ran)
    return Bar(
        min(max(left, 0.0), float(columns)),
        min(max(right, 0.0), float(columns)),
        clipped_left=left < 0,
        clipped_right=right > columns,
        running=job.running,
    )


def halves(bar: Bar, columns: int) -> tuple[int, int]:
    """Return the half columns that a bar fills, half-open: one at least, whatever its length."""
    left = min(round(bar.left * 2), columns * 2 - 1)
    return left, max(round(bar.right * 2), left + 1)


def _likeness(job: JobRow, other: JobRow) -> Likeness:
    if _same(job.type, other.type):
        return Likeness.USER_AND_TYPE if _same(job.user, other.user) else Likeness.TYPE
    return Likeness.USER if _same(job.user, other.user) else Likeness.NONE


def _same(one: Json, other: Json) -> bool:
    # Jobs that lack a user have nothing in common for it.
    return isinstance(one, str) and one == other


def _ran(job: JobRow, now: int) -> tuple[float, float] | None:
    """Return when a job began and was over, or now; None where neither is known."""
    pending = job.outcome is Outcome.PENDING
    over = now if pending else _first_known(job.over, job.end)
    # What orders a job is 0 where its record has no time at all.
    begun = _first_known(job.start, None if pending else over, job.started or None)
    if begun is None:
        return None
    return begun, max(begun if over is None else over, begun)


def _first_known(*times: Time) -> float | None:
    return next((t for t in times if isinstance(t, int | float) and abs(t) < _NO_DATE), None)
