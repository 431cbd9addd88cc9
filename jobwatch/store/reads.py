"""The statement and the parameters of a query, apart from who runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from jobwatch.model.condition import EVERY
from jobwatch.model.query import JobQuery, SortKey, resolved
from jobwatch.store import list_statements as sql
from jobwatch.store import search_statements as found
from jobwatch.store.condition_statements import fragment
from jobwatch.store.search import Part, Search
from jobwatch.store.search_statements import Way
from jobwatch.store.statements import key_of, row_key_of

__all__ = [
    "JOBS",
    "ROWS",
    "Key",
    "Kind",
    "Pages",
    "Read",
    "count",
    "filtered",
    "newest",
    "page",
    "pages_of_part",
    "parameters",
]

Key: TypeAlias = tuple[float, int]
Read: TypeAlias = tuple[str, dict[str, Any]]
Pages: TypeAlias = Callable[[int, Key | None], Read]
"""From a limit and a key to the read of the next jobs behind it."""


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


class Kind(NamedTuple):
    """What is read of jobs: its statements, upwards and downwards, and the key of a row of them."""

    lists: tuple[Mapping[sql.Source, str], Mapping[sql.Source, str]]
    parts: tuple[Mapping[Way, str], Mapping[Way, str]]
    key_of: Callable[[Sequence[Any]], Key]


JOBS = Kind((sql.JOBS_UP, sql.JOBS_DOWN), (found.JOBS_UP, found.JOBS_DOWN), key_of)
"""Whole jobs."""
ROWS = Kind((sql.ROWS_UP, sql.ROWS_DOWN), (found.ROWS_UP, found.ROWS_DOWN), row_key_of)
"""The lines that a list shows."""


def page(kind: Kind, query: JobQuery, limit: int, after: Key | None, now: int) -> Read:
    """Return the read of up to `limit` jobs behind the key `after`, in order of start.

    Other orders than that of the start have no keys to go on from: they are for `JobList`.
    """
    if query.sort.key is not SortKey.STARTED:
        raise ValueError(f"a page is in order of start, not of {query.sort.key}")
    query, down = resolved(query), query.sort.descending
    start, end = query.range.bounds
    # No job has seq 0: at first everything from the end itself on is behind the key.
    started, seq = after or (end if down else start, 0)
    statement = kind.lists[down][sql.source_of(query)]
    return filtered(statement, query, now, started=started, seq=seq, limit=limit)


def pages_of_part(kind: Kind, search: Search, part: Part, *, down: bool, now: int) -> Pages:
    """Return what reads a short part of a search page by page."""

    def page(limit: int, after: Key | None) -> Read:
        key, seq = after or (part.end if down else part.start, 0)
        given = {"start": part.start, "end": part.end, "key": key, "seq": seq}
        return search.read(kind.parts[down][part.way], **given, limit=limit, now=now)

    return page


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
