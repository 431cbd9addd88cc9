"""What a write does, step by step, apart from who runs the steps.

`JobLog` runs these steps on aiosqlite, `PlainJobLog` on sqlite3; both put one ``BEGIN IMMEDIATE``
transaction around them, so what is read here still holds when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from jobwatch.model.formats import encode
from jobwatch.model.insight import lost_before
from jobwatch.model.job import Job, merge
from jobwatch.model.node import Node
from jobwatch.model.row import Note
from jobwatch.model.text import one_line
from jobwatch.store import statements as sql
from jobwatch.store.connect import JobExistsError, UnknownJobError
from jobwatch.store.steps import Many, One, Reading, Steps
from jobwatch.store.values import to_column

__all__ = [
    "Changes",
    "create",
    "delete",
    "edit",
    "edit_all",
    "known",
    "mark_lost",
    "put",
    "save_node",
    "set_notes",
    "upsert",
]

KIND = -2
"""Which of the parameters of `UPSERT` is the kind of the job's error."""


class Changes(NamedTuple):
    """What became of the jobs of one write."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


def upsert(jobs: Iterable[Job], node: str | None) -> Steps[Changes]:
    """Merge jobs into the log; those that have no node yet are of the `node` of that name."""
    jobs = list(jobs)
    if node is None:
        return (yield from _upsert(jobs, None))
    yield One(sql.ADD_NODE, (node,))
    [(key, process_started)] = yield One(sql.NODE_KEY, (node,))
    ids = encode([job.id for job in jobs]).decode()
    claimed = yield One(sql.CLAIM, (key, ids))
    if claimed:
        yield from _set_facets()
        lowest = min(started for (started,) in claimed)
        yield from _changed(lowest, reordered=lowest)  # those of the node have one more
    changes = yield from _upsert(jobs, key)
    if process_started is not None:
        yield from _mark_lost(key, process_started)
    return changes


def save_node(node: Node) -> Steps[None]:
    """Write what is known of a node; its jobs from before its process started are lost."""
    yield One(sql.SAVE_NODE, sql.node_columns(node))
    if node.process_started is not None:
        [(key, _)] = yield One(sql.NODE_KEY, (node.name,))
        yield from _mark_lost(key, node.process_started)


def mark_lost(since: Mapping[str, int]) -> Steps[None]:
    """Mark jobs as lost at these instants (ms), by id; none whose record says that it ended."""
    lost: list[float] = []
    for id, instant in since.items():
        rows = yield One(sql.MARK_ONE_LOST, (to_column(id), instant))
        lost += [started for (started,) in rows]
    if lost:
        yield from _set_facets()
        yield from _changed(min(lost))


def set_notes(notes: Mapping[str, Note | None]) -> Steps[int]:
    """Write notes to jobs by id, or take away those that are None; return to how many."""
    noted: list[float] = []
    for id, note in notes.items():
        key = to_column(id)
        step = One(sql.DELETE_NOTE, (key,)) if note is None else One(sql.SET_NOTE, (key, *note))
        rows = yield step
        noted += [started for (started,) in rows if started is not None]
    if noted:
        yield from _changed(min(noted))
    return len(noted)


def _mark_lost(node: int, process_started: int) -> Steps[None]:
    lost = yield One(sql.MARK_LOST, (node, lost_before(process_started), process_started))
    if lost:
        yield from _set_facets()
        yield from _changed(min(started for (started,) in lost))


def _upsert(jobs: Sequence[Job], node: int | None) -> Steps[Changes]:
    before = yield from known(dict.fromkeys(job.id for job in jobs))
    now = dict(before)
    new = updated = unchanged = 0
    for job in jobs:
        old = now.get(job.id)
        if old is None:
            now[job.id] = job
            new += 1
            continue
        merged = merge(old, job)
        if sql.job_columns(merged) == sql.job_columns(old):
            unchanged += 1
        else:
            now[job.id] = merged
            updated += 1
    yield from _write(before, [job for id, job in now.items() if job is not before.get(id)], node)
    return Changes(new, updated, unchanged)


def create(make: Callable[[], Job]) -> Steps[Job]:
    """Add the job that `make` returns; `JobExistsError` where its id is taken.

    It is called inside the transaction, so its clock is too.
    """
    job = make()
    if (yield One(sql.GET_BY_ID, (to_column(job.id),))):
        raise JobExistsError(f"there is a job {one_line(job.id)} already")
    yield from _write({}, [job], None)
    return job


def edit(id: str, change: Callable[[Job], Job]) -> Steps[Job]:
    """Replace a job by what `change` makes of it; `UnknownJobError` if there is none."""
    [job] = yield from edit_all([id], change)
    return job


def edit_all(ids: Iterable[str], change: Callable[[Job], Job]) -> Steps[list[Job]]:
    """Replace jobs by what `change` makes of each, all or none; `UnknownJobError` for one."""
    ids = list(dict.fromkeys(ids))
    before = yield from known(ids)
    for id in ids:
        if id not in before:
            raise UnknownJobError(f"there is no job {one_line(str(id))} in this log")
    jobs = [change(before[id]) for id in ids]
    yield from _write(before, jobs, None)
    return jobs


def put(id: str, make: Callable[[Job | None], Job | None]) -> Steps[Job | None]:
    """Write the job that `make` returns for the one that the log has, None where it has none.

    Where that is None, nothing is written.
    """
    before = yield from known([id])
    job = make(before.get(id))
    yield from _write(before, [] if job is None else [job], None)
    return job


def delete(ids: Iterable[str]) -> Steps[int]:
    """Delete jobs and return how many there were."""
    before = yield from known(dict.fromkeys(ids))
    keys = [(to_column(id),) for id in before]
    yield Many(sql.DELETE, keys)
    yield Many(sql.DELETE_NOTES, keys)
    if before:
        lowest = min(sql.order_of(job) for job in before.values())
        yield from _changed(lowest, reordered=lowest)
    return len(before)


def known(ids: Iterable[str]) -> Reading[dict[str, Job]]:
    """Read the jobs of these ids, by id."""
    keys = [to_column(id) for id in ids]
    rows: list[Sequence[Any]] = []
    if len(keys) == 1:
        rows += yield One(sql.GET_BY_ID, (keys[0],))
    else:
        plain = [key for key in keys if isinstance(key, str)]
        rows += yield One(sql.GET_BY_IDS, (encode(plain).decode(),))
        for key in keys:
            if not isinstance(key, str):
                rows += yield One(sql.GET_BY_ID, (key,))
    jobs = (sql.job_of(row) for row in rows)
    return {job.id: job for job in jobs}


def _write(before: dict[str, Job], jobs: Sequence[Job], node: int | None) -> Steps[None]:
    """Write jobs, and note from where on this changes those that were there, and their order.

    Only a new job takes the `node`.
    """
    if not jobs:
        return
    [(newest, last)] = yield One(sql.NEWEST)
    changed: list[float] = []
    reordered: list[float] = []
    # A job that is there keeps its seq, whatever is offered here.
    seqs = count(last + 1)
    rows = [(next(seqs), *sql.job_columns(job), node) for job in jobs]
    for job in jobs:
        old, order = before.get(job.id), sql.order_of(job)
        if old is None:
            if newest is not None and order < newest:
                reordered.append(order)
        else:
            changed.append(min(sql.order_of(old), order))
            if sql.order_of(old) != order:
                reordered.append(changed[-1])
    if kinds := dict.fromkeys((row[KIND],) for row in rows if row[KIND] is not None):
        yield Many(sql.ADD_KIND, list(kinds))
    yield Many(sql.UPSERT, rows)
    yield from _set_facets()
    if changed or reordered:
        yield from _changed(
            min(changed + reordered), reordered=min(reordered) if reordered else None
        )


def _set_facets() -> Steps[None]:
    yield One(sql.ADD_FACETS)
    yield One(sql.SET_FACETS)


def _changed(lowest: float, *, reordered: float | None = None) -> Steps[None]:
    yield One(sql.ADD_CHANGE, (reordered, lowest))
    yield One(sql.TRIM_CHANGES)
