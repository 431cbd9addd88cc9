"""The real program in a real pseudo-terminal, and the screen that a user would see there."""

from __future__ import annotations

import os
import re
import sys
import termios
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
"""Seconds after which what has not come never comes."""

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "ctrl+c": "\x03",
}

# The keyboard protocol, which pyte takes for text; and what may be the beginning of it.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]")
_UNFINISHED = re.compile(rb"\x1b(\[[<>=]?[0-9;]*)?\Z")


def environment(home: Path) -> dict[str, str]:
    """Return an environment that holds nothing of the user's."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "TMPDIR": str(home),
        "TZ": "UTC",
    }


class Terminal:
    """One run of ``python -m jobwatch``; `size` is columns and lines."""

    def __init__(self, arguments: Sequence[str], *, home: Path, size: tuple[int, int]) -> None:
        columns, lines = size
        self.written = bytearray()
        """Every byte that the program has written so far."""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        with warnings.catch_warnings():
            # The child does nothing between fork and exec that a thread could hold up.
            warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
            self._child = pexpect.spawn(
                sys.executable,
                ["-m", "jobwatch", *arguments],
                cwd=str(home),
                env=environment(home),
                dimensions=(lines, columns),
                timeout=PATIENCE,
            )
        # Keys come when the test knows that they are awaited.
        self._child.delaybeforesend = None
        self._child.delayafterread = None

    # What is on screen

    @property
    def lines(self) -> list[str]:
        return list(self._screen.display)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def job_id(self) -> str:
        """Return the id that the head of the detail pane shows."""
        found = re.search(r" Message +Body +Record +(\S+)", self.text)
        return found[1] if found else ""

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Read what the program writes until the screen is as it must become."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end or not self._read():
                pytest.fail(f"never: {what}\n{self.text}")

    def shows(self, *texts: str) -> None:
        for text in texts:
            self.until(lambda text=text: text in self.text, f"{text!r} on screen")  # type: ignore[misc]

    def hides(self, text: str) -> None:
        self.until(lambda: text not in self.text, f"{text!r} off screen")

    def selects(self, id: str) -> None:
        self.until(lambda: self.job_id == id, f"{id} in the detail, not {self.job_id}")

    # What a user does

    def press(self, *keys: str) -> None:
        """Type keys, by name or as text."""
        self._child.send("".join(KEYS.get(key, key) for key in keys))

    def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)
        self._child.setwinsize(lines, columns)

    # The end

    def exit_status(self) -> int:
        """Wait for the program to end by itself; return its exit status."""
        end = time.monotonic() + PATIENCE
        while self._read():
            if time.monotonic() > end:
                pytest.fail(f"it never ends\n{self.text}")
        self._child.wait()
        assert self._child.signalstatus is None
        status = self._child.exitstatus
        assert status is not None
        return status

    def assert_restored(self) -> None:
        """Assert that the shell gets its terminal as it was: screen, cursor, mouse and lines."""
        for mode, at_last in ((1049, b"l"), (25, b"h"), (1000, b"l"), (1003, b"l"), (2004, b"l")):
            changes = re.findall(rb"\x1b\[\?%d([hl])" % mode, self.written)
            assert changes[-1] == at_last, mode
        flags = termios.tcgetattr(self._child.child_fd)[3]
        assert flags & termios.ECHO
        assert flags & termios.ICANON

    def close(self) -> None:
        """End the program if it still runs."""
        self._child.close(force=True)

    def _read(self) -> bool:
        """Take what comes within a moment; return whether more may follow."""
        try:
            # Without an encoding pexpect reads bytes, which its types don't know.
            data: Any = self._child.read_nonblocking(size=65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.written += data
        data = self._held + data
        unfinished = _UNFINISHED.search(data)
        self._held = unfinished[0] if unfinished else b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[: len(data) - len(self._held)]))
        return True
