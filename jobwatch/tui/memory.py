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
        self._read_only = read_only
        self._warn = warn
        self._told = False

    def load(self) -> None:
        """Take up what was remembered when the monitor last ran."""
        if self._file is not None:
            try:
                self.now = self._file.load()
            except StateError as error:
                self._tell(error)

    async def change(self, change: Change) -> None:
        """Change what is remembered, at once here and then in the file."""
        self.now = change(self.now)
        if self._file is not None and not self._read_only:
            try:
                await asyncio.to_thread(self._file.change, change)
            except StateError as error:
                self._tell(error)

    def _tell(self, error: StateError) -> None:
        if not self._told:
            self._told = True
            self._warn(str(error))
