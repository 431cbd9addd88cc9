"""What a record implies, as columns beside it, and as functions for logs that lack them."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from jobwatch.model.insight import fingerprint
from jobwatch.model.job import Job, Outcome
from jobwatch.store.values import Column, from_column

__all__ = ["Implied", "define_functions", "implied"]


class Implied(NamedTuple):
    """What came of a job, how many records it did of how many, and the kind of its error.

    Of one that goes on they are its progress, whose total may not be known.
    """

    outcome: Outcome
    done: int | None
    total: int | None
    kind: str | None


def implied(job: Job) -> Implied:
    """Return what a record implies; None is what it doesn't say."""
    load = job.load
    outcome = job.outcome_of(load)
    kind = fingerprint(job.message) if outcome is Outcome.FAILED else None
    # How far a job has come is shown while it goes on; afterwards only a load is one.
    progress = job.progress if outcome is Outcome.PENDING else None
    done, total = load or progress or (None, None)
    return Implied(outcome, done, total, kind)


def define_functions(connection: sqlite3.Connection) -> None:
    """Let a connection's statements ask for what older logs don't keep."""
    connection.create_function(
        "said_done", 2, lambda *columns: implied(_job(*columns)).done, deterministic=True
    )
    connection.create_function(
        "said_total", 2, lambda *columns: implied(_job(*columns)).total, deterministic=True
    )
    connection.create_function(
        "said_kind", 1, lambda message: fingerprint(from_column(message)), deterministic=True
    )


def _job(status: Column, message: Column) -> Job:
    return Job(id="-", status=from_column(status), message=from_column(message))
