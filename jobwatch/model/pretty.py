"""JSON as lines to read: indented, each token with its kind, containers folded or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from jobwatch.model.job import Json
from jobwatch.model.text import clean, one_line

__all__ = [
    "Kind",
    "Line",
    "Path",
    "Token",
    "containers_at",
    "count_lines",
    "iter_pretty",
    "pretty",
    "text_lines",
]

INDENT = 2
LONGEST_STRING = 4_000
LONGEST_TEXT = 200_000

Path: TypeAlias = tuple[str | int, ...]
"""Where in a value a container is: the keys and indexes that lead to it."""


class Kind(StrEnum):
    """What a token is, for whoever colours it."""

    PLAIN = "plain"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    DIM = "dim"


class Token(NamedTuple):
    """A piece of clean text on one line, and its kind."""

    text: str
    kind: Kind = Kind.PLAIN


class Line(NamedTuple):
    """One line; `path` names the container that it opens, if it opens one that can be folded.

    Where it is too long for the screen, it goes on `hanging` cells to the right of its beginning.
    """

    tokens: tuple[Token, ...]
    indent: int = 0
    path: Path | None = None
    hanging: int = 0


def pretty(value: Json, folded: frozenset[Path] = frozenset()) -> list[Line]:
    """Return the lines of a JSON value; a folded container is one, and says how much it holds."""
    return list(iter_pretty(value, folded))


def iter_pretty(value: Json, folded: frozenset[Path] = frozenset()) -> Iterator[Line]:
    """Yield the lines of `pretty` one by one, since a value may have many."""
    return _lines(value, (), folded, (), ())


def count_lines(value: Json, limit: int) -> int:
    """Return how many lines a value takes, or any number above `limit` if it takes more."""
    count, open_values = 0, [value]
    while open_values and count <= limit:
        value = open_values.pop()
        children = _children(value)
        count += 2 if children else 1
        open_values += (child for _, child in children[: limit + 1])
    return count


def containers_at(value: Json, depth: int) -> Iterator[Path]:
    """Return the paths of the containers that lie `depth` deep; the value itself is at 0."""
    yield from _containers(value, depth, ())


def text_lines(text: str) -> list[Line]:
    """Return text as clean lines; of a very long one only the beginning, and how much is left."""
    left = len(text) - LONGEST_TEXT
    lines = [Line((Token(line.expandtabs(4)),)) for line in clean(text[:LONGEST_TEXT]).split("\n")]
    if left > 0:
        lines.append(Line((Token(f"… {left:,} more characters", Kind.DIM),)))
    return lines


def _lines(
    value: Json,
    path: Path,
    folded: frozenset[Path],
    before: tuple[Token, ...],
    after: tuple[Token, ...],
) -> Iterator[Line]:
    indent = len(path) * INDENT
    children = _children(value)
    if not children:
        yield Line((*before, _scalar(value), *after), indent)
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    if path in folded:
        noun = "key" if isinstance(value, dict) else "item"
        held = f"… {len(children):,} {noun}{'s' * (len(children) != 1)}"
        tokens = (Token(opening), Token(held, Kind.DIM), Token(closing))
        yield Line((*before, *tokens, *after), indent, path)
        return
    yield Line((*before, Token(opening)), indent, path)
    for number, (key, child) in enumerate(children, 1):
        name = () if isinstance(key, int) else (Token(_quoted(key), Kind.KEY), Token(": "))
        comma = (Token(","),) if number < len(children) else ()
        yield from _lines(child, (*path, key), folded, name, comma)
    yield Line((Token(closing), *after), indent)


def _children(value: Json) -> list[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _containers(value: Json, depth: int, path: Path) -> Iterator[Path]:
    children = _children(value)
    if children and not depth:
        yield path
    elif children:
        for key, child in children:
            yield from _containers(child, depth - 1, (*path, key))


def _scalar(value: Json) -> Token:
    if isinstance(value, str):
        return Token(_quoted(value), Kind.STRING)
    if value is None or isinstance(value, bool):
        return Token(json.dumps(value), Kind.LITERAL)
    if isinstance(value, int | float):
        return Token(json.dumps(value), Kind.NUMBER)
    return Token("{}" if isinstance(value, dict) else "[]")


def _quoted(text: str) -> str:
    left = len(text) - LONGEST_STRING
    shown = one_line(json.dumps(text[:LONGEST_STRING], ensure_ascii=False))
    return f'{shown[:-1]}…" ({left:,} more characters)' if left > 0 else shown
