"""The file in which the monitor keeps what it remembers for one log."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from jobwatch.model.formats import FormatError, decode, encode
from jobwatch.model.remembered import Change, Remembered

if sys.platform != "win32":
    import fcntl

__all__ = ["StateError", "StateFile"]

PATIENCE = 2.0
"""Seconds to wait for another monitor's change, which takes a few milliseconds."""


class StateError(Exception):
    """What is remembered can't be read or kept; its text is one line for the person who watches."""


@dataclass(frozen=True, slots=True)
class StateFile:
    """A JSON file (mode 0600) for one log; `log` is its real path, which the file records."""

    log: Path
    path: Path

    @classmethod
    def of(cls, log: Path, folder: Path | None = None) -> StateFile:
        """Return the file for a log, in the user's own folder of states unless another is given."""
        log = log.expanduser().resolve()
        if folder is None:
            folder = user_state_path("jobwatch", appauthor=False)
        code = f"{zlib.crc32(os.fsencode(log)):08x}"
        return cls(log, folder / f"{log.stem[:40]}-{code}.json")

    def version(self) -> object:
        """Return what differs once the file has changed, None while there is none to read."""
        try:
            status = os.stat(self.path)
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def load(self) -> Remembered:
        """Return what is remembered: nothing where there is no file, or none that is understood.

        `StateError` where the file is there and can't be read.
        """
        with self._errors_said("read"):
            return self._read() or Remembered()

    def change(self, change: Change) -> Remembered:
        """Change what is remembered as it stands in the file now, and return it.

        No other monitor changes it meanwhile. `StateError` where it can't be kept; the file is
        then as it was.
        """
        with self._errors_said("kept"):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(self.path.with_suffix(".lock")):
                remembered = self._read()
                if remembered is None:
                    self._set_aside()
                remembered = change(remembered or Remembered())
                self._write(remembered)
        return remembered

    def _read(self) -> Remembered | None:
        """Return what the file says, None where it has no JSON."""
        try:
            value = decode(self.path.read_bytes())
        except FileNotFoundError:
            return Remembered()
        except FormatError:
            return None
        if isinstance(value, dict):
            value.pop("log", None)
        return Remembered.from_json(value)

    def _set_aside(self) -> None:
        os.replace(self.path, self.path.with_suffix(".broken"))

    def _write(self, remembered: Remembered) -> None:
        log = os.fsencode(self.log).decode("utf-8", "replace")
        data = msgspec.json.format(encode({"log": log, **remembered.to_json()}), indent=2)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data + b"\n")
                file.flush()
                os.fsync(handle)
            os.replace(name, self.path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    @contextmanager
    def _errors_said(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StateError(
                f"what the monitor remembers can't be {what} in {self.path}: {reason}"
            ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other threads and processes out, where the system has locks."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        return
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise TimeoutError(error.errno, "another monitor holds it") from error
            time.sleep(0.005)
        except OSError:
            return  # some network file systems have none
        else:
            return
