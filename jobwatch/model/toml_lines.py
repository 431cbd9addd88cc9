"""On which lines the keys of a TOML text are; tomllib tells of their values alone.

The text is one that tomllib has read: what isn't TOML is not looked for here.
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple, TypeAlias

__all__ = ["Again", "Path", "first_again", "lines_of"]

Path: TypeAlias = tuple[str | int, ...]
"""A key after the keys of the tables that it is in; the items of an array are numbered from 0."""

_TOKEN = re.compile(
    r'''"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})'''  # a quotation mark may stand before the last three
    r"""|'''[\s\S]*?'''(?:'{0,2})"""
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|'[^'\n]*'"""
    r"""|\#[^\n]*"""
    r"""|[\[\]{}=,.\n]"""
    r"""|[^\s\[\]{}=,.\#"']+"""
)
_ENDS = frozenset(("\n", ",", "]", "}", ""))
"""What a value ends at that is neither an array nor a table; the empty one is the text's end."""


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, on which each key and each item of an array is first named."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


class Again(NamedTuple):
    """A key or table that is set a second time, and the lines of both."""

    path: Path
    first: int
    again: int


def first_again(text: str) -> Again | None:
    """Return what is set twice first of all, None where nothing is.

    The text may end where tomllib found that out; up to there it must be TOML.
    """
    scan = _Scan(text)
    scan.document()
    return scan.again


class _Scan:
    """Goes through the tokens of a text once."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.again: Again | None = None
        self._set: dict[Path, int] = {}
        self._opened: dict[Path, int] = {}  # by the dotted keys of this section, which may go on
        self._tokens: list[tuple[str, int]] = []
        line, end = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", end, match.start())
            if not match[0].startswith("#"):
                self._tokens.append((match[0], line))
            end = match.start()
        self._at = 0

    @property
    def _next(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next
        self._at += 1
        return token

    def _takes(self, token: str) -> bool:
        """Take the next token if it is this one; return whether it was."""
        taken = self._next == token
        self._at += taken
        return taken

    @property
    def _line(self) -> int:
        return self._tokens[self._at][1]

    def _name(self, path: Path) -> None:
        self.lines.setdefault(path, self._line)

    def _sets(self, path: Path, line: int) -> None:
        first = self._set.get(path, self._opened.get(path))
        if first is not None and self.again is None:
            self.again = Again(path, first, line)
        self._set.setdefault(path, line)

    def _opens(self, path: Path, line: int) -> None:
        """Take note of a table that a dotted key is in: none that a header or a value made."""
        if path in self._set:
            self._sets(path, line)
        self._opened.setdefault(path, line)

    def document(self) -> None:
        table: Path = ()
        while self._next:
            if self._takes("["):
                is_one_of_many = self._takes("[")
                line = self._line
                self._set |= self._opened
                self._opened.clear()
                table = self._key(())
                if not is_one_of_many:
                    self._sets(table, line)
                while self._takes("]"):
                    pass
            elif not self._takes("\n"):
                self._pair(table)

    def _pair(self, table: Path) -> None:
        line = self._line
        path = self._key(table)
        for end in range(len(table) + 1, len(path)):
            self._opens(path[:end], line)
        self._sets(path, line)
        self._take()  # the sign between both
        self._value(path)

    def _key(self, table: Path) -> Path:
        """Take a key, dotted or not, and the tables on its way."""
        path = table
        while True:
            self._name((*path, _bare(self._next)))
            path = (*path, _bare(self._take()))
            if not self._takes("."):
                return path

    def _value(self, path: Path) -> None:
        if self._takes("["):
            number = 0
            while self._next and not self._takes("]"):
                if self._next in ("\n", ","):
                    self._take()
                    continue
                self._name((*path, number))
                self._value((*path, number))
                number += 1
        elif self._takes("{"):
            while self._next and not self._takes("}"):
                if self._next in ("\n", ","):
                    self._take()
                    continue
                self._pair(path)
        else:
            while self._next not in _ENDS:
                self._take()


def _bare(token: str) -> str:
    """Return a key without its quotation marks."""
    return tomllib.loads(f"key = {token}")["key"] if token[0] in "\"'" else token
