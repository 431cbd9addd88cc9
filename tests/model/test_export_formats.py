"""Records through each format and back, the derived keys, and the guard against formulas."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwatch.model.csv_cells import guard, unguard
from jobwatch.model.entries import entries
from jobwatch.model.export_formats import LAYOUTS, format_of
from jobwatch.model.exported import DERIVED, export_record, import_record
from jobwatch.model.formats import Format, decode
from jobwatch.model.insight import Sign, Usual
from jobwatch.model.job import TIMES, VALUES, Job
from jobwatch.model.known import Known, known_of, lost_reason, mark_of
from jobwatch.model.node import Origin
from jobwatch.model.row import Note
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named

ZURICH = zone_named("Europe/Zurich")
START = 1_795_392_000_000  # 2026-11-23T00:00Z

SIGNS = Signs({("load", ""): Usual(p50=10_000, p95=60_000, longest=90_000, runs=40)})
NOTHING = Known()


def storable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


# Unpaired surrogates too, and often what a spreadsheet or a reader of JSON looks at.
CHARACTERS = st.characters(exclude_categories=()) | st.sampled_from("'=+-@\t\r\n{}[]\",;0")
TEXTS = st.text(CHARACTERS, max_size=8)
NUMBERS = st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TIME = st.none() | st.integers(-(2**70), 2**70) | st.floats(-1e20, 1e20) | st.just(START)
# Names of derived keys, and what they are written as.
KEYS = TEXTS | st.builds(
    lambda times, key: "own." * times + key,
    st.integers(0, 2),
    st.sampled_from([*sorted(DERIVED), "__other__", "response"]),
)
RECORDS = st.builds(
    lambda id, known, other: {"id": id} | known | {k: v for k, v in other.items() if k != "id"},
    TEXTS.filter(bool),
    st.fixed_dictionaries({}, optional=dict.fromkeys(VALUES, VALUE) | dict.fromkeys(TIMES, TIME)),
    st.dictionaries(KEYS, VALUE, max_size=3),
)
ORIGINS = st.just(Origin()) | st.builds(
    Origin,
    st.text(CHARACTERS, min_size=1, max_size=8).filter(storable),
    st.none() | st.integers(0, 2**50),
)
NOTES = st.builds(Note, st.integers(0, 2**50), st.text(CHARACTERS, max_size=8).filter(storable))
KNOWN = st.builds(
    Known,
    ORIGINS,
    st.none() | NOTES,
    st.none() | st.sampled_from(Sign),
    TEXTS,
    st.none() | st.booleans(),
)
ANY_LOG = st.lists(st.tuples(RECORDS, KNOWN), max_size=4)


def job_of(record: dict[str, Any]) -> Job:
    # What a JSON text says of adjacent surrogates is one character, not two.
    return Job.from_record(decode(json.dumps(record)))


def exported(format: Format, jobs: list[tuple[Job, Known]]) -> bytes:
    """Return what a file holds, in batches of two."""
    layout = LAYOUTS[format]
    records = [export_record(job, known, ZURICH) for job, known in jobs]
    batches = [layout.encode(records[first : first + 2]) for first in range(0, len(records), 2)]
    return layout.head + layout.between.join(batches) + layout.tail


def imported(data: bytes, format: Format | None = None) -> list[tuple[Job, Known]]:
    found = []
    for entry in entries(iter([data]), format):
        assert not entry.reason
        value, known = import_record(entry.value)
        found.append((Job.from_record(value), known))
    return found


def as_text(jobs: list[tuple[Job, Known]]) -> str:
    """Return what must come back, as text that tells 1 from 1.0 and from true, keys in order."""
    return json.dumps(
        [[job.to_record(), [*job.other], known.origin, known.note] for job, known in jobs]
    )


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("format", list(Format))
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(records=ANY_LOG)
def test_jobs_of_any_shape_come_out_of_a_file_as_they_went_in(
    format: Format, records: list[tuple[dict[str, Any], Known]]
) -> None:
    jobs = [(job_of(record), known) for record, known in records]
    data = exported(format, jobs)
    assert as_text(imported(data, format)) == as_text(jobs)
    assert as_text(imported(data)) == as_text(jobs)  # told by content


@pytest.mark.parametrize("format", [Format.JSON, Format.NDJSON])
@given(records=ANY_LOG)
def test_exported_json_is_json_to_any_reader(
    format: Format, records: list[tuple[dict[str, Any], Known]]
) -> None:
    data = exported(format, [(job_of(record), known) for record, known in records])
    read = json.loads(data) if format is Format.JSON else [*map(json.loads, data.splitlines())]
    assert len(read) == len(records)


@pytest.mark.parametrize("format", list(Format))
def test_a_log_without_a_job_is_a_file_without_a_record(format: Format) -> None:
    data = exported(format, [])
    assert (
        data
        == {
            Format.JSON: b"[]\n",
            Format.NDJSON: b"",
            Format.CSV: (
                b"id,type,user,status,start_datetime,start_datetime_converted,"
                b"end_datetime,end_datetime_converted,created_datetime,created_datetime_converted,"
                b"__createdtime__,__createdtime___converted,__updatedtime__,"
                b"__updatedtime___converted,message,job_body,"
                b"__state__,__done__,__total__,__late__,__kind__,"
                b"__node__,__lost_since__,__lost_reason__,__note__,__noted_at__,__other__\r\n"
            ),
        }[format]
    )
    assert imported(data) == []


# What stands beside the record


def test_each_time_has_its_text_in_the_zone_beside_it() -> None:
    summer = START - 150 * 86_400_000
    job = Job(id="a", start_datetime=summer + 0.75, end_datetime=START + 7, updatedtime=None)
    assert export_record(job, Known(Origin("n1")), ZURICH) == {
        "id": "a",
        "start_datetime": summer + 0.75,
        "start_datetime_converted": "2026-06-26T02:00:00.000+02:00",
        "end_datetime": START + 7,
        "end_datetime_converted": "2026-11-23T01:00:00.007+01:00",
        "__updatedtime__": None,
        "__state__": "–",
        "__node__": "n1",
    }
    in_utc = export_record(job, Known(), UTC)
    assert in_utc["end_datetime_converted"] == "2026-11-23T00:00:00.007+00:00"


def test_a_time_beyond_any_date_has_none() -> None:
    assert export_record(Job(id="a", start_datetime=10**20), Known(), UTC) == {
        "id": "a",
        "start_datetime": 10**20,
        "__state__": "–",
    }


def beside(job: Job, known: Known = NOTHING) -> dict[str, Any]:
    """Return what stands beside a record, but for its dates."""
    record = export_record(job, known, UTC)
    return {key: record[key] for key in record if key.startswith("__") and key not in TIMES}


@pytest.mark.parametrize(
    ("status", "message", "said"),
    [
        ("COMPLETE", "42 pages", {"__state__": "complete"}),
        (
            "COMPLETE",
            "successfully loaded 12 of 12 records",
            {"__state__": "complete", "__done__": 12, "__total__": 12},
        ),
        (
            "COMPLETE",
            {"message": "successfully loaded 9 of 12 records"},
            {"__state__": "partial", "__done__": 9, "__total__": 12},
        ),
        (
            "COMPLETE",
            "successfully loaded 0 of 12 records",
            {
                "__state__": "failed",
                "__done__": 0,
                "__total__": 12,
                "__kind__": "successfully loaded # of # records",
            },
        ),
        (
            "ERROR",
            "Table 'dev.dog' does not exist",
            {"__state__": "error", "__kind__": "Table '…' does not exist"},
        ),
        ("ERROR", None, {"__state__": "error"}),
        ("CREATED", None, {"__state__": "created"}),
        ("IN_PROGRESS", None, {"__state__": "running"}),
        ("Odd\x1b", None, {"__state__": "odd\\x1b"}),
    ],
)
def test_the_state_is_the_word_on_screen_and_what_the_message_implies_goes_with_it(
    status: str, message: Any, said: dict[str, Any]
) -> None:
    assert beside(Job(id="a", status=status, message=message)) == said


def test_a_note_comes_back_with_its_time() -> None:
    job = Job(id="a", status="ERROR")
    known = Known(note=Note(START, "known, ticket 12"))
    assert beside(job, known) == {
        "__state__": "error",
        "__note__": "known, ticket 12",
        "__noted_at__": START,
    }
    assert import_record(export_record(job, known, UTC)) == ({"id": "a", "status": "ERROR"}, known)


RUNNING = Job(id="a", type="load", status="IN_PROGRESS", start_datetime=START)
ENDED = RUNNING.replace(status="COMPLETE", end_datetime=START + 60_000)
LATER = ENDED.replace(end_datetime=START + 60_001)


@pytest.mark.parametrize(
    ("job", "after", "sign", "late"),
    [
        (ENDED, 0, None, False),
        (LATER, 0, None, True),
        (LATER.replace(status="ERROR"), 0, None, True),
        (ENDED.replace(end_datetime=None), 0, None, None),
        (ENDED.replace(end_datetime=START - 1), 0, None, None),
        (ENDED.replace(start_datetime="?"), 0, None, None),
        (RUNNING, 60_000, None, False),
        (RUNNING, 60_001, Sign.OVERDUE, True),
        (RUNNING, 3_600_001, Sign.BEYOND, True),
        (RUNNING, -5, None, None),
        (RUNNING.replace(status="CREATED"), 60_001, None, None),
    ],
)
def test_what_takes_longer_than_95_percent_of_its_like_is_late(
    job: Job, after: int, sign: Sign | None, late: bool | None
) -> None:
    known = known_of(job, Origin(), None, SIGNS, START + after)
    assert (known.sign, known.late) == (sign, late)
    assert beside(job, known).get("__late__") is late
    unknown = known_of(job, Origin(), None, NO_SIGNS, START + after)
    assert (unknown.sign, unknown.late) == (None, None)


@pytest.mark.parametrize(
    ("origin", "gone", "after", "reason"),
    [
        (
            Origin("n1", START + 5),
            True,
            0,
            "its node was started anew at 2026-11-23 01:00:00.005 +01:00",
        ),
        (Origin("n1"), True, 0, "the process that ran it (pid 7 on h) is gone"),
        (
            Origin(),
            False,
            3_600_001,
            "it has run 40 times as long as any of its type ever did (1:30 at most)",
        ),
        (Origin(), False, 60_001, ""),
    ],
)
def test_a_lost_job_says_why(origin: Origin, gone: bool, after: int, reason: str) -> None:
    signs = SIGNS._replace(gone=frozenset([RUNNING.id] if gone else []))
    known = known_of(RUNNING, origin, None, signs, START + after, process="pid 7 on h")
    assert mark_of(RUNNING, known).word == ("lost" if reason else "overdue")
    assert lost_reason(known, ZURICH) == reason
    record = export_record(RUNNING, known, ZURICH)
    assert record.get("__lost_reason__", "") == lost_reason(known, ZURICH)


def test_the_process_of_a_job_that_has_ended_may_be_gone() -> None:
    signs = Signs(gone=frozenset([ENDED.id]))
    assert known_of(ENDED, Origin(), None, signs, START).sign is None


def test_a_flag_in_a_table_is_true_or_false_and_nothing_twice() -> None:
    known = Known(note=Note(START, "=1"), late=True)
    data = exported(Format.CSV, [(LATER, known), (ENDED, known._replace(late=False))])
    late, in_time = rows(data)
    assert (late["__late__"], in_time["__late__"]) == ("true", "false")
    assert (late["__note__"], late["__noted_at__"]) == ("'=1", str(START))
    assert late["__other__"] == ""
    assert imported(data) == [(job, Known(note=Note(START, "=1"))) for job in (LATER, ENDED)]


def test_an_own_key_of_a_derived_name_is_written_under_another() -> None:
    job = Job(id="a", other={"__node__": "mine", "own.__node__": 1, "own.x": 2})
    known = Known(Origin("n1"))
    record = export_record(job, known, UTC)
    assert record == {
        "id": "a",
        "__state__": "–",
        "__node__": "n1",
        "own.__node__": "mine",
        "own.own.__node__": 1,
        "own.x": 2,
    }
    assert import_record(record) == ({"id": "a", **job.other}, known)


@pytest.mark.parametrize(
    "record",
    [
        {"id": "a", "__node__": 5, "__lost_since__": 5},
        {"id": "a", "__node__": "", "own.x": 1},
        {"id": "a", "__node__": "\ud800"},
        {"id": "a", "__state__": 5, "__late__": "true", "__done__": True, "__kind__": None},
        {"id": "a", "__note__": "without its time", "__lost_reason__": []},
        # Of another system, with a state and counts of its own.
        {"id": "a", "__state__": "queued", "__done__": 3, "__total__": 4, "__late__": True},
        {"id": "a", "__kind__": "batch", "__lost_reason__": "left on a train", "__late__": False},
        {"id": "a", "status": "COMPLETE", "__state__": "COMPLETE", "__done__": 1},
        {"id": "a", "status": "COMPLETE", "__state__": "running", "__kind__": "nightly"},
        {"id": "a", "status": None, "__state__": "none", "__total__": 0},
        {"id": "a", "__note__": "\ud800", "__noted_at__": 5},
        {"id": "a", "__note__": "at no time", "__noted_at__": 2**80},
        {"id": "a", "created_datetime_converted": "without its time"},
        {"id": "a", "created_datetime": 1, "created_datetime_converted": 1},
        [1],
        "text",
        None,
    ],
)
def test_a_record_that_uses_such_a_name_otherwise_stays_as_it_is(record: Any) -> None:
    assert import_record(record) == (record, Known())


# CSV


@given(TEXTS)
def test_the_guard_is_undone_to_the_letter(text: str) -> None:
    assert unguard(guard(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+41 44", "'+41 44"),
        ("-x", "'-x"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "''=1"),
        ("''", "''"),
        ("'quoted'", "'quoted'"),
        ("-5", "-5"),
        ("-5.25e-3", "-5.25e-3"),
        ("-5 degrees", "'-5 degrees"),
        ("1=1", "1=1"),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded_and_nothing_else(
    text: str, cell: str
) -> None:
    assert guard(text) == cell
    [row] = rows(exported(Format.CSV, [(Job(id="a", message=text), Known())]))
    assert row["message"] == cell
    assert row["__other__"] == ""


@settings(suppress_health_check=list(HealthCheck))
@given(records=ANY_LOG)
def test_no_cell_begins_as_a_formula(records: list[tuple[dict[str, Any], Known]]) -> None:
    for row in rows(exported(Format.CSV, [(job_of(record), known) for record, known in records])):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n"))
            if cell.startswith("-"):
                float(cell)


def test_a_cell_says_what_it_can_and_the_last_column_the_rest() -> None:
    job = Job(
        id="a",
        type=5,
        user=None,
        status="COMPLETE",
        start_datetime=-5,
        end_datetime=None,
        message={"error": "x"},
        job_body='{"looks": "like JSON"}',
        other={"k": [1]},
    )
    [row] = rows(exported(Format.CSV, [(job, Known(Origin("n1")))]))
    assert {name: cell for name, cell in row.items() if cell} == {
        "id": "a",
        "type": "5",
        "status": "COMPLETE",
        "start_datetime": "-5",
        "start_datetime_converted": "1970-01-01T00:59:59.995+01:00",
        "message": '{"error":"x"}',
        "job_body": '{"looks": "like JSON"}',
        "__state__": "complete",
        "__node__": "n1",
        "__other__": (
            r'{"user":null,"type":5,"job_body":"{\"looks\": \"like JSON\"}",'
            r'"end_datetime":null,"k":[1]}'
        ),
    }


def test_a_table_that_jobwatch_did_not_write_keeps_its_apostrophes() -> None:
    assert imported(b"id,message\na,'=1\n", Format.CSV) == [(Job(id="a", message="'=1"), Known())]


def test_an_exported_table_may_lose_columns_and_have_others_in_between() -> None:
    data = b"""__other__,message,more,id\r\n"{""x"":1}",'=1,'-y,a\r\n"""
    assert imported(data) == [(Job(id="a", message="=1", other={"x": 1, "more": "-y"}), Known())]


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.json", Format.JSON),
        ("A.CSV", Format.CSV),
        ("a.ndjson", Format.NDJSON),
        ("a.jsonl", Format.NDJSON),
        ("-", Format.NDJSON),
    ],
)
def test_a_files_name_tells_its_format(name: str, format: Format) -> None:
    assert format_of(Path(name)) is format
