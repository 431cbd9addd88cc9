"""The statement and the parameters of a query, apart from who runs them."""

from __future__ import annotations

from typing import Any, TypeAlias

from jobwatch.model.condition import EVERY
from jobwatch.model.query import JobQuery, resolved
from jobwatch.store import list_statements as sql
from jobwatch.store.condition_statements import fragment

__all__ = [
    "Read",
    "count",
    "filtered",
    "newest",
    "parameters",
]

Read: TypeAlias = tuple[str, dict[str, Any]]


def parameters(query: JobQuery, **more: Any) -> dict[str, Any]:
    """Return what a query asks for, by the names that the statements of lists have for it."""
    start, end = query.range.bounds
    return {"start": start, "end": end, "node": query.node} | more


def filtered(statement: str, query: JobQuery, now: int, **more: Any) -> Read:
    """Return the read of a statement that takes a query's condition, at an instant (ms)."""
    where = fragment(query.where)
    return (
        statement.replace("{where}", where.sql),
        parameters(query, now=now, **more) | where.parameters,
    )


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
