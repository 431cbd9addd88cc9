"""A log of schema version 3 is, once it is opened, as if it had been written anew."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.job import Job, Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.node import Node
from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import Note
from jobwatch.model.summary import StateCounts
from jobwatch.model.when import UTC
from jobwatch.store.connect import SCHEMA_VERSION
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.transactions import Changes

THIRD_VERSION = Path(__file__).parents[1] / "data" / "log-3.sql"
NO_TABLE = "Table '…' does not exist"

IMPLIED = {
    "whole": (Outcome.ENDED, 379, 379, None, 2_000),
    "partial": (Outcome.PARTIAL, 9, 12, None, 5_000),
    "plain": (Outcome.ENDED, None, None, None, 100),
    "none": (Outcome.FAILED, 0, 12, "successfully loaded # of # records", 100),
    "other": (Outcome.PARTIAL, 7, 8, None, 200),
    "failed": (Outcome.FAILED, None, None, NO_TABLE, 100),
    "failed too": (Outcome.FAILED, None, None, NO_TABLE, 100),
    "failed in part": (
        Outcome.FAILED,
        None,
        None,
        "successfully loaded # of # records",
        None,
    ),
    "silent": (Outcome.FAILED, None, None, "", 0),
    b'"a\\u0000b"': (Outcome.PENDING, None, None, None, None),
    "ended": (Outcome.ENDED, None, None, None, -100),
    "lost": (Outcome.LOST, None, None, None, None),
    "failed there": (Outcome.FAILED, None, None, NO_TABLE, 100),
    "partial there": (Outcome.PARTIAL, 11, 12, None, 0),
    "running": (Outcome.PENDING, None, None, None, None),
}
"""What came of each job of that log: how many records of how many, what error, how long (ms)."""

WRITTEN = """
SELECT id, seq, arrival, started, outcome, lost_at, done, total, fingerprint, ended, span, took,
       status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime,
       message, other, job_body, name
FROM jobs LEFT JOIN kinds USING (kind) LEFT JOIN nodes USING (node)
ORDER BY seq
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    connection.executescript(THIRD_VERSION.read_text("utf-8"))
    connection.close()
    return path


@pytest.fixture
def upgraded(path: Path) -> Iterator[sqlite3.Connection]:
    with PlainJobLog.read(path):
        pass
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


@pytest.fixture
async def anew(path: Path) -> Path:
    """Return a log into which the same records were written."""
    other = path.with_name("anew.db")
    with PlainJobLog.read(path) as log:
        jobs = {job.id: job for job in log.jobs(JobQuery())}
        rows = sorted(log.rows(JobQuery()))
    async with JobLog.open(other) as new:
        for row in rows:
            await new.upsert_many([jobs[row.id]], node=row.node or None)
            if row.id == "partial there":
                await new.save_node(Node(name="n1", process_started=60_000))
    return other


def tables(path: Path) -> dict[str, str]:
    """Return what a log is made of, without comments and layout."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    made = {name: " ".join(re.sub("--.*", "", sql).split()) for name, sql in found}
    connection.close()
    return made


def written(path: Path) -> list[Any]:
    connection = sqlite3.connect(path)
    rows = connection.execute(WRITTEN).fetchall()
    connection.close()
    return rows


def test_what_the_records_imply_is_there(upgraded: sqlite3.Connection) -> None:
    rows = upgraded.execute(
        "SELECT id, outcome, done, total, fingerprint, took FROM jobs LEFT JOIN kinds USING (kind)"
    )
    assert {id: tuple(implied) for id, *implied in rows} == IMPLIED


async def test_the_jobs_are_as_if_they_had_been_written_anew(path: Path, anew: Path) -> None:
    assert len(written(path)) == len(IMPLIED)
    assert written(path) == written(anew)


async def test_the_tables_are_those_of_a_new_log(path: Path, anew: Path) -> None:
    assert tables(path) == tables(anew)


def test_each_job_has_the_facet_of_its_values(upgraded: sqlite3.Connection) -> None:
    wrong = upgraded.execute("""
        SELECT id FROM jobs LEFT JOIN facets USING (facet)
        WHERE facet IS NULL OR jobs.outcome IS NOT facets.outcome
           OR jobs.status IS NOT facets.status OR jobs.type IS NOT facets.type
           OR jobs.user IS NOT facets.user OR jobs.node IS NOT facets.node
    """).fetchall()
    twice = upgraded.execute("""
        SELECT count(*) FROM facets GROUP BY outcome, status, type, user, node HAVING count(*) > 1
    """).fetchall()
    assert (wrong, twice) == ([], [])


async def test_the_facets_in_use_are_those_of_a_new_log(path: Path, anew: Path) -> None:
    def in_use(path: Path) -> set[Any]:
        connection = sqlite3.connect(path)
        rows = connection.execute("""
            SELECT outcome, status, type, user, name FROM facets LEFT JOIN nodes USING (node)
            WHERE facet IN (SELECT facet FROM jobs)
        """).fetchall()
        connection.close()
        assert len(rows) == len(set(rows))
        return set(rows)

    assert in_use(path) == in_use(anew)
    assert len(in_use(path)) > 8


def test_only_the_kinds_of_errors_that_there_are_have_a_number(
    upgraded: sqlite3.Connection,
) -> None:
    kinds = upgraded.execute("SELECT fingerprint FROM kinds").fetchall()
    assert sorted(kinds) == [("",), (NO_TABLE,), ("successfully loaded # of # records",)]


def test_the_file_is_sound_and_of_the_new_version(upgraded: sqlite3.Connection) -> None:
    assert upgraded.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert upgraded.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


async def test_a_reader_that_opens_it_finds_what_it_finds_in_a_new_log(
    path: Path, anew: Path
) -> None:
    texts = ["is:partial", "is:lost", "shortfall>2", "rate<2", f'kind:"{NO_TABLE}"', 'kind:""']
    found = []
    for log in (path, anew):
        async with LogReader.open(log, clock=lambda: 80_000) as reader:
            answers: list[Any] = [await reader.counts(), await reader.row("partial")]
            answers += [kinds async for kinds in reader.count_kinds(JobQuery())][-1]
            answers.append(await reader.signs())
            for text in texts:
                where = parse_query(text, now=80_000, zone=UTC)
                answers.append(await reader.found(JobQuery(where=where), 100))
            attention = reader.list_jobs(JobQuery(View.ATTENTION))
            await attention.refresh()
            answers.append(await attention.page(0))
        found.append(answers)
    assert found[0] == found[1]
    assert found[0][0] == StateCounts(2, 3, 3, 6, 1)
    assert all(found[0])


def test_the_same_records_change_nothing_and_notes_can_be_written(path: Path) -> None:
    with PlainJobLog.open(path) as log:
        jobs = list(log.jobs(JobQuery()))
        assert log.upsert_many(jobs) == Changes(0, 0, len(jobs))
        assert log.upsert_many([Job(id="new", status="ERROR", message="no")]) == Changes(1, 0, 0)
        assert log.set_notes({"partial": Note(5, "known")}) == 1
        notes = [(row.id, row.note) for row in log.rows(JobQuery()) if row.note is not None]
        assert notes == [("partial", Note(5, "known"))]


def test_who_opens_it_again_upgrades_nothing(path: Path) -> None:
    with PlainJobLog.open(path):
        pass
    first = written(path)
    with PlainJobLog.open(path):
        pass
    assert written(path) == first
