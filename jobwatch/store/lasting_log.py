"""LastingLog: a log that is read for hours, while its file is moved, restored or replaced."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from jobwatch.store.connect import LogError, refuse_older
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.watch import FileIdentity, LogReplacedError

__all__ = ["LastingLog"]

SHORTEST = 100
"""Bytes of the header that any file of SQLite begins with (sqlite.org/fileformat2.html, 1.3)."""

Result = TypeVar("Result")


class LastingLog:
    """A log that is looked at again and again, though at times it may be away.

    `say` gets one line when that begins and one when it is over, or one when another file has taken
    the place of the log. `LogError` where it can't be read the first time.
    """

    def __init__(self, path: Path, *, say: Callable[[str], None]) -> None:
        self._path = path
        self._say = say
        self._opened = ExitStack()
        self._log = self._opened.enter_context(PlainJobLog.read(path))
        self._file = FileIdentity(path)
        self._was_read = False
        self._failure: LogError | None = None
        self._is_away = False
        self.replaced = 0
        """How many times another file has taken the place of the log; its jobs are others then."""

    def close(self) -> None:
        """Close the log."""
        self._opened.close()

    def look(self, read: Callable[[PlainJobLog], Result]) -> Result | None:
        """Return what `read` does of the log as it is there now, None where it can't be read."""
        replaced = self.replaced
        try:
            if self._failure is not None:
                self._open_anew()
            result = read(self._log)
        except LogError as error:
            if not self._was_read:
                raise
            self._fail(error)
            return None
        if self._is_away:
            self._say(f"{self._path} is back; going on with what is there now")
        elif self.replaced > replaced:
            self._say(f"{self._failure}; going on with what is there now")
        self._was_read, self._failure, self._is_away = True, None, False
        return result

    def _open_anew(self) -> None:
        # A restore begins with an empty file, and who opens one otherwise makes it a log.
        _refuse_shorter(self._path)
        refuse_older(self._path)
        opened = ExitStack()
        log = opened.enter_context(PlainJobLog.read(self._path))
        try:
            # While the file from before is open, no other can have its number.
            self._file.check()
        except LogReplacedError:
            self._file = FileIdentity(self._path)
            self.replaced += 1
        self._opened.close()
        self._log, self._opened = log, opened

    def _fail(self, error: LogError) -> None:
        # At the first time another file may have taken the log's place, which the next look tells.
        if self._failure is None:
            self._failure = error
        elif not self._is_away:
            self._is_away = True
            self._say(f"{error}; it is tried again until it can be read")


def _refuse_shorter(path: Path) -> None:
    """Raise `LogError` where a file is too short for a log, as one is that is being written."""
    with suppress(OSError):  # who opens it says why
        if path.stat().st_size < SHORTEST:
            raise LogError(f"{path} is too short to be a job log yet")
