"""``jobwatch list`` and ``jobwatch tail``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from jobwatch.cli import jobwatch
from jobwatch.model.job import Job
from jobwatch.store.plain_log import PlainJobLog

START = 1_795_392_000_000  # 2026-11-23T00:00Z
RUNS = Job(id="a", type="load", user="ada", status="IN_PROGRESS", start_datetime=START)
ENDED = RUNS.replace(status="COMPLETE", end_datetime=START + 2_000, message="all\x1b[2J done")
FAILED = ENDED.replace(id="b", status="ERROR", message="no")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([ENDED.replace(id="old"), FAILED, RUNS.replace(id="goes on")])
    return path


def call(store: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(jobwatch, ["--store", str(store), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize(
    ("view", "ids"),
    [
        ((), ["goes on"]),
        (("running",), ["goes on"]),
        (("all",), ["old", "b", "goes on"]),
        (("failed",), ["b"]),
        (("attention",), ["b"]),
        (("all", "--limit", "1"), ["goes on"]),
    ],
)
def test_a_view_lists_what_its_tab_does(store: Path, view: tuple[str, ...], ids: list[str]) -> None:
    records = json.loads(call(store, "list", *view, "--json").stdout)
    assert [record["id"] for record in records] == ids
    lines = call(store, "list", *view, "--zone", "UTC").stdout.splitlines()
    assert len(lines) == len(ids)
    assert all(id in line for id, line in zip(ids, lines, strict=True))


def test_a_view_without_jobs_says_so_and_is_an_empty_array(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with PlainJobLog.open(path):
        pass
    shown = call(path, "list")
    assert (shown.stdout, shown.stderr) == ("", "no job is running\n")
    assert json.loads(call(path, "list", "failed", "--json").stdout) == []


def test_a_line_tells_how_far_a_job_has_come(store: Path) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            [RUNS.replace(id="c", other={"progress": {"done": 9_000, "total": 12_000}})]
        )
    [line] = [line for line in call(store, "list").stdout.splitlines() if "  c  " in line]
    assert "9,000/12,000 · –" in line
    assert "progress    9,000/12,000" in call(store, "show", "c").stdout


@pytest.fixture
def nodes(store: Path) -> Path:
    with PlainJobLog.open(store) as log:
        for name in ("node1:9925", "node2:9925", "rack\x1b[2J"):
            log.upsert_many([RUNS.replace(id=name)], node=name)
    return store


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("node1:9926", "the log knows no node node1:9926; did you mean node1:9925?"),
        ("node2", "the log knows no node node2; did you mean node2:9925?"),
        ("rac", "the log knows no node rac; did you mean rack\\x1b[2J?"),
        ("x\x1b", "no node x\\x1b, but node1:9925, node2:9925, rack\\x1b[2J"),
        ("", "the log knows no node"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",), ("failed", "--limit", "1")])
def test_a_node_that_the_log_does_not_know_is_no_all_clear(
    nodes: Path, name: str, said: str, more: tuple[str, ...]
) -> None:
    result = call(nodes, "list", "--node", name, *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


def test_in_a_log_without_nodes_that_is_said(store: Path) -> None:
    result = call(store, "list", "--node", "n1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the log knows no node n1, nor any other" in result.stderr


def test_the_jobs_of_a_node_that_the_log_knows_are_listed(nodes: Path) -> None:
    result = call(nodes, "list", "--node", "node1:9925", "--json")
    assert [record["id"] for record in json.loads(result.stdout)] == ["node1:9925"]
    assert call(nodes, "list", "failed", "--node", "node1:9925").exit_code == 0


class Tailing:
    """A ``jobwatch tail`` that runs, and its lines."""

    def __init__(self, store: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobwatch", "--store", str(store), "tail", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TZ": "UTC"},
        )

    @property
    def out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def interrupt(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


@pytest.fixture
def tails() -> Iterator[list[Tailing]]:
    started: list[Tailing] = []
    yield started
    for tailing in started:
        if tailing.process.poll() is None:
            tailing.process.kill()
        tailing.process.communicate()


def test_jobs_are_printed_as_they_start_and_end(store: Path, tails: list[Tailing]) -> None:
    tailing = Tailing(store, "type:load", "--last", "1", "--zone", "UTC")
    tails.append(tailing)
    assert "goes on" in tailing.out.readline()  # it looks from here on
    far = START + 10 * 365 * 86_400_000
    with PlainJobLog.open(store) as log:
        log.upsert_many([RUNS.replace(id="x", start_datetime=far)])
        started = tailing.out.readline()
        log.upsert_many([ENDED.replace(id="x", start_datetime=far, end_datetime=far + 2_000)])
        ended = tailing.out.readline()
    assert "● running" in started
    assert "✓ complete" in ended
    assert "all\\x1b[2J done" in ended
    assert tailing.interrupt() == (130, "jobwatch: interrupted\n")


def test_json_is_a_record_on_a_line_with_what_happened(store: Path, tails: list[Tailing]) -> None:
    tailing = Tailing(store, "is:failed", "--json", "--last", "1")
    tails.append(tailing)
    assert json.loads(tailing.out.readline())["id"] == "b"
    with PlainJobLog.open(store) as log:
        far = START + 10 * 365 * 86_400_000
        fails = FAILED.replace(start_datetime=far, end_datetime=far)
        log.upsert_many([fails.replace(id="x1")])
        record = json.loads(tailing.out.readline())
    assert (record["__event__"], record["__state__"]) == ("ended", "error")
    assert record["id"] == "x1"


def test_a_reader_that_has_gone_ends_it_though_nothing_happens(
    store: Path, tails: list[Tailing]
) -> None:
    tailing = Tailing(store, "--last", "1")
    tails.append(tailing)
    assert "goes on" in tailing.out.readline()
    tailing.out.close()
    assert tailing.process.wait(timeout=30) == 0


def test_a_job_that_begins_and_ends_at_once_is_told_twice(
    store: Path, tails: list[Tailing]
) -> None:
    tailing = Tailing(store, "--json", "--last", "1")
    tails.append(tailing)
    tailing.out.readline()
    far = START + 10 * 365 * 86_400_000
    with PlainJobLog.open(store) as log:
        log.upsert_many([ENDED.replace(id="x", start_datetime=far, end_datetime=far + 5)])
    records = [json.loads(tailing.out.readline()) for _ in range(2)]
    assert [(record["__event__"], record["__state__"]) for record in records] == [
        ("started", "running"),
        ("ended", "complete"),
    ]


def test_a_log_that_is_away_for_a_while_is_followed_on(store: Path, tails: list[Tailing]) -> None:
    tailing = Tailing(store, "--last", "1")
    tails.append(tailing)
    tailing.out.readline()
    assert tailing.process.stderr is not None
    away = store.with_name("away.db")
    store.rename(away)
    assert tailing.process.stderr.readline() == (
        f"jobwatch: there is no job log at {store}; it is tried again until it can be read\n"
    )
    away.rename(store)
    assert tailing.process.stderr.readline() == (
        f"jobwatch: {store} is back; going on with what is there now\n"
    )
    with PlainJobLog.open(store) as log:
        log.upsert_many([RUNS.replace(id="new")])
    assert "  new  " in tailing.out.readline()


def test_a_log_that_was_replaced_is_followed_on_and_what_went_on_in_it_before_is_passed_over(
    store: Path, tails: list[Tailing]
) -> None:
    tailing = Tailing(store, "--last", "1")
    tails.append(tailing)
    assert "goes on" in tailing.out.readline()
    other = store.with_name("other.db")
    with PlainJobLog.open(other) as log:
        log.upsert_many([RUNS.replace(id=f"before-{number}") for number in range(20)])
    other.replace(store)
    assert tailing.process.stderr is not None
    assert "going on with what is there now" in tailing.process.stderr.readline()
    with PlainJobLog.open(store) as log:
        log.upsert_many([RUNS.replace(id="new")])
    assert "  new  " in tailing.out.readline()


@pytest.mark.parametrize("command", [("list",), ("search",), ("show", "b"), ("stats",)])
def test_a_closed_stdout_and_a_poor_one_are_no_traceback(
    store: Path, command: tuple[str, ...]
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([RUNS.replace(id="犬", message="犬")])
    line = [sys.executable, "-m", "jobwatch", "--store", str(store), *command]
    poor = subprocess.run(
        line, env=os.environ | {"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False
    )
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *line], capture_output=True, check=False
    )
    assert (poor.returncode, poor.stderr) == (0, b"")
    assert b"Traceback" not in closed.stderr
    assert closed.returncode == 0


@pytest.mark.parametrize(
    ("command", "status"),
    [(("show", "nope"), 1), (("wait", "goes on", "--timeout", "0"), 5), (("wait", "nope"), 6)],
)
def test_an_answer_stays_what_it_is_though_nobody_reads_the_talk(
    store: Path, command: tuple[str, ...], status: int
) -> None:
    line = [sys.executable, "-m", "jobwatch", "--store", str(store), *command]
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as nobody:
        done = subprocess.run(line, stderr=nobody, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == status
