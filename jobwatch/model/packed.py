"""Lines by the hundred thousand: read as they come, kept packed, a block of them unpacked."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import msgspec

from jobwatch.model.pretty import Line, Path

__all__ = ["PackedLines", "in_blocks"]

BLOCK = 64
"""Lines of a block, at most."""
BLOCK_TEXT = 16_384
"""Characters from which on a block takes no further line."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Line])


def in_blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Return lines in blocks, each of which is read, wrapped or searched in a moment."""
    block: list[Line] = []
    text = 0
    for line in lines:
        block.append(line)
        text += sum(len(token.text) for token in line.tokens)
        if len(block) == BLOCK or text >= BLOCK_TEXT:
            yield block
            block, text = [], 0
    if block:
        yield block


class PackedLines(Sequence[Line]):
    """Lines in some fifty bytes each, none of which the garbage collector has to look at."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._ends = array("L")  # how many lines there are up to each block's end
        self._paths: dict[int, Path] = {}  # not packed: a key may hold what no encoding does
        self._unpacked: tuple[int, list[Line]] = (-1, [])

    @property
    def foldable(self) -> bool:
        """Return whether a line opens a container."""
        return bool(self._paths)

    @property
    def blocks(self) -> int:
        """Return how many blocks there are."""
        return len(self._blocks)

    def add(self, block: list[Line]) -> None:
        """Add a block at the end."""
        packed = []
        for number, line in enumerate(block, len(self)):
            if line.path is not None:
                self._paths[number] = line.path
                packed.append(line._replace(path=None))
            else:
                packed.append(line)
        self._blocks.append(_encoder.encode(packed))
        self._ends.append(len(self) + len(block))

    def cut(self, number: int) -> None:
        """Take away a block and all that are behind it."""
        first = self.first_of(number)
        del self._blocks[number:], self._ends[number:]
        self._paths = {line: path for line, path in self._paths.items() if line < first}
        self._unpacked = (-1, [])

    def first_of(self, number: int) -> int:
        """Return the first line of a block."""
        return self._ends[number - 1] if number else 0

    def block_of(self, line: int) -> int:
        """Return the block that a line is in."""
        return bisect_right(self._ends, line)

    def block(self, number: int) -> list[Line]:
        """Return the lines of a block."""
        if self._unpacked[0] != number:
            first = self.first_of(number)
            lines = _decoder.decode(self._blocks[number])
            for at in range(len(lines)):
                if (path := self._paths.get(first + at)) is not None:
                    lines[at] = lines[at]._replace(path=path)
            self._unpacked = (number, lines)
        return self._unpacked[1]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Line]:
        for number in range(self.blocks):
            yield from self.block(number)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        number = self.block_of(at)
        return self.block(number)[at - self.first_of(number)]
