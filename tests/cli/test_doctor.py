"""``jobwatch doctor``: what it prints, and its exit status."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import sqlite3
import string
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jobwatch import cli
from jobwatch.cli import main
from jobwatch.model.health import CHECKS, INTEGRITY, QUICK_CHECKS
from jobwatch.model.job import Job
from jobwatch.model.node import Node
from jobwatch.model.settings import Settings
from jobwatch.store import health_statements
from jobwatch.store.connection import ReadConnection
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog

START = 1_700_000_000_000
FAR = 4_102_444_800_000  # 2100-01-01
HOSTILE = "n\x9b31m\u202e\x1b]52;c;ZXZpbA==\x07"


class Result(NamedTuple):
    """What a command left behind."""

    code: object
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Return what calls the command line in this process, on ``jobs.db`` unless told otherwise."""
    monkeypatch.setenv("TZ", "UTC")

    def call(*arguments: object, store: str = "jobs.db") -> Result:
        argv = ["jobwatch", "--store", str(tmp_path / store), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
        return Result(end.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a log in which all is well."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [Job(id="well", status="COMPLETE", start_datetime=START, end_datetime=START + 5)]
        )
    return path


@pytest.fixture
def wrong(store: Path) -> Path:
    """Return a log with jobs that each check of jobs finds, as many as its place says."""
    wrong = [
        {"status": "COMPLETE", "start_datetime": START, "end_datetime": START - 1},
        {"status": "ERROR", "start_datetime": START},
        {"status": "IN_PROGRESS", "start_datetime": START, "end_datetime": START + 1},
        {"status": "ODD", "start_datetime": START, "end_datetime": START + 1},
        {"status": "IN_PROGRESS", "start_datetime": FAR},
        {"status": "COMPLETE", "start_datetime": START, "end_datetime": FAR},
    ]
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            Job.from_record({"id": f"{kind}-{n}"} | record)
            for kind, record in enumerate(wrong, 1)
            for n in range(kind)
        )
    return store


def test_all_is_well(run: Run, store: Path) -> None:
    assert store.exists()
    assert run("doctor") == Result(0, "".join(f"✓ {check.name}: none\n" for check in CHECKS), "")


def test_what_is_wrong_has_its_count_and_the_command_that_lists_just_these_jobs(
    run: Run, wrong: Path
) -> None:
    code, out, err = run("doctor")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    for kind, check in enumerate([check for check in CHECKS if check.query], 1):
        place = lines.index(f"✗ {check.name}: {kind}")
        assert lines[place + 1] == f"    {check.means}"
        name, *arguments = shlex.split(lines[place + 2])
        assert (name, arguments[:2]) == ("jobwatch", ["--store", str(wrong)])
        listed = run(arguments[2], "--json", *arguments[3:])
        assert {job["id"] for job in json.loads(listed.out)} == {f"{kind}-{n}" for n in range(kind)}
    assert f"✓ {INTEGRITY.name}: none" in lines


def test_as_json_every_check_is_there(run: Run, wrong: Path) -> None:
    assert wrong.exists()
    code, out, err = run("doctor", "--json")
    assert (code, err) == (1, "")
    checks = json.loads(out)
    assert [(one["check"], one["count"]) for one in checks] == [
        (check.name, count)
        for check, count in zip(CHECKS, [*range(1, 7), 0, 0, 0, 0, 0], strict=True)
    ]
    assert checks[1]["query"] == "is:ended -has:end"
    assert checks[1]["command"].endswith(" search --zone UTC 'is:ended -has:end'")
    assert checks[-1] | {"means": ""} == {
        "check": INTEGRITY.name,
        "severity": "error",
        "count": 0,
        "means": "",
        "query": None,
        "command": None,
        "details": [],
    }


def test_the_quick_one_does_not_read_the_whole_file(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.exists()
    monkeypatch.setattr(health_statements, "INTEGRITY", "SELECT 'was run'")
    assert run("doctor").code == 1
    code, out, _ = run("doctor", "--quick")
    assert (code, out.splitlines()) == (0, [f"✓ {check.name}: none" for check in QUICK_CHECKS])


@pytest.mark.parametrize("index", ["jobs_by_start", "jobs_by_facet", "jobs_long"])
def test_a_damaged_log_is_what_is_found_and_no_traceback(run: Run, wrong: Path, index: str) -> None:
    connection = sqlite3.connect(wrong)
    [(page,)] = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)
    ).fetchall()
    [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    connection.close()
    with wrong.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    code, out, err = run("doctor")
    assert (code, err) == (1, "")
    assert f"✗ {INTEGRITY.name}: " in out
    assert "Traceback" not in out
    assert run("doctor", "--json").code == 1


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"]])
def test_what_is_from_data_reaches_no_terminal_raw(
    run: Run, store: Path, arguments: list[str]
) -> None:
    async def save() -> None:
        async with JobLog.open(store) as log:
            await log.save_node(Node(name=HOSTILE, skew=60_000))

    asyncio.run(save())
    code, out, _ = run(*arguments)
    assert code == 1
    assert "1:00 ahead" in out
    assert not {*HOSTILE[1:]} & {*out} - {*string.printable}
    assert "\x1b" not in out


def test_a_log_that_is_not_there_is_an_error_and_is_not_made(run: Run, tmp_path: Path) -> None:
    code, out, err = run("doctor", store="none.db")
    assert (code, out) == (2, "")
    assert err == f"jobwatch: there is no job log at {tmp_path / 'none.db'}\n"
    assert not [*tmp_path.iterdir()]


def test_what_is_no_log_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_text("no database at all, " * 100)
    code, out, err = run("doctor")
    assert (code, out) == (2, "")
    assert "not a job log" in err
    assert err.count("\n") == 1


def test_the_command_does_not_name_a_log_that_it_opens_by_itself(
    run: Run, wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(store=wrong, store_was_named=False)
    monkeypatch.setattr(cli, "read_settings", lambda *_: settings)
    out = run("doctor").out
    assert "    jobwatch search --zone UTC 'is:ended -has:end'\n" in out
    assert str(wrong) not in out


def test_ctrl_c_ends_what_is_read_with_one_line(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.exists()
    endless = "WITH n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT max(a) FROM n"
    monkeypatch.setattr(health_statements, "INTEGRITY", endless)
    keys = iter([signal.SIGINT])  # once
    rows = ReadConnection.rows

    async def interrupted(self: ReadConnection, statement: str, *parameters: Any) -> list[Any]:
        loop = asyncio.get_running_loop()

        def press() -> None:
            # In the loop's own thread: sent from this one, just before the loop goes to sleep, a
            # signal would not wake it.
            for key in keys:
                loop.call_soon_threadsafe(signal.raise_signal, key)

        if statement == endless:
            await self._connection.set_progress_handler(press, 1_000)
        return await rows(self, statement, *parameters)

    monkeypatch.setattr(ReadConnection, "rows", interrupted)
    code, out, err = run("doctor")
    assert (code, err) == (130, "jobwatch: interrupted\n")
    assert INTEGRITY.name not in out


def test_the_log_is_only_read(run: Run, wrong: Path) -> None:
    wrong.chmod(0o400)
    before = wrong.read_bytes()
    assert run("doctor").code == 1
    assert wrong.read_bytes() == before
