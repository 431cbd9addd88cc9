"""Tail: which jobs of a query have begun and ended since one last looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from jobwatch.model.formats import encode
from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.query import JobQuery, resolved
from jobwatch.model.signs import Signs
from jobwatch.store import export_statements, reads, usual
from jobwatch.store import tail_statements as sql
from jobwatch.store.search import ready_for
from jobwatch.store.statements import job_of
from jobwatch.store.steps import One, Reading
from jobwatch.store.told import SEQ, Told, told

__all__ = ["Event", "Happened", "Tail"]


class Event(StrEnum):
    """What may happen to a job."""

    STARTED = "started"
    ENDED = "ended"
    LOST = "lost"


class Happened(NamedTuple):
    """What happened to a job, and when (ms): by its record, or when its process was missed."""

    event: Event
    at: int | float
    told: Told


class Tail:
    """Follows a log from its first look on.

    That a query finds a job is asked when something happens to it: one for errors tells of ends
    alone. What has ended before the first look is passed over, though it arrives later, as a
    node's history does; so is a job that has ended and begins anew under its id.
    """

    def __init__(self, query: JobQuery) -> None:
        self._query = resolved(query)
        self._since: int | None = None
        self._last = 0
        self._last_id: object = None
        self._begun: dict[int, bool] = {}
        """Of each job that goes on, by its seq: whether it has begun."""

    def look(self, now: int) -> Reading[list[Happened]]:
        """Return what has happened up to an instant (ms), in order; nothing the first time."""
        if self._since is None:
            self._since = now
            self._last, self._last_id = yield from self._newest()
            going_on = yield One(sql.GOING_ON)
            self._begun = {seq: _has_begun(status) for seq, status in going_on}
            return []
        last, last_id = yield from self._newest()
        # The last place of arrival is given anew where its job was deleted.
        is_another = last == self._last and last_id != self._last_id
        if is_another:
            self._begun.pop(last, None)
        self._last = min(self._last, last - is_another)
        events: dict[int, list[tuple[Event, int | float]]] = {}
        for seq, status, outcome, started, ended, _ in (yield from self._states()):
            found = list(self._of(seq, status, Outcome(outcome), started, ended))
            if found:
                events[seq] = found
        return (yield from self._happened(events, now))

    def look_for_lost(self, now: int) -> Reading[list[Happened]]:
        """Return which jobs go on though their processes are gone, each once."""
        gone = yield from usual.gone()
        missed = [seq for seq in gone if self._begun.pop(seq, None) is not None]
        return (yield from self._happened({seq: [(Event.LOST, now)] for seq in missed}, now))

    def _states(self) -> Reading[Iterable[Sequence[Any]]]:
        states = {}
        if self._begun:
            rows = yield One(sql.STATES, (_array(self._begun),))
            states = {row[0]: row for row in rows}
            self._begun = {seq: begun for seq, begun in self._begun.items() if seq in states}
        for row in (yield One(sql.NEW, (self._last,))):
            states[row[0]] = row
        newest = max([self._last, *states])
        if newest > self._last:
            self._last, self._last_id = newest, states[newest][5]
        return states.values()

    def _newest(self) -> Reading[tuple[int, object]]:
        for seq, id in (yield One(sql.LAST)):
            return seq, id
        return 0, None

    def _of(
        self, seq: int, status: str, outcome: Outcome, started: float, ended: float | None
    ) -> Iterable[tuple[Event, int | float]]:
        """Tell what has happened to one job, and keep in mind how it stands."""
        begun = self._begun.get(seq, False)
        if outcome is Outcome.PENDING:
            self._begun[seq] = _has_begun(status)
            if self._begun[seq] and not begun:
                yield Event.STARTED, started
            return
        was_there = self._begun.pop(seq, None) is not None
        over = started if ended is None else ended
        if was_there or over >= (self._since or 0):
            yield Event.LOST if outcome is Outcome.LOST else Event.ENDED, over

    def _happened(
        self, events: dict[int, list[tuple[Event, int | float]]], now: int
    ) -> Reading[list[Happened]]:
        if not events:
            return []
        yield from ready_for(self._query)
        found = yield One(*reads.filtered(sql.MATCHING, self._query, now, seqs=_array(events)))
        seqs = _array([seq for (seq,) in found])
        rows = yield One(export_statements.JOBS, (seqs,))
        beside = yield One(export_statements.KNOWN, (seqs,))
        # One that its node lost says so itself.
        missed = [row for row in rows if events[row[SEQ]][-1][0] is Event.LOST]
        signs = Signs(gone=frozenset(job_of(row).id for row in missed))
        jobs = zip(rows, told(rows, beside, signs, now), strict=True)
        happened = [Happened(event, at, job) for row, job in jobs for event, at in events[row[SEQ]]]
        return sorted(happened, key=lambda one: one.at)


def _has_begun(status: object) -> bool:
    return status != JobStatus.CREATED


def _array(seqs: Iterable[int]) -> str:
    return encode(list(seqs)).decode()
