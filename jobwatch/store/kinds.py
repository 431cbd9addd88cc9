"""The errors of a query by what they say, counted in slices so that the counts grow on screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from jobwatch.model.condition import EVERY
from jobwatch.model.formats import encode
from jobwatch.model.kinds import ErrorKind
from jobwatch.model.query import JobQuery, View, resolved
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.search import search_of
from jobwatch.store.walk import rows_by_slice

__all__ = ["count_kinds"]


class _Tally:
    """What is counted so far of one kind."""

    def __init__(self) -> None:
        self.first, self.last = float("inf"), float("-inf")
        self.facets: Counter[int] = Counter()

    def add(self, facet: int, count: int, first: float, last: float) -> None:
        self.facets[facet] += count
        self.first, self.last = min(self.first, first), max(self.last, last)


async def count_kinds(
    connection: ReadConnection, query: JobQuery, clock: Clock
) -> AsyncGenerator[tuple[ErrorKind, ...], None]:
    """Count the failed jobs of a query by kind, whatever its view; the most frequent come first.

    The counts so far come after each slice, from the newest jobs on.
    """
    query = replace(query, view=View.ERRORS)
    search = search_of(query)
    tallies: dict[int, _Tally] = {}
    plain = resolved(replace(query, view=View.ALL))
    if plain.where == EVERY and query.node is None and query.as_of is None:
        read = search.read(sql.COUNT_ALL_KINDS)
        _add(tallies, await connection.rows(*read))
        yield await _kinds(connection, tallies)
        return
    async with aclosing(
        rows_by_slice(connection, search, lambda part: sql.COUNT_KINDS[part.way], now=clock())
    ) as slices:
        async for rows in slices:
            _add(tallies, rows)
            yield await _kinds(connection, tallies)


def _add(tallies: dict[int, _Tally], rows: list[Any]) -> None:
    for kind, *counted in rows:
        tallies.setdefault(kind, _Tally()).add(*counted)


async def _kinds(
    connection: ReadConnection, tallies: Mapping[int, _Tally]
) -> tuple[ErrorKind, ...]:
    known = encode(list(tallies)).decode()
    fingerprints = await connection.rows(sql.KINDS, (known,))
    types: dict[int, Any] = dict(await connection.rows(sql.TYPES))
    kinds = [_kind(fingerprint, tallies[kind], types) for kind, fingerprint in fingerprints]
    return tuple(sorted(kinds, key=lambda kind: (-kind.count, -kind.last)))


def _kind(fingerprint: str, tally: _Tally, types: Mapping[int, Any]) -> ErrorKind:
    by_type: Counter[Any] = Counter()
    for facet, count in tally.facets.items():
        by_type[types.get(facet)] += count
    [(most, _)] = by_type.most_common(1)
    return ErrorKind(
        fingerprint,
        by_type.total(),
        tally.first,
        tally.last,
        most if isinstance(most, str) else "",
        len(by_type),
    )
