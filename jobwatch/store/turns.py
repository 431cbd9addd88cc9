"""Turns: how long who writes a log in batches holds it, and leaves it alone in between for others.

SQLite gives no turn to who waits: whoever comes back at once is served first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = [
    "ALONE_AFTER",
    "HELD",
    "HELD_AT_MOST",
    "LEFT_ALONE",
    "Clock",
    "Sleep",
    "Turns",
    "next_try",
]

HELD = 0.004
"""Seconds after which a batch takes on no more; to commit may take as long again."""

LEFT_ALONE = 2
"""Where others write, the log is left alone for so many times as long as it was held."""

ALONE_AFTER = 1.0
"""Seconds after which others that have written nothing count as gone."""

HELD_AT_MOST = 0.05
"""Seconds that the log is held in a row where nobody else writes; who comes may wait for that."""

# What SQLite's busy handler sleeps (ms), try by try (sqliteDefaultBusyCallback in its main.c).
_SLEEPS = (1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100)

Clock: TypeAlias = Callable[[], float]
"""Tells the time in seconds, from any instant on."""

Sleep: TypeAlias = Callable[[float], object]
"""Waits for so many seconds."""


class Turns:
    """Gives others their turn at a log after each batch, or after several where there are none.

    `version` reads ``PRAGMA data_version`` on the connection that writes: only the commits of
    others move it there. Until that has told, others are taken to write.
    """

    def __init__(self, version: Callable[[], int], clock: Clock, sleep: Sleep) -> None:
        self._version = version
        self._clock = clock
        self._sleep = sleep
        self._seen = version()
        self._written = clock()
        self._held = 0.0

    def give(self, held: float) -> None:
        """Leave the log alone, if it is time to, after it was held for so many seconds.

        Nobody can tell whether somebody waits. Who came while it was held finds it free within the
        pause, and is seen by the next turn to have written: then more may want to.
        """
        self._held += held
        seen, self._seen = self._seen, self._version()
        has_moved = seen != self._seen
        now = self._clock()
        if has_moved:
            self._written = now
        if now - self._written >= ALONE_AFTER and self._held < HELD_AT_MOST:
            return
        pause = next_try(self._held)
        self._sleep(max(pause, LEFT_ALONE * self._held) if has_moved else pause)
        self._held = 0.0


def next_try(waited: float) -> float:
    """Return after how many seconds at most who has waited for so many tries again."""
    longest, since = 0, 0
    for sleep in _SLEEPS:
        if since > waited * 1_000:
            break
        longest = sleep
        since += sleep
    return longest / 1_000
