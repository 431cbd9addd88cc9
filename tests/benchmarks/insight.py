"""What it costs to show what the log implies, and how long statistics of all of it take."""

from __future__ import annotations

import asyncio
import time
from itertools import cycle
from pathlib import Path

from jobwatch.model.query import JobQuery, View
from jobwatch.model.statistics import By
from jobwatch.model.when import UTC
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from tests.benchmarks.program import ROOT, running, watch
from tests.benchmarks.report import Result
from tests.benchmarks.searching import longest_gap

COST_ALLOWED = 1.25
STATISTICS_ALLOWED, GAP_ALLOWED = 2_000, 30
"""Milliseconds, of a log with a million jobs."""

SIZE = (120, 70)


def measure(log: Path, seconds: float = 60) -> list[Result]:
    """Measure ticks of 50 running rows, one of which is written to each second; then statistics."""
    return [_cost(log, seconds), *asyncio.run(_statistics(log))]


def _cost(log: Path, seconds: float) -> Result:
    without = [str(ROOT / "tests/benchmarks/without_insight.py"), *watch(log)[2:]]
    with running(watch(log), SIZE) as whole, running(without, SIZE) as plain:
        programs = (whole, plain)
        for program in programs:
            program.read_until(rb"live")
        with PlainJobLog.open(log) as writer:
            jobs = cycle(list(writer.jobs(JobQuery(view=View.RUNNING), 50)))
            before = [0.0, 0.0]
            for second in range(int(seconds) + 8):
                if second == 8:  # what is counted but once is known
                    before = [program.cpu() for program in programs]
                job = next(jobs)
                writer.upsert_many([job.replace(message=f"at {second}", updatedtime=_now(second))])
                for program in programs:
                    program.read_for(0.5)
        used = [program.cpu() - cpu for program, cpu in zip(programs, before, strict=True)]
    label = "CPU of ticks with what the log implies / without"
    return Result(label, used[0], used[1], "s", COST_ALLOWED)


def _now(second: int) -> int:
    # Newer than what the record has, in the order in which it is written.
    return int(time.time() * 1000) + second


async def _statistics(log: Path) -> list[Result]:
    results, gaps = [], []
    async with LogReader.open(log) as reader:
        for by in By:
            over = asyncio.Event()
            beat = asyncio.ensure_future(longest_gap(over))
            await asyncio.sleep(0.1)
            began = time.perf_counter()
            async for _ in reader.statistics(JobQuery(), by, UTC):
                pass
            took = (time.perf_counter() - began) * 1000
            over.set()
            gaps.append(await beat * 1000)
            results.append(
                Result(f"statistics of all by {by.value}", took, STATISTICS_ALLOWED, "ms", 1.0)
            )
    return [
        *results,
        Result("longest stall of the loop meanwhile", max(gaps), GAP_ALLOWED, "ms", 1.0),
    ]
