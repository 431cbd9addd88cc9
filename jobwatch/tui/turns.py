"""Long work on the loop in short turns, between which the loop does all else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import perf_counter

__all__ = ["in_turns"]

TURN = 0.008
"""Seconds: half of what a frame takes."""


async def in_turns(steps: Iterator[object], after: Callable[[], None]) -> None:
    """Take all steps, and tell after each turn; a step should take some milliseconds at most."""
    done = False
    while not done:
        until = perf_counter() + TURN
        done = True
        for _ in steps:
            if perf_counter() >= until:
                done = False
                break
        after()
        await asyncio.sleep(0)
