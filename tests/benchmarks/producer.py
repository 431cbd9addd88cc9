"""A process that logs its jobs, so many a second: ``producer.py plain|asyncio LOG SECONDS RATE``.

It prints how many milliseconds each write took, and how many were refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import warnings
from collections.abc import Iterator

from jobwatch import JobLog, LogError, PlainJobLog


class Writes:
    """How long writes took (ms), and how many were refused."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.refused = 0
        self._at = 0.0

    def begins(self) -> None:
        """A write begins."""
        self._at = time.perf_counter()

    def ends(self) -> None:
        """The write has ended."""
        self.took.append((time.perf_counter() - self._at) * 1000)


def due(seconds: float, rate: float) -> Iterator[tuple[int, float]]:
    """Return the number of each job, and for how long (s) it is still to be waited for."""
    begin = time.perf_counter()
    for number in range(int(seconds * rate)):
        yield number, max(begin + number / rate - time.perf_counter(), 0)


def plain(path: str, seconds: float, rate: float, writes: Writes) -> None:
    """Log jobs without asyncio."""
    with PlainJobLog.open(path) as log:
        for number, wait in due(seconds, rate):
            time.sleep(wait)
            try:
                writes.begins()
                with log.job("csv_data_load", user="ada", body={"file": f"{number}.csv"}) as job:
                    writes.ends()
                    job.message = f"successfully loaded {number} of {number} records"
                    writes.begins()
                writes.ends()
            except (LogError, RuntimeWarning):
                writes.refused += 1


async def on_asyncio(path: str, seconds: float, rate: float, writes: Writes) -> None:
    """Log jobs on asyncio."""
    async with JobLog.open(path) as log:
        for number, wait in due(seconds, rate):
            await asyncio.sleep(wait)
            try:
                writes.begins()
                async with log.job("csv_data_load", user="ada", body={"file": "a.csv"}) as job:
                    writes.ends()
                    job.message = f"successfully loaded {number} of {number} records"
                    writes.begins()
                writes.ends()
            except (LogError, RuntimeWarning):
                writes.refused += 1


def main(kind: str, path: str, seconds: float, rate: float) -> None:
    """Log jobs, and print how long that took."""
    warnings.simplefilter("error", RuntimeWarning)  # as an end tells that it was refused
    writes = Writes()
    if kind == "plain":
        plain(path, seconds, rate, writes)
    else:
        asyncio.run(on_asyncio(path, seconds, rate, writes))
    print(json.dumps({"took": writes.took, "refused": writes.refused}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
