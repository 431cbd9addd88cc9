"""Walks through the jobs of a search a slice at a time, from the newest on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from jobwatch.store.connection import ReadConnection
from jobwatch.store.search import Part, Search, parts_of
from jobwatch.store.slices import Slices, slices_down

__all__ = ["rows_by_slice"]


async def rows_by_slice(
    connection: ReadConnection, search: Search, statement_of: Callable[[Part], str], **given: Any
) -> AsyncGenerator[list[Any], None]:
    """Yield what a statement of `search_statements` finds in each slice; once for no slice at all.

    `given` are its parameters but for the search's own.
    """
    slices = Slices()
    parts = await connection.run(parts_of(search))
    if not parts:
        yield []
    for part in parts:
        read, parameters = search.read(statement_of(part), **given)
        async for start, end in slices_down(part, slices, connection):
            with slices.timed():
                rows = await connection.rows(read, parameters | {"start": start, "end": end})
            yield rows
