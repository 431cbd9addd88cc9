"""How one job does beside the last runs of its kind, in the words of one line.

Instants and lengths are in milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from jobwatch.model.durations import DAY, SECOND, duration, elapsed, roughly, time_between
from jobwatch.model.insight import (
    Load,
    Progress,
    Sign,
    Usual,
    is_late,
    percentile,
    records_per_second,
    usual_of,
)
from jobwatch.model.job import Job, Phase, Time
from jobwatch.model.when import Zone, moment_exact

__all__ = ["GAP", "Pace", "PaceLine", "pace_of", "rate_text"]

QUICK = 0.05
"""The share of the runs, the shortest ones, that a quick one is shorter than."""
GAP = " · "
"""What stands between two statements."""
LATE = "OVERDUE"
AT_MOST = "≤\N{NO-BREAK SPACE}"
"""What stands before a length, on the line that it is on."""

EARLIEST, FARTHEST = 5 * SECOND, 1_000 * DAY
"""A job says by its pace what is left of it once it has run for a while, and not of years."""


class PaceLine(NamedTuple):
    """What is said, how full (0 to 1) its bar is if it has one, and what is amiss if it is.

    `more` is how the text goes on where there is room for all of it.
    """

    text: str
    share: float | None = None
    sign: Sign | None = None
    more: str = ""


class Pace(NamedTuple):
    """A run of a job, and the ascending lengths of the last runs of its kind that ended well.

    `load` is what it did of what it was to do, where it is complete; `progress` how far it has
    come, or had when it broke off. `lost` says why it is lost, where it is: then how far it came is
    all that is said beside.
    """

    start: Time
    end: Time
    running: bool
    lengths: tuple[float, ...] = ()
    load: Load | None = None
    lost: str = ""
    progress: Progress | None = None

    def line(self, now: int, zone: Zone) -> PaceLine | None:
        """Return what can be said at an instant; None where too little is known to claim it."""
        if self.lost:
            more = "" if self.progress is None else f"{GAP}{_came_to(self.progress)}"
            return PaceLine(f"Lost: {self.lost}.", sign=Sign.GONE, more=more)
        usual = usual_of(self.lengths)
        return self._going_on(usual, now, zone) if self.running else self._ended(usual)

    def _going_on(self, usual: Usual | None, now: int, zone: Zone) -> PaceLine | None:
        taken = line = None
        if isinstance(self.start, int | float):
            taken = max(now - self.start, 0)
            if usual is not None:
                expected = moment_exact(self.start + usual.p50, now, zone)
                line = _goes_on(taken, expected, usual, self.lengths)
        return line if self.progress is None else _comes_on(self.progress, taken, line)

    def _ended(self, usual: Usual | None) -> PaceLine | None:
        took = time_between(self.start, self.end)
        said = _loaded(self.load, took)
        if self.progress is not None:
            said.append(_came_to(self.progress))
        if usual is not None and took is not None:
            # What is news comes first: that all was loaded is what the message says.
            short = self.progress is not None or (self.load is not None and self.load.shortfall)
            said.insert(len(said) if short else 0, _compared(took, usual, self.lengths))
        return PaceLine(GAP.join(said)) if said else None


def pace_of(job: Job, lengths: Iterable[float] = (), lost: str = "", *, skew: int = 0) -> Pace:
    """Return the pace of a job beside the ascending lengths of the last runs of its kind.

    `skew` is by how many ms the clock that its times are by is ahead.
    """
    start, running = job.start_datetime, job.phase is Phase.IN_PROGRESS
    if running and isinstance(start, int | float):
        start -= skew
    progress = None if job.phase is Phase.CREATED else job.progress  # it hasn't come anywhere yet
    return Pace(start, job.end_datetime, running, tuple(lengths), job.load, lost, progress)


def _goes_on(taken: float, expected: str, usual: Usual, lengths: tuple[float, ...]) -> PaceLine:
    if is_late(taken, usual):
        text = f"{LATE}: {_slower(taken, lengths)} ({_at_most(usual.p95)})"
        return PaceLine(text, 1.0, Sign.OVERDUE)
    if taken > usual.p50:
        return PaceLine(f"later than expected: {_at_most(usual.p95)}", 1.0)
    text = f"usually {_length(usual.p50)}, expected {expected}"
    return PaceLine(text, taken / usual.p50 if usual.p50 else 1.0)


def _comes_on(progress: Progress, taken: float | None, usual: PaceLine | None) -> PaceLine:
    """Return what is said of a job that counts what it does, before what is usual of its kind."""
    done, total = progress
    said, share, more = [progress.so_far], None, ""
    if total and done <= total:
        share = done / total
        # Rounded down: 100 % is all of it.
        said.append(f"{done * 100 // total} %")
        left = _left(done, total, taken)
        if left:
            said.append(f"about {roughly(left)} left")
            more = " (by its pace)"
    if usual is None:
        return PaceLine(GAP.join(said), share, more=more)
    if usual.sign is not None:
        said.insert(0, LATE)
    more += f"{GAP}{usual.text.removeprefix(f'{LATE}: ')}"
    return PaceLine(GAP.join(said), share, usual.sign, more)


def _came_to(progress: Progress) -> str:
    return f"came to {progress.text}"


def _left(done: int, total: int, taken: float | None) -> float | None:
    """Return how many ms are left if the rest is done as what is done was, None if it can't say."""
    if not done or taken is None or taken < EARLIEST:
        return None
    left = taken * (total - done) / done
    return left if left < FARTHEST else None


def _compared(took: float, usual: Usual, lengths: tuple[float, ...]) -> str:
    if is_late(took, usual):
        return _slower(took, lengths)
    if took < percentile(lengths, QUICK):
        return _than("faster", len(lengths) - bisect_right(lengths, took), len(lengths))
    return f"as long as usual: half of {usual.runs} runs {AT_MOST}{_length(usual.p50)}"


def _slower(took: float, lengths: tuple[float, ...]) -> str:
    return _than("slower", bisect_left(lengths, took), len(lengths))


def _than(word: str, count: int, runs: int) -> str:
    # Rounded down: 100 % is all of them, and nothing else.
    share = "all" if count == runs else f"{count * 100 // runs} % of"
    return f"{word} than {share} {runs} runs"


def _at_most(p95: float) -> str:
    return f"95 % {AT_MOST}{_length(p95)}"


def _loaded(load: Load | None, took: float | None) -> list[str]:
    if load is None or not load.total:
        return []
    said = f"{load.done:,}/{load.total:,} records"
    if load.shortfall:
        said += f", {load.shortfall:,} short"
    rate = records_per_second(load.done, took)
    return [said, f"{rate_text(rate)} records/s"] if rate else [said]


def rate_text(rate: float) -> str:
    """Return a rate, a number a second, with the precision that its size deserves."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}" if rate >= 0.1 else "< 0.1"


def _length(ms: float) -> str:
    """Return a length in whole seconds, a short one as exactly as a duration is."""
    return elapsed(ms) if ms >= 10 * SECOND else duration(ms)
