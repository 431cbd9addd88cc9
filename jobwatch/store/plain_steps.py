"""Runs steps on the sqlite3 module, in the caller's thread."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TypeVar

from jobwatch.store.connect import errors_of, open_plain
from jobwatch.store.steps import Many, Rows, Steps

__all__ = ["in_transaction", "run", "write_once"]

Result = TypeVar("Result")


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


def in_transaction(connection: sqlite3.Connection, steps: Steps[Result]) -> Result:
    """Run steps as one transaction, all or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = run(connection, steps)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def write_once(path: Path, steps: Steps[Result]) -> Result:
    """Open a log for one transaction alone: who runs for hours then holds no file open.

    A log that isn't there is made; `LogError` where it can't be written.
    """
    connection = open_plain(path)
    try:
        with errors_of(path):
            return in_transaction(connection, steps)
    finally:
        connection.close()
