"""Jobs that start, go on and end while one watches: the live part of a demo.

`Script` decides what happens when, without a clock or a log; `Simulation` plays it on a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log
from random import Random
from typing import TypeAlias

from jobwatch.feeds.samples.work import Work, crew, dates_of, draw, resumed
from jobwatch.model.job import Job, JobStatus, Phase
from jobwatch.model.query import JobQuery, View
from jobwatch.store.connect import JobExistsError, UnknownJobError
from jobwatch.store.job_log import JobLog

__all__ = ["Action", "Create", "End", "Say", "Script", "Simulation", "Start"]

TICK = 0.2
"""Seconds between two looks at the script."""

FEWEST, MOST = 6, 12
"""How many jobs there are at a time: fewer bring the next at once, more keep it waiting."""

SHORTEST, LONGEST = 4_000, 180_000
"""How long a job runs, in ms."""

ADOPTED_MOST = 1_000
WORTH_COUNTING = 500

LIVE = crew({"etl": 4, "ada": 3, "grace": 3, "reports": 3, "nightly": 2, "HDB_ADMIN": 1})
VERBS = {"csv": "loading", "import": "loading", "export": "exporting", "delete": "deleting"}


@dataclass(frozen=True, slots=True)
class Create:
    """A job is asked for."""

    work: Work


@dataclass(frozen=True, slots=True)
class Start:
    """A created job begins."""

    id: str


@dataclass(frozen=True, slots=True)
class Say:
    """A running job tells how far it is."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class End:
    """A running job ends as its work says."""

    work: Work


Action: TypeAlias = Create | Start | Say | End


@dataclass(slots=True)
class _Part:
    """A job of the script; times in epoch ms."""

    work: Work
    starts: int
    ends: int
    speaks: int
    running: bool = False


class Script:
    """What happens when. The same state, jobs and times give the same actions."""

    def __init__(self, random_state: int) -> None:
        # Apart from what `seed_jobs` draws from the same number: the ids must differ.
        self._random = Random(f"live {random_state}")  # noqa: S311
        self._parts: dict[str, _Part] = {}
        self._next = 0

    def adopt(self, jobs: Iterable[Job], now: int) -> None:
        """Take over jobs that have not ended: they end one after the other, the newest in 4 s."""
        newest_first = sorted(jobs, key=lambda job: job.started, reverse=True)
        pause = (LONGEST - SHORTEST) / max(len(newest_first), FEWEST)
        for place, job in enumerate(newest_first):
            running = job.phase is not Phase.CREATED
            starts = int(job.started) if running else now + 800
            ends = now + SHORTEST + int(pause * place * (0.8 + 0.4 * self._random.random()))
            self._parts[job.id] = _Part(
                resumed(self._random, job, now), starts, ends, now + self._pause(), running
            )

    def forget(self, job_id: str) -> None:
        """Drop a job that is gone from the log."""
        self._parts.pop(job_id, None)

    def step(self, now: int) -> list[Action]:
        """Return what is due at `now`, in the order in which it happens."""
        due = [action for part in list(self._parts.values()) for action in self._turn(part, now)]
        due += self._arrivals(now)
        return due

    def _turn(self, part: _Part, now: int) -> Iterable[Action]:
        work = part.work
        if not part.running:
            if now >= part.starts:
                part.running = True
                yield Start(work.id)
        elif now >= part.ends:
            del self._parts[work.id]
            yield End(work)
        elif now >= part.speaks:
            part.speaks = now + self._pause()
            message = progress(work, (now - part.starts) / (part.ends - part.starts))
            if message is not None:
                yield Say(work.id, message)

    def _arrivals(self, now: int) -> Iterable[Action]:
        waits = now < self._next and len(self._parts) >= FEWEST
        if waits or len(self._parts) >= MOST:
            return
        work = draw(self._random, LIVE, dates_of(now))
        starts = now + 300 + int(self._random.random() * 900)
        self._parts[work.id] = _Part(work, starts, starts + on_stage(work), starts + self._pause())
        self._next = now + 1_500 + int(self._random.random() * 4_000)
        yield Create(work)

    def _pause(self) -> int:
        return 1_000 + int(self._random.random() * 1_000)


def on_stage(work: Work) -> int:
    """Return how long a work runs before watchers, in ms: longer if it is long, within bounds."""
    scale = log(max(work.took, 100) / 100) / log(300_000 / 100)
    return int(SHORTEST * exp(log(LONGEST / SHORTEST) * min(scale, 1.0)))


def progress(work: Work, share: float) -> str | None:
    """Return what a work says when that share of it is done; None if it says nothing."""
    if work.status == JobStatus.ERROR:
        return None
    share = min(max(share, 0.0), 1.0)
    if work.records >= WORTH_COUNTING:
        verb = VERBS.get(work.type.partition("_")[0], "working")
        return f"{verb}: {int(work.records * share):,} of {work.records:,} records"
    return f"copying: {share:.0%}" if work.type == "create_backup" else None


class Simulation:
    """Plays a script on a job log until it is cancelled.

    `clock` returns epoch ms. What the log raises, `run` raises; only a job that somebody else
    deleted is let go.
    """

    def __init__(self, log: JobLog, *, random_state: int, clock: Callable[[], int]) -> None:
        self._log = log
        self._clock = clock
        self._script = Script(random_state)

    async def run(self) -> None:
        """Take over what runs, then bring jobs on and off, for ever."""
        await self.adopt()
        while True:
            await self.advance()
            await asyncio.sleep(TICK)

    async def adopt(self) -> None:
        """Take over the jobs of the log that have not ended."""
        jobs = await self._log.page(JobQuery(view=View.RUNNING), limit=ADOPTED_MOST)
        self._script.adopt(jobs, self._clock())

    async def advance(self) -> None:
        """Do what is due now."""
        for action in self._script.step(self._clock()):
            await self._do(action)

    async def _do(self, action: Action) -> None:
        try:
            match action:
                case Create(work):
                    await self._log.create(
                        id=work.id, type=work.type, user=work.user, job_body=work.body
                    )
                case Start(id):
                    await self._log.start(id)
                case Say(id, message):
                    await self._log.update(id, message=message)
                case End(work) if work.status == JobStatus.ERROR:
                    await self._log.fail(work.id, work.message)
                case End(work):
                    await self._log.finish(work.id, work.message)
        except (UnknownJobError, JobExistsError):
            self._script.forget(action.work.id if isinstance(action, Create | End) else action.id)
