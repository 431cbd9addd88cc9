"""What a list of jobs comes to: how many are in each state, and how many of them went wrong."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.job import Outcome
from jobwatch.model.when import NONE

__all__ = ["StateCounts", "error_rate", "percent", "without_unending"]

SMALLEST = 0.001
"""The least share that is shown as a number."""


class StateCounts(NamedTuple):
    """How many jobs are in each state; each job is counted in one of them."""

    running: int = 0
    complete: int = 0
    partial: int = 0
    failed: int = 0
    lost: int = 0

    def plus(self, outcome: Outcome, count: int) -> StateCounts:
        """Return the counts with more jobs of an outcome."""
        return StateCounts(
            self.running + (count if outcome is Outcome.PENDING else 0),
            self.complete + (count if outcome is Outcome.ENDED else 0),
            self.partial + (count if outcome is Outcome.PARTIAL else 0),
            self.failed + (count if outcome is Outcome.FAILED else 0),
            self.lost + (count if outcome is Outcome.LOST else 0),
        )

    @property
    def over(self) -> int:
        """How many don't go on."""
        return self.complete + self.partial + self.failed + self.lost


def without_unending(states: StateCounts, unending: int) -> StateCounts:
    """Return the counts with so many of those that run as lost, but not more than run."""
    moved = min(unending, states.running)
    return states._replace(running=states.running - moved, lost=states.lost + moved)


def error_rate(states: StateCounts) -> float | None:
    """Return which share (0 to 1) of the jobs that are over failed or were lost, None of none."""
    return (states.failed + states.lost) / states.over if states.over else None


def percent(share: float | None) -> str:
    """Return a share (0 to 1) as ``0.4 %``, at most 6 wide; a dash where there is none.

    Only nothing reads as 0 %, and only all as 100 %.
    """
    if share is None:
        return NONE
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share < SMALLEST:
        return f"<{SMALLEST * 100:.1f} %"
    return f"{min(share * 100, 99.9):.1f} %"
