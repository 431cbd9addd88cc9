"""``jobwatch fail``: what is closed by hand, what is refused, and that somebody was asked."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest
from msgspec.structs import replace

from jobwatch.cli import main
from jobwatch.model.job import Job
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connect import LogError, UnknownJobError
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import PATIENCE

START = 1_795_392_000_000  # 2026-11-23T00:00Z
NOW = START + 3_600_000
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\n\u202e"


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Path) -> Run:
    """Return what calls ``jobwatch fail`` in this process, with what is typed if one can type."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("jobwatch.cli.closing.now_ms", lambda: NOW)
    monkeypatch.setattr("jobwatch.store.plain_log.now_ms", lambda: NOW)

    def call(*arguments: object, typed: str | None = None) -> Result:
        stdin = io.TextIOWrapper(io.BytesIO((typed or "").encode()))
        monkeypatch.setattr(stdin, "isatty", lambda: typed is not None, raising=False)
        monkeypatch.setattr(sys, "stdin", stdin)
        argv = ["jobwatch", "--store", str(store), "fail", "--zone", "UTC", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Result(end.value.code if isinstance(end.value.code, int) else -1, out, err)

    return call


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a log in which some jobs go on, and others have ended."""
    path = tmp_path / "jobs.db"
    gone = replace(own_process(), tick=5).to_json()
    goes_on = Job(id="-", type="load", user="ada", status="IN_PROGRESS", start_datetime=START)
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                goes_on.replace(id="runs"),
                goes_on.replace(id="gone", other={KEY: gone}),
                Job(id="waits", status="CREATED", created_datetime=START),
                goes_on.replace(id="done", status="COMPLETE", end_datetime=START + 5),
                goes_on.replace(
                    id="short",
                    status="COMPLETE",
                    message="successfully loaded 9 of 12 records",
                ),
            ]
        )
        log.upsert_many([goes_on.replace(id="lost")], node="n1")
        log.mark_lost({"lost": START + 60_000})
    return path


def whole(store: Path) -> dict[str, Job]:
    with PlainJobLog.read(store) as log:
        return log.find_jobs(["runs", "gone", "waits", "done", "short", "lost", HOSTILE])


# What is shown, and what is done


def test_each_job_is_shown_with_whether_it_is_known_to_be_lost(run: Run) -> None:
    done = run("runs", "gone", "lost", "waits", "--yes")
    assert (done.code, done.out) == (0, "")
    started = "load  ada  started 2026-11-23 00:00:00, running for 1:00:00"
    assert done.lines == [
        f"runs  ● running  {started}; not known to be lost",
        f"gone  ? lost  {started}; lost: the process that ran it (pid {os.getpid()} on"
        f" {own_process().host}) is gone",
        f"lost  ? lost  {started}; lost: its node was started anew at"
        " 2026-11-23 00:01:00.000 +00:00",
        "waits  ○ created  –  –  created 2026-11-23 00:00:00, not started; not known to be lost",
        "closed 4 jobs as ERROR",
    ]


def test_what_is_closed_ends_now_as_an_error_with_the_message(run: Run, store: Path) -> None:
    before = whole(store)
    assert run("runs", "lost", "runs", "--message", "node2 was replaced", "--yes").code == 0
    after = whole(store)
    for id in ("runs", "lost"):
        assert after.pop(id) == before.pop(id).replace(
            status="ERROR", end_datetime=NOW, message="node2 was replaced", updatedtime=NOW
        )
    assert after == before
    with PlainJobLog.read(store) as log:
        assert log.origin("lost").lost_since is None


def test_without_a_message_the_record_says_how_it_ended(run: Run, store: Path) -> None:
    assert run("runs", "--yes").lines[-1] == "closed 1 job as ERROR"
    assert whole(store)["runs"].message == "closed by hand"


@pytest.mark.parametrize(
    ("said", "arguments", "message"),
    [
        ("half of it is done", (), "half of it is done"),
        ({"error": ["no"]}, (), {"error": ["no"]}),
        (0, (), 0),
        (False, (), False),
        ("", (), "closed by hand"),
        (None, (), "closed by hand"),
        ("half of it is done", ("--message", "node2 was replaced"), "node2 was replaced"),
        ({"error": ["no"]}, ("--message", "node2 was replaced"), "node2 was replaced"),
    ],
)
def test_a_job_keeps_what_it_said_unless_a_message_is_given(
    run: Run, store: Path, said: Any, arguments: tuple[str, ...], message: Any
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([whole(store)["runs"].replace(message=said)])
    assert run("runs", "--yes", *arguments).code == 0
    closed = whole(store)["runs"]
    assert (closed.status, closed.end_datetime) == ("ERROR", NOW)
    assert closed.message == message
    assert type(closed.message) is type(message)


@pytest.mark.parametrize(
    ("end", "kept"), [(START + 9, True), (NOW + 5, True), (0, True), (None, False), ("?", False)]
)
def test_a_job_keeps_an_end_that_its_record_has(
    run: Run, store: Path, end: Any, kept: bool
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([whole(store)["runs"].replace(end_datetime=end)])
    assert run("runs", "--yes").code == 0
    closed = whole(store)["runs"]
    assert (closed.status, closed.end_datetime) == ("ERROR", end if kept else NOW)
    assert closed.updatedtime == NOW


# Who is asked


@pytest.mark.parametrize(("typed", "closed"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_nothing_is_closed_but_on_a_yes(run: Run, store: Path, typed: str, closed: bool) -> None:
    done = run("runs", "lost", typed=typed)
    assert "Close 2 jobs as ERROR? [y/N]" in done.err
    assert done.code == (0 if closed else 1)
    assert ("nothing was closed" in done.err) is not closed
    assert {whole(store)[id].status for id in ("runs", "lost")} == {
        "ERROR" if closed else "IN_PROGRESS"
    }


def test_where_nobody_can_be_asked_nothing_is_closed_without_yes(run: Run, store: Path) -> None:
    before = whole(store)
    done = run("runs")
    assert done.code == 2
    assert "--yes closes them without asking" in done.err
    assert done.lines[0].startswith("runs  ● running")
    assert whole(store) == before


def test_who_asks_on_a_terminal_waits_for_the_answer(store: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
        child = pexpect.spawn(
            sys.executable,
            ["-m", "jobwatch", "--store", str(store), "fail", "runs"],
            cwd=str(Path(__file__).parents[2]),
            env={**os.environ, "TZ": "UTC"},
            timeout=PATIENCE,
            dimensions=(24, 200),
        )
    try:
        child.expect_exact("not known to be lost")
        child.expect_exact("Close 1 job as ERROR? [y/N]")
        assert whole(store)["runs"].status == "IN_PROGRESS"
        child.sendline("y")
        child.expect_exact("closed 1 job as ERROR")
        child.expect(pexpect.EOF)
        child.wait()
    finally:
        child.close(force=True)
    assert child.exitstatus == 0
    assert whole(store)["runs"].status == "ERROR"


# What is refused


def test_in_a_log_all_are_closed_or_none(store: Path) -> None:
    before = whole(store)
    with PlainJobLog.open(store) as log:
        with pytest.raises(LogError, match="done has ended already"):
            log.close_jobs(["runs", "done", "lost"], "x")
        with pytest.raises(UnknownJobError, match="no job nobody"):
            log.close_jobs(["runs", "nobody"], "x")
        assert whole(store) == before
        log.close_jobs(["runs", "lost", "runs"], "x")
    after = whole(store)
    assert {id for id in after if after[id] != before[id]} == {"runs", "lost"}
    assert {after[id].message for id in ("runs", "lost")} == {"x"}


def test_one_that_can_not_be_closed_keeps_all_from_it(run: Run, store: Path) -> None:
    before = whole(store)
    done = run("runs", "nobody", "done", "no\x1bone", "short", "--yes")
    assert (done.code, done.out) == (1, "")
    assert done.lines == [
        f"jobwatch: there is no job nobody in {store}",
        "jobwatch: done has ended already: ✓ complete",
        f"jobwatch: there is no job no\\x1bone in {store}",
        "jobwatch: short has ended already: ◐ partial",
        "nothing was closed",
    ]
    assert whole(store) == before


def test_one_that_ends_while_the_question_stands_is_left_as_it_ended(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = whole(store)["runs"].replace(status="COMPLETE", end_datetime=NOW - 1, message="well")

    def confirm(*_: object, **__: object) -> bool:
        with PlainJobLog.open(store) as log:
            log.upsert_many([ended])
        return True

    monkeypatch.setattr("click.confirm", confirm)
    done = run("lost", "runs", typed="y\n")
    assert done.code == 1
    assert "jobwatch: runs has ended already: ✓ complete" in done.lines
    assert whole(store)["runs"] == ended
    assert whole(store)["lost"].status == "IN_PROGRESS"


def test_a_log_that_is_not_there_is_not_made(run: Run, store: Path) -> None:
    store.unlink()
    done = run("runs", "--yes")
    assert (done.code, done.err) == (2, f"jobwatch: there is no job log at {store}\n")
    assert not store.exists()


def test_no_character_that_a_terminal_obeys_reaches_it(run: Run, store: Path) -> None:
    hostile = Job(id=HOSTILE, type=HOSTILE, user=[HOSTILE], status="IN_PROGRESS")
    with PlainJobLog.open(store) as log:
        log.upsert_many([hostile])
    done = run("--yes", "--", HOSTILE)
    assert done.code == 0
    assert len(done.lines) == 2
    assert done.err.replace("\n", "").isprintable()
    assert whole(store)[HOSTILE].status == "ERROR"
