"""Waiting on asyncio for what a thread does."""

from __future__ import annotations

import asyncio
import gc

import pytest

from jobwatch import LogError
from jobwatch.store.off_loop import finished


def test_an_error_is_no_news_to_who_was_cancelled() -> None:
    async def fail() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, what: told.append(what))
        work: asyncio.Future[None] = loop.create_future()
        waits = asyncio.ensure_future(finished(work))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.sleep(0)
        work.set_exception(LogError("the log is locked"))
        with pytest.raises(asyncio.CancelledError):
            await waits

    told: list[object] = []
    asyncio.run(fail())
    gc.collect()  # only of what is gone is it known that nobody asked
    assert told == []
