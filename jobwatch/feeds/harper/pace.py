"""How fast a node is asked, and how long it is left alone when it doesn't answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from time import monotonic

__all__ = ["Pace", "back_off"]

FIRST, LONGEST = 0.5, 30.0
"""Seconds before the second try, and at most between two."""


class Pace:
    """Lets through at most `rate` requests a second, evenly."""

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = 1 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    async def wait(self) -> None:
        """Return when the next request may be made."""
        now = self._clock()
        delay = self._next - now
        self._next = max(now, self._next) + self._gap
        if delay > 0:
            await self._sleep(delay)


def back_off(failures: int, random: Random) -> float:
    """Return how many seconds to wait after so many failures in a row.

    Twice as long each time, and each time a random part less, so that those who lost the same node
    don't all come back to it at once.
    """
    longest: float = min(LONGEST, FIRST * 2 ** min(failures - 1, 16))
    return longest * random.uniform(0.5, 1.0)
