"""Statements on lines: what a pane says in a few words, as far as it has room."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from jobwatch.model.pace import GAP
from jobwatch.tui.rows import cells

__all__ = ["gathered"]


def gathered(statements: Iterable[str], width: int, most: int, *, first: int = 0) -> list[str]:
    """Return statements on lines of so many cells, `GAP` between those that share one.

    The first line begins with `first` cells that are taken. A statement that is too long goes on
    below, but for a word that is too long itself, only where it has a space (a no-break one is
    none); the last of `most` lines takes what is left, however long that is.
    """
    lines, room = [""], width - first
    for statement in statements:
        joined = GAP.join(filter(None, (lines[-1], statement)))
        if cells(joined) <= room or len(lines) >= most:
            lines[-1] = joined
            continue
        if joined != statement or room < width:
            lines.append("")
            room = width
        left = most - len(lines)
        words = _wrapped(statement, max(room, 1))
        lines[-1:] = [*words[:left], " ".join(words[left:])] if left < len(words) else words
    return lines


def _wrapped(statement: str, room: int) -> list[str]:
    lines = [""]
    for word in statement.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(joined) <= room:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        lines[-1:] = [piece.plain.rstrip() for piece in Content(word).wrap(room)]
    return lines
