"""Waiting for jobs: what each came to, and the exit status of many."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job, JobStatus, Outcome, Phase
from jobwatch.model.known import Known

__all__ = ["Ended", "UnknownJobsError", "WaitStatus", "Waiting", "ended_as"]


class WaitStatus(IntEnum):
    """What a wait came to, by its exit status; 2 is an error, as of every command."""

    COMPLETE = 0
    FAILED = 1
    PARTIAL = 3
    LOST = 4
    TIMEOUT = 5
    UNKNOWN = 6


_WORST_FIRST = (WaitStatus.FAILED, WaitStatus.LOST, WaitStatus.PARTIAL, WaitStatus.COMPLETE)


class Ended(NamedTuple):
    """A job that has ended or is lost, and what is known of it beside its record."""

    job: Job
    known: Known
    status: WaitStatus


class UnknownJobsError(LookupError):
    """Jobs that are waited for aren't there, or no longer; `ids` has them."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(", ".join(self.ids))


class Waiting:
    """Jobs that are waited for, each once, until so many of them have ended; all unless told.

    `left` has the ids of those that haven't ended yet.
    """

    def __init__(self, ids: Iterable[str], *, needed: int | None = None) -> None:
        self.left = tuple(dict.fromkeys(ids))
        self._needed = len(self.left) if needed is None else needed
        self._ended: dict[str, WaitStatus] = {}

    def end(self, ended: Ended) -> None:
        """Take note of a job that has ended."""
        self._ended[ended.job.id] = ended.status
        self.left = tuple(id for id in self.left if id != ended.job.id)

    @property
    def is_over(self) -> bool:
        """Return whether enough of them have ended."""
        return len(self._ended) >= self._needed

    @property
    def status(self) -> WaitStatus:
        """Return what the wait came to if it ends now: the worst of what has ended."""
        if not self.is_over:
            return WaitStatus.TIMEOUT
        return min(self._ended.values(), key=_WORST_FIRST.index, default=WaitStatus.COMPLETE)


def ended_as(job: Job, known: Known) -> Ended | None:
    """Return what a job came to, None while it goes on.

    A job that goes on for longer than any of its type ever did may still end; one is lost only
    where its node was started anew, or its process is gone. What is known of how it is lost no
    longer holds for one that has ended. Whatever ended under another status than COMPLETE did not
    complete.
    """
    if job.phase is not Phase.ENDED:
        is_lost = known.origin.lost_since is not None or known.sign is Sign.GONE
        return Ended(job, known, WaitStatus.LOST) if is_lost else None
    origin = known.origin._replace(lost_since=None)
    return Ended(job, known._replace(origin=origin, sign=None, why=""), _status_of(job))


def _status_of(job: Job) -> WaitStatus:
    outcome = job.outcome
    if outcome is Outcome.PARTIAL:
        return WaitStatus.PARTIAL
    is_complete = outcome is Outcome.ENDED and job.status == JobStatus.COMPLETE
    return WaitStatus.COMPLETE if is_complete else WaitStatus.FAILED
