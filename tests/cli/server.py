"""``jobwatch serve`` as a process, on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

USER, PASSWORD = "ada", "s3cret"
LOGIN = {"JOBWATCH_USER": USER, "JOBWATCH_PASSWORD": PASSWORD}

PATIENCE = 30
"""Seconds after which what has not come never comes."""


class Server(NamedTuple):
    """A running server, and the line that it said."""

    process: subprocess.Popen[str]
    said: str

    @property
    def port(self) -> int:
        match = re.search(r":(\d+);", self.said)
        assert match, self.said
        return int(match[1])

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """End it; return its exit status and what else it said."""
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err.strip()


def process(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Start ``serve`` in an environment that knows of no log and no login but those given."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("JOBWATCH_")}
    return subprocess.Popen(
        [sys.executable, "-m", "jobwatch", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=inherited | {"TZ": "UTC"} | environment,
        cwd=Path(__file__).parents[2],
    )


@contextmanager
def serving(store: Path, *arguments: object) -> Iterator[Server]:
    with process("--store", store, "serve", "--port", 0, *arguments, **LOGIN) as started:
        try:
            assert started.stderr is not None
            yield Server(started, started.stderr.readline())
        finally:
            started.kill()
