"""What the log costs, beside the sqlite3 module on the same file."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.model.when import now_ms
from jobwatch.store.job_list import PAGE, IndexedList
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from tests.benchmarks.report import Result

NOW = now_ms()
LOOKS = 400
BATCH = 10_000


def make_log(path: Path, count: int, running: int) -> Result:
    """Fill a log with sample jobs; how many a second, for information."""
    jobs = seed_jobs(count=count, days=365, running=running, now=NOW, random_state=7)
    began = time.perf_counter()
    with PlainJobLog.open(path) as log:
        for batch in batches(jobs):
            log.upsert_many(batch)
    rate = count / (time.perf_counter() - began)
    return Result(f"jobs made and written a second, {count:,}", rate, 1, "jobs", None)


def batches(jobs: Iterator[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


async def reads(path: Path) -> list[Result]:
    """Measure get_job beside the sqlite3 module's own, and what a list costs."""
    connection = sqlite3.connect(path)
    top = connection.execute("SELECT max(seq) FROM jobs").fetchone()[0]
    choose = random.Random(1)
    ids = [
        connection.execute(
            "SELECT id FROM jobs WHERE seq = ?", (choose.randint(1, top),)
        ).fetchone()[0]
        for _ in range(LOOKS)
    ]
    async with JobLog.open(path) as log:
        freely = await get_job(log, connection, ids)
        # A log's thread wakes at once or in a tenth of a millisecond, as the kernel places it:
        # what the log itself costs shows where both threads share a processor.
        with one_processor():
            together = await get_job(log, connection, ids)
    connection.close()
    results = [
        Result("get_job through JobLog / sqlite3 module", *together, "µs", 6.0),
        Result("the same, its thread where the kernel puts it", *freely, "µs", None),
    ]
    async with LogReader.open(path) as reader:
        jobs = reader.list_jobs(JobQuery())
        assert isinstance(jobs, IndexedList)
        keys = await seconds(jobs.refresh)
        pages = [
            await seconds(lambda: jobs.page(choose.randrange(jobs.total // PAGE)))
            for _ in range(LOOKS)
        ]
    return [
        *results,
        Result("a page anywhere, median", statistics.median(pages) * 1e3, 1, "ms", None),
        Result("the keys of all pages, in the background", keys * 1e3, 1, "ms", None),
    ]


async def get_job(
    log: JobLog, connection: sqlite3.Connection, ids: list[str]
) -> tuple[float, float]:
    """Return the medians (µs) of the log and the module, once both have their pages in memory."""
    ours, theirs = [], []
    for _ in range(2):
        for id in ids:
            began = time.perf_counter()
            connection.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
            theirs.append(time.perf_counter() - began)
        ours += [await seconds(lambda id=id: log.get_job(id)) for id in ids]  # type: ignore[misc]
    return statistics.median(ours[len(ids) :]) * 1e6, statistics.median(theirs[len(ids) :]) * 1e6


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep all threads that run already on one processor, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    threads = [int(name) for name in os.listdir("/proc/self/task")]
    before = os.sched_getaffinity(0)
    for thread in threads:
        os.sched_setaffinity(thread, {min(before)})
    try:
        yield
    finally:
        for thread in threads:
            os.sched_setaffinity(thread, before)


async def seconds(action: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await action()
    return time.perf_counter() - began


def measure_reads(path: Path) -> list[Result]:
    return asyncio.run(reads(path))
