"""Conditions in SQL find what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.model.language import DEEPEST, parse_query
from jobwatch.model.query import JobQuery
from jobwatch.model.when import UTC, now_ms
from jobwatch.store.plain_log import PlainJobLog

BRACKETS = DEEPEST - 1
MINUTE, DAY = 60_000, 86_400_000
START = 1_763_856_000_000  # 2025-11-23T00:00:00Z

JOBS = {
    "n1": [
        Job(
            id="59f9-a",
            type="csv_data_load",
            user="ada",
            status="COMPLETE",
            created_datetime=START - 20_000,
            start_datetime=START,
            end_datetime=START + 10 * MINUTE,
            message='loaded "all"',
            job_body={"path": "s3://bucket/100%"},
        ),
        Job(
            id="59f9-b",
            type="csv_url_load",
            user="bob",
            status="ERROR",
            start_datetime=START + DAY,
            end_datetime=START + DAY + MINUTE,
            message={"error": 'it "timed out"', "code": 42},
        ),
    ],
    "n2": [
        Job(
            id="c-1",
            type="export_local",
            user=42,
            status="IN_PROGRESS",
            start_datetime=START + 2 * DAY,
        ),
        Job(id="d%2", status=None, type=None, created_datetime=START + 3 * DAY, message="a_c"),
    ],
}
ALL = {"59f9-a", "59f9-b", "c-1", "d%2"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        for node, jobs in JOBS.items():
            log.upsert_many(jobs, node=node)
    return path


def found(path: Path, text: str) -> set[str]:
    where = parse_query(text, now=now_ms(), zone=UTC)
    query = JobQuery(where=where)
    with PlainJobLog.read(path) as log:
        ids = {job.id for job in log.jobs(query)}
        assert log.count(query) == len(ids)
    return ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ALL),
        ("status:error", {"59f9-b"}),
        ("status:running", {"c-1"}),
        ("is:running", {"c-1", "d%2"}),
        ("is:failed", {"59f9-b"}),
        ("type:csv_*", {"59f9-a", "59f9-b"}),
        ("type:CSV_data_load", {"59f9-a"}),
        ("type:csv", set()),
        ("-type:csv_*", {"c-1", "d%2"}),
        ("user:ada,bob", {"59f9-a", "59f9-b"}),
        ("user:42", {"c-1"}),
        ('msg:"timed out"', {"59f9-b"}),
        (r'msg:"\"timed out\""', {"59f9-b"}),
        (r'msg:"\"all\""', {"59f9-a"}),
        ("msg:a_c", {"d%2"}),
        ("body:s3", {"59f9-a"}),
        ("body:100%", {"59f9-a"}),
        ("-body:s3", {"59f9-b", "c-1", "d%2"}),
        ("node:n1", {"59f9-a", "59f9-b"}),
        ("-node:n1", {"c-1", "d%2"}),
        ("id:59f9", {"59f9-a", "59f9-b"}),
        ("id:d%", {"d%2"}),
        ("id:%", set()),
        ("dur>5m", {"59f9-a", "c-1"}),
        ("dur<=1m", {"59f9-b"}),
        ("dur=10m", {"59f9-a"}),
        ("wait>10s", {"59f9-a", "d%2"}),
        ("-wait>10s", {"59f9-b", "c-1"}),
        ("since:2025-11-24", {"59f9-b", "c-1", "d%2"}),
        ("before:2025-11-24", {"59f9-a"}),
        ("on:2025-11-24", {"59f9-b"}),
        ("during:2025-11-25", {"c-1"}),
        ("during:2025-11-23T00:05", {"59f9-a"}),
        ("during:2025-11-26..", {"c-1", "d%2"}),
        ("ended:2025-11-23", {"59f9-a"}),
        ("ended:2025-11-23..2025-11-24", {"59f9-a", "59f9-b"}),
        ("ended:2025-11-23T00:10", {"59f9-a"}),
        ("ended:2025-11-23T00:09", set()),
        ("ended:2025-11-24..", {"59f9-b"}),
        ("ended:..2025-11-23", {"59f9-a"}),
        ("-ended:2025-11-23", {"59f9-b", "c-1", "d%2"}),
        ("ended:2025-11-26..", set()),
        ("csv", {"59f9-a", "59f9-b"}),
        ("csv OR export", {"59f9-a", "59f9-b", "c-1"}),
        ("csv -timed", {"59f9-a"}),
        ("(csv OR export) -(user:ada OR user:bob)", {"c-1"}),
        ("42", {"59f9-b", "c-1"}),
    ],
)
def test_a_query_finds_what_it_means(log: Path, text: str, ids: set[str]) -> None:
    assert found(log, text) == ids


def test_a_thousand_ids_are_looked_for_at_once(log: Path) -> None:
    assert found(log, "id:" + ",".join(f"x{n}" for n in range(3_000)) + ",c-1") == {"c-1"}


@pytest.mark.parametrize(
    "text",
    [
        "(a OR b " * BRACKETS + "c" + ")" * BRACKETS,
        "-(a OR b c " * (BRACKETS // 2) + "d" + ")" * (BRACKETS // 2),
        "(" * BRACKETS + " ".join("abcdefgh") + " OR x)" * BRACKETS,
        "(a b c d e f g h " * BRACKETS + "x" + ")" * BRACKETS,
        " OR ".join(f"w{number}" for number in range(300)),
    ],
)
def test_what_the_language_takes_is_not_too_deep_for_the_log(log: Path, text: str) -> None:
    assert isinstance(found(log, text), set)
