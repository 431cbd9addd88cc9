"""How soon a search shows its first rows in the real monitor, and whether it stalls the loop."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import statistics
import time
from pathlib import Path

from jobwatch.model.condition import Mentions, Pattern
from jobwatch.model.query import JobQuery
from jobwatch.store.reader import LogReader
from tests.benchmarks.program import Program, running, watch
from tests.benchmarks.report import Result

RUNS = 5
INDEXED_ALLOWED, TEXT_ALLOWED, GAP_ALLOWED = 100, 300, 30
"""Milliseconds, of a log with a million jobs."""

NOWHERE = "no job says this"


def measure(log: Path) -> list[Result]:
    """Measure searches from the last key to the first rows on screen, then the loop's stalls."""
    rare, id = _rare_user(log), _some_id(log)
    queries = {
        "status:error": INDEXED_ALLOWED,
        "type:csv_data_load": INDEXED_ALLOWED,
        f"user:{rare} status:error": INDEXED_ALLOWED,
        f"id:{id[:13]}": INDEXED_ALLOWED,
        "during:yesterday": INDEXED_ALLOWED,
        "since:7d type:csv_*": INDEXED_ALLOWED,
        "msg:ECONNREFUSED": TEXT_ALLOWED,
        "dur>5m": TEXT_ALLOWED,
    }
    results = []
    with running(watch(log)) as program:
        program.read_until(rb"live")
        program.press("2")
        program.read_for(3)  # until the counts of the tabs are there
        for query, allowed in queries.items():
            times = [_first_rows(program, query) for _ in range(RUNS)]
            label = query.replace(id[:13], "…").replace(rare, "…")
            results.append(
                Result(
                    f"last key to first rows, `{label}`",
                    statistics.median(times) * 1000,
                    allowed,
                    "ms",
                    1.0,
                )
            )
        results.append(
            Result(
                "the same, while a text that no job has is looked for",
                statistics.median(_first_rows_behind_another(program) for _ in range(RUNS)) * 1000,
                INDEXED_ALLOWED,
                "ms",
                1.0,
            )
        )
    scan, gap = asyncio.run(_scan(log))
    return [
        *results,
        Result("a text that no job has, looked for in all", scan * 1000, 1, "ms", None),
        Result("the longest stall of the loop meanwhile", gap * 1000, GAP_ALLOWED, "ms", 1.0),
    ]


def _first_rows(program: Program, query: str) -> float:
    program.press("/" + query[:-1])
    program.read_for(0.7)
    seconds = _until_found(program, query[-1], query)
    program.press("\x1b\x1b")
    program.read_for(0.7)
    return seconds


def _first_rows_behind_another(program: Program) -> float:
    program.press("/" + NOWHERE)
    program.read_for(0.4)
    # Emptied, and pasted into.
    seconds = _until_found(program, "\x15\x1b[200~status:error\x1b[201~", "status:error")
    program.press("\x1b\x1b")
    program.read_for(0.7)
    return seconds


def _until_found(program: Program, keys: str, query: str) -> float:
    """Press keys, and wait for the line that says how many jobs the query has so far."""
    program.written.clear()
    began = time.perf_counter()
    program.press(keys)
    found = rb"[1-9][\d,]*\+? jobs? .{1,3} with .{1,3}" + re.escape(query.encode())
    program.read_until(found)
    return time.perf_counter() - began


async def _scan(log: Path) -> tuple[float, float]:
    """Look for a text through the whole log; return how long, and the loop's longest stall."""
    async with LogReader.open(log) as reader:
        found = reader.list_jobs(JobQuery(where=Mentions(Pattern.containing(NOWHERE))))
        over = asyncio.Event()
        beat = asyncio.ensure_future(longest_gap(over))
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        await found.refresh()
        seconds = time.perf_counter() - began
        over.set()
        return seconds, await beat


async def longest_gap(over: asyncio.Event) -> float:
    """Return the longest time (s) for which the loop did nothing else, until it is over."""
    longest = 0.0
    while not over.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    return longest


def _rare_user(log: Path) -> str:
    return str(_one(log, "SELECT user FROM facets WHERE outcome = 2 ORDER BY facet DESC LIMIT 1"))


def _some_id(log: Path) -> str:
    return str(_one(log, "SELECT id FROM jobs WHERE seq = (SELECT max(seq) / 3 FROM jobs)"))


def _one(log: Path, statement: str) -> object:
    connection = sqlite3.connect(log)
    try:
        [(value,)] = connection.execute(statement).fetchall()
    finally:
        connection.close()
    return value
