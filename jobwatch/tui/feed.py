"""Follows one log: opens it, asks once a tick whether it has changed, opens it again if lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader

__all__ = ["Follower", "LogFeed"]


class Follower(Protocol):
    """What is told of the log."""

    def opened(self, reader: LogReader) -> Awaitable[None]:
        """Take a new reader of the log; the one before is closed."""

    def changed(self) -> Awaitable[None]:
        """Take note that something was committed since the last call."""

    @property
    def behind(self) -> bool:
        """Return whether a change that was told is still to be shown, and may be now."""

    def current(self) -> None:
        """Take note that the log was read just now, whether it had changed or not."""

    def failed(self, reason: str) -> None:
        """Take note that the log can't be read, and why: one line for a person."""


class LogFeed:
    """One loop that asks, tells and sleeps; no tick cancels it or doubles it."""

    def __init__(self, path: Path, interval: float, clock: Clock) -> None:
        self.path = path
        self.interval = interval
        self.paused = False
        self._clock = clock
        self._wake = asyncio.Event()
        self._asked = False

    def ask_now(self) -> None:
        """End the sleep, and tell of a change even if there was none."""
        self._asked = True
        self._wake.set()

    async def run(self, follower: Follower) -> None:
        """Follow the log until cancelled; `interval` is in seconds."""
        # Loaded once the first picture is there.
        from jobwatch.store.reader import LogReader
        from jobwatch.store.watch import LogReplacedError

        while True:
            try:
                async with LogReader.open(self.path, clock=self._clock) as reader:
                    await follower.opened(reader)
                    await self._follow(reader, follower)
            except LogReplacedError as error:
                follower.failed(str(error))
                if not self.path.exists():
                    await self._sleep()
            except LogError as error:
                follower.failed(str(error))
                await self._sleep()

    async def _follow(self, reader: LogReader, follower: Follower) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            asked, self._asked = self._asked, False
            if asked or not self.paused:
                if await reader.moved() or asked or follower.behind:
                    await follower.changed()
                follower.current()
            await self._sleep(clock() - began)

    async def _sleep(self, read_for: float = 0.0) -> None:
        """Sleep until the next look is due, for half of the interval at least."""
        self._wake.clear()
        try:
            async with asyncio.timeout(max(self.interval - read_for, self.interval / 2)):
                await self._wake.wait()
        except TimeoutError:
            pass
