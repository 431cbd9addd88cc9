"""Many processes that log their jobs while the monitor watches, and what a short command costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from jobwatch.model.query import JobQuery
from jobwatch.store.plain_log import PlainJobLog
from tests.benchmarks.program import ENVIRONMENT, ROOT, running, watch
from tests.benchmarks.report import Result

KINDS = ("plain", "asyncio") * 2
"""What each of the producers logs with."""
JOBS_A_SECOND = 200
WRITE_ALLOWED = 20
"""Milliseconds, of 99 in 100 writes."""
TICK = 1_000
"""Milliseconds between two looks of the monitor."""
RUN_ALLOWED = 2.0
ROUNDS = 20
SIZE = (120, 80)
"""High enough for all jobs that run at a time."""

PRODUCER = str(ROOT / "tests" / "benchmarks" / "producer.py")


def measure(log: Path, ended: Path, seconds: float = 20) -> Iterator[Result]:
    """Measure producers of a log that is watched, then commands beside the least that they need."""
    yield from _producers(log, seconds)
    yield from _commands(log, ended)


def _producers(log: Path, seconds: float) -> list[Result]:
    rate = JOBS_A_SECOND / len(KINDS)
    with running(watch(log), SIZE) as monitor:
        monitor.read_until(rb"live")
        processes = [
            subprocess.Popen(
                [sys.executable, PRODUCER, kind, str(log), str(seconds), str(rate)],
                stdout=subprocess.PIPE,
                env=ENVIRONMENT,
                cwd=ROOT,
            )
            for kind in KINDS
        ]
        delays: list[float] = []
        end = time.perf_counter() + seconds - 2
        with PlainJobLog.open(log) as writer:
            while time.perf_counter() < end:
                name = f"{len(delays) % 10}" * 8 + f"_{len(delays)}"
                with writer.job(name):
                    began = time.perf_counter()
                    monitor.read_until(name.encode(), 30)
                    delays.append((time.perf_counter() - began) * 1000)
                monitor.read_for(0.13)  # not in step with the monitor's looks
        told = [json.loads(process.communicate()[0]) for process in processes]
    refused = sum(one["refused"] for one in told)
    return [
        *_writes("a write, while 4 processes log 200 jobs a second", told[::2]),
        *_writes("the same on asyncio", told[1::2]),
        Result("writes that were refused", refused, 1, "writes", 0),
        Result("from a write to the screen meanwhile, at most", max(delays), TICK, "ms", 1.05),
    ]


def _writes(name: str, told: list[dict[str, Any]]) -> list[Result]:
    took = [ms for one in told for ms in one["took"]]
    worst = quantiles(took, n=100)[-1]
    return [
        Result(f"{name}: median", median(took), 1, "ms", None),
        Result(f"{name}: 99 of 100 at most", worst, WRITE_ALLOWED, "ms", 1.0),
    ]


def _commands(log: Path, ended: Path) -> Iterator[Result]:
    with PlainJobLog.read(log) as reader:
        [row] = reader.newest_rows(JobQuery(), 1)
    bare = [sys.executable, "-c", "import click, sqlite3"]
    ours = [str(Path(sys.executable).with_name("jobwatch")), "--store"]
    show = [*ours, str(log), "show", row.id]
    run = [*ours, str(ended), "run", "--", "true"]
    for name, command, allowed in (
        ("jobwatch run -- true", run, RUN_ALLOWED),
        ("jobwatch show ID", show, None),
    ):
        taken, beside = _alternating(command, bare)
        yield Result(
            f"`{name}` / `python -c 'import click, sqlite3'`", taken, beside, "ms", allowed
        )


def _alternating(*commands: list[str]) -> tuple[float, float]:
    took: list[list[float]] = [[] for _ in commands]
    for _ in range(ROUNDS):
        for command, times in zip(commands, took, strict=True):
            began = time.perf_counter()
            subprocess.run(
                command, env=ENVIRONMENT, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
            times.append((time.perf_counter() - began) * 1000)
    ours, bare = (median(times) for times in took)
    return ours, bare
