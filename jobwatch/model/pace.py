"""How one job does beside the last runs of its kind, in the words of one line.

Instants and lengths are in milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from jobwatch.model.durations import SECOND, duration, elapsed, time_between
from jobwatch.model.insight import (
    Load,
    Sign,
    Usual,
    is_late,
    percentile,
    records_per_second,
    usual_of,
)
from jobwatch.model.job import Job, Phase, Time
from jobwatch.model.when import Zone, moment_exact

__all__ = ["Pace", "PaceLine", "pace_of", "rate_text"]

QUICK = 0.05
"""The share of the runs, the shortest ones, that a quick one is shorter than."""
GAP = " · "


class PaceLine(NamedTuple):
    """What is said, how full (0 to 1) its bar is if it has one, and what is amiss if it is."""

    text: str
    share: float | None = None
    sign: Sign | None = None


class Pace(NamedTuple):
    """A run of a job, and the ascending lengths of the last runs of its kind that ended well.

    `lost` says why it is lost, where it is: then nothing else is said.
    """

    start: Time
    end: Time
    running: bool
    lengths: tuple[float, ...] = ()
    load: Load | None = None
    lost: str = ""

    def line(self, now: int, zone: Zone) -> PaceLine | None:
        """Return what can be said at an instant; None where too little is known to claim it."""
        if self.lost:
            return PaceLine(f"Lost: {self.lost}.", sign=Sign.GONE)
        usual = usual_of(self.lengths)
        if self.running:
            if usual is None or not isinstance(self.start, int | float):
                return None
            expected = moment_exact(self.start + usual.p50, now, zone)
            return _goes_on(max(now - self.start, 0), expected, usual, self.lengths)
        took = time_between(self.start, self.end)
        said = _loaded(self.load, took)
        if usual is not None and took is not None:
            # What is news comes first: that all was loaded is what the message says.
            short = self.load is not None and self.load.shortfall
            said.insert(len(said) if short else 0, _compared(took, usual, self.lengths))
        return PaceLine(GAP.join(said)) if said else None


def pace_of(job: Job, lengths: Iterable[float] = (), lost: str = "", *, skew: int = 0) -> Pace:
    """Return the pace of a job beside the ascending lengths of the last runs of its kind.

    `skew` is by how many ms the clock that its times are by is ahead.
    """
    start, running = job.start_datetime, job.phase is Phase.IN_PROGRESS
    if running and isinstance(start, int | float):
        start -= skew
    return Pace(start, job.end_datetime, running, tuple(lengths), job.load, lost)


def _goes_on(taken: float, expected: str, usual: Usual, lengths: tuple[float, ...]) -> PaceLine:
    if is_late(taken, usual):
        text = f"OVERDUE: {_slower(taken, lengths)} ({_at_most(usual.p95)})"
        return PaceLine(text, 1.0, Sign.OVERDUE)
    if taken > usual.p50:
        return PaceLine(f"later than expected: {_at_most(usual.p95)}", 1.0)
    text = f"usually {_length(usual.p50)}, expected {expected}"
    return PaceLine(text, taken / usual.p50 if usual.p50 else 1.0)


def _compared(took: float, usual: Usual, lengths: tuple[float, ...]) -> str:
    if is_late(took, usual):
        return _slower(took, lengths)
    if took < percentile(lengths, QUICK):
        return _than("faster", len(lengths) - bisect_right(lengths, took), len(lengths))
    return f"as long as usual: half of {usual.runs} runs ≤ {_length(usual.p50)}"


def _slower(took: float, lengths: tuple[float, ...]) -> str:
    return _than("slower", bisect_left(lengths, took), len(lengths))


def _than(word: str, count: int, runs: int) -> str:
    # Rounded down: 100 % is all of them, and nothing else.
    share = "all" if count == runs else f"{count * 100 // runs} % of"
    return f"{word} than {share} {runs} runs"


def _at_most(p95: float) -> str:
    return f"95 % ≤ {_length(p95)}"


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
