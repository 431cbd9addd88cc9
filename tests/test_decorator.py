"""The decorator: each call of a function is a job."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest

from jobwatch import Job, JobStatus, PlainJobLog, logged
from jobwatch.model.query import JobQuery
from jobwatch.store import plain_steps
from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob
from jobwatch.store.steps import Steps

PATIENCE = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


def jobs(store: Path) -> list[Job]:
    with PlainJobLog.read(store) as log:
        return list(log.jobs(JobQuery()))


def test_each_call_is_a_job_of_the_functions_name(store: Path) -> None:
    @logged(store=store, user="ada")
    def nightly_report(day: int) -> str:
        """Count pages."""
        return f"{day} pages"

    assert [nightly_report(1), nightly_report(day=2)] == ["1 pages", "2 pages"]
    assert nightly_report.__doc__ == "Count pages."
    assert [(job.type, job.user, job.status) for job in jobs(store)] == [
        ("nightly_report", "ada", JobStatus.COMPLETE)
    ] * 2


async def test_a_coroutine_is_a_job_while_it_is_awaited(store: Path) -> None:
    @logged("load", store=store)
    async def load(*, job: LoggedJob | None = None) -> None:
        assert job is not None
        await job.progress(3, 3)
        job.message = "successfully loaded 3 of 3 records"

    await load()
    [job] = jobs(store)
    assert (job.type, job.message) == ("load", "successfully loaded 3 of 3 records")


def test_an_error_goes_on_to_the_caller(store: Path) -> None:
    @logged(store=store)
    def fails(*, job: PlainLoggedJob | None = None) -> None:
        assert job is not None
        job.message = "so far so good"
        raise OSError("no paper")

    with pytest.raises(OSError, match="no paper"):
        fails()
    [job] = jobs(store)
    assert (job.status, job.message) == (JobStatus.ERROR, "no paper")


def test_without_a_store_it_is_the_one_that_the_monitor_opens(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @logged()
    def work() -> None:
        pass

    monkeypatch.setenv("JOBWATCH_STORE", str(store))
    work()
    assert [job.type for job in jobs(store)] == ["work"]


def test_a_generator_is_refused_for_a_call_runs_nothing_of_it(store: Path) -> None:
    def numbers() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    for function in (numbers, later):
        with pytest.raises(TypeError, match="generator"):
            logged(store=store)(function)


def test_what_cannot_be_followed_is_refused_where_it_stands(store: Path) -> None:
    def takes_another(job: int) -> int:
        return job

    with pytest.raises(TypeError, match="by keyword only"):
        logged(store=store)(takes_another)
    with pytest.raises(TypeError, match="brackets"):
        logged(takes_another)  # type: ignore[arg-type]


class Scan:
    """A class, which a call of makes an object."""

    async def __call__(self) -> None:
        pass


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (classmethod(lambda cls: cls), "below @classmethod"),
        (staticmethod(lambda: 1), "below @classmethod and the like"),
        (property(lambda self: self), "below @classmethod and the like"),
        (5, "5 is no function"),
        (dict, "dict is a class"),
        (Scan, "Scan is a class"),
    ],
)
def test_what_is_no_function_is_refused_where_it_stands(function: Any, what: str) -> None:
    with pytest.raises(TypeError, match=what):
        logged()(function)


def test_a_function_that_does_not_tell_its_parameters_is_a_job_too(store: Path) -> None:
    assert logged(store=store)(max)(1, 2) == 2
    assert [job.type for job in jobs(store)] == ["max"]


def test_a_result_is_not_lost_with_a_log_that_is_locked(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.connect.BUSY_TIMEOUT", 0)
    monkeypatch.setattr("jobwatch.store.connect.CONNECTION_PRAGMAS", ())

    @logged(store=store)
    def answer() -> int:
        holder.execute("BEGIN IMMEDIATE")
        return 42

    with PlainJobLog.open(store):
        pass
    holder = sqlite3.connect(store, isolation_level=None)
    with pytest.warns(RuntimeWarning, match="locked"):
        assert answer() == 42
    holder.close()


def test_the_file_is_closed_behind_each_call(store: Path) -> None:
    @logged(store=store)
    def work() -> None:
        pass

    work()
    connection = sqlite3.connect(store, isolation_level=None)
    assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    connection.close()


def open_files(store: Path) -> list[str]:
    """Return the files of a log that this process has open, on Linux."""
    found: list[str] = []
    for number in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            continue  # the one that lists them
    return [path for path in found if path.startswith(str(store))]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
async def test_no_file_of_the_log_is_open_while_the_function_runs(store: Path) -> None:
    @logged(store=store)
    def plainly(*, job: PlainLoggedJob | None = None) -> list[str]:
        assert job is not None
        job.progress(1, 2)
        return open_files(store)

    @logged(store=store)
    async def awaited(*, job: LoggedJob | None = None) -> list[str]:
        assert job is not None
        await job.progress(1, 2)
        return open_files(store)

    assert plainly() == await awaited() == []
    assert [job.other["progress"] for job in jobs(store)] == [{"done": 1, "total": 2}] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_processes_that_a_job_forks_may_log_too(store: Path) -> None:
    script = f"""
import multiprocessing
from jobwatch import logged

@logged(store={str(store)!r})
def part(number):
    return number

@logged(store={str(store)!r})
def whole(*, job=None):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map(part, range(4))
        pool.close()
        pool.join()
    job.message = f"{{len(found)}} parts"

whole()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.stderr == ""
    assert sorted((job.type, job.status) for job in jobs(store)) == [
        ("part", JobStatus.COMPLETE)
    ] * 4 + [("whole", JobStatus.COMPLETE)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_threads_whose_jobs_fork_jobs_keep_no_file_from_them(store: Path) -> None:
    script = f"""
import os
from concurrent.futures import ThreadPoolExecutor
from jobwatch import logged

@logged(store={str(store)!r})
def part():
    pass

@logged(store={str(store)!r})
def whole(_):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        part()
    finally:
        os._exit(0)

with ThreadPoolExecutor(3) as pool:
    list(pool.map(whole, range(12)))
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False
    )
    assert done.stderr == ""
    assert (
        sorted((job.type, job.status) for job in jobs(store))
        == [("part", JobStatus.COMPLETE)] * 12 + [("whole", JobStatus.COMPLETE)] * 12
    )


def test_a_function_that_goes_to_another_folder_ends_in_the_same_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()

    @logged(store="jobs.db")
    def work() -> None:
        os.chdir("other")

    work()
    assert [job.status for job in jobs(tmp_path / "jobs.db")] == [JobStatus.COMPLETE]
    assert not (tmp_path / "other" / "jobs.db").exists()


async def test_a_call_that_is_cancelled_as_it_ends_has_its_end(store: Path) -> None:
    begun, ends, may_end = Event(), Event(), Event()
    write_once = plain_steps.write_once

    def slowly(path: Path, steps: Steps[Job]) -> Job:
        if begun.is_set():
            ends.set()
            may_end.wait(PATIENCE)
        return write_once(path, steps)

    @logged(store=store)
    async def work() -> None:
        begun.set()

    with patch.object(plain_steps, "write_once", slowly):
        call = asyncio.ensure_future(work())
        assert await asyncio.to_thread(ends.wait, PATIENCE)
        for _ in range(2):
            call.cancel()
            await asyncio.wait([call], timeout=0.01)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert [job.status for job in jobs(store)] == [JobStatus.COMPLETE]


async def test_a_call_does_not_wait_for_what_else_asyncio_has_its_threads_do(store: Path) -> None:
    @logged(store=store)
    async def work() -> None:
        pass

    with ThreadPoolExecutor(1) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        may_end = Event()
        busy = asyncio.get_running_loop().run_in_executor(None, may_end.wait, PATIENCE)
        try:
            await asyncio.wait_for(work(), PATIENCE / 2)
            assert not busy.done()
        finally:
            may_end.set()
        await busy
    assert [job.status for job in jobs(store)] == [JobStatus.COMPLETE]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_has_threads_of_its_own_for_async_functions(store: Path) -> None:
    script = f"""
import asyncio
import multiprocessing
from jobwatch import logged

@logged(store={str(store)!r})
async def work():
    pass

def call():
    asyncio.run(work())

call()
child = multiprocessing.get_context("fork").Process(target=call)
child.start()
child.join({PATIENCE})
child.kill()
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False
    )
    assert done.stderr == ""
    assert [job.status for job in jobs(store)] == [JobStatus.COMPLETE] * 2


class Awaited:
    """An object that is called as an async function is."""

    def __init__(self, store: Path) -> None:
        self._store = store

    async def __call__(self) -> None:
        await asyncio.sleep(0)
        assert [job.status for job in jobs(self._store)] == [JobStatus.IN_PROGRESS]
        raise OSError("no paper")


class Numbers:
    """An object that is called as a generator is."""

    def __call__(self) -> Iterator[int]:
        yield 1


async def test_an_object_that_is_awaited_is_a_job_while_it_is(store: Path) -> None:
    with pytest.raises(OSError, match="no paper"):
        await logged("print", store=store)(Awaited(store))()
    [job] = jobs(store)
    assert (job.type, job.status, job.message) == ("print", JobStatus.ERROR, "no paper")


def test_an_object_that_is_a_generator_is_refused(store: Path) -> None:
    with pytest.raises(TypeError, match="generator"):
        logged("count", store=store)(Numbers())


async def fails_later() -> None:
    raise OSError("no paper")


def retried(function: Callable[[], object]) -> Callable[[], object]:
    @wraps(function)
    def again() -> object:
        return function()

    return again


async def numbers_later() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (retried(fails_later), "awaited"),
        (lambda: asyncio.ensure_future(asyncio.sleep(0)), "awaited"),
        (partial(Awaited(Path())), "awaited"),
        (lambda: (number for number in range(3)), "generator"),
        (retried(numbers_later), "generator"),
    ],
)
async def test_a_result_that_is_yet_to_run_is_no_job_that_is_complete(
    store: Path, function: Callable[[], object], what: str
) -> None:
    decorated = logged("later", store=store)(function)
    with pytest.raises(TypeError, match=f"later returned .*{what}"):
        decorated()
    [job] = jobs(store)
    assert job.status == JobStatus.ERROR
    await asyncio.sleep(0)


def test_a_job_that_the_caller_gives_is_the_one(store: Path) -> None:
    @logged(store=store)
    def work(*, job: PlainLoggedJob | None = None) -> None:
        assert job is not None
        job.message = "the caller's"

    with PlainJobLog.open(store) as log, log.job("outer") as outer:
        work(job=outer)
    assert {job.type: job.message for job in jobs(store)}["outer"] == "the caller's"


async def test_a_job_that_the_caller_gives_is_the_one_with_asyncio_too(store: Path) -> None:
    @logged(store=store)
    async def inner(*, job: LoggedJob | None = None) -> LoggedJob | None:
        return job

    @logged(store=store)
    async def outer(*, job: LoggedJob | None = None) -> bool:
        return await inner(job=job) is job

    assert await outer()


def test_what_no_record_can_hold_is_refused_where_it_is_decorated() -> None:
    with pytest.raises(ValueError, match="no JSON value"):
        logged(body={"rate": float("nan")})


PROGRAM = """
import asyncio
from collections.abc import Iterator

from jobwatch import (
    UNSET, Job, JobExistsError, JobLog, JobQuery, LogError, LoggedJob, PlainJobLog, PlainLoggedJob,
    UnknownJobError, logged,
)

@logged(user="ada")
def report(day: str, *, job: PlainLoggedJob | None = None) -> int:
    if job is not None:
        job.progress(1, 2)
    return 42

@logged()
async def load(rows: list[int], *, job: LoggedJob | None = None) -> list[str]:
    return [str(row) for row in rows]

async def run() -> None:
    texts: list[str] = await load([1])
    async with JobLog.open("jobs.db") as log, log.job("scan", body={"texts": texts}) as job:
        await job.progress(1, 2)
        found: list[Job] = await log.page(JobQuery(), limit=1)
        try:
            await log.finish(found[0].id)
        except (UnknownJobError, JobExistsError) as error:
            problem: LogError = error

pages: int = report("2026-11-23")
asyncio.run(run())
"""
WRONG = """
report(1)
report("2026-11-23", pages=2)
pages: str = report("2026-11-23")
"""


def checked(program: str, folder: Path) -> tuple[int, str]:
    """Return what a type checker says of a user's program, who has the package installed."""
    (folder / "program.py").write_text(program)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "program.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_users_program_is_checked_against_the_types_of_the_package(tmp_path: Path) -> None:
    assert checked(PROGRAM, tmp_path) == (0, "Success: no issues found in 1 source file\n")
    status, said = checked(PROGRAM.replace("pages: int = ", "") + WRONG, tmp_path)
    assert (status, said.count("error:")) == (1, 3)
