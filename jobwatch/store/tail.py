"""Tail: which jobs of a query have begun and ended since one last looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import inf
from typing import NamedTuple, TypeAlias

from jobwatch.model.formats import encode
from jobwatch.model.job import PROGRESS, JobStatus, Outcome, job_as_of
from jobwatch.model.known import Known
from jobwatch.model.node import Origin
from jobwatch.model.query import JobQuery, resolved
from jobwatch.model.signs import Signs
from jobwatch.store import export_statements, reads, usual
from jobwatch.store import tail_statements as sql
from jobwatch.store.search import ready_for
from jobwatch.store.statements import job_of
from jobwatch.store.steps import One, Reading
from jobwatch.store.told import SEQ, Told, told

__all__ = ["Event", "Happened", "Tail"]

CAME_LATER = frozenset({PROGRESS, "exit_status"})
"""The keys of a record, beside the columns, that a job gets only after it has begun."""


class Event(StrEnum):
    """What may happen to a job."""

    STARTED = "started"
    ENDED = "ended"
    LOST = "lost"


class Happened(NamedTuple):
    """What happened to a job, and when (ms): by its record, or when its process was missed.

    The job of a start is told as it stood then.
    """

    event: Event
    at: int | float
    told: Told


class Tail:
    """Follows a log from its first look on.

    That a query finds a job is asked when something happens to it: one for errors tells of ends
    alone. A job that has begun and ended since the last look is told twice. What has ended before
    the first look is passed over, though it arrives later, as a node's history does; so is a job
    that has ended and begins anew under its id.

    A look that an error ends takes note of nothing: the next one tells it all.
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
        last, last_id = yield from _newest()
        if self._since is None:
            going_on = yield One(sql.GOING_ON)
            self._begun = {seq: _has_begun(status) for seq, status in going_on}
            self._since, self._last, self._last_id = now, last, last_id
            return []
        begun = dict(self._begun)
        # The last place of arrival is given anew where its job was deleted.
        is_another = last == self._last and last_id != self._last_id
        if is_another:
            begun.pop(last, None)
        behind = min(self._last, last - is_another)
        states = yield from _states(begun, behind)
        events = {seq: _events(state, begun.get(seq), self._since) for seq, state in states.items()}
        happened = yield from self._happened(events, now)
        self._last = max([behind, *states])
        self._last_id = states[self._last].id if self._last in states else last_id
        self._begun = {
            seq: _has_begun(state.status)
            for seq, state in states.items()
            if state.outcome == Outcome.PENDING
        }
        return happened

    def look_for_lost(self, now: int) -> Reading[list[Happened]]:
        """Return which jobs go on though their processes are gone, each once."""
        gone = yield from usual.gone()
        missed = [seq for seq in gone if seq in self._begun]
        happened = yield from self._happened({seq: [(Event.LOST, now)] for seq in missed}, now)
        for seq in missed:
            del self._begun[seq]
        return happened

    def _happened(self, events: Mapping[int, _Events], now: int) -> Reading[list[Happened]]:
        events = {seq: found for seq, found in events.items() if found}
        if not events:
            return []
        yield from ready_for(self._query)
        found = yield from self._found(sql.MATCHING, events, now)
        over = [seq for seq, both in events.items() if len(both) > 1]
        found_begun = yield from self._found(sql.MATCHING_BEGUN, over, now)
        seqs = _array(found | found_begun)
        rows = yield One(export_statements.JOBS, (seqs,))
        beside = yield One(export_statements.KNOWN, (seqs,))
        # One that its node lost says so itself.
        missed = [row for row in rows if events[row[SEQ]][-1][0] is Event.LOST]
        signs = Signs(gone=frozenset(job_of(row).id for row in missed))
        happened: list[tuple[float, Happened]] = []
        for row, job in zip(rows, told(rows, beside, signs, now), strict=True):
            seq, at = row[SEQ], -inf
            for number, (event, when) in enumerate(events[seq], 1):
                # By its record a job may have ended before it began.
                at = max(at, when)
                is_last = number == len(events[seq])
                if seq in (found if is_last else found_begun):
                    happened.append((at, Happened(event, when, job if is_last else _begun(job))))
        return [one for _, one in sorted(happened, key=lambda each: each[0])]

    def _found(self, statement: str, seqs: Iterable[int], now: int) -> Reading[set[int]]:
        rows = yield One(*reads.filtered(statement, self._query, now, seqs=_array(seqs)))
        return {seq for (seq,) in rows}


class _State(NamedTuple):
    """A row of `tail_statements.NEW` and `STATES`."""

    seq: int
    id: object
    status: object
    outcome: int
    started: float
    has_start: int
    ended: float | None


_Events: TypeAlias = list[tuple[Event, int | float]]


def _events(state: _State, begun: bool | None, since: int) -> _Events:
    """Return what has happened to a job, and when (ms), since it was seen last.

    `begun` says whether it had begun then, None where it wasn't there; `since` is the first look.
    """
    start = (Event.STARTED, state.started)
    if state.outcome == Outcome.PENDING:
        return [start] if _has_begun(state.status) and not begun else []
    at = state.started if state.ended is None else state.ended
    if begun is None and at < since:
        return []
    end = (Event.LOST if state.outcome == Outcome.LOST else Event.ENDED, at)
    is_new = begun is False or (begun is None and state.started >= since)
    return [start, end] if is_new and state.has_start else [end]


def _newest() -> Reading[tuple[int, object]]:
    for seq, id in (yield One(sql.LAST)):
        return seq, id
    return 0, None


def _states(begun: Mapping[int, bool], behind: int) -> Reading[dict[int, _State]]:
    """Return how jobs stand: those that went on, and those that have arrived behind a seq."""
    rows = [*(yield One(sql.STATES, (_array(begun),)))] if begun else []
    rows += yield One(sql.NEW, (behind,))
    return {row[0]: _State(*row) for row in rows}


def _begun(job: Told) -> Told:
    """Return a job that is over as it stood when it began."""
    record, known = job
    other = {key: value for key, value in record.other.items() if key not in CAME_LATER}
    begun = job_as_of(record.replace(other=other), JobStatus.IN_PROGRESS)
    return begun, Known(Origin(known.origin.node), known.note)


def _has_begun(status: object) -> bool:
    return status != JobStatus.CREATED


def _array(seqs: Iterable[int]) -> str:
    return encode(list(seqs)).decode()
