"""What a write does, step by step, apart from who runs the steps.

Each function here is a generator: it yields a statement, is sent the rows that came of it, and
returns its result. `JobLog` runs the steps on aiosqlite, `PlainJobLog` on sqlite3; both put one
``BEGIN IMMEDIATE`` transaction around them, so what is read here still holds when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias, TypeVar

from jobwatch.model.formats import encode
from jobwatch.model.insight import lost_before
from jobwatch.model.job import Job, merge
from jobwatch.model.node import Node
from jobwatch.store import statements as sql
from jobwatch.store.connect import UnknownJobError
from jobwatch.store.values import to_column

__all__ = [
    "Changes",
    "Many",
    "One",
    "Steps",
    "create",
    "delete",
    "edit",
    "known",
    "save_node",
    "upsert",
]

Rows: TypeAlias = Sequence[Sequence[Any]]
Result = TypeVar("Result")


class One(NamedTuple):
    """A statement to run once."""

    sql: str
    parameters: Sequence[Any] = ()


class Many(NamedTuple):
    """A statement to run for each row of parameters; it answers nothing."""

    sql: str
    rows: Sequence[Sequence[Any]]


Steps: TypeAlias = Generator[One | Many, Rows, Result]


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
        yield from _reordered(min(started for (started,) in claimed))
    changes = yield from _upsert(jobs, key)
    if process_started is not None:
        yield One(sql.MARK_LOST, (key, lost_before(process_started)))
    return changes


def save_node(node: Node) -> Steps[None]:
    """Write what is known of a node; its jobs from before its process started are lost."""
    yield One(sql.SAVE_NODE, sql.node_columns(node))
    if node.process_started is not None:
        [(key, _)] = yield One(sql.NODE_KEY, (node.name,))
        yield One(sql.MARK_LOST, (key, lost_before(node.process_started)))


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
    """Add the job that `make` returns; it is called inside the transaction, so its clock is too."""
    job = make()
    if (yield One(sql.GET_BY_ID, (to_column(job.id),))):
        raise UnknownJobError(f"there is a job {job.id} already")
    yield from _write({}, [job], None)
    return job


def edit(id: str, change: Callable[[Job], Job]) -> Steps[Job]:
    """Replace a job by what `change` makes of it; `UnknownJobError` if there is none."""
    before = yield from known([id])
    if id not in before:
        raise UnknownJobError(f"there is no job {id} in this log")
    job = change(before[id])
    yield from _write(before, [job], None)
    return job


def delete(ids: Iterable[str]) -> Steps[int]:
    """Delete jobs and return how many there were."""
    before = yield from known(dict.fromkeys(ids))
    keys = [(to_column(id),) for id in before]
    yield Many(sql.DELETE, keys)
    if before:
        yield from _reordered(min(sql.order_of(job) for job in before.values()))
    return len(before)


def known(ids: Iterable[str]) -> Steps[dict[str, Job]]:
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
    """Write jobs, and note from where on this changes the order of those that were there.

    Only a new job takes the `node`.
    """
    if not jobs:
        return
    [(newest, last)] = yield One(sql.NEWEST)
    touched = []
    # A job that is there keeps its seq, whatever is offered here.
    seqs = count(last + 1)
    rows = [(next(seqs), *sql.job_columns(job), node) for job in jobs]
    for job in jobs:
        old, order = before.get(job.id), sql.order_of(job)
        if old is None:
            if newest is not None and order < newest:
                touched.append(order)
        elif sql.order_of(old) != order:
            touched.append(min(sql.order_of(old), order))
    yield Many(sql.UPSERT, rows)
    if touched:
        yield from _reordered(min(touched))


def _reordered(lowest: float) -> Steps[None]:
    yield One(sql.ADD_REORDER, (lowest,))
    yield One(sql.TRIM_REORDERS)
