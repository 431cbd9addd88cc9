"""What ``--json`` prints is what the README says: the same keys, of the same kinds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from jobwatch.cli import jobwatch
from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.model.row import Note
from jobwatch.store import transactions
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.plain_log import PlainJobLog

README = Path(__file__).parents[2] / "README.md"
START = 1_795_392_000_000  # 2026-11-23T00:00Z
NUMBER, TEXT = (int, float), str

KINDS: dict[str, type | tuple[type, ...]] = {
    "id": TEXT,
    "start_datetime": NUMBER,
    "end_datetime": NUMBER,
    "created_datetime": NUMBER,
    "__createdtime__": NUMBER,
    "__updatedtime__": NUMBER,
    "start_datetime_converted": TEXT,
    "end_datetime_converted": TEXT,
    "__state__": TEXT,
    "__done__": int,
    "__total__": int,
    "progress": dict,
    "__kind__": TEXT,
    "__node__": TEXT,
    "__lost_since__": int,
    "__lost_reason__": TEXT,
    "__note__": TEXT,
    "__noted_at__": int,
    "process": dict,
}
ANY = {"type", "user", "status", "job_body", "message"}
OF_SOME_ALONE = {"__event__", "exit_status", "output"}


def documented() -> set[str]:
    """Return the keys in the README's table of a record."""
    text = README.read_text("utf-8")
    table = text[text.index("| key | |") :].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    whole = Job(
        id="done",
        type="load",
        user="ada",
        status="COMPLETE",
        start_datetime=START,
        end_datetime=START + 2_000,
        created_datetime=START - 5,
        createdtime=START - 5,
        updatedtime=START + 2_000,
        job_body={"operation": "load"},
        message="successfully loaded 9 of 12 records",
    )
    runs = whole.replace(id="runs", status="IN_PROGRESS", end_datetime=None, message="at line 3")
    told = {"progress": {"done": 3, "total": None}, KEY: replace(own_process(), tick=5).to_json()}
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                whole,
                whole.replace(id="fails", status="ERROR", message="Table 'a' does not exist"),
                runs.replace(id="gone", other=told),
            ]
        )
        log.upsert_many([runs.replace(id="lost")], node="n1")
        log.set_notes({"fails": Note(START, "known")})
        node = Node(
            name="n1", url="http://n1", state=NodeState.LIVE, process_started=START + 60_000
        )
        log._write(transactions.save_node(node))
    return path


def printed(store: Path, *arguments: str) -> Any:
    result = CliRunner().invoke(jobwatch, ["--store", str(store), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return json.loads(result.stdout)


def test_every_key_of_a_record_is_in_the_readme_and_of_its_kind(store: Path) -> None:
    records = printed(store, "search", "--json")
    assert {record["id"] for record in records} == {"done", "fails", "gone", "lost"}
    seen = {key for record in records for key in record}
    assert seen == documented() - OF_SOME_ALONE == ANY | set(KINDS)
    for record in records:
        for key in record.keys() & KINDS:
            value = record[key]
            assert isinstance(value, KINDS[key]) or (value is None and key == "end_datetime"), key
    assert {record["id"]: record["__state__"] for record in records} == {
        "done": "partial",
        "fails": "error",
        "gone": "lost",
        "lost": "lost",
    }


def test_show_list_and_search_print_the_same_record(store: Path) -> None:
    for record in printed(store, "search", "--json"):
        assert printed(store, "show", record["id"], "--json") == record
        assert record in printed(store, "list", "all", "--json")


@pytest.mark.parametrize("command", ["stats", "doctor"])
def test_what_others_print_has_the_keys_that_the_readme_tells(store: Path, command: str) -> None:
    text = README.read_text("utf-8")
    told = text[text.index(f"`{command} --json` is an array") :].partition(". ")[0]
    keys = set(re.findall(r"`(\w+)`", told))
    for record in printed(store, command, "--json"):
        assert set(record) == keys
