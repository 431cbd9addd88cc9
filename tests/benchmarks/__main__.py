"""``python -m tests.benchmarks``: ratios side by side in one run, since machines are noisy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import insight, producing, screen, searching, store
from tests.benchmarks.report import Result, lines

FEW, MANY, FULL = 10_000, 1_000_000, 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--count", type=int, default=MANY, help="jobs in the big log")
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} jobs in it")
    parser.add_argument("--idle", type=float, default=70, help="seconds to be idle")
    given = parser.parse_args()
    count = FULL if given.full else given.count
    with TemporaryDirectory(prefix="jobwatch-") as folder:
        for line in lines(measured(Path(folder), count, given.idle)):
            print(line, flush=True)


def measured(folder: Path, count: int, idle: float) -> Iterator[Result]:
    small, big, ended, ticking = (folder / f"{n}.db" for n in ("small", "big", "ended", "ticking"))
    store.make_log(small, FEW, 50)
    store.make_log(ended, FEW, 0)
    store.make_log(ticking, 1_000, 50)
    yield store.make_log(big, count, 50)
    yield from screen.first_data(small, big)
    yield from screen.idle(ended, idle)
    yield from screen.ticking(ticking)
    yield from screen.memory(small, big)
    yield from store.measure_reads(big)
    yield from searching.measure(big)
    yield from insight.measure(big)
    yield from producing.measure(big, ended)


if __name__ == "__main__":
    main()
