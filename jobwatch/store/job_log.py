"""JobLog: a job log for asyncio, read over aiosqlite and written by a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jobwatch.model.job import UNSET, Job, JobStatus, Json
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.model.when import now_ms
from jobwatch.store import edits, floors, pages, reads, transactions
from jobwatch.store import statements as sql
from jobwatch.store.alive import Process, own_process
from jobwatch.store.connect import check_log, open_plain, read_plain
from jobwatch.store.connection import ReadConnection
from jobwatch.store.lifetime import Lifetime
from jobwatch.store.logged_job import LoggedJob
from jobwatch.store.search import ready_for
from jobwatch.store.transactions import Changes
from jobwatch.store.values import to_column
from jobwatch.store.writer import Writer

__all__ = ["JobLog"]


class JobLog:
    """A job log that many may write to at once; every write is one short transaction.

    Times are epoch milliseconds. All methods raise `LogError`, a line for a person, where the file
    can't be used, `UnknownJobError` for an id that the log doesn't have, and `JobExistsError` for
    one that it has already.
    """

    def __init__(self, reader: ReadConnection, writer: Writer, clock: edits.Clock) -> None:
        self._rows = reader.rows
        self._run = reader.run
        self._writer = writer
        self._write = writer.write
        self._clock = clock
        self.path = reader.path

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | str, *, clock: edits.Clock = now_ms) -> AsyncIterator[JobLog]:
        """Open the log at `path`; a missing one is made, mode 0600, and its folder too."""
        path = Path(path)
        async with Writer.open(path, open_plain) as writer, ReadConnection.open(path) as reader:
            yield cls(reader, writer, clock)

    @classmethod
    @asynccontextmanager
    async def read(cls, path: Path | str, *, clock: edits.Clock = now_ms) -> AsyncIterator[JobLog]:
        """Open a log that must be there, only to read it."""
        path = Path(path)
        await asyncio.to_thread(check_log, path)
        async with Writer.open(path, read_plain) as writer, ReadConnection.open(path) as reader:
            yield cls(reader, writer, clock)

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
        writer = self._writer
        return LoggedJob(writer.write_anyway, life, writer.offer, writer.write)

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
        await self._run(ready_for(query))
