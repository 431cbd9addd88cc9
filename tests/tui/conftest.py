"""A clock that only the test moves, and a log to watch."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.store.plain_log import PlainJobLog
from tests.tui.harness import FakeClock, a_job


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the path of a log with three running, three hundred ended and ten failed jobs."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            a_job(n, "IN_PROGRESS" if n < 3 else "ERROR" if n % 30 == 0 else "COMPLETE")
            for n in range(303)
        )
    return path
