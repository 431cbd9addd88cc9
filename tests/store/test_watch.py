"""A reader is told of every change, whoever made it, and of no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.model.summary import StateCounts
from jobwatch.store.dry_run import DryRunLog
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.transactions import Changes
from jobwatch.store.watch import LogReplacedError


async def test_a_commit_of_any_writer_moves_the_log_once(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log, LogReader.open(path) as reader:
        assert await reader.moved()
        assert not await reader.moved()
        await log.create(type="t")
        assert await reader.moved()
        assert not await reader.moved()
        with PlainJobLog.open(path) as other:
            other.upsert_many([Job(id="a", status="ERROR")])
        assert await reader.moved()
        assert await reader.counts() == StateCounts(running=1, failed=1)
        assert not await reader.moved()


async def test_a_log_that_is_gone_or_replaced_is_said(tmp_path: Path) -> None:
    path, other = tmp_path / "jobs.db", tmp_path / "other.db"
    for made in (path, other):
        with PlainJobLog.open(made):
            pass
    async with LogReader.open(path) as reader:
        await reader.moved()
        os.replace(other, path)
        with pytest.raises(LogReplacedError, match="was replaced"):
            await reader.moved()
        path.unlink()
        with pytest.raises(LogReplacedError, match="is gone"):
            await reader.moved()


def test_a_dry_run_counts_like_an_import_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="a", status="COMPLETE"), Job(id="b")])
    batches = [
        [Job(id="a", status="COMPLETE"), Job(id="b", message="x"), Job(id="c")],
        [Job(id="b", message="x"), Job(id="c", message="y")],
    ]
    before = path.read_bytes()
    with DryRunLog.open(path) as dry:
        assert [dry.upsert_many(batch) for batch in batches] == [Changes(1, 1, 1), Changes(0, 1, 1)]
    assert path.read_bytes() == before
    missing = tmp_path / "missing.db"
    with DryRunLog.open(missing) as dry:
        assert dry.upsert_many(batches[0]) == Changes(3, 0, 0)
    assert not missing.exists()
