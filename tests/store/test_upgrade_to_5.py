"""A log of schema version 4 keeps all that it has, and from then on what was pruned stays away."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.job import Job, Outcome
from jobwatch.model.node import Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.store.connect import SCHEMA_VERSION
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.pruning import Old
from jobwatch.store.transactions import Changes

FOURTH_VERSION = Path(__file__).parents[1] / "data" / "log-4.sql"

OUTCOMES = {
    "whole": Outcome.ENDED,
    "partial": Outcome.PARTIAL,
    "failed": Outcome.FAILED,
    "lost": Outcome.LOST,
    "there": Outcome.ENDED,
    "running": Outcome.PENDING,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.executescript(FOURTH_VERSION.read_text("utf-8"))
    connection.close()
    return path


def asked(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(path)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def tables(path: Path) -> dict[str, str]:
    """Return what a log is made of, without comments and layout."""
    found = asked(path, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(re.sub("--.*", "", sql).split()) for name, sql in found}


def test_the_tables_are_those_of_a_new_log(path: Path) -> None:
    assert "floors" not in tables(path)
    new = path.with_name("new.db")
    for log in (path, new):
        with PlainJobLog.open(log):
            pass
    assert tables(path) == tables(new)
    assert "floors" in tables(path)


def test_nothing_is_lost_on_the_way(path: Path) -> None:
    before = asked(path, "SELECT * FROM jobs ORDER BY seq")
    with PlainJobLog.read(path) as log:
        assert {row.id: row.outcome for row in log.rows(JobQuery())} == OUTCOMES
        assert log.note("partial") == Note(8000, "the file was cut")
        assert log.origin("lost") == Origin("n1", 50_000)
    assert asked(path, "SELECT * FROM jobs ORDER BY seq") == before
    assert asked(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


async def test_what_is_pruned_from_it_stays_away(path: Path) -> None:
    with PlainJobLog.open(path) as plain:
        steps = [*plain.prune(Old(6_500))]
    assert steps[-1].jobs == 3
    there = Job(id="there", status="COMPLETE", start_datetime=5_000, end_datetime=6_000)
    async with JobLog.open(path) as log:
        assert await log.mirror([there], node="n1") == Changes()
        assert {job.id for job in await log.page(JobQuery(), limit=10)} == {
            "partial",
            "lost",
            "running",
        }
