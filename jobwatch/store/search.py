"""How the jobs of a query are found: which index leads to them, and what must hold besides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jobwatch.model.condition import (
    EVERY,
    FAILED,
    Condition,
    Field,
    Has,
    Matches,
    Measures,
    Or,
    Pattern,
    Ran,
    Shows,
    all_of,
    conjuncts,
    leaves,
    outcomes_of,
)
from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, View, resolved
from jobwatch.store import search_statements as sql
from jobwatch.store.condition_statements import Fragment, cases, fragment
from jobwatch.store.list_statements import OF_NODE
from jobwatch.store.search_statements import Way
from jobwatch.store.steps import One, Reading
from jobwatch.store.usual import prepare

__all__ = ["Part", "Search", "parts_of", "ready_for", "search_of"]

FEW_FACETS = 4_096
"""Up to so many facets a slice looks each of them up; more are likely to be everywhere."""

FEW_JOBS = 8_192
"""So many jobs are looked at in one statement: some ten milliseconds, were each a text."""

_VIEWS: Mapping[View, Condition] = {
    View.ALL: EVERY,
    View.RUNNING: Has(frozenset({Outcome.PENDING})),
    View.FAILED: FAILED,
}
_FACETS = {Field.STATUS, Field.TYPE, Field.USER, Field.NODE}
_LAST_CHARACTER = "\U0010ffff"


class Search(NamedTuple):
    """What finds the jobs of a query, in SQL."""

    start: float
    """The half-open range of starts, ms."""
    end: float
    facets: Fragment
    """A condition on the distinct values of `facets`."""
    where: Fragment
    ids: str | None
    """The ranges of ids as a JSON array of pairs, where the query says how they begin."""
    ran_from: float | None
    """Where set, a job counts only if it went on at this instant (ms) or began later."""
    by_facet: bool
    """Whether the facets leave any job out."""
    is_of_facets_alone: bool
    """Whether nothing is asked for but a range and what facets tell."""
    depends_on_now: bool
    """Whether a job may come into the result or leave it by the passing of time alone."""
    needs_usual: bool
    """Whether it asks for what `usual` prepares."""

    def read(self, statement: str, **given: Any) -> tuple[str, dict[str, Any]]:
        """Return a statement of `search_statements` with the conditions put in."""
        bounds = {"start": self.start, "end": self.end, "before": self.ran_from, "ids": self.ids}
        return (
            statement.replace("{of_facets}", sql.OF_FACETS if self.by_facet else "TRUE")
            .replace("{facets}", self.facets.sql)
            .replace("{where}", self.where.sql),
            bounds | self.facets.parameters | self.where.parameters | given,
        )


class Part(NamedTuple):
    """A part of a search: a range of starts, and the way to go through it."""

    way: Way
    start: float
    end: float
    whole: bool
    """Whether it is short enough for one statement."""


def search_of(query: JobQuery) -> Search:
    """Return what finds the jobs of a query."""
    query = resolved(query)
    named, rest = _VIEWS[query.view], []
    for condition in conjuncts(query.where):
        if _is_of_facets(condition):
            named = all_of([named, condition])
        else:
            rest.append(condition)
    if (outcomes := outcomes_of(all_of(rest))) != frozenset(Outcome):
        # What no index tells may still be only of what has come to this.
        named = all_of([named, Has(outcomes)])
    facets = fragment(named, "facet")
    if query.node is not None:
        facets = Fragment(facets.sql + OF_NODE, facets.parameters | {"node": query.node})
    runs = [condition.range for condition in rest if isinstance(condition, Ran)]
    start, end = query.range.bounds
    ends = [range.end for range in runs if range.end is not None]
    asked = [leaf for condition in rest for leaf in leaves(condition)]
    needs_usual = any(isinstance(leaf, Shows) and leaf.trait.depends_on_usual for leaf in asked)
    return Search(
        start=start,
        end=min([end, *ends]),
        facets=facets,
        where=fragment(all_of(rest)),
        ids=next((json.dumps(ids) for ids in map(_id_ranges, rest) if ids), None),
        ran_from=max((range.start for range in runs if range.start is not None), default=None),
        by_facet=named != EVERY or query.node is not None,
        is_of_facets_alone=not rest,
        depends_on_now=needs_usual or any(isinstance(leaf, Measures) for leaf in asked),
        needs_usual=needs_usual,
    )


def ready_for(query: JobQuery) -> Reading[None]:
    """Make ready what a query asks for beside the records, for reads that know no parts."""
    if search_of(query).needs_usual:
        yield from prepare()


def parts_of(search: Search) -> Reading[list[Part]]:
    """Return the parts of a search, the newest first, when all that it asks for is ready."""
    if search.needs_usual:
        yield from prepare()
    start, end = search.start, search.end
    if start >= end:
        return []
    if search.ids is not None and (yield from _is_short(search, Way.ID)):
        return [Part(Way.ID, start, end, whole=True)]
    if search.ran_from is None or search.ran_from <= start:
        return [(yield from _part(search, start, end))]
    before = Part(Way.BEFORE, start, min(search.ran_from, end), whole=True)
    if search.ran_from >= end:
        return [before]
    return [(yield from _part(search, search.ran_from, end)), before]


def _part(search: Search, start: float, end: float) -> Reading[Part]:
    if not search.by_facet and not search.is_of_facets_alone:
        return Part(Way.START, start, end, whole=False)
    [(facets,)] = yield One(*search.read(sql.COUNT_FACETS))
    if facets > FEW_FACETS:
        return Part(Way.START, start, end, whole=False)
    narrowed = search._replace(start=start, end=end)
    whole = yield from _is_short(narrowed, Way.FACET)
    return Part(Way.FACET, start, end, whole=whole)


def _is_short(search: Search, way: Way) -> Reading[bool]:
    [(count,)] = yield One(*search.read(sql.PROBE[way], limit=FEW_JOBS + 1))
    return bool(count <= FEW_JOBS)


def _is_of_facets(condition: Condition) -> bool:
    return all(
        isinstance(leaf, Has) or (isinstance(leaf, Matches) and leaf.field in _FACETS)
        for leaf in leaves(condition)
    )


def _id_ranges(condition: Condition) -> list[tuple[str, str]]:
    """Return where ids that can fulfil the condition lie; nothing where it doesn't say."""
    alternatives = condition.of if isinstance(condition, Or) else (condition,)
    ranges: list[tuple[str, str]] = []
    for part in alternatives:
        if not (isinstance(part, Matches) and part.field is Field.ID and part.pattern.pieces[0]):
            return []
        ranges += _prefix_ranges(part.pattern)
    return ranges


def _prefix_ranges(pattern: Pattern) -> Iterator[tuple[str, str]]:
    for pieces in cases(pattern.pieces):
        yield pieces[0], pieces[0] + _LAST_CHARACTER
