"""Waiting for jobs of a log, without asyncio: looks often, and reads only what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job, Phase
from jobwatch.model.known import Known, why_lost
from jobwatch.model.waiting import Ended, UnknownJobsError, Waiting, ended_as
from jobwatch.store.alive import Process, is_gone, process_of, process_text
from jobwatch.store.lasting_log import LastingLog
from jobwatch.store.plain_log import PlainJobLog

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
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until enough jobs have ended, or for `timeout` seconds; `tell` gets each as it ends.

    With 0 seconds it looks once. `UnknownJobsError` where the log doesn't have one of them,
    `LogError` where it can't be read at first; one that is away later is waited for too, and `say`
    gets a line when that begins and when it is over.
    """
    until = clock() + timeout
    lookout = LogLookout(clock=clock)

    def look(log: PlainJobLog) -> None:
        for ended in lookout.look(log, waiting.left):
            waiting.end(ended)
            tell(ended)

    with closing(LastingLog(path, say=say)) as lasting:
        while True:
            lasting.look(look)
            left = until - clock()
            if waiting.is_over or left <= 0:
                return
            sleep(min(LOOK_EVERY, left))


class LogLookout:
    """Looks for the end of jobs in a log.

    While the log hasn't moved nothing is read of it, but for processes that have ended.
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._gone_due = clock()
        self._processes: dict[str, Process] = {}

    def look(self, log: PlainJobLog, ids: Sequence[str]) -> Iterator[Ended]:
        """Return those of the jobs that have ended; `ids` are all that were not returned yet.

        `UnknownJobsError` behind them if the log doesn't have some, `LogError` if it can't be read.
        """
        if log.moved():
            yield from self._read(log, ids)
        if self._clock() >= self._gone_due:
            self._gone_due = self._clock() + GONE_EVERY
            gone = [id for id, process in self._processes.items() if is_gone(process)]
            if gone:
                # Before a process ended, it may have ended its job.
                yield from self._read(log, gone, Sign.GONE)

    def _read(
        self, log: PlainJobLog, ids: Sequence[str], sign: Sign | None = None
    ) -> Iterator[Ended]:
        """Return those that have ended or are lost, and note the processes of the others."""
        jobs = log.find_jobs(ids)
        for id in ids:
            self._processes.pop(id, None)
            if id in jobs:
                yield from self._ended(log, jobs[id], sign)
        missing = [id for id in ids if id not in jobs]
        if missing:
            raise UnknownJobsError(missing)

    def _ended(self, log: PlainJobLog, job: Job, sign: Sign | None) -> Iterator[Ended]:
        why = why_lost(sign, None, None, process_text(job))
        known = Known(log.origin(job.id), log.note(job.id), sign, why)
        ended = ended_as(job, known)
        if ended is not None:
            yield ended
        elif job.phase is Phase.IN_PROGRESS and (process := process_of(job.other)) is not None:
            self._processes[job.id] = process
