"""JobLog: the file, the life of a job, merging, and many writers at once."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import jobwatch
from jobwatch.model.condition import Field, Mentions, Pattern
from jobwatch.model.job import UNSET, Job, JobStatus, Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.summary import StateCounts
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store import connect
from jobwatch.store.alive import Process, own_process, process_of
from jobwatch.store.connect import JobExistsError, LogError, UnknownJobError
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.transactions import Changes

DATA = Path(__file__).parents[1] / "data"
FIRST_VERSION, SECOND_VERSION = DATA / "log-1.sql", DATA / "log-2.sql"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "jobs.db"


def job(number: int, **fields: object) -> Job:
    return Job(id=f"job-{number}", status="COMPLETE", start_datetime=number).replace(**fields)


async def test_a_new_log_is_its_owners_alone_in_a_folder_that_is_made(path: Path) -> None:
    async with JobLog.open(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    connection = sqlite3.connect(path)
    pragma = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "auto_vacuum", "user_version", "application_id")
    }
    connection.close()
    assert pragma == {
        "journal_mode": "wal",
        "auto_vacuum": 2,
        "user_version": connect.SCHEMA_VERSION,
        "application_id": connect.APPLICATION_ID,
    }


async def test_a_job_is_created_started_and_ended_on_the_logs_clock(path: Path) -> None:
    now = 1_000
    async with JobLog.open(path, clock=lambda: now) as log:
        made = await log.create(type="csv_data_load", user="ada", job_body={"a": 1})
        assert (made.status, made.created_datetime, made.start_datetime) == ("CREATED", now, UNSET)
        now = 2_000
        begun = await log.start(made.id)
        assert (begun.status, begun.start_datetime) == ("IN_PROGRESS", 2_000)
        await log.update(made.id, message="half")
        now = 3_000
        done = await log.finish(made.id)
        assert (done.status, done.end_datetime, done.message) == ("COMPLETE", 3_000, "half")
        assert await log.get_job(made.id) == done
        other = await log.create(id="mine", type="t")
        failed = await log.fail(other.id, {"error": "no"})
        assert (failed.status, failed.message) == ("ERROR", {"error": "no"})


async def test_a_job_that_is_started_says_which_process_runs_it(path: Path) -> None:
    assert jobwatch.own_process is own_process
    assert "own_process" in jobwatch.__all__
    async with JobLog.open(path, clock=lambda: 2_000) as log:
        for id in ("with", "without"):
            await log.upsert_many([Job(id=id, status="CREATED", other={"x": 1})])
        started = await log.start("with", process=jobwatch.own_process())
        assert started.status == JobStatus.IN_PROGRESS
        assert (started.start_datetime, started.other["x"]) == (2_000, 1)
        assert process_of(started.other) == own_process()
        assert (await log.start("without")).other == {"x": 1}
        assert await log.get_job("with") == started
        again = await log.start("with", process=Process("elsewhere", 7))
        assert process_of(again.other) == Process("elsewhere", 7)
        ended = await log.finish("with", "ok")
        assert ended.other == again.other


async def test_a_clock_that_goes_back_never_makes_a_record_older(path: Path) -> None:
    now = 5_000
    async with JobLog.open(path, clock=lambda: now) as log:
        made = await log.create(type="t")
        now = 1_000
        assert (await log.start(made.id)).updatedtime == 5_000


async def test_an_unknown_job_and_one_that_is_there_already_are_said(path: Path) -> None:
    async with JobLog.open(path) as log:
        with pytest.raises(UnknownJobError, match="there is no job nope"):
            await log.start("nope")
        await log.create(id="a", type="t")
        with pytest.raises(JobExistsError, match="there is a job a already"):
            await log.create(id="a", type="t")
        assert await log.get_job("nope") is None
        assert await log.count(JobQuery()) == 1


async def test_upserts_tell_new_from_updated_and_unchanged(path: Path) -> None:
    async with JobLog.open(path) as log:
        assert await log.upsert_many([job(1), job(2), job(1)]) == Changes(2, 0, 1)
        assert await log.upsert_many([job(2, message="x"), job(3)]) == Changes(1, 1, 0)
        assert await log.upsert_many([job(1, message=True), job(1, message=1)]) == Changes(0, 2, 0)


async def test_a_job_keeps_its_seq_when_it_is_updated(path: Path) -> None:
    async with JobLog.open(path) as log:
        await log.upsert_many([job(1), job(2), job(3)])
        await log.upsert_many([job(1, message="x", start_datetime=9)])
        async with LogReader.open(path) as reader:
            row = await reader.row("job-1")
            assert row is not None
            assert (row.seq, row.started, row.message) == (1, 9, "x")


async def test_pages_go_on_behind_a_job_in_both_orders(path: Path) -> None:
    async with JobLog.open(path) as log:
        await log.upsert_many(job(n, start_datetime=n // 3) for n in range(10))
        for descending in (True, False):
            query = JobQuery(sort=Sort(SortKey.STARTED, descending))
            seen: list[str] = []
            last = None
            while page := await log.page(query, limit=4, after=last):
                seen += [found.id for found in page]
                last = page[-1]
            numbers = sorted(range(10), reverse=descending)
            assert seen == [f"job-{n}" for n in numbers]


async def test_queries_narrow_by_view_range_and_text(path: Path) -> None:
    async with JobLog.open(path) as log:
        await log.upsert_many(
            [
                job(1),
                job(2, status="ERROR", message="Table 'dev.nope' does not exist"),
                job(3, status="IN_PROGRESS", user="100%_sure"),
                job(4, status="ERROR", message={"error": 'say "no"'}),
            ]
        )
        assert await log.count(JobQuery(View.FAILED)) == 2
        assert await log.count(JobQuery(View.RUNNING)) == 1
        assert await log.count(JobQuery(range=TimeRange(2, 4))) == 2
        for text, found in (("DEV.NOPE", 1), ('"no"', 1), ("%_", 1), ("_", 1), ("job-", 4)):
            assert await log.count(JobQuery(where=Mentions(Pattern.containing(text)))) == found, (
                text
            )


async def test_a_cancelled_write_is_whole_or_undone_and_the_log_goes_on(path: Path) -> None:
    async with JobLog.open(path) as log:
        for number in range(40):
            write = asyncio.create_task(log.upsert_many(job(number * 100 + n) for n in range(50)))
            for _ in range(number % 12):
                await asyncio.sleep(0)
            if write.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await write
            assert await log.count(JobQuery()) % 50 == 0
        await log.upsert_many([job(99_999)])
        assert await log.get_job("job-99999") is not None


WRITER = """
import sys
from jobwatch.model.job import Job
from jobwatch.store.plain_log import PlainJobLog
with PlainJobLog.open(sys.argv[1]) as log:
    for number in range(60):
        log.upsert_many([Job(id=f"{sys.argv[2]}-{number}", status="COMPLETE")])
"""


async def test_writers_in_other_processes_and_tasks_lose_nothing(path: Path) -> None:
    async with JobLog.open(path) as log, JobLog.open(path) as second:
        others = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "ab"
        ]
        try:
            await asyncio.gather(
                *(log.upsert_many([job(n)]) for n in range(60)),
                *(second.upsert_many([job(1_000 + n)]) for n in range(60)),
            )
        finally:
            statuses = [other.wait(timeout=60) for other in others]
        assert statuses == [0, 0]
        assert await log.count(JobQuery()) == 240


def tables(path: Path) -> dict[str, str]:
    """Return what a log is made of, without comments and layout."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    made = {name: " ".join(re.sub("--.*", "", sql).split()) for name, sql in found}
    connection.close()
    return made


async def test_a_log_of_the_first_version_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    connection.executescript(FIRST_VERSION.read_text("utf-8"))
    connection.close()
    async with LogReader.open(path) as reader:
        counts = await reader.counts()
        assert (counts.running, sum(counts), counts.failed) == (1, 3, 1)
        row = await reader.row("failed")
        assert row is not None
        assert (row.seq, row.outcome, row.node, row.message) == (2, Outcome.FAILED, "n1", "no")
        assert await reader.body("failed") == {"a": 1}
        assert [node.name for node in await reader.nodes()] == ["n1", "n2"]
        assert (await reader.origin("done")).node == ""
    async with JobLog.open(path.with_name("new.db")):
        pass
    assert tables(path) == tables(path.with_name("new.db"))


async def test_a_log_of_the_second_version_is_found_by_what_it_says(path: Path) -> None:
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    connection.executescript(SECOND_VERSION.read_text("utf-8"))
    connection.close()

    def found(log: PlainJobLog, text: str) -> list[str]:
        return [row.id for row in log.rows(JobQuery(where=parse_query(text, now=0, zone=UTC)))]

    async with LogReader.open(path) as reader:
        lost = reader.list_jobs(JobQuery(where=parse_query("is:lost", now=0, zone=UTC)))
        await lost.refresh()
        assert [row and (row.id, row.over, row.node) for row in await lost.page(0)] == [
            ("lost", 500, "n1")
        ]
        assert (await reader.origin("lost")).lost_since == 500
        assert (await reader.job("lost") or Job(id="")).other == {"x": 1}
        assert [counts async for counts in reader.count_states(JobQuery(node="n1"))] == [
            StateCounts(running=1, failed=1, lost=1)
        ]
        assert await reader.values() == {
            Field.NODE: ["n1"],
            Field.STATUS: ["COMPLETE", "ERROR", "IN_PROGRESS"],
            Field.TYPE: ["7", "t"],
            Field.USER: ["u"],
        }
    with PlainJobLog.read(path) as log:
        assert found(log, "-user:u") == ["failed"]
        assert found(log, "type:7") == ["lost"]
    async with JobLog.open(path.with_name("new.db")):
        pass
    assert tables(path) == tables(path.with_name("new.db"))


async def test_a_migration_that_fails_leaves_the_log_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with JobLog.open(path):
        pass
    old = connect.SCHEMA_VERSION
    script = path.with_name("to_next.sql")
    script.write_text("CREATE TABLE added (x);\nNONSENSE;")
    monkeypatch.setattr(connect, "SCHEMA_VERSION", old + 1)
    monkeypatch.setattr(connect, "SCRIPTS", {old: str(script)})
    with pytest.raises(LogError, match="syntax error"):
        connect.open_plain(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (old,)
    assert connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'added'"
    ).fetchone() == (0,)
    connection.close()


def test_statuses_can_be_members_of_the_enumeration(path: Path) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="a", status=JobStatus.ERROR)])
        assert log.count(JobQuery(View.FAILED)) == 1


class TestWhatIsWrong:
    """One line that a person can act on, and no file made by looking."""

    def test_a_missing_log(self, tmp_path: Path) -> None:
        with (
            pytest.raises(LogError, match="there is no job log at"),
            PlainJobLog.read(tmp_path / "x"),
        ):
            pass
        assert os.listdir(tmp_path) == []

    def test_a_folder(self, tmp_path: Path) -> None:
        for opened in (PlainJobLog.open, PlainJobLog.read):
            with pytest.raises(LogError, match="is a folder"), opened(tmp_path):
                pass

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.txt"
        path.write_text("dear diary " * 100)
        for opened in (PlainJobLog.open, PlainJobLog.read):
            with pytest.raises(LogError, match="damaged or not a job log"), opened(path):
                pass
        assert path.read_text() == "dear diary " * 100

    def test_another_programs_database(self, tmp_path: Path) -> None:
        path = tmp_path / "other.db"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE theirs (x)")
        connection.commit()
        connection.close()
        for opened in (PlainJobLog.open, PlainJobLog.read):
            with pytest.raises(LogError, match="but not a job log"), opened(path):
                pass

    def test_a_log_of_a_newer_version(self, path: Path) -> None:
        with PlainJobLog.open(path):
            pass
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(LogError, match="newer jobwatch"), PlainJobLog.read(path):
            pass

    def test_a_damaged_log(self, path: Path) -> None:
        with PlainJobLog.open(path) as log:
            log.upsert_many(job(n, message="x" * 500) for n in range(500))
        data = bytearray(path.read_bytes())
        data[4096:-4096] = b"\xff" * (len(data) - 8192)
        path.write_bytes(data)
        with pytest.raises(LogError, match="damaged"), PlainJobLog.read(path) as log:
            list(log.jobs(JobQuery()))

    def test_a_locked_log(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connect, "BUSY_TIMEOUT", 10)
        monkeypatch.setattr(connect, "CONNECTION_PRAGMAS", ("PRAGMA busy_timeout = 10",))
        with PlainJobLog.open(path) as log:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LogError, match="is locked by another program"):
                log.upsert_many([job(1)])
            other.execute("ROLLBACK")
            other.close()
            assert log.upsert_many([job(1)]).new == 1

    def test_a_write_to_a_log_that_was_opened_to_read(self, path: Path) -> None:
        with PlainJobLog.open(path):
            pass
        with PlainJobLog.read(path) as log, pytest.raises(LogError, match="is read-only"):
            log.upsert_many([job(1)])


async def test_a_log_that_is_opened_to_be_read_is_neither_made_nor_written(path: Path) -> None:
    with pytest.raises(LogError, match="there is no job log"):
        async with JobLog.read(path):
            pass
    async with JobLog.open(path) as log:
        await log.upsert_many([job(1)])
    async with JobLog.read(path) as log:
        assert await log.get_job("job-1") == job(1)
        with pytest.raises(LogError, match="read-only"):
            await log.upsert_many([job(2)])
