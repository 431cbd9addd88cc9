"""Statistics of a query, against the same computed from the records one by one."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobwatch.model.days import day_of, day_start
from jobwatch.model.insight import percentile, records_per_second
from jobwatch.model.job import UNSET, Job, Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, View, Within
from jobwatch.model.statistics import By, Figures, Statistics
from jobwatch.model.when import UTC, TimeRange, Zone
from jobwatch.model.zones import zone_named
from jobwatch.store import statistics_statements as sql
from jobwatch.store.connect import LogError
from jobwatch.store.connection import ReadConnection
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.search import search_of
from jobwatch.store.statistics import statistics_of

HOUR = 3_600_000
DAY = 24 * HOUR
SUMMER_ENDS = 1_792_890_000_000  # 2026-10-25T01:00Z, when Zurich's clocks go back
NOW = SUMMER_ENDS + 30 * DAY
RESTARTED = SUMMER_ENDS + DAY
ZURICH = zone_named("Europe/Zurich")


def a_load(id: str, start: Any, end: float) -> Job:
    return Job(id=id, status="COMPLETE", type="load", start_datetime=start, end_datetime=end)


def some_jobs() -> list[Job]:
    random = Random(6)
    jobs = []
    for number in range(400):
        start = SUMMER_ENDS + random.randrange(-4 * DAY, 4 * DAY)
        # Days far apart, with the change of the clocks in spring between them.
        start -= random.choice([0, 0, 0, 0, 250 * DAY, 3_000 * DAY])
        length = random.choice([0, 1, 20, 20, 700, 5_000, 60_000, 3 * HOUR, -5])
        status = random.choice(["COMPLETE"] * 6 + ["ERROR", "IN_PROGRESS", "CREATED", "ODD"])
        over = status not in ("IN_PROGRESS", "CREATED")
        total = random.choice([None, 12, 500])
        done = total and random.choice([total, total, 0, total // 2])
        jobs.append(
            Job(
                id=f"job-{number}",
                type=random.choice(["load", "export", "delete", UNSET, None, 7, {"a": [1]}, "x'y"]),
                user=random.choice(["ada", "bob", "Ada", UNSET]),
                status=status,
                start_datetime=UNSET if status == "CREATED" else start,
                created_datetime=start - 1_000,
                end_datetime=start + length if over and random.random() < 0.9 else UNSET,
                message=f"successfully loaded {done} of {total} records" if total else UNSET,
            )
        )
    edges = [day_start(day_of(SUMMER_ENDS, ZURICH) + timedelta(days=n), ZURICH) for n in range(3)]
    at_edges = (edge + shift for edge in edges for shift in (-1, 0, 0.5, 1))
    jobs += [a_load(f"edge-{n}", start, start + 9) for n, start in enumerate(at_edges)]
    odd: list[Any] = [UNSET, None, 0, 2**70, -(2**70), 1e17, -1e14, 1]
    jobs += [a_load(f"odd-{n}", start, NOW) for n, start in enumerate(odd)]
    return jobs


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    jobs = some_jobs()
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs[:120], node="n1")
        log.upsert_many(jobs[120:200], node="n[2]")
        log.upsert_many(jobs[200:])
        log.mark_lost({job.id: RESTARTED for job in jobs[:200] if job.started < RESTARTED})
    return path


@pytest.fixture
async def connection(path: Path) -> AsyncIterator[ReadConnection]:
    async with ReadConnection.open(path) as connection:
        yield connection


def clock() -> int:
    return NOW


# The same, one by one


def group_of(job: Job, node: str, by: By, zone: Zone) -> str | None:
    if by is By.DAY:
        return day_of_start(job, zone)
    if by is By.NODE:
        return node or None
    value = job.type if by is By.TYPE else job.user
    return {UNSET: None, 7: "7"}.get(value, value) if value != {"a": [1]} else '{"a":[1]}'


def day_of_start(job: Job, zone: Zone) -> str | None:
    if job.started == 0 or not -6e13 < job.started < 2.5e14:
        return None
    return day_of(job.started, zone).isoformat()


def figures_of(jobs: list[tuple[Job, Outcome]], group: str | None) -> Figures:
    lengths, done, took = [], 0, 0.0
    for job, outcome in jobs:
        start, end = job.start_datetime, job.end_datetime
        if outcome is Outcome.PENDING:
            continue
        if not isinstance(start, int | float) or not isinstance(end, int | float):
            continue
        if 0 <= end - start < 1e15:
            lengths.append(end - start)
            if job.load is not None:
                done += job.load.done
                took += end - start
    lengths.sort()
    outcomes = [outcome for _, outcome in jobs]
    return Figures(
        group,
        len(jobs),
        len(jobs) - outcomes.count(Outcome.PENDING),
        outcomes.count(Outcome.FAILED) + outcomes.count(Outcome.LOST),
        outcomes.count(Outcome.PARTIAL),
        len(lengths),
        percentile(lengths, 0.5) if lengths else None,
        percentile(lengths, 0.95) if lengths else None,
        lengths[-1] if lengths else None,
        records_per_second(done, took),
    )


def expected(path: Path, query: JobQuery, by: By, zone: Zone) -> Statistics:
    as_of = inf if query.as_of is None else query.as_of
    records = {job.id: job for job in some_jobs()}
    groups: dict[str | None, list[tuple[Job, Outcome]]] = defaultdict(list)
    with PlainJobLog.read(path) as log:
        for found in log.jobs(query):
            job, origin = records[found.id], log.origin(found.id)
            lost, outcome = origin.lost_since, job.outcome
            ended = job.end_datetime if isinstance(job.end_datetime, int | float) else job.started
            if outcome is Outcome.PENDING and lost is not None:
                outcome, ended = Outcome.LOST, lost
            if ended > as_of:
                outcome = Outcome.PENDING
            groups[group_of(job, origin.node, by, zone)].append((job, outcome))
    figures = [figures_of(jobs, group) for group, jobs in groups.items()]
    if by is By.DAY:
        figures.sort(key=lambda one: (one.group is not None, one.group or ""), reverse=True)
    else:
        figures.sort(key=lambda one: (-one.jobs, one.group is None, one.group or ""))
    total = figures_of([job for jobs in groups.values() for job in jobs], None)
    return Statistics(by, tuple(figures), total)


def where(text: str) -> Any:
    return parse_query(text, now=NOW, zone=UTC)


QUERIES = {
    "all": JobQuery(),
    "failed": JobQuery(View.FAILED),
    "running": JobQuery(View.RUNNING),
    "of facets": JobQuery(where=where("user:ada -type:load")),
    "of a node": JobQuery(node="n[2]"),
    "in a range": JobQuery(range=TimeRange(SUMMER_ENDS - DAY, SUMMER_ENDS + DAY)),
    "while it ran": JobQuery(
        range=TimeRange(SUMMER_ENDS, SUMMER_ENDS + DAY), within=Within.RUNNING
    ),
    "of any condition": JobQuery(where=where('msg:"of 500" dur>1s')),
    "by id": JobQuery(where=where("id:job-1")),
    "as of then": JobQuery(as_of=SUMMER_ENDS + 3 * HOUR),
    "failed as of then": JobQuery(View.FAILED, as_of=SUMMER_ENDS + DAY),
    "of any condition as of then": JobQuery(where=where("msg:500"), as_of=SUMMER_ENDS + DAY),
    "of nothing": JobQuery(where=where("user:nobody")),
    "of no time": JobQuery(range=TimeRange(5, 5)),
}


async def read(
    connection: ReadConnection, query: JobQuery, by: By, zone: Zone = UTC
) -> list[Statistics]:
    return [found async for found in statistics_of(connection, query, by, zone, clock)]


def in_small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 7)
    monkeypatch.setattr("jobwatch.store.slices.LARGEST", 7)
    monkeypatch.setattr("jobwatch.store.search.FEW_JOBS", 20)


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("slices", ["small", "large"])
async def test_they_are_what_the_records_come_to(
    path: Path,
    connection: ReadConnection,
    by: By,
    name: str,
    slices: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if slices == "small":
        in_small_slices(monkeypatch)
    found = await read(connection, QUERIES[name], by, ZURICH)
    assert found[-1] == expected(path, QUERIES[name], by, ZURICH)
    assert bool(found[-1].groups) == (name not in ("of nothing", "of no time"))


@pytest.mark.parametrize("zone", ["America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC"])
async def test_days_are_those_of_the_zone(
    path: Path, connection: ReadConnection, zone: str
) -> None:
    found = await read(connection, JobQuery(), By.DAY, zone_named(zone))
    assert found[-1] == expected(path, JobQuery(), By.DAY, zone_named(zone))


async def test_where_the_values_are_too_many_to_look_each_up_they_are_the_same(
    path: Path, connection: ReadConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.search.FEW_FACETS", 3)
    for by in By:
        found = await read(connection, JobQuery(), by)
        assert found[-1] == expected(path, JobQuery(), by, UTC)


async def test_there_is_some_of_everything_to_count(connection: ReadConnection) -> None:
    total = (await read(connection, JobQuery(), By.TYPE))[-1].total
    lost = (await read(connection, JobQuery(where=where("is:lost")), By.TYPE))[-1].total
    assert 0 < lost.jobs < total.failed < total.over < total.jobs
    assert 0 < total.partial < total.timed < total.over


async def test_loads_beyond_any_number_are_no_error(tmp_path: Path) -> None:
    most = 10**15 - 1
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            Job(
                id=f"{n}",
                status="COMPLETE",
                start_datetime=1_000,
                end_datetime=2_000,
                message=f"successfully loaded {most} of {most} records",
            )
            for n in range(10_000)
        )
    async with ReadConnection.open(path) as connection:
        found = await read(connection, JobQuery(), By.TYPE)
    assert found[-1].total.records_per_second == pytest.approx(most)


# How it is read


async def test_the_picture_grows(
    connection: ReadConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_slices(monkeypatch)
    monkeypatch.setattr("jobwatch.store.statistics.SHORTEST", 0)
    monkeypatch.setattr("jobwatch.store.statistics.SHARE_OF_TIME", 0)
    for by in By:
        found = await read(connection, JobQuery(), by)
        jobs = [picture.total.jobs for picture in found]
        assert len(jobs) > 10
        assert jobs == sorted(jobs)
        for picture in found:
            assert sum(group.jobs for group in picture.groups) == picture.total.jobs


async def test_few_pictures_are_made_where_they_would_take_the_time(
    connection: ReadConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_slices(monkeypatch)
    monkeypatch.setattr("jobwatch.store.statistics.SHORTEST", 3_600)
    assert len(await read(connection, JobQuery(), By.TYPE)) == 2


async def test_who_has_seen_enough_ends_the_reading(
    connection: ReadConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_slices(monkeypatch)
    statements: list[str] = []
    rows: Callable[..., Any] = connection.rows

    async def noted(statement: str, parameters: Any = ()) -> Any:
        statements.append(statement)
        return await rows(statement, parameters)

    monkeypatch.setattr(connection, "rows", noted)
    async with aclosing(statistics_of(connection, JobQuery(), By.TYPE, UTC, clock)) as pictures:
        first = await anext(pictures)
        assert 0 < first.total.jobs < 20
        so_far = len(statements)
    assert len(statements) == so_far
    # ...and the connection is free for what comes next.
    assert (await read(connection, JobQuery(), By.TYPE))[-1].total.jobs > 400


async def test_a_log_that_cannot_be_read_is_said_in_one_line(path: Path) -> None:
    with sqlite3.connect(path) as damaged:
        damaged.execute("DROP TABLE facets")
    damaged.close()
    async with ReadConnection.open(path) as connection:
        with pytest.raises(LogError, match="facets"):
            await read(connection, JobQuery(), By.TYPE)


@pytest.mark.parametrize("by", By)
def test_what_facets_tell_is_read_along_their_index_alone(path: Path, by: By) -> None:
    statement, given = search_of(JobQuery()).read(sql.BY_FACET[by], as_of=inf, origin=0, length=DAY)
    connection = sqlite3.connect(path)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
    connection.close()
    steps = [row[3] for row in rows if "jobs" in row[3]]
    assert len(steps) == 1
    assert "jobs_by_facet (facet=? AND started>? AND started<?)" in steps[0]
