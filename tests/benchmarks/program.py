"""A program in a pseudo-terminal: what it writes, when, and what it costs."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect

ROOT = Path(__file__).parents[2]
EMPTY = [str(ROOT / "tests" / "benchmarks" / "empty_app.py")]
TICKS = os.sysconf("SC_CLK_TCK")
ENVIRONMENT = {
    **os.environ,
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "TEXTUAL_ANIMATIONS": "none",
    "TZ": "UTC",
}
# As installed: compiled once, not at every start.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


def watch(log: Path) -> list[str]:
    """Return the arguments of Python that open the monitor on a log."""
    return ["-m", "jobwatch", "--store", str(log), "watch"]


@dataclass
class Program:
    """A running program; `written` are the bytes that it sent to its terminal."""

    child: pexpect.spawn[Any]
    began: float
    written: bytearray = field(default_factory=bytearray)

    def read_for(self, seconds: float) -> bytes:
        """Read what comes within some seconds."""
        before, end = len(self.written), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return bytes(self.written[before:])

    def read_bursts(self, seconds: float, gap: float = 0.3) -> list[bytes]:
        """Read what comes within some seconds, parted where nothing came for a while."""
        bursts: list[bytes] = []
        end, last = time.perf_counter() + seconds, 0.0
        while (left := end - time.perf_counter()) > 0:
            before = len(self.written)
            self._read(left)
            if len(self.written) > before:
                now = time.perf_counter()
                if now - last > gap:
                    bursts.append(b"")
                bursts[-1] += bytes(self.written[before:])
                last = now
        return bursts

    def read_until(self, pattern: bytes, seconds: float = 60) -> float:
        """Read until a pattern was written; return the seconds since the start."""
        end = time.perf_counter() + seconds
        while re.search(pattern, self.written) is None:
            if time.perf_counter() > end:
                raise TimeoutError(f"{pattern!r} never came")
            self._read(0.5)
        return time.perf_counter() - self.began

    def cpu(self) -> float:
        """Return the CPU seconds used so far."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self) -> float:
        """Return the resident memory."""
        pages = int(Path(f"/proc/{self.child.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def _read(self, seconds: float) -> None:
        try:
            self.written += self.child.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return


@contextmanager
def running(arguments: list[str], size: tuple[int, int] = (120, 40)) -> Iterator[Program]:
    """Start Python on the arguments; it ends with the block."""
    began = time.perf_counter()
    child = pexpect.spawn(
        sys.executable,
        arguments,
        dimensions=(size[1], size[0]),
        env=ENVIRONMENT,
        cwd=str(ROOT),
    )
    child.delaybeforesend = None
    try:
        yield Program(child, began)
    finally:
        child.close(force=True)
