"""The statement and the parameters of a query, apart from who runs them."""

from __future__ import annotations

from math import inf
from typing import Any, TypeAlias

from jobwatch.model.query import JobQuery, SortKey
from jobwatch.store import list_statements as sql

__all__ = ["Read", "bounds", "count", "newest", "page", "parameters", "rows"]

Read: TypeAlias = tuple[str, dict[str, Any]]


def bounds(query: JobQuery) -> tuple[float, float]:
    """Return the half-open range of starts that a query asks for."""
    start, end = query.range.start, query.range.end
    return (-inf if start is None else start, inf if end is None else end)


def parameters(query: JobQuery, **more: Any) -> dict[str, Any]:
    """Return what a query asks for, by the names that the statements of lists have for it."""
    start, end = bounds(query)
    text, text_in_json = sql.like(query.text)
    return {
        "start": start,
        "end": end,
        "node": query.node,
        "text": text,
        "text_in_json": text_in_json,
    } | more


def page(query: JobQuery, limit: int, after: tuple[float, int] | None) -> Read:
    """Return the read of up to `limit` jobs behind the key `after`, in order of start.

    Other orders than that of the start have no keys to go on from: they are for `JobList`.
    """
    statements = sql.JOBS_DOWN if query.sort.descending else sql.JOBS_UP
    return statements[sql.source_of(query)], _behind(query, limit, after)


def rows(query: JobQuery, limit: int, after: tuple[float, int] | None) -> Read:
    """Return the read of up to `limit` lines behind the key `after`, in order of start."""
    statements = sql.ROWS_DOWN if query.sort.descending else sql.ROWS_UP
    return statements[sql.source_of(query)], _behind(query, limit, after)


def newest(query: JobQuery, limit: int) -> Read:
    """Return the read of the newest lines of a view, range and node, the newest first."""
    return sql.NEWEST_ROWS[sql.source_of(query)], parameters(query, limit=limit)


def count(query: JobQuery) -> Read:
    """Return the read of how many jobs a query has."""
    statements = sql.COUNT_MATCHES if query.text else sql.COUNT_RANGE
    return statements[sql.source_of(query)], parameters(query)


def _behind(query: JobQuery, limit: int, after: tuple[float, int] | None) -> dict[str, Any]:
    if query.sort.key is not SortKey.STARTED:
        raise ValueError(f"a page is in order of start, not of {query.sort.key}")
    start, end = bounds(query)
    # No job has seq 0: at first everything from the end itself on is behind the key.
    started, seq = after or (end if query.sort.descending else start, 0)
    return parameters(query, started=started, seq=seq, limit=limit)
