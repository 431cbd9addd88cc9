"""The checks of a log: what they count is what their queries find, and nothing is written."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model import health as model
from jobwatch.model.health import (
    AHEAD,
    CHECKS,
    INTEGRITY,
    NODE_CLOCKS,
    PRUNED,
    QUICK_CHECKS,
    STRAY_OUTPUTS,
    WAL_SIZE,
    Check,
    Finding,
    job_query,
)
from jobwatch.model.job import Job
from jobwatch.model.node import Node
from jobwatch.store import health_statements
from jobwatch.store.connect import LogError
from jobwatch.store.connection import ReadConnection
from jobwatch.store.health import findings
from jobwatch.store.job_log import JobLog
from jobwatch.store.output import output_path
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.pruning import Old

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
WELL: dict[str, Any] = {"status": "COMPLETE", "start_datetime": NOW - 60_000, "end_datetime": NOW}
BY_NAME = {check.name: check for check in CHECKS}
OF_JOBS = [check for check in CHECKS if check.query]

# What each check finds, by the id that begins with its name.
WRONG: dict[str, list[dict[str, Any]]] = {
    "end before start": [
        WELL | {"end_datetime": NOW - 60_001},
        WELL | {"status": "ERROR", "end_datetime": 0},
        WELL | {"start_datetime": 2.5, "end_datetime": -1},
    ],
    "ended without an end": [
        WELL | {"end_datetime": None},
        {"status": "ERROR", "start_datetime": NOW},
        {"status": "COMPLETE", "message": "successfully loaded 1 of 3 records"},
    ],
    "running with an end": [
        WELL | {"status": "IN_PROGRESS"},
        WELL | {"status": "CREATED"},
    ],
    "unknown status": [
        WELL | {"status": "DONE"},
        WELL | {"status": None},
        {"start_datetime": NOW, "end_datetime": NOW + 1},
    ],
    "start in the future": [
        {"status": "IN_PROGRESS", "start_datetime": NOW + AHEAD},
        {"status": "CREATED", "created_datetime": NOW + 86_400_000},
    ],
    "end in the future": [
        WELL | {"end_datetime": NOW + AHEAD},
        WELL | {"status": "ERROR", "end_datetime": NOW + 86_400_000},
        WELL | {"start_datetime": 5, "end_datetime": 1e15, "message": "loaded 1 of 3 records"},
    ],
}
RIGHT: list[dict[str, Any]] = [
    WELL,
    WELL | {"end_datetime": WELL["start_datetime"]},
    WELL | {"status": "ERROR"},
    WELL | {"end_datetime": NOW + AHEAD - 1},
    {"status": "IN_PROGRESS", "start_datetime": NOW - 1},
    {"status": "IN_PROGRESS", "start_datetime": NOW + AHEAD - 1},
    {"status": "IN_PROGRESS", "start_datetime": NOW - 1, "end_datetime": None},
    {"status": "CREATED", "created_datetime": NOW - 1},
]


def clock() -> int:
    return NOW


def jobs(name: str, records: Sequence[dict[str, Any]]) -> list[Job]:
    return [Job.from_record({"id": f"{name} {n}"} | record) for n, record in enumerate(records)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a log in which nothing is wrong, with a job that was lost."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs("right", RIGHT))
        log.upsert_many([Job(id="lost", status="IN_PROGRESS", start_datetime=NOW - 5)])
        log.mark_lost({"lost": NOW - 1})
    return path


@pytest.fixture
def wrong(path: Path) -> Path:
    """Return a log in which everything is wrong that a job can have."""
    with PlainJobLog.open(path) as log:
        for name, records in WRONG.items():
            log.upsert_many(jobs(name, records))
    return path


async def found(path: Path, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    async with aclosing(findings(path, checks, clock)) as each:
        return [finding async for finding in each]


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table or index."""
    connection = sqlite3.connect(path)
    [(page,)] = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
    ).fetchall()
    [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


# What they find


async def test_all_is_well_where_nothing_is_wrong(path: Path) -> None:
    assert [(one.check, one.count, one.details) for one in await found(path)] == [
        (check, 0, ()) for check in CHECKS
    ]


async def test_all_is_well_in_a_log_without_a_job(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "new.db"):
        pass
    assert all(finding.is_well for finding in await found(tmp_path / "new.db"))


@pytest.mark.parametrize("check", OF_JOBS, ids=lambda check: str(check.name))
async def test_a_check_counts_the_jobs_that_its_query_finds(wrong: Path, check: Check) -> None:
    [finding] = await found(wrong, [check])
    expected = {job.id for job in jobs(check.name, WRONG[check.name])}
    assert finding.count == len(expected)
    with PlainJobLog.read(wrong) as log:
        query = job_query(finding.query, NOW)
        assert {job.id for job in log.jobs(query)} == expected
        assert log.count(query) == finding.count


async def test_a_node_whose_clock_is_off_is_found_by_name(path: Path) -> None:
    async with JobLog.open(path) as log:
        for name, skew in (("fast", 60_000), ("slow", -3_000), ("right", 500), ("new", None)):
            await log.save_node(Node(name=name, skew=skew))
    assert await found(path, [NODE_CLOCKS]) == [
        Finding(check=NODE_CLOCKS, count=2, details=("fast: 1:00 ahead", "slow: 3.0s behind"))
    ]


async def test_a_large_write_ahead_log_is_found_also_behind_a_link(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [Job(id="big", status="COMPLETE", end_datetime=NOW, job_body="x" * 2_000_000)]
        )
        [well] = await found(link, [WAL_SIZE])
        monkeypatch.setattr(model, "LARGE_WAL", 1_000_000)
        [finding] = await found(link, [WAL_SIZE])
    assert well.is_well
    assert finding == Finding(check=WAL_SIZE, count=1, details=("2 MB",))


async def test_what_pruning_keeps_away_is_told_and_nothing_is_wrong(path: Path) -> None:
    day = 86_400_000
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs("old", [WELL | {"start_datetime": 5, "end_datetime": 6}] * 2))
        log.upsert_many(
            jobs("old", [WELL | {"start_datetime": 5, "end_datetime": NOW - 100 * day}])
        )
        for status, before in (("COMPLETE", NOW - 99 * day), ("", 20_000 * day)):
            log.upsert_many(jobs("old", [WELL | {"start_datetime": 5, "end_datetime": 6}]))
            [*_] = log.prune(Old(before, frozenset(filter(None, [status]))))
    [finding] = await found(path, [PRUNED])
    assert finding.is_well
    line = "jobs that ended before 2026-08-16 22:03:16, UTC, stay away from mirrors (COMPLETE)"
    of_any = "jobs that ended before 2024-10-04 00:00, UTC, stay away from mirrors (any status)"
    assert finding.details == (of_any, line)
    assert finding.how_many == f"{of_any}; {line}"


async def test_of_two_floors_the_higher_is_told(path: Path) -> None:
    with PlainJobLog.open(path) as log:
        for before, statuses in ((5_000, {"COMPLETE"}), (86_400_000, set[str]())):
            log.upsert_many(jobs("old", [WELL | {"start_datetime": 5, "end_datetime": 6}]))
            [*_] = log.prune(Old(before, frozenset(statuses)))
    [finding] = await found(path, [PRUNED])
    assert finding.details == (
        "jobs that ended before 1970-01-02 00:00, UTC, stay away from mirrors (any status)",
    )


async def test_no_character_of_a_status_reaches_a_terminal_raw(path: Path) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="odd", status="\x1b[31m\n", start_datetime=5, end_datetime=6)])
        [*_] = log.prune(Old(50, frozenset({"\x1b[31M\n"})))
    [finding] = await found(path, [PRUNED])
    assert finding.how_many.isprintable()
    assert "[31M" in finding.how_many


async def test_kept_output_without_a_job_is_found_once_nobody_writes_it(path: Path) -> None:
    def keep(id: str, minutes: int) -> Path:
        output = output_path(path, id)
        output.parent.mkdir(exist_ok=True)
        output.write_bytes(b"x" * 60_000)
        at = NOW / 1_000 - minutes * 60
        os.utime(output, (at, at))
        return output

    assert (await found(path, [STRAY_OUTPUTS]))[0].is_well
    for id, minutes in (("lost", 61), ("right 0", 61), ("lately", 59)):
        keep(id, minutes)
    assert (await found(path, [STRAY_OUTPUTS]))[0].is_well
    stray = keep("gone", 61)
    keep("gone-too", 61)
    two = Finding(check=STRAY_OUTPUTS, count=2, details=("120,000 bytes in all",))
    assert await found(path, [STRAY_OUTPUTS]) == [two]
    assert stray.exists()
    if sys.platform == "linux":  # elsewhere nothing tells
        with stray.open("ab"):
            assert (await found(path, [STRAY_OUTPUTS]))[0].count == 1


@pytest.mark.parametrize("table", ["jobs", "jobs_by_start", "jobs_by_facet", "facets", "nodes"])
async def test_a_damaged_log_is_a_finding_wherever_it_is_damaged(path: Path, table: str) -> None:
    damage(path, table)
    by_check = {finding.check: finding for finding in await found(path)}
    assert list(by_check) == list(CHECKS)
    assert by_check[INTEGRITY].count != 0
    assert by_check[INTEGRITY].details
    assert not any("\n" in detail for detail in by_check[INTEGRITY].details)


async def test_what_damage_keeps_from_being_counted_is_told_as_such(path: Path) -> None:
    damage(path, "jobs_by_facet")
    [finding] = await found(path, [BY_NAME["start in the future"]])
    assert finding.count is None
    assert "damaged" in finding.details[0]


# How they are found


@pytest.mark.parametrize("mode", [0o600, 0o400])
async def test_nothing_is_written(wrong: Path, mode: int) -> None:
    wrong.chmod(mode)
    before = wrong.read_bytes(), wrong.stat().st_mtime_ns
    assert len(await found(wrong)) == len(CHECKS)
    assert (wrong.read_bytes(), wrong.stat().st_mtime_ns) == before


async def test_a_log_of_an_older_version_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    script = Path(__file__).parents[1] / "data/log-2.sql"
    connection = sqlite3.connect(path)
    connection.executescript(script.read_text("utf-8"))
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LogError, match=r"older jobwatch \(schema 2, .*any other command"):
        await found(path)
    assert path.read_bytes() == before


async def test_an_empty_file_is_no_log_and_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    path.touch()
    with pytest.raises(LogError, match="is empty"):
        await found(path)
    assert not path.read_bytes()


async def test_a_log_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="there is no job log at"):
        await found(tmp_path / "none.db")
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("text", ["no database at all, " * 100, "CREATE TABLE mine (a)"])
async def test_what_is_no_log_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "jobs.db"
    if text.startswith("CREATE"):
        connection = sqlite3.connect(path)
        connection.execute(text)
        connection.close()
    else:
        path.write_text(text)
    with pytest.raises(LogError, match="not a job log"):
        await found(path)


async def test_a_check_comes_as_soon_as_it_is_known(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_statements, "INTEGRITY", "SELECT 'not run yet'")
    async with aclosing(findings(path, CHECKS, clock)) as each:
        assert [await anext(each) for _ in QUICK_CHECKS]
        monkeypatch.setattr(health_statements, "INTEGRITY", "SELECT 'run now'")
        assert (await anext(each)).details == ("run now",)


async def test_to_cancel_ends_the_statement_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "WITH n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT max(a) FROM n"
    monkeypatch.setattr(health_statements, "INTEGRITY", endless)
    runs = threading.Event()
    rows = ReadConnection.rows

    async def watched(self: ReadConnection, statement: str, *parameters: Any) -> list[Any]:
        if statement == endless:
            await self._connection.set_progress_handler(runs.set, 1_000)
        return await rows(self, statement, *parameters)

    monkeypatch.setattr(ReadConnection, "rows", watched)
    task = asyncio.create_task(found(path, [INTEGRITY]))
    assert await asyncio.to_thread(runs.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
