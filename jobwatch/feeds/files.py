"""Job records from files into the log: JSON, NDJSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import BinaryIO, NamedTuple, Protocol

from msgspec import Struct

from jobwatch.model.entries import entries
from jobwatch.model.formats import Entry, Format, FormatError
from jobwatch.model.job import Job, RecordError
from jobwatch.store.transactions import Changes

__all__ = ["Log", "Record", "Totals", "import_records", "read_records"]

CHUNK = 1 << 18
BATCH_BYTES = 1 << 26


class Log(Protocol):
    """What an import needs of a log."""

    def upsert_many(self, jobs: Iterable[Job], /) -> Changes:
        """Write all the jobs or none."""


class Record(Struct, frozen=True):
    """One record of a file: a job, or the reason why it is none.

    `place` is its line (from 1) or its index in an array (from 0), `raw` its text as in the file.
    """

    place: str
    raw: bytes
    job: Job | None = None
    reason: str = ""


class Totals(NamedTuple):
    """How many records were read, and what became of them."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


def read_records(source: BinaryIO, format: Format | None = None) -> Iterator[Record]:
    """Read a file's records, told apart by content unless a format is given.

    Memory stays flat however long the file. Raises `FormatError` where it holds no job records,
    OSError where it can't be read.
    """
    return map(_record, entries(iter(partial(source.read, CHUNK), b""), format))


def import_records(
    log: Log,
    records: Iterable[Record],
    *,
    batch_size: int = 10_000,
    on_reject: Callable[[Record], None],
    on_progress: Callable[[Totals], None],
) -> Totals:
    """Write the jobs of records into a log, a batch a transaction, and count what came of them.

    `on_reject` gets each record that is no job, `on_progress` the totals after each batch.
    Whatever ends it early leaves whole batches; importing again does the rest.
    """
    totals = Totals()
    for jobs, rejected in _batches(records, batch_size, on_reject):
        changes = log.upsert_many(jobs) if jobs else Changes()
        totals = Totals(
            read=totals.read + len(jobs) + rejected,
            new=totals.new + changes.new,
            updated=totals.updated + changes.updated,
            unchanged=totals.unchanged + changes.unchanged,
            rejected=totals.rejected + rejected,
        )
        on_progress(totals)
    return totals


def _batches(
    records: Iterable[Record], size: int, on_reject: Callable[[Record], None]
) -> Iterator[tuple[list[Job], int]]:
    """Gather jobs, and count the rejected between them."""
    jobs: list[Job] = []
    rejected = weight = 0
    try:
        for record in records:
            if record.job is None:
                on_reject(record)
                rejected += 1
            else:
                jobs.append(record.job)
                weight += len(record.raw)
            if len(jobs) >= size or weight >= BATCH_BYTES:
                yield jobs, rejected
                jobs, rejected, weight = [], 0, 0
    except FormatError:
        yield jobs, rejected  # what stood before the useless part is good
        raise
    yield jobs, rejected


def _record(entry: Entry) -> Record:
    if entry.reason:
        return Record(entry.place, entry.raw, None, entry.reason)
    try:
        return Record(entry.place, entry.raw, Job.from_record(entry.value))
    except RecordError as error:
        return Record(entry.place, entry.raw, None, str(error))
