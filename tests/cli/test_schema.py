"""What ``--json`` prints is what the manual and the README say: the same keys and types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from jobwatch.cli import COMMANDS, jobwatch
from jobwatch.cli.json_output import EVENT, OUTPUTS, RECORD, Key
from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.model.row import Note
from jobwatch.store import transactions
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.plain_log import PlainJobLog

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
START = 1_795_392_000_000  # 2026-11-23T00:00Z

OF_SOME_ALONE = {"exit_status", "output"}
"""Keys of records that `jobwatch run` has made."""


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
    usual = [
        whole.replace(
            id=f"usual-{number}",
            start_datetime=START - 9_000,
            end_datetime=START - 8_000,
            message="successfully loaded 12 of 12 records",
        )
        for number in range(8)
    ]
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                whole,
                *usual,
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


# What is said

TYPES: dict[str, type | tuple[type, ...]] = {
    "any": object,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def said(keys: tuple[Key, ...]) -> dict[str, str]:
    """Return the type of each key by its name; of one in an object behind that one's."""
    return {name: key.type for key in keys for name in key.names.split()}


def is_of(value: object, type: str) -> bool:
    words = type.split(" or ")
    if isinstance(value, bool):  # an int to Python
        return bool({"boolean", "any"} & {*words})
    return any(isinstance(value, TYPES[word]) for word in words)


def with_inner(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a record, and of the objects in it that are said key by key."""
    for key, value in found.items():
        yield key, value
        if key in ("progress", "process"):
            yield from ((f"{key}.{inner}", one) for inner, one in value.items())


def check(found: dict[str, Any], keys: dict[str, str]) -> set[str]:
    """Assert that each key is said and of its type; return them."""
    seen = dict(with_inner(found))
    for key, value in seen.items():
        assert key in keys
        assert is_of(value, keys[key]), (key, value)
    return set(seen)


# It is what is printed


def test_every_key_of_a_record_is_said_and_of_its_type(store: Path) -> None:
    records = printed(store, "search", "--json")
    seen = set[str]().union(*(check(record, said(RECORD)) for record in records))
    assert seen == set(said(RECORD)) - OF_SOME_ALONE
    states = {record["id"]: record["__state__"] for record in records}
    assert states | {"done": "partial", "fails": "error", "gone": "lost", "lost": "lost"} == states


def test_a_job_that_is_lost_by_its_process_has_a_reason_and_no_instant(store: Path) -> None:
    by_process, by_node = (printed(store, "show", id, "--json") for id in ("gone", "lost"))
    assert {"__lost_since__", "__lost_reason__"} & set(by_process) == {"__lost_reason__"}
    assert {"__lost_since__", "__lost_reason__"} <= set(by_node)


def test_show_list_and_search_print_the_same_record(store: Path) -> None:
    for record in printed(store, "search", "--json"):
        assert printed(store, "show", record["id"], "--json") == record
        assert record in printed(store, "list", "all", "--json")


def test_an_export_has_every_key_that_is_said_of_it(store: Path) -> None:
    keys = said(OUTPUTS["export"].keys)
    records = printed(store, "export", "--json")
    seen = set[str]().union(*(check(record, keys) for record in records))
    assert seen == set(keys) - OF_SOME_ALONE


@pytest.mark.parametrize(
    "arguments",
    [
        ("stats", "--json"),
        ("stats", "id:nothing", "--json"),
        ("doctor", "--json"),
        ("prune", "--older-than", "2026-01-01", "--dry-run", "--json"),
        ("prune", "--older-than", "2026-01-01", "--yes", "--json"),
        ("config", "--json"),
        ("import", "--json", "FILE"),
    ],
)
def test_what_others_print_has_the_keys_that_are_said_of_it(
    store: Path, arguments: tuple[str, ...]
) -> None:
    file = store.with_name("jobs.ndjson")
    file.write_text('{"id": "new"}\n')
    keys = said(OUTPUTS[arguments[0]].keys)
    found = printed(store, *(str(file) if word == "FILE" else word for word in arguments))
    if arguments[0] == "config":
        found = list(found.values())
    for one in found if isinstance(found, list) else [found]:
        assert check(one, keys) == set(keys)


# It is what is said elsewhere


def command_named(name: str) -> click.Command:
    found = jobwatch.get_command(click.Context(jobwatch), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_with_json_says_in_its_page_what_it_prints(name: str) -> None:
    command = command_named(name)
    has_json = any("--json" in param.opts for param in command.params)
    assert (name in OUTPUTS) == has_json
    root = click.Context(jobwatch, info_name="jobwatch", help_option_names=["-h", "--help"])
    page = command.get_help(click.Context(command, root, name, terminal_width=80))
    assert ("\nJSON OUTPUT\n" in page) == has_json
    if has_json:
        told = " ".join(page[page.index("\nJSON OUTPUT\n") :].split())
        for key in OUTPUTS[name].keys:
            assert f" {key.names} {key.type}: {key.means} " in told


def rows(keys: tuple[Key, ...], *before: str) -> str:
    """Return the rows of a table of the README, each with more cells in front."""
    lines = []
    for key in keys:
        names = " ".join(f"`{name}`" for name in key.names.split())
        lines.append("| " + " | ".join([*before, names, key.type, key.means]) + " |\n")
    return "".join(lines)


def test_the_readme_has_the_same_table_of_a_record() -> None:
    assert f"| key | type | |\n|---|---|---|\n{rows((*RECORD, EVENT))}\n" in README


@pytest.mark.parametrize("name", ["stats", "doctor", "prune", "config", "import"])
def test_the_readme_has_the_same_table_of_what_others_print(name: str) -> None:
    assert rows(OUTPUTS[name].keys, f"`{name}`") in README


def test_the_tables_of_the_readme_say_nothing_else() -> None:
    table = re.search(r"\| command \| key \| type \| \|\n\|.*\n((?:\|.*\n)+)", README)
    assert table is not None
    others = ("stats", "doctor", "prune", "config", "import")
    assert table[1] == "".join(rows(OUTPUTS[name].keys, f"`{name}`") for name in others)
