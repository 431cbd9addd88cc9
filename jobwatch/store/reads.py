"""The statement and the parameters of a query, apart from who runs them."""

from __future__ import annotations

from math import inf
from typing import Any, TypeAlias

from jobwatch.model.condition import EVERY
from jobwatch.model.query import JobQuery, SortKey, resolved
from jobwatch.store import list_statements as sql
from jobwatch.store.condition_statements import fragment

__all__ = ["Read", "bounds", "count", "filtered", "newest", "page", "parameters", "rows"]

Read: TypeAlias = tuple[str, dict[str, Any]]


def bounds(query: JobQuery) -> tuple[float, float]:
    """Return the half-open range of starts that a query asks for."""
    start, end = query.range.start, query.range.end
    return (-inf if start is None else start, inf if end is None else end)


def parameters(query: JobQuery, **more: Any) -> dict[str, Any]:
    """Return what a query asks for, by the names that the statements of lists have for it."""
    start, end = bounds(query)
    return {"start": start, "end": end, "node": query.node} | more


def filtered(statement: str, query: JobQuery, now: int, **more: Any) -> Read:
    """Return the read of a statement that takes a query's condition, at an instant (ms)."""
    where = fragment(query.where)
    return (
        statement.replace("{where}", where.sql),
        parameters(query, now=now, **more) | where.parameters,
    )


def page(query: JobQuery, limit: int, after: tuple[float, int] | None, now: int) -> Read:
    """Return the read of up to `limit` jobs behind the key `after`, in order of start.

    Other orders than that of the start have no keys to go on from: they are for `JobList`.
    """
    query = resolved(query)
    statements = sql.JOBS_DOWN if query.sort.descending else sql.JOBS_UP
    return _behind(statements[sql.source_of(query)], query, limit, after, now)


def rows(query: JobQuery, limit: int, after: tuple[float, int] | None, now: int) -> Read:
    """Return the read of up to `limit` lines behind the key `after`, in order of start."""
    query = resolved(query)
    statements = sql.ROWS_DOWN if query.sort.descending else sql.ROWS_UP
    return _behind(statements[sql.source_of(query)], query, limit, after, now)


def newest(query: JobQuery, limit: int) -> Read:
    """Return the read of the newest lines of a view, range and node, the newest first."""
    return sql.NEWEST_ROWS[sql.source_of(query)], parameters(query, limit=limit)


def count(query: JobQuery, now: int) -> Read:
    """Return the read of how many jobs a query has."""
    query = resolved(query)
    source = sql.source_of(query)
    if query.where == EVERY:
        return sql.COUNT_RANGE[source], parameters(query)
    return filtered(sql.COUNT_MATCHES[source], query, now)


def _behind(
    statement: str, query: JobQuery, limit: int, after: tuple[float, int] | None, now: int
) -> Read:
    if query.sort.key is not SortKey.STARTED:
        raise ValueError(f"a page is in order of start, not of {query.sort.key}")
    start, end = bounds(query)
    # No job has seq 0: at first everything from the end itself on is behind the key.
    started, seq = after or (end if query.sort.descending else start, 0)
    return filtered(statement, query, now, started=started, seq=seq, limit=limit)
