"""Finding in a text of lines: every match, in order, though folds hide some of them."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from jobwatch.model.packed import in_blocks
from jobwatch.model.pretty import Kind, Line, Path

__all__ = ["Folds", "Haystack", "Matches", "Place", "cut", "pattern_of", "starts_in", "text_of"]

UNREAD = 2**32 - 1
"""Where a container ends whose end has not been read."""


class Place(NamedTuple):
    """A character: the line it is in, and how many of that line's come before it."""

    line: int
    start: int = 0


def pattern_of(text: str) -> re.Pattern[str]:
    """Return what matches this text, in either case unless it has an upper-case letter."""
    exact = any(char.isupper() for char in text)
    return re.compile(re.escape(text), 0 if exact else re.IGNORECASE)


def text_of(line: Line) -> str:
    """Return the text of a line, with NUL for each character that is not the job's own words."""
    return "".join(
        "\0" * len(token.text) if token.kind is Kind.DIM else token.text for token in line.tokens
    )


def starts_in(text: str, pattern: re.Pattern[str]) -> list[int]:
    """Return where the matches in one line start."""
    return [match.start() for match in pattern.finditer(text)]


def cut(
    text: str, offset: int, starts: Sequence[int], length: int
) -> Iterator[tuple[str, int | None]]:
    """Return a piece of a line, `offset` characters into it, as what is in a match and what isn't.

    Each part comes with the start of its match, or None.
    """
    done = 0
    for start in starts[max(bisect_right(starts, offset) - 1, 0) :]:
        begin, end = max(start - offset, 0), min(start + length - offset, len(text))
        if begin >= len(text):
            break
        if end <= begin:
            continue
        if begin > done:
            yield text[done:begin], None
        yield text[begin:end], start
        done = end
    if done < len(text):
        yield text[done:], None


class Haystack:
    """All lines of a text, none folded; they are read as far as someone has looked."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._unread = in_blocks(lines)
        self._blocks: list[tuple[str, array[int]]] = []  # text, and where its lines start
        self._firsts = array("L")
        self._indents: list[tuple[int, int]] = []  # of the open containers: (which, indent)
        self.lines = 0
        """How many lines have been read."""
        self.complete = False
        """Whether that is all of them."""
        self.containers: dict[Path, int] = {}
        """The number of each container, in the order of their openings."""
        self.openings = array("L")
        self.closings = array("L")
        self._parents = array("l")
        self._paths: list[Path] = []

    def block(self, number: int) -> tuple[int, str, array[int]] | None:
        """Return a block's first line, its text, and where in it lines start; None behind all."""
        if number == len(self._blocks):
            block = next(self._unread, None)
            if block is None:
                self.complete = True
                return None
            self._read(block)
        return (self._firsts[number], *self._blocks[number])

    def around(self, line: int) -> Path | None:
        """Return the innermost container whose folding hides a line."""
        number = bisect_left(self.openings, line) - 1
        while number >= 0 and self.closings[number] < line:
            number = self._parents[number]
        return self._paths[number] if number >= 0 else None

    def _read(self, block: list[Line]) -> None:
        self._firsts.append(self.lines)
        texts = [text_of(line) for line in block]
        starts = array("L")
        start = 0
        for line, text in zip(block, texts, strict=True):
            starts.append(start)
            start += len(text) + 1
            self._place(line)
        self._blocks.append(("\n".join(texts), starts))

    def _place(self, line: Line) -> None:
        if self._indents and line.indent <= self._indents[-1][1]:
            self.closings[self._indents.pop()[0]] = self.lines
        if line.path is not None:
            number = len(self.openings)
            self.containers[line.path] = number
            self._paths.append(line.path)
            self._parents.append(self._indents[-1][0] if self._indents else -1)
            self.openings.append(self.lines)
            self.closings.append(UNREAD)
            self._indents.append((number, line.indent))
        self.lines += 1


class Folds:
    """Where the lines of a text are on screen while some of its containers are folded."""

    def __init__(self, haystack: Haystack, folded: Iterable[Path]) -> None:
        numbers = (haystack.containers.get(path) for path in folded)
        self._openings = array("L")
        self._closings = array("L")
        self._shown = array("L")  # the openings, by their lines on screen
        self._hidden = array("L", [0])  # how many lines the first so many hide
        closed = -1
        for number in sorted(number for number in numbers if number is not None):
            opening, closing = haystack.openings[number], haystack.closings[number]
            if opening > closed:  # else it is itself hidden
                closed = closing
                self._openings.append(opening)
                self._closings.append(closing)
                self._shown.append(opening - self._hidden[-1])
                self._hidden.append(self._hidden[-1] + closing - opening)

    def shown(self, line: int) -> int:
        """Return the line on screen of a line of the whole text: that of the fold that hides it."""
        folds = bisect_left(self._openings, line)
        if folds and line <= self._closings[folds - 1]:
            return self._shown[folds - 1]
        return line - self._hidden[folds]

    def whole(self, shown: int) -> int:
        """Return the line of the whole text of a line on screen."""
        return shown + self._hidden[bisect_left(self._shown, shown)]


class Matches:
    """The places of one text in a haystack, in order; more come until `complete`."""

    def __init__(self, haystack: Haystack, text: str) -> None:
        self.pattern = pattern_of(text)
        self.length = len(text)
        self.complete = False
        self._haystack = haystack
        self._lines = array("L")
        self._starts = array("L")

    def search(self) -> Iterator[None]:
        """Look for them; each step takes a moment, however long the text is."""
        number = 0
        while (block := self._haystack.block(number)) is not None:
            first, text, starts = block
            for match in self.pattern.finditer(text):
                line = bisect_right(starts, match.start()) - 1
                self._lines.append(first + line)
                self._starts.append(match.start() - starts[line])
            number += 1
            yield
        self.complete = True

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> Place:
        return Place(self._lines[index], self._starts[index])

    def __iter__(self) -> Iterator[Place]:
        return map(Place, self._lines, self._starts)

    def first_at(self, place: Place) -> int | None:
        """Return which match is the first at or behind a place; None if none is so far."""
        first = bisect_left(self._lines, place.line)
        last = bisect_right(self._lines, place.line)
        index = bisect_left(self._starts, place.start, first, last)
        return index if index < len(self) else None
