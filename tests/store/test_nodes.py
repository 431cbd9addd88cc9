"""Nodes: whose a job is, what is known of a node, and which jobs its restart lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobwatch.model.condition import Mentions, Pattern
from jobwatch.model.insight import lost_before
from jobwatch.model.job import UNSET, Job, Outcome
from jobwatch.model.node import Node, NodeState, Origin
from jobwatch.model.query import JobQuery, View
from jobwatch.store import job_list
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

NODE = Node(
    name="n1",
    url="http://n1:9925",
    state=NodeState.LIVE,
    reason="why",
    checked_at=1,
    retry_at=2,
    skew=-3,
    process_started=50_000,
    loading=True,
    loaded_from=4,
    seen_until=5.5,
)


def job(number: int, status: str = "COMPLETE", **fields: object) -> Job:
    return Job(id=f"job-{number}", status=status, start_datetime=number).replace(**fields)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
async def log(path: Path) -> AsyncIterator[JobLog]:
    async with JobLog.open(path) as log:
        yield log


async def outcome(log: JobLog, id: str) -> Outcome:
    async with LogReader.open(log.path) as reader:
        row = await reader.row(id)
        assert row is not None
        return row.outcome


async def test_what_is_known_of_a_node_is_kept(log: JobLog) -> None:
    assert await log.get_node("n1") is None
    await log.save_node(NODE)
    assert await log.get_node("n1") == NODE
    quiet = Node(name="n1")
    await log.save_node(quiet)
    assert await log.get_node("n1") == quiet
    with PlainJobLog.read(log.path) as plain:
        assert plain.nodes() == [quiet]


async def test_a_job_stays_of_the_node_that_it_was_seen_on_first(log: JobLog) -> None:
    await log.upsert_many([job(1, updatedtime=1)], node="n1")
    await log.upsert_many([job(1, updatedtime=2, message="later"), job(2)], node="n2")
    await log.upsert_many([job(3)])
    assert await log.origin("job-1") == Origin("n1")
    assert await log.origin("job-2") == Origin("n2")
    assert await log.origin("job-3") == Origin()
    assert (await log.delete(["job-1"]), await log.origin("job-1")) == (1, Origin())


async def test_a_job_that_had_no_node_is_of_the_first_that_has_it(log: JobLog) -> None:
    await log.upsert_many([job(1), job(2)])
    async with LogReader.open(log.path) as reader:
        jobs = reader.list_jobs(JobQuery(node="n1"))
        await log.upsert_many([job(2)], node="n1")
        await jobs.refresh()
        assert jobs.total == 1
        await log.upsert_many([job(1)], node="n1")
        await jobs.refresh()
        assert [row.id for row in await jobs.page(0) if row] == ["job-1", "job-2"]


@pytest.mark.parametrize("view", [View.RUNNING, View.ALL, View.FAILED])
async def test_a_list_of_one_node_has_its_jobs_alone_in_every_view(
    log: JobLog, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_list, "STRIDE", 3)
    statuses = ("IN_PROGRESS", "COMPLETE", "ERROR")
    jobs = [job(n, statuses[n % 3]) for n in range(1, 61)]
    await log.upsert_many(jobs[::2], node="n1")
    await log.upsert_many(jobs[1::2], node="n2")
    wanted = {View.RUNNING: {0}, View.ALL: {0, 1, 2}, View.FAILED: {2}}[view]
    expected = [f"job-{n}" for n in range(1, 61, 2) if n % 3 in wanted]
    query = JobQuery(view, node="n1")
    async with LogReader.open(log.path) as reader:
        listed = reader.list_jobs(query)
        await listed.refresh()
        assert [row.id for row in await listed.page(0) if row] == expected
        assert listed.total == len(expected)
        for ordinal, id in enumerate(expected):
            row = await reader.row(id)
            assert row is not None
            assert row.node == "n1"
            assert await listed.place(row) == (ordinal, True)
        found = reader.list_jobs(
            JobQuery(view, node="n1", where=Mentions(Pattern.containing("job-1")))
        )
        await found.refresh()
        assert found.total == len([id for id in expected if "job-1" in id])
    with PlainJobLog.read(log.path) as plain:
        assert [found.id for found in plain.jobs(query)] == expected[::-1]
        assert [found.id for found in plain.rows(query)] == expected[::-1]
        assert plain.count(query) == len(expected)
        assert plain.count(JobQuery(view, node="nobody")) == 0


async def test_what_ran_before_its_node_restarted_is_lost(log: JobLog) -> None:
    restart = 50_000
    edge = lost_before(restart)
    jobs = [
        job(1, "IN_PROGRESS"),
        job(2, "CREATED", start_datetime=UNSET, created_datetime=2),
        job(3, "COMPLETE"),
        job(4, "ERROR"),
        job(5, "IN_PROGRESS", start_datetime=edge - 1),
        job(6, "IN_PROGRESS", start_datetime=edge),
        job(7, "IN_PROGRESS", start_datetime=UNSET),
    ]
    await log.upsert_many(jobs, node="n1")
    await log.upsert_many([job(8, "IN_PROGRESS")], node="n2")
    await log.upsert_many([job(9, "IN_PROGRESS")])
    await log.save_node(NODE.replace(process_started=restart))
    lost = {n for n in range(1, 10) if await outcome(log, f"job-{n}") is Outcome.LOST}
    assert lost == {1, 2, 5}
    assert await log.get_job("job-1") == jobs[0]  # the record stays as it is
    assert await log.origin("job-1") == Origin("n1", restart)
    assert await log.origin("job-6") == Origin("n1")
    assert await log.count(JobQuery(View.RUNNING)) == 4
    assert await log.count(JobQuery(View.FAILED)) == 4


async def test_a_lost_job_that_is_seen_again_as_it_was_stays_lost(log: JobLog) -> None:
    await log.save_node(NODE)
    await log.upsert_many([job(1, "IN_PROGRESS")], node="n1")
    assert await outcome(log, "job-1") is Outcome.LOST
    await log.upsert_many([job(1, "IN_PROGRESS", message="still")])
    assert await outcome(log, "job-1") is Outcome.LOST
    await log.upsert_many([job(1, "IN_PROGRESS", start_datetime=90_000, updatedtime=1)])
    assert await outcome(log, "job-1") is Outcome.PENDING


async def test_a_lost_job_whose_end_becomes_known_has_ended(log: JobLog) -> None:
    await log.save_node(NODE)
    await log.upsert_many([job(1, "IN_PROGRESS")], node="n1")
    await log.upsert_many([job(1, "COMPLETE", end_datetime=9)], node="n1")
    assert await outcome(log, "job-1") is Outcome.ENDED
    assert await log.origin("job-1") == Origin("n1")
