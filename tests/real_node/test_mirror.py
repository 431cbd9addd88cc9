"""Real nodes, mirrored: after each of these the log holds what the node itself finds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobwatch.feeds.harper.access import ChangeFeed
from jobwatch.feeds.harper.address import parse_address
from jobwatch.feeds.harper.client import NodeClient, UnsupportedError, open_http
from jobwatch.feeds.harper.mirror import Mirror
from jobwatch.feeds.harper.pace import Pace
from jobwatch.model.job import Job, Outcome, Phase
from jobwatch.model.node import NodeState
from jobwatch.model.query import JobQuery, View
from jobwatch.model.settings import Credentials
from jobwatch.model.when import now_ms
from jobwatch.store.job_log import JobLog
from jobwatch.store.reader import LogReader
from tests.real_node.conftest import StartNode
from tests.real_node.node import PATIENCE, HarperNode, User
from tests.real_terminal.terminal import Terminal

pytestmark = pytest.mark.harper

TABLE = {"schema": "dev", "table": "dog"}
ENDED = ("COMPLETE", "ERROR")


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "jobs.db") as log:
        yield log


@asynccontextmanager
async def mirroring(
    log: JobLog, node: HarperNode, user: User | None = None, ids: Iterable[str] = ()
) -> AsyncIterator[Mirror]:
    """Mirror a node for the time of a block, in looks that the block asks for."""
    user = user or node.admin
    address = parse_address(node.url)
    async with open_http() as http:
        credentials = Credentials(user.name, user.password)
        client = NodeClient(http, address.url, credentials, pace=Pace(200), clock=now_ms)
        mirror = Mirror(client, log, address, ids=ids, clock=now_ms, random=Random(1))
        yield mirror
        await mirror.stop()


@asynccontextmanager
async def running(mirror: Mirror) -> AsyncIterator[None]:
    """Let a mirror run by itself."""
    task = asyncio.create_task(mirror.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def look_until(mirror: Mirror, condition: Callable[[], Any], what: str) -> None:
    """Look at the node, again and again, until something holds."""
    end = time.monotonic() + PATIENCE
    while True:
        await mirror.turn()
        if await condition():
            return
        assert time.monotonic() < end, f"never: {what}, {mirror.node}"


async def stored(log: JobLog) -> dict[str, Job]:
    return {job.id: job for job in await log.page(JobQuery(), limit=10_000)}


async def has_ended(log: JobLog, ids: Iterable[str]) -> bool:
    jobs = await stored(log)
    return all(id in jobs and jobs[id].phase is Phase.ENDED for id in ids)


async def assert_holds_all(log: JobLog, node: HarperNode) -> None:
    """Compare the log with the node's own full search, field for field; null is no field."""
    status, records = await node.request(
        {
            "operation": "search_jobs_by_start_date",
            "from_date": "2000-01-01",
            "to_date": "2100-01-01",
        }
    )
    assert status == 200
    assert records
    jobs = await stored(log)
    for record in records:
        kept = jobs[record["id"]].to_record()
        told = {key: value for key, value in record.items() if value is not None}
        assert {key: kept.get(key) for key in told} == told


async def all_kinds(node: HarperNode) -> dict[str, tuple[str, str]]:
    """Start jobs of eight types that end well, badly and in part; return type and end by id."""
    await node.request({"operation": "create_schema", "schema": "dev"})
    await node.request({"operation": "create_table", **TABLE, "hash_attribute": "id"})
    ragged = node.folder / "ragged.csv"
    ragged.write_text("id,name\n1,Ada\n2,Bob\n,\n")
    every_dog = {"operation": "sql", "sql": "select * from dev.dog"}
    long_ago = {"timestamp": 1_590_000_000_000, **TABLE}
    started: dict[str, tuple[str, str]] = {}
    operations: tuple[tuple[str, dict[str, Any]], ...] = (
        ("COMPLETE", {"operation": "csv_data_load", "action": "insert", "data": "id,n\n7,x\n"}),
        ("COMPLETE", {"operation": "csv_data_load", "action": "insert", "data": "id,n\n7,x\n"}),
        ("ERROR", {"operation": "csv_data_load", "data": "id,[bold red]x[/]/\n1,2\n"}),
        ("COMPLETE", {"operation": "csv_file_load", "action": "upsert", "file_path": str(ragged)}),
        ("ERROR", {"operation": "csv_url_load", "csv_url": "http://127.0.0.1:1/x.csv"}),
        ("COMPLETE", {"operation": "delete_records_before", "date": "2018-01-01"}),
        ("COMPLETE", {"operation": "delete_files_before", "date": "2018-01-01"}),
        ("COMPLETE", {"operation": "delete_audit_logs_before", **long_ago}),
        ("COMPLETE", {"operation": "delete_transaction_logs_before", **long_ago}),
    )
    for end, operation in operations:
        id = await node.start_job({**TABLE, **operation})
        if not started:
            # The second insert of the same id must find the first.
            await node.wait_for_status(id, *ENDED)
        started[id] = (operation["operation"], end)
    for end, path in (("COMPLETE", node.folder), ("ERROR", "/nowhere/at/all")):
        export = {"operation": "export_local", "format": "json", "path": f"{path}/"}
        id = await node.start_job({**export, "filename": "out", "search_operation": every_dog})
        started[id] = ("export_local", end)
    return started


async def test_jobs_of_eight_types_are_followed_from_created_to_their_end(
    node: HarperNode, log: JobLog
) -> None:
    seen: dict[str, list[Phase]] = {}
    async with mirroring(log, node) as mirror:
        await look_until(mirror, lambda: _value(mirror.is_caught_up), "caught up")
        starting = asyncio.create_task(all_kinds(node))

        async def all_ended() -> bool:
            for job in (await stored(log)).values():
                phases = seen.setdefault(job.id, [])
                if job.phase not in phases:
                    phases.append(job.phase)
            return starting.done() and await has_ended(log, starting.result())

        await look_until(mirror, all_ended, "the end of all jobs")
    kinds = starting.result()
    jobs = await stored(log)
    assert {id: (jobs[id].type, jobs[id].status) for id in kinds} == kinds
    assert len({type for type, _ in kinds.values()}) >= 8
    assert all(seen[id] == sorted(seen[id]) for id in kinds)
    assert any(seen[id] == [Phase.CREATED, Phase.IN_PROGRESS, Phase.ENDED] for id in kinds)
    messages = {str(jobs[id].message) for id in kinds}
    assert "successfully loaded 0 of 1 records" in messages
    assert any("ECONNREFUSED" in message for message in messages)
    assert any("[bold red]" in message for message in messages)
    await assert_holds_all(log, node)


async def test_without_the_change_feed_the_documented_search_tells_the_same(
    node: HarperNode, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unsupported(*_: object) -> None:
        raise UnsupportedError("not here")

    monkeypatch.setattr(ChangeFeed, "page", unsupported)
    async with mirroring(log, node) as mirror:
        await look_until(mirror, lambda: _value(mirror.is_caught_up), "caught up")
        kinds = await all_kinds(node)
        await look_until(mirror, lambda: has_ended(log, kinds), "the end of all jobs")
    await assert_holds_all(log, node)


async def test_a_load_of_200_000_rows_is_seen_running(node: HarperNode, log: JobLog) -> None:
    async with mirroring(log, node) as mirror, running(mirror):
        id = await node.start_load(200_000)

        async def runs() -> bool:
            running_jobs = await log.page(JobQuery(View.RUNNING), limit=10)
            return [job.id for job in running_jobs] == [id]

        await _until(runs, "a running job")
        await node.wait_for_status(id, *ENDED)
        await _until(lambda: has_ended(log, [id]), "its end")
    assert (await stored(log))[id].message == "successfully loaded 200000 of 200000 records"
    await assert_holds_all(log, node)


async def test_the_monitor_goes_on_when_a_node_is_killed_and_the_job_is_lost(
    start_node: StartNode, tmp_path: Path
) -> None:
    node = await start_node()
    name = node.url.removeprefix("http://").rstrip("/")
    terminal = Terminal(
        ["--store", "jobs.db", "watch", "--interval", "100ms", node.url],
        home=tmp_path,
        size=(160, 50),
    )
    try:
        await asyncio.to_thread(terminal.shows, "User of")
        terminal.press(f"{node.admin.name}\r")
        await asyncio.to_thread(terminal.shows, "Password")
        terminal.press(f"{node.admin.password}\r")
        await asyncio.to_thread(terminal.shows, f"● {name} live")
        id = await node.start_load(200_000)
        await asyncio.to_thread(terminal.shows, "1 Running 1", "● running")
        await node.kill()
        await asyncio.to_thread(terminal.shows, f"✗ {name} refused", "retrying in")
        await node.start()
        await asyncio.to_thread(terminal.shows, f"● {name} live", "1 Running 0", "3 Failed 1")
        terminal.press("3")
        await asyncio.to_thread(terminal.shows, "? lost", f"Lost: {name} was started anew")
        after = await node.start_load(10)
        await node.wait_for_status(after, *ENDED)
        terminal.press("2")
        await asyncio.to_thread(terminal.shows, "successfully loaded 10 of 10 records")
        terminal.press("q")
        assert await asyncio.to_thread(terminal.exit_status) == 0
        terminal.assert_restored()
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()
    async with JobLog.read(tmp_path / "jobs.db") as log:
        job = await log.get_job(id)
        assert job is not None
        assert job.status == "IN_PROGRESS"  # the record stays as it is
        await assert_holds_all(log, node)


async def test_a_job_goes_on_through_a_restart_of_the_service(
    start_node: StartNode, log: JobLog
) -> None:
    node = await start_node()
    async with mirroring(log, node) as mirror, running(mirror):
        id = await node.start_load(200_000)
        await _until(lambda: _has(log, id), "the job")
        restart = await node.start_job({"operation": "restart_service", "service": "http_workers"})
        await _until(lambda: has_ended(log, [id, restart]), "the end of both")
    async with LogReader.open(log.path) as reader:
        row = await reader.row(id)
        assert row is not None
        assert row.outcome is Outcome.ENDED
    await assert_holds_all(log, node)


async def test_what_ran_when_the_node_restarted_itself_is_lost(
    start_node: StartNode, log: JobLog
) -> None:
    node = await start_node()
    async with mirroring(log, node) as mirror, running(mirror):
        id = await node.start_load(200_000)
        await _until(lambda: _has(log, id), "the job")
        await node.restart()

        async def is_lost() -> bool:
            return (await log.origin(id)).lost_since is not None

        await _until(is_lost, "that it is lost")
    await assert_holds_all(log, node)


async def test_a_wrong_password_is_said_and_the_right_one_gets_all(
    node: HarperNode, log: JobLog
) -> None:
    id = await node.start_load(10)
    await node.wait_for_status(id, *ENDED)
    async with mirroring(log, node, User(node.admin.name, "nope")) as mirror:
        assert await mirror.turn() >= 30
        assert mirror.node.state is NodeState.UNAUTHORISED
        assert "nope" not in mirror.node.reason
    assert not await stored(log)
    async with mirroring(log, node) as mirror:
        await look_until(mirror, lambda: _value(mirror.is_caught_up), "caught up")
    await assert_holds_all(log, node)


async def test_an_ordinary_user_follows_known_jobs_and_is_told_what_is_unseen(
    node: HarperNode, log: JobLog
) -> None:
    bob = await node.add_user("bob", "ordinary")
    id = await node.start_load(20_000)
    async with mirroring(log, node, bob, ids=[id]) as mirror:
        await look_until(mirror, lambda: has_ended(log, [id]), "its end")
        assert mirror.node.state is NodeState.LIVE
        assert mirror.node.reason.startswith("only known jobs are seen")
    record = await node.job(id)
    kept = (await stored(log))[id].to_record()
    assert {key: kept.get(key) for key in record} == record
    async with mirroring(log, node) as mirror:
        await look_until(mirror, lambda: _value(mirror.is_caught_up), "caught up")
    await assert_holds_all(log, node)


async def test_of_two_nodes_one_is_down_and_the_other_is_mirrored_all_the_same(
    node: HarperNode, start_node: StartNode, log: JobLog
) -> None:
    other = await start_node()
    async with (
        mirroring(log, node) as one,
        mirroring(log, other) as two,
        running(one),
        running(two),
    ):
        await _until(lambda: _value(one.is_caught_up and two.is_caught_up), "both")
        await other.kill()
        id = await node.start_load(1_000)
        await _until(lambda: has_ended(log, [id]), "a job of the one that is up")
        await _until(lambda: _value(two.node.state is NodeState.REFUSED), "the other's refusal")
        await other.start()
        there = await other.start_load(1_000)
        await _until(lambda: has_ended(log, [there]), "a job of the one that is back")
    assert (await log.origin(id)).node == one.node.name
    assert (await log.origin(there)).node == two.node.name
    await assert_holds_all(log, node)
    await assert_holds_all(log, other)


async def _has(log: JobLog, id: str) -> bool:
    return await log.get_job(id) is not None


async def _value(value: bool) -> bool:
    return value


async def _until(condition: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not await condition():
        assert time.monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.05)
