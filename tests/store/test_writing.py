"""How both logs write: whole transactions, whatever interrupts, forks, locks or takes the file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from jobwatch.model.job import Job, JobStatus
from jobwatch.model.query import JobQuery
from jobwatch.store import plain_steps
from jobwatch.store.connect import BUSY_TIMEOUT, LogError, UnknownJobError
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.steps import One, Steps
from jobwatch.store.transactions import create, edit
from jobwatch.store.watch import LogReplacedError
from tests.store.held import locked

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system doesn't fork")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="old", status="COMPLETE")])
    return path


async def test_an_error_of_the_program_is_none_of_the_log(path: Path) -> None:
    for opened in (JobLog.open, JobLog.read):
        with pytest.raises(sqlite3.IntegrityError, match="theirs"):
            async with opened(path):
                raise sqlite3.IntegrityError("theirs")


class _Interrupted:
    """A connection whose user presses Ctrl-C just as a statement has run."""

    def __init__(self, connection: sqlite3.Connection, when: str) -> None:
        self._connection = connection
        self._when = when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        cursor = self._connection.execute(statement, parameters)
        if statement.lstrip().startswith(self._when):
            raise KeyboardInterrupt
        return cursor


@pytest.mark.parametrize("when", ["BEGIN", "SELECT"])
def test_an_interrupt_leaves_no_transaction_open(path: Path, when: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    steps = create(lambda: Job(id="new", status="CREATED"))
    interrupted: Any = _Interrupted(connection, when)
    with pytest.raises(KeyboardInterrupt):
        plain_steps.in_transaction(interrupted, steps)
    assert not connection.in_transaction
    connection.close()
    with PlainJobLog.open(path) as log:
        assert log.get_job("new") is None


def test_a_program_that_ends_cuts_no_transaction_in_two(path: Path) -> None:
    program = f"""
import asyncio
from jobwatch import JobLog

async def jobs(log):
    while True:
        async with log.job("scan"):
            await asyncio.sleep(0)

async def keep():
    async with JobLog.open({str(path)!r}) as log, asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(jobs(log))

async def main():
    asyncio.get_running_loop().create_task(keep())
    await asyncio.sleep(0.3)

asyncio.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stderr == ""
    with PlainJobLog.read(path) as log:
        statuses = {job.status for job in log.jobs(JobQuery()) if job.type == "scan"}
    assert {JobStatus.COMPLETE} <= statuses <= {JobStatus.COMPLETE, JobStatus.ERROR}


@pytest.mark.parametrize("away", ["gone", "replaced"])
async def test_a_log_whose_file_is_taken_away_is_an_error_and_no_silence(
    path: Path, away: str
) -> None:
    async with JobLog.open(path) as log:
        with PlainJobLog.open(path) as plain:
            path.rename(path.with_suffix(".old"))
            if away == "replaced":
                path.touch()
            with pytest.raises(LogReplacedError, match=away):
                await log.create(type="scan")
            with pytest.raises(LogReplacedError, match=away):
                plain.upsert_many([Job(id="new")])


async def test_a_log_that_was_closed_is_an_error(path: Path) -> None:
    async with JobLog.open(path) as log:
        pass
    with pytest.raises(LogError, match="not open"):
        await log.create(type="scan")
    with pytest.raises(LogError, match="not open"):
        await log.get_job("old")


async def test_what_waits_for_its_turn_can_be_cancelled_at_once(path: Path) -> None:
    async with JobLog.open(path) as log:
        transaction, has_begun = log._writer._transaction, threading.Event()

        def told(steps: Steps[Any], deadline: float) -> Any:
            has_begun.set()
            return transaction(steps, deadline)

        with locked(path), patch.object(log._writer, "_transaction", told):
            first = asyncio.ensure_future(log.create(type="scan", id="first"))
            await asyncio.to_thread(has_begun.wait)
            second = asyncio.ensure_future(log.create(type="scan", id="second"))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert not first.done()
        await first
        assert await log.get_job("second") is None


async def test_nobody_reads_what_is_undone(path: Path) -> None:
    written, goes_on = threading.Event(), threading.Event()

    def undone() -> Steps[None]:
        yield from create(lambda: Job(id="new", status="CREATED"))
        written.set()
        goes_on.wait()
        raise LogError("undone")

    async with JobLog.open(path) as log:
        writing = asyncio.ensure_future(log._write(undone()))
        await asyncio.to_thread(written.wait)
        assert await log.get_job("new") is None
        goes_on.set()
        with pytest.raises(LogError, match="undone"):
            await writing


def in_child(work: Callable[[], str]) -> str:
    """Return what work in a forked process says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, work().encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


@needs_fork
def test_a_process_that_was_forked_while_the_log_was_open_may_not_use_it(path: Path) -> None:
    with PlainJobLog.open(path) as log:

        def opened_anew() -> str:
            try:
                with PlainJobLog.open(path) as own:
                    own.upsert_many([Job(id="child")])
            except LogError as error:
                return str(error)
            return "written"

        def inherited() -> str:
            try:
                log.upsert_many([Job(id="child")])
            except LogError as error:
                return str(error)
            return "written"

        for work in (opened_anew, inherited):
            assert in_child(work).startswith(f"{path} was open when this process was forked")
        assert log.get_job("child") is None


@needs_fork
def test_a_process_that_was_forked_before_may_use_the_log(path: Path) -> None:
    def work() -> str:
        with PlainJobLog.open(path) as log:
            log.upsert_many([Job(id="child")])
        return "written"

    assert in_child(work) == "written"
    with PlainJobLog.open(path) as log:
        assert log.get_job("child") is not None


def test_what_is_offered_waits_for_no_one(path: Path) -> None:
    def patience() -> Steps[int]:
        [(milliseconds,)] = yield One("PRAGMA busy_timeout")
        return int(milliseconds)

    with PlainJobLog.open(path) as log:
        assert log._offer(patience()) == 500
        with pytest.raises(UnknownJobError):
            log._offer(edit("none", lambda job: job))
        assert log._write(patience()) == BUSY_TIMEOUT


def test_a_log_is_closed_when_its_threads_have_written(path: Path) -> None:
    written, goes_on = threading.Event(), threading.Event()

    def steps() -> Steps[None]:
        yield One("SELECT 1")
        written.set()
        goes_on.wait()

    with ThreadPoolExecutor() as threads, PlainJobLog.open(path) as log:
        writing = threads.submit(log._write, steps())
        written.wait()
        closing = threads.submit(log._close)
        with pytest.raises(TimeoutError):
            closing.result(0.05)
        goes_on.set()
        writing.result()
        closing.result()
        with pytest.raises(LogError, match="closed"):
            log.upsert_many([Job(id="late")])


@needs_fork
def test_a_child_that_was_forked_within_an_open_log_ends_and_is_told(path: Path) -> None:
    program = f"""
import asyncio, os, sys
from jobwatch import JobLog, LogError

async def main():
    opened = JobLog.open({str(path)!r})
    async with opened as log, log.job("scan") as job:
        child = os.fork()
        if child == 0:
            for use in (log.create(type="scan"), log.get_job(job.id), job.progress(1)):
                try:
                    print(await use)
                except LogError as error:
                    print("refused" if "was forked" in str(error) else error)
            await opened.__aexit__(None, None, None)
            sys.stdout.flush()
            os._exit(0)  # to take the loop apart would break its parent's
        print(os.waitpid(child, 0)[1])

asyncio.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert (ended.stdout.splitlines(), ended.stderr) == (["refused", "refused", "None", "0"], "")
    with PlainJobLog.read(path) as log:
        [status] = [job.status for job in log.jobs(JobQuery()) if job.type == "scan"]
    assert status == JobStatus.COMPLETE


async def test_what_is_sent_together_waits_together(path: Path) -> None:
    given: list[int] = []
    now = 100.0

    def waits(connection: object, steps: object, *, patience: int) -> None:
        nonlocal now
        given.append(patience)
        now += patience / 1_000
        raise LogError("locked")

    async with JobLog.open(path) as log:
        with (
            patch("jobwatch.store.plain_steps.monotonic", lambda: now),
            patch("jobwatch.store.plain_steps.in_transaction", waits),
        ):
            sent = [log.create(type="scan") for _ in range(3)]
            refused = await asyncio.gather(*sent, return_exceptions=True)
    assert [str(error) for error in refused] == ["locked"] * 3
    assert given == [BUSY_TIMEOUT, 0, 0]


async def test_a_close_that_is_cancelled_leaves_no_thread(path: Path) -> None:
    has_entered, leaves = asyncio.Event(), asyncio.Event()

    async def use() -> JobLog:
        async with JobLog.open(path) as log:
            logs.append(log)
            has_entered.set()
            await leaves.wait()
        return log

    logs: list[JobLog] = []
    using = asyncio.ensure_future(use())
    await has_entered.wait()
    with locked(path):
        writing = asyncio.ensure_future(logs[0].create(type="scan"))
        await asyncio.sleep(0)
        leaves.set()
        for _ in range(3):
            await asyncio.sleep(0)
        using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    await asyncio.wait([writing])
    with pytest.raises(LogError, match="is not open any more"):
        await logs[0].create(type="scan")
