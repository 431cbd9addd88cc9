"""What a job says meanwhile waits for no log; its begin and its end do, at each front door."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jobwatch import JobLog, PlainJobLog, logged
from jobwatch.store import plain_steps
from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob
from jobwatch.store.plain_steps import OFFER_TIMEOUT
from jobwatch.store.steps import Steps

RUN = plain_steps.run


class Writes:
    """Takes note of what a job does, and whether that would wait long for a log that is locked."""

    def __init__(self) -> None:
        self.doing = "begin"
        self.seen: list[tuple[str, bool]] = []

    def run(self, connection: sqlite3.Connection, steps: Steps[Any]) -> Any:
        if connection.in_transaction:
            [(patience,)] = connection.execute("PRAGMA busy_timeout")
            self.seen.append((self.doing, patience > OFFER_TIMEOUT))
        return RUN(connection, steps)

    def tell(self, job: PlainLoggedJob) -> None:
        self.doing = "progress"
        job.progress(1, 2)
        self.doing = "end"

    async def tell_later(self, job: LoggedJob) -> None:
        self.doing = "progress"
        await job.progress(1, 2)
        self.doing = "end"


async def of_a_plain_log(store: Path, writes: Writes) -> None:
    with PlainJobLog.open(store) as log, log.job("scan") as job:
        writes.tell(job)


async def of_a_log(store: Path, writes: Writes) -> None:
    async with JobLog.open(store) as log, log.job("scan") as job:
        await writes.tell_later(job)


async def of_a_function(store: Path, writes: Writes) -> None:
    @logged(store=store)
    def scan(*, job: PlainLoggedJob | None = None) -> None:
        assert job is not None
        writes.tell(job)

    scan()


async def of_an_async_function(store: Path, writes: Writes) -> None:
    @logged(store=store)
    async def scan(*, job: LoggedJob | None = None) -> None:
        assert job is not None
        await writes.tell_later(job)

    await scan()


@pytest.mark.parametrize("job", [of_a_plain_log, of_a_log, of_a_function, of_an_async_function])
async def test_only_what_a_job_says_meanwhile_is_impatient(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: Callable[[Path, Writes], Awaitable[None]],
) -> None:
    writes = Writes()
    monkeypatch.setattr(plain_steps, "run", writes.run)
    await job(tmp_path / "jobs.db", writes)
    assert writes.seen == [("begin", True), ("progress", False), ("end", True)]
