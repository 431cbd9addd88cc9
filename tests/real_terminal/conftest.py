"""A log on disk, and terminals that end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from jobwatch.model.job import UNSET, Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.real_terminal.terminal import Terminal

LONG_AGO = 1_578_225_600_000  # 2020-01-05T12:00Z


class Watch(Protocol):
    """Opens the monitor on a log."""

    def __call__(self, log: Path, size: tuple[int, int] = ...) -> Terminal: ...


class Start(Protocol):
    """Starts the program."""

    def __call__(self, *arguments: str, size: tuple[int, int] = ...) -> Terminal: ...


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts the program; it is ended with the test."""
    terminals: list[Terminal] = []

    def started(*arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        terminal = Terminal(arguments, home=tmp_path, size=size)
        terminals.append(terminal)
        return terminal

    yield started
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def watch(start: Start) -> Watch:
    """Return what opens the monitor, and waits until it has read the log."""

    def watched(log: Path, size: tuple[int, int] = (80, 24)) -> Terminal:
        # The name alone, so that a banner has room for the reason.
        terminal = start("--store", log.name, "watch", "--interval", "100ms", size=size)
        terminal.shows("● live", " 2 All ")
        return terminal

    return watched


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the path of a log: 3 jobs run, 197 have ended, 20 of those failed; 5 are of 2020."""
    path = tmp_path / "jobs.db"
    now = now_ms()
    with PlainJobLog.open(path) as log:
        log.upsert_many(_job(number, now - number * 60_000) for number in range(195))
        log.upsert_many(_job(number, LONG_AGO - number * 60_000) for number in range(195, 200))
    return path


def _job(number: int, start: int) -> Job:
    running = number < 3
    failed = number % 10 == 9
    return Job(
        id=f"job-{number:05}",
        type="csv_data_load",
        user="ada",
        status="IN_PROGRESS" if running else "ERROR" if failed else "COMPLETE",
        start_datetime=start,
        end_datetime=UNSET if running else start + 30_000,
        message=UNSET if running else f"successfully loaded {number} of {number} records",
        job_body={"operation": "csv_data_load", "records": number},
    )
