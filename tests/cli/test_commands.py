"""The commands as a user calls them: output, exit codes, and what is in the log afterwards."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jobwatch.cli import main
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.store.plain_log import PlainJobLog

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
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
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    store = tmp_path / "nigthly.db"
    assert run(*command, store=store) == (2, "", f"jobwatch: there is no job log at {store}\n")
    assert not store.exists()


def test_a_file_that_is_no_log_is_an_error_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_text("not a database " * 100)
    for command in (("search",), ("import", CAPTURES / "get_job_complete.json")):
        result = run(*command)
        assert (result.code, result.out) == (2, "")
        assert re.fullmatch(r"jobwatch: .*not a job log.*\n", result.err)


# search


def test_search_lists_jobs_from_the_oldest_to_the_newest(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "jobs.db", *hourly(3)[::-1])
    result = run("search", "--zone", "Europe/Zurich")
    assert (result.code, result.err) == (0, "")
    assert [re.split(r"\s{2,}", line) for line in result.out.splitlines()] == [
        [f"2026-11-23 0{number + 1}:00:00", "5.3s", "✓ complete", "csv_data_load", "ada",
         f"job-{number}", f"loaded {number}"]
        for number in range(3)
    ]  # fmt: skip


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
        (("search", "--from", "2026-11-24", "--to", "2026-11-22"), "is after to 2026-11-22"),
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
