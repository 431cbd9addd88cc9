"""The kept output of a command: its file, which gives way to the log where the disk is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from jobwatch.feeds.command.copying import write_all

__all__ = ["ROOM", "Kept"]

ROOM = 1_048_576
"""Bytes that are given up for the log: many times what the end of a job needs."""
FULL = 65_536
"""Bytes that a disk has left at most if it is as good as full: as much as a write may need."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Kept:
    """What a command has said, all of it as far as it can be kept; for any number of threads."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._lock = Lock()
        self._reason = ""
        self._given_up = 0

    @property
    def number(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    @property
    def problem(self) -> str:
        """Why it isn't kept whole; empty where it is."""
        if not self._reason:
            return ""
        text = f"the output isn't kept whole: {self._reason}"
        if self._given_up:
            text += f"; its last {self._given_up:,} bytes were given up, so that the log has room"
        return text

    def add(self, data: bytes) -> None:
        """Append data, unless some is missing already: what is kept has no gap."""
        with self._lock:
            if self._reason:
                return
            try:
                write_all(self.number, data)
            except OSError as error:
                self._reason = error.strerror or str(error)
                if error.errno in _NO_ROOM:
                    self._give_up()

    def make_room(self) -> bool:
        """Give up the end of what is kept if its disk is full; return whether that gave room."""
        with self._lock:
            try:
                disk = os.fstatvfs(self.number)
            except OSError:
                return False
            if disk.f_bavail * disk.f_frsize >= FULL:
                return False
            self._reason = self._reason or os.strerror(errno.ENOSPC)
            return self._give_up()

    def _give_up(self) -> bool:
        """Cut the last `ROOM` bytes off, or all that there are."""
        try:
            size = os.fstat(self.number).st_size
            cut = min(size, ROOM)
            os.ftruncate(self.number, size - cut)
        except OSError:
            return False
        self._given_up += cut
        return cut > 0
