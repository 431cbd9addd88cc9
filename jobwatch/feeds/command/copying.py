"""Bytes from one file descriptor to another, each at once and none kept back."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

__all__ = ["copy", "read", "write_all"]

BLOCK = 65_536
"""As much as a pipe holds by default (pipe(7))."""
LEFT = 1_048_576
"""As much as a pipe holds at most: who reads more after the end waits for what came later."""


def copy(source: int, end: int, take: Callable[[bytes], bool]) -> bool:
    """Give all that comes from `source` to `take`, until that returns False or no more can come.

    When `end` becomes readable, whoever wrote has ended: what is there is taken still, but others
    who hold the source open are not waited for. Return whether there are such.
    """
    poll = select.poll()
    poll.register(source, select.POLLIN)
    poll.register(end, select.POLLIN)
    left = None
    while left is None or left > 0:
        ready = [number for number, _ in poll.poll(None if left is None else 0)]
        if left is None and end in ready:
            poll.unregister(end)
            left = LEFT
        elif source in ready:
            data = read(source)
            if not data or not take(data):
                return False
            left = None if left is None else left - len(data)
        elif left is not None:
            break
    return True


def write_all(target: int, data: bytes) -> None:
    """Write all of the data, also where the target doesn't block; `OSError` as `os.write`."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:
            poll = select.poll()
            poll.register(target, select.POLLOUT)
            poll.poll()


def read(source: int) -> bytes:
    """Read what is there; nothing at the end, which a terminal tells by an error."""
    try:
        return os.read(source, BLOCK)
    except OSError:
        return b""
