"""Which row of a result stands on which line of the table: arithmetic only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from jobwatch.model.row import JobRow

__all__ = ["PAGE", "Ghost", "Listing"]

PAGE = 64


class Ghost(NamedTuple):
    """A job that has left the result but is still under the cursor: its line, and what it was."""

    line: int
    row: JobRow


@dataclass(frozen=True, slots=True)
class Listing:
    """A result of `total` rows on lines from 0 down.

    Ordinals count from the oldest job where the newest is on top, so that a new job renumbers
    nothing; a ghost takes a line, but has no ordinal.
    """

    total: int = 0
    newest_first: bool = True
    ghost: Ghost | None = None

    @property
    def lines(self) -> int:
        """Return how many lines the result takes."""
        return self.total + (self.ghost is not None)

    def ordinal(self, line: int) -> int | None:
        """Return the ordinal on a line, None where the ghost stands."""
        if self.ghost is not None:
            if line == self.ghost.line:
                return None
            line -= line > self.ghost.line
        return self.total - 1 - line if self.newest_first else line

    def line(self, ordinal: int) -> int:
        """Return the line of an ordinal."""
        line = self.total - 1 - ordinal if self.newest_first else ordinal
        return line + (self.ghost is not None and line >= self.ghost.line)

    def pages(self, first: int, last: int) -> Iterator[int]:
        """Return the numbers of the pages that lines `first` to `last` (inclusive) need."""
        first, last = (max(0, min(line, self.lines - 1)) for line in (first, last))
        # Next to each end, for a ghost stands on no page.
        lines = [line for line in (first, first + 1, last - 1, last) if first <= line <= last]
        ordinals = [self.ordinal(line) for line in lines]
        numbers = [ordinal // PAGE for ordinal in ordinals if ordinal is not None]
        if self.total and numbers:
            step = 1 if numbers[0] <= numbers[-1] else -1
            yield from range(numbers[0], numbers[-1] + step, step)
