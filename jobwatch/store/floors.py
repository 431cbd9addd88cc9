"""Floors: what was pruned from a log, and so is brought back by no mirror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from jobwatch.model.insight import lost_before
from jobwatch.model.job import Job, Outcome
from jobwatch.store import pruning_statements as sql
from jobwatch.store.statements import NODE_KEY
from jobwatch.store.steps import Many, One, Steps
from jobwatch.store.transactions import Changes, known, upsert

__all__ = ["ANY", "is_below", "mirror", "raise_floors"]

ANY = ""
"""Stands for every status."""


def mirror(jobs: Iterable[Job], node: str) -> Steps[Changes]:
    """Merge what a node tells of its jobs into the log, but for what was pruned from it.

    A job that the log has merges as ever, and one that goes on always comes.
    """
    jobs = list(jobs)
    rows = yield One(sql.FLOORS)
    floors: dict[str, int] = {row[0]: row[1] for row in rows}
    if floors:
        processes = yield One(NODE_KEY, (node,))
        process_started = processes[0][1] if processes else None
        low = {job.id for job in jobs if is_below(floors, job, process_started)}
        if low:
            there = yield from known(low)
            jobs = [job for job in jobs if job.id in there or job.id not in low]
    return (yield from upsert(jobs, node))


def raise_floors(statuses: Iterable[str], before: int) -> Steps[None]:
    """Set the floors of these statuses, or of `ANY`, to an instant (epoch ms).

    A floor never sinks.
    """
    yield Many(sql.RAISE_FLOOR, [(status.upper(), before) for status in statuses])


def is_below(floors: Mapping[str, int], job: Job, process_started: int | None) -> bool:
    """Return whether a job ended before the floor of its status, as `pruning` counts it.

    `floors` are epoch ms by status, `process_started` is that of the node (epoch ms) as far as the
    log knows it. A job that the node lost counts by its start alone: its end would move with each
    new process of the node.
    """
    status = job.status.upper() if isinstance(job.status, str) else ANY
    floor = max(floors.get(ANY, -inf), floors.get(status, -inf))
    if job.started >= floor:
        return False
    if job.outcome is Outcome.PENDING:
        return process_started is not None and 0 < job.started < lost_before(process_started)
    end = job.end_datetime if isinstance(job.end_datetime, int | float) else job.started
    return end != 0 and end < floor
