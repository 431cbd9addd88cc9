"""The two operations on a log, without HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jobwatch.api.operations import LARGEST_ID, PAGE, Record, run
from jobwatch.api.refused import RefusedError
from jobwatch.model.job import UNSET, Job, Time
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named
from jobwatch.store.job_log import JobLog
from tests.api.serving import fill

START = 1_795_392_000_000  # 2026-11-23T00:00Z
FROM_AND_TO: dict[str, Any] = {"from_date": "2026-11-23T00:00Z", "to_date": "2026-11-23T00:01Z"}


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "jobs.db") as log:
        yield log


async def records(log: JobLog, zone: Zone = UTC, **request: Any) -> list[Record]:
    return [record async for page in run(log, request, zone) for record in page]


async def get_job(log: JobLog, id: object) -> list[Record]:
    return await records(log, operation="get_job", id=id)


async def search(log: JobLog, zone: Zone = UTC, **fields: Any) -> list[Record]:
    return await records(log, zone, operation="search_jobs_by_start_date", **fields)


def starting(id: str, start: Time) -> Job:
    return Job(id=id, status="COMPLETE", start_datetime=start)


# get_job


async def test_a_job_is_told_as_the_manual_documents_it(log: JobLog) -> None:
    record = {
        "id": "a",
        "user": "ada",
        "type": "csv_url_load",
        "status": "COMPLETE",
        "start_datetime": START,
        "end_datetime": START + 1_500,
        "job_body": {"operation": "csv_url_load"},
        "message": {"error": "no"},
        "created_datetime": START - 4,
        "__createdtime__": START - 4.25,
        "__updatedtime__": START + 1_501,
    }
    await log.upsert_many([Job.from_record(record)])
    assert await get_job(log, "a") == [
        record
        | {
            "start_datetime_converted": "2026-11-23T00:00:00.000Z",
            "end_datetime_converted": "2026-11-23T00:00:01.500Z",
        }
    ]


async def test_what_a_job_does_not_have_yet_is_absent_from_get_job_and_null_in_a_search(
    log: JobLog,
) -> None:
    running = Job(id="a", status="IN_PROGRESS", start_datetime=START + 1, end_datetime=None)
    await log.upsert_many([running])
    known = {
        "id": "a",
        "status": "IN_PROGRESS",
        "start_datetime": START + 1,
        "start_datetime_converted": "2026-11-23T00:00:00.001Z",
    }
    assert await get_job(log, "a") == [known]
    assert await search(log, **FROM_AND_TO) == [known | {"end_datetime": None, "message": None}]


@pytest.mark.parametrize("id", ["nobody", 0, 5, 1.5, "x" * LARGEST_ID, "é" * (LARGEST_ID // 2)])
async def test_an_unknown_id_and_a_number_are_nothing(log: JobLog, id: object) -> None:
    await log.upsert_many([starting("5", START)])
    assert await get_job(log, id) == []


@pytest.mark.parametrize(
    ("id", "length"),
    [
        ("x" * (LARGEST_ID + 1), 1979),
        ("x" * 5000, 5000),
        ("é" * 990, 990),
        ("🐶" * 500, 1000),
        ("\ud800" * 700, 700),
    ],
)
async def test_an_id_too_long_for_a_node_is_said_in_a_record_without_an_id(
    log: JobLog, id: str, length: int
) -> None:
    assert await get_job(log, id) == [
        {"message": f"Error: Primary key size is too large: {length}"}
    ]


async def test_a_long_id_that_the_log_has_is_found(log: JobLog) -> None:
    id = "x" * 5000
    await log.upsert_many([starting(id, START)])
    [record] = await get_job(log, id)
    assert record["id"] == id


@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        ({}, 400, "'id' is required"),
        ({"id": ""}, 500, "Invalid job ID specified."),
        ({"id": None}, 500, "Invalid job ID specified."),
        ({"id": []}, 500, "Invalid job ID specified."),
        *(
            (
                {"id": id},
                500,
                "there was an error searching for jobs.  Please check the log for details.",
            )
            for id in (True, False, {}, {"a": 1}, ["a"])
        ),
    ],
)
async def test_what_is_no_id_is_refused(
    log: JobLog, request_: dict[str, Any], status: int, error: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        await records(log, operation="get_job", **request_)
    assert (refused.value.status, refused.value.body) == (status, {"error": error})


# search_jobs_by_start_date


async def test_both_ends_are_excluded_to_the_fraction_of_a_millisecond(log: JobLog) -> None:
    end = START + 60_000
    await log.upsert_many(
        starting(str(start), start)
        for start in (START - 1, START, START + 0.5, START + 1, end - 0.5, end, end + 0.5)
    )
    found = await search(log, **FROM_AND_TO)
    assert [record["start_datetime"] for record in found] == [START + 0.5, START + 1, end - 0.5]


async def test_the_oldest_comes_first_through_all_pages(log: JobLog) -> None:
    count = 2 * PAGE + 1
    await log.upsert_many(starting(f"{n}", START + 1 + n // 2) for n in reversed(range(count)))
    found = await search(log, **FROM_AND_TO)
    starts = [record["start_datetime"] for record in found]
    assert starts == sorted(starts)
    assert len({record["id"] for record in found}) == len(found) == count


async def test_a_page_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    class Counting(JobLog):
        pages = 0

        async def page(self, *arguments: Any, **options: Any) -> list[Job]:
            self.pages += 1
            return await super().page(*arguments, **options)

    path = fill(tmp_path / "many.db", *(starting(f"{n}", START + n) for n in range(4 * PAGE)))
    async with Counting.read(path) as log:
        assert isinstance(log, Counting)
        dates = {"from_date": "2026", "to_date": "2027"}
        pages = run(log, {"operation": "search_jobs_by_start_date", **dates}, UTC)
        for read in (1, 2):
            assert len(await anext(pages)) == PAGE
            assert log.pages == read
        await pages.aclose()


@pytest.mark.parametrize("start", [None, UNSET])
async def test_a_job_without_a_start_is_in_no_search(log: JobLog, start: Time) -> None:
    await log.upsert_many(
        [Job(id="a", status="CREATED", start_datetime=start, created_datetime=START + 1)]
    )
    assert await search(log, **FROM_AND_TO) == []


@pytest.mark.parametrize(
    ("from_date", "to_date"),
    [("2027", "2026"), ("2026-11-23", "2026-11-23"), ("2030", "2031"), ("-000001-01-01", "0001")],
)
async def test_a_range_that_holds_nothing_is_no_error(
    log: JobLog, from_date: str, to_date: str
) -> None:
    await log.upsert_many([starting("a", START)])
    assert await search(log, from_date=from_date, to_date=to_date) == []


async def test_a_date_without_a_zone_is_one_of_the_server_s(log: JobLog) -> None:
    await log.upsert_many([starting("a", START - 1_800_000)])
    dates: dict[str, Any] = {"from_date": "2026-11-23", "to_date": "2026-11-24"}
    assert await search(log, **dates) == []
    assert len(await search(log, zone_named("Europe/Zurich"), **dates)) == 1


async def test_limit_and_offset_are_ignored(log: JobLog) -> None:
    await log.upsert_many(starting(f"{n}", START + 1 + n) for n in range(5))
    assert len(await search(log, **FROM_AND_TO, limit=2, offset=1)) == 5


INVALID = "There was an error searching jobs by date: Error: Invalid {}"
FROM = "'from' date, must be in ISO-8601 format (YYYY-MM-DD)."
TO = "'to' date, must be in ISO-8601 format (YYYY-MM-DD)"


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        ({}, FROM),
        ({"to_date": "2026"}, FROM),
        ({"from_date": "yesterday", "to_date": "tomorrow"}, FROM),
        ({"from_date": START, "to_date": "2026"}, FROM),
        ({"from_date": "2026"}, TO),
        ({"from_date": "2026", "to_date": "2026-02-30"}, TO),
    ],
)
async def test_a_bad_date_is_refused_the_first_before_the_second(
    log: JobLog, dates: dict[str, Any], problem: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        await search(log, **dates)
    assert (refused.value.status, refused.value.body) == (500, {"error": INVALID.format(problem)})


# Any other


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("delete", "Operation 'delete' not found"),
        ("", "Operation '' not found"),
        (None, "Request body must include an 'operation' property."),
        (5, "Request body must include an 'operation' property."),
    ],
)
async def test_no_other_operation_is_there(log: JobLog, operation: object, error: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await records(log, operation=operation)
    assert (refused.value.status, refused.value.body) == (400, {"error": error})
