"""Waiting for jobs of a log, without asyncio: looks often, and reads only what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job, Phase
from jobwatch.model.known import Known, why_lost
from jobwatch.model.waiting import Ended, UnknownJobsError, Waiting, ended_as
from jobwatch.store.alive import Process, is_gone, process_of, process_text
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.watch import LogReplacedError

__all__ = ["LogLookout", "wait_on_log"]

LOOK_EVERY = 0.2
"""Seconds between two looks at the log, each a few microseconds while it stays as it is."""

GONE_EVERY = 2.0
"""...and between two at the processes: that one ends changes nothing in the log."""


def wait_on_log(
    path: Path,
    waiting: Waiting,
    *,
    timeout: float,
    tell: Callable[[Ended], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until enough jobs have ended, or for `timeout` seconds; `tell` gets each as it ends.

    With 0 seconds it looks once. `UnknownJobsError` where the log doesn't have one of them,
    `LogError` where it can't be read.
    """
    until = clock() + timeout
    with closing(LogLookout(path, clock=clock)) as lookout:
        while True:
            for ended in lookout.look(waiting.left):
                waiting.end(ended)
                tell(ended)
            left = until - clock()
            if waiting.is_over or left <= 0:
                return
            sleep(min(LOOK_EVERY, left))


class LogLookout:
    """Looks for the end of jobs in a log, over one connection for as long as its file stays.

    While the log hasn't moved nothing is read of it, but for processes that have ended.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._gone_due = clock()
        self._processes: dict[str, Process] = {}
        self._opened = ExitStack()
        self._log = self._open()

    def close(self) -> None:
        """Close the connection."""
        self._opened.close()

    def look(self, ids: Sequence[str]) -> Iterator[Ended]:
        """Return those of the jobs that have ended; `ids` are all that were not returned yet.

        `UnknownJobsError` behind them if the log doesn't have some, `LogError` if it is gone.
        """
        if self._has_moved():
            yield from self._read(ids)
        if self._clock() >= self._gone_due:
            self._gone_due = self._clock() + GONE_EVERY
            gone = [id for id, process in self._processes.items() if is_gone(process)]
            if gone:
                # Before a process ended, it may have ended its job.
                yield from self._read(gone, Sign.GONE)

    def _open(self) -> PlainJobLog:
        return self._opened.enter_context(PlainJobLog.read(self._path))

    def _has_moved(self) -> bool:
        try:
            return self._log.moved()
        except LogReplacedError:
            # What took its place has the jobs too, or doesn't know them.
            self._opened.close()
            self._log = self._open()
            return self._log.moved()

    def _read(self, ids: Sequence[str], sign: Sign | None = None) -> Iterator[Ended]:
        """Return those that have ended or are lost, and note the processes of the others."""
        jobs = self._log.find_jobs(ids)
        for id in ids:
            self._processes.pop(id, None)
            if id in jobs:
                yield from self._ended(jobs[id], sign)
        missing = [id for id in ids if id not in jobs]
        if missing:
            raise UnknownJobsError(missing)

    def _ended(self, job: Job, sign: Sign | None) -> Iterator[Ended]:
        why = why_lost(sign, None, None, process_text(job))
        known = Known(self._log.origin(job.id), self._log.note(job.id), sign, why)
        ended = ended_as(job, known)
        if ended is not None:
            yield ended
        elif job.phase is Phase.IN_PROGRESS and (process := process_of(job.other)) is not None:
            self._processes[job.id] = process
