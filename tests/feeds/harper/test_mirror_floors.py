"""A mirror of a log from which jobs were pruned: they stay away, and all else comes as ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from jobwatch.feeds.harper.address import parse_address
from jobwatch.feeds.harper.mirror import Mirror
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.pruning import Old
from tests.feeds.harper.fake_node import DAY, HOUR, NOW, FakeNode, Right

FLOOR = NOW - 10 * DAY


@pytest.fixture(params=[Right.ALL, Right.DOCUMENTED], ids=lambda right: str(right.name))
def node(request: pytest.FixtureRequest) -> FakeNode:
    node = FakeNode()
    node.right = request.param
    for days in range(20):
        start = NOW - days * DAY
        node.put(f"{days} days ago", start_datetime=start, end_datetime=start + HOUR)
    return node


@pytest.fixture
async def log(tmp_path: Path, node: FakeNode) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "jobs.db", clock=node.clock) as log:
        yield log


def prune(log: JobLog, before: int = FLOOR) -> int:
    with PlainJobLog.open(log.path) as plain:
        return [*plain.prune(Old(before))][-1].jobs


async def keep_away(log: JobLog) -> None:
    """Prune a job that is older than the floor, so that there is one."""
    start = FLOOR - 2 * HOUR
    old = Job(id="pruned", status="COMPLETE", start_datetime=start, end_datetime=start + HOUR)
    await log.upsert_many([old])
    assert prune(log) == 1


async def catch_up(node: FakeNode, log: JobLog, mirror: Mirror | None = None) -> Mirror:
    """Take turns until the log has all; a mirror that never gets there is a failure."""
    address = parse_address("http://n1:9925")
    mirror = mirror or Mirror(node, log, address, clock=node.clock, random=Random(1))
    for _ in range(200):
        await mirror.turn()
        if mirror.is_caught_up:
            return mirror
    pytest.fail(f"never caught up: {mirror.node}")


async def stored(log: JobLog) -> set[str]:
    return {job.id for job in await log.page(JobQuery(), limit=10_000)}


LATELY = {f"{days} days ago" for days in range(11)}
"""What did not end before the floor: it ran for an hour."""


async def test_a_history_that_begins_after_pruning_ends_at_the_floor(
    node: FakeNode, log: JobLog
) -> None:
    await keep_away(log)
    mirror = await catch_up(node, log)
    assert await stored(log) == LATELY
    assert mirror.new == len(LATELY)


async def test_where_pruning_found_nothing_all_of_a_history_comes(
    node: FakeNode, log: JobLog
) -> None:
    assert prune(log) == 0
    await catch_up(node, log)
    assert await stored(log) == {f"{days} days ago" for days in range(20)}


async def test_what_was_pruned_does_not_come_back_when_it_is_written_anew_on_its_node(
    node: FakeNode, log: JobLog
) -> None:
    mirror = await catch_up(node, log)
    assert prune(log) == 20 - len(LATELY)
    node.now += 1_000
    node.put("15 days ago", message="said later")
    node.put("2 days ago", message="said later")
    await catch_up(node, log, mirror)
    await catch_up(node, log)
    assert await stored(log) == LATELY


async def test_what_runs_comes_however_old_it_is_and_ends_as_ever(
    node: FakeNode, log: JobLog
) -> None:
    await keep_away(log)
    node.process_started = NOW - 100 * DAY
    node.put("runs", "IN_PROGRESS", start_datetime=NOW - 30 * DAY)
    mirror = await catch_up(node, log)
    assert await stored(log) == LATELY | {"runs"}
    node.now += 1_000
    node.put("runs", end_datetime=FLOOR - 1)
    await catch_up(node, log, mirror)
    job = await log.get_job("runs")
    assert job is not None
    assert job.status == "COMPLETE"


# Only a super user is told when the process of a node started.
@pytest.mark.parametrize("node", [Right.ALL], indirect=True)
async def test_what_its_node_lost_stays_away_though_the_node_is_started_anew(
    node: FakeNode, log: JobLog
) -> None:
    node.process_started = NOW - 20 * DAY
    node.put("lost", "IN_PROGRESS", start_datetime=NOW - 30 * DAY)
    mirror = await catch_up(node, log)
    assert "lost" in await stored(log)
    prune(log)
    assert await stored(log) == LATELY
    node.now += HOUR
    node.process_started = node.now - 5_000
    node.put("lost", "IN_PROGRESS", message="seen again")
    await catch_up(node, log, mirror)
    await catch_up(node, log)
    assert await stored(log) == LATELY
