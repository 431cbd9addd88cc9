"""Ids at a terminal: shown short where there is little room, and known by how they begin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from jobwatch.model.text import one_line

if TYPE_CHECKING:
    from jobwatch.store.plain_log import PlainJobLog

__all__ = ["short_id", "whole_id", "whole_ids"]

SHORTEST = 4
"""Characters that the beginning of an id must have to stand for it."""

SHOWN = 3
"""How many are named of those that begin alike."""

_GUID = re.compile(r"([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def short_id(id: str) -> str:
    """Return an id for a narrow line: of a GUID its first eight digits, of others all."""
    guid = _GUID.fullmatch(id)
    return one_line(id) if guid is None else guid[1]


def whole_ids(log: PlainJobLog, typed: Iterable[str]) -> tuple[str, ...]:
    """Return what `whole_id` does of many, each once."""
    return tuple(dict.fromkeys(whole_id(log, id) for id in typed))


def whole_id(log: PlainJobLog, typed: str) -> str:
    """Return the only id of the log that begins with what was typed; that itself if there is none.

    An id that is typed whole is that one. `click.UsageError` if several begin so.
    """
    if len(typed) < SHORTEST:
        return typed
    found = log.ids_from(typed, SHOWN + 1)
    alike = [id for id in found if id.startswith(typed)]
    if typed in alike or not alike:
        return typed
    if len(alike) > 1:
        more = ["…"] if len(alike) > SHOWN else []
        named = ", ".join([*map(one_line, alike[:SHOWN]), *more])
        raise click.UsageError(
            f"more than one job begins with {one_line(typed)}: {named}; type more of its id"
        )
    return alike[0]
