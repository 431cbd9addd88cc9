"""What a short command loads: no more than it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import jobwatch
from jobwatch.model.job import Job, JobStatus
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog

HEAVY = {"textual", "rich", "pendulum", "aiosqlite", "asyncio"}


def loaded(code: str, *arguments: object) -> set[str]:
    """Return the modules that a fresh Python has after running some code."""
    script = f"import atexit, sys\natexit.register(lambda: print(*sys.modules))\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert not done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="a", status="COMPLETE", start_datetime=1, message={"a": 1})])
    return path


def test_the_package_alone_loads_nothing_of_the_store() -> None:
    modules = loaded("import jobwatch")
    assert {name for name in modules if name.startswith("jobwatch")} == {"jobwatch"}
    assert not modules & {*HEAVY, "sqlite3", "click", "msgspec"}


def test_the_command_line_alone_loads_nothing_heavy() -> None:
    modules = loaded("import jobwatch.cli")
    assert not modules & HEAVY
    assert not {name for name in modules if name.startswith(("jobwatch.tui", "jobwatch.feeds"))}


@pytest.mark.parametrize("command", [("show", "a"), ("show", "a", "--json"), ("search",)])
def test_a_short_command_loads_nothing_heavy(store: Path, command: tuple[str, ...]) -> None:
    modules = loaded("from jobwatch.cli import main; main()", "--store", store, *command)
    assert "jobwatch.store.plain_log" in modules
    # A search reads dates.
    assert not modules & (HEAVY - {"pendulum"} if command[0] == "search" else HEAVY)
    assert not {name for name in modules if name.startswith(("jobwatch.tui", "jobwatch.feeds"))}


def test_what_the_package_offers_is_loaded_when_it_is_used() -> None:
    assert jobwatch.JobLog is JobLog
    assert jobwatch.Job is Job
    assert jobwatch.JobStatus is JobStatus
    assert all(hasattr(jobwatch, name) for name in jobwatch.__all__)
    modules = loaded("import jobwatch; jobwatch.Job")
    assert "jobwatch.model.job" in modules
    assert not modules & HEAVY
    assert "jobwatch.store.job_log" in loaded("from jobwatch import JobLog")


def test_what_the_package_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'jobwatch' has no attribute 'JobLogs'"):
        _ = jobwatch.JobLogs
