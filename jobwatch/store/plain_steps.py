"""Runs steps on the sqlite3 module, in the caller's thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

from jobwatch.store.connect import BUSY_TIMEOUT, errors_of, open_plain
from jobwatch.store.forked import forks_wait
from jobwatch.store.steps import Many, Rows, Steps

__all__ = [
    "OFFER_TIMEOUT",
    "deadline_in",
    "in_transaction",
    "left_until",
    "offer_once",
    "offered",
    "run",
    "write_once",
]

Result = TypeVar("Result")

OFFER_TIMEOUT = 500
"""Milliseconds for which what may be left out waits for a log that is locked."""


def run(connection: sqlite3.Connection, steps: Steps[Result]) -> Result:
    """Run steps one by one, and return their result."""
    rows: Rows = ()
    try:
        step = next(steps)
        while True:
            if isinstance(step, Many):
                connection.executemany(step.sql, step.rows)
                rows = ()
            else:
                rows = connection.execute(step.sql, step.parameters).fetchall()
            step = steps.send(rows)
    except StopIteration as done:
        result: Result = done.value
        return result


def deadline_in(milliseconds: int) -> float:
    """Return until when (s, monotonic) who asks now waits, whoever else has to be first."""
    return monotonic() + milliseconds / 1_000


def left_until(deadline: float) -> int:
    """Return how many milliseconds there are until a deadline (s, monotonic), 0 behind it."""
    return max(round((deadline - monotonic()) * 1_000), 0)


def in_transaction(
    connection: sqlite3.Connection, steps: Steps[Result], *, patience: int = BUSY_TIMEOUT
) -> Result:
    """Run steps as one transaction, all or none; wait so long (ms) for others to let go of the log.

    The connection keeps this patience until its next transaction.
    """
    connection.execute(f"PRAGMA busy_timeout = {patience:d}")
    try:
        # An interrupt may come when it has begun already.
        connection.execute("BEGIN IMMEDIATE")
        result = run(connection, steps)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def offered(connection: sqlite3.Connection, steps: Steps[Result]) -> Result:
    """Run steps as `in_transaction`, for what is not worth waiting for."""
    return in_transaction(connection, steps, patience=OFFER_TIMEOUT)


def write_once(path: Path, steps: Steps[Result]) -> Result:
    """Open a log for one transaction alone: who runs for hours then holds no file open.

    A log that isn't there is made; `LogError` where it can't be written.
    """
    with _opened(path) as connection:
        return in_transaction(connection, steps)


def offer_once(path: Path, steps: Steps[Result]) -> Result:
    """Open a log as `write_once`, for what is not worth waiting for."""
    with _opened(path) as connection:
        return offered(connection, steps)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with forks_wait(), closing(open_plain(path)) as connection, errors_of(path):
        yield connection
