"""The commands as a user calls them: output, exit codes, and what is in the log afterwards."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from jobwatch.cli import main
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.plain_log import PlainJobLog

DATA = Path(__file__).parents[1] / "data"
CAPTURES, LOG_2 = DATA / "captures", DATA / "log-2.sql"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HOSTILE = "\x1b]52;c;ZXZpbA==\x07 \x9b31m \x00 \u202e txt.exe \r\n [bold]x[/foo] \x7f"
HOUR = 3_600_000
START = 1_795_392_000_000  # 2026-11-23T00:00Z


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Run:
    """Return what calls the command line in this process, on ``jobs.db`` unless told otherwise."""
    monkeypatch.delenv("JOBWATCH_STORE", raising=False)
    monkeypatch.setenv("TZ", "UTC")

    def call(
        *arguments: object, stdin: bytes = b"", store: Path | None = tmp_path / "jobs.db"
    ) -> Result:
        named = () if store is None else ("--store", str(store))
        monkeypatch.setattr(sys, "argv", ["jobwatch", *named, *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsysbinary.readouterr()
        code = end.value.code
        return Result(code if isinstance(code, int) else -1, out.decode(), err.decode())

    return call


def response(path: Path) -> Any:
    return json.loads(path.read_bytes())["response"]


def has_jobs(path: Path) -> bool:
    records = response(path)
    return isinstance(records, list) and any(
        isinstance(record, dict) and "id" in record for record in records
    )


WITH_JOBS = [path for path in sorted(CAPTURES.glob("*.json")) if has_jobs(path)]


def stored(store: Path) -> list[Job]:
    with PlainJobLog.read(store) as log:
        return list(log.jobs(JobQuery()))


def fill(store: Path, *jobs: Job) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(jobs)


def hourly(count: int) -> list[Job]:
    return [
        Job(
            id=f"job-{number}",
            type="csv_data_load",
            user="ada",
            status="COMPLETE",
            start_datetime=START + number * HOUR,
            end_datetime=START + number * HOUR + 5_300,
            message=f"loaded {number}",
        )
        for number in range(count)
    ]


# import


def test_every_capture_with_jobs_is_imported_whole_and_again_without_a_change(
    run: Run, tmp_path: Path
) -> None:
    assert len(WITH_JOBS) > 80
    first = run("import", "--json", *WITH_JOBS)
    records = [record for path in WITH_JOBS for record in response(path)]
    ids = {str(record["id"]) for record in records}
    counts = json.loads(first.out)
    assert first.code == 0
    assert counts["read"] == len(records)
    assert (counts["new"], counts["rejected"]) == (len(ids), 0)
    assert counts["new"] + counts["updated"] + counts["unchanged"] == counts["read"]
    before = stored(tmp_path / "jobs.db")
    assert {job.id for job in before} == ids
    again = run("import", "--json", *WITH_JOBS)
    assert again.code == 0
    assert json.loads(again.out) == {
        "read": len(records),
        "new": 0,
        "updated": 0,
        "unchanged": len(records),
        "rejected": 0,
    }
    assert stored(tmp_path / "jobs.db") == before


def test_no_file_of_the_log_holds_what_a_request_held(run: Run, tmp_path: Path) -> None:
    with_request = [
        path
        for path in WITH_JOBS
        if any("request" in record for record in response(path) if isinstance(record, dict))
    ]
    assert with_request
    secret = {
        "id": "secret",
        "status": "COMPLETE",
        "request": {"hdb_user": {"password": "hunter2-hash"}},
    }
    assert run("import", *WITH_JOBS, "-", stdin=json.dumps(secret).encode()).code == 0
    assert all("request" not in job.other for job in stored(tmp_path / "jobs.db"))
    for path in tmp_path.glob("jobs.db*"):
        assert b"hunter2-hash" not in path.read_bytes()
        assert b'"request"' not in path.read_bytes()
    assert "request" not in json.loads(run("show", "secret", "--json").out)


def test_a_clean_import_talks_on_stderr_and_exits_with_0(run: Run) -> None:
    assert run("import", "-", stdin=b'[{"id": "a"}, {"id": "b"}]') == (
        0,
        "",
        "2 read: 2 new, 0 updated, 0 unchanged, 0 rejected\n",
    )


def test_bad_records_are_named_and_kept_as_they_stood_and_the_good_are_kept(
    run: Run, tmp_path: Path
) -> None:
    bad = ['{"user":  "\\u001b[31m"}', "{nonsense \x1b[2J", '{"id":"c","start_datetime":"now"}']
    source, rejects = tmp_path / "jobs.ndjson", tmp_path / "bad.ndjson"
    source.write_text("\n".join(['{"id":"a"}', *bad, '{"id":"b"}']))
    result = run("import", source, "--rejects", rejects, "--json")
    assert result.code == 1
    assert json.loads(result.out)["rejected"] == 3
    assert rejects.read_text() == "".join(line + "\n" for line in bad)
    assert f"{source}: line 2: the record has no id" in result.err
    assert f"{source}: line 4: start_datetime must be a number" in result.err
    assert not UNSAFE.search(result.err)
    assert {job.id for job in stored(tmp_path / "jobs.db")} == {"a", "b"}


def test_a_file_without_records_is_an_error_but_the_others_are_imported(
    run: Run, tmp_path: Path
) -> None:
    result = run(
        "import", CAPTURES / "auth_wrong_password.json", CAPTURES / "get_job_complete.json"
    )
    assert result.code == 2
    assert "auth_wrong_password.json: no job records in it" in result.err
    assert len(stored(tmp_path / "jobs.db")) == 1


def test_a_file_that_is_not_there_is_an_error_in_one_line(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path / "none.json")
    assert result == (2, "", f"jobwatch: {tmp_path / 'none.json'}: no such file or directory\n")


def test_the_good_part_of_a_cut_off_file_is_kept(run: Run, tmp_path: Path) -> None:
    whole = CAPTURES / "search_by_conditions_error_in_window.json"
    cut = tmp_path / "cut.json"
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    result = run("import", cut, "--json")
    kept = stored(tmp_path / "jobs.db")
    assert result.code == 1
    assert 10 < len(kept) < len(response(whole))
    assert {job.id for job in kept} < {record["id"] for record in response(whole)}
    assert "index" in result.err


@pytest.mark.parametrize("there", [False, True])
def test_a_dry_run_counts_but_writes_nothing(run: Run, tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "logs"
    store = folder / "jobs.db"
    if there:
        fill(store, Job(id="a", status="IN_PROGRESS"), Job(id="b", status="COMPLETE"))
    before = {path: path.read_bytes() for path in folder.glob("*")}
    records = [{"id": "a", "status": "COMPLETE"}, {"id": "b", "status": "COMPLETE"}, {"id": "c"}]
    data = json.dumps([*records, {}]).encode()
    result = run("import", "--dry-run", "--json", "-", stdin=data, store=store)
    assert result.code == 1
    counts = json.loads(result.out)
    assert (counts["new"], counts["updated"], counts["unchanged"], counts["rejected"]) == (
        (1, 1, 1, 1) if there else (3, 0, 0, 1)
    )
    assert {path: path.read_bytes() for path in folder.glob("*.db")} == before
    assert folder.exists() == there
    said = run("import", "--dry-run", "-", stdin=data, store=store).err
    assert "dry run: nothing was written" in said


def test_a_format_that_is_given_is_taken_at_its_word(run: Run) -> None:
    result = run("import", "--format", "ndjson", "-", stdin=b'[{"id": "a"}]')
    assert result.code == 1
    assert "a record must be a JSON object" in result.err
    assert run("import", "--format", "csv", "-", stdin=b"id,type\n1,t\n").code == 0
    assert run("import", "--format", "xml", "-").code == 2


# seed


def test_the_same_random_state_gives_the_same_jobs(run: Run, tmp_path: Path) -> None:
    found = []
    for name in ("one.db", "two.db", "other.db"):
        state = 8 if name == "other.db" else 7
        seeded = run(
            "seed", "--count", 120, "--random-state", state, "--until", "2026-11-23",
            store=tmp_path / name,
        )  # fmt: skip
        assert seeded.code == 0
        assert "120 sample jobs" in seeded.err
        found.append(run("search", "--json", store=tmp_path / name).out)
    assert found[0] == found[1] != found[2]
    assert len(json.loads(found[0])) == 120


def test_more_running_jobs_than_jobs_is_a_slip(run: Run, tmp_path: Path) -> None:
    result = run("seed", "--count", 3, "--running", 4)
    assert result.code == 2
    assert "--running 4 is more than --count 3" in result.err
    assert not (tmp_path / "jobs.db").exists()


# show


def test_show_prints_a_job_for_a_person(run: Run, tmp_path: Path) -> None:
    fill(
        tmp_path / "jobs.db",
        Job(
            id="785d03dd",
            type="csv_data_load",
            user=None,
            status="COMPLETE",
            start_datetime=START + 775,
            end_datetime=START + 6_075,
            message="one\ntwo",
            job_body={"a": [1]},
            other={"a_rather_long_name": "value"},
        ),
    )
    result = run("show", "785d03dd", "--zone", "Europe/Zurich")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "id          785d03dd",
        "state       ✓ complete",
        "type        csv_data_load",
        "user        –",
        "created     –",
        "started     2026-11-23 01:00:00.775 +01:00",
        "ended       2026-11-23 01:00:06.075 +01:00",
        "took        5.3s",
        "message     one",
        "            two",
        'body        {"a":[1]}',
        "a_rather_long_name value",
    ]


def shown(run: Run, id: str) -> dict[str, str]:
    """Return what `show` says of a job, by label."""
    lines = run("show", id, "--zone", "UTC").out.splitlines()
    return {line[:11].rstrip(): line[12:] for line in lines}


RUN = Job(id="a", type="load", status="COMPLETE", start_datetime=START, end_datetime=START + 6_000)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"message": "successfully loaded 9 of 12 records"},
            {"state": "◐ partial", "done": "9/12 records, 3 short · 1.5 records/s"},
        ),
        (
            {"message": {"message": "successfully loaded 12 of 12 records"}},
            {"state": "✓ complete", "done": "12/12 records · 2.0 records/s"},
        ),
        (
            {"message": "successfully loaded 0 of 12 records"},
            {
                "state": "✗ failed",
                "done": "0/12 records, 12 short",
                "kind": "successfully loaded # of # records",
            },
        ),
        (
            {"status": "ERROR", "message": "Table 'dev.d\x1bg' does not exist, tried 3 times"},
            {"state": "✗ error", "kind": "Table '…' does not exist, tried # times"},
        ),
        ({"status": "ERROR"}, {"state": "✗ error"}),
    ],
)
def test_show_says_what_the_record_implies(
    run: Run, tmp_path: Path, changes: dict[str, Any], said: dict[str, str]
) -> None:
    fill(tmp_path / "jobs.db", RUN.replace(**changes))
    fields = shown(run, "a")
    assert {key: fields[key] for key in ("state", "done", "kind") if key in fields} == said


def test_show_says_what_was_noted_and_when(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", RUN)
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.set_notes({"a": Note(START + 5, "known,\n[ticket] 12\x1b")})
    note = shown(run, "a")["note"]
    assert note == "known, [ticket] 12\\x1b (2026-11-23 00:00:00.005 +00:00)"


def test_show_says_why_a_job_is_lost_or_that_it_takes_long(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("cli.asking", "store.plain_log"):
        monkeypatch.setattr(f"jobwatch.{module}.now_ms", lambda: START + HOUR)
    store = tmp_path / "jobs.db"
    goes_on = RUN.replace(status="IN_PROGRESS", end_datetime=None)
    fill(store, *(RUN.replace(id=f"{n}") for n in range(5)), goes_on)
    with PlainJobLog.open(store) as log:
        log.upsert_many([goes_on.replace(id="lost")], node="n1")
        log.mark_lost({"lost": START + 60_000})
    lost = shown(run, "lost")
    assert lost["state"] == (
        "? lost, for its node was started anew at 2026-11-23 00:01:00.000 +00:00"
    )
    assert (lost["node"], lost["took"]) == ("n1", "–")
    assert shown(run, "a")["state"] == "◷ overdue"


def test_what_the_log_knows_stands_behind_the_documented_record(run: Run, tmp_path: Path) -> None:
    job = RUN.replace(message="successfully loaded 9 of 12 records")
    fill(tmp_path / "jobs.db", job)
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.set_notes({"a": Note(START, "known")})
    record = json.loads(run("show", "a", "--json").out)
    assert record == job.to_record() | {
        "__state__": "partial",
        "__done__": 9,
        "__total__": 12,
        "__note__": "known",
        "__noted_at__": START,
    }
    assert json.loads(run("search", "--json").out) == [record]
    assert json.loads(run("list", "all", "--json").out) == [record]


@pytest.mark.parametrize("name", ["get_job_complete", "job_csv_file_load_ok"])
def test_show_prints_the_documented_record(run: Run, name: str) -> None:
    path = CAPTURES / f"{name}.json"
    [record] = response(path)
    assert run("import", path).code == 0
    shown = json.loads(run("show", record["id"], "--json").out)
    assert shown.items() >= record.items()


def test_a_job_that_the_log_does_not_have_exits_with_1(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(1))
    result = run("show", "job-\x1b[1m")
    assert (result.code, result.out) == (1, "")
    assert "there is no job job-\\x1b[1m" in result.err


@pytest.mark.parametrize("command", [("show", "x"), ("search",), ("watch",)])
def test_a_named_log_that_is_not_there_is_an_error_and_not_a_new_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", "a:Driver")  # the monitor needs no terminal then
    store = tmp_path / "nigthly.db"
    assert run(*command, store=store) == (2, "", f"jobwatch: there is no job log at {store}\n")
    assert not store.exists()


def test_a_file_that_is_no_log_is_an_error_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_text("not a database " * 100)
    for command in (("search",), ("import", CAPTURES / "get_job_complete.json")):
        result = run(*command)
        assert (result.code, result.out) == (2, "")
        assert re.fullmatch(r"jobwatch: .*not a job log.*\n", result.err)


# An older log


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    connection.executescript(LOG_2.read_text("utf-8"))
    connection.close()
    return path


@pytest.mark.parametrize("command", ["search", "export", "stats"])
def test_who_brings_an_older_log_up_to_date_is_told_so_once(
    run: Run, older: Path, command: str
) -> None:
    first, again = run(command), run(command)
    said = f"bringing {older} up to date: about a minute for a million jobs\n"
    assert (first.code, first.err) == (0, said)
    assert (again.code, again.err) == (0, "")
    assert first.out == again.out != ""


def test_doctor_leaves_an_older_log_as_it_is_and_says_nothing_of_bringing_it_up_to_date(
    run: Run, older: Path
) -> None:
    before = older.read_bytes()
    result = run("doctor")
    assert result.code == 2
    assert "is of an older jobwatch" in result.err
    assert "bringing" not in result.err
    assert older.read_bytes() == before


@pytest.mark.parametrize("command", [("search",), ("import", CAPTURES / "get_job_complete.json")])
def test_of_a_log_that_is_new_or_up_to_date_nothing_is_said(
    run: Run, tmp_path: Path, command: tuple[str | Path, ...]
) -> None:
    if command[0] == "search":
        fill(tmp_path / "jobs.db")
    assert "bringing" not in run(*command).err
    assert "bringing" not in run(*command).err


# search


def test_search_lists_jobs_from_the_oldest_to_the_newest(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(3)[::-1])
    result = run("search", "--zone", "Europe/Zurich")
    assert (result.code, result.err) == (0, "")
    assert [re.split(r"\s{2,}", line) for line in result.out.splitlines()] == [
        [f"2026-11-23 0{number + 1}:00:00", "5.3s", "✓ complete", f"job-{number}",
         "csv_data_load", "ada", f"loaded {number}"]
        for number in range(3)
    ]  # fmt: skip


def test_search_tells_states_as_the_monitor_does(run: Run, tmp_path: Path) -> None:
    loaded = {"message": "successfully loaded 9 of 12 records"}
    failed = {"message": "successfully loaded 0 of 12 records"}
    fill(
        tmp_path / "jobs.db",
        RUN.replace(id="a", **loaded),
        RUN.replace(id="b", start_datetime=START + 1, **failed),
        RUN.replace(id="c", start_datetime=START + 2, status="ERROR"),
    )
    states = [re.split(r"\s{2,}", line)[2] for line in run("search").out.splitlines()]
    assert states == ["◐ partial", "✗ failed", "✗ error"]


def test_search_tells_what_is_overdue_and_what_is_lost(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = START + 100 * HOUR
    for module in ("cli.printing", "store.plain_log"):
        monkeypatch.setattr(f"jobwatch.{module}.now_ms", lambda: now)
    goes_on = RUN.replace(status="IN_PROGRESS", end_datetime=None, user="ada")
    fill(
        tmp_path / "jobs.db",
        *(RUN.replace(id=f"{n}", user="ada") for n in range(30)),
        goes_on.replace(id="in time", start_datetime=now - 6_000),
        goes_on.replace(id="overdue", start_datetime=now - 6_001),
        goes_on.replace(id="beyond", start_datetime=now - 2 * HOUR),
        goes_on.replace(
            id="gone",
            type="once",
            start_datetime=now,
            other={KEY: replace(own_process(), tick=5).to_json()},
        ),
    )
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many([goes_on.replace(id="lost", start_datetime=START + HOUR)], node="n1")
        log.mark_lost({"lost": START + 2 * HOUR})

    def states(*query: str) -> dict[str, str]:
        lines = run("search", *query).out.splitlines()
        return {parts[3]: parts[2] for parts in (re.split(r"\s{2,}", line) for line in lines)}

    lost = {"beyond": "? lost", "gone": "? lost", "lost": "? lost"}
    assert states("is:lost") == lost
    assert states("is:overdue", "-is:lost") == {"overdue": "◷ overdue"}
    assert states("is:running", "-is:overdue", "-is:lost") == {"in time": "● running"}
    assert states() == {
        **{f"{n}": "✓ complete" for n in range(30)},
        "in time": "● running",
        "overdue": "◷ overdue",
        **lost,
    }
    reasons = {id: shown(run, id)["state"] for id in ("beyond", "gone", "overdue")}
    assert reasons == {
        "beyond": "? lost, for it has run 27 times as long as any of its type ever did"
        " (4:22 at most)",
        "gone": f"? lost, for the process that ran it (pid {os.getpid()} on"
        f" {own_process().host}) is gone",
        "overdue": "◷ overdue",
    }


def test_search_prints_documented_records(run: Run) -> None:
    path = CAPTURES / "format_08.json"
    assert run("import", path).code == 0
    found = json.loads(run("search", "--from", "2026-11", "--to", "2026-11", "--json").out)
    by_id = {record["id"]: record for record in response(path)}
    assert {record["id"] for record in found} == set(by_id)
    assert all(record.items() >= by_id[record["id"]].items() for record in found)
    assert [record["start_datetime"] for record in found] == sorted(
        record["start_datetime"] for record in found
    )


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ((), range(48)),
        (("--from", "2026-11-24"), range(24, 48)),
        (("--to", "2026-11-23"), range(24)),
        (("--from", "2026-11-23T20:00", "--to", "2026-11-24T02:00"), range(20, 27)),
        (("--from", "2026-11-24", "--to", "2026-11-24", "--zone", "+x"), None),
        (("--from", "2026-11-24", "--to", "2026-11-24", "--zone", "Europe/Zurich"), range(23, 47)),
        (("--limit", 5), range(43, 48)),
        (("--limit", 5, "--to", "2026-11-23"), range(19, 24)),
        (("--limit", 500), range(48)),
        (("--limit", 0), None),
        (("--from", "2027"), range(0)),
    ],
)
def test_search_has_the_jobs_of_its_range_and_the_newest_of_its_limit(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], numbers: range | None
) -> None:
    fill(tmp_path / "jobs.db", *hourly(48))
    result = run("search", "--json", *arguments)
    if numbers is None:
        assert (result.code, result.out) == (2, "")
    else:
        assert result.code == 0
        assert [job["id"] for job in json.loads(result.out)] == [f"job-{n}" for n in numbers]


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["id:job-3"], [3]),
        (["-id:job-3"], [0, 1, 2]),
        (["-host"], [0, 1, 2, 3]),  # a word with an h in it is no -h
        (["--json", "-id:job-3", "--limit", "1"], [2]),
        (["id:job-1", "OR", "id:job-2"], [1, 2]),
        (["(id:job-1 OR id:job-2) -id:job-1"], [2]),
        (["--from", "-9w", "id:job-2"], None),
        (["--", "--json"], []),
    ],
)
def test_search_takes_a_query_and_none_of_it_for_an_option(
    run: Run, tmp_path: Path, arguments: list[str], numbers: list[int] | None
) -> None:
    fill(tmp_path / "jobs.db", *hourly(4))
    result = run("search", "--json", "--zone", "UTC", *arguments)
    assert result.code == 0
    if numbers is not None:
        found = [record["id"] for record in json.loads(result.out)]
        assert found == [f"job-{number}" for number in numbers]


def test_a_mistake_in_a_query_is_underlined(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(1))
    result = run("search", "a", "typ:csv")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("typ is no field, did you mean type?\n  a typ:csv\n    ^^^\n")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status:", "expected a value for status"),
        ("dur>5x", "expected a length of time: 500ms, 10s, 5m, 1h30m"),
        ("dur:5m", "expected a comparison: dur>5m, dur<=10s"),
        ("records>x", "expected a number: 0, 1000, 2.5"),
        ("is:foo", "expected one of running, ended,"),
        ("a OR", "expected a word, a field such as status:error, or ("),
        ("(a", "this bracket is never closed: )"),
        ("a:1", "a is no field: one of status,"),
        (f"{'x' * 10_001}", "a word has at most 10,000 characters"),
        ("since:soon", "'soon' is not a date; accepted are"),
    ],
)
def test_a_mistake_in_a_query_is_told_as_what_was_expected_or_in_a_sentence(
    run: Run, query: str, said: str
) -> None:
    result = run("search", query)
    assert (result.code, result.out) == (2, "")
    assert f"Error: {said}" in result.err


@pytest.mark.parametrize("command", ["search", "export", "stats"])
@pytest.mark.parametrize("option", ["--from", "--to"])
@pytest.mark.parametrize("date", ["", " "])
def test_an_empty_date_is_no_wish_for_all_jobs(
    run: Run, tmp_path: Path, command: str, option: str, date: str
) -> None:
    fill(tmp_path / "jobs.db", *hourly(1))
    result = run(command, option, date)
    assert (result.code, result.out) == (2, "")
    assert f"Error: {option} is empty; give a date, or leave the option out" in result.err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("list", "runing"), "running"),
        (("stats", "--by", "tipe"), "type"),
        (("export", "--format", "csvv"), "csv"),
        (("completion", "fisch"), "fish"),
    ],
)
def test_a_word_that_is_nearly_one_of_those_is_told(
    run: Run, arguments: tuple[str, ...], meant: str
) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert f" Did you mean '{meant}'?" in result.err


def test_a_search_without_a_result_says_so_and_exits_with_0(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(1))
    result = run("search", "--from", "2027")
    assert (result.code, result.out) == (0, "")
    assert result.err == "no job started in from 2027-01-01 00:00, UTC\n"
    assert run("search", "--from", "2027", "--json").out == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "--from", "23.11.2026"), "accepted are 2026-11-23, 2026-11-23T14:00"),
        (("search", "--to", "2026-02-30"), "accepted are 2026-11-23, 2026-11-23T14:00"),
        (("seed", "--until", "soon"), "accepted are 2026-11-23, 2026-11-23T14:00"),
        (("search", "--from", "2026-11-24", "--to", "2026-11-22"), "--to is before --from"),
        (("search", "--from", "2026-11-24", "--to", "2026-11-23"), "--to is before --from"),
        (("search", "--from", "2026-03", "--to", "2026-02"), "2026-02 is before 2026-03"),
        (("search", "during:2026-03..2026-02"), "is after to 2026-02"),
        (("export", "--json", "--format", "csv"), "--json is --format json, not csv"),
        (("export", "--format", "ndjson", "--json"), "--json is --format json, not ndjson"),
        (("search", "--zone", "Europe/Zurick"), "did you mean Europe/Zurich?"),
        (("watch", "--interval", "soon"), "is not an interval"),
        (("watch", "--interval", "1ms"), "from 50ms to 60m"),
        (("import",), "FILE"),
        (("serach",), "No such command 'serach'"),
    ],
)
def test_a_slip_on_the_command_line_exits_with_2_and_says_what_is_accepted(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert said in re.sub(r"\s+", " ", result.err)
    assert not (tmp_path / "jobs.db").exists()


# Output


def test_no_character_that_a_terminal_obeys_reaches_it(run: Run, tmp_path: Path) -> None:
    hostile = {
        "id": HOSTILE,
        "type": HOSTILE,
        "user": HOSTILE,
        "status": HOSTILE,
        "message": HOSTILE,
        "job_body": {HOSTILE: [HOSTILE]},
        "start_datetime": START,
        HOSTILE: HOSTILE,
    }
    source = tmp_path / "hostile.json"
    source.write_text(json.dumps([hostile, {"message": HOSTILE}, {"id": None, HOSTILE: 1}]))
    results = [
        run("import", source),
        run("search"),
        run("search", "--json"),
        run("show", "--", HOSTILE),
        run("show", "--json", "--", HOSTILE),
        run("show", "--", HOSTILE + "?"),
    ]
    assert [result.code for result in results] == [1, 0, 0, 0, 0, 1]
    for result in results:
        assert not UNSAFE.search(result.out)
        assert not UNSAFE.search(result.err)
    assert results[1].out.count("\n") == 1
    assert json.loads(results[2].out) == [json.loads(results[4].out)]
    assert json.loads(results[4].out)["message"] == HOSTILE
    assert "\\x1b]52;c;ZXZpbA==\\x07" in results[3].out


def python(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "jobwatch", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TZ": "UTC", **environment},
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize("mode", [(), ("--json",)])
def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path, mode: tuple[str, ...]) -> None:
    # More than a pipe holds, so that the command still writes when the reader goes.
    fill(tmp_path / "jobs.db", *hourly(3_000))
    with python("--store", tmp_path / "jobs.db", "search", *mode) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"job-0" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_module_exits_with_the_status_of_its_command(tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(1))
    with python("show", "nobody", JOBWATCH_STORE=str(tmp_path / "jobs.db")) as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert b"there is no job nobody" in err


# Which log


def test_the_option_goes_before_the_environment_and_that_before_the_default(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run("import", "-", stdin=b'{"id": "default"}', store=None).code == 0
    monkeypatch.setenv("JOBWATCH_STORE", str(tmp_path / "environment.db"))
    assert run("import", "-", stdin=b'{"id": "environment"}', store=None).code == 0
    assert run("import", "-", stdin=b'{"id": "option"}').code == 0

    def ids(store: Path | None) -> list[str]:
        return [job["id"] for job in json.loads(run("search", "--json", store=store).out)]

    assert ids(tmp_path / "jobs.db") == ["option"]
    assert ids(None) == ["environment"]
    monkeypatch.setenv("JOBWATCH_STORE", "")
    assert ids(None) == ["default"]


def test_a_log_in_the_default_place_is_made_when_it_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    result = run("search", "--json", store=None)
    assert (result.code, result.out) == (0, "[]\n")
    monkeypatch.setenv("JOBWATCH_STORE", str(tmp_path / "none.db"))
    assert run("search", store=None).code == 2
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("arguments", [("--help",), ("import", "-h"), ("--version",)])
def test_help_and_version_are_printed_and_exit_with_0(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, store=None)
    assert (result.code, result.err) == (0, "")
    assert "jobwatch" in result.out
