"""Which page of time to bring next: from the newest jobs back to the oldest, each once."""

from __future__ import annotations

from jobwatch.model.when import TimeRange

__all__ = ["History"]

FIRST_WIDTH = 3_600_000
FEW, MANY = 500, 4_000
"""A page of fewer jobs makes the next twice as long, of none eight times, of more half as long."""


class History:
    """The range of starts (epoch ms, by the node's clock) that is still to be brought.

    A node has no paging but by time, and doesn't tell how many jobs a range has.
    """

    def __init__(self, top: int, since: int) -> None:
        self._top = top
        self._since = since
        self._width = FIRST_WIDTH

    @property
    def reached(self) -> int:
        """Return the start from which on all has been brought."""
        return self._top

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is left to bring."""
        return self._top <= self._since

    def page(self) -> TimeRange:
        """Return the range to bring next."""
        return TimeRange(max(self._top - self._width, self._since), self._top)

    def brought(self, page: TimeRange, count: int) -> None:
        """Take note that a page, which had so many jobs, is in the log."""
        self._top = page.start if page.start is not None else self._since
        if count < FEW:
            self._width *= 2 if count else 8
        elif count > MANY:
            self._width = max(self._width // 2, 1)
