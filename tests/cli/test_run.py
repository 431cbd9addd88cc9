"""``jobwatch run``: its options, the record that it makes, and what its start costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from jobwatch.model.job import UNSET, Job
from jobwatch.model.query import JobQuery
from jobwatch.store.alive import KEY
from jobwatch.store.plain_log import PlainJobLog

ROOT = Path(__file__).parents[2]


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def run(store: Path) -> Run:
    """Return what calls ``jobwatch run`` in a process of its own, which it ends itself."""

    def call(*arguments: str, **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "jobwatch", "--store", str(store), "run", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), "LOGNAME": "ada", **environment},
            cwd=store.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=30,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return call


def jobs(store: Path) -> list[Job]:
    if not store.exists():
        return []
    with PlainJobLog.read(store) as log:
        return list(log.jobs(JobQuery()))


def test_what_is_not_told_is_taken_from_the_command_and_the_login(run: Run, store: Path) -> None:
    assert run("--", "/bin/sh", "-c", "exit 0") == (0, "", "")

    [job] = jobs(store)
    assert (job.type, job.user) == ("sh", "ada")
    assert job.job_body == {"command": ["/bin/sh", "-c", "exit 0"], "cwd": str(store.parent)}


def test_what_is_told_is_in_the_record(run: Run, store: Path) -> None:
    body = '{"table": "dogs", "command": "mine"}'
    run("--type", "load", "--user", "bob", "--name", "nightly", "--body", body, "--", "true")

    [job] = jobs(store)
    assert (job.type, job.user) == ("load", "bob")
    assert job.job_body == {
        "table": "dogs",
        "name": "nightly",
        "command": ["true"],
        "cwd": str(store.parent),
    }


def test_the_name_is_the_type_of_what_has_no_other(run: Run, store: Path) -> None:
    run("--name", "nightly", "true")

    assert jobs(store)[0].type == "nightly"


def test_options_end_where_the_command_begins(run: Run, store: Path) -> None:
    result = run("--type", "echo", "echo", "--type", "x", "-h", "--", "--name")

    assert result == (0, "--type x -h -- --name\n", "")
    assert jobs(store)[0].type == "echo"


def test_secrets_of_the_command_are_not_in_the_log(run: Run, store: Path) -> None:
    run("--", "true", "--password", "sesame", "postgres://ada:sesame@h/db")

    [job] = jobs(store)
    assert isinstance(job.job_body, dict)
    assert job.job_body["command"] == ["true", "--password", "***", "postgres://ada:***@h/db"]
    assert b"sesame" not in store.read_bytes()


def test_bytes_that_are_no_text_reach_the_command_and_the_log(run: Run, store: Path) -> None:
    no_text = os.fsdecode(b"\xff")

    assert run("--type", no_text, "--", "printf", "%s", no_text) == (0, no_text, "")
    assert jobs(store)[0].status == "COMPLETE"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--body", "3", "true"), "this isn't an object"),
        (("--body", "[]", "true"), "this isn't an object"),
        (("--body", "{", "true"), "this isn't JSON"),
        (("--typo", "x", "true"), "No such option"),
        ((), "Missing argument"),
        (("--",), "Missing argument"),
    ],
)
def test_a_wrong_command_line_runs_nothing_and_writes_nothing(
    run: Run, store: Path, arguments: tuple[str, ...], reason: str
) -> None:
    result = run(*arguments)

    assert result.code == 2
    assert reason in result.err
    assert jobs(store) == []


@pytest.mark.parametrize("path", ["", "a" * 300])
def test_a_path_that_can_be_no_log_is_told_and_the_command_runs(run: Run, path: str) -> None:
    ours = (sys.executable, "-m", "jobwatch", "--store", path, "run", "--keep-output", "--")
    result = run("--", *ours, "echo", "hello")

    assert (result.code, result.out) == (0, "hello\n")
    assert all(line.startswith("jobwatch: ") for line in result.err.splitlines())
    assert "the end of this job isn't in the log" in result.err


def test_a_user_without_a_name_is_no_obstacle(run: Run, store: Path) -> None:
    names = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "")
    assert run("true", **names).code == 0

    assert isinstance(jobs(store)[0].user, str) or jobs(store)[0].user is UNSET


def test_a_job_within_a_job_is_one_of_its_own(run: Run, store: Path) -> None:
    ours = (sys.executable, "-m", "jobwatch", "--store", str(store), "run", "--")
    result = run("--type", "outer", "--", *ours, "sh", "-c", "echo inner; exit 3")

    assert (result.code, result.out) == (3, "inner\n")
    assert {job.type: job.message for job in jobs(store)} == {
        "outer": "exit status 3: inner",
        "sh": "exit status 3: inner",
    }


def test_the_record_names_the_process_that_ends_it(run: Run, store: Path) -> None:
    run("true")

    process = jobs(store)[0].other[KEY]
    assert isinstance(process, dict)
    assert process["host"] == os.uname().nodename
    assert process["pid"] > 0


def test_its_start_loads_nothing_that_it_does_not_use(store: Path) -> None:
    report = (
        "import atexit, json, os, sys; from jobwatch.cli import main;"
        f"sys.argv = ['jobwatch', '--store', {str(store)!r}, 'run', '--', 'true'];"
        "os._exit = lambda status: print(json.dumps(sorted(sys.modules))); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", report],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    loaded = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[0])}
    dear = {
        "textual",
        "rich",
        "asyncio",
        "aiosqlite",
        "aiohttp",
        "pendulum",
        "subprocess",
        "logging",
    }
    assert not loaded & dear
