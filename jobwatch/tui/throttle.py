"""Throttle: lets what is read again and again take but a part of the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

__all__ = ["Throttle"]

SHARE_OF_TIME = 20
"""At most one part in so many of the time."""


class Throttle:
    """Says when something may be done again, by how long it took the last time."""

    def __init__(self) -> None:
        self.took = 0.0
        """Seconds that it took, the last time; who knows better what it costs may set it."""
        self._ended = 0.0

    def took_since(self, began: float) -> None:
        """Take note that what began then (by the monotonic clock) has ended now."""
        self._ended = monotonic()
        self.took = self._ended - began

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Take note of how long it takes what is done within."""
        began = monotonic()
        try:
            yield
        finally:
            self.took_since(began)

    @property
    def rest(self) -> float:
        """Return how many seconds to wait until then, from the end of the last time on."""
        return SHARE_OF_TIME * self.took

    @property
    def may(self) -> bool:
        """Return whether it may be done again now."""
        return monotonic() - self._ended > self.rest
