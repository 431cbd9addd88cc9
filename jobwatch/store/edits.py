"""The changes of one job's life, as pure functions from record to record.

Both logs write with these, so that a job ends alike whoever ends it. Times are epoch milliseconds;
``__updatedtime__`` never goes back, so that a record written here wins over the older one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import uuid4

from jobwatch.model.job import UNSET, Job, JobStatus, Json, Phase
from jobwatch.model.text import one_line
from jobwatch.store.alive import KEY, Process
from jobwatch.store.connect import LogError
from jobwatch.store.values import checked

__all__ = ["Clock", "change", "closed", "created", "ended", "started"]

BY_HAND = "closed by hand"
"""What a job says that was closed so, and has said nothing."""

Clock: TypeAlias = Callable[[], int]
"""Returns now, in epoch milliseconds."""


def created(clock: Clock, *, id: str | None, type: Json, user: Json, job_body: Json) -> Job:
    """Return a new job in state CREATED; without an id it gets a GUID.

    `TypeError` for an id that isn't text, `ValueError` for an empty one and for what isn't JSON.
    """
    if not isinstance(id, str | None):
        raise TypeError(f"a job's id is text, this is {id!r}")
    if id == "":
        raise ValueError("a job's id can't be empty")
    now = clock()
    return Job(
        id=str(uuid4()) if id is None else id,
        type=checked(type),
        user=checked(user),
        status=JobStatus.CREATED.value,
        job_body=checked(job_body),
        created_datetime=now,
        createdtime=now,
        updatedtime=now,
    )


def started(clock: Clock, process: Process | None = None) -> Callable[[Job], Job]:
    """Return the edit that begins a job now, and says which process runs it."""

    def edit(job: Job) -> Job:
        now = clock()
        said = {} if process is None else {"other": job.other | {KEY: process.to_json()}}
        status = JobStatus.IN_PROGRESS.value
        return _touched(job, now, status=status, start_datetime=now, **said)

    return edit


def ended(clock: Clock, status: JobStatus, message: Json = UNSET) -> Callable[[Job], Job]:
    """Return the edit that ends a job now; without a message it keeps the one it has."""
    said = {} if message is UNSET else {"message": checked(message)}
    return lambda job: _touched(job, now := clock(), status=status.value, end_datetime=now, **said)


def closed(clock: Clock, message: str | None) -> Callable[[Job], Job]:
    """Return the edit that ends a job as ERROR by hand; `LogError` for one that has ended.

    What its record says stays: an end that it has, and its message unless another is given.
    """

    def edit(job: Job) -> Job:
        if job.phase is Phase.ENDED:
            raise LogError(f"{one_line(job.id)} has ended already")
        said = message or (job.message if job.message not in (UNSET, None, "") else BY_HAND)
        closed = ended(clock, JobStatus.ERROR, said)(job)
        has_end = isinstance(job.end_datetime, int | float)
        return closed.replace(end_datetime=job.end_datetime) if has_end else closed

    return edit


def change(clock: Clock, fields: dict[str, Any]) -> Callable[[Job], Job]:
    """Return the edit that sets fields of `Job` by name; `ValueError` for what isn't JSON."""
    fields = {name: checked(value) for name, value in fields.items()}
    return lambda job: _touched(job, clock(), **fields)


def _touched(job: Job, now: int, **fields: Any) -> Job:
    known = job.updatedtime
    updated = max(now, known) if isinstance(known, int | float) else now
    return job.replace(**{"updatedtime": updated, **fields})
