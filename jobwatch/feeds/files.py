"""Job records from files into the log: JSON, NDJSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import BinaryIO, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from jobwatch.model.entries import entries
from jobwatch.model.exported import import_record
from jobwatch.model.formats import Entry, Format, FormatError
from jobwatch.model.job import Job, RecordError
from jobwatch.model.known import Known
from jobwatch.model.row import Note
from jobwatch.store.transactions import Changes

__all__ = ["Log", "Record", "Totals", "by_node", "import_records", "read_records"]

CHUNK = 1 << 18
BATCH_BYTES = 1 << 26

Placed: TypeAlias = tuple[Job, Known]


class Log(Protocol):
    """What an import needs of a log."""

    def upsert_many(self, jobs: Iterable[Job], /, *, node: str | None = None) -> Changes:
        """Write all the jobs or none; who has no node yet is of `node`."""

    def mark_lost(self, since: Mapping[str, int], /) -> None:
        """Mark jobs that go on by their records as lost at these instants (ms), by id."""

    def set_notes(self, notes: Mapping[str, Note], /) -> object:
        """Write what was noted of jobs elsewhere, by id; a later note that is there stays."""


class Record(Struct, frozen=True):
    """One record of a file: a job, or the reason why it is none.

    `place` is its line (from 1) or its index in an array (from 0), `raw` its text as in the file.
    `known` are the origin and the note in what jobwatch has exported.
    """

    place: str
    raw: bytes
    job: Job | None = None
    reason: str = ""
    known: Known = Known()


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
    """Write the jobs of records into a log, in batches, and count what came of them.

    A batch is one transaction for each node. `on_reject` gets each record that is no job,
    `on_progress` the totals after each batch.
    Whatever ends it early leaves whole batches; importing again does the rest.
    """
    totals = Totals()
    for jobs, rejected in _batches(records, batch_size, on_reject):
        changes = [log.upsert_many(group, node=node or None) for node, group in by_node(jobs)]
        lost = {
            job.id: known.origin.lost_since
            for job, known in jobs
            if known.origin.lost_since is not None
        }
        if lost:
            log.mark_lost(lost)
        notes = {job.id: known.note for job, known in jobs if known.note is not None}
        if notes:
            log.set_notes(notes)
        totals = Totals(
            read=totals.read + len(jobs) + rejected,
            new=totals.new + sum(change.new for change in changes),
            updated=totals.updated + sum(change.updated for change in changes),
            unchanged=totals.unchanged + sum(change.unchanged for change in changes),
            rejected=totals.rejected + rejected,
        )
        on_progress(totals)
    return totals


def by_node(jobs: Iterable[Placed]) -> Iterator[tuple[str, list[Job]]]:
    """Group jobs by node, so that those of one start stay in the order in which they come.

    A log keeps the order in which such jobs are written, so some nodes may come more than once.
    """
    groups: dict[str, list[Job]] = {}
    ranks: dict[str, int] = {}
    before: tuple[float, int] | None = None
    for job, known in jobs:
        node = known.origin.node
        rank = ranks.setdefault(node, len(ranks))
        if before is not None and before[0] == job.started and before[1] > rank:
            yield from groups.items()
            groups, ranks, rank = {}, {node: 0}, 0
        groups.setdefault(node, []).append(job)
        before = job.started, rank
    yield from groups.items()


def _batches(
    records: Iterable[Record], size: int, on_reject: Callable[[Record], None]
) -> Iterator[tuple[list[Placed], int]]:
    """Gather jobs, and count the rejected between them."""
    jobs: list[Placed] = []
    rejected = weight = 0
    try:
        for record in records:
            if record.job is None:
                on_reject(record)
                rejected += 1
            else:
                jobs.append((record.job, record.known))
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
    value, known = import_record(entry.value)
    try:
        return Record(entry.place, entry.raw, Job.from_record(value), known=known)
    except RecordError as error:
        return Record(entry.place, entry.raw, None, str(error))
