"""How much a slice of a long search looks at, so that each takes but a moment."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from jobwatch.store import search_statements as sql
from jobwatch.store.search import Part
from jobwatch.store.steps import One, Reading

if TYPE_CHECKING:
    from jobwatch.store.connection import ReadConnection

__all__ = ["FIRST", "Slices", "lower_edge", "slices_down", "slices_up", "upper_edge"]

FIRST = 8_192
"""Jobs that the first slice looks at: some ten milliseconds where each is a text to be read."""

SHORT, LONG = 0.015, 0.050
"""Seconds: below the one the next slice is twice as large, above the other half as large."""

SMALLEST, LARGEST = 1_024, 1 << 20


class Slices:
    """The size of the next slice, from how long those before it took."""

    def __init__(self) -> None:
        self.size = FIRST

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Learn from a slice that is looked through within."""
        began = monotonic()
        yield
        took = monotonic() - began
        if took < SHORT:
            self.size = min(2 * self.size, LARGEST)
        elif took > LONG:
            self.size = max(self.size // 2, min(SMALLEST, FIRST))


def lower_edge(part: Part, end: float, size: int) -> Reading[float]:
    """Return where a slice of so many jobs begins that ends at a start."""
    if not part.whole:
        given = {"start": part.start, "end": end, "offset": size}
        for (edge,) in (yield One(sql.SLICE_DOWN, given)):
            start: float = edge
            return start
    return part.start


def upper_edge(part: Part, start: float, size: int) -> Reading[float]:
    """Return where a slice of so many jobs ends that begins at a start."""
    if not part.whole:
        given = {"start": start, "end": part.end, "offset": size}
        for (edge,) in (yield One(sql.SLICE_UP, given)):
            # Many jobs of one start are of one slice.
            return min(edge if edge > start else _after(start), part.end)
    return part.end


async def slices_down(
    part: Part, slices: Slices, connection: ReadConnection
) -> AsyncIterator[tuple[float, float]]:
    """Yield the half-open ranges of starts of a part's slices, the newest first."""
    end = part.end
    while part.start < end:
        start = await connection.run(lower_edge(part, end, slices.size))
        yield start, end
        end = start


async def slices_up(
    part: Part, slices: Slices, connection: ReadConnection
) -> AsyncIterator[tuple[float, float]]:
    """Yield the half-open ranges of starts of a part's slices, the oldest first."""
    start = part.start
    while start < part.end:
        end = await connection.run(upper_edge(part, start, slices.size))
        yield start, end
        start = end


def _after(start: float) -> float:
    """Return a start above this one, and at most a millisecond above."""
    return start + 1 if start + 1 > start else inf
