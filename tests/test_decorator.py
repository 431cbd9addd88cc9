"""The decorator: each call of a function is a job."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jobwatch import Job, JobStatus, PlainJobLog, logged
from jobwatch.model.query import JobQuery
from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob


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
    async def load(*, job: LoggedJob) -> None:
        await job.progress(3, 3)
        job.message = "successfully loaded 3 of 3 records"

    await load()
    [job] = jobs(store)
    assert (job.type, job.message) == ("load", "successfully loaded 3 of 3 records")


def test_an_error_goes_on_to_the_caller(store: Path) -> None:
    @logged(store=store)
    def fails(*, job: PlainLoggedJob) -> None:
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
