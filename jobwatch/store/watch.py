"""Tells a reader that the log has changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jobwatch.store.connect import LogError

if TYPE_CHECKING:
    from jobwatch.store.connection import ReadConnection

__all__ = ["VERSION", "FileIdentity", "LogReplacedError", "LogWatch"]

VERSION = "PRAGMA data_version"
"""Moves whenever another connection commits, in this process or another, and costs microseconds."""


class LogReplacedError(LogError):
    """The file is gone or another one; only opening it anew can help."""


class FileIdentity:
    """Which file a path led to when this was made; SQLite goes on with that one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = self._read()

    def check(self) -> None:
        """Raise `LogReplacedError` if the path leads to another file now, or to none."""
        if self._read() != self._identity:
            raise LogReplacedError(f"{self._path} was replaced by another file")

    def _read(self) -> tuple[int, int]:
        try:
            status = os.stat(self._path)
        except FileNotFoundError as error:
            raise LogReplacedError(f"{self._path} is gone") from error
        except OSError as error:
            problem = (error.strerror or "").lower()
            raise LogError(f"{self._path} can't be read: {problem}") from error
        return status.st_dev, status.st_ino


class LogWatch:
    """Compares what SQLite says of one connection's file with what it said before."""

    def __init__(self, connection: ReadConnection) -> None:
        self._connection = connection
        self._file = FileIdentity(connection.path)
        self._version: int | None = None

    async def moved(self) -> bool:
        """Return whether the log has changed since the last call, true on the first.

        `LogReplacedError` says that this connection reads a file that is no longer the log.
        """
        self._file.check()
        [(version,)] = await self._connection.rows(VERSION)
        moved: bool = version != self._version
        self._version = version
        return moved
