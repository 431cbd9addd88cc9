"""The jobs that ran while another did."""

from __future__ import annotations

from jobwatch.model.query import JobQuery, Within
from jobwatch.model.row import JobRow
from jobwatch.model.timeline import Overlaps
from jobwatch.model.when import TimeRange
from jobwatch.store import search_statements as sql
from jobwatch.store.connection import ReadConnection
from jobwatch.store.search import parts_of, search_of
from jobwatch.store.statements import ROW_BY_ID, row_of
from jobwatch.store.values import to_column

__all__ = ["MOST", "overlaps_of"]

MOST = 500
"""As many are read of those that began before the job, and of those that began while it ran."""


async def overlaps_of(
    connection: ReadConnection, job: JobRow, now: int, as_of: int | None
) -> Overlaps:
    """Return the jobs that ran while this one did, or until `now` (ms), the most alike first.

    With an instant `as_of` (ms), all of them are as they stood then.
    """
    now = now if as_of is None else as_of
    for fresh in await connection.rows(ROW_BY_ID, (to_column(job.id),)):
        job = row_of(fresh) if as_of is None else row_of(fresh).as_of(as_of)
    start = int(job.started)
    end = now if job.over is None else int(job.over)
    query = JobQuery(range=TimeRange(start, max(end, start) + 1), within=Within.RUNNING)
    search = search_of(query)
    rows: list[JobRow] = []
    total = 0
    for part in await connection.run(parts_of(search)):
        bounds = {"start": part.start, "end": part.end, "now": now}
        alike = {
            "seq": job.seq,
            "type": to_column(job.type),
            "user": to_column(job.user),
            "started": job.started,
            "limit": MOST,
        }
        found = await connection.rows(*search.read(sql.MOST_ALIKE[part.way], **bounds, **alike))
        rows += (row if as_of is None else row.as_of(as_of) for row in map(row_of, found))
        [(count,)] = await connection.rows(*search.read(sql.COUNT_ALL[part.way], **bounds))
        total += count
    return Overlaps(rows, max(total - 1, len(rows)), job)
