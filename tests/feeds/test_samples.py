from __future__ import annotations

import re
import tracemalloc
from collections import Counter
from itertools import islice, pairwise
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.formats import decode, encode_record
from jobwatch.model.job import UNSET, Job, JobStatus, Phase

NOW = 1_795_471_019_924  # a Monday night
DAY = 86_400_000
TYPES = {
    "csv_file_load",
    "csv_data_load",
    "csv_url_load",
    "import_from_s3",
    "export_local",
    "export_to_s3",
    "delete_files_before",
    "delete_records_before",
    "delete_audit_logs_before",
    "delete_transaction_logs_before",
    "restart_service",
    "empty_trash",
    "create_backup",
}
LOADED = re.compile(r"successfully loaded (\d+) of (\d+) records")
# Every wording that a sample job may use, as nodes write it.
WORDINGS = re.compile(
    r"successfully loaded \d+ of \d+ records"
    r"|(\d+) of \1 records successfully deleted"
    r"|No records found to delete"
    r"|Successfully completed job: [0-9a-f-]{36}"
    r"|connect ECONNREFUSED 127\.0\.0\.1:1"
    r"|getaddrinfo ENOTFOUND s3\.[a-z0-9-]+\.amazonaws\.com"
    r"|Table '\w+\.\w+' does not exist"
    r"|Invalid column name '\w+/\w+', cancelling load operation"
    r"|path '/[a-z]+/[a-z]+' does not exist"
    r"|format invalid\. must be one of the following values: json, csv"
    r"|CSV Load failed from URL: https://\S+, (unsupported content type: text/html"
    r"|status code: (404, message: File not found|500, message: Internal Server Error))"
)


def seeded(count: int = 1000, random_state: int = 1, **arguments: int) -> list[Job]:
    return list(seed_jobs(count=count, now=NOW, random_state=random_state, **arguments))


def start(job: Job) -> int:
    assert isinstance(job.start_datetime, int)
    return job.start_datetime


def took(job: Job) -> int:
    assert isinstance(job.end_datetime, int)
    return job.end_datetime - start(job)


MANY = seeded(20_000)
ENDED = [job for job in MANY if job.phase is Phase.ENDED]


def test_the_same_number_gives_the_same_jobs_byte_for_byte() -> None:
    first, second = ([encode_record(job) for job in seeded(300, 7)] for _ in range(2))
    assert first == second


def test_another_number_gives_other_jobs() -> None:
    assert not {job.id for job in seeded(300, 7)} & {job.id for job in seeded(300, 8)}


@settings(max_examples=40)
@given(
    count=st.integers(0, 120),
    running=st.integers(0, 40),
    days=st.integers(1, 400),
    now=st.integers(0, 4_000_000_000_000),
    random_state=st.integers(0, 2**32),
)
def test_there_are_as_many_as_asked_for_in_order_of_start_and_in_their_time(
    count: int, running: int, days: int, now: int, random_state: int
) -> None:
    jobs = list(
        seed_jobs(count=count, running=running, days=days, now=now, random_state=random_state)
    )
    assert len(jobs) == count
    assert sum(job.phase is not Phase.ENDED for job in jobs) == min(running, count)
    assert all(earlier.started <= later.started for earlier, later in pairwise(jobs))
    assert all(now - days * DAY <= job.started < now for job in jobs)
    assert len({job.id for job in jobs}) == count


@pytest.mark.parametrize("wrong", [{"count": -1}, {"days": 0}, {"running": -1}])
def test_numbers_that_make_no_log_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="0 or more, days 1 or more"):
        seeded(**wrong)


def test_an_ended_job_has_every_documented_field_in_order_of_time() -> None:
    for job in ENDED:
        times = (job.createdtime, job.created_datetime, job.start_datetime, job.end_datetime)
        assert all(isinstance(time, int) for time in times)
        assert job.createdtime == job.created_datetime
        assert start(job) > job.created_datetime  # type: ignore[operator]
        assert took(job) >= 0
        assert job.updatedtime == job.end_datetime <= NOW  # type: ignore[operator]
        assert UNSET not in (job.user, job.type, job.status, job.job_body, job.message)


def test_a_running_job_began_within_hours_and_has_said_nothing() -> None:
    *begun, newest = (job for job in seeded() if job.phase is not Phase.ENDED)
    assert len(begun) == 7
    for job in begun:
        assert job.status == JobStatus.IN_PROGRESS
        assert 2_000 <= NOW - start(job) <= 3 * 3_600_000
        assert (job.end_datetime, job.message) == (UNSET, UNSET)
    assert NOW - start(begun[0]) > 3_600_000
    assert NOW - start(begun[-1]) < 120_000
    assert (newest.status, newest.start_datetime) == (JobStatus.CREATED, UNSET)


def test_ids_are_guids_of_version_4() -> None:
    shape = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(shape.fullmatch(job.id) for job in MANY)
    assert len({job.id for job in MANY}) == len(MANY)


@pytest.mark.parametrize("random_state", range(5))
def test_a_thousand_jobs_have_all_types(random_state: int) -> None:
    assert {job.type for job in seeded(random_state=random_state)} == TYPES


def test_about_one_in_twenty_fails_and_some_loads_lose_records() -> None:
    shares = Counter(job.status for job in ENDED)
    assert shares.keys() == {"COMPLETE", "ERROR"}
    assert 0.04 < shares["ERROR"] / len(ENDED) < 0.06
    counts = [
        tuple(map(int, match.groups()))
        for job in ENDED
        if job.status == JobStatus.COMPLETE and (match := LOADED.fullmatch(str(job.message)))
    ]
    partial = [(loaded, total) for loaded, total in counts if loaded < total]
    assert 0.02 < len(partial) / len(counts) < 0.08
    assert any(loaded == 0 for loaded, _ in partial)
    assert all(0 <= loaded <= total for loaded, total in counts)


def test_messages_are_the_words_of_a_node() -> None:
    for job in ENDED:
        if isinstance(job.message, dict):
            assert set(job.message) == {"error", "unauthorized_access", "invalid_schema_items"}
            assert (job.status, job.user) in {("ERROR", "grace"), ("ERROR", "reports")}
        else:
            assert WORDINGS.fullmatch(job.message), job.message
    assert any(isinstance(job.message, dict) for job in ENDED)


def test_a_completed_job_names_itself() -> None:
    named = [job for job in ENDED if str(job.message).startswith("Successfully completed job")]
    assert named
    assert all(job.message.endswith(job.id) for job in named)


def test_a_body_asks_for_what_the_job_is_and_holds_no_secret() -> None:
    for job in MANY:
        assert job.job_body["operation"] == job.type
    text = b"".join(map(encode_record, MANY)).lower()
    assert not re.search(rb"secret|password|token|aws_", text)


def test_a_body_of_each_kind_of_load_says_where_from() -> None:
    sources = {
        "csv_file_load": "file_path",
        "csv_data_load": "data",
        "csv_url_load": "csv_url",
        "import_from_s3": "s3",
        "export_to_s3": "s3",
        "export_local": "path",
        "delete_records_before": "date",
        "delete_audit_logs_before": "timestamp",
    }
    for job in MANY:
        assert sources.get(job.type, "operation") in job.job_body


def test_a_loaded_text_holds_as_many_records_as_the_message_counts() -> None:
    complete = [
        (job, match)
        for job in ENDED
        if job.type == "csv_data_load" and (match := LOADED.fullmatch(str(job.message)))
    ]
    assert complete
    for job, match in complete:
        header, *lines = job.job_body["data"].splitlines()
        assert int(match[2]) == len(lines)
        assert {line.count(",") for line in lines} == {header.count(",")}


def test_an_error_shows_in_the_request_what_was_wrong() -> None:
    failed = [job for job in ENDED if job.status == JobStatus.ERROR]
    for job in failed:
        table = re.match(r"Table '\w+\.(\w+)' does not exist", str(job.message))
        if table:
            assert f'"table":"{table[1]}"' in encode_record(job).decode()
        if str(job.message).startswith("connect ECONNREFUSED"):
            assert job.job_body["csv_url"].startswith("http://127.0.0.1:1/")


def test_a_load_takes_the_longer_the_more_records_it_has() -> None:
    sizes = [
        (int(match[2]), took(job))
        for job in ENDED
        if job.type == "csv_file_load" and (match := LOADED.fullmatch(str(job.message)))
    ]
    few = fmean(taken for records, taken in sizes if records < 5_000)
    many = fmean(taken for records, taken in sizes if records > 50_000)
    assert 300 < few < 1_000
    assert many > 10 * few


def test_nights_and_office_hours_are_busier_than_evenings_and_weekends() -> None:
    # 1970-01-01 was a Thursday.
    moments = [((start(job) // DAY + 3) % 7, start(job) // 3_600_000 % 24) for job in ENDED]
    a_night = sum(hour in {1, 2, 3} for _, hour in moments) / 3
    office = sum(hour in {9, 10, 11} for _, hour in moments) / 3
    evening = sum(hour in {19, 20, 21} for _, hour in moments) / 3
    assert a_night > 2 * evening
    assert office > 2 * evening
    weekdays = Counter(weekday for weekday, _ in moments)
    assert max(weekdays[5], weekdays[6]) < min(weekdays[day] for day in range(5))


def test_people_keep_to_their_hours_and_habits() -> None:
    users = Counter(job.user for job in MANY)
    assert users.keys() == {"HDB_ADMIN", "etl", "ada", "grace", "nightly", "reports"}
    assert {start(job) // 3_600_000 % 24 for job in ENDED if job.user == "nightly"} == {1, 2, 3}
    assert {job.user for job in MANY if job.type == "restart_service"} == {"HDB_ADMIN"}


def test_records_are_what_the_log_takes() -> None:
    for job in seeded(200):
        assert Job.from_record(decode(encode_record(job))) == job


def test_ten_million_are_a_stream() -> None:
    tracemalloc.start()
    try:
        jobs = seed_jobs(count=10_000_000, now=NOW, random_state=1)
        first = list(islice(jobs, 1))
        for _ in islice(jobs, 2_000):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(first) == 1
    assert peak < 2_000_000
