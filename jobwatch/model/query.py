"""What a reader asks of the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from jobwatch.model.condition import (
    AMISS,
    EVERY,
    And,
    Condition,
    Ended,
    Field,
    Has,
    Matches,
    Not,
    Or,
    Pattern,
    Ran,
    Shows,
    Started,
    Trait,
    all_of,
    conjuncts,
)
from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.when import ALWAYS, TimeRange

__all__ = ["JobQuery", "Sort", "SortKey", "View", "Within", "resolved", "unending"]


class View(StrEnum):
    """The states of a job that a view of the monitor shows."""

    RUNNING = "running"
    ALL = "all"
    FAILED = "failed"
    ERRORS = "errors"
    """Those that failed, by what they said."""
    ATTENTION = "attention"
    """Those that failed, are partial, overdue or lost."""


class Within(StrEnum):
    """What of a job lies in a range of time."""

    STARTED = "started"
    """Its start."""
    RUNNING = "running"
    """Any moment of its run, or its start."""


class SortKey(StrEnum):
    """What a result can be ordered by."""

    STARTED = "started"
    DURATION = "duration"
    STATUS = "status"
    TYPE = "type"
    USER = "user"
    NODE = "node"
    MESSAGE = "message"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of jobs; those that are equal in `key` stay in order of start."""

    key: SortKey = SortKey.STARTED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs, in which order: all conditions must hold.

    `range` bounds the time that orders jobs (their start), or with `within` that of their run;
    `node` is the name of one node. `where` is the meaning of `text`, which is kept as it was
    written, to be shown. `as_of` (ms) asks for the log as it stood then.
    """

    view: View = View.ALL
    range: TimeRange = ALWAYS
    within: Within = Within.STARTED
    text: str = ""
    where: Condition = EVERY
    node: str | None = None
    sort: Sort = Sort()
    as_of: int | None = None

    @property
    def narrows(self) -> bool:
        """Return whether it asks for less than a view of the whole log as it is now."""
        whole = (self.range, self.where, self.node, self.as_of)
        return whole != (ALWAYS, EVERY, None, None)


_CONDITIONS: Mapping[View, Condition] = {
    View.ERRORS: Has(frozenset({Outcome.FAILED})),
    View.ATTENTION: AMISS,
}


def unending(query: JobQuery) -> JobQuery:
    """Return the query of the jobs of another one that are lost by their signs alone."""
    # Only jobs that go on are, and those have an index.
    where = all_of([query.where, Shows(Trait.UNENDING)])
    return replace(query, view=View.RUNNING, where=where)


def resolved(query: JobQuery) -> JobQuery:
    """Return the query in plain terms: its range is of starts, all the rest are conditions.

    As of an instant, a job that had not ended yet was running, whatever came of it later.
    """
    view, bounds, where = query.view, [query.range], [query.where]
    if view in _CONDITIONS:
        where.append(_CONDITIONS[view])
        view = View.ALL
    if query.within is Within.RUNNING and query.range != ALWAYS:
        bounds = []
        where.append(Ran(query.range))
    if query.as_of is not None:
        after = query.as_of + 1
        bounds.append(TimeRange(None, after))
        if view is View.RUNNING:
            view = View.ALL
            where.append(Ran(TimeRange(after, after)))
        elif view is View.FAILED:
            where.append(Ended(TimeRange(None, after)))
    rest = []
    if query.as_of is not None:
        where = [_by(condition, query.as_of + 1) for condition in where]
    for condition in conjuncts(all_of(where)):
        if isinstance(condition, Started):
            bounds.append(condition.range)
        else:
            rest.append(condition)
    return replace(
        query,
        view=view,
        range=_intersection(bounds),
        within=Within.STARTED,
        where=all_of(rest),
        as_of=None,
    )


def _by(condition: Condition, after: int) -> Condition:
    """Return what a condition on states means of the jobs as they stood just before an instant."""
    match condition:
        case And(parts):
            return And(tuple(_by(part, after) for part in parts))
        case Or(parts):
            return Or(tuple(_by(part, after) for part in parts))
        case Not(part):
            return Not(_by(part, after))
        case Has(outcomes):
            over = all_of([Has(outcomes - {Outcome.PENDING}), Ended(TimeRange(None, after))])
            ran = Ran(TimeRange(after, after))
            return Or((over, ran)) if Outcome.PENDING in outcomes else over
        case Matches(Field.STATUS, Pattern((text,))) if text.upper() == JobStatus.IN_PROGRESS:
            return Or((condition, Ran(TimeRange(after, after))))
        case Matches(Field.STATUS, _):
            # What went on had another status then, which no record tells.
            return all_of([condition, Not(Ran(TimeRange(after, after)))])
        case _:
            return condition


def _intersection(ranges: Iterable[TimeRange]) -> TimeRange:
    ranges = list(ranges)
    starts = [range.start for range in ranges if range.start is not None]
    ends = [range.end for range in ranges if range.end is not None]
    return TimeRange(max(starts, default=None), min(ends, default=None))
