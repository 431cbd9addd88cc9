"""The jobs of a query in order of start, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from jobwatch.model.query import JobQuery, SortKey, resolved
from jobwatch.store import list_statements as sql
from jobwatch.store import reads, slices
from jobwatch.store import search_statements as found
from jobwatch.store.search import Part, Search, parts_of, search_of
from jobwatch.store.search_statements import Way
from jobwatch.store.slices import lower_edge, upper_edge
from jobwatch.store.statements import key_of, row_key_of
from jobwatch.store.steps import Reading

__all__ = ["JOBS", "ROWS", "Key", "Kind", "Pages", "page", "pages_of"]

Result = TypeVar("Result")
Key: TypeAlias = tuple[float, int]
Pages: TypeAlias = Callable[[int, Key | None], reads.Read]
"""From a limit and a key to the read of the next jobs behind it."""


class Run(Protocol):
    """Runs steps that read, and returns their result."""

    def __call__(self, steps: Reading[Result], /) -> Result:
        """Run them."""


class Kind(NamedTuple):
    """What is read of jobs: its statements, upwards and downwards, and the key of a row of them."""

    lists: tuple[Mapping[sql.Source, str], Mapping[sql.Source, str]]
    parts: tuple[Mapping[Way, str], Mapping[Way, str]]
    key_of: Callable[[Sequence[Any]], Key]


JOBS = Kind((sql.JOBS_UP, sql.JOBS_DOWN), (found.JOBS_UP, found.JOBS_DOWN), key_of)
"""Whole jobs."""
ROWS = Kind((sql.ROWS_UP, sql.ROWS_DOWN), (found.ROWS_UP, found.ROWS_DOWN), row_key_of)
"""The lines that a list shows."""


def page(kind: Kind, query: JobQuery, limit: int, after: Key | None, now: int) -> reads.Read:
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
    return reads.filtered(statement, query, now, started=started, seq=seq, limit=limit)


def _pages_of_part(kind: Kind, search: Search, part: Part, *, down: bool, now: int) -> Pages:
    """Return what reads a short part of a search page by page."""

    def page(limit: int, after: Key | None) -> reads.Read:
        key, seq = after or (part.end if down else part.start, 0)
        given = {"start": part.start, "end": part.end, "key": key, "seq": seq}
        return search.read(kind.parts[down][part.way], **given, limit=limit, now=now)

    return page


def pages_of(kind: Kind, query: JobQuery, run: Run, now: int) -> Iterator[Pages]:
    """Return what reads a query, one behind the other, by the index that leads to its jobs."""
    search, down = search_of(query), query.sort.descending
    parts = run(parts_of(search))
    if any(part.way is Way.START for part in parts):
        # What isn't found by what the query names is as well looked for in its order.
        yield lambda limit, after: page(kind, query, limit, after, now)
        return
    for part in parts if down else reversed(parts):
        for start, end in _slices(part, run, down=down):
            sliced = part._replace(start=start, end=end)
            yield _pages_of_part(kind, search, sliced, down=down, now=now)


def _slices(part: Part, run: Run, *, down: bool) -> Iterator[tuple[float, float]]:
    start, end = part.start, part.end
    while start < end:
        if down:
            edge = run(lower_edge(part, end, slices.FIRST))
            yield edge, end
            end = edge
        else:
            edge = run(upper_edge(part, start, slices.FIRST))
            yield start, edge
            start = edge
