"""The two documented operations on jobs, answered from a log as a HarperDB node answers them.

The texts of errors are HarperDB's own, which clients compare.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import TypeAlias

from jobwatch.api.dates import read_date
from jobwatch.api.refused import RefusedError, refused
from jobwatch.model.job import Job, Json
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.when import TimeRange, Zone
from jobwatch.store.job_log import JobLog

__all__ = ["LARGEST_ID", "Record", "get_job", "run", "search_jobs_by_start_date"]

Record: TypeAlias = dict[str, Json]

PAGE = 256
"""Jobs read at once: few enough that others need not wait for a long search."""

LARGEST_ID = 1978
"""The bytes of the longest id that HarperDB 4.7.29 looks up, measured on a node."""

# A search gives them as null until the job has them; `get_job` has no null at all.
_OF_ENDED_JOBS = ("end_datetime", "message")

_OLDEST_FIRST = Sort(SortKey.STARTED, descending=False)


def run(log: JobLog, request: Mapping[str, Json], zone: Zone) -> AsyncGenerator[list[Record], None]:
    """Return the result of a request's operation, page by page; there is at least one page.

    `RefusedError` comes with the first page, `LogError` with any. Dates without a zone are of
    `zone`.
    """
    operation = request.get("operation")
    if not isinstance(operation, str):
        raise refused(400, "Request body must include an 'operation' property.")
    if operation == "get_job":
        return get_job(log, request)
    if operation == "search_jobs_by_start_date":
        return search_jobs_by_start_date(log, request, zone)
    raise refused(400, f"Operation '{operation}' not found")


async def get_job(log: JobLog, request: Mapping[str, Json]) -> AsyncGenerator[list[Record], None]:
    """Yield one page: the job of the request's id, or nothing."""
    if "id" not in request:
        raise refused(400, "'id' is required")
    id = request["id"]
    if id in (None, "", []):
        raise refused(500, "Invalid job ID specified.")
    if isinstance(id, str):
        yield await _found(log, id)
    elif isinstance(id, int | float) and not isinstance(id, bool):
        yield []  # every id is text
    else:
        raise refused(
            500, "there was an error searching for jobs.  Please check the log for details."
        )


async def search_jobs_by_start_date(
    log: JobLog, request: Mapping[str, Json], zone: Zone
) -> AsyncGenerator[list[Record], None]:
    """Yield the jobs that started between two dates, both excluded, from the oldest on."""
    start = read_date(request.get("from_date"), zone)
    if start is None:
        raise _invalid("'from' date, must be in ISO-8601 format (YYYY-MM-DD).")
    end = read_date(request.get("to_date"), zone)
    if end is None:
        raise _invalid("'to' date, must be in ISO-8601 format (YYYY-MM-DD)")
    query = JobQuery(range=TimeRange(start, end), sort=_OLDEST_FIRST)
    last: Job | None = None
    while True:
        jobs = await log.page(query, limit=PAGE, after=last)
        yield [_searched(job) for job in jobs if _started_after(job, start)]
        if len(jobs) < PAGE:
            return
        last = jobs[-1]


async def _found(log: JobLog, id: str) -> list[Record]:
    job = await log.get_job(id)
    if job is not None:
        return [{key: value for key, value in job.to_record().items() if value is not None}]
    if len(id.encode(errors="surrogatepass")) <= LARGEST_ID:
        return []
    length = len(id.encode("utf-16-le", errors="surrogatepass")) // 2  # as JavaScript counts
    return [{"message": f"Error: Primary key size is too large: {length}"}]


def _searched(job: Job) -> Record:
    return dict.fromkeys(_OF_ENDED_JOBS) | job.to_record()


def _started_after(job: Job, start: int) -> bool:
    # The log also finds a job that has no start, by the time at which it was created.
    return isinstance(job.start_datetime, int | float) and job.start_datetime > start


def _invalid(what: str) -> RefusedError:
    return refused(500, f"There was an error searching jobs by date: Error: Invalid {what}")
