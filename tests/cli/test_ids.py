"""Ids by how they begin, and the lines of narrow terminals, which show no more of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobwatch.cli import jobwatch
from jobwatch.cli.ids import short_id
from jobwatch.model.job import Job
from jobwatch.model.text import cells
from jobwatch.store.plain_log import PlainJobLog

START = 1_795_392_000_000  # 2026-11-23T00:00Z
ENDED = Job(
    id="785d03dd-66a3-4687-8ce1-cc50b4fbcb8a",
    type="delete_records_before",
    user="ada",
    status="COMPLETE",
    start_datetime=START,
    end_datetime=START + 2_000,
    message="12 of 12 records successfully deleted",
)
RUNS = ENDED.replace(id="785d0000-66a3-4687-8ce1-cc50b4fbcb8a", status="IN_PROGRESS")
TIMES = "2026-11-23 00:00:00      2.0s"
Call = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        others = [ENDED.replace(id=id) for id in ("night", "nightly", "nightshift", "表格\0表格")]
        log.upsert_many([ENDED, RUNS.replace(end_datetime=None), *others])
    return path


@pytest.fixture
def call(store: Path) -> Call:
    def invoke(*arguments: str) -> Result:
        options = ("--store", str(store), *arguments, "--zone", "UTC")
        result = CliRunner().invoke(jobwatch, options)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("785d03", ENDED.id),
        (ENDED.id, ENDED.id),
        ("night", "night"),  # whole, though others begin so
        ("nights", "nightshift"),
    ],
)
def test_a_job_is_known_by_how_its_id_begins(call: Call, typed: str, id: str) -> None:
    assert json.loads(call("show", typed, "--json").stdout)["id"] == id
    waited = call("wait", "--timeout", "0", typed, "--json")
    assert json.loads(waited.stdout)["id"] == id


@pytest.mark.parametrize("typed", ["nigh", "785d"])
def test_a_beginning_of_several_ids_is_said_with_them(call: Call, typed: str) -> None:
    for command in (("show",), ("wait", "--timeout", "0"), ("fail", "--yes")):
        result = call(*command, typed)
        assert result.exit_code == 2
        assert f"more than one job begins with {typed}: " in result.stderr
    assert "night, nightly, nightshift; type" in call("show", "nigh").stderr
    assert f"{RUNS.id}, {ENDED.id}; type" in call("show", "785d").stderr


@pytest.mark.parametrize(
    "typed", ["785", "785d0001", "7_5d", "785D03", "", "表格\0", "\udcff\udcff"]
)
def test_what_begins_no_id_or_is_too_short_is_unknown(call: Call, typed: str) -> None:
    for command in (("show",), ("wait", "--timeout", "0"), ("fail", "--yes")):
        result = call(*command, typed)
        assert result.stdout == ""
        assert result.stderr.startswith("jobwatch: there is no job ")


def test_a_job_is_closed_by_how_its_id_begins(call: Call, store: Path) -> None:
    assert call("fail", "--yes", "785d00", RUNS.id).stderr.endswith("closed 1 job as ERROR\n")
    with PlainJobLog.read(store) as log:
        assert [job.status for job in log.find_jobs([RUNS.id]).values()] == ["ERROR"]


@pytest.mark.parametrize(
    ("id", "short"),
    [(ENDED.id, "785d03dd"), (ENDED.id.upper(), "785D03DD"), ("nightly-2026-11-23", None)],
)
def test_of_a_guid_the_first_digits_are_shown(id: str, short: str | None) -> None:
    assert short_id(id) == (short or id)


@pytest.mark.parametrize(
    ("width", "days", "line"),
    [
        (
            80,
            0,
            "11-23 00:00:00      2.0s  ✓ complete  785d03dd  delete_record…  12 of 12 records",
        ),
        (
            80,
            365,
            "2026-11-23          2.0s  ✓ complete  785d03dd  delete_record…  12 of 12 records",
        ),
        (
            130,
            0,
            f"{TIMES}  ✓ complete  785d03dd  delete_records_befo…  ada"
            "           12 of 12 records successfully deleted",
        ),
        (
            180,
            0,
            f"{TIMES}  ✓ complete  {ENDED.id}  delete_records_befo…  ada"
            "           12 of 12 records successfully deleted",
        ),
        (
            None,
            0,
            f"{TIMES}  ✓ complete  {ENDED.id}  delete_records_before     ada"
            "           12 of 12 records successfully deleted",
        ),
    ],
)
def test_a_line_has_what_a_terminal_has_room_for(
    call: Call, monkeypatch: pytest.MonkeyPatch, width: int | None, days: int, line: str
) -> None:
    monkeypatch.setattr("jobwatch.cli.printing.now_ms", lambda: START + days * 86_400_000)
    monkeypatch.setattr("jobwatch.cli.printing.terminal_width", lambda: width)
    found = [shown for shown in call("list", "all").stdout.splitlines() if "785d03dd" in shown]
    assert [shown[: width and len(line)] for shown in found] == [line]


def test_columns_stand_below_each_other_whatever_their_letters(
    call: Call, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = ENDED.replace(id="f" * 8 + ENDED.id[8:], type="表格表格表格表格表格", user="é" * 40)
    with PlainJobLog.open(store) as log:
        log.upsert_many([wide])
    monkeypatch.setattr("jobwatch.cli.printing.terminal_width", lambda: 130)
    lines = call("search", "id:785d03dd", "OR", "id:ffffffff").stdout.splitlines()
    assert len({cells(line.partition("12 of 12")[0]) for line in lines}) == 1 < len(lines)
