"""DryRunLog: counts what an import would do to a log, and leaves the log as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from jobwatch.model.job import Job
from jobwatch.model.row import Note
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.transactions import Changes

__all__ = ["DryRunLog"]


class DryRunLog:
    """Writes to a log of its own, into which the jobs that it touches are copied first."""

    def __init__(self, scratch: PlainJobLog, log: PlainJobLog | None) -> None:
        self._scratch = scratch
        self._log = log

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[DryRunLog]:
        """Open a dry run on the log at `path`, which needn't be there."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="jobwatch-")))
            scratch = stack.enter_context(PlainJobLog.open_for_bulk(folder / "dry-run.db"))
            log = stack.enter_context(PlainJobLog.read(path)) if path.exists() else None
            yield cls(scratch, log)

    def upsert_many(self, jobs: Iterable[Job], *, node: str | None = None) -> Changes:
        """Return what `PlainJobLog.upsert_many` would."""
        jobs = list(jobs)
        if self._log is not None:
            touched = self._scratch.find_jobs(job.id for job in jobs)
            known = self._log.find_jobs(job.id for job in jobs if job.id not in touched)
            self._scratch.upsert_many(known.values())
        return self._scratch.upsert_many(jobs, node=node)

    def mark_lost(self, since: Mapping[str, int]) -> None:
        """Do nothing: it counts for no change."""

    def set_notes(self, notes: Mapping[str, Note | None]) -> int:
        """Do nothing: it counts for no change."""
        return 0
