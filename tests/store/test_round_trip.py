"""JSON in, store, JSON out: equal as JSON, whichever log wrote it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwatch.model.formats import decode, encode_record
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.model.when import iso
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog

# With NUL, lone surrogates and everything else that JSON's strings can hold.
text = st.text(st.characters(codec=None, categories=("L", "N", "P", "S", "C")), max_size=12)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    text,
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
times = st.one_of(st.none(), st.integers(-(2**70), 2**70), st.floats(-1e20, 1e20))
ids = text.filter(bool)
known = {
    "user": values,
    "type": values,
    "status": st.sampled_from(["CREATED", "IN_PROGRESS", "COMPLETE", "ERROR"]) | values,
    "message": values,
    "job_body": values,
    **dict.fromkeys(
        (
            "start_datetime",
            "end_datetime",
            "created_datetime",
            "__createdtime__",
            "__updatedtime__",
        ),
        times,
    ),
}
records = st.builds(
    lambda other, id, fields: {**other, "id": id, **fields},
    st.dictionaries(text, values, max_size=3),
    ids,
    st.fixed_dictionaries({}, optional={**known, "request": values}),
)


def as_text(record: dict[str, Any]) -> str:
    """Return JSON text that tells 1 from 1.0 and from true, in one order of keys."""
    return json.dumps(record, sort_keys=True)


def expected(record: dict[str, Any]) -> str:
    record = dict(record)
    record.pop("request", None)
    for key in ("start_datetime", "end_datetime"):
        record.pop(f"{key}_converted", None)
        time = record.get(key)
        if time is not None and (converted := iso(time)) is not None:
            record[f"{key}_converted"] = converted
    return as_text(record)


def through_plain(jobs: list[Job]) -> list[Job | None]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        with PlainJobLog.open(path) as log:
            log.upsert_many(jobs)
        with PlainJobLog.read(path) as log:
            return [log.get_job(job.id) for job in jobs]


def through_async(jobs: list[Job]) -> list[Job | None]:
    async def run() -> list[Job | None]:
        with tempfile.TemporaryDirectory() as folder:
            async with JobLog.open(Path(folder) / "jobs.db") as log:
                await log.upsert_many(jobs)
                return [await log.get_job(job.id) for job in jobs]

    return asyncio.run(run())


@pytest.mark.parametrize("through", [through_plain, through_async])
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(given_records=st.lists(records, min_size=1, max_size=5, unique_by=lambda r: r["id"]))
def test_a_record_comes_out_as_it_went_in(
    through: Any, given_records: list[dict[str, Any]]
) -> None:
    jobs = [Job.from_record(decode(json.dumps(record))) for record in given_records]
    kept = through(jobs)
    for record, job in zip(given_records, kept, strict=True):
        # What a JSON text says of adjacent surrogates is one character, not two.
        reread = json.loads(json.dumps(record))
        assert as_text(json.loads(encode_record(job))) == expected(reread)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(id=ids, note=st.builds(Note, st.integers(0, 2**50), st.text(max_size=12)))
def test_a_note_comes_out_as_it_went_in(id: str, note: Note) -> None:
    id = decode(json.dumps(id))
    with (
        tempfile.TemporaryDirectory() as folder,
        PlainJobLog.open(Path(folder) / "jobs.db") as log,
    ):
        log.upsert_many([Job(id=id), Job(id=f"{id}, another")])
        assert log.set_notes({id: note, f"{id}, none": note}) == 1
        assert {row.id: row.note for row in log.rows(JobQuery())} == {
            id: note,
            f"{id}, another": None,
        }


def test_absent_and_null_are_kept_apart(tmp_path: Path) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many(
            [Job.from_record({"id": "null", "message": None}), Job.from_record({"id": "absent"})]
        )
        null, absent = log.get_job("null"), log.get_job("absent")
    assert null is not None
    assert absent is not None
    assert null.to_record() == {"id": "null", "message": None}
    assert absent.to_record() == {"id": "absent"}


@pytest.mark.parametrize("time", [5, 5.0, 1795471017788.1655, 2**70, None])
def test_a_time_keeps_its_type(tmp_path: Path, time: float | None) -> None:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many([Job.from_record({"id": "a", "start_datetime": time})])
        job = log.get_job("a")
    assert job is not None
    assert repr(job.start_datetime) == repr(time)
