"""The record: what is accepted, what is refused and why, and how two become one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.job import UNSET, Job, JobStatus, Phase, RecordError, merge

CAPTURES = Path(__file__).parents[1] / "data" / "captures"


def records_in_captures() -> list[dict[str, Any]]:
    found = []
    for path in sorted(CAPTURES.glob("*.json")):
        response = json.loads(path.read_text())["response"]
        if isinstance(response, list):
            found += [
                r for r in response if isinstance(r, dict) and {"id", "status", "type"} <= {*r}
            ]
    return found


def test_every_record_of_a_real_node_comes_out_as_it_went_in() -> None:
    records = records_in_captures()
    assert len(records) == 555
    for record in records:
        kept = Job.from_record(record).to_record()
        expected = {k: v for k, v in record.items() if k != "request"}
        # A node converts in searches alone; we do wherever there is a time.
        for key in ("start_datetime_converted", "end_datetime_converted"):
            if key in kept:
                assert kept[key] == expected.get(key, kept[key])
                expected[key] = kept[key]
        assert kept == expected


@pytest.mark.parametrize(
    ("given_id", "kept"), [("a", "a"), (5, "5"), (1.5, "1.5"), (2**80, str(2**80))]
)
def test_an_id_is_text_and_a_number_becomes_its_text(given_id: object, kept: str) -> None:
    assert Job.from_record({"id": given_id}).id == kept


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "no id"),
        ({"id": ""}, "the id is empty"),
        ({"id": None}, "this is null"),
        ({"id": True}, "this is true"),
        ({"id": {}}, "this is an object"),
        ({"id": []}, "this is an array"),
        ([], "a record must be a JSON object, this is an array"),
        ("x", "this is text"),
        ({"id": "a", "start_datetime": "2020"}, "start_datetime must be a number"),
        ({"id": "a", "end_datetime": True}, "end_datetime must be a number"),
        ({"id": "a", "created_datetime": float("inf")}, "created_datetime must be a number"),
        ({"id": "a", "__createdtime__": float("nan")}, "__createdtime__ must be a number"),
        ({"id": "a", "__updatedtime__": {}}, "__updatedtime__ must be a number"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(record: object, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        Job.from_record(record)


def test_credentials_are_dropped_and_unknown_keys_are_not() -> None:
    job = Job.from_record({"id": "a", "request": {"password": "x"}, "result": {"request": 1}})
    assert job.to_record() == {"id": "a", "result": {"request": 1}}


@pytest.mark.parametrize(
    ("fields", "phase"),
    [
        ({"status": "CREATED"}, Phase.CREATED),
        ({"status": "IN_PROGRESS", "end_datetime": 5}, Phase.IN_PROGRESS),
        ({"status": JobStatus.COMPLETE}, Phase.ENDED),
        ({"status": "ERROR"}, Phase.ENDED),
        ({"status": "PAUSED"}, Phase.IN_PROGRESS),
        ({"status": "PAUSED", "end_datetime": 5}, Phase.ENDED),
        ({"status": {"odd": 1}}, Phase.IN_PROGRESS),
        ({}, Phase.IN_PROGRESS),
    ],
)
def test_the_phase_is_the_status_where_it_is_known(fields: dict[str, Any], phase: Phase) -> None:
    assert Job(id="a", **fields).phase is phase


@pytest.mark.parametrize(
    ("fields", "started"),
    [
        ({"start_datetime": 3, "created_datetime": 2, "createdtime": 1}, 3),
        ({"start_datetime": None, "created_datetime": 2.5, "createdtime": 1}, 2.5),
        ({"createdtime": 1}, 1),
        ({}, 0),
    ],
)
def test_a_job_without_a_start_is_ordered_by_what_is_nearest(
    fields: dict[str, Any], started: float
) -> None:
    assert Job(id="a", **fields).started == started


def a(status: str, updated: float | None = None, **fields: Any) -> Job:
    return Job(id="a", status=status, updatedtime=UNSET if updated is None else updated, **fields)


@pytest.mark.parametrize(
    ("known", "incoming", "status"),
    [
        (a("COMPLETE", 1), a("IN_PROGRESS", 2), "IN_PROGRESS"),
        (a("COMPLETE", 2), a("IN_PROGRESS", 1), "COMPLETE"),
        (a("COMPLETE", 2), a("IN_PROGRESS", 2), "COMPLETE"),
        (a("COMPLETE", 2), a("IN_PROGRESS"), "COMPLETE"),
        (a("CREATED"), a("IN_PROGRESS", 2), "IN_PROGRESS"),
        (a("IN_PROGRESS"), a("CREATED"), "IN_PROGRESS"),
        (a("COMPLETE"), a("ERROR"), "ERROR"),
        (a("ERROR", 5), a("COMPLETE", 5), "COMPLETE"),
    ],
)
def test_the_later_record_wins_then_the_further_then_the_incoming(
    known: Job, incoming: Job, status: str
) -> None:
    assert merge(known, incoming).status == status


def test_what_only_one_side_has_is_kept_and_null_counts_as_absent() -> None:
    known = a("IN_PROGRESS", 1, user="ada", message="half", other={"x": 1, "y": None})
    incoming = a("COMPLETE", 2, message=None, job_body={"b": 1}, other={"y": 2, "x": None})
    merged = merge(known, incoming)
    assert (merged.user, merged.message, merged.job_body) == ("ada", "half", {"b": 1})
    assert merged.other == {"x": 1, "y": 2}
    assert merge(a("ERROR", message=None), a("ERROR")).message is None


statuses = st.sampled_from(["CREATED", "IN_PROGRESS", "COMPLETE", "ERROR"])
fields = st.sampled_from([UNSET, None, 1, "text", {"k": 1}])
jobs = st.builds(
    lambda status, updated, message, user: Job(
        id="a", status=status, updatedtime=updated, message=message, user=user
    ),
    statuses,
    st.sampled_from([UNSET, 1, 2, 3]),
    fields,
    fields,
)


@given(jobs, jobs)
def test_merging_the_same_record_again_changes_nothing(known: Job, incoming: Job) -> None:
    merged = merge(known, incoming)
    assert merge(merged, merged) == merged
    if known.phase <= incoming.phase:
        assert merge(merged, incoming) == merged


@given(jobs, jobs)
def test_the_order_of_two_records_of_different_age_does_not_matter(one: Job, other: Job) -> None:
    one, other = one.replace(updatedtime=1), other.replace(updatedtime=2)
    assert merge(one, other) == merge(other, one)
