"""``jobwatch stats``: the table for people, the JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jobwatch.cli import COMMANDS, main
from jobwatch.model.job import UNSET, Job
from jobwatch.store.plain_log import PlainJobLog

START = 1_795_392_000_000  # 2026-11-23T00:00Z
HOUR = 3_600_000


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Path) -> Run:
    """Return what calls the command in this process."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setitem(COMMANDS, "stats", ("stats", "stats"))

    def call(*arguments: str) -> Result:
        argv = ["jobwatch", "--store", str(store), "stats", *arguments]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as end:
            main()
        return Result(int(end.value.code or 0), *capsys.readouterr())

    return call


def fill(store: Path, *jobs: Job, node: str | None = None) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(jobs, node=node)


def a_job(number: int, **fields: Any) -> Job:
    """Make a job that took a second, so many hours from the start on."""
    start = START + number * HOUR
    job = Job(
        id=f"job-{number}",
        type="csv_data_load",
        user="ada",
        status="COMPLETE",
        start_datetime=start,
        end_datetime=start + 1_000,
    )
    return job.replace(**fields)


def some(store: Path) -> None:
    fill(
        store,
        a_job(0, message="successfully loaded 50 of 50 records"),
        a_job(1, message="successfully loaded 10 of 50 records"),
        a_job(23, status="ERROR", user="bob"),
        a_job(30, status="IN_PROGRESS", end_datetime=UNSET, type="export"),
    )


def lines(result: Result) -> list[list[str]]:
    return [line.replace(" %", "%").split() for line in result.out.splitlines()]


def test_a_table_has_the_groups_by_type_and_all_of_them_together(run: Run, store: Path) -> None:
    some(store)
    found = run()
    assert (found.code, found.err) == (0, "")
    assert lines(found) == [
        ["Type", "Jobs", "Errors", "Partial", "p50", "p95", "Longest", "Rec/s"],
        ["csv_data_load", "3", "33.3%", "33.3%", "1.0s", "1.0s", "1.0s", "30.0"],
        ["export", "1", "–", "–", "–", "–", "–", "–"],
        ["2", "in", "all", "4", "33.3%", "33.3%", "1.0s", "1.0s", "1.0s", "30.0"],
    ]
    assert len({len(line) for line in found.out.splitlines()}) == 1


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("type", ["csv_data_load", "export"]),
        ("user", ["ada", "bob"]),
        ("node", ["–"]),
        ("day", ["2026-11-24", "2026-11-23"]),
    ],
)
def test_jobs_can_be_grouped_by(run: Run, store: Path, by: str, groups: list[str]) -> None:
    some(store)
    header, *rows, _ = lines(run("--by", by))
    assert header[0] == by.capitalize()
    assert [row[0] for row in rows] == groups


def test_days_are_those_of_the_zone(run: Run, store: Path) -> None:
    fill(store, a_job(0), a_job(23))
    found = run("--by", "day", "--zone", "America/New_York", "--json").records
    assert [one["group"] for one in found] == ["2026-11-23", "2026-11-22", None]


def test_only_what_the_query_finds_is_counted(run: Run, store: Path) -> None:
    some(store)
    assert lines(run("-user:bob", "type:csv_*"))[-1][3] == "2"
    assert lines(run("--from", "2026-11-24"))[-1][3] == "1"
    assert lines(run("--to", "2026-11-23", "is:failed"))[-1][3] == "1"


def test_json_has_the_groups_and_last_of_all_the_jobs_together(run: Run, store: Path) -> None:
    some(store)
    first, *_, last = run("--json").records
    assert first == {
        "by": "type",
        "group": "csv_data_load",
        "jobs": 3,
        "over": 3,
        "failed": 1,
        "partial": 1,
        "error_share": pytest.approx(1 / 3),
        "partial_share": pytest.approx(1 / 3),
        "timed": 3,
        "p50_ms": 1_000,
        "p95_ms": 1_000,
        "longest_ms": 1_000,
        "records_per_second": 30.0,
    }
    assert list(last) == list(first)
    assert (last["by"], last["group"], last["jobs"]) == ("total", None, 4)


def test_the_help_tells_every_key_of_the_json(run: Run, store: Path) -> None:
    some(store)
    text = " ".join(run("--help").out.split())
    for key in run("--json").records[0]:
        assert key in text


def test_where_nothing_is_found_that_is_said_and_json_is_still_a_list(
    run: Run, store: Path
) -> None:
    fill(store)
    assert run() == Result(0, "", "the log has no jobs yet\n")
    some(store)
    assert run("user:nobody") == Result(0, "", "no job is found\n")
    [total] = run("user:nobody", "--json").records
    assert (total["jobs"], total["p50_ms"]) == (0, None)


def test_names_are_cut_on_a_narrow_terminal_and_nowhere_else(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, a_job(0, type="x" * 200))
    assert "x" * 200 in run().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    for line in run().out.splitlines():
        assert len(line) == 80
    monkeypatch.setenv("COLUMNS", "20")
    assert "xxxxxxx…  " in run().out


def test_data_can_do_nothing_to_a_terminal(run: Run, store: Path) -> None:
    fill(store, a_job(0, type="\x1b]0;x\x07\n\u202ey"))
    for arguments in ((), ("--json",)):
        out = run(*arguments).out
        assert all(character.isprintable() for line in out.split("\n") for character in line)
    assert run("--json").records[0]["group"] == "\x1b]0;x\x07\n\u202ey"


def test_a_mistake_in_the_query_is_wrong_usage(run: Run, store: Path) -> None:
    some(store)
    found = run("foo:x")
    assert found.code == 2
    assert found.err.endswith("  foo:x\n  ^^^\n")
    assert run("--by", "month").code == 2


def test_a_log_that_is_not_there_is_said_in_one_line(run: Run, store: Path) -> None:
    assert run() == Result(2, "", f"jobwatch: there is no job log at {store}\n")
