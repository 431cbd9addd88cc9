"""The three ways to follow a node's jobs, from the best to what is left to an ordinary user."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Protocol

from jobwatch.feeds.harper import protocol
from jobwatch.feeds.harper.client import ForbiddenError, UnsupportedError
from jobwatch.feeds.harper.protocol import Found
from jobwatch.model.job import Job, Json, Phase
from jobwatch.model.query import JobQuery, View
from jobwatch.model.when import TimeRange
from jobwatch.store.job_log import JobLog

__all__ = ["Access", "ChangeFeed", "Client", "KnownJobs", "Windows", "open_access"]

FEED_OVERLAP = 5_000
"""Milliseconds of the change feed that are read again: its rows don't appear in strict order."""

WINDOW_OVERLAP = 60_000
"""...and of starts, for a job's start moves when it begins."""

AT_ONCE = 20
"""Jobs that are asked for one by one in one look."""


class Client(Protocol):
    """What is asked: a `NodeClient`."""

    skew: int | None
    """By how many ms the node's clock is ahead; None before the first answer."""

    async def ask(self, request: Mapping[str, Json]) -> Json:
        """Return the answer to a request, or raise a `NodeError`."""


class Access(Protocol):
    """A way to follow one node's jobs."""

    unseen: str
    """What can't be seen this way; one line for a person, empty if all can."""

    def changes(self, now: int) -> AsyncIterator[Found]:
        """Return what has changed since the last look; `now` is by the node's clock."""

    async def page(self, range: TimeRange) -> Found | None:
        """Return the jobs that started in a range, None where that can't be asked."""

    @property
    def is_through(self) -> bool:
        """Return whether the last look left nothing for the next."""

    @property
    def seen_until(self) -> float | None:
        """Return up to when (ms, the node's clock) changes have been seen."""


class ChangeFeed:
    """The table of jobs by the time of its last writing: for a super user of HarperDB."""

    unseen = ""
    is_through = True

    def __init__(self, client: Client, seen_until: float) -> None:
        self.seen_until = seen_until
        self._client = client
        self._seen = Seen()

    async def changes(self, now: int) -> AsyncIterator[Found]:
        """Return what was written since the last look, page by page."""
        cursor = self.seen_until - FEED_OVERLAP
        while True:
            found = protocol.jobs_in(await self._client.ask(protocol.changes_since(cursor)))
            yield self._seen.news_in(found)
            last = max((_written(job) for job in found.jobs), default=cursor)
            self.seen_until = max(self.seen_until, last)
            if len(found.jobs) + found.unusable < protocol.FEED_PAGE or last <= cursor:
                break
            cursor = last
        self._seen.end_look()

    async def page(self, range: TimeRange) -> Found:
        """Return the jobs that started in a range."""
        return protocol.jobs_in(await self._client.ask(protocol.started_within(range)))


class Windows:
    """The newest starts again and again, and what ran before them by id: where there is no feed."""

    unseen = ""

    def __init__(self, client: Client, log: JobLog, name: str, seen_until: float) -> None:
        self.seen_until = seen_until
        self._client = client
        self._seen = Seen()
        self._running = Running(client, log, name)

    async def changes(self, now: int) -> AsyncIterator[Found]:
        """Return what started lately, and what became of what ran before."""
        start = int(self.seen_until) - WINDOW_OVERLAP
        found = await self.page(TimeRange(start, None))
        yield self._seen.news_in(found)
        self._seen.end_look()
        self.seen_until = max(self.seen_until, now)
        async for answer in self._running.ask(but={job.id for job in found.jobs}):
            yield answer

    async def page(self, range: TimeRange) -> Found:
        """Return the jobs that started in a range."""
        return protocol.jobs_in(await self._client.ask(protocol.window(range)))

    @property
    def is_through(self) -> bool:
        """Return whether all that ran before has been asked for."""
        return self._running.is_through


class KnownJobs:
    """The jobs that the log has, one by one: all that an ordinary user of HarperDB may ask."""

    unseen = "only known jobs are seen: the user is no super user"
    seen_until = None

    def __init__(self, client: Client, log: JobLog, name: str, ids: Iterable[str]) -> None:
        self._client = client
        self._running = Running(client, log, name, ids)

    async def changes(self, now: int) -> AsyncIterator[Found]:
        """Return what became of the jobs that have not ended."""
        asked = False
        async for answer in self._running.ask():
            asked = True
            yield answer
        if not asked:
            await self._client.ask(protocol.USER)

    async def page(self, range: TimeRange) -> None:
        """Return nothing: what is not known can't be asked for."""
        return

    @property
    def is_through(self) -> bool:
        """Return whether all that is known has been asked for."""
        return self._running.is_through


class Seen:
    """What the look before brought, so that an overlap brings it once."""

    def __init__(self) -> None:
        self._before: dict[str, Job] = {}
        self._now: dict[str, Job] = {}

    def news_in(self, found: Found) -> Found:
        """Return what is new or different in an answer."""
        self._now |= {job.id: job for job in found.jobs}
        return Found([job for job in found.jobs if self._before.get(job.id) != job], found.unusable)

    def end_look(self) -> None:
        """Take the next answer for the first of another look."""
        self._before, self._now = self._now, {}


class Running:
    """The jobs of a node that have not ended, asked for by id, each in its turn."""

    def __init__(self, client: Client, log: JobLog, name: str, ids: Iterable[str] = ()) -> None:
        self._client = client
        self._log = log
        self._query = JobQuery(View.RUNNING, node=name)
        self._named = dict.fromkeys(ids)
        self._turns: deque[str] = deque()

    @property
    def is_through(self) -> bool:
        """Return whether each has had its turn."""
        return not self._turns

    async def ask(self, but: Iterable[str] = ()) -> AsyncIterator[Found]:
        """Return what became of the next few, but for those that are known to be fresh."""
        if not self._turns:
            running = await self._log.page(self._query, limit=1_000)
            self._turns.extend(dict.fromkeys([*self._named, *(job.id for job in running)]))
        fresh = set(but)
        due = [self._turns.popleft() for _ in range(min(AT_ONCE, len(self._turns)))]
        for id in due:
            if id not in fresh:
                found = protocol.jobs_in(await self._client.ask(protocol.get_job(id)))
                for job in found.jobs:
                    if job.phase is Phase.ENDED:
                        self._named.pop(job.id, None)
                yield found


async def open_access(
    client: Client, log: JobLog, name: str, *, seen_until: float, ids: Iterable[str]
) -> Access:
    """Return the best way to follow a node that its user may go, found out by trying."""
    feed = ChangeFeed(client, seen_until)
    empty = TimeRange(0, 0)
    try:
        await feed.page(empty)
    except (ForbiddenError, UnsupportedError):
        pass
    else:
        return feed
    windows = Windows(client, log, name, seen_until)
    try:
        await windows.page(empty)
    except (ForbiddenError, UnsupportedError):
        return KnownJobs(client, log, name, ids)
    return windows


def _written(job: Job) -> float:
    return job.updatedtime if isinstance(job.updatedtime, int | float) else 0.0
