"""What a search finds, and keeps up, is what a scan of all jobs would find."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwatch.model.job import UNSET, Job
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, Sort, SortKey, View, Within
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store.job_list import PAGE, JobList
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

MINUTE = 60_000
NOW = 20_000 * MINUTE
TEXTS = [
    "status:error",
    "type:csv_* -user:bob",
    "is:failed,running",
    "node:n1",
    "msg:2",
    "id:job-1",
    "id:JOB-1,job-2*",
    "id:*3",
    "id:" + ",".join(f"job-{number}" for number in range(3, 20)),
    "user:" + ",".join(f"u{number}" for number in range(20)) + ",ADA",
    "dur>2h",
    "type:csv_load msg:1",
    "user:nobody",
]


def queries() -> list[JobQuery]:
    texts = [JobQuery(where=parse_query(text, now=NOW, zone=UTC)) for text in TEXTS]
    middle = TimeRange(400 * MINUTE, 900 * MINUTE)
    return [
        *texts,
        JobQuery(View.FAILED, where=texts[4].where),
        JobQuery(View.RUNNING, node="n2", where=texts[1].where),
        JobQuery(range=middle, where=texts[0].where),
        JobQuery(range=middle, within=Within.RUNNING),
        JobQuery(range=TimeRange(None, 500 * MINUTE), within=Within.RUNNING, where=texts[1].where),
        JobQuery(View.RUNNING, as_of=500 * MINUTE),
        JobQuery(View.FAILED, as_of=700 * MINUTE),
        JobQuery(as_of=700 * MINUTE, where=texts[4].where),
        JobQuery(as_of=700 * MINUTE, where=parse_query("status:running", now=NOW, zone=UTC)),
    ]


LENGTHS = [0, 1, 2, 5, 20, 100, 400, 5_000]
jobs = st.builds(
    lambda number, start, length, status, type, user: Job(
        id=f"job-{number}",
        type=type,
        user=user,
        status=status,
        start_datetime=UNSET if start is None else start * MINUTE,
        end_datetime=(start or 0) * MINUTE + LENGTHS[length] * MINUTE
        if status in ("COMPLETE", "ERROR")
        else UNSET,
        message=f"row {start}",
    ),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 1_000)),
    st.integers(0, len(LENGTHS) - 1),
    st.sampled_from(["COMPLETE", "ERROR", "IN_PROGRESS", "CREATED"]),
    st.sampled_from(["csv_load", "export"]),
    st.sampled_from(["ada", "bob"]),
)
writes = st.lists(
    st.tuples(st.sampled_from(["n1", "n2", None]), st.lists(jobs, min_size=1, max_size=8)),
    min_size=1,
    max_size=6,
)


async def ids_of(found: JobList) -> list[str]:
    ids: list[str] = []
    for number in range(found.total // PAGE + 1):
        ids += [row.id for row in await found.page(number) if row is not None]
    return ids


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(writes, st.booleans())
def test_a_search_that_is_kept_up_finds_what_a_scan_finds(
    steps: list[tuple[str | None, list[Job]]], descending: bool
) -> None:
    asyncio.run(_live(steps, descending))


async def _live(steps: list[tuple[str | None, list[Job]]], descending: bool) -> None:
    sort = Sort(descending=descending)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobwatch.store.slices.FIRST", 3)
        patch.setattr("jobwatch.store.search.FEW_JOBS", 5)
        path = Path(folder) / "jobs.db"
        async with JobLog.open(path) as log, AsyncExitStack() as stack:
            await log.upsert_many([])
            kept: list[tuple[JobQuery, JobList]] = []
            for query in (replace(query, sort=sort) for query in queries()):
                reader = await stack.enter_async_context(LogReader.open(path, clock=lambda: NOW))
                kept.append((query, reader.list_jobs(query)))
            for node, written in steps:
                await log.upsert_many(written, node=node)
                await _compare(path, kept)
            await log.delete([job.id for job in steps[0][1][:2]])
            await _compare(path, kept)


async def _compare(path: Path, kept: list[tuple[JobQuery, JobList]]) -> None:
    with PlainJobLog.read(path) as log:
        for query, found in kept:
            await found.refresh()
            expected = [row.id for row in log.rows(query)]
            got = await ids_of(found)
            if found.newest_first:
                got.reverse()
            assert got == expected, query
            assert found.total == len(expected), query
            for row in log.rows(query):
                place = await found.place(row)
                ordinal = found.total - 1 - place.ordinal if found.newest_first else place.ordinal
                assert (place.listed, expected[ordinal]) == (True, row.id), query


@pytest.mark.parametrize("view", View)
def test_the_log_as_of_an_instant_is_what_had_happened_by_then(tmp_path: Path, view: View) -> None:
    instant = 100 * MINUTE
    records = {
        "over": (10, 20, "COMPLETE"),
        "failed": (10, 100, "ERROR"),
        "then going on": (50, 150, "ERROR"),
        "going on still": (60, None, "IN_PROGRESS"),
        "for long": (-90_000, 101, "COMPLETE"),
        "later": (101, 102, "COMPLETE"),
        "just begun": (100, 140, "COMPLETE"),
    }
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many(
            Job(
                id=id,
                status=status,
                start_datetime=start * MINUTE,
                end_datetime=UNSET if end is None else end * MINUTE,
            )
            for id, (start, end, status) in records.items()
        )
        found = {row.id for row in log.rows(JobQuery(view, as_of=instant))}
        for text in {
            View.RUNNING: ["is:running", "status:running"],
            View.FAILED: ["is:failed", "status:error"],
        }.get(view, []):
            where = parse_query(text, now=NOW, zone=UTC)
            assert {row.id for row in log.rows(JobQuery(as_of=instant, where=where))} == found
    running = {"then going on", "going on still", "for long", "just begun"}
    expected = {
        View.RUNNING: running,
        View.ALL: running | {"over", "failed"},
    }
    assert found == expected.get(view, {"failed"})


async def test_a_job_as_of_an_instant_has_not_ended_yet(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [Job(id="a", status="ERROR", start_datetime=0, end_datetime=MINUTE, message="failed")]
        )
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        jobs = reader.list_jobs(JobQuery(View.RUNNING, as_of=MINUTE - 1))
        await jobs.refresh()
        [row] = await jobs.page(0)
        assert row is not None
        assert (row.running, row.message) == (True, "")
        assert row.taken(MINUTE - 1) == "0:59"


async def test_a_sort_finds_what_ran_during_a_range_too(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            Job(id=f"{n}", status="COMPLETE", start_datetime=n, end_datetime=200_000 + n)
            for n in range(10)
        )
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        query = JobQuery(
            range=TimeRange(200_005, 300_000), within=Within.RUNNING, sort=Sort(SortKey.ID)
        )
        found = reader.list_jobs(query)
        await found.refresh()
        assert await ids_of(found) == ["9", "8", "7", "6", "5"]


@pytest.mark.parametrize("descending", [True, False])
async def test_a_search_that_was_broken_off_begins_anew(
    tmp_path: Path, descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 7)
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            Job(id=f"{n}", status="COMPLETE", start_datetime=n, message="m") for n in range(50)
        )
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        where = parse_query("msg:m", now=NOW, zone=UTC)
        found = reader.list_jobs(JobQuery(where=where, sort=Sort(descending=descending)))
        search = found.search()
        await anext(search)
        await search.aclose()
        await found.refresh()
        assert found.total == 50
