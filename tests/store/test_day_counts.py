"""Jobs and failures by day: right in any zone, and read through indexes alone."""

from __future__ import annotations

import json
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from jobwatch.model.days import day_edges, day_of
from jobwatch.model.heat import DayCount
from jobwatch.model.job import Job
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named
from jobwatch.store import statements as sql
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

HOUR = 3_600_000


def jobs_around(edges: list[int]) -> list[Job]:
    """Make jobs at, just before and between the edges, and some outside of them."""
    pick = random.Random(1)
    starts = [edge + shift for edge in edges for shift in (-1, 0, 1)]
    starts += [pick.randrange(edges[0] - 48 * HOUR, edges[-1] + 48 * HOUR) for _ in range(600)]
    states = ("COMPLETE", "COMPLETE", "ERROR", "IN_PROGRESS")
    return [
        Job(id=f"{n}", status=pick.choice(states), start_datetime=start)
        for n, start in enumerate(starts)
    ]


@pytest.mark.parametrize("zone", [UTC, zone_named("Europe/Zurich"), zone_named("America/Havana")])
@pytest.mark.parametrize(("year", "month"), [(2026, 3), (2026, 10), (2026, 11)])
async def test_each_day_of_the_zone_has_its_jobs_over_a_change_of_the_clock_too(
    tmp_path: Path, zone: Zone, year: int, month: int
) -> None:
    edges = day_edges(year, month, zone)
    jobs = jobs_around(edges)
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many(jobs)
    async with LogReader.open(tmp_path / "jobs.db") as reader:
        found = await reader.day_counts(edges)
    expected = []
    day = day_of(edges[0], zone)
    while day.month == month:
        that_day = [job for job in jobs if day_of(job.started, zone) == day]
        failed = sum(job.status == "ERROR" for job in that_day)
        expected.append(DayCount(len(that_day), failed))
        day += timedelta(days=1)
    assert found == expected


async def test_lost_jobs_are_among_the_failed(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many([Job(id="a", status="IN_PROGRESS", start_datetime=10)])
        log.mark_lost({"a": 20})
    async with LogReader.open(tmp_path / "jobs.db") as reader:
        assert await reader.day_counts([0, 100]) == [DayCount(1, 1)]


def test_a_month_is_read_through_covering_indexes_alone(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db"):
        pass
    connection = sqlite3.connect(tmp_path / "jobs.db")
    edges = json.dumps(day_edges(2026, 11, UTC))
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql.COUNT_DAYS}", (edges,)).fetchall()
    connection.close()
    steps = [row[3] for row in rows]
    assert [step for step in steps if "jobs" in step] == [
        "SEARCH jobs USING COVERING INDEX jobs_by_start (started>? AND started<?)",
        "SEARCH jobs USING COVERING INDEX jobs_amiss (started>? AND started<?)",
    ]
    # What is scanned are the edges of the days.
    assert not [step for step in steps if "SCAN" in step and "jobs" in step]
