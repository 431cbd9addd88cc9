"""How many jobs of a query each view has, counted in slices so that the counts grow on screen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from math import inf
from typing import NamedTuple

from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, View
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.search import parts_of, search_of
from jobwatch.store.search_statements import Way
from jobwatch.store.slices import Slices, slices_down

__all__ = ["Counts", "count_views"]


class Counts(NamedTuple):
    """How many jobs each view has."""

    running: int = 0
    all: int = 0
    failed: int = 0

    def plus(self, outcome: Outcome, count: int) -> Counts:
        """Return the counts with more jobs of an outcome."""
        return Counts(
            self.running + (count if outcome is Outcome.PENDING else 0),
            self.all + count,
            self.failed + (count if outcome >= Outcome.FAILED else 0),
        )


async def count_views(
    connection: ReadConnection, query: JobQuery, clock: Clock
) -> AsyncGenerator[Counts, None]:
    """Count the jobs of a query in each view, whichever is its own, from the newest on.

    The counts so far come after each slice; those of an instant count what had come of a job then.
    """
    query = replace(query, view=View.ALL)
    search, slices, counts = search_of(query), Slices(), Counts()
    as_of = inf if query.as_of is None else query.as_of
    parts = await connection.run(parts_of(search))
    if not parts:
        yield counts
    for part in parts:
        statement = sql.COUNT_BY_OUTCOME[part.way]
        if search.is_of_facets_alone and as_of == inf and part.way is Way.FACET:
            statement = sql.COUNT_BY_FACET
        count, given = search.read(statement, now=clock(), as_of=as_of)
        async for start, end in slices_down(part, slices, connection):
            with slices.timed():
                rows = await connection.rows(count, given | {"start": start, "end": end})
            for outcome, number in rows:
                counts = counts.plus(Outcome(outcome), number)
            yield counts
