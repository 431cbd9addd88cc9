"""The changes of one job's life, as pure functions from record to record.

Both logs write with these, so that a job ends alike whoever ends it. Times are epoch milliseconds;
``__updatedtime__`` never goes back, so that a record written here wins over the older one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import uuid4

from jobwatch.model.job import UNSET, Job, JobStatus, Json

__all__ = ["Clock", "change", "created", "ended", "started"]

Clock: TypeAlias = Callable[[], int]
"""Returns now, in epoch milliseconds."""


def created(clock: Clock, *, id: str | None, type: Json, user: Json, job_body: Json) -> Job:
    """Return a new job in state CREATED; without an id it gets a GUID."""
    now = clock()
    return Job(
        id=id or str(uuid4()),
        type=type,
        user=user,
        status=JobStatus.CREATED.value,
        job_body=job_body,
        created_datetime=now,
        createdtime=now,
        updatedtime=now,
    )


def started(clock: Clock) -> Callable[[Job], Job]:
    """Return the edit that begins a job now."""
    return lambda job: _touched(
        job, now := clock(), status=JobStatus.IN_PROGRESS.value, start_datetime=now
    )


def ended(clock: Clock, status: JobStatus, message: Json = UNSET) -> Callable[[Job], Job]:
    """Return the edit that ends a job now; without a message it keeps the one it has."""
    said = {} if message is UNSET else {"message": message}
    return lambda job: _touched(job, now := clock(), status=status.value, end_datetime=now, **said)


def change(clock: Clock, fields: dict[str, Any]) -> Callable[[Job], Job]:
    """Return the edit that sets fields of `Job` by name."""
    return lambda job: _touched(job, clock(), **fields)


def _touched(job: Job, now: int, **fields: Any) -> Job:
    known = job.updatedtime
    updated = max(now, known) if isinstance(known, int | float) else now
    return job.replace(**{"updatedtime": updated, **fields})
