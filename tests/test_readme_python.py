"""The Python of the README runs as it stands."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from jobwatch import UNSET, JobLog, JobQuery, JobStatus, PlainJobLog
from jobwatch.model.query import Sort, SortKey

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
OLDEST_FIRST = JobQuery(sort=Sort(SortKey.STARTED, descending=False))


async def load(row: object) -> None:
    await asyncio.sleep(0)


async def run(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {"rows": [1, 2, 3], "load": load}
    code = compile(block, str(README), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    awaited = eval(code, names)
    if awaited is not None:
        await awaited
    return names


async def test_the_python_of_the_readme_logs_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOBWATCH_STORE", "jobs.db")
    for block in BLOCKS:
        names = await run(block)
    names["nightly_report"]("2026-11-23")
    with PlainJobLog.read("jobs.db") as log:
        jobs = list(log.jobs(OLDEST_FIRST))
    assert [(job.type, job.status, job.message) for job in jobs] == [
        ("csv_data_load", JobStatus.COMPLETE, "successfully loaded 3 of 3 records"),
        ("nightly_report", JobStatus.COMPLETE, UNSET),
        ("nightly_report", JobStatus.COMPLETE, "42 pages"),
    ]
    assert jobs[1].other["progress"] == {"done": 21, "total": 42}


def test_each_log_has_the_parts_that_the_readme_says() -> None:
    [said] = re.findall(
        r"^`JobLog` has (.*?) too,.*?`PlainJobLog` of these (.*?);",
        README.read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    parts, plain = (re.findall("`(.+?)`", names) for names in said)
    assert [name for name in parts if not hasattr(JobLog, name)] == []
    assert [name for name in parts if hasattr(PlainJobLog, name)] == plain
