"""Lists: the same rows in the same order as a sort in memory would give, whatever changes."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwatch.model.condition import Mentions, Pattern
from jobwatch.model.job import UNSET, Job, Phase
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.when import TimeRange
from jobwatch.store import job_list, reads
from jobwatch.store import list_statements as lists
from jobwatch.store import statements as sql
from jobwatch.store.job_log import JobLog
from jobwatch.store.list_statements import Source
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

QUERIES = [
    JobQuery(),
    JobQuery(View.RUNNING),
    JobQuery(View.FAILED),
    JobQuery(range=TimeRange(3, 9)),
    JobQuery(View.FAILED, range=TimeRange(None, 7)),
    JobQuery(sort=Sort(descending=False)),
]

starts = st.one_of(st.integers(0, 12), st.just(None))
changes = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 40), starts),
        st.tuples(st.just("end"), st.integers(0, 40), st.just(None)),
        st.tuples(st.just("delete"), st.integers(0, 40), st.just(None)),
        st.tuples(st.just("look"), st.just(0), st.just(None)),
    ),
    min_size=1,
    max_size=40,
)


class Model:
    """The same log in memory: jobs in order of arrival."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def listed(self, query: JobQuery) -> list[str]:
        start, end = query.range.start, query.range.end
        kept = [
            job
            for job in self.jobs.values()
            if (start is None or job.started >= start)
            and (end is None or job.started < end)
            and (query.view is not View.FAILED or job.status == "ERROR")
            and (query.view is not View.RUNNING or job.phase is not Phase.ENDED)
        ]
        return [job.id for job in sorted(kept, key=lambda job: job.started)]


async def rows_of(jobs: job_list.JobList) -> list[str]:
    found: list[str] = []
    for number in range(jobs.total // job_list.PAGE + 1):
        found += [row.id for row in await jobs.page(number) if row is not None]
    return found


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(changes)
def test_a_list_that_is_kept_up_is_the_list_that_is_made_anew(
    walk: list[tuple[str, int, int | None]],
) -> None:
    asyncio.run(live(walk))


async def live(walk: list[tuple[str, int, int | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_list, "STRIDE", 4)
        patch.setattr(job_list, "PAGE", 2)
        patch.setattr(job_list, "KEYS_AT_ONCE", 2)
        path, model = Path(folder) / "jobs.db", Model()
        async with JobLog.open(path) as log:
            await log.upsert_many([])
            async with LogReader.open(path) as reader:
                lists = [reader.list_jobs(query) for query in QUERIES]
                for step, number, start in [*walk, ("look", 0, None)]:
                    await change(log, model, step, f"job-{number}", start)
                    if step == "look":
                        await compare(lists, model, reader)


async def change(log: JobLog, model: Model, step: str, id: str, start: int | None) -> None:
    old = model.jobs.get(id)
    if step == "put":
        job = (old or Job(id=id, status="IN_PROGRESS", updatedtime=0)).replace(
            start_datetime=UNSET if start is None else start
        )
    elif step == "end" and old is not None:
        job = old.replace(status="ERROR")
    elif step == "delete" and old is not None:
        await log.delete([id])
        del model.jobs[id]
        return
    else:
        return
    if isinstance(job.start_datetime, int) or old is None:
        job = job.replace(updatedtime=(old.updatedtime + 1) if old else 0)  # type: ignore[operator]
        await log.upsert_many([job])
        model.jobs[id] = job


async def compare(lists: Sequence[job_list.JobList], model: Model, reader: LogReader) -> None:
    for jobs, query in zip(lists, QUERIES, strict=True):
        await jobs.refresh()
        listed = model.listed(query)
        assert jobs.total == len(listed)
        assert await rows_of(jobs) == listed
        for id in model.jobs:
            row = await reader.row(id)
            assert row is not None
            place = await jobs.place(row)
            assert place.listed == (id in listed)
            if place.listed:
                assert listed[place.ordinal] == id


@asynccontextmanager
async def reader_of(path: Path, jobs: list[Job]) -> AsyncIterator[LogReader]:
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs)
    async with LogReader.open(path, clock=lambda: 10_000) as reader:
        yield reader


def some_jobs(count: int) -> list[Job]:
    return [
        Job(
            id=f"job-{n:04}",
            status=("COMPLETE", "ERROR", "IN_PROGRESS")[n % 3],
            type=("b", "a", "c", "d")[n % 4],
            user=f"user{n % 5}" if n % 5 else UNSET,
            start_datetime=n * 10,
            end_datetime=n * 10 + (n * 7919) % 1000 if n % 3 != 2 else UNSET,
            message=f"loaded {n} of 100%",
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("key", list(SortKey))
@pytest.mark.parametrize("descending", [True, False])
async def test_every_sort_is_that_of_its_values_with_the_missing_last(
    tmp_path: Path, key: SortKey, descending: bool
) -> None:
    jobs = some_jobs(200)

    def value(job: Job) -> object:
        if key is SortKey.STARTED:
            return job.started
        if key is SortKey.DURATION:
            end = job.end_datetime if isinstance(job.end_datetime, int) else 10_000
            return end - job.started
        return UNSET if key is SortKey.NODE else getattr(job, key.value)

    async with reader_of(tmp_path / "jobs.db", jobs) as reader:
        query = JobQuery(sort=Sort(key, descending), where=Mentions(Pattern.containing("loaded")))
        found = reader.list_jobs(query)
        await found.refresh()
        ids = await rows_of(found)
    newest_first = sorted(jobs, key=lambda job: -job.started)
    there = [job for job in newest_first if value(job) is not UNSET]
    missing = [job for job in newest_first if value(job) is UNSET]
    there.sort(key=value, reverse=descending)  # type: ignore[arg-type]
    assert ids == [job.id for job in [*there, *missing]]


@pytest.mark.parametrize("descending", [True, False])
async def test_a_search_in_slices_finds_what_one_scan_would(
    tmp_path: Path, descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 7)
    # Half of them start at the same moment.
    jobs = [job.replace(start_datetime=min(n * 10, 500)) for n, job in enumerate(some_jobs(100))]
    async with reader_of(tmp_path / "jobs.db", jobs) as reader:
        query = JobQuery(
            where=Mentions(Pattern.containing("0 of 100%")), sort=Sort(descending=descending)
        )
        found = reader.list_jobs(query)
        totals = [total async for total in found.search()]
        ids = await rows_of(found)
        row = await reader.row("job-0050")
        assert row is not None
        place = await found.place(row)
    expected = [f"job-{n:04}" for n in range(0, 100, 10)]
    assert ids == (expected[::-1] if descending else expected)
    assert totals == sorted(totals)
    assert (place.listed, ids[place.ordinal]) == (True, "job-0050")


async def test_a_reader_far_behind_reads_its_keys_anew(tmp_path: Path) -> None:
    async with reader_of(tmp_path / "jobs.db", some_jobs(50)) as reader:
        jobs = reader.list_jobs(JobQuery())
        await jobs.refresh()
        with PlainJobLog.open(tmp_path / "jobs.db") as log:
            for n in range(1_100):
                log.upsert_many([Job(id=f"below-{n}", start_datetime=-n)])
        await jobs.refresh()
        assert jobs.total == 1_150
        assert (await rows_of(jobs))[0] == "below-1099"
    connection = sqlite3.connect(tmp_path / "jobs.db")
    assert connection.execute("SELECT count(*) FROM changes").fetchone()[0] <= 1_000
    connection.close()


async def test_the_newest_rows_are_there_before_any_key(tmp_path: Path) -> None:
    async with reader_of(tmp_path / "jobs.db", some_jobs(1_000)) as reader:
        jobs = reader.list_jobs(JobQuery())
        assert isinstance(jobs, job_list.IndexedList)
        await jobs.begin()
        assert jobs.total == 1_000
        rows = await jobs.page(jobs.total // job_list.PAGE)
        assert [row.id for row in rows if row][-1] == "job-0999"
        assert await jobs.page(0) == []


async def test_days_are_counted_and_the_nearest_start_is_found(tmp_path: Path) -> None:
    async with reader_of(tmp_path / "jobs.db", some_jobs(100)) as reader:
        assert await reader.day_counts([0, 100, 105, 2_000]) == [(10, 3), (1, 1), (89, 29)]
        assert await reader.nearest_start(14) == 10
        assert await reader.nearest_start(5_000) == 990


PLANS = {
    sql.GET_BY_ID: "sqlite_autoindex_jobs_1",
    sql.ROW_BY_ID: "sqlite_autoindex_jobs_1",
    lists.COUNT_RUNNING: "jobs_running",
    lists.COUNT_AMISS: "jobs_amiss",
}
INDEXES = {
    View.RUNNING: "jobs_running",
    View.ALL: "jobs_by_start",
    View.FAILED: "jobs_amiss",
}


def plan(connection: sqlite3.Connection, statement: str) -> str:
    statement = statement.replace("{where}", "TRUE")
    names = re.findall(r":(\w+)", statement)
    parameters = dict.fromkeys(names, 1) if names else (1,) * statement.count("?")
    return "\n".join(
        row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    )


def test_no_list_is_read_but_through_its_index(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db"):
        pass
    connection = sqlite3.connect(tmp_path / "jobs.db")
    for statement, index in PLANS.items():
        assert index in plan(connection, statement), statement
    sources = {Source(view): index for view, index in INDEXES.items()}
    sources[Source(View.ALL, one_node=True)] = "jobs_by_node"
    for name in ("NEXT_KEYS", "COUNT_FROM", "COUNT_BETWEEN", "ROWS_FROM", "JOBS_DOWN", "JOBS_UP"):
        for source, index in sources.items():
            found = plan(connection, getattr(lists, name)[source])
            assert index in found, name
            assert "(started,arrival)" in found, (name, found)
            assert "TEMP B-TREE" not in found, (name, found)
    for name in ("NEXT_KEYS", "COUNT_FROM", "COUNT_BETWEEN", "COUNT_RANGE", "FIRST_KEY"):
        for source in (*sources, *(Source(view, one_node=True) for view in INDEXES)):
            found = plan(connection, getattr(lists, name)[source])
            assert "COVERING INDEX jobs" in found, (name, source, found)
    connection.close()


def test_what_a_read_costs_hardly_grows_with_the_log(tmp_path: Path) -> None:
    """Counted in steps of SQLite's machine, which no noise can change."""
    costs = [steps_of_reads(tmp_path / f"{count}.db", count) for count in (2_000, 40_000)]
    for name in costs[0]:
        assert costs[1][name] <= costs[0][name] * 1.2 + 50, (name, costs)


def steps_of_reads(path: Path, count: int) -> dict[str, int]:
    with PlainJobLog.open(path) as log:
        jobs = [
            Job(
                id=f"{n}", status="IN_PROGRESS" if n >= count - 20 else "COMPLETE", start_datetime=n
            )
            for n in range(count)
        ]
        log.upsert_many(jobs[:200], node="n1")
        log.upsert_many(jobs[200:])
    connection = sqlite3.connect(path)
    middle = reads.parameters(
        JobQuery(), started=count // 2, seq=count // 2 + 1, offset=448, limit=64
    )
    days = JobQuery(range=TimeRange(count // 2, count // 2 + 64))
    costly: dict[str, tuple[str, Any]] = {
        "get_job": (sql.GET_BY_ID, (str(count // 3),)),
        "running": reads.newest(JobQuery(View.RUNNING), 64),
        "newest page": reads.newest(JobQuery(), 64),
        "date page": reads.newest(days, 64),
        "page of a node": reads.newest(JobQuery(node="n1"), 64),
        "page in the middle": (lists.ROWS_FROM[Source(View.ALL)], middle),
    }
    costs = {}
    for name, (statement, parameters) in costly.items():
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(step, 1)
        connection.execute(statement, parameters).fetchall()
        connection.set_progress_handler(None, 0)
        costs[name] = steps
    connection.close()
    return costs
