"""Jobs with what the log knows of them, from the rows of two reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from jobwatch.model.formats import encode
from jobwatch.model.job import Job, JobStatus
from jobwatch.model.known import Known, known_of
from jobwatch.model.node import Origin
from jobwatch.model.row import Note
from jobwatch.model.signs import Signs
from jobwatch.store import statements as sql
from jobwatch.store.alive import process_text

__all__ = ["SEQ", "Told", "goes_on", "seqs_of", "told"]

Told: TypeAlias = tuple[Job, Known]

STATUS, SEQ = 1, 12
"""The places of two columns in a row that `job_of` reads."""


def seqs_of(rows: Sequence[Sequence[Any]]) -> str:
    """Return the parameter of `export_statements.KNOWN` for rows that `job_of` reads."""
    return encode([row[SEQ] for row in rows]).decode()


def goes_on(row: Sequence[Any]) -> bool:
    """Return whether a job may go on by its record, from a row that `job_of` reads."""
    return row[STATUS] not in (JobStatus.COMPLETE, JobStatus.ERROR)


def told(
    rows: Sequence[Sequence[Any]], beside: Sequence[Any], signs: Signs, now: int
) -> list[Told]:
    """Return jobs and what is known of them at an instant (ms), by what was read `beside`."""
    from_log = {seq: _origin_and_note(*columns) for seq, *columns in beside}
    found: list[Told] = []
    for row in rows:
        job = sql.job_of(row)
        # A job that was deleted between the two reads is as if of nowhere.
        origin, note = from_log.get(row[SEQ], (Origin(), None))
        found.append((job, known_of(job, origin, note, signs, now, process=process_text(job))))
    return found


def _origin_and_note(
    node: str | None, lost_at: int | None, noted_at: int | None, text: str | None
) -> tuple[Origin, Note | None]:
    origin = Origin() if node is None else Origin(node, lost_at)
    return origin, None if noted_at is None or text is None else Note(noted_at, text)
