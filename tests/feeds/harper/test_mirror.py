"""Mirror: what a log has of a node, as the node's jobs run, as it comes and goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobwatch.feeds.harper.address import parse_address
from jobwatch.feeds.harper.client import (
    AnswerError,
    NodeError,
    RefusedError,
    UnauthorisedError,
)
from jobwatch.feeds.harper.mirror import Mirror
from jobwatch.model.job import Job, Outcome
from jobwatch.model.node import HEARTBEAT, Node, NodeState, Origin
from jobwatch.model.query import JobQuery, View
from jobwatch.store.connect import LogError
from jobwatch.store.job_log import JobLog
from jobwatch.store.reader import LogReader
from tests.feeds.harper.fake_node import DAY, HOUR, NOW, FakeNode, Right

ADDRESS = parse_address("http://n1:9925")


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
async def log(tmp_path: Path, node: FakeNode) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "jobs.db", clock=node.clock) as log:
        yield log


def mirror_of(node: FakeNode, log: JobLog, **options: Any) -> Mirror:
    return Mirror(node, log, ADDRESS, clock=node.clock, random=Random(1), **options)


async def catch_up(mirror: Mirror) -> None:
    """Take turns until the log has all; a mirror that never gets there is a failure."""
    for _ in range(200):
        await mirror.turn()
        if mirror.is_caught_up:
            return
    pytest.fail(f"never caught up: {mirror.node}")


async def stored(log: JobLog) -> dict[str, Job]:
    return {job.id: job for job in await log.page(JobQuery(), limit=10_000)}


async def saved(log: JobLog) -> Node:
    node = await log.get_node("n1")
    assert node is not None
    return node


async def outcome(log: JobLog, id: str) -> Outcome:
    async with LogReader.open(log.path) as reader:
        row = await reader.row(id)
        assert row is not None
        return row.outcome


def same_fields(job: Job, record: dict[str, Any]) -> bool:
    kept = job.to_record()
    return all(kept.get(key) == value for key, value in record.items())


@pytest.mark.parametrize("right", [Right.ALL, Right.DOCUMENTED])
async def test_the_first_run_brings_the_whole_history_and_each_field(
    node: FakeNode, log: JobLog, right: Right
) -> None:
    node.right = right
    for number in range(300):
        start = NOW - number * number * HOUR // 10
        node.put(f"job-{number}", start_datetime=start, end_datetime=start + 5, message="ok")
    node.put("object", "ERROR", start_datetime=0, message={"error": "no"}, result={"path": "/x"})
    node.put("soon", "CREATED", start_datetime=NOW + 30_000)
    await catch_up(mirror_of(node, log))
    jobs = await stored(log)
    assert len(jobs) == 302
    assert all(same_fields(job, node.record(id)) for id, job in jobs.items())
    assert await log.origin("object") == Origin("n1")


@pytest.mark.parametrize("right", [Right.ALL, Right.DOCUMENTED])
async def test_the_history_comes_in_pages_the_newest_first(
    node: FakeNode, log: JobLog, right: Right
) -> None:
    node.right = right
    for number in range(50):
        node.put(f"job-{number:02}", start_datetime=NOW - number * DAY)
    mirror = mirror_of(node, log)
    sizes: list[int] = []
    while not mirror.is_caught_up:
        await mirror.turn()
        jobs = await stored(log)
        assert sorted(jobs) == [f"job-{number:02}" for number in range(len(jobs))]
        sizes.append(len(jobs))
        if not mirror.is_caught_up:
            reached = (await saved(log)).loaded_from
            assert reached is not None
            assert all(number * DAY <= NOW - reached for number in range(len(jobs)))
    assert len(set(sizes)) > 3
    assert sizes[-1] == 50


async def test_since_bounds_the_history_and_a_later_run_may_go_further(
    node: FakeNode, log: JobLog
) -> None:
    for number in range(20):
        node.put(f"job-{number}", start_datetime=NOW - number * DAY)
    await catch_up(mirror_of(node, log, since=NOW - 5 * DAY))
    assert len(await stored(log)) == 6
    await catch_up(mirror_of(node, log))
    assert len(await stored(log)) == 20


async def test_a_history_that_was_broken_off_goes_on_where_it_was(
    node: FakeNode, log: JobLog
) -> None:
    for number in range(30):
        node.put(f"job-{number}", start_datetime=NOW - number * DAY)
    first = mirror_of(node, log)
    for _ in range(3):
        await first.turn()
    reached = (await saved(log)).loaded_from
    assert reached is not None
    node.asked.clear()
    await catch_up(mirror_of(node, log))
    assert len(await stored(log)) == 30
    ends = [
        condition["search_value"]
        for request in node.asked
        for condition in request.get("conditions", ())
        if condition["search_type"] == "less_than" and condition["search_value"]
    ]
    assert max(ends) == reached


@pytest.mark.parametrize("right", [Right.ALL, Right.DOCUMENTED])
async def test_a_job_is_followed_from_created_to_its_end(
    node: FakeNode, log: JobLog, right: Right
) -> None:
    node.right = right
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.put("a", "CREATED")
    seen: list[object] = []
    for status, later in (("CREATED", 0), ("IN_PROGRESS", 5_000), ("COMPLETE", 2 * HOUR)):
        node.now += later
        moved = {"start_datetime": node.now} if status == "IN_PROGRESS" else {}
        node.put("a", status, **moved)
        await mirror.turn()
        seen.append((await stored(log))["a"].status)
    assert seen == ["CREATED", "IN_PROGRESS", "COMPLETE"]


@pytest.mark.parametrize("right", [Right.ALL, Right.DOCUMENTED])
async def test_what_happened_while_nobody_watched_is_caught_up_with(
    node: FakeNode, log: JobLog, right: Right
) -> None:
    node.right = right
    node.put("old", "IN_PROGRESS", start_datetime=NOW - HOUR)
    first = mirror_of(node, log)
    await catch_up(first)
    await first.stop()
    node.now += 3 * DAY
    node.put("old", "COMPLETE", end_datetime=node.now)
    node.put("between", start_datetime=node.now - 2 * DAY)
    await catch_up(mirror_of(node, log))
    jobs = await stored(log)
    assert jobs["old"].status == "COMPLETE"
    assert "between" in jobs


async def test_a_burst_of_changes_larger_than_an_answer_is_brought_whole(
    node: FakeNode, log: JobLog
) -> None:
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    for number in range(2_500):
        node.now += number % 3
        node.put(f"job-{number}")
    await mirror.turn()
    assert len(await stored(log)) == 2_500


async def test_a_row_that_appears_late_in_the_feed_is_not_lost(node: FakeNode, log: JobLog) -> None:
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.now += 60_000
    node.put("early")
    await mirror.turn()
    node.put("late", __updatedtime__=node.now - 1_000)
    await mirror.turn()
    assert set(await stored(log)) == {"early", "late"}


async def test_a_look_without_news_writes_nothing(node: FakeNode, log: JobLog) -> None:
    node.put("a", "IN_PROGRESS")
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    await mirror.turn()
    async with LogReader.open(log.path) as reader:
        await reader.moved()
        node.now += 1_000
        await mirror.turn()
        assert not await reader.moved()
        node.now += HEARTBEAT
        await mirror.turn()
        assert await reader.moved()
    assert (await saved(log)).checked_at == node.now


async def test_all_jobs_are_never_asked_for_with_all_their_attributes(
    node: FakeNode, log: JobLog
) -> None:
    node.put("a", "IN_PROGRESS")
    await catch_up(mirror_of(node, log))
    searches = [request for request in node.asked if request["operation"] == "search_by_conditions"]
    assert searches
    for request in searches:
        assert not {"*", "request"} & set(request["get_attributes"])
    assert "secret" not in log.path.read_bytes().decode("latin-1")


async def test_credentials_that_a_node_does_tell_never_reach_the_log(
    node: FakeNode, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.right = Right.DOCUMENTED
    monkeypatch.setattr(node, "record", lambda id: dict(node._records[id]))
    node.put("a", "IN_PROGRESS", message="told")
    await catch_up(mirror_of(node, log))
    job = (await stored(log))["a"]
    assert (job.message, "request" in job.other) == ("told", False)


async def test_an_ordinary_user_follows_the_jobs_that_are_known_or_named(
    node: FakeNode, log: JobLog
) -> None:
    node.right = Right.GET_JOB
    for id in ("known", "named", "unknown"):
        node.put(id, "IN_PROGRESS")
    await log.upsert_many([Job(id="known", status="IN_PROGRESS", start_datetime=NOW)], node="n1")
    mirror = mirror_of(node, log, ids=["named", "nowhere"])
    await catch_up(mirror)
    assert set(await stored(log)) == {"known", "named"}
    state = await saved(log)
    assert (state.state, state.reason) == (
        NodeState.LIVE,
        "only known jobs are seen: the user is no super user",
    )
    for id in ("known", "named"):
        node.put(id)
    await mirror.turn()
    assert {job.status for job in (await stored(log)).values()} == {"COMPLETE"}
    node.asked.clear()
    await mirror.turn()
    assert [request["id"] for request in node.asked if "id" in request] == ["nowhere"]


async def test_an_ordinary_user_who_becomes_a_super_user_gets_the_history(
    node: FakeNode, log: JobLog
) -> None:
    node.right = Right.GET_JOB
    node.put("a", start_datetime=NOW - DAY)
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    assert not await stored(log)
    node.right = Right.ALL
    node.now += 15_000
    await catch_up(mirror)
    assert (await saved(log)).reason == ""
    assert "a" in await stored(log)


async def test_a_node_that_is_down_is_noticed_where_there_is_nothing_to_ask_it(
    node: FakeNode, log: JobLog
) -> None:
    node.right = Right.GET_JOB
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.down = RefusedError("")
    await mirror.turn()
    assert (await saved(log)).state is NodeState.REFUSED


async def test_a_super_user_who_becomes_an_ordinary_one_is_told_what_is_unseen(
    node: FakeNode, log: JobLog
) -> None:
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.right = Right.GET_JOB
    await mirror.turn()
    await mirror.turn()
    assert (await saved(log)).reason.startswith("only known jobs")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RefusedError(""), NodeState.REFUSED),
        (AnswerError("it answered 500: oops"), NodeState.FAILING),
        (UnauthorisedError("Login failed"), NodeState.UNAUTHORISED),
    ],
)
async def test_a_node_that_does_not_answer_is_asked_again_and_says_so_meanwhile(
    node: FakeNode, log: JobLog, error: NodeError, state: NodeState
) -> None:
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.down = error
    pauses = [await mirror.turn() for _ in range(10)]
    known = await saved(log)
    assert (known.state, known.reason) == (state, str(error))
    assert known.retry_at == node.now + round(pauses[-1] * 1000)
    assert pauses[0] < pauses[4] or state is NodeState.UNAUTHORISED
    assert max(pauses) <= 30
    node.down = None
    node.put("after")
    await catch_up(mirror)
    assert (await saved(log)).state is NodeState.LIVE
    assert "after" in await stored(log)


async def test_an_unknown_user_is_not_tried_often_enough_to_be_locked_out(
    node: FakeNode, log: JobLog
) -> None:
    node.down = UnauthorisedError("Login failed")
    assert await mirror_of(node, log).turn() >= 30


async def test_a_job_that_ran_when_the_node_was_killed_is_lost_when_it_is_back(
    node: FakeNode, log: JobLog
) -> None:
    node.put("a", "IN_PROGRESS")
    node.put("done")
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.now += 5_000
    node.down = RefusedError("")
    await mirror.turn()
    assert await outcome(log, "a") is Outcome.PENDING
    node.now += 4_000
    node.down = None
    node.process_started = node.now - 2_000
    node.put("new", "IN_PROGRESS")
    await mirror.turn()
    outcomes = [await outcome(log, id) for id in ("a", "done", "new")]
    assert outcomes == [Outcome.LOST, Outcome.ENDED, Outcome.PENDING]
    assert (await stored(log))["a"].status == "IN_PROGRESS"
    assert (await log.origin("a")).lost_since == node.process_started


async def test_a_restart_too_quick_to_be_refused_is_found_out_all_the_same(
    node: FakeNode, log: JobLog
) -> None:
    node.put("a", "IN_PROGRESS")
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.process_started = node.now + 2_000
    node.now += 15_000
    await mirror.turn()
    assert await outcome(log, "a") is Outcome.LOST


async def test_a_job_that_goes_on_through_a_restart_of_the_service_is_not_lost(
    node: FakeNode, log: JobLog
) -> None:
    node.put("a", "IN_PROGRESS")
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    node.down = RefusedError("")
    await mirror.turn()
    node.down = None
    node.now += 2_000
    await mirror.turn()
    assert await outcome(log, "a") is Outcome.PENDING
    node.put("a")
    await mirror.turn()
    assert await outcome(log, "a") is Outcome.ENDED


async def test_history_from_before_a_restart_has_its_lost_jobs_marked(
    node: FakeNode, log: JobLog
) -> None:
    node.put("a", "IN_PROGRESS", start_datetime=NOW - 30 * DAY)
    await catch_up(mirror_of(node, log))
    assert await outcome(log, "a") is Outcome.LOST
    assert await log.count(JobQuery(View.RUNNING)) == 0


async def test_a_clock_that_is_ahead_is_told_and_one_that_is_not_is_not(
    node: FakeNode, log: JobLog
) -> None:
    mirror = mirror_of(node, log)
    told: list[int | None] = []
    for skew in (400, 1_200, 3_500, 3_900, -9_000):
        node.skew = skew
        await mirror.turn()
        told.append((await saved(log)).skew)
    assert told == [0, 0, 3_500, 3_500, -9_000]


async def test_elements_that_no_log_can_keep_are_counted_and_hurt_nothing(
    node: FakeNode, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.right = Right.GET_JOB
    odd: Sequence[Any] = [{"message": "Error: Primary key size is too large: 5000"}, 7]
    real = node.ask

    async def ask(request: Any) -> Any:
        return odd if request.get("id") == "odd" else await real(request)

    monkeypatch.setattr(node, "ask", ask)
    node.put("a", "IN_PROGRESS")
    mirror = mirror_of(node, log, ids=["odd", "a"])
    await catch_up(mirror)
    assert mirror.unusable >= 2
    assert set(await stored(log)) == {"a"}


async def test_nobody_watches_a_node_whose_mirror_has_stopped(node: FakeNode, log: JobLog) -> None:
    mirror = mirror_of(node, log)
    await catch_up(mirror)
    assert (await saved(log)).is_watched(node.now)
    await mirror.stop()
    assert not (await saved(log)).is_watched(node.now)


async def test_a_log_that_can_not_be_written_is_said_and_tried_again(
    node: FakeNode, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons: list[str] = []
    pauses: list[float] = []

    async def locked(*_: object, **__: object) -> None:
        raise LogError("jobs.db is locked by another program")

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise InterruptedError

    monkeypatch.setattr(log, "save_node", locked)
    monkeypatch.setattr("jobwatch.feeds.harper.mirror.asyncio.sleep", sleep)
    with pytest.raises(InterruptedError):
        await mirror_of(node, log, failed=reasons.append).run()
    assert reasons == ["jobs.db is locked by another program"] * 3
    assert min(pauses) >= 1
