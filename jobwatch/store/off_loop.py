"""Waiting on asyncio for what a thread does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["finished"]

Result = TypeVar("Result")


async def finished(
    work: asyncio.Future[Result], *, give_up: Callable[[], bool] | None = None
) -> Result:
    """Return what comes of a thread's work, which goes on though who waits for it is cancelled.

    Who is cancelled waits until it is done, unless `give_up` could still take it back.
    """
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            if give_up is not None and give_up():
                raise
            cancelled = error
    if cancelled is not None:
        work.exception()  # it is no news to who was cancelled
        raise cancelled
    return work.result()
