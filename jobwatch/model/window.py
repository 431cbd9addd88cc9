"""A window over a stream of bytes that finds where JSON values end, without reading them."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["BLANK", "END", "Window"]

BLANK = b" \t\r\n"
"""What JSON has between its values."""

END = -1
"""Stands for the byte after the last one."""

QUOTE = ord('"')
CLOSED_BY = dict(zip(b"[{", b"]}", strict=True))
COMPACT_AFTER = 1 << 16

# Each hops over whole strings and plain text up to what it stops at, and never steps back.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:%b[^"{}\[\]]*+)*+' % _STRING, re.DOTALL)
_TO_MARK = re.compile(rb'[^"{}\[\],:]*+(?:%b[^"{}\[\],:]*+)*+' % _STRING, re.DOTALL)
_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BLANKS = re.compile(b"[%b]*+" % BLANK)


class Window:
    """What has been read of a stream and not yet been taken.

    `data[start:position]` is what `text` returns; `line` is the physical line of `start`,
    from 1. Every byte is looked at a fixed number of times, however the stream is cut in chunks.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.data = bytearray()
        self.start = self.position = 0
        self.line = 1

    def more(self) -> bool:
        """Read one more chunk; return whether there was one."""
        for chunk in self._chunks:
            if chunk:
                self.data += chunk
                return True
        return False

    def text(self) -> bytes:
        """Return what lies between `start` and `position`."""
        return bytes(self.data[self.start : self.position])

    def drop(self) -> None:
        """Move `start` to `position`."""
        self.line += self.data.count(b"\n", self.start, self.position)
        self.start = self.position
        if self.start > COMPACT_AFTER:
            del self.data[: self.start]
            self.start = self.position = 0

    def take(self) -> bytes:
        """Return what lies between `start` and `position`, and move `start` there."""
        taken = self.text()
        self.drop()
        return taken

    def step(self) -> None:
        """Move past the byte at `position`, if there is one."""
        if self.position < len(self.data):
            self.position += 1

    def skip(self) -> None:
        """Drop up to and with the byte at `position`."""
        self.step()
        self.drop()

    def peek(self) -> int:
        """Move past blanks; return the byte there."""
        while True:
            if self.position < len(self.data):
                byte = self.data[self.position]
                if byte not in BLANK:
                    return byte
                self._hop(_BLANKS)
            elif not self.more():
                return END

    def seek(self, wanted: frozenset[int]) -> int:
        """Move to the first wanted byte that is outside of strings and brackets; return it.

        A bracket that the text never closes ends with the one around it.
        """
        closing = bytearray()
        while True:
            self._hop(_TO_BRACKET if closing else _TO_MARK)
            if self.position == len(self.data):
                if not self.more():
                    return END
                continue
            byte = self.data[self.position]
            if byte in wanted and byte not in closing:
                return byte
            if byte == QUOTE:
                self._pass_string()
                continue
            if byte in CLOSED_BY:
                closing.append(CLOSED_BY[byte])
            elif byte in closing:
                del closing[closing.rindex(byte) :]
            self.position += 1

    def seek_newline(self, limit: int | None = None) -> bool:
        """Move past the next newline; False where the stream ends, or `limit` bytes hold none."""
        while True:
            found = self.data.find(b"\n", self.position)
            if found >= 0:
                self.position = found + 1
                return True
            self.position = len(self.data)
            if (limit and self.position - self.start >= limit) or not self.more():
                return False

    def _pass_string(self) -> None:
        # Only for a string that goes on after what has been read: it may take many chunks.
        self.position += 1
        while True:
            self._hop(_IN_STRING)
            if self.position < len(self.data) and self.data[self.position] == QUOTE:
                self.position += 1
                return
            if not self.more():
                self.position = len(self.data)
                return

    def _hop(self, pattern: re.Pattern[bytes]) -> None:
        # The match must be gone before the data grows, hence no variable outlives this.
        match = pattern.match(self.data, self.position)
        if match:
            self.position = match.end()
