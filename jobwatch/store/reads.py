"""The statement and the parameters of a query, apart from who runs them."""

from __future__ import annotations

from math import inf
from typing import Any, TypeAlias

from jobwatch.model.query import JobQuery, SortKey
from jobwatch.store import statements as sql

__all__ = ["bounds", "count", "page"]

Read: TypeAlias = tuple[str, tuple[Any, ...]]


def bounds(query: JobQuery) -> tuple[float, float]:
    """Return the half-open range of starts that a query asks for."""
    start, end = query.range.start, query.range.end
    return (-inf if start is None else start, inf if end is None else end)


def page(query: JobQuery, limit: int, after: tuple[float, int] | None) -> Read:
    """Return the read of up to `limit` jobs behind the key `after`, in order of start.

    Other orders than that of the start have no keys to go on from: they are for `JobList`.
    """
    if query.sort.key is not SortKey.STARTED:
        raise ValueError(f"a page is in order of start, not of {query.sort.key}")
    start, end = bounds(query)
    as_it_is, within_json = sql.like(query.text)
    if query.sort.descending:
        # No job has seq 0: at first everything below the end itself is behind the key.
        started, seq = after or (end, 0)
        statement, far = sql.JOBS_DOWN[query.view], start
    else:
        started, seq = after or (start, 0)
        statement, far = sql.JOBS_UP[query.view], end
    return statement, (far, started, as_it_is, within_json, seq, limit)


def count(query: JobQuery) -> Read:
    """Return the read of how many jobs a query has."""
    if not query.text:
        return sql.COUNT_RANGE[query.view], bounds(query)
    return sql.COUNT_MATCHES[query.view], (*bounds(query), *sql.like(query.text))
