"""Following: reads the kept output of the job on screen, again and again while it grows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from jobwatch.store.output import output_path
from jobwatch.store.output_tail import Output, OutputTail

__all__ = ["Following"]


class Following:
    """The outputs beside one log, of which one at a time is read.

    `show` takes the id of a job and its output, when it is read first and whenever it has moved;
    `interval` is in seconds.
    """

    def __init__(self, log: Path, interval: float, show: Callable[[str, Output], None]) -> None:
        self._log = log
        self._interval = interval
        self._show = show
        self._tail: tuple[str, OutputTail] | None = None  # of which job

    async def follow(self, job_id: str, *, grows: bool) -> None:
        """Show the output of a job; while it grows, also what is added to it, until cancelled."""
        if self._tail is None or self._tail[0] != job_id:
            self._tail = job_id, OutputTail(output_path(self._log, job_id))
        _, tail = self._tail
        shown: Output | None = None
        while True:
            output = await asyncio.to_thread(tail.read)
            if output is not shown:
                shown = output
                self._show(job_id, output)
            if not grows:
                return
            await asyncio.sleep(self._interval)
