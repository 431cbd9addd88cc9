"""What a job that logs itself tells of its life, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from jobwatch import Job, JobLog, JobStatus, LogError, PlainJobLog
from jobwatch.model.insight import Progress
from jobwatch.model.job import UNSET
from jobwatch.store.lifetime import PAUSE, PAUSE_AFTER_FAILURE, Lifetime, text_of
from jobwatch.store.logged_job import PlainLoggedJob, PlainWrite
from jobwatch.store.steps import Steps
from tests.store.held import locked

NOW = 1_700_000_000_000
ROOT = Path(__file__).parents[2]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PlainJobLog]:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        yield log


Start = Callable[..., PlainLoggedJob]


@pytest.fixture
def job_of(log: PlainJobLog, clock: Clock) -> Start:
    """Return what makes a job on the fake clock."""

    def call(*, write: PlainWrite | None = None, **about: Any) -> PlainLoggedJob:
        return PlainLoggedJob(write or log._write, Lifetime(clock, **{"type": "scan", **about}))

    return call


def found(log: PlainJobLog, id: str) -> Job:
    job = log.get_job(id)
    assert job is not None
    return job


class Counted:
    """Writes as a log does, or is locked."""

    def __init__(self, log: PlainJobLog) -> None:
        self._log = log
        self.tried = 0
        self.is_locked = False

    def __call__(self, steps: Steps[Job | None]) -> Job | None:
        self.tried += 1
        if self.is_locked:
            raise LogError("the log is locked")
        return self._log._write(steps)


# The message


def test_a_message_is_what_it_was_when_it_was_set(log: PlainJobLog, job_of: Start) -> None:
    said: dict[str, Any] = {"file": "a.csv"}
    with job_of() as job:
        job.message = said
        said["file"] = Path("/a.csv")  # which no log can hold
    ended = found(log, job.id)
    assert (ended.status, ended.message) == (JobStatus.COMPLETE, {"file": "a.csv"})


@pytest.mark.parametrize(("first", "then"), [(1, 2), (1, True), (0, False)])
def test_a_message_that_was_changed_in_place_is_written(
    log: PlainJobLog, clock: Clock, job_of: Start, first: object, then: object
) -> None:
    said = {"phase": first}
    with job_of() as job:
        job.say(said)
        said["phase"] = then
        clock.now += PAUSE
        job.say(said)
        assert repr(found(log, job.id).message) == repr({"phase": then})


@pytest.mark.parametrize(
    "message", [float("nan"), {"rate": float("inf")}, [[float("-inf")]], Path("/x")]
)
def test_what_json_cannot_say_is_refused_where_it_is_said(job_of: Start, message: object) -> None:
    job = job_of()
    with pytest.raises(ValueError, match="no JSON value"):
        job.message = message
    assert job.message is UNSET


def test_a_message_that_could_not_be_read_again_is_refused(job_of: Start) -> None:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(ValueError, match="nested deeper"):
        job_of().say(deep)


# What a job is about


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"id": 5}, TypeError),
        ({"id": ""}, ValueError),
        ({"body": float("nan")}, ValueError),
        ({"body": {"rate": float("inf")}}, ValueError),
        ({"user": Path("/x")}, ValueError),
        ({"type": {1j}}, ValueError),
    ],
)
def test_what_no_record_can_hold_is_refused_at_once(
    log: PlainJobLog, about: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        log.job(**{"type": "scan", **about})


async def test_what_no_record_can_hold_is_refused_by_create_too(tmp_path: Path) -> None:
    async with JobLog.open(tmp_path / "jobs.db") as log:
        with pytest.raises(TypeError, match="text"):
            await log.create(type="scan", id=5)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="empty"):
            await log.create(type="scan", id="")
        with pytest.raises(ValueError, match="no JSON value"):
            await log.create(type="scan", job_body={"rate": float("nan")})
        job = await log.create(type="scan")
        with pytest.raises(ValueError, match="no JSON value"):
            await log.update(job.id, message=float("nan"))
        with pytest.raises(ValueError, match="no JSON value"):
            await log.finish(job.id, float("nan"))
        assert await log.get_job(job.id) == job


def test_a_body_is_what_it_was_when_the_job_was_made(log: PlainJobLog, job_of: Start) -> None:
    body: dict[str, Any] = {"file": "a.csv"}
    job = job_of(body=body)
    body["file"] = Path("/a.csv")
    with job:
        assert found(log, job.id).job_body == {"file": "a.csv"}


# How often


def test_to_be_through_again_and_again_is_written_no_more_often(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    write = Counted(log)
    with job_of(write=write) as job:
        write.tried = 0
        for done in range(2_000):
            clock.now += 1
            job.progress(done, done)
        assert write.tried <= 2_000 // PAUSE + 1


def test_to_be_through_is_written_at_once_though_something_was_said_just_now(
    log: PlainJobLog, job_of: Start
) -> None:
    with job_of() as job:
        job.progress(1, 2)
        job.progress(2, 2)
        assert found(log, job.id).progress == Progress(2, 2)


def test_to_be_through_does_not_wait_for_a_locked_log_again(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    write = Counted(log)
    with job_of(write=write) as job:
        write.tried, write.is_locked = 0, True
        for done in range(1, 60):
            clock.now += PAUSE
            job.progress(done, done)
        assert write.tried == 1
        clock.now += PAUSE_AFTER_FAILURE
        write.is_locked = False
        job.progress(60, 60)
        assert found(log, job.id).progress == Progress(60, 60)


def test_a_slow_log_takes_a_part_of_the_jobs_time_at_most(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    def slowly(steps: Steps[Job | None]) -> Job | None:
        clock.now += PAUSE - 1
        return log._write(steps)

    with job_of(write=slowly) as job:
        job.progress(1)
        clock.now += PAUSE - 1
        job.progress(2)
        before = found(log, job.id)
        clock.now += 1
        job.progress(2)
        after = found(log, job.id)
    assert (before.progress, after.progress) == (Progress(1, None), Progress(2, None))


def test_what_is_said_first_is_shown_at_once_though_the_begin_was_missed_before(
    log: PlainJobLog, job_of: Start
) -> None:
    write = Counted(log)
    write.is_locked = True
    job = job_of(write=write)
    with pytest.raises(LogError):
        job.begin()
    write.is_locked = False
    job.begin()
    job.progress(1)
    assert found(log, job.id).progress == Progress(1, None)


def test_a_clock_that_was_set_back_silences_nobody_who_is_through(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    with job_of() as job:
        job.progress(1, 1)
        clock.now -= 3_600_000
        job.progress(2, 2)
        assert found(log, job.id).progress == Progress(2, 2)


def test_a_plain_log_that_is_locked_breaks_no_job_off_while_it_runs(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    with job_of() as job:
        log._connection.execute("PRAGMA busy_timeout = 0")
        with locked(log.path):
            job.progress(1)
        clock.now += PAUSE
        job.progress(2)  # not tried: it might wait once more
        before = found(log, job.id)
        clock.now += PAUSE_AFTER_FAILURE
        job.progress(2)  # the same, which the log doesn't have yet
        after = found(log, job.id)
    assert before.progress is None
    assert after.progress == Progress(2, None)


# Threads


def test_what_another_thread_said_meanwhile_is_not_overwritten(
    log: PlainJobLog, job_of: Start
) -> None:
    def write(steps: Steps[Job | None]) -> Job | None:
        if speaks:
            job._life.progress(9, 10)  # by another thread, while this one waited for the log
        return log._write(steps)

    speaks = False
    job = job_of(write=write)
    with job:
        speaks = True
        job.progress(8, 10)
        assert found(log, job.id).progress == Progress(9, 10)


def test_threads_write_one_after_the_other(log: PlainJobLog) -> None:
    start = Barrier(4)

    def write(thread: int) -> None:
        start.wait()
        for number in range(100):
            log.upsert_many([Job(id=f"{thread}-{number}")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(log.find_jobs(f"{thread}-{n}" for thread in range(4) for n in range(100))) == 400


# After the end, and beside others


def test_what_is_said_after_the_end_is_ignored(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    write = Counted(log)
    with job_of(write=write) as job:
        job.message = "done"
    ended, tried = found(log, job.id), write.tried
    clock.now += PAUSE
    job.say("zombie")
    job.progress(1, 2)
    job.progress(2, 2)
    assert (found(log, job.id), write.tried) == (ended, tried)


async def test_what_is_said_after_the_end_is_ignored_with_asyncio_too(tmp_path: Path) -> None:
    async with JobLog.open(tmp_path / "jobs.db") as log:
        async with log.job("scan") as job:
            pass
        ended = await log.get_job(job.id)
        await job.say("zombie")
        assert await log.get_job(job.id) == ended


def test_a_job_that_somebody_closed_is_not_changed_by_what_it_says(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    job = job_of()
    job.begin()
    log.close_jobs([job.id], "given up")
    closed = found(log, job.id)
    job.say("still here")
    assert found(log, job.id) == closed


async def test_a_job_that_was_deleted_does_not_come_back_by_what_it_says(tmp_path: Path) -> None:
    async with JobLog.open(tmp_path / "jobs.db") as log, log.job("scan") as job:
        await log.delete([job.id])
        await job.progress(1, 2)
        assert await log.get_job(job.id) is None


def test_a_job_whose_begin_was_missed_is_made_as_soon_as_it_can_be(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    write = Counted(log)
    write.is_locked = True
    job = job_of(write=write)
    with pytest.raises(LogError):
        job.begin()
    write.is_locked = False
    clock.now += PAUSE
    job.say(UNSET)
    assert log.get_job(job.id) is None  # not tried: it might wait once more
    clock.now += PAUSE_AFTER_FAILURE
    job.say(UNSET)  # there is nothing new to say, but that it runs
    made = found(log, job.id)
    assert (made.status, made.start_datetime) == (JobStatus.IN_PROGRESS, NOW)


def test_a_job_that_is_interrupted_as_it_begins_does_not_go_on_for_ever(
    log: PlainJobLog, job_of: Start
) -> None:
    tried = 0

    def write(steps: Steps[Job | None]) -> Job | None:
        nonlocal tried
        tried += 1
        written = log._write(steps)
        if tried == 1:
            raise KeyboardInterrupt
        return written

    job = job_of(write=write)
    with pytest.raises(KeyboardInterrupt), job:
        pytest.fail("it must not run")
    ended = found(log, job.id)
    assert (ended.status, ended.message) == (JobStatus.ERROR, "interrupted")


def test_a_job_that_is_interrupted_as_it_begins_ends_no_other_that_runs_under_its_id(
    log: PlainJobLog, clock: Clock, job_of: Start
) -> None:
    def interrupted(steps: Steps[Job | None]) -> Job | None:
        if clock.now == NOW:
            clock.now += 1
            raise KeyboardInterrupt
        return log._write(steps)

    with job_of(id="nightly"):
        runs = found(log, "nightly")
        other = job_of(id="nightly", write=interrupted, other={"host": "n1"})
        with pytest.raises(KeyboardInterrupt), other:
            pytest.fail("it must not run")
        assert found(log, "nightly") == runs


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_says_nothing_of_its_parents_job(log: PlainJobLog) -> None:
    script = f"""
import os, sys
from jobwatch import JobStatus, PlainJobLog

with PlainJobLog.open({str(log.path)!r}) as log:
    late = log.job("late", id="late")
    with log.job("scan", id="a") as job:
        child = os.fork()
        if not child:
            late.begin()
            job.say("from the child")
            job.end(JobStatus.ERROR)
            sys.exit(0)
        print(os.waitpid(child, 0)[1])
        print(log.get_job("a").status, log.get_job("a").message, log.get_job("late"))
print(log.path and "ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.split("\n") == ["0", "IN_PROGRESS UNSET None", "ended", ""]
    assert done.stderr == ""
    assert found(log, "a").status == JobStatus.COMPLETE


# The end


def test_to_exit_without_a_status_is_to_exit_well(log: PlainJobLog) -> None:
    with pytest.raises(SystemExit), log.job("scan") as job:
        raise SystemExit
    assert found(log, job.id).status == JobStatus.COMPLETE


def test_each_end_that_the_log_does_not_take_is_told_and_of_which_job(
    log: PlainJobLog, job_of: Start
) -> None:
    write = Counted(log)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for number in range(3):
            write.is_locked = False
            with job_of(write=write, type="csv\n\x1bload", id=f"n{number}"):
                write.is_locked = True
    assert [str(warning.message) for warning in told] == [
        rf"the end of csv \x1bload n{number} isn't in the log: the log is locked"
        for number in range(3)
    ]
    assert {warning.filename for warning in told} == {__file__}


async def test_with_asyncio_too_it_is_told_of_which_job(tmp_path: Path) -> None:
    async with JobLog.open(tmp_path / "jobs.db") as log:
        job = log.job({"kind": "scan"}, id="a")
    with pytest.warns(RuntimeWarning, match=r'the end of \{"kind":"scan"\} a isn\'t in the log'):
        await job.__aexit__(None, None, None)


def nested(error: Exception, depth: int, times: int = 1) -> Exception:
    for _ in range(depth):
        error = ExceptionGroup("several", [error] * times)
    return error


def test_an_error_within_many_groups_is_told_and_goes_on(log: PlainJobLog) -> None:
    error = nested(ValueError("boom"), 3_000)
    job = log.job("scan").__enter__()
    job.__exit__(type(error), error, None)  # not raised, as pytest can't show it
    assert found(log, job.id).message == "boom"


def test_errors_without_number_are_not_counted_to_the_end() -> None:
    assert text_of(nested(ValueError("x"), 40, 2)) == "x; x; x; x; x; and many more"
