"""Jobs that log themselves, with asyncio and without: the same life on both."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from jobwatch import Job, JobLog, JobStatus, LogError, PlainJobLog
from jobwatch.model.insight import Progress
from jobwatch.model.job import UNSET
from jobwatch.model.query import JobQuery
from jobwatch.store.alive import own_process, process_of
from jobwatch.store.lifetime import PAUSE, PAUSE_AFTER_FAILURE, Lifetime, text_of
from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob
from jobwatch.store.steps import Steps
from tests.store.held import locked

NOW = 1_700_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def log(tmp_path: Path, clock: Clock) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "jobs.db", clock=clock) as log:
        yield log


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[PlainJobLog]:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        yield log


async def found(log: JobLog, id: str) -> Job:
    job = await log.get_job(id)
    assert job is not None
    return job


async def test_a_job_runs_within_its_block_and_is_complete_behind_it(
    log: JobLog, clock: Clock
) -> None:
    async with log.job("csv_data_load", user="ada", body={"file": "a.csv"}) as job:
        inside = await found(log, job.id)
        clock.now += 5_000
        job.message = "successfully loaded 3 of 3 records"

    outside = await found(log, job.id)
    assert inside.status == JobStatus.IN_PROGRESS
    assert (inside.type, inside.user, inside.job_body) == (
        "csv_data_load",
        "ada",
        {"file": "a.csv"},
    )
    assert (inside.created_datetime, inside.start_datetime, inside.end_datetime) == (
        NOW,
        NOW,
        UNSET,
    )
    assert process_of(inside.other) == own_process()
    assert outside.status == JobStatus.COMPLETE
    assert outside.end_datetime == NOW + 5_000
    assert outside.message == "successfully loaded 3 of 3 records"


async def test_an_exception_makes_it_an_error_with_its_text_and_goes_on(log: JobLog) -> None:
    with pytest.raises(ValueError, match="line 3 is not CSV"):
        async with log.job("csv_data_load") as job:
            raise ValueError("line 3 is not CSV")

    ended = await found(log, job.id)
    assert (ended.status, ended.message) == (JobStatus.ERROR, "line 3 is not CSV")


async def test_a_cancelled_job_is_an_error_and_stays_cancelled(log: JobLog) -> None:
    begun = asyncio.Event()
    ids: list[str] = []

    async def work() -> None:
        async with log.job("export_local") as job:
            ids.append(job.id)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    ended = await found(log, ids[0])
    assert (ended.status, ended.message) == (JobStatus.ERROR, "cancelled")


async def test_a_job_cancelled_while_it_begins_does_not_go_on_for_ever(log: JobLog) -> None:
    job = log.job("export_local")
    transaction, has_begun = log._writer._transaction, threading.Event()

    def told(steps: Steps[Job], deadline: float) -> Job:
        has_begun.set()
        return transaction(steps, deadline)

    with locked(log.path), patch.object(log._writer, "_transaction", told):
        beginning = asyncio.ensure_future(job.__aenter__())
        await asyncio.to_thread(has_begun.wait)
        beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning

    assert (await found(log, job.id)).status == JobStatus.ERROR


async def test_progress_is_written_no_more_often_than_a_screen_can_show(
    log: JobLog, clock: Clock
) -> None:
    write, writes = log._writer._transaction, []

    def counted(steps: Steps[Job], deadline: float) -> Job:
        writes.append(steps)
        return write(steps, deadline)

    async with log.job("csv_data_load") as job:
        with patch.object(log._writer, "_transaction", counted):
            for done in range(1_000):
                clock.now += 1
                await job.progress(done, 2_000)
        running = await found(log, job.id)

    assert len(writes) == 1_000 // PAUSE
    assert running.progress == Progress(PAUSE, 2_000)


async def test_what_was_said_too_soon_is_written_next_time_or_at_the_end(
    log: JobLog, clock: Clock
) -> None:
    async with log.job("csv_data_load") as job:
        await job.progress(0, 12)
        at_once = await found(log, job.id)
        await job.progress(1, 12)
        too_soon = await found(log, job.id)
        clock.now += PAUSE
        await job.say("half way")
        next_time = await found(log, job.id)
        await job.progress(9, 12)
        job.message = "nearly there"

    assert at_once.progress == too_soon.progress == Progress(0, 12)
    assert (next_time.progress, next_time.message) == (Progress(1, 12), "half way")
    ended = await found(log, job.id)
    assert ended.other["progress"] == {"done": 9, "total": 12}
    assert ended.message == "nearly there"


async def test_the_last_of_all_is_written_at_once(log: JobLog) -> None:
    async with log.job("csv_data_load") as job:
        await job.progress(12, 12)
        assert (await found(log, job.id)).progress == Progress(12, 12)


async def test_progress_without_a_total_is_how_much_so_far(log: JobLog, clock: Clock) -> None:
    async with log.job("scan") as job:
        clock.now += PAUSE
        await job.progress(9_000)
        assert (await found(log, job.id)).progress == Progress(9_000, None)
        for done, total in ((-1, None), (1, -1), (1 << 63, None)):
            with pytest.raises(ValueError, match="from 0 on"):
                await job.progress(done, total)
        with pytest.raises(TypeError):
            await job.progress(1.5, 3)  # type: ignore[arg-type]


async def test_a_clock_that_was_set_back_silences_no_job(log: JobLog, clock: Clock) -> None:
    async with log.job("scan") as job:
        clock.now -= 3_600_000
        await job.progress(1)
        assert (await found(log, job.id)).progress == Progress(1, None)


async def test_an_id_that_the_log_has_is_refused(log: JobLog) -> None:
    async with log.job("scan", id="nightly"):
        pass
    with pytest.raises(LogError, match="nightly"):
        async with log.job("scan", id="nightly"):
            pytest.fail("it must not run")
    assert (await found(log, "nightly")).status == JobStatus.COMPLETE


async def test_a_log_that_is_locked_breaks_no_job_off_while_it_runs(
    tmp_path: Path, clock: Clock
) -> None:
    async with JobLog.open(tmp_path / "jobs.db", clock=clock) as log, log.job("scan") as job:
        log._writer._connection.execute("PRAGMA busy_timeout = 0")
        holder = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        clock.now += PAUSE
        await job.progress(1)
        clock.now += PAUSE
        await job.progress(2)  # not tried: it would wait once more
        holder.execute("ROLLBACK")
        holder.close()
        before = await found(log, job.id)
        clock.now += PAUSE_AFTER_FAILURE
        await job.progress(3)
        after = await found(log, job.id)
    assert before.progress is None
    assert after.progress == Progress(3, None)


async def test_an_end_that_the_log_does_not_take_is_a_warning_and_takes_nothing_away(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log:
        log._writer._connection.execute("PRAGMA busy_timeout = 0")
        for error in (None, ValueError("boom")):
            job = await log.job("scan").__aenter__()
            with locked(path), pytest.warns(RuntimeWarning, match="isn't in the log.*locked"):
                await job.__aexit__(None, error, None)
            assert (await found(log, job.id)).status == JobStatus.IN_PROGRESS


async def test_a_write_that_is_cancelled_twice_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log:
        with locked(path):
            writing = asyncio.ensure_future(log.create(type="scan", id="a"))
            for _ in range(2):
                await asyncio.wait([writing], timeout=0.01)
                writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        with PlainJobLog.open(path) as other:
            other.upsert_many([Job(id="b")])
        await log.create(type="scan", id="c")
        assert await log.get_job("a") is not None


async def test_a_job_that_is_cancelled_as_it_begins_ends_no_other_of_its_id(log: JobLog) -> None:
    async with log.job("nightly", id="nightly") as job:
        job.message = "42 pages"
    beginning = asyncio.ensure_future(log.job("nightly", id="nightly").__aenter__())
    await asyncio.sleep(0)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    known = await found(log, "nightly")
    assert (known.status, known.message) == (JobStatus.COMPLETE, "42 pages")


async def test_a_message_that_no_json_can_hold_is_refused_where_it_is_set(log: JobLog) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        async with log.job("scan") as job:
            job.message = Path("/x")
    ended = await found(log, job.id)
    assert ended.status == JobStatus.ERROR


def test_an_error_that_cannot_say_what_it_is_is_told_by_its_name() -> None:
    class HostileError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert text_of(HostileError()) == "HostileError"
    assert len(text_of(ValueError("x" * 1_000_000))) == 10_000


def test_progress_of_a_plain_job_may_come_from_other_threads(plain: PlainJobLog) -> None:
    with plain.job("scan") as job, ThreadPoolExecutor(4) as pool:
        list(pool.map(job.progress, range(10)))
        said = plain.get_job(job.id)
    assert said is not None
    assert said.progress is not None


def test_a_plain_job_lives_as_one_with_asyncio_does(plain: PlainJobLog) -> None:
    with plain.job("report", user="ada", body={"day": 1}) as job:
        running = plain.get_job(job.id)
        job.progress(5, 5)
        job.message = "42 pages"
        said = plain.get_job(job.id)
    ended = plain.get_job(job.id)

    assert running is not None
    assert said is not None
    assert ended is not None
    assert running.status == JobStatus.IN_PROGRESS
    assert process_of(running.other) == own_process()
    assert said.progress == Progress(5, 5)
    assert (ended.status, ended.message) == (JobStatus.COMPLETE, "42 pages")


def test_a_plain_job_that_is_left_by_an_exception_is_an_error(plain: PlainJobLog) -> None:
    with pytest.raises(KeyboardInterrupt), plain.job("report") as job:
        raise KeyboardInterrupt
    ended = plain.get_job(job.id)
    assert ended is not None
    assert (ended.status, ended.message) == (JobStatus.ERROR, "interrupted")


def test_a_program_that_exits_well_within_its_job_has_done_it(plain: PlainJobLog) -> None:
    with pytest.raises(SystemExit), plain.job("report") as well:
        raise SystemExit(0)
    with pytest.raises(SystemExit), plain.job("report") as badly:
        raise SystemExit(3)
    ended = plain.find_jobs([well.id, badly.id])
    assert ended[well.id].status == JobStatus.COMPLETE
    assert (ended[badly.id].status, ended[badly.id].message) == (JobStatus.ERROR, "exit status 3")


def test_an_end_writes_the_whole_record_where_the_log_has_none(plain: PlainJobLog) -> None:
    clock = Clock()
    life = Lifetime(clock, type="report", user="ada", other={"host": "n1"})
    job = PlainLoggedJob(plain._write, life)
    clock.now += 1_000
    job.end(JobStatus.ERROR, "out of paper", exit_status=3)

    ended = plain.get_job(job.id)
    assert ended is not None
    assert (ended.type, ended.user, ended.status) == ("report", "ada", JobStatus.ERROR)
    assert (ended.start_datetime, ended.end_datetime) == (NOW, NOW + 1_000)
    assert ended.other == {"host": "n1", "exit_status": 3}


def test_what_others_wrote_to_a_running_job_stays(plain: PlainJobLog) -> None:
    with plain.job("report") as job:
        [known] = plain.find_jobs([job.id]).values()
        plain.upsert_many([known.replace(other=known.other | {"ticket": 12})])
    ended = plain.get_job(job.id)
    assert ended is not None
    assert ended.other["ticket"] == 12


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("boom"), "boom"),
        (ValueError(), "ValueError"),
        (KeyError("id"), "KeyError: 'id'"),
        (KeyboardInterrupt(), "interrupted"),
        (asyncio.CancelledError(), "cancelled"),
        (asyncio.CancelledError("by ada"), "cancelled: by ada"),
        (SystemExit("no file"), "no file"),
        (SystemExit(2), "exit status 2"),
        (
            ExceptionGroup("several", [ValueError("a"), ExceptionGroup("more", [OSError("b")])]),
            "a; b",
        ),
        (
            ExceptionGroup("many", [ValueError(str(n)) for n in range(7)]),
            "0; 1; 2; 3; 4; and 2 more",
        ),
    ],
)
def test_an_error_is_told_by_what_it_says(error: BaseException, text: str) -> None:
    assert text_of(error) == text


def test_both_kinds_say_the_same_of_themselves() -> None:
    def names(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert names(PlainLoggedJob) - names(LoggedJob) == {"begin", "end"}


async def test_a_begin_that_is_cancelled_leaves_another_job_of_its_id_alone(log: JobLog) -> None:
    # The clock stands still: both are of one process, and of one millisecond.
    async with log.job("nightly", id="nightly"):
        beginning = asyncio.ensure_future(log.job("nightly", id="nightly").__aenter__())
        with locked(log.path):
            await asyncio.sleep(0)
            await asyncio.to_thread(lambda: None)
            beginning.cancel()
        with pytest.raises((asyncio.CancelledError, LogError)):
            await beginning
        assert (await found(log, "nightly")).status == JobStatus.IN_PROGRESS


async def test_a_begin_that_waits_for_its_turn_is_taken_back(log: JobLog) -> None:
    writes: list[object] = []
    transaction, has_begun = log._writer._transaction, threading.Event()

    def counted(steps: Steps[Any], deadline: float) -> Any:
        writes.append(steps)
        has_begun.set()
        return transaction(steps, deadline)

    with patch.object(log._writer, "_transaction", counted):
        with locked(log.path):
            first = asyncio.ensure_future(log.create(type="scan"))
            await asyncio.to_thread(has_begun.wait)
            beginning = asyncio.ensure_future(log.job("scan").__aenter__())
            await asyncio.sleep(0)
            beginning.cancel()
            with pytest.raises(asyncio.CancelledError):
                await beginning
        await first
    assert len(writes) == 1


def test_an_end_that_is_interrupted_while_it_waits_is_written_all_the_same(
    plain: PlainJobLog,
) -> None:
    write, interrupts = plain._write, [KeyboardInterrupt()]
    job = plain.job("scan")

    def interrupted(steps: Steps[Any]) -> Any:
        if job.id in {one.id for one in plain.jobs(JobQuery())} and interrupts:
            raise interrupts.pop()
        return write(steps)

    job._write = interrupted
    with pytest.raises(KeyboardInterrupt), job:
        pass
    ended = plain.get_job(job.id)
    assert ended is not None
    assert ended.status == JobStatus.COMPLETE
