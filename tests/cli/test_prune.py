"""``jobwatch prune``: what is counted, who is asked, what goes, and what goes wrong."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest
from click import Context
from msgspec.structs import replace

from jobwatch.cli import main
from jobwatch.cli.pruning import _now_and_then, prune
from jobwatch.model.job import Job
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery
from jobwatch.model.when import UTC
from jobwatch.store import pruning
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.output import output_path
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.pruning import Pruned
from tests.cli.server import PATIENCE

NOW = 1_795_392_000_000  # 2026-11-23T00:00Z
DAY = 86_400_000
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\n\u202e"

ALL = {"old", "older", "failed", "lately", "runs"}


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
    """Return what calls ``jobwatch prune`` in this process, with what is typed if one can type."""
    monkeypatch.setattr("jobwatch.cli.pruning.now_ms", lambda: NOW)

    def call(*arguments: object, typed: str | None = None) -> Result:
        stdin = io.TextIOWrapper(io.BytesIO((typed or "").encode()))
        monkeypatch.setattr(stdin, "isatty", lambda: typed is not None, raising=False)
        monkeypatch.setattr(sys, "stdin", stdin)
        argv = ["jobwatch", "--store", str(store), "prune", "--zone", "UTC", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Result(end.value.code if isinstance(end.value.code, int) else -1, out, err)

    return call


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a log in which three jobs ended more than 90 days ago."""
    path = tmp_path / "jobs.db"

    def ended(id: str, days: int, status: str = "COMPLETE") -> Job:
        start = NOW - days * DAY
        return Job(id=id, status=status, start_datetime=start, end_datetime=start + 5_000)

    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                ended("older", 200),
                ended("old", 100),
                ended("failed", 150, "ERROR"),
                ended("lately", 5),
                Job(id="runs", status="IN_PROGRESS", start_datetime=NOW - 300 * DAY),
            ]
        )
    return path


def left(store: Path) -> set[str]:
    with PlainJobLog.read(store) as log:
        return {row.id for row in log.rows(JobQuery())}


def floors(store: Path) -> list[Any]:
    connection = sqlite3.connect(store)
    rows = connection.execute("SELECT * FROM floors ORDER BY status").fetchall()
    connection.close()
    return rows


# What is counted, and what goes


def test_what_is_old_is_counted_first_and_then_deleted(run: Run, store: Path) -> None:
    done = run("--older-than", "90d", "--yes")
    assert (done.code, done.out) == (0, "")
    assert done.lines[0] == (
        "3 jobs ended before 2026-08-25 00:00, UTC: COMPLETE 2, ERROR 1;"
        " the oldest started 2026-05-07 00:00:00, the newest 2026-08-15 00:00:00"
    )
    assert done.lines[1].startswith("pruned 3 jobs")
    assert done.lines[2] == (
        "jobs that ended before 2026-08-25 00:00, UTC, stay away from mirrors (any status)"
    )
    assert left(store) == {"lately", "runs"}
    assert floors(store) == [("", NOW - 90 * DAY)]


def test_only_those_of_the_statuses_go(run: Run, store: Path) -> None:
    done = run("--older-than", "12w", "--status", "error", "--yes")
    assert done.lines[0].startswith("1 job ended before 2026-08-31 00:00, UTC: ERROR 1; the oldest")
    assert "newest" not in done.lines[0]
    assert left(store) == ALL - {"failed"}
    assert floors(store) == [("ERROR", NOW - 84 * DAY)]


@pytest.mark.parametrize(
    "arguments",
    [("--status", "error", "--status", "Complete"), ("--status", "error, complete")],
)
def test_statuses_are_given_one_by_one_or_with_commas(
    run: Run, store: Path, arguments: tuple[str, ...]
) -> None:
    assert run("--older-than", "12w", "--yes", *arguments).lines[0].startswith("3 jobs ended")
    assert floors(store) == [("COMPLETE", NOW - 84 * DAY), ("ERROR", NOW - 84 * DAY)]


def test_a_status_that_nothing_ended_with_is_told_and_keeps_nothing_away(
    run: Run, store: Path
) -> None:
    done = run("--older-than", "12w", "--status", "error,compelte", "--yes")
    assert done.code == 0
    assert done.lines[0] == (
        "warning: no job of this log ended as COMPELTE, but as COMPLETE or ERROR"
    )
    assert done.lines[1].startswith("1 job ended")
    assert left(store) == ALL - {"failed"}
    assert floors(store) == [("ERROR", NOW - 84 * DAY)]
    done = run("--older-than", "12w", "--status", "compelte", "--yes")
    assert done.code == 0
    assert left(store) == ALL - {"failed"}
    assert floors(store) == [("ERROR", NOW - 84 * DAY)]


@pytest.mark.parametrize("arguments", [(), ("--yes",)])
def test_a_dry_run_counts_and_writes_nothing(
    run: Run, store: Path, arguments: tuple[str, ...]
) -> None:
    before = store.read_bytes()
    done = run("--older-than", "90d", "--dry-run", *arguments)
    assert done.code == 0
    assert len(done.lines) == 1
    assert done.lines[0].startswith("3 jobs ended before")
    assert store.read_bytes() == before
    assert floors(store) == []


def test_where_nothing_is_old_nobody_is_asked_and_nothing_stays_away(run: Run, store: Path) -> None:
    done = run("--older-than", "1000d")
    assert (done.code, done.out) == (0, "")
    assert done.lines == ["nothing to prune: no job ended before 2024-02-27 00:00, UTC"]
    assert left(store) == ALL
    assert floors(store) == []
    done = run("--older-than", "1000d", "--status", "error")
    assert done.lines == ["nothing to prune: no job ended as ERROR before 2024-02-27 00:00, UTC"]
    assert floors(store) == []


def test_of_statuses_those_stay_away_that_were_pruned(run: Run, store: Path) -> None:
    done = run("--older-than", "120d", "--status", "error,complete,done", "--yes")
    assert done.lines[-1] == (
        "jobs that ended before 2026-07-26 00:00, UTC, stay away from mirrors (COMPLETE, ERROR)"
    )
    assert floors(store) == [("COMPLETE", NOW - 120 * DAY), ("ERROR", NOW - 120 * DAY)]


def test_as_json_it_tells_which_statuses_stay_away(run: Run, store: Path) -> None:
    asked = ("--older-than", "120d", "--status", f"error,complete,done,{HOSTILE}", "--json")
    with PlainJobLog.open(store) as log:
        log.upsert_many([Job(id="odd", status=HOSTILE, start_datetime=5, end_datetime=6)])
    done = run(*asked, "--yes")
    told = json.loads(done.out)
    assert told["stay_away_before"] == NOW - 120 * DAY
    assert told["stay_away_statuses"] == sorted([HOSTILE.upper(), "COMPLETE", "ERROR"])
    assert done.out.rstrip("\n").isprintable()
    assert json.loads(run(*asked, "--yes").out)["stay_away_statuses"] == []


def keep(store: Path, id: str, text: str, days: int) -> Path:
    """Keep an output of a job that was last written so many days ago."""
    output = output_path(store, id)
    output.parent.mkdir(exist_ok=True)
    output.write_text(text)
    at = (NOW - days * DAY) / 1_000
    os.utime(output, (at, at))
    return output


def test_old_output_without_a_job_is_counted_asked_for_and_told_with_the_rest(
    run: Run, store: Path
) -> None:
    strays = [keep(store, "gone", "12", 100), keep(store, "gone-too", "345", 91)]
    kept = [keep(store, "runs", "says", 200), keep(store, "gone-lately", "said", 80)]
    line = "2 kept outputs without a job, last written before 2026-08-25 00:00, UTC: 5 bytes"
    done = run("--older-than", "90d", "--dry-run", "--json")
    assert (json.loads(done.out)["outputs_found"], json.loads(done.out)["outputs_pruned"]) == (2, 0)
    assert done.lines[1:] == [line]
    done = run("--older-than", "90d", typed="n\n")
    assert "Delete 3 jobs and 2 kept outputs without a job? [y/N]" in done.err
    assert all(output.exists() for output in strays)
    done = run("--older-than", "90d", "--json", typed="y\n")
    assert "pruned 3 jobs and 2 kept outputs without a job, 5 bytes given back" in done.err
    assert json.loads(done.out)["outputs_pruned"] == 2
    assert {*strays[0].parent.iterdir()} == {*kept}


def test_output_alone_is_asked_for_and_keeps_nothing_away(run: Run, store: Path) -> None:
    stray = keep(store, "gone", "1", 1_001)
    done = run("--older-than", "1000d", typed="y\n")
    assert done.lines[:2] == [
        "no job ended before 2024-02-27 00:00, UTC",
        "1 kept output without a job, last written before 2024-02-27 00:00, UTC: 1 byte",
    ]
    assert "Delete 1 kept output without a job? [y/N]" in done.err
    assert "stay away" not in done.err
    assert "pruned 1 kept output without a job, 1 byte given back" in done.err
    assert not stray.exists()
    assert floors(store) == []


def test_output_without_a_job_stays_where_statuses_are_given(run: Run, store: Path) -> None:
    stray = keep(store, "gone", "1", 1_001)
    done = run("--older-than", "90d", "--status", "error", "--yes")
    assert "without a job" not in done.err
    assert stray.exists()


def test_as_json_it_tells_what_it_did(run: Run, store: Path) -> None:
    told: dict[str, Any] = {
        "before": NOW - 90 * DAY,
        "dry_run": True,
        "found": 3,
        "pruned": 0,
        "bytes": 0,
    }
    told |= {"kept_free": 0, "outputs_left": 0, "outputs_found": 0, "outputs_pruned": 0}
    told |= {"stay_away_before": None, "stay_away_statuses": []}
    assert json.loads(run("--older-than", "90d", "--json", "--dry-run").out) == told
    (store.with_name(f"{store.name}.output") / "old.log").mkdir(parents=True)
    done = json.loads(run("--older-than", "90d", "--json", "--yes").out)
    told |= {"dry_run": False, "pruned": 3, "outputs_left": 1}
    told |= {"stay_away_before": told["before"], "stay_away_statuses": None}
    assert done == told | {"bytes": done["bytes"]}
    assert left(store) == {"lately", "runs"}


@pytest.mark.parametrize(
    ("said", "size"), [("x", "1 byte"), ("x" * 5, "5 bytes"), ("x" * 1_500, "2 kB")]
)
def test_what_came_back_is_told_in_a_fitting_unit(
    run: Run, store: Path, said: str, size: str
) -> None:
    # The log is as small as can be: what comes back is the output alone.
    output = store.with_name(f"{store.name}.output") / "old.log"
    output.parent.mkdir()
    output.write_text(said)
    done = run("--older-than", "90d", "--yes")
    assert done.lines[1] == f"pruned 3 jobs, {size} given back"


def test_space_that_a_reader_holds_is_not_said_to_be_given_back(run: Run, store: Path) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            Job(id=f"{n}", status="DONE", start_datetime=5, end_datetime=6, message="x" * 9_000)
            for n in range(200)
        )
    reader = sqlite3.connect(store, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM jobs").fetchall()
    size = store.stat().st_size
    done = run("--older-than", "90d", "--yes", "--json")
    assert done.lines[1:] == [
        "pruned 203 jobs",
        "jobs that ended before 2026-08-25 00:00, UTC, stay away from mirrors (any status)",
        "the space comes back once whoever reads the log lets go of it",
    ]
    assert json.loads(done.out)["bytes"] == size - store.stat().st_size == 0
    reader.rollback()
    done = run("--older-than", "90d", "--yes", "--json")
    reader.close()
    assert done.lines[1].startswith("pruned 0 jobs, ")
    assert json.loads(done.out)["bytes"] == size - store.stat().st_size > 1_000_000


def test_lost_jobs_that_stay_are_told(run: Run, store: Path) -> None:
    other = {KEY: replace(own_process(), tick=5).to_json()}
    killed = Job(id="killed", status="IN_PROGRESS", start_datetime=NOW - 200 * DAY, other=other)
    with PlainJobLog.open(store) as log:
        log.upsert_many([killed])
    told = (
        "1 job that began before then stays: lost, with no end recorded;"
        " jobwatch search is:lost lists such jobs, jobwatch fail closes them"
    )
    assert run("--older-than", "90d", "--dry-run").lines[1:] == [told]
    assert run("--older-than", "90d", "--yes").lines[1] == told
    assert left(store) == {"lately", "runs", "killed"}
    with PlainJobLog.read(store) as log:
        query = JobQuery(where=parse_query("is:lost", now=NOW, zone=UTC))
        assert [job.id for job in log.jobs(query)] == ["killed"]


def test_a_file_that_can_not_shrink_is_told(run: Run, store: Path) -> None:
    connection = sqlite3.connect(store, isolation_level=None)
    for statement in ("journal_mode = DELETE", "auto_vacuum = NONE"):
        connection.execute(f"PRAGMA {statement}")
    connection.execute("VACUUM")
    connection.close()
    with PlainJobLog.open(store) as log:
        bulk = [f"{number}" for number in range(200)]
        log.upsert_many(
            Job(id=id, status="DONE", start_datetime=5, end_datetime=6, message="x" * 9_000)
            for id in bulk
        )
    done = run("--older-than", "90d", "--yes")
    assert done.lines[1] == "pruned 203 jobs"
    assert done.lines[-1].endswith(
        "free in the file for new jobs, but can't be given back: it was made without auto_vacuum"
    )


# When it is


@pytest.mark.parametrize(
    ("typed", "before"),
    [
        ("90d", NOW - 90 * DAY),
        ("-90d", NOW - 90 * DAY),
        ("1w12h", NOW - 7 * DAY - DAY // 2),
        ("1h", NOW - DAY // 24),
        ("1.5d", NOW - DAY * 3 // 2),
        ("2026", 1_767_225_600_000),
        ("2026-11", 1_793_491_200_000),
        ("2026-11-22", NOW - DAY),
        ("yesterday", NOW - DAY),
        ("2026-11-22T01:00+01:00", NOW - DAY),
    ],
)
def test_a_length_or_a_date_tells_what_is_old(run: Run, typed: str, before: int) -> None:
    done = run("--older-than", typed, "--dry-run", "--json")
    assert json.loads(done.out)["before"] == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--older-than", "90"),
        ("--older-than", "soon"),
        ("--older-than", ""),
        ("--older-than", "2026-13"),
        ("--older-than", "2026-11-24"),
        ("--older-than", "3M"),
        ("--older-than", "-3M"),
        ("--older-than", "3m"),
        ("--older-than", "7D"),
        ("--older-than", "90m"),
        ("--older-than", "-90m"),
        ("--older-than", "1h30m"),
        ("--older-than", "now"),
        ("--older-than", "0d"),
        ("--older-than", "0h"),
        ("--older-than", "0.9h"),
        ("--older-than", "2026-11-22T23:30"),
        ("--older-than", "today"),
        ("--older-than", "365000d"),
        ("--older-than", "99999999999999999999w"),
        ("--older-than", "1969"),
        ("--older-than", HOSTILE),
        ("--older-than", "90d", "--status", " "),
        ("--older-than", "90d", "--status", "error,"),
        (),
    ],
)
def test_what_is_not_clear_deletes_nothing(
    run: Run, store: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, "--yes")
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err
    assert done.err.replace("\n", "").isprintable()
    assert left(store) == ALL
    assert floors(store) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3M", "months are written as a date (2026-03)"),
        ("0d", "that is everything; give an hour at least, or a date before today"),
        ("365000d", "no job is from before 1970"),
        ("2026-11-24", "that is still to come"),
    ],
)
def test_what_is_refused_is_told_with_what_to_give(run: Run, typed: str, said: str) -> None:
    assert said in " ".join(run("--older-than", typed, "--yes").err.split())


# Who is asked


@pytest.mark.parametrize(("typed", "pruned"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_nothing_goes_but_on_a_yes(run: Run, store: Path, typed: str, pruned: bool) -> None:
    done = run("--older-than", "90d", typed=typed)
    assert "Delete 3 jobs? [y/N]" in done.err
    assert done.lines[1] == (
        "then jobs that ended before 2026-08-25 00:00, UTC, stay away from mirrors (any status)"
    )
    assert done.code == (0 if pruned else 1)
    assert ("nothing was pruned" in done.err) is not pruned
    assert left(store) == ({"lately", "runs"} if pruned else ALL)
    assert bool(floors(store)) is pruned


def test_where_nobody_can_be_asked_nothing_goes_without_yes(run: Run, store: Path) -> None:
    done = run("--older-than", "90d")
    assert done.code == 2
    assert "--yes prunes without asking" in done.err
    assert done.lines[0].startswith("3 jobs ended before")
    assert left(store) == ALL
    assert floors(store) == []


def test_on_a_terminal_it_asks_shows_how_far_it_is_and_leaves_the_last_line(store: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
        child = pexpect.spawn(
            sys.executable,
            ["-m", "jobwatch", "--store", str(store), "prune", "--older-than", "2026-08-25"],
            cwd=str(Path(__file__).parents[2]),
            env={**os.environ, "TZ": "UTC"},
            timeout=PATIENCE,
            dimensions=(24, 200),
        )
    try:
        child.expect_exact("Delete 3 jobs? [y/N]")
        assert left(store) == ALL
        child.sendline("y")
        child.expect_exact("pruning  3 of 3\r")
        child.expect_exact("\r\x1b[Kpruned 3 jobs")
        child.expect(pexpect.EOF)
        child.wait()
    finally:
        child.close(force=True)
    assert child.exitstatus == 0
    assert left(store) == {"lately", "runs"}


def test_where_no_terminal_shows_it_a_line_tells_now_and_then_how_far_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    show = _now_and_then(5_000, lambda: now)
    for step in range(13):
        now = step * 10.0
        show(Pruned(step * 100, given_back=step * 1_000))
    assert capsys.readouterr().err.splitlines() == [
        "pruning  600 of 5,000, 6 kB freed",
        "pruning  1,200 of 5,000, 12 kB freed",
    ]


# What goes wrong


def test_an_interrupt_ends_it_between_two_steps_and_what_is_deleted_stays_deleted(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Pruned] = []

    def interrupted(*arguments: Any) -> Iterator[Pruned]:
        for step in whole(*arguments):
            taken.append(step)
            signal.raise_signal(signal.SIGINT)
            yield step

    whole = pruning.prune
    monkeypatch.setattr(pruning, "prune", interrupted)
    before = signal.getsignal(signal.SIGINT)
    done = run("--older-than", "90d", "--yes")
    assert (done.code, done.out) == (130, "")
    assert done.lines[1:] == [
        "interrupted: pruned 3 jobs; the next prune gives the space back",
        "jobs that ended before 2026-08-15 00:00, UTC, stay away from mirrors (any status)",
    ]
    assert len(taken) == 1
    assert left(store) == {"lately", "runs"}
    assert floors(store) == [("", NOW - 100 * DAY)]
    assert signal.getsignal(signal.SIGINT) == before


def test_a_log_that_is_not_there_is_not_made(run: Run, store: Path) -> None:
    store.unlink()
    done = run("--older-than", "90d", "--yes")
    assert (done.code, done.err) == (2, f"jobwatch: there is no job log at {store}\n")
    assert not store.exists()


def test_output_that_can_not_be_deleted_is_told(run: Run, store: Path) -> None:
    (store.with_name(f"{store.name}.output") / "old.log").mkdir(parents=True)
    done = run("--older-than", "90d", "--yes")
    assert done.code == 0
    assert done.lines[-1] == "1 kept output could not be deleted"


def test_no_character_that_a_terminal_obeys_reaches_it_nor_more_statuses_than_one_can_read(
    run: Run, store: Path
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            Job(id=f"{number}", status=status, start_datetime=5, end_datetime=6)
            for number, status in enumerate([HOSTILE, {HOSTILE: 1}, None, *map(str, range(20))])
        )
    done = run("--older-than", "90d", "--dry-run")
    assert done.code == 0
    assert done.err.replace("\n", "").isprintable()
    assert "others " in done.err
    done = run("--older-than", "90d", "--status", HOSTILE, "--yes")
    assert done.lines[-2].startswith("pruned 1 job")
    assert done.err.replace("\n", "").isprintable()


# What a shell is told


@pytest.fixture
def completed(store: Path) -> Callable[[str, str], list[str]]:
    """Return what completes the value of an option."""

    def complete(option: str, typed: str) -> list[str]:
        context = Context(prune)
        context.params = {"store": store}
        [param] = [param for param in prune.params if option in param.opts]
        return [item.value for item in param.shell_complete(context, typed)]

    return complete


def test_a_status_is_completed_from_the_log_behind_any_comma(
    completed: Callable[[str, str], list[str]],
) -> None:
    assert completed("--status", "") == ["COMPLETE", "ERROR", "IN_PROGRESS"]
    assert completed("--status", "com") == ["COMPLETE"]
    assert completed("--status", "complete,er") == ["complete,ERROR"]


def test_a_time_is_completed_with_what_is_taken(
    run: Run, completed: Callable[[str, str], list[str]]
) -> None:
    assert "yesterday" in completed("--older-than", "y")
    assert completed("--older-than", "9") == ["9h", "9d", "9w"]
    for text in completed("--older-than", "9"):
        assert run("--older-than", text, "--dry-run").code == 0
