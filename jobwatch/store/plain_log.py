"""PlainJobLog: the job log without asyncio, for short commands and bulk work."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from jobwatch.model.condition import EVERY
from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.node import Node, Origin
from jobwatch.model.query import JobQuery, resolved
from jobwatch.model.row import JobRow, Note
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.when import now_ms
from jobwatch.store import edits, plain_steps, reads, transactions
from jobwatch.store import statements as sql
from jobwatch.store.connect import (
    BUSY_TIMEOUT,
    check_fork,
    check_log,
    errors_of,
    open_plain,
    read_plain,
)
from jobwatch.store.plain_steps import OFFER_TIMEOUT
from jobwatch.store.steps import Reading, Steps
from jobwatch.store.transactions import Changes
from jobwatch.store.values import from_column, to_column
from jobwatch.store.watch import VERSION, FileIdentity

if TYPE_CHECKING:
    from jobwatch.store import pages
    from jobwatch.store.logged_job import PlainLoggedJob
    from jobwatch.store.pruning import Old, Pruned
    from jobwatch.store.told import Told

__all__ = ["PlainJobLog"]

Result = TypeVar("Result")
BLOCK = 1_000

# Bulk writes touch the index of ids all over: room for it (KiB, filled only as it is used), and
# fewer checkpoints (pages of 4 KiB, within the journal's size limit).
BULK_PRAGMAS = ("PRAGMA cache_size = -131072", "PRAGMA wal_autocheckpoint = 16000")


class PlainJobLog:
    """`JobLog` on the sqlite3 module: the same transactions and reads, in the caller's thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._file = FileIdentity(path)
        self._version: int | None = None
        # A job's progress may come from the threads of a pool; none may see what another undoes.
        self._busy = Lock()
        self._process = os.getpid()
        self.path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path | str) -> Iterator[PlainJobLog]:
        """Open the log at `path`; a missing one is made, mode 0600, and its folder too."""
        path = Path(path)
        log = cls(open_plain(path), path)
        try:
            yield log
        finally:
            log._close()

    @classmethod
    @contextmanager
    def open_for_bulk(cls, path: Path | str) -> Iterator[PlainJobLog]:
        """Open the log as `open` does, with more memory for writing many jobs."""
        with cls.open(path) as log:
            for pragma in BULK_PRAGMAS:
                log._connection.execute(pragma)
            yield log

    @classmethod
    @contextmanager
    def read(cls, path: Path | str) -> Iterator[PlainJobLog]:
        """Open a log that must be there, only to read it."""
        path = Path(path)
        check_log(path)
        log = cls(read_plain(path), path)
        try:
            yield log
        finally:
            log._close()

    def job(
        self,
        type: Json,
        *,
        user: Json = UNSET,
        body: Json = UNSET,
        id: str | None = None,
    ) -> PlainLoggedJob:
        """Return a job for a ``with`` statement; without an id it gets a GUID.

        Its record names this process: should that die, the job is lost.
        """
        from jobwatch.store.alive import own_process
        from jobwatch.store.lifetime import Lifetime
        from jobwatch.store.logged_job import PlainLoggedJob

        life = Lifetime(now_ms, type=type, user=user, id=id, body=body, process=own_process())
        return PlainLoggedJob(self._write, life, self._offer)

    def upsert_many(self, jobs: Iterable[Job], *, node: str | None = None) -> Changes:
        """Merge jobs into the log (see `merge`), all or none; who has no node yet is of `node`."""
        return self._write(transactions.upsert(jobs, node))

    def mark_lost(self, since: Mapping[str, int]) -> None:
        """Mark jobs that go on by their records as lost at these instants (ms), by id."""
        self._write(transactions.mark_lost(since))

    def set_notes(self, notes: Mapping[str, Note | None]) -> int:
        """Write notes to jobs by id, or take away those that are None; return to how many."""
        return self._write(transactions.set_notes(notes))

    def close_jobs(self, ids: Iterable[str], message: str | None = None) -> None:
        """End jobs that go on as ERROR now, all or none; `LogError` if one has ended."""
        self._write(transactions.edit_all(ids, edits.closed(now_ms, message)))

    def prune(self, old: Old) -> Iterator[Pruned]:
        """Delete the jobs that are old, in steps; see `pruning.prune`."""
        from jobwatch.store import pruning

        return pruning.prune(self.path, self.run, self._write, old)

    def get_job(self, id: str) -> Job | None:
        """Return one job, or None."""
        for row in self._rows(sql.GET_BY_ID, (to_column(id),)):
            return sql.job_of(row)
        return None

    def ids_from(self, id: str, limit: int) -> list[str]:
        """Return the first ids from this one on, in the order of their code points."""
        rows = self._rows(sql.IDS_FROM, (to_column(id), limit))
        return [str(from_column(found)) for (found,) in rows]

    def find_jobs(self, ids: Iterable[str]) -> dict[str, Job]:
        """Return those of the jobs that the log has, by id."""
        return self.run(transactions.known(dict.fromkeys(ids)))

    def jobs(self, query: JobQuery, limit: int | None = None) -> Iterator[Job]:
        """Return the jobs of a query in its order of start, read in blocks: memory stays flat."""
        from jobwatch.store import pages

        for row in self._blocks(pages.JOBS, query, limit):
            yield sql.job_of(row)

    def rows(self, query: JobQuery, limit: int | None = None) -> Iterator[JobRow]:
        """Return the lines of a query in its order of start, read in blocks."""
        from jobwatch.store import pages

        for row in self._blocks(pages.ROWS, query, limit):
            yield sql.row_of(row)

    def told(self, query: JobQuery, limit: int | None = None) -> Iterator[Told]:
        """Return the jobs of a query as `jobs`, each with what the log knows of it beside."""
        from jobwatch.store import pages

        rows = self._blocks(pages.JOBS, query, limit)
        while block := list(islice(rows, BLOCK)):
            yield from self._told(block)

    def told_job(self, id: str) -> Told | None:
        """Return one job with what the log knows of it, or None."""
        rows = self._rows(sql.GET_BY_ID, (to_column(id),))
        return self._told(rows)[0] if rows else None

    def moved(self) -> bool:
        """Return whether others have changed the log since the last call, true on the first.

        `LogReplacedError` says that the path leads to another file by now, or to none.
        """
        self._file.check()
        [(version,)] = self._rows(VERSION)
        moved: bool = version != self._version
        self._version = version
        return moved

    def newest_rows(self, query: JobQuery, limit: int) -> list[JobRow]:
        """Return the lines of the newest jobs of a view, range and node, the oldest first."""
        return [sql.row_of(row) for row in reversed(self._rows(*reads.newest(query, limit)))]

    def origin(self, id: str) -> Origin:
        """Return where a job is from."""
        for row in self._rows(sql.ORIGIN, (to_column(id),)):
            return Origin(*row)
        return Origin()

    def note(self, id: str) -> Note | None:
        """Return the note of a job, or None."""
        for row in self._rows(sql.GET_NOTE, (to_column(id),)):
            return Note(*row)
        return None

    def signs(self) -> Signs:
        """Return what is usual, and what goes on by its record alone."""
        from jobwatch.store import usual

        return self.run(usual.signs())

    def nodes(self) -> list[Node]:
        """Return the nodes of the log by name."""
        return [sql.node_of(row) for row in self._rows(sql.NODES)]

    def count(self, query: JobQuery) -> int:
        """Return how many jobs a query has."""
        if resolved(query).where != EVERY:
            from jobwatch.store.search import ready_for

            self.run(ready_for(query))
        [(count,)] = self._rows(*reads.count(query, now_ms()))
        return int(count)

    def run(self, steps: Reading[Result]) -> Result:
        """Run steps that read, and return their result."""
        with self._turn():
            return plain_steps.run(self._connection, steps)

    def _blocks(
        self, kind: pages.Kind, query: JobQuery, limit: int | None
    ) -> Iterator[Sequence[Any]]:
        from jobwatch.store.pages import pages_of

        size = BLOCK if limit is None else min(BLOCK, max(limit, 1))
        found = pages_of(kind, query, self.run, now_ms())
        rows = (row for page in found for row in self._page_by_page(page, size, kind.key_of))
        yield from islice(rows, limit)

    def _told(self, rows: Sequence[Sequence[Any]]) -> list[Told]:
        from jobwatch.store import export_statements
        from jobwatch.store.told import goes_on, seqs_of, told

        beside = self._rows(export_statements.KNOWN, (seqs_of(rows),))
        # What is usual takes a while to make out, and tells the state only of what goes on.
        signs = self.signs() if any(map(goes_on, rows)) else NO_SIGNS
        return told(rows, beside, signs, now_ms())

    def _page_by_page(
        self,
        page: pages.Pages,
        size: int,
        key_of: Callable[[Sequence[Any]], pages.Key],
    ) -> Iterator[Sequence[Any]]:
        after: pages.Key | None = None
        while True:
            rows = self._rows(*page(size, after))
            yield from rows
            if len(rows) < size:
                return
            after = key_of(rows[-1])

    def _rows(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[Any]:
        with self._turn():
            return self._connection.execute(statement, parameters).fetchall()

    def _write(self, steps: Steps[Result]) -> Result:
        return self._transaction(steps, BUSY_TIMEOUT)

    def _offer(self, steps: Steps[Result]) -> Result:
        return self._transaction(steps, OFFER_TIMEOUT)

    def _transaction(self, steps: Steps[Result], patience: int) -> Result:
        deadline = plain_steps.deadline_in(patience)
        with self._turn():
            self._file.check()
            left = plain_steps.left_until(deadline)
            return plain_steps.in_transaction(self._connection, steps, patience=left)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep other threads out; `LogError` for what SQLite says, and in a forked process."""
        check_fork(self.path)
        with self._busy, errors_of(self.path):
            yield

    def _close(self) -> None:
        if os.getpid() == self._process:  # a child that was forked must not touch it
            with self._busy:
                self._connection.close()
