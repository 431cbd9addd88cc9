"""Teller: tells the user of jobs that ended or are lost, as was asked for; many in one notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple, Protocol

from jobwatch.model.condition import FAILED
from jobwatch.model.exported import export_record
from jobwatch.model.formats import encode
from jobwatch.model.job import Job, Json, Outcome
from jobwatch.model.known import Known
from jobwatch.model.query import JobQuery, unending
from jobwatch.model.row import JobRow
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.telling import (
    LOST_SIGNS,
    Target,
    Watch,
    as_lost,
    endings,
    summary,
)
from jobwatch.model.when import UTC, Milliseconds
from jobwatch.store.edits import Clock

__all__ = ["MOST", "Endings", "Teller", "Voices"]

MOST = 100
"""How many ended jobs, and how many lost ones, are asked for at a time."""
GATHERED = 2_000
"""Milliseconds from the first ending until it is told, with those that came meanwhile."""
LATE = 600_000
"""By how many ms an ending may be older than the last look: a node's clock may be behind, and its
mirror too. What comes to the log later than that is an old job."""


class Endings(Protocol):
    """What a teller reads from the log; all raise `LogError` where it can't be read."""

    def row(self, id: str) -> Awaitable[JobRow | None]:
        """Return the line of a job as it is now, None if there is none."""

    def found(self, query: JobQuery, limit: int) -> Awaitable[list[JobRow]]:
        """Return the lines of the newest jobs of a query, so many at most."""

    def job(self, id: str) -> Awaitable[Job | None]:
        """Return a job without its body."""

    def body(self, id: str) -> Awaitable[Json]:
        """Return the body of a job."""

    def known(self, job: Job) -> Awaitable[Known]:
        """Return what is known of a job beside its record."""

    def signs(self) -> Awaitable[Signs]:
        """Return the signs by which jobs that go on may be lost."""


class Voices(NamedTuple):
    """What a notice is given with; none of them waits.

    `say` shows it on the monitor's own screen, whatever else is wanted. `command` takes a command
    of the user's and the records of the jobs, a line of JSON each.
    """

    say: Callable[[str], None]
    bell: Callable[[], None]
    desktop: Callable[[str], None]
    command: Callable[[str, bytes], None]


@dataclass
class _Ended:
    """A job that is to be told of, and the watches that want it."""

    row: JobRow
    watches: dict[Target, Watch] = field(default_factory=dict)


@dataclass
class _Search:
    """What is asked for a watched query: what was over at `since` (ms) or later.

    `old` are the jobs that were over before the watch `began`, `lost` those that were lost by their
    signs when the first look was taken; None until they were looked for.
    """

    query: JobQuery
    began: int
    since: int
    old: frozenset[str] | None = None
    lost: frozenset[str] | None = None
    lost_from: tuple[float, float] = (-inf, -inf)
    """The key of the oldest job of which it is known whether it was lost then."""

    def newly_lost(self, rows: Sequence[JobRow]) -> list[JobRow]:
        """Return those that were not lost before the watch, as lost ones."""
        # Nobody can tell since when a process is gone: so they are known by their ids.
        if self.lost is None:
            self.lost = frozenset(row.id for row in rows)
            if len(rows) >= MOST:  # there may be more, which must not be taken for new ones
                self.lost_from = min(row.key for row in rows)
        return [
            as_lost(row) for row in rows if row.id not in self.lost and row.key >= self.lost_from
        ]

    def fresh(self, rows: Sequence[JobRow], now: int) -> list[JobRow]:
        """Return those that were not over before the watch; ask for later ones from now on."""
        if self.old is None:
            # What says that it ends later than now has ended before, by another clock.
            self.old = frozenset(row.id for row in rows if not self.began <= _over(row) <= now)
            if len(rows) >= MOST:  # there may be more, which could not be told from late ones
                self.since = self.began
        fresh = [row for row in rows if row.id not in self.old]
        # A record may say that it ends in the year 3000: nothing waits for that.
        self._move_on(sorted(min(_over(row), now) for row in rows))
        self.since = max(self.since, now - LATE)
        return fresh

    def _move_on(self, instants: Sequence[Milliseconds]) -> None:
        """Keep half of what is asked for at a time free for what is new."""
        if len(instants) > MOST // 2:
            middle, newest = int(instants[-MOST // 2]), int(instants[-1])
            if middle > self.since:
                self.since = middle
            elif len(instants) >= MOST and newest >= self.since:
                # So many at one instant, as when a node restarts, must not hide what comes later.
                self.since = newest + 1


class Teller:
    """Holds what is watched, and is asked to look whenever the log has changed.

    Each ending is told once, those that are found within two seconds of the first in one notice.
    A job that is lost by its signs is told as if it had ended so. A job's watch is over with the
    job. Nothing is remembered between runs.
    """

    def __init__(self, voices: Voices, clock: Clock) -> None:
        self._voices = voices
        self._clock = clock
        self._watches: dict[Target, Watch] = {}
        self._searches: dict[JobQuery, _Search] = {}
        self._gathered: dict[str, _Ended] = {}
        self._gathering_since = 0
        self._told: dict[str, Milliseconds] = {}
        self._told_as_lost: set[str] = set()
        self._at_least = False

    def watch(self, watch: Watch) -> None:
        """Watch a job or a query from now on; that takes the place of a watch of the same."""
        before = self._watches.get(watch.target)
        self._watches[watch.target] = watch
        is_new = before is None or before.event is not watch.event
        if isinstance(watch.target, JobQuery) and is_new:
            now = self._clock()
            self._searches[watch.target] = _Search(watch.target, now, now - LATE)

    def stop(self, target: Target) -> None:
        """Watch something no longer, if it was watched."""
        self._watches.pop(target, None)
        if isinstance(target, JobQuery):
            self._searches.pop(target, None)

    @property
    def watches(self) -> tuple[Watch, ...]:
        """Return what is watched, in the order in which it was asked for."""
        return tuple(self._watches.values())

    @property
    def said(self) -> str:
        """Return how many watches there are, for the status bar; nothing if there are none."""
        return f"♪ {len(self._watches):,}" if self._watches else ""

    @property
    def due(self) -> bool:
        """Return whether there is something to tell now: then `look`, though nothing changed."""
        # The clock may have been set back meanwhile.
        waited = self._clock() - self._gathering_since
        return bool(self._gathered) and not 0 <= waited < GATHERED

    async def look(self, log: Endings) -> None:
        """Find what ended since the last look, and tell what has waited for others long enough.

        `LogError` if the log can't be read; the next look finds the same then.
        """
        for search in list(self._searches.values()):
            if search.query in self._watches:  # still: a look takes a while
                await self._search(search, log)
        jobs = [(watch.target, watch) for watch in self.watches if isinstance(watch.target, str)]
        # Before the jobs: what had closed its record when its process ended is no lost one then.
        signs = await log.signs() if jobs else NO_SIGNS
        for id, watch in jobs:
            await self._look_at(watch, id, signs, log)
        self._forget()
        if self.due:
            await self._tell(log)

    async def _search(self, search: _Search, log: Endings) -> None:
        watch = self._watches[search.query]
        now = self._clock()
        # The lost ones first: one that ends meanwhile is told by what came of it.
        lost = await log.found(unending(search.query), MOST)
        over = await log.found(endings(search.query, watch.event, search.since), MOST)
        if self._watches.get(search.query) is not watch:
            return  # it was stopped or changed while the log was read
        for rows, new in ((lost, search.newly_lost(lost)), (over, search.fresh(over, now))):
            news = [row for row in new if self._is_news(row)]
            for row in news:
                self._gather(row, watch)
            self._at_least |= len(rows) >= MOST and bool(news)

    def _is_news(self, row: JobRow) -> bool:
        if row.id in self._told_as_lost and row.outcome in FAILED.outcomes:
            # It goes on to be lost, or is closed as failed, most often by the user's own hand: that
            # says no more. Only that it ended otherwise after all does.
            return False
        return row.id not in self._told

    async def _look_at(self, watch: Watch, id: str, signs: Signs, log: Endings) -> None:
        # Behind the searches, so that this is never older than what they found.
        row = await log.row(id)
        if self._watches.get(id) is not watch:
            return
        if row is not None:
            if signs.of(row, self._clock()) in LOST_SIGNS:
                row = as_lost(row)
            self._gather(row, watch)
        if row is None or row.outcome is not Outcome.PENDING:
            self.stop(id)

    def _gather(self, row: JobRow, watch: Watch) -> None:
        if not watch.tells(row) or row.id in self._told:
            return
        if not self._gathered:
            self._gathering_since = self._clock()
        ended = self._gathered.setdefault(row.id, _Ended(row))
        ended.row = row
        ended.watches[watch.target] = watch

    def _forget(self) -> None:
        """Forget what was told and won't be found again."""
        since = min((search.since for search in self._searches.values()), default=None)
        if since is None:
            self._told.clear()
        else:
            self._told = {id: over for id, over in self._told.items() if over >= since}

    async def _tell(self, log: Endings) -> None:
        ended = list(self._gathered.values())
        given = [
            (command, await _records(log, _wanting(ended, command)))
            for command in dict.fromkeys(watch.ways.command for watch in _watches(ended))
            if command
        ]
        # From here on nothing waits, so that it is told once and as a whole.
        for row in (one.row for one in ended):
            if row.over is not None:
                self._told[row.id] = row.over
            if row.outcome is Outcome.LOST:
                self._told_as_lost.add(row.id)
        self._gathered.clear()
        at_least, self._at_least = self._at_least, False
        self._voices.say(summary([one.row for one in ended], at_least=at_least))
        if any(watch.ways.bell for watch in _watches(ended)):
            self._voices.bell()
        on_desktop = [
            one.row for one in ended if any(watch.ways.desktop for watch in _watches([one]))
        ]
        if on_desktop:
            self._voices.desktop(summary(on_desktop, at_least=at_least))
        for command, records in given:
            if records:
                self._voices.command(command, records)


def _watches(ended: Iterable[_Ended]) -> list[Watch]:
    return [watch for one in ended for watch in one.watches.values()]


def _wanting(ended: Iterable[_Ended], command: str) -> list[str]:
    """Return the ids of the jobs that a command is to be told of."""
    return [
        one.row.id for one in ended if any(w.ways.command == command for w in one.watches.values())
    ]


async def _records(log: Endings, ids: Iterable[str]) -> bytes:
    """Return the records of jobs, a line of JSON each; those that are gone are left out."""
    lines = []
    for id in ids:
        job = await log.job(id)
        if job is not None:
            whole = job.replace(job_body=await log.body(id))
            lines.append(encode(export_record(whole, await log.known(job), UTC)) + b"\n")
    return b"".join(lines)


def _over(row: JobRow) -> Milliseconds:
    """Return when a job was over; one that ended at no known time, long ago."""
    return row.over if row.over is not None else 0
