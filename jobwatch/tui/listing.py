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
        seen: set[int] = set()
        for line in (*range(max(first, 0), min(last, self.lines - 1), PAGE // 2), last):
            ordinal = self.ordinal(min(max(line, 0), max(self.lines - 1, 0)))
            if ordinal is None or not 0 <= ordinal < self.total or ordinal // PAGE in seen:
                continue
            seen.add(ordinal // PAGE)
            yield ordinal // PAGE
