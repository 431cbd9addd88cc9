"""JobLog: a job log for asyncio, on aiosqlite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from jobwatch.model.job import UNSET, Job, JobStatus, Json
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.model.when import now_ms
from jobwatch.store import edits, floors, pages, reads, transactions
from jobwatch.store import statements as sql
from jobwatch.store.alive import Process, own_process
from jobwatch.store.connect import (
    BUSY_TIMEOUT,
    CONNECTION_PRAGMAS,
    READER_BUSY_TIMEOUT,
    check_log,
    errors_of,
    open_plain,
    read_only_uri,
)
from jobwatch.store.connection import Parameters
from jobwatch.store.lifetime import Lifetime
from jobwatch.store.logged_job import LoggedJob
from jobwatch.store.search import ready_for
from jobwatch.store.steps import Many, Steps
from jobwatch.store.transactions import Changes
from jobwatch.store.values import to_column

__all__ = ["JobLog"]

Result = TypeVar("Result")


class JobLog:
    """A job log that many may write to at once; every write is one short transaction.

    Times are epoch milliseconds. All methods raise `LogError`, a line for a person, where the file
    can't be used, and `UnknownJobError` for an id that the log doesn't have.
    """

    def __init__(self, connection: aiosqlite.Connection, path: Path, clock: edits.Clock) -> None:
        self._connection = connection
        self._writing = asyncio.Lock()
        self._clock = clock
        self.path = path

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | str, *, clock: edits.Clock = now_ms) -> AsyncIterator[JobLog]:
        """Open the log at `path`; a missing one is made, mode 0600, and its folder too."""
        path = Path(path)
        await asyncio.to_thread(lambda: open_plain(path).close())
        with errors_of(path):
            async with aiosqlite.connect(
                path, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
            ) as connection:
                for pragma in CONNECTION_PRAGMAS:
                    await connection.execute_fetchall(pragma)
                yield cls(connection, path, clock)

    @classmethod
    @asynccontextmanager
    async def read(cls, path: Path | str, *, clock: edits.Clock = now_ms) -> AsyncIterator[JobLog]:
        """Open a log that must be there, only to read it."""
        path = Path(path)
        await asyncio.to_thread(check_log, path)
        with errors_of(path):
            async with aiosqlite.connect(
                read_only_uri(path),
                uri=True,
                isolation_level=None,
                timeout=READER_BUSY_TIMEOUT / 1000,
            ) as connection:
                yield cls(connection, path, clock)

    def job(
        self,
        type: Json,
        *,
        user: Json = UNSET,
        body: Json = UNSET,
        id: str | None = None,
    ) -> LoggedJob:
        """Return a job for an ``async with`` statement; without an id it gets a GUID.

        Its record names this process: should that die, the job is lost.
        """
        process = own_process()
        life = Lifetime(self._clock, type=type, user=user, id=id, body=body, process=process)
        return LoggedJob(self._write, life)

    async def create(
        self,
        *,
        type: Json,
        user: Json = UNSET,
        id: str | None = None,
        job_body: Json = UNSET,
    ) -> Job:
        """Add a job in state CREATED; without an id it gets a GUID."""
        return await self._write(
            transactions.create(
                lambda: edits.created(self._clock, id=id, type=type, user=user, job_body=job_body)
            )
        )

    async def start(self, id: str, *, process: Process | None = None) -> Job:
        """Set a job to IN_PROGRESS, from now on; once the process that runs it is gone, it is lost.

        `process` is as `own_process` tells it; without one nobody can know.
        """
        return await self._write(transactions.edit(id, edits.started(self._clock, process)))

    async def finish(self, id: str, message: Json = UNSET) -> Job:
        """End a job as COMPLETE."""
        edit = edits.ended(self._clock, JobStatus.COMPLETE, message)
        return await self._write(transactions.edit(id, edit))

    async def fail(self, id: str, message: Json = UNSET) -> Job:
        """End a job as ERROR."""
        edit = edits.ended(self._clock, JobStatus.ERROR, message)
        return await self._write(transactions.edit(id, edit))

    async def update(self, id: str, **fields: Any) -> Job:
        """Set fields of a job by their names in `Job`."""
        return await self._write(transactions.edit(id, edits.change(self._clock, fields)))

    async def upsert_many(self, jobs: Iterable[Job], *, node: str | None = None) -> Changes:
        """Merge jobs into the log (see `merge`), all or none; who has no node yet is of `node`."""
        return await self._write(transactions.upsert(jobs, node))

    async def mirror(self, jobs: Iterable[Job], *, node: str) -> Changes:
        """Merge what a node tells of its jobs as `upsert_many` does, but for what was pruned.

        Only who writes jobs by hand overrides the floors that pruning leaves.
        """
        return await self._write(floors.mirror(jobs, node))

    async def set_notes(self, notes: Mapping[str, Note | None]) -> int:
        """Write notes to jobs by id, or take away those that are None; return to how many."""
        return await self._write(transactions.set_notes(notes))

    async def delete(self, ids: Iterable[str]) -> int:
        """Delete jobs by id and return how many there were."""
        return await self._write(transactions.delete(ids))

    async def get_job(self, id: str) -> Job | None:
        """Return one job, or None."""
        for row in await self._rows(sql.GET_BY_ID, (to_column(id),)):
            return sql.job_of(row)
        return None

    async def origin(self, id: str) -> Origin:
        """Return where a job is from."""
        for row in await self._rows(sql.ORIGIN, (to_column(id),)):
            return Origin(*row)
        return Origin()

    async def save_node(self, node: Node) -> None:
        """Write what is known of a node; its jobs from before its process started are lost."""
        await self._write(transactions.save_node(node))

    async def get_node(self, name: str) -> Node | None:
        """Return what is known of a node, or None."""
        for row in await self._rows(sql.NODE_BY_NAME, (name,)):
            return sql.node_of(row)
        return None

    async def page(self, query: JobQuery, *, limit: int, after: Job | None = None) -> list[Job]:
        """Return up to `limit` jobs in the query's order of start, those behind `after`."""
        await self._make_ready(query)
        place = await self._place(after)
        rows = await self._rows(*pages.page(pages.JOBS, query, limit, place, self._clock()))
        return [sql.job_of(row) for row in rows]

    async def count(self, query: JobQuery) -> int:
        """Return how many jobs a query has."""
        await self._make_ready(query)
        [(count,)] = await self._rows(*reads.count(query, self._clock()))
        return int(count)

    async def _place(self, job: Job | None) -> tuple[float, int] | None:
        if job is None:
            return None
        for row in await self._rows(sql.ROW_BY_ID, (to_column(job.id),)):
            return sql.row_of(row).key
        return sql.order_of(job), 0

    async def _make_ready(self, query: JobQuery) -> None:
        async with self._writing:
            with errors_of(self.path):
                await self._run(ready_for(query))

    async def _rows(self, statement: str, parameters: Parameters = ()) -> list[Any]:
        with errors_of(self.path):
            return list(await self._connection.execute_fetchall(statement, parameters))

    async def _write(self, steps: Steps[Result]) -> Result:
        # What was sent to the connection's thread can't be taken back: who is cancelled waits until
        # the transaction is whole or undone.
        writing = asyncio.ensure_future(self._transaction(steps))
        cancelled: asyncio.CancelledError | None = None
        while not writing.done():
            try:
                await asyncio.wait([writing])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            writing.exception()  # it is no news to who was cancelled
            raise cancelled
        return writing.result()

    async def _transaction(self, steps: Steps[Result]) -> Result:
        # Two tasks of one program share the connection, and so would share a transaction.
        async with self._writing:
            with errors_of(self.path):
                await self._connection.execute_fetchall("BEGIN IMMEDIATE")
                try:
                    result = await self._run(steps)
                    await self._connection.execute_fetchall("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        await self._connection.execute_fetchall("ROLLBACK")
                    raise
                return result

    async def _run(self, steps: Steps[Result]) -> Result:
        rows: Sequence[Any] = ()
        try:
            step = next(steps)
            while True:
                if isinstance(step, Many):
                    await self._connection.executemany(step.sql, step.rows)
                    rows = ()
                else:
                    rows = list(await self._connection.execute_fetchall(step.sql, step.parameters))
                step = steps.send(rows)
        except StopIteration as done:
            result: Result = done.value
            return result
