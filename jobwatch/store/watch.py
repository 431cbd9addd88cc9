"""Tells a reader that the log has changed."""

from __future__ import annotations

import os

from jobwatch.store.connect import LogError
from jobwatch.store.connection import ReadConnection

__all__ = ["LogWatch"]


class LogWatch:
    """Compares what SQLite says of one connection's file with what it said before.

    ``PRAGMA data_version`` moves whenever another connection commits, in this process or another,
    and costs microseconds. It doesn't see that the file was replaced or is gone, so the file's
    identity is compared too.
    """

    def __init__(self, connection: ReadConnection) -> None:
        self._connection = connection
        self._identity = self._read_identity()
        self._version: int | None = None

    async def moved(self) -> bool:
        """Return whether the log has changed since the last call, true on the first.

        `LogReplacedError` says that this connection reads a file that is no longer the log.
        """
        if self._read_identity() != self._identity:
            raise LogReplacedError(f"{self._connection.path} was replaced by another file")
        [(version,)] = await self._connection.rows("PRAGMA data_version")
        moved: bool = version != self._version
        self._version = version
        return moved

    def _read_identity(self) -> tuple[int, int]:
        path = self._connection.path
        try:
            status = os.stat(path)
        except FileNotFoundError as error:
            raise LogReplacedError(f"{path} is gone") from error
        except OSError as error:
            raise LogError(f"{path} can't be read: {(error.strerror or '').lower()}") from error
        return status.st_dev, status.st_ino


class LogReplacedError(LogError):
    """The file is gone or another one; only opening it anew can help."""
