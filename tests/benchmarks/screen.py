"""What the monitor costs, beside an empty Textual app in the same run."""

from __future__ import annotations

import statistics
from pathlib import Path

import pyte

from tests.benchmarks.program import EMPTY, Program, running, watch
from tests.benchmarks.report import Result

RUNS = 9
FIRST_JOB = rb"csv_|import_from|export_|delete_|empty_trash|restart_service|create_backup"
EMPTY_PAINTED = b"yardstick"
MEGABYTES_ALLOWED = 30


def first_data(small: Path, big: Path) -> list[Result]:
    """Measure from the start of Python to the first job on screen; the runs alternate."""
    times: dict[str, list[float]] = {"empty": [], "small": [], "big": []}
    for _ in range(RUNS + 1):
        for name, arguments, pattern in (
            ("empty", EMPTY, EMPTY_PAINTED),
            ("small", watch(small), FIRST_JOB),
            ("big", watch(big), FIRST_JOB),
        ):
            with running(arguments) as program:
                times[name].append(program.read_until(pattern) * 1000)
    empty, few, many = (statistics.median(times[name][1:]) for name in ("empty", "small", "big"))
    return [
        Result("first data on screen / empty app", many, empty, "ms", 1.3),
        Result("first data, big log / 10,000 jobs", many, few, "ms", 1.15),
    ]


def idle(ended: Path, seconds: float) -> list[Result]:
    """Measure a monitor on which nothing runs, past at least one full minute."""
    with running(watch(ended)) as program, running(EMPTY) as empty:
        for each, pattern in ((program, rb"There is|Nothing is running"), (empty, EMPTY_PAINTED)):
            each.read_until(pattern)
        program.read_for(2)
        empty.read_for(0.1)
        before = [each.cpu() for each in (program, empty)]
        written = program.read_for(seconds)
        used = [each.cpu() - cpu for each, cpu in zip((program, empty), before, strict=True)]
    changed = changed_cells(program, written, (120, 40))
    outside = sum(1 for line, column in changed if line != 0 or column < 110)
    return [
        Result(f"CPU of {seconds:.0f} idle seconds / empty app", used[0], used[1], "s", 2.0),
        Result("cells changed by an idle minute but the clock's", outside, 1, "cells", 0),
        Result("bytes written in an idle minute, the clock's", len(written), 1, "bytes", None),
    ]


def ticking(running_log: Path, seconds: float = 20) -> list[Result]:
    """Measure the bytes of 50 running rows, beside those of the cells that changed."""
    size = (120, 70)
    with running(watch(running_log), size) as program:
        program.read_until(FIRST_JOB)
        program.read_for(3)
        start = len(program.written)
        # The first and the last may be parts of a tick.
        bursts = program.read_bursts(seconds)
    needed = []
    for burst in bursts:
        cells = changed_cells(program, burst, size, start)
        needed.append(bytes_needed(cells))
        start += len(burst)
    ticks = slice(1, -1)
    return [
        Result(
            "bytes of a tick of 50 running rows / of the cells that changed",
            statistics.mean(len(burst) for burst in bursts[ticks]),
            statistics.mean(needed[ticks]),
            "bytes",
            6.0,
        )
    ]


def bytes_needed(cells: list[tuple[int, int]]) -> int:
    """Return the bytes that write these cells: go there, and a byte for each in a row."""
    places = set(cells)
    moves = [
        f"\x1b[{line + 1};{column + 1}H"
        for line, column in cells
        if (line, column - 1) not in places
    ]
    return sum(map(len, moves)) + len(cells)


def memory(small: Path, big: Path) -> list[Result]:
    """Measure the resident memory after moving about, above the empty app's."""
    with running(EMPTY) as program:
        program.read_until(EMPTY_PAINTED)
        program.read_for(1)
        empty = program.megabytes()
    results = []
    for name, log in (("10,000 jobs", small), ("big log", big)):
        with running(watch(log)) as program:
            program.read_until(FIRST_JOB)
            for keys in ("2", "G", "g", "\x1b[6~", "\x1b[6~", "j", "G"):
                program.press(keys)
                program.read_for(0.7)
            megabytes = program.megabytes()
        label = f"memory above the empty app's, {name}"
        results.append(Result(label, megabytes - empty, 1, "MB", MEGABYTES_ALLOWED))
    return results


def changed_cells(
    program: Program, chunk: bytes, size: tuple[int, int], start: int | None = None
) -> list[tuple[int, int]]:
    """Return the cells (line, column) whose character a chunk of output changed."""
    start = len(program.written) - len(chunk) if start is None else start
    screen = pyte.Screen(*size)
    stream = pyte.ByteStream(screen)
    stream.feed(bytes(program.written[:start]))
    before = list(screen.display)
    stream.feed(chunk)
    return [
        (line, column)
        for line, (old, new) in enumerate(zip(before, screen.display, strict=True))
        for column, (was, now) in enumerate(zip(old, new, strict=False))
        if was != now
    ]
