"""Waiting for jobs of a node: asks for each, and goes on while the node is away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from math import inf
from random import Random
from time import monotonic

from jobwatch.feeds.harper import protocol
from jobwatch.feeds.harper.access import Client
from jobwatch.feeds.harper.client import (
    AnswerError,
    ForbiddenError,
    NodeError,
    RefusedError,
    UnauthorisedError,
    UnsupportedError,
)
from jobwatch.feeds.harper.pace import back_off
from jobwatch.model.insight import lost_before
from jobwatch.model.job import Job
from jobwatch.model.known import Known
from jobwatch.model.node import Origin
from jobwatch.model.waiting import Ended, UnknownJobsError, Waiting, ended_as

__all__ = ["NodeLookout", "wait_on_node"]

PAUSE = 1.0
"""Seconds between two looks at a node that answers."""

ONLY_LOOK, LAST_LOOK = 10.0, 1.0
"""Seconds that a look may take that is the only one, and that one that begins at the end may."""

PROCESS_EVERY = 10.0
"""Seconds after which it is asked again whether the node was started anew."""

MISSING_TIMES = 3
"""In how many looks in a row a job must be missing that was there, or where the node was away."""


async def wait_on_node(
    client: Client,
    name: str,
    waiting: Waiting,
    *,
    timeout: float,  # noqa: ASYNC109  # by a clock that can be given
    tell: Callable[[Ended], None],
    say: Callable[[str], None],
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    random: Random,
) -> None:
    """Wait until enough jobs have ended, or for `timeout` seconds; `tell` gets each as it ends.

    With 0 seconds it looks once, for `ONLY_LOOK` seconds at most. A node that is down or starts is
    left alone for longer each time, and `say` gets a line when that begins and when it is over.
    `UnknownJobsError` where the node doesn't have one of the jobs; `UnauthorisedError`,
    `ForbiddenError` or `UnsupportedError` where it may not be asked, or can't be.
    """
    until = clock() + timeout
    lookout = NodeLookout(client, name, say=say, clock=clock)
    least = LAST_LOOK if timeout > 0 else ONLY_LOOK
    failures, is_away = 0, False
    while True:
        try:
            async with (
                asyncio.timeout(_limit(max(until - clock(), least))),
                aclosing(lookout.look(waiting.left)) as found,
            ):
                async for ended in found:
                    waiting.end(ended)
                    tell(ended)
        except TimeoutError:
            say(f"{name}: it did not answer before the time was over")
            return
        except (UnauthorisedError, ForbiddenError, UnsupportedError):
            raise
        except NodeError as error:
            failures += 1
            is_refused = isinstance(error, RefusedError)
            # A connection that breaks says little: the next try tells what has become of the node.
            if not is_away and (is_refused or failures > 1 or clock() >= until):
                say(f"{name}: {'refused' if is_refused else error}; it is asked until it answers")
                is_away = True
        else:
            if is_away:
                say(f"{name}: answers again")
            failures, is_away = 0, False
        left = until - clock()
        if waiting.is_over or left <= 0:
            return
        await sleep(min(back_off(failures, random) if failures else PAUSE, left))


class NodeLookout:
    """Looks for the end of jobs on a node, one request after the other.

    What the node's process lost is known to those who may ask when that started; to others `say`
    tells once that they can't know.
    """

    def __init__(
        self, client: Client, name: str, *, say: Callable[[str], None], clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._name = name
        self._say = say
        self._clock = clock
        self._is_first = True
        self._missing: Counter[str] = Counter()
        self._process_started: int | None = None
        self._process_due = -inf
        self._is_blind = False

    async def look(self, ids: Sequence[str]) -> AsyncGenerator[Ended, None]:
        """Return those of the jobs that have ended; `ids` are all that were not returned yet.

        `UnknownJobsError` behind them if the node doesn't have some, `NodeError` if it can't be
        asked.
        """
        try:
            going_on: list[Job] = []
            for id in ids:
                job = await self._find(id)
                if job is not None:
                    ended = self._ended(job)
                    if ended is None:
                        going_on.append(job)
                    else:
                        yield ended
            self._refuse_missing()
            for job in await self._lost(going_on):
                # Before the node was started anew, it may have ended.
                ended = self._ended(await self._find(job.id) or job, self._process_started)
                if ended is not None:
                    yield ended
        except NodeError:
            # Another process, or another user's rights, may answer next time.
            self._process_due = -inf
            raise
        finally:
            self._is_first = False

    async def _find(self, id: str) -> Job | None:
        """Ask for a job, and count how often it was missing."""
        # To an empty id the node answers 500, as if it were not well.
        answer = await self._client.ask(protocol.get_job(id)) if id else []
        if not isinstance(answer, list):
            raise AnswerError("it answered with something else than jobs")
        job = next((job for job in protocol.jobs_in(answer).jobs if job.id == id), None)
        if job is None:
            self._missing[id] += 1
        else:
            del self._missing[id]
        return job

    def _refuse_missing(self) -> None:
        times = 1 if self._is_first else MISSING_TIMES
        missing = [id for id, count in self._missing.items() if count >= times]
        if missing:
            raise UnknownJobsError(missing)

    def _ended(self, job: Job, lost_since: int | None = None) -> Ended | None:
        return ended_as(job, Known(Origin(self._name, lost_since)))

    async def _lost(self, jobs: Sequence[Job]) -> list[Job]:
        """Return those that were under way when the node was started anew."""
        if jobs and self._clock() >= self._process_due:
            await self._check_process()
        started = self._process_started
        if started is None:
            return []
        # What has no start can't be told.
        return [job for job in jobs if 0 < job.started < lost_before(started)]

    async def _check_process(self) -> None:
        try:
            answer = await self._client.ask(protocol.PROCESS)
        except ForbiddenError:
            self._tell_blind("the user is no super user, who alone may ask")
        except UnsupportedError:
            self._tell_blind("the node doesn't tell")
        else:
            self._process_started = protocol.process_start(answer) or self._process_started
            self._process_due = self._clock() + PROCESS_EVERY

    def _tell_blind(self, reason: str) -> None:
        self._process_due = inf
        if not self._is_blind:
            self._is_blind = True
            self._say(
                f"{self._name}: whether it was started anew, and lost a job, is not known"
                f" ({reason}); if it was, only --timeout ends the wait"
            )


def _limit(seconds: float) -> float | None:
    return None if seconds == inf else seconds
