"""What records imply, by the messages of a real node and by those that nobody should send."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobwatch.model import insight
from jobwatch.model.insight import (
    BEYOND_LEAST,
    FEWEST,
    LAST_RUNS,
    LONGEST_KIND,
    OWN_RUNS,
    Load,
    Usual,
    fingerprint,
    is_beyond,
    is_late,
    load_of,
    percentile,
    records_per_second,
    usual_of,
)
from jobwatch.model.job import UNSET
from jobwatch.model.text import one_line

MESSAGES = Path(__file__).parents[1] / "data" / "messages.json"
TRIPLES: list[tuple[str | None, str | None, Any]] = json.loads(MESSAGES.read_text())
"""Each type, status and message that jobs of a real node had; null where none was asked for."""

KINDS = {
    "": 1,
    "# of # records successfully deleted": 1,
    "CSV Load failed from URL: …, status code: #, message: File not found": 1,
    "CSV Load failed from URL: …, status code: #, message: Internal Server Error": 1,
    "CSV Load failed from URL: …, unsupported content type: text/html": 1,
    "Invalid column name '…', cancelling load operation": 9,
    "No records found to delete": 1,
    "No records parsed from csv file.": 1,
    "Successfully completed job: …": 16,
    "Table '…' does not exist": 1,
    "This operation is not authorized due to role restrictions and/or invalid database items": 1,
    "connect ECONNREFUSED …": 1,
    "format invalid. must be one of the following values: json, csv": 1,
    "getaddrinfo ENOTFOUND …": 2,
    "path '…' does not exist": 2,
    "successfully loaded # of # records": 9,
}
"""The kinds of those messages, and how many different messages each has."""

LOADS = {
    "successfully loaded 0 of 0 records": Load(0, 0),
    "successfully loaded 0 of 1 records": Load(0, 1),
    "successfully loaded 0 of 350 records": Load(0, 350),
    "successfully loaded 1 of 1 records": Load(1, 1),
    "successfully loaded 2 of 2 records": Load(2, 2),
    "successfully loaded 2 of 3 records": Load(2, 3),
    "successfully loaded 20 of 20 records": Load(20, 20),
    "successfully loaded 350 of 350 records": Load(350, 350),
    "successfully loaded 200000 of 200000 records": Load(200_000, 200_000),
    "379 of 379 records successfully deleted": Load(379, 379),
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
lengths = st.lists(st.integers(0, 10**9), min_size=1, max_size=LAST_RUNS + 50).map(sorted)


def different_messages() -> list[Any]:
    return list({json.dumps(message): message for _, _, message in TRIPLES}.values())


# Loads


def test_every_load_of_a_real_node_is_recognised_and_nothing_else_is() -> None:
    found = {
        message: load for message in different_messages() if (load := load_of(message)) is not None
    }
    assert found == LOADS


@pytest.mark.parametrize("text", LOADS)
def test_a_load_is_recognised_in_an_object_too(text: str) -> None:
    assert load_of({"message": text, "path": "/srv/harper/out.csv"}) == LOADS[text]


@pytest.mark.parametrize(
    ("message", "load"),
    [
        ("successfully loaded 9 of 12 records", Load(9, 12)),
        ("Successfully loaded 9 of 12 records.", Load(9, 12)),
        ("inserted 1 of 1 records", Load(1, 1)),
        ("1 of 1 record successfully deleted", Load(1, 1)),
        ("deleted 999999999999999 of 999999999999999 records", Load(10**15 - 1, 10**15 - 1)),
        ("9 of 12 records were successfully copied", Load(9, 12)),
        ("loaded 9 of 12 records into dev.dog", Load(9, 12)),
        ("done: successfully loaded 9 of 12 records into dev.dog", Load(9, 12)),
        ("successfully loaded 1,240 of 3,000 records", Load(1_240, 3_000)),
        ("999 of 1,234,567 records successfully deleted", Load(999, 1_234_567)),
    ],
)
def test_what_tells_how_many_were_done_is_a_load(message: str, load: Load) -> None:
    assert load_of(message) == load


@pytest.mark.parametrize(
    "message",
    [
        None,
        UNSET,
        "",
        9,
        True,
        ["successfully loaded 9 of 12 records"],
        {},
        {"error": "successfully loaded 9 of 12 records"},
        {"message": None},
        {"message": {"message": "successfully loaded 9 of 12 records"}},
        "successfully loaded 13 of 12 records",
        "successfully loaded -9 of 12 records",
        "successfully loaded 1,24 of 3,000 records",
        "successfully loaded 1240,000 of 3,000,000 records",
        "successfully loaded ,240 of 3,000 records",
        "successfully loaded 1.5 of 3 records",
        "successfully loaded 9 of 12",
        "successfully loaded 9 of 12 recordsets",
        "successfully loaded ９ of １２ records",  # noqa: RUF001
        f"successfully loaded 0 of {'9' * 400} records",
        "skipped 3 of 12 records",
        "3 of 12 records failed",
        "Invalid column name '3 of 12 records'",
        "import: 9 of 12 records",
        # The numbers alone, or the verb alone, may as well tell what was not done.
        "9 of 12 records",
        "9 of 12 records, 3 were there before",
        "9 of 12 records deleted",
        "9 of 12 records were not successfully deleted",
        "not copied 3 of 12 records",
        "unsuccessfully loaded 9 of 12 records",
        "done: loaded 9 of 12 records into dev.dog",
        "rolled back: 9 of 12 records successfully deleted",
        "updated 9 of 12 records",
        "9 of 12 records successfully updated",
        "page 3 of 12",
    ],
)
def test_what_does_not_tell_how_many_were_done_is_none(message: object) -> None:
    assert load_of(message) is None


def test_a_load_behind_a_megabyte_is_not_looked_for() -> None:
    assert load_of("loaded 9 " * 200_000 + "loaded 9 of 12 records") is None


@given(st.integers(0, 10**15 - 1), st.integers(0, 10**15 - 1))
def test_the_shortfall_is_what_was_not_done(one: int, other: int) -> None:
    done, total = sorted((one, other))
    load = load_of(f"successfully loaded {done} of {total} records")
    assert load is not None
    assert load.done + load.shortfall == load.total == total
    assert load_of(f"{done:,} of {total:,} records successfully deleted") == load


@given(json_values)
def test_any_message_is_a_load_or_none(message: Any) -> None:
    load = load_of(message)
    assert load is None or 0 <= load.done <= load.total


@pytest.mark.parametrize(
    ("done", "took", "rate"),
    [
        (200_000, 10_000, 20_000),
        (9, 500.0, 18),
        (0, 500, 0),
        (9, 0, None),
        (9, -1, None),
        (9, None, None),
        (None, 500, None),
    ],
)
def test_a_pace_is_the_records_of_a_second_where_both_are_known(
    done: int | None, took: float | None, rate: float | None
) -> None:
    assert records_per_second(done, took) == rate


# What is usual


def brute_percentile(runs: list[int], percent: int) -> int:
    return min(
        length
        for length in runs
        if sum(other <= length for other in runs) * 100 >= percent * len(runs)
    )


@given(lengths, st.integers(1, 100))
@example([1], 1)
@example(list(range(20)), 95)
@example(list(range(200)), 95)
def test_a_percentile_is_the_least_length_that_so_many_do_not_exceed(
    runs: list[int], percent: int
) -> None:
    assert percentile(runs, percent / 100) == brute_percentile(runs, percent)


@given(lengths)
def test_what_is_usual_is_told_by_five_runs_and_not_by_fewer(runs: list[int]) -> None:
    usual = usual_of(runs)
    assert (usual is None) == (len(runs) < FEWEST)
    if usual is not None:
        assert usual == (
            brute_percentile(runs, 50),
            brute_percentile(runs, 95),
            max(runs),
            len(runs),
        )


def test_without_runs_nothing_is_usual() -> None:
    assert usual_of([]) is None


@given(lengths.filter(lambda runs: len(runs) >= FEWEST))
def test_at_most_one_in_twenty_of_the_runs_was_late_by_what_is_usual(runs: list[int]) -> None:
    usual = usual_of(runs)
    assert usual is not None
    assert sum(is_late(length, usual) for length in runs) * 20 <= len(runs)


def test_a_run_is_late_once_it_took_longer_than_95_of_100() -> None:
    usual = Usual(p50=1_000, p95=2_000, longest=9_000, runs=200)
    assert not is_late(2_000, usual)
    assert is_late(2_000.5, usual)


@pytest.mark.parametrize(
    ("took", "longest", "runs", "beyond"),
    [
        (10**18, math.inf, 200, False),
        (10 * BEYOND_LEAST + 1, BEYOND_LEAST, 200, True),
        (10 * BEYOND_LEAST, BEYOND_LEAST, 200, False),
        (BEYOND_LEAST + 1, 1_000, 200, True),
        (BEYOND_LEAST + 1, 0, OWN_RUNS, True),
        (BEYOND_LEAST, 1_000, 200, False),
        (10**12, 1_000, OWN_RUNS - 1, False),
    ],
)
def test_a_run_is_beyond_anything_after_an_hour_and_ten_times_the_longest_of_twenty(
    took: int, longest: float, runs: int, beyond: bool
) -> None:
    assert is_beyond(took, Usual(0, 0, longest, runs)) is beyond


# Kinds


def test_messages_of_a_real_node_fall_into_these_kinds() -> None:
    assert Counter(map(fingerprint, different_messages())) == KINDS


@pytest.mark.parametrize(
    "messages",
    [
        [
            "Table 'dev.dog' does not exist",
            "Table 'prod.breed_old' does not exist",
            "Table 'it's mine' does not exist",
        ],
        [
            "CSV Load failed from URL: http://10.0.0.1:8099/a.csv, status code: 404",
            "CSV Load failed from URL: https://user@example.com/b?x=1&y=%20#z, status code: 410",
        ],
        ["Invalid column name 'a`b/c', cancelling", "Invalid column name '\x1b[31m\0', cancelling"],
        [f"Invalid column name '{'y' * count}', cancelling" for count in (1, 999, 2_000, 10**6)],
        ["Successfully completed job: 15bff151-c620-4b4a-930f-bc529101c547", "Successfully "
         "completed job: 16A2A0C0-75E9-4F2A-91B4-0E7B885D1278"],
        ["no such object 507f1f77bcf86cd799439011", "no such object 01ARZ3NDEKTSV4RRFFQ69G5FAV"],
        ["no such file: /srv/in/a.csv", r"no such file: C:\in\b.csv", "no such file: ../in/c.csv",
         "no such file: ~/d.csv", "no such file: in/2026-11-23/e.v2.csv"],
        ["getaddrinfo ENOTFOUND s3.example.com", "getaddrinfo ENOTFOUND harper"],
        ["connect ECONNREFUSED 127.0.0.1:1", "connect ECONNREFUSED ::1:9925"],
        ["took 5 of 10 s", "took 1.5 of 1,000 s"],
        ["exit  status\n1", "exit status 2"],
        [{"error": "Table 'a' does not exist"}, {"message": "Table 'b' does not exist", "path": 1},
         {"error": {"message": "Table 'c' does not exist"}}, "Table 'd' does not exist"],
        [{"code": "E5", "at": 1.5}, {"code": "E6", "at": 10**5000}],
    ],
)  # fmt: skip
def test_messages_that_differ_in_names_ids_and_numbers_alone_are_of_one_kind(
    messages: list[Any],
) -> None:
    assert len(set(map(fingerprint, messages))) == 1


@pytest.mark.parametrize(
    "messages",
    [
        ["Table 'a' does not exist", "Column 'a' does not exist", "Table 'a' is locked"],
        ["unsupported content type: text/html", "unsupported content type: text/plain"],
        ["connect ECONNREFUSED 10.0.0.1:80", "connect ETIMEDOUT 10.0.0.1:80"],
        ["ERROR while loading", "ERROR while deleting"],
        ["can't read 'a'", "can't write 'a'", "can't read or write 'a'"],
        ["the users' table is full", "the users' table is locked"],
        ["java.lang.NullPointerException", "java.lang.OutOfMemoryError"],
        ["UnicodeDecodeError", "Base64DecodeError"],
        [{"reason": "disk full", "retry": False}, {"reason": "disk full", "retry": True}],
        [{"reason": "disk full"}, {"cause": "disk full"}, ["disk full"]],
        [None, "null", {"error": "", "message": None}],
    ],
)  # fmt: skip
def test_messages_that_say_something_else_are_of_different_kinds(messages: list[Any]) -> None:
    assert len(set(map(fingerprint, messages))) == len(messages)


@pytest.mark.parametrize("message", [UNSET, None, "", " \n ", {}, [], [[], {}]])
def test_what_says_nothing_has_no_kind(message: object) -> None:
    assert fingerprint(message) == ""


MEGABYTE = 1_000_000


HOSTILE = {
    "quotes": ("'" * MEGABYTE, "'…'"),
    "quoted blanks": ('" ' * MEGABYTE, '"…"'),
    "one unclosed": ("failed on 'x" + "`\"'a" * MEGABYTE, "failed on '…'"),
    "digits": ("9" * MEGABYTE, "…"),
    "digits and commas": ("9," * MEGABYTE, "#,"),
    "slashes": ("/" * MEGABYTE, "…"),
    "backslashes": ("\\" * MEGABYTE, "…"),
    "a path": ("a/" * MEGABYTE, ("a/" * LONGEST_KIND)[:LONGEST_KIND]),
    "dots": ("a." * MEGABYTE, ("a." * LONGEST_KIND)[:LONGEST_KIND]),
    "one word": ("x" * MEGABYTE, "x" * LONGEST_KIND),
    "blanks": (" " * MEGABYTE, ""),
    "control characters": ("\x1b[31m\0" * MEGABYTE, r"\x1b[#m\x00"),
    "lone surrogates": ("\ud800\u202e", r"\ud800\u202e"),
    "many texts": ({"rows": ["/" * 100] * 100_000}, "rows: …"),
    "many numbers": ({"rows": list(range(100_000))}, "rows: # # #"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_has_a_short_and_clean_kind(name: str) -> None:
    message, beginning = HOSTILE[name]
    kind = fingerprint(message)
    assert kind.startswith(beginning)
    assert len(kind) <= LONGEST_KIND
    assert kind == one_line(kind)


def test_neither_depth_nor_digits_are_too_many() -> None:
    message: Any = ["Table 'a' does not exist", 10**5_000]
    for _ in range(100_000):
        message = [message]
    assert fingerprint(message) == "Table '…' does not exist #"
    assert load_of(message) is None
    message = "Table 'a' does not exist"
    for _ in range(100_000):
        message = {"error": message}
    assert fingerprint(message) == "Table '…' does not exist"


def test_no_mask_goes_over_more_than_the_ends_of_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    class Measured:
        def sub(self, mask: str, text: str) -> str:
            seen.append(len(text))
            return text

    monkeypatch.setattr(insight, "_masks", lambda: [(Measured(), "")])
    for message in ("x" * MEGABYTE, {"error": "x" * MEGABYTE}, ["x"] * 100_000):
        fingerprint(message)
    assert len(seen) == 3
    assert max(seen) <= insight.LOOKED_AT


@given(json_values)
@example({"error": True, "message": "x"})
@example({"error": {}, "message": []})
@example(float("nan"))
def test_any_message_has_a_kind_that_is_short_clean_and_encodable(message: Any) -> None:
    kind = fingerprint(message)
    assert len(kind) <= LONGEST_KIND
    assert kind == one_line(kind)
    kind.encode()


@given(st.text("'\"`/\\.:- 09afgxz\n", max_size=60))
def test_no_number_is_left_in_a_kind_but_those_of_escapes(text: str) -> None:
    assert not re.search(r"\d", fingerprint(text))
