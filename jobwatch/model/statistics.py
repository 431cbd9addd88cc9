"""Statistics of jobs by type, user, node or day: how many, how they ended, how long they took."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Any, NamedTuple

from jobwatch.model.days import day_of, day_start
from jobwatch.model.durations import DAY, duration
from jobwatch.model.insight import percentile, records_per_second
from jobwatch.model.summary import percent
from jobwatch.model.text import one_line
from jobwatch.model.when import NONE, Milliseconds, Zone, epoch_ms

__all__ = [
    "COLUMNS",
    "By",
    "Column",
    "Counted",
    "Days",
    "Figures",
    "Statistics",
    "Tally",
    "days_until",
    "name_of",
    "nth",
    "record_of",
]


class By(StrEnum):
    """What jobs are grouped by."""

    TYPE = "type"
    USER = "user"
    NODE = "node"
    DAY = "day"


class Figures(NamedTuple):
    """What there is to say of one group of jobs, or of all.

    `group` is a type, a user, a node, or a day as ``2026-11-23``; None for the jobs that have none,
    and for all. `failed` are those that ended in error or were lost; `timed` those whose length is
    known. Lengths are in ms, None where none is known.
    """

    group: str | None
    jobs: int = 0
    over: int = 0
    failed: int = 0
    partial: int = 0
    timed: int = 0
    p50: float | None = None
    p95: float | None = None
    longest: float | None = None
    records_per_second: float | None = None

    @property
    def error_share(self) -> float | None:
        """Which share (0 to 1) of the jobs that are over failed."""
        return self.failed / self.over if self.over else None

    @property
    def partial_share(self) -> float | None:
        """Which share (0 to 1) of the jobs that are over did only a part."""
        return self.partial / self.over if self.over else None


class Statistics(NamedTuple):
    """The groups, and all of their jobs together.

    The groups with the most jobs come first; of days the newest.
    """

    by: By
    groups: tuple[Figures, ...] = ()
    total: Figures = Figures(None)


class Counted(NamedTuple):
    """What was counted of a group in one reading: lengths in ms, in any order.

    `done` are the records of the jobs that say so and whose length is known, `took` is how long
    these took.
    """

    group: str | None
    jobs: int
    over: int
    failed: int
    partial: int
    lengths: list[float]
    done: float
    took: float


@dataclass(slots=True)
class _Sum:
    """What was counted of a group so far; its lengths are ascending runs, one for each reading."""

    jobs: int = 0
    over: int = 0
    failed: int = 0
    partial: int = 0
    done: float = 0
    took: float = 0
    runs: list[Sequence[float]] = field(default_factory=list)

    def add(self, counted: Counted, run: Sequence[float]) -> None:
        self.jobs += counted.jobs
        self.over += counted.over
        self.failed += counted.failed
        self.partial += counted.partial
        self.done += counted.done
        self.took += counted.took
        if run:
            self.runs.append(run)

    def figures(self, group: str | None) -> Figures:
        timed = sum(map(len, self.runs))
        known = timed > 0
        return Figures(
            group,
            self.jobs,
            self.over,
            self.failed,
            self.partial,
            timed,
            self._percentile(timed, 0.5) if known else None,
            self._percentile(timed, 0.95) if known else None,
            _number(max(run[-1] for run in self.runs)) if known else None,
            records_per_second(int(self.done), self.took),
        )

    def _percentile(self, timed: int, share: float) -> float:
        # Of the places from 0 on it is the place.
        return _number(nth(self.runs, int(percentile(range(timed), share))))


class Tally:
    """Adds up what is counted, reading by reading.

    Neither step holds the interpreter for long, however many jobs there are: a reading is sorted
    by itself, and the percentiles are found across the readings without putting them together.
    """

    def __init__(self, by: By) -> None:
        self._by = by
        self._groups: dict[str | None, _Sum] = {}
        self._total = _Sum()

    def add(self, counted: Iterable[Counted]) -> None:
        """Add what one reading counted."""
        for group in counted:
            # Eight bytes for each job, where a list takes forty.
            run = array("d", sorted(group.lengths))
            self._groups.setdefault(group.group, _Sum()).add(group, run)
            self._total.add(group, run)

    def statistics(self) -> Statistics:
        """Return the picture so far."""
        groups = [group.figures(name) for name, group in self._groups.items()]
        # By name, those without one last; then, for sorts keep what is equal in order, by count.
        groups.sort(key=_name, reverse=self._by is By.DAY)
        if self._by is By.DAY:
            groups.sort(key=lambda figures: figures.group is None)
        else:
            groups.sort(key=lambda figures: figures.jobs, reverse=True)
        return Statistics(self._by, tuple(groups), self._total.figures(None))


def nth(runs: Sequence[Sequence[float]], place: int) -> float:
    """Return what stands at a place (from 0) of some ascending runs put together and sorted.

    `IndexError` where together they are shorter.
    """
    windows = [(run, 0, len(run)) for run in runs]
    while windows := [window for window in windows if window[1] < window[2]]:
        middles = sorted(run[(low + high) // 2] for run, low, high in windows)
        pivot = middles[len(middles) // 2]
        below = [bisect_left(run, pivot, low, high) for run, low, high in windows]
        upto = [
            bisect_right(run, pivot, low, high)
            for (run, _, high), low in zip(windows, below, strict=True)
        ]
        smaller = sum(below) - sum(low for _, low, _ in windows)
        equal = sum(upto) - sum(below)
        if place < smaller:
            windows = [(run, low, end) for (run, low, _), end in zip(windows, below, strict=True)]
        elif place < smaller + equal:
            return pivot
        else:
            place -= smaller + equal
            windows = [(run, end, high) for (run, _, high), end in zip(windows, upto, strict=True)]
    raise IndexError("the runs are not so long")


# Days


class Days(NamedTuple):
    """Days in a row that are equally long, or all time before or after that has no date.

    Times are epoch ms; `first` is the date of the one that begins at `start`, None where there are
    no dates.
    """

    start: float
    end: float
    first: date | None
    length: int = DAY

    def date_at(self, number: int | None) -> str | None:
        """Return the date of the day of a number, the first is 0; None where it has none."""
        if self.first is None or number is None:
            return None
        return (self.first + timedelta(days=number)).isoformat()


MOST_DAYS = 400
"""More days in a row than that are not looked for at once: zones change their clocks sooner."""

# What has a date in every zone.
_FIRST = epoch_ms(datetime(1, 1, 10, tzinfo=UTC))
_LAST = epoch_ms(datetime(9999, 12, 20, tzinfo=UTC))


def days_until(instant: Milliseconds, zone: Zone, since: float) -> Days:
    """Return the day of an instant and those before it, while they are equally long.

    They go back to the day of `since` at most. Where the clock is changed a day is longer or
    shorter, and stands alone.
    """
    if instant < _FIRST:
        return Days(-inf, _FIRST, None)
    if instant >= _LAST:
        return Days(_LAST, inf, None)
    first = day_of(instant, zone)
    if instant >= day_start(first + timedelta(days=1), zone):
        first += timedelta(days=1)  # the clock goes back over midnight
    start, end = day_start(first, zone), day_start(first + timedelta(days=1), zone)
    length = end - start
    for _ in range(MOST_DAYS):
        before = first - timedelta(days=1)
        if start <= max(since, _FIRST) or start - day_start(before, zone) != length:
            break
        first, start = before, start - length
    return Days(start, end, first, length)


# How it is shown


class Column(NamedTuple):
    """A column behind the group's name: its label, its width, and what it says of a group."""

    label: str
    width: int
    text: Callable[[Figures], str]


def name_of(figures: Figures) -> str:
    """Return what a group is called, clean and on one line; a dash for none."""
    return one_line(figures.group or "") or NONE


def _pace(figures: Figures) -> str:
    pace = figures.records_per_second
    if pace is None:
        return NONE
    return f"{pace:.1f}" if pace < 100 else f"{pace:,.0f}"


JOBS = Column("Jobs", 10, lambda figures: f"{figures.jobs:,}")
ERRORS = Column("Errors", 6, lambda figures: percent(figures.error_share))
PARTIAL = Column("Partial", 7, lambda figures: percent(figures.partial_share))
P50 = Column("p50", 8, lambda figures: duration(figures.p50))
P95 = Column("p95", 8, lambda figures: duration(figures.p95))
LONGEST = Column("Longest", 8, lambda figures: duration(figures.longest))
PACE = Column("Rec/s", 7, _pace)

COLUMNS = (JOBS, ERRORS, PARTIAL, P50, P95, LONGEST, PACE)
"""The columns behind the group's name; all but the name stand at the right of their widths."""


def record_of(figures: Figures, by: str) -> dict[str, Any]:
    """Return a group as JSON has it: times in ms, shares from 0 to 1, null for what isn't known."""
    return {
        "by": by,
        "group": figures.group,
        "jobs": figures.jobs,
        "over": figures.over,
        "failed": figures.failed,
        "partial": figures.partial,
        "error_share": figures.error_share,
        "partial_share": figures.partial_share,
        "timed": figures.timed,
        "p50_ms": figures.p50,
        "p95_ms": figures.p95,
        "longest_ms": figures.longest,
        "records_per_second": figures.records_per_second,
    }


def _name(figures: Figures) -> tuple[bool, str]:
    return figures.group is None, figures.group or ""


def _number(length: float) -> float:
    """Return a whole number of ms as such."""
    return int(length) if length == int(length) else length
