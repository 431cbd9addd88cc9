"""What a forked process may not touch: files that were open when it was forked.

SQLite keeps its locks by process. A child inherits the memory of them, but not the locks: what it
writes may be lost when the parent closes the file (https://www.sqlite.org/howtocorrupt.html, 2.6).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, get_ident

__all__ = ["forks_wait", "is_inherited"]

_OPEN_FILES = "/dev/fd"

LONGEST_WAIT = 15.0
"""Seconds: a child that is refused is better than a parent that stands still."""

_inherited: set[tuple[int, int]] = set()


class _Forks:
    """Lets the forks of one process wait for files that its threads have open for a short time.

    Threads needn't wait for one another, as one may for a log that is locked; only for a fork that
    waits itself, lest there is always one of many that has a file open.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._changed = Condition()
        self._holding: dict[object, int] = {}
        self._forking: set[int] = set()

    @contextmanager
    def wait(self) -> Iterator[None]:
        """Let other threads fork only afterwards."""
        me, mine, changed, holding = get_ident(), object(), self._changed, self._holding
        try:
            with changed:
                changed.wait_for(lambda: not self._forking or me in holding.values())
                holding[mine] = me
            yield
        finally:
            with changed:
                holding.pop(mine, None)  # an interrupt may come before it is there
                changed.notify_all()

    def before(self) -> None:
        """Wait until no other thread has a file open, and let none open one."""
        me = get_ident()
        self._changed.acquire()
        self._forking.add(me)
        self._changed.wait_for(lambda: set(self._holding.values()) <= {me}, LONGEST_WAIT)

    def after_in_parent(self) -> None:
        """Let the other threads go on."""
        self._forking.discard(get_ident())
        self._changed.notify_all()
        self._changed.release()

    def after_in_child(self) -> None:
        """Forget the other threads: a child has none of them."""
        self._begin()


_forks = _Forks()
forks_wait = _forks.wait


def is_inherited(path: Path) -> bool:
    """Return whether a file was open already when this process was forked."""
    if not _inherited:
        return False
    try:
        status = path.stat()
    except OSError:
        return False  # who opens it says why
    return (status.st_dev, status.st_ino) in _inherited


def _note_open_files() -> None:
    _inherited.clear()
    with suppress(OSError):
        for name in os.listdir(_OPEN_FILES):
            with suppress(OSError):  # the one that lists them is closed by now
                status = os.fstat(int(name))
                _inherited.add((status.st_dev, status.st_ino))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_forks.before,
        after_in_parent=_forks.after_in_parent,
        after_in_child=_forks.after_in_child,
    )
    os.register_at_fork(after_in_child=_note_open_files)
