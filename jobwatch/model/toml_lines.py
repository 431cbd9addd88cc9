"""On which lines the keys of a TOML text are; tomllib tells of their values alone.

The text is one that tomllib has read: what isn't TOML is not looked for here.
"""

from __future__ import annotations

import re
import tomllib
from typing import TypeAlias

__all__ = ["Path", "lines_of"]

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


class _Scan:
    """Goes through the tokens of a text once."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
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

    def _name(self, path: Path) -> None:
        self.lines.setdefault(path, self._tokens[self._at][1])

    def document(self) -> None:
        table: Path = ()
        while self._next:
            if self._takes("["):
                self._takes("[")
                table = self._key(())
                while self._takes("]"):
                    pass
            elif not self._takes("\n"):
                self._pair(table)

    def _pair(self, table: Path) -> None:
        path = self._key(table)
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
            while not self._takes("]"):
                if self._next in ("\n", ","):
                    self._take()
                    continue
                self._name((*path, number))
                self._value((*path, number))
                number += 1
        elif self._takes("{"):
            while not self._takes("}"):
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
