"""Lines of tokens as rows of the screen: wrapped to a width, or as long as they are."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, get_character_cell_size, split_graphemes

from jobwatch.model.find import Place
from jobwatch.model.packed import PackedLines, in_blocks
from jobwatch.model.pretty import Line, Token

__all__ = ["Row", "Rows", "cells", "window", "wrapped"]

SHORT = 512
"""Characters up to which Rich remembers how many cells a text takes."""
UNPACKED = 4
"""Blocks whose rows are kept: the screen may lie across some."""


class Row(NamedTuple):
    """One row on screen: its tokens, their indent, and the place of its first character."""

    tokens: tuple[Token, ...]
    indent: int
    line: int
    start: int = 0


class Rows:
    """The rows of a text at a width in cells; without a width, each line is one."""

    def __init__(self, width: int | None) -> None:
        self.lines = PackedLines()
        self.widest = 0
        """Cells of the widest row."""
        self.complete = False
        self._width = width
        self._ends = array("L")  # how many rows there are up to each block's end
        self._unpacked: dict[int, list[Row]] = {}

    def fill(self, lines: Iterable[Line]) -> Iterator[None]:
        """Add lines until there are no more; each step takes a moment."""
        for block in in_blocks(lines):
            rows = self._of(block, len(self.lines))
            self.lines.add(block)
            self._ends.append(len(self) + len(rows))
            self.widest = max(self.widest, self._width or max(map(_width_of, rows)))
            yield
        self.complete = True

    def replace(self, line: int, lines: Iterable[Line]) -> Iterator[None]:
        """Put others in place of a line and all that are behind it, in steps as `fill`."""
        number = self.lines.block_of(line)
        kept: list[Line] = []
        if number < self.lines.blocks:
            kept = self.lines.block(number)[: line - self.lines.first_of(number)]
        self.lines.cut(number)
        del self._ends[number:]
        self._unpacked.clear()
        self.complete = False
        yield from self.fill(chain(kept, lines))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def between(self, top: int, bottom: int) -> list[Row]:
        """Return the rows from `top` up to `bottom`, as many of them as there are."""
        number = bisect_right(self._ends, top)
        skipped = top - (self._ends[number - 1] if number else 0)
        rows = (row for at in range(number, self.lines.blocks) for row in self._block(at))
        return list(islice(rows, skipped, skipped + max(bottom - top, 0)))

    def row_of(self, place: Place) -> int:
        """Return the row that a place is in; the last one for a place behind all."""
        number = min(self.lines.block_of(place.line), self.lines.blocks - 1)
        if number < 0:
            return 0
        places = [(row.line, row.start) for row in self._block(number)]
        before = self._ends[number - 1] if number else 0
        return before + max(bisect_right(places, place) - 1, 0)

    def _block(self, number: int) -> list[Row]:
        if number not in self._unpacked:
            while len(self._unpacked) >= UNPACKED:
                del self._unpacked[next(iter(self._unpacked))]
            block = self.lines.block(number)
            self._unpacked[number] = self._of(block, self.lines.first_of(number))
        return self._unpacked[number]

    def _of(self, block: list[Line], first: int) -> list[Row]:
        if self._width is None:
            return [Row(line.tokens, line.indent, at) for at, line in enumerate(block, first)]
        width = self._width
        return [row for at, line in enumerate(block, first) for row in wrapped(line, at, width)]


def cells(text: str) -> int:
    """Return how many cells a clean text takes."""
    if text.isascii():
        return len(text)
    if len(text) <= SHORT or _is_joined(text):
        return cell_len(text)
    return sum(map(_sizes(text).__getitem__, text))


def wrapped(line: Line, number: int, width: int) -> Iterator[Row]:
    """Cut one line into rows, between words where there are any."""
    indent, hanging = min(line.indent, width // 2), min(line.indent + line.hanging, width // 2)
    left, room = width - indent, width - hanging
    if sum(cells(token.text) for token in line.tokens) <= left:
        yield Row(line.tokens, indent, number)
        return
    row: list[Token] = []
    start = at = 0
    for token in line.tokens:
        for piece in _pieces(token.text, room):
            length = cells(piece)
            if length > left and row:
                yield Row(tuple(row), indent, number, start)
                row, left, indent, start = [], room, hanging, at
            row.append(Token(piece, token.kind))
            left -= length
            at += len(piece)
    yield Row(tuple(row), indent, number, start)


def window(row: Row, left: int, width: int) -> Row:
    """Return what is seen of a row from a cell on; half a wide character is a blank."""
    indent, skip = max(row.indent - left, 0), max(left - row.indent, 0)
    room = width - indent
    tokens: list[Token] = []
    start = row.start
    for token in row.tokens:
        before, seen, blank = _seen(token.text, skip, room)
        if not tokens:
            start += before
            indent += blank
        if seen:
            tokens.append(Token(seen, token.kind))
        room -= blank + cells(seen)
        if before + len(seen) < len(token.text):
            break
        skip -= min(skip, cells(token.text))
    return Row(tuple(tokens), indent, row.line, start)


def _width_of(row: Row) -> int:
    return row.indent + sum(cells(token.text) for token in row.tokens)


def _seen(text: str, skip: int, room: int) -> tuple[int, str, int]:
    """Return how many characters come before cell `skip`, those in `room` cells, and a half one."""
    if text.isascii():
        return min(skip, len(text)), text[skip : skip + room], 0
    if not skip and cells(text) <= room:
        return 0, text, 0
    # Characters that are a cell each or two are far behind the window then.
    graphemes, _ = split_graphemes(text[: 4 * (skip + room) + SHORT])
    begin = end = position = blank = 0
    for _, stop, size in graphemes:
        if position < skip:
            begin, blank = stop, max(position + size - skip, 0)
        elif position + size > skip + room:
            break
        end = stop
        position += size
    return begin, text[begin : max(begin, end)], blank


def _pieces(text: str, room: int) -> Iterator[str]:
    """Return text as words with the blanks behind them, none wider than the room."""
    ends = [index + 1 for index, char in enumerate(text) if char == " "]
    for start, end in pairwise((0, *ends, len(text))):
        word = text[start:end]
        if cells(word) <= room:
            yield word
        elif word.isascii():
            yield from (word[at : at + room] for at in range(0, len(word), room))
        elif _is_joined(word):
            yield from chop_cells(word, room)
        else:
            yield from _chopped(word, room)


def _chopped(word: str, room: int) -> Iterator[str]:
    sizes = _sizes(word)
    start = taken = 0
    for at, char in enumerate(word):
        taken += sizes[char]
        if taken > room and at > start:
            yield word[start:at]
            start, taken = at, sizes[char]
    yield word[start:]


def _is_joined(text: str) -> bool:
    """Return whether characters of a text may share their cells: emoji that are made of several."""
    return "\u200d" in text or "\ufe0f" in text


def _sizes(text: str) -> dict[str, int]:
    return {char: get_character_cell_size(char) for char in set(text)}
