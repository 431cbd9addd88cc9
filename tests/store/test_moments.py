"""What went on at an instant or beside a job, what happened next, and how many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from jobwatch.model.condition import Field
from jobwatch.model.job import UNSET, Job
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, View, Within
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store import search_statements as sql
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.search_statements import Way

MINUTE = 60_000
NOW = 20_000 * MINUTE


def some_jobs() -> list[Job]:
    random = Random(4)
    jobs = []
    for number in range(300):
        start = random.randrange(0, 1_000) * MINUTE
        length = random.choice([0, 1, 3, 20, 100, 500, 9_000]) * MINUTE
        goes_on = random.random() < 0.05
        jobs.append(
            Job(
                id=f"job-{number}",
                type=random.choice(["csv_load", "export", "delete"]),
                user=random.choice(["ada", "bob"]),
                status="IN_PROGRESS" if goes_on else random.choice(["COMPLETE", "ERROR"]),
                start_datetime=start,
                end_datetime=UNSET if goes_on else start + length,
                message=f"row {number}",
            )
        )
    return jobs


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[LogReader]:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(some_jobs()[:100], node="n1")
        log.upsert_many(some_jobs()[100:])
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        yield reader


def over(job: Job) -> int:
    return job.end_datetime if isinstance(job.end_datetime, int) else NOW


@pytest.mark.parametrize("number", range(0, 300, 13))
async def test_what_else_ran_is_what_overlapped(reader: LogReader, number: int) -> None:
    jobs = some_jobs()
    row = await reader.row(f"job-{number}")
    assert row is not None
    overlaps = await reader.overlaps(row)
    own = jobs[number]
    expected = {
        job.id
        for job in jobs
        if job is not own and job.started <= over(own) and over(job) >= own.started
    }
    assert {other.id for other in overlaps.jobs} == expected
    assert overlaps.total == len(expected)


async def test_the_most_alike_are_kept_where_many_ran(
    reader: LogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.overlaps.MOST", 3)
    row = await reader.row("job-26")
    assert row is not None
    overlaps = await reader.overlaps(row)
    assert 3 <= len(overlaps.jobs) <= 6
    assert overlaps.total > 6
    assert (overlaps.jobs[0].type, overlaps.jobs[0].user) == (row.type, row.user)


async def test_events_are_the_starts_and_ends_in_turn(reader: LogReader) -> None:
    jobs = some_jobs()
    ends = {over(job) for job in jobs if job.status != "IN_PROGRESS"}
    events = sorted({int(job.started) for job in jobs} | ends)
    forth, at = [], -1
    while (event := await reader.event_after(at)) is not None:
        forth.append(event)
        at = event
    back, at = [], NOW
    while (event := await reader.event_before(at)) is not None:
        back.append(event)
        at = event
    assert forth == events
    # Before the first start nothing happened.
    assert back == events[::-1]


@pytest.mark.parametrize(
    "query",
    [
        JobQuery(),
        JobQuery(where=parse_query("user:ada", now=NOW, zone=UTC)),
        JobQuery(View.FAILED, where=parse_query("row 1", now=NOW, zone=UTC)),
        JobQuery(node="n1"),
        JobQuery(range=TimeRange(100 * MINUTE, 300 * MINUTE)),
        JobQuery(range=TimeRange(100 * MINUTE, 300 * MINUTE), within=Within.RUNNING),
        JobQuery(as_of=500 * MINUTE),
    ],
)
async def test_counts_follow_the_query_and_grow(
    reader: LogReader, query: JobQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 7)
    monkeypatch.setattr("jobwatch.store.search.FEW_JOBS", 20)
    counted = [counts async for counts in reader.count_states(query)]
    with PlainJobLog.read(reader.path) as log:
        expected = tuple(
            log.count(JobQuery(view, query.range, query.within, "", query.where, query.node,
                               as_of=query.as_of))
            for view in (View.RUNNING, View.ALL, View.FAILED)
        )  # fmt: skip
    running, complete, partial, failed, lost = counted[-1]
    assert (running, sum(counted[-1]), failed + lost) == expected
    assert complete + partial == expected[1] - expected[0] - expected[2]
    assert list(map(sum, counted)) == sorted(map(sum, counted))


async def test_the_values_of_the_log_are_known_by_field(reader: LogReader) -> None:
    assert await reader.values() == {
        Field.NODE: ["n1"],
        Field.STATUS: ["COMPLETE", "ERROR", "IN_PROGRESS"],
        Field.TYPE: ["csv_load", "delete", "export"],
        Field.USER: ["ada", "bob"],
    }


def test_neither_an_instant_nor_a_value_is_found_by_a_scan(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db"):
        pass
    connection = sqlite3.connect(tmp_path / "jobs.db")
    connection.execute(sql.CREATE_FOUND)
    names: tuple[str, ...] = ("start", "end", "now", "before", "limit", "first", "as_of", "instant")
    names += ("seq", "type", "user", "started")
    given: dict[str, object] = {**dict.fromkeys(names, 1), "ids": "[]"}
    plans = {
        (name, way): _plan(connection, getattr(sql, name)[way], given)
        for name in ("PROBE", "APPEND_DOWN", "PREPEND_UP", "COUNT_BY_OUTCOME", "MOST_ALIKE")
        for way in Way
    }
    plans["NEXT_END", Way.BEFORE] = _plan(connection, sql.NEXT_END, given)
    indexes = {
        Way.START: ["jobs_by_start (started>"],
        Way.FACET: ["jobs_by_facet (facet=? AND started>"],
        Way.ID: ["sqlite_autoindex_jobs_1 (id>"],
        Way.BEFORE: ["jobs_long (span=? AND started>", "jobs_by_start (started>", "jobs_running"],
    }
    for (name, way), plan in plans.items():
        assert "SCAN jobs" not in plan, (name, way, plan)
        for index in indexes[way]:
            assert index in plan, (name, way, plan)
    assert "COVERING INDEX jobs_by_facet" in _plan(connection, sql.COUNT_BY_FACET, given)
    connection.close()


def _plan(connection: sqlite3.Connection, statement: str, given: dict[str, object]) -> str:
    for placeholder in ("{of_facets}", "{facets}", "{where}"):
        statement = statement.replace(placeholder, "TRUE")
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
    return "\n".join(row[3] for row in rows)
