"""Memory: what the monitor remembers for its log, in memory and in the log's state file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jobwatch.model.remembered import Change, Remembered
from jobwatch.store.state import StateError, StateFile

__all__ = ["Memory"]


class Memory:
    """What is remembered; a file that can't be read or kept is told once, by `warn`.

    With `read_only` it is read from the file, and changes are of this run alone.
    """

    def __init__(
        self, file: StateFile | None, warn: Callable[[str], None], *, read_only: bool = False
    ) -> None:
        self.now = Remembered()
        self._file = file
        self._version: object = None
        self._of_this_run: list[Change] = []  # which the file never gets
        self._writing = 0  # changes that the file may have, or not yet
        self._read_only = read_only
        self._warn = warn
        self._told = False

    def load(self) -> None:
        """Take up what was remembered when the monitor last ran."""
        if self._file is not None:
            self.now = self._read(self._file) or self.now

    def reload(self) -> bool:
        """Take up what other monitors have changed since; return whether there may be anything.

        The order and the columns are those of this monitor, whatever others show. While a change of
        its own is being written there is nothing to take up yet: the file may have it already.
        """
        if self._file is None or self._writing:
            return False
        if self._file.version() in (None, self._version):
            return False
        read = self._read(self._file)
        if read is None:
            return False
        for change in self._of_this_run:
            read = change(read)
        before = self.now
        self.now = read.replace(sort=before.sort, columns=before.columns)
        return self.now != before

    async def change(self, change: Change) -> None:
        """Change what is remembered, at once here and then in the file.

        One that can't be kept is told, and stays until others change the file.
        """
        self.now = change(self.now)
        if self._file is None:
            return
        if self._read_only:
            self._of_this_run.append(change)
            return
        self._writing += 1
        try:
            await asyncio.to_thread(self._file.change, change)
        except StateError as error:
            self._tell(error)
        finally:
            self._writing -= 1

    def _read(self, file: StateFile) -> Remembered | None:
        """Return what the file has, None where it can't be read."""
        version = file.version()
        try:
            read = file.load()
        except StateError as error:
            self._tell(error)
            return None
        self._version = version
        return read

    def _tell(self, error: StateError) -> None:
        if not self._told:
            self._told = True
            self._warn(str(error))
