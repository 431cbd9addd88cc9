"""What a real node was asked and answered, and the jobs that it had at each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jobwatch.model.job import UNSET, Job, JobStatus, merge

FOLDER = Path(__file__).parents[1] / "data" / "captures"


class Capture(NamedTuple):
    """One exchange with a node, and when (epoch ms) it was over."""

    name: str
    at: int
    request: Mapping[str, Any]
    status: int
    response: Any

    @property
    def operation(self) -> object:
        body = self.request["body"]
        return body.get("operation") if isinstance(body, dict) else None

    @property
    def node(self) -> str:
        """Which node it was: the one in development mode had a data folder of its own."""
        return "development" if self.name.startswith("devmode_") else "main"


@cache
def captures() -> tuple[Capture, ...]:
    """Return every exchange, in order of time."""
    contents = [json.loads(path.read_bytes()) for path in FOLDER.glob("*.json")]
    exchanges = [
        Capture(
            content["name"],
            _epoch_ms(content["at"]),
            content["request"],
            content["status"],
            content["response"],
        )
        for content in contents
        if "request" in content
    ]
    return tuple(sorted(exchanges, key=lambda capture: capture.at))


def jobs_at(capture: Capture) -> list[Job]:
    """Return the jobs that the node had, as they were then, from all that it ever told of them."""
    jobs = (as_of(capture.at, job) for job in _known(capture.node))
    return [job for job in jobs if job is not None]


def decoys(capture: Capture) -> Iterator[Job]:
    """Yield jobs that a search must not find: on its bounds, beyond them, and without a start."""
    body = capture.request["body"]
    if capture.operation == "search_jobs_by_start_date":
        for key, beyond in (("from_date", -1), ("to_date", 1)):
            # Python reads days and times, but no years and months.
            with suppress(KeyError, ValueError):
                bound = _epoch_ms(body[key])
                yield Job(id=f"on {key}", start_datetime=bound)
                yield Job(id=f"beyond {key}", start_datetime=bound + beyond)
    yield Job(id="never started", status=JobStatus.CREATED, created_datetime=capture.at)


def as_of(at: int, job: Job) -> Job | None:
    """Return what a job was at a time, None if it had not begun."""
    if not isinstance(job.start_datetime, int | float) or job.start_datetime > at:
        return None
    if not isinstance(job.end_datetime, int | float) or job.end_datetime <= at:
        return job
    other = {key: value for key, value in job.other.items() if key != "result"}
    return job.replace(status=JobStatus.IN_PROGRESS, end_datetime=UNSET, message=UNSET, other=other)


@cache
def _known(node: str) -> tuple[Job, ...]:
    jobs: dict[str, Job] = {}
    for capture in captures():
        if capture.node == node:
            for job in _told(capture):
                jobs[job.id] = merge(jobs[job.id], job) if job.id in jobs else job
    return tuple(jobs.values())


def _told(capture: Capture) -> Iterator[Job]:
    if isinstance(capture.response, list):
        for record in capture.response:
            if isinstance(record, dict) and "id" in record:
                yield Job.from_record(record)


def _epoch_ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
