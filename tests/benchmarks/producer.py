"""A process that logs its jobs, so many a second: ``producer.py LOG SECONDS RATE``.

It prints how many milliseconds each write took, and how many were refused.
"""

from __future__ import annotations

import json
import sys
import time

from jobwatch import LogError, PlainJobLog


def main(path: str, seconds: float, rate: float) -> None:
    took: list[float] = []
    refused = 0
    with PlainJobLog.open(path) as log:
        begin = time.perf_counter()
        for number in range(int(seconds * rate)):
            time.sleep(max(begin + number / rate - time.perf_counter(), 0))
            try:
                at = time.perf_counter()
                with log.job("csv_data_load", user="ada", body={"file": f"{number}.csv"}) as job:
                    took.append((time.perf_counter() - at) * 1000)
                    job.message = f"successfully loaded {number} of {number} records"
                    at = time.perf_counter()
                took.append((time.perf_counter() - at) * 1000)
            except LogError:
                refused += 1
    print(json.dumps({"took": took, "refused": refused}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
