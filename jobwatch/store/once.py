"""Writes from asyncio to a log that is open for one transaction alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeAlias, TypeVar

from jobwatch.store import plain_steps
from jobwatch.store.off_loop import finished
from jobwatch.store.steps import Steps

__all__ = ["offer_once", "write_once"]

Result = TypeVar("Result")

_Run: TypeAlias = Callable[[Path, Steps[Result]], Result]

THREADS = 32
"""Writes that may wait for their logs at a time."""


async def write_once(path: Path, steps: Steps[Result]) -> Result:
    """Run steps as `plain_steps.write_once`, in a thread; who is cancelled waits for it."""
    return await _in_thread(plain_steps.write_once, path, steps)


async def offer_once(path: Path, steps: Steps[Result]) -> Result:
    """Run steps as `plain_steps.offer_once`, in a thread; who is cancelled waits for it."""
    return await _in_thread(plain_steps.offer_once, path, steps)


async def _in_thread(run: _Run[Result], path: Path, steps: Steps[Result]) -> Result:
    return await finished(asyncio.wrap_future(_threads_of(os.getpid()).submit(run, path, steps)))


@cache
def _threads_of(process: int) -> ThreadPoolExecutor:
    """Return threads for writes alone: asyncio's own may all be busy with what is to be logged.

    A forked child has none of its parent's.
    """
    return ThreadPoolExecutor(THREADS, thread_name_prefix="jobwatch-once")
