"""Jobs out of a log in batches, and into a file that is there whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jobwatch.model.formats import Format
from jobwatch.model.insight import Sign
from jobwatch.model.job import Job
from jobwatch.model.known import Known
from jobwatch.model.language import parse_query
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.row import Note
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store import export
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connection import Parameters, ReadConnection
from jobwatch.store.export import BATCH, Batches, Chunk, encoded, jobs_found, jobs_marked
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.whole_file import check_target, write_file

NOW = 1_795_392_000_000
QUERY = JobQuery()
ENDLESS = """
WITH RECURSIVE n (i) AS (SELECT reached() UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "jobs.ndjson"


def clock() -> int:
    return NOW


def fill(store: Path, jobs: Sequence[Job], node: str | None = None) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(jobs, node=node)


def some_jobs(count: int, **fields: Any) -> list[Job]:
    return [Job(id=f"job-{n}", start_datetime=NOW + n, **fields) for n in range(count)]


def ended(count: int, took: int) -> list[Job]:
    return [
        job.replace(end_datetime=job.started + took)
        for job in some_jobs(count, type="load", status="COMPLETE")
    ]


async def all_of(batches: Batches) -> list[tuple[Job, Known]]:
    return [pair async for batch in batches for pair in batch]


async def found(store: Path, query: JobQuery = QUERY) -> list[tuple[Job, Known]]:
    async with ReadConnection.open(store) as connection:
        return await all_of(jobs_found(connection, query, clock))


async def found_ids(store: Path, query: JobQuery = QUERY) -> list[str]:
    return [job.id for job, _ in await found(store, query)]


async def marked_ids(store: Path, ids: Sequence[str]) -> list[str]:
    async with ReadConnection.open(store) as connection:
        return [job.id for job, _ in await all_of(jobs_marked(connection, ids, clock))]


# What is read


async def test_a_query_is_read_whole_and_in_bounded_batches(store: Path) -> None:
    jobs = some_jobs(20_000)
    fill(store, jobs)
    async with ReadConnection.open(store) as connection:
        batches = [batch async for batch in jobs_found(connection, JobQuery(), clock)]
    assert [job for batch in batches for job, _ in batch] == jobs
    assert max(map(len, batches)) <= BATCH


async def test_large_jobs_come_in_small_batches(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "HEAVY", 10_000)
    jobs = some_jobs(200, job_body="x" * 1_000)
    fill(store, jobs)
    async with ReadConnection.open(store) as connection:
        sizes = [len(batch) async for batch in jobs_found(connection, JobQuery(), clock)]
    assert sum(sizes) == 200
    assert max(sizes[1:]) < 10
    assert min(sizes) > 0


async def test_the_order_is_that_of_the_log_whatever_the_query_asks_for(store: Path) -> None:
    same = [Job(id=id, start_datetime=NOW, message=id) for id in "cab"]
    fill(store, [Job(id="late", start_datetime=NOW + 1), Job(id="none"), *same])
    for sort in (Sort(), Sort(SortKey.MESSAGE), Sort(SortKey.ID, descending=False)):
        ids = await found_ids(store, JobQuery(sort=sort))
        assert ids == ["none", "c", "a", "b", "late"]


async def test_only_what_the_query_finds_is_read(store: Path) -> None:
    fill(store, some_jobs(5, message="yes", status="ERROR"), node="n1")
    fill(store, [Job(id="other", start_datetime=NOW, message="no", status="ERROR")])
    where = parse_query("msg:yes", now=NOW, zone=UTC)
    query = JobQuery(view=View.FAILED, where=where, node="n1", range=TimeRange(NOW + 1, NOW + 4))
    assert await found_ids(store, query) == ["job-1", "job-2", "job-3"]


async def test_each_job_comes_with_where_it_is_from(store: Path) -> None:
    async with JobLog.open(store, clock=clock) as log:
        await log.upsert_many([Job(id="own", start_datetime=NOW)])
        lost = Job(id="lost", status="IN_PROGRESS", start_datetime=NOW + 1)
        await log.upsert_many([lost, Job(id="done", status="COMPLETE")], node="n1")
        await log.save_node(Node(name="n1", process_started=NOW + 60_000))
    expected = [
        ("done", Origin("n1")),
        ("own", Origin()),
        ("lost", Origin("n1", NOW + 60_000)),
    ]
    assert [(job.id, known.origin) for job, known in await found(store)] == expected
    async with ReadConnection.open(store) as connection:
        marked = await all_of(jobs_marked(connection, ["own", "lost", "done"], clock))
    assert [(job.id, known.origin) for job, known in marked] == expected


async def test_each_job_comes_with_what_was_noted_of_it(store: Path) -> None:
    fill(store, [Job(id=id, start_datetime=NOW) for id in ("a", "b\0", "c")])
    with PlainJobLog.open(store) as log:
        log.set_notes({"b\0": Note(NOW + 5, "known, ticket 12"), "nobody": Note(NOW, "x")})
    assert [known.note for _, known in await found(store)] == [
        None,
        Note(NOW + 5, "known, ticket 12"),
        None,
    ]


async def test_each_job_comes_with_whether_it_takes_longer_than_is_usual(store: Path) -> None:
    fill(
        store,
        [
            *ended(30, took=10_000),
            Job(
                id="slow", type="load", status="ERROR", start_datetime=NOW, end_datetime=NOW + 99e3
            ),
            Job(id="odd", type="once", status="ERROR", start_datetime=NOW, end_datetime=NOW + 99e3),
            Job(id="runs", type="load", status="IN_PROGRESS", start_datetime=NOW - 10_001),
            Job(id="began", type="load", status="IN_PROGRESS", start_datetime=NOW - 10_000),
        ],
    )
    known = {job.id: known for job, known in await found(store)}
    assert {id: known[id].late for id in ("job-7", "slow", "odd", "runs", "began")} == {
        "job-7": False,
        "slow": True,
        "odd": None,
        "runs": True,
        "began": False,
    }
    assert (known["runs"].sign, known["began"].sign) == (Sign.OVERDUE, None)


async def test_each_job_comes_with_whether_its_process_is_gone(store: Path) -> None:
    process = own_process()
    gone = replace(process, tick=5)
    for id, of in (("runs", process), ("gone", gone)):
        job = Job(id=id, status="IN_PROGRESS", start_datetime=NOW, other={KEY: of.to_json()})
        fill(store, [job])
    runs, lost = (known for _, known in await found(store))
    assert (runs.sign, runs.why) == (None, "")
    why = f"the process that ran it (pid {process.pid} on {process.host}) is gone"
    assert (lost.sign, lost.why) == (Sign.GONE, why)


async def test_marked_jobs_are_read_once_each_in_the_order_of_the_log(store: Path) -> None:
    fill(store, some_jobs(2_000))
    ids = [f"job-{n}" for n in range(1_999, -1, -2)]
    assert await marked_ids(store, [*ids, "gone", *ids]) == ids[::-1]
    assert await marked_ids(store, []) == []


async def test_marked_jobs_may_have_ids_that_sqlite_holds_as_no_text(store: Path) -> None:
    ids = ["a\0b", "\ud800", "é", "plain"]
    fill(store, [Job(id=id, start_datetime=NOW) for id in ids])
    assert await marked_ids(store, ids[::-1]) == ids


async def test_a_cancelled_reader_ends_its_statement(store: Path) -> None:
    fill(store, [])
    reached = threading.Event()

    class Slow(ReadConnection):
        """A connection whose statements go on until they are interrupted."""

        async def rows(self, statement: str, parameters: Parameters = ()) -> list[Any]:
            return await super().rows(ENDLESS)

    async with Slow.open(store) as connection:
        await connection._connection.create_function("reached", 0, reached.set)
        reading = asyncio.ensure_future(all_of(jobs_found(connection, QUERY, clock)))
        await asyncio.to_thread(reached.wait, 30)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    # To close the connection waits for its statement, so to come here is the proof.


# What is encoded


async def in_batches(*sizes: int) -> Batches:
    for number, size in enumerate(sizes):
        yield [(Job(id=f"{number}-{place}"), Known(Origin("n1"))) for place in range(size)]


async def test_batches_make_one_file_and_count_what_is_in_it() -> None:
    chunks = [chunk async for chunk in encoded(in_batches(2, 1), Format.JSON, UTC)]
    assert [chunk.done for chunk in chunks] == [0, 2, 3, 3]
    records = json.loads(b"".join(chunk.data for chunk in chunks))
    assert records[2] == {"id": "1-0", "__state__": "–", "__node__": "n1"}


async def test_no_batch_is_encoded_where_the_screen_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    def export_record(job: Job, known: Known, zone: object) -> dict[str, Any]:
        threads.append(threading.current_thread())
        return {"id": job.id}

    monkeypatch.setattr(export, "export_record", export_record)
    _ = [chunk async for chunk in encoded(in_batches(2, 1), Format.CSV, UTC)]
    assert len(threads) == 3
    assert threading.main_thread() not in threads


# The file


async def two_chunks() -> AsyncGenerator[Chunk, None]:
    yield Chunk(b"one\n", 1)
    yield Chunk(b"two\n", 2)


async def test_a_file_is_written_whole_and_progress_is_told(target: Path) -> None:
    told: list[int] = []
    assert await write_file(target, two_chunks(), told.append) == 2
    assert target.read_bytes() == b"one\ntwo\n"
    assert told == [1, 2]
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(target.parent) == [target.name]


async def test_nothing_is_under_the_name_until_all_is_written(target: Path) -> None:
    target.write_bytes(b"before")
    seen: list[bytes] = []
    await write_file(target, two_chunks(), lambda _: seen.append(target.read_bytes()))
    assert seen == [b"before", b"before"]
    assert target.read_bytes() == b"one\ntwo\n"


async def test_a_link_stays_a_link(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target.name)
    await write_file(link, two_chunks())
    assert link.is_symlink()
    assert target.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("before", [None, b"before"])
async def test_who_cancels_finds_what_was_there_before(target: Path, before: bytes | None) -> None:
    if before is not None:
        target.write_bytes(before)
    begun, closed = asyncio.Event(), False

    async def endless() -> AsyncGenerator[Chunk, None]:
        nonlocal closed
        try:
            yield Chunk(b"one\n", 1)
            begun.set()
            await asyncio.Event().wait()
        finally:
            closed = True

    writing = asyncio.ensure_future(write_file(target, endless()))
    await begun.wait()
    assert len(os.listdir(target.parent)) == 1 + (before is not None)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert closed
    assert os.listdir(target.parent) == ([] if before is None else [target.name])
    assert before is None or target.read_bytes() == before


async def test_who_cancels_waits_for_what_is_being_written(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(handle: int) -> None:
        reached.set()
        assert go_on.wait(30)

    monkeypatch.setattr(os, "fsync", slow)
    writing = asyncio.ensure_future(write_file(target, two_chunks()))
    await asyncio.to_thread(reached.wait, 30)
    writing.cancel()
    await asyncio.sleep(0)
    assert not writing.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    # The last step had begun: the file is there, and it is whole.
    assert os.listdir(target.parent) == [target.name]
    assert target.read_bytes() == b"one\ntwo\n"


async def test_an_error_leaves_nothing_behind_and_names_the_file(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as raised:
        await write_file(target, two_chunks())
    assert raised.value.filename == str(target)
    assert os.listdir(target.parent) == []


async def test_a_folder_that_is_not_there_is_named_by_the_file_in_it(target: Path) -> None:
    path = target.with_name("nowhere") / "jobs.csv"
    with pytest.raises(FileNotFoundError) as raised:
        await write_file(path, two_chunks())
    assert raised.value.filename == str(path)


def test_what_no_file_can_be_put_at_is_refused(target: Path, store: Path) -> None:
    fill(store, [])
    check_target(target, store)
    fifo, link = target.with_name("fifo"), target.with_name("link")
    os.mkfifo(fifo)
    link.symlink_to(store)
    for path, reason in [
        (target.parent, "Is a directory"),
        (target.parent / "nowhere" / "a.csv", "no such folder"),
        (fifo, "no regular file"),
        (store, "the log itself"),
        (link, "the log itself"),
        (store.with_name("jobs.db-wal"), "the log itself"),
    ]:
        with pytest.raises(OSError, match=reason) as raised:
            check_target(path, store)
        assert raised.value.filename == str(path)
