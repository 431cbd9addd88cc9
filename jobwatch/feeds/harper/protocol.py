"""What a node is asked for, and what its answers hold: pure, after harper/CONTRACT."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from jobwatch.model.job import Job, Json, RecordError
from jobwatch.model.when import TimeRange, iso

__all__ = [
    "FEED_PAGE",
    "PROCESS",
    "USER",
    "Found",
    "changes_since",
    "get_job",
    "jobs_in",
    "process_start",
    "started_within",
    "window",
]

FEED_PAGE = 1_000
"""Rows of the change feed in one answer."""

# Never "*": the row of a running job holds its whole request, and its user's credentials with it.
ATTRIBUTES = (
    "id",
    "type",
    "status",
    "user",
    "start_datetime",
    "end_datetime",
    "created_datetime",
    "message",
    "result",
    "__createdtime__",
    "__updatedtime__",
)
BEFORE_ALL, AFTER_ALL = "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"

USER: dict[str, Json] = {"operation": "user_info"}
"""Asks nothing of note: that it is answered says that the node is there."""

PROCESS: dict[str, Json] = {
    "operation": "system_information",
    "attributes": ["harperdb_processes", "time"],
}
"""Asks when the node's process started."""


class Found(NamedTuple):
    """The jobs of an answer, and how many of its elements are none that a log could keep."""

    jobs: list[Job]
    unusable: int


def changes_since(updated: float) -> dict[str, Json]:
    """Ask for the jobs that were written at an instant (ms) or later, the earliest first."""
    return _conditions(
        [_condition("__updatedtime__", "greater_than_equal", updated)],
        sort={"attribute": "__updatedtime__"},
        limit=FEED_PAGE,
    )


def started_within(range: TimeRange) -> dict[str, Json]:
    """Ask the table of jobs for those that started in a range."""
    start, end = range.start, range.end
    conditions = []
    if start is not None:
        conditions.append(_condition("start_datetime", "greater_than_equal", start))
    if end is not None:
        conditions.append(_condition("start_datetime", "less_than", end))
    return _conditions(conditions)


def window(range: TimeRange) -> dict[str, Json]:
    """Ask by search_jobs_by_start_date, whose both ends are exclusive, for a half-open range."""
    start, end = range.start, range.end
    return {
        "operation": "search_jobs_by_start_date",
        "from_date": BEFORE_ALL if start is None else iso(start - 1) or BEFORE_ALL,
        "to_date": AFTER_ALL if end is None else iso(end) or AFTER_ALL,
    }


def get_job(id: str) -> dict[str, Json]:
    """Ask for one job."""
    return {"operation": "get_job", "id": id}


def jobs_in(answer: Json) -> Found:
    """Return the jobs of an answer.

    A field that was asked for by name is null where the row has none, and so is dropped.
    """
    jobs = []
    unusable = 0
    for record in answer if isinstance(answer, list) else [answer]:
        try:
            jobs.append(Job.from_record(_without_nulls(record)))
        except RecordError:
            unusable += 1
    return Found(jobs, unusable)


def process_start(answer: Json) -> int | None:
    """Return when the node's process started (epoch ms, whole seconds), None if it isn't told.

    The answer has it as a wall time in the node's own zone.
    """
    if not isinstance(answer, dict):
        return None
    processes, time = answer.get("harperdb_processes"), answer.get("time")
    core = processes.get("core") if isinstance(processes, dict) else None
    starts = [
        start
        for process in (core if isinstance(core, list) else [])
        if isinstance(process, dict)
        and (start := _wall_time(process.get("started"), time)) is not None
    ]
    return min(starts, default=None)


def _wall_time(text: object, time: object) -> int | None:
    if not isinstance(text, str) or not isinstance(time, dict):
        return None
    try:
        naive = datetime.fromisoformat(text)
        return int(naive.replace(tzinfo=_zone(time)).timestamp() * 1000)
    except ValueError:
        return None


def _zone(time: dict[str, Any]) -> tzinfo:
    # Not by its timezoneName, which is that of the machine, whatever TZ the node runs with.
    offset = time.get("timezone")
    if isinstance(offset, str):
        return datetime.strptime(offset[-5:], "%z").tzinfo or UTC
    return UTC


def _without_nulls(record: Json) -> Json:
    if not isinstance(record, dict):
        return record
    return {key: value for key, value in record.items() if value is not None}


def _conditions(conditions: list[Json], **more: Json) -> dict[str, Json]:
    return {
        "operation": "search_by_conditions",
        "schema": "system",
        "table": "hdb_job",
        "operator": "and",
        "get_attributes": list(ATTRIBUTES),
        "conditions": conditions,
        **more,
    }


def _condition(attribute: str, type: str, value: float) -> Json:
    return {"search_attribute": attribute, "search_type": type, "search_value": value}
