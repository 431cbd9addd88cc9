"""``jobwatch export``: from one log to another, to stdout, and broken off."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jobwatch.cli import main
from jobwatch.model.job import Job
from jobwatch.model.node import Origin
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.row import JobRow, Note
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import PATIENCE, process

START = 1_795_392_000_000  # 2026-11-23T00:00Z
HOSTILE = "\x9b31m \u202e \x1b]52;c;ZXZpbA==\x07"
OLDEST_FIRST = JobQuery(sort=Sort(SortKey.STARTED, descending=False))


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Run:
    """Return what calls the command line in this process, on ``jobs.db`` unless told otherwise."""
    monkeypatch.setenv("TZ", "UTC")

    def call(*arguments: object, store: str = "jobs.db", stdin: bytes = b"") -> Result:
        argv = ["jobwatch", "--store", str(tmp_path / store), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsysbinary.readouterr()
        return Result(end.value.code if isinstance(end.value.code, int) else -1, out, err.decode())

    return call


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a log with whatever a log can have, some of it of two nodes, lost, noted."""
    path = tmp_path / "jobs.db"
    odd: list[dict[str, Any]] = [
        {"id": "no times", "user": None},
        {"id": "formula", "start_datetime": START, "message": "=cmd|' /C calc'!A0", "type": "-x"},
        {"id": "'quoted'", "start_datetime": START, "message": "'=1", "user": "'ada"},
        {"id": "-5", "start_datetime": START + 0.5, "message": "-5", "type": -5, "user": "@a"},
        {"id": "text", "start_datetime": START, "message": '{"a": 1}', "job_body": ""},
        {"id": "json", "start_datetime": START, "message": {"a": [1, 1.0, True, None, ""]}},
        {"id": "a\0b", "start_datetime": float(START), "message": "\ud800", "end_datetime": None},
        {"id": "lines", "start_datetime": START + 1, "message": 'a\r\n"b",\r\tc', "status": "ODD"},
        {"id": "other", "start_datetime": 2**70, "__node__": "mine", "own.__node__": 1, "z": {}},
        {"id": "last", "created_datetime_converted": "mine", "response": [1], "__other__": {}},
        {"id": "lost", "status": "IN_PROGRESS", "start_datetime": START + 2, "user": "ada"},
        {"id": "partial", "status": "COMPLETE", "message": "successfully loaded 9 of 12 records"},
        {"id": "failed", "status": "ERROR", "message": "no", "__state__": "mine", "__late__": True},
        {"id": "noted", "__note__": "mine", "__noted_at__": 1, "own.__kind__": 1},
    ]
    notes = {"a\0b": "known, ticket 12", "formula": "=1", "noted": '{"a": "é\r\n"}', "last": ""}
    with PlainJobLog.open(path) as log:
        for number, record in enumerate(odd):
            log.upsert_many([Job.from_record(record)], node=(None, "n1", "=n2")[number % 3])
        log.mark_lost({"lost": START + 60_000})
        log.set_notes({id: Note(START + 7, text) for id, text in notes.items()})
    return path


def hourly(store: Path, count: int, **fields: Any) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            Job(id=f"job-{n}", type="load", start_datetime=START + n * 3_600_000, **fields)
            for n in range(count)
        )


def whole(store: Path) -> list[tuple[str, Origin, JobRow]]:
    """Return all that a log has in its order, as text that tells 1 from 1.0, and as lines."""
    with PlainJobLog.read(store) as log:
        jobs, rows = log.jobs(OLDEST_FIRST), log.rows(OLDEST_FIRST)
        return [
            (repr(job), log.origin(job.id), row._replace(seq=0))
            for job, row in zip(jobs, rows, strict=True)
        ]


def ids(lines: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in lines.splitlines()]


# From log to log


@pytest.mark.parametrize("suffix", ["ndjson", "json", "csv"])
def test_what_is_exported_and_imported_is_the_same_log(
    run: Run, store: Path, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"jobs.{suffix}"
    assert run("export", "-o", path, "--zone", "Europe/Zurich") == Result(
        0, b"", f"14 jobs in {path}\n"
    )
    assert run("import", path, store="copy.db").err.startswith("14 read: 14 new, 0 updated")
    assert len(whole(store)) == 14
    assert sum(row.note is not None for _, _, row in whole(store)) == 4
    assert whole(tmp_path / "copy.db") == whole(store)
    # ...and changes nothing in the log that it is from.
    assert "14 unchanged, 0 rejected" in run("import", path).err
    again = tmp_path / f"again.{suffix}"
    run("export", "-o", again, "--zone", "Europe/Zurich", store="copy.db")
    assert again.read_bytes() == path.read_bytes()


def test_a_note_that_is_later_than_that_of_the_export_stays(run: Run, store: Path) -> None:
    lines = run("export").out
    later = Note(START + 8, "solved")
    with PlainJobLog.open(store) as log:
        log.set_notes({"formula": later, "last": None})
    run("import", "-", stdin=lines)
    notes = {row.id: row.note for _, _, row in whole(store)}
    assert (notes["formula"], notes["last"]) == (later, Note(START + 7, ""))


def test_an_import_of_an_export_can_be_tried_without_a_trace(run: Run, store: Path) -> None:
    lines = run("export").out
    tried = run("import", "--dry-run", "-", store="copy.db", stdin=lines)
    assert tried.err.startswith("14 read: 14 new")
    assert not store.with_name("copy.db").exists()


def test_a_spreadsheet_finds_no_formula(run: Run, store: Path) -> None:
    table = run("export", "--format", "csv").out.decode()
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    assert rows["formula"]["message"] == "'=cmd|' /C calc'!A0"
    assert rows["formula"]["type"] == "'-x"
    assert rows["'quoted'"]["message"] == "''=1"
    assert rows["'quoted'"]["user"] == "'ada"
    assert rows["-5"]["message"] == "-5"
    assert rows["-5"]["user"] == "'@a"
    assert rows["'quoted'"]["__node__"] == "'=n2"


# What and how


def test_only_what_the_query_finds_is_exported_from_the_oldest_on(run: Run, tmp_path: Path) -> None:
    hourly(tmp_path / "jobs.db", 30)
    found = run("export", "-id:job-1", "type:load", "before:2026-11-23T06:00", "--zone", "UTC")
    assert ids(found.out) == ["job-0", "job-2", "job-3", "job-4", "job-5"]
    assert ids(run("export", "--from", "2026-11-24T04:00").out) == ["job-28", "job-29"]


def test_times_are_in_the_zone_with_its_distance(run: Run, tmp_path: Path) -> None:
    hourly(tmp_path / "jobs.db", 1)
    [line] = run("export", "--zone", "America/New_York").out.splitlines()
    assert json.loads(line) == {
        "id": "job-0",
        "type": "load",
        "start_datetime": START,
        "start_datetime_converted": "2026-11-22T19:00:00.000-05:00",
        "__state__": "–",
    }


@pytest.mark.parametrize(
    ("arguments", "begin"),
    [
        ((), b'{"id"'),
        (("-o", "-"), b'{"id"'),
        (("--format", "json"), b'[{"id"'),
        (("--format", "csv"), b"id,type,"),
        (("-o", "out.CSV"), b"id,type,"),
        (("-o", "out.json"), b'[{"id"'),
        (("-o", "out.txt"), b'{"id"'),
        (("-o", "out.csv", "--format", "json"), b'[{"id"'),
    ],
)
def test_the_format_is_as_told_else_by_the_files_name_else_ndjson(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    begin: bytes,
) -> None:
    monkeypatch.chdir(tmp_path)
    hourly(tmp_path / "jobs.db", 1)
    done = run("export", *arguments)
    [*files] = tmp_path.glob("out.*")
    written = files[0].read_bytes() if files else done.out
    assert written.startswith(begin)
    assert bool(done.err) == bool(files)


def test_what_is_found_nowhere_is_a_file_without_a_job(run: Run, tmp_path: Path) -> None:
    hourly(tmp_path / "jobs.db", 1)
    path = tmp_path / "none.json"
    assert run("export", "nothing", "-o", path) == Result(0, b"", f"0 jobs in {path}\n")
    assert json.loads(path.read_bytes()) == []


def test_a_terminal_gets_nothing_that_it_would_obey(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly(tmp_path / "jobs.db", 1, message=HOSTILE)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for format in ("json", "csv"):
        out = run("export", "--format", format).out.decode()
        assert all(character.isprintable() for line in out.split("\n") for character in line)
        if format == "json":
            assert json.loads(out)[0]["message"] == HOSTILE


def test_progress_is_shown_on_a_terminal_and_cleared(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly(tmp_path / "jobs.db", 1_500)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    path = tmp_path / "out.csv"
    err = run("export", "-o", path).err
    assert "\rexporting  1,500" in err
    assert err.endswith(f"\r\x1b[K1,500 jobs in {path}\n")


def test_what_the_log_knows_stands_beside_each_record(run: Run, store: Path) -> None:
    records = {record["id"]: record for record in json.loads(run("export", "--format=json").out)}
    said = {
        id: {key: value for key, value in records[id].items() if key.startswith("__")}
        for id in ("lost", "partial", "failed", "formula")
    }
    assert said == {
        "lost": {
            "__state__": "lost",
            "__node__": "n1",
            "__lost_since__": START + 60_000,
            "__lost_reason__": "its node was started anew at 2026-11-23 00:01:00.000 +00:00",
        },
        "partial": {"__state__": "partial", "__done__": 9, "__total__": 12, "__node__": "=n2"},
        "failed": {"__state__": "error", "__kind__": "no"},
        "formula": {
            "__state__": "–",
            "__node__": "n1",
            "__note__": "=1",
            "__noted_at__": START + 7,
        },
    }
    assert records["failed"]["own.__state__"] == "mine"


def test_what_is_late_is_said_where_enough_runs_tell(run: Run, tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many(
            Job(
                id=f"{type}-{n}",
                type=type,
                status="ERROR" if n == 20 else "COMPLETE",
                start_datetime=START + n,
                end_datetime=START + n + 1_000 + n // 20,
            )
            for type, count in (("often", 21), ("twice", 2))
            for n in range(count)
        )
    table = run("export", "--format", "csv").out.decode()
    late = {row["id"]: row["__late__"] for row in csv.DictReader(io.StringIO(table, newline=""))}
    assert (late["often-19"], late["often-20"], late["twice-1"]) == ("false", "true", "")


# What can't be


def test_a_mistake_in_the_query_is_wrong_usage_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    hourly(tmp_path / "jobs.db", 1)
    done = run("export", "foo:x", "-o", tmp_path / "out.csv")
    assert done.code == 2
    assert done.err.endswith("  foo:x\n  ^^^\n")
    assert not (tmp_path / "out.csv").exists()


def test_the_log_itself_is_never_written_over(run: Run, store: Path) -> None:
    before = whole(store)
    done = run("export", "-o", store)
    assert (done.code, done.out) == (2, b"")
    assert done.err == f"jobwatch: {store}: is the log itself; give another file\n"
    assert whole(store) == before


def test_a_folder_that_is_not_there_is_said_in_one_line(run: Run, store: Path) -> None:
    path = store.with_name("nowhere") / "out.csv"
    done = run("export", "-o", path)
    assert done == Result(2, b"", f"jobwatch: {path}: there is no such folder\n")


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("before", [None, b"before"])
def test_who_breaks_it_off_finds_the_file_as_it_was(
    tmp_path: Path, signal_: signal.Signals, before: bytes | None
) -> None:
    store, target = tmp_path / "jobs.db", tmp_path / "out" / "jobs.csv"
    hourly(store, 3_000)
    target.parent.mkdir()
    if before is not None:
        target.write_bytes(before)
    # The signal comes while the second batch is encoded, when the first is written.
    script = f"""
import os, sys
from jobwatch.store import export
encode, batches = export._encode, []
def interrupted(*arguments):
    batches.append(1)
    if len(batches) == 2:
        assert any(name.endswith(".part") for name in os.listdir({str(target.parent)!r}))
        os.kill(os.getpid(), {int(signal_)})
    return encode(*arguments)
export._encode = interrupted
from jobwatch.cli import main
sys.argv[0] = "jobwatch"
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "--store", store, "export", "-o", target],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "jobwatch: interrupted\n")
    assert os.listdir(target.parent) == ([] if before is None else [target.name])
    assert before is None or target.read_bytes() == before


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    store = tmp_path / "jobs.db"
    hourly(store, 3_000, message="x" * 200)
    with process("--store", store, "export") as exporting:
        assert exporting.stdout is not None
        assert exporting.stderr is not None
        assert json.loads(exporting.stdout.readline())["id"] == "job-0"
        exporting.stdout.close()
        assert exporting.stderr.read() == ""
        assert exporting.wait(PATIENCE) == 0


def test_json_is_short_for_its_format(run: Run, store: Path) -> None:
    assert run("export", "--json").out == run("export", "--format", "json").out != b""
