"""The end of a kept output, read on as its file grows."""

from __future__ import annotations

import os
import stat
from codecs import getincrementaldecoder
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

from jobwatch.model.terminal_text import plain
from jobwatch.model.text import clean

__all__ = ["MOST_CHARACTERS", "MOST_LINES", "Output", "OutputTail"]

MOST_LINES, MOST_CHARACTERS = 10_000, 1 << 20
"""How much of an output is kept at hand, its end."""
LEFT = 0.75
"""The share of that which is left where it was too much: not every line takes one away then."""

LONGEST_LINE = 4_000
"""Characters that are shown of one line, half of them its beginning and half its end."""
LONGEST_UNFINISHED = 1 << 16
"""Characters that are kept of a line without an end: a progress bar may write on one for hours."""

READ = 1 << 20
"""Bytes that are read at once, the last ones of those that are new."""
PIECE = 1 << 16
"""Bytes that are decoded at once: other threads come in between."""
KNOWN = 4_096
"""Bytes by which a file is known to be the one that was read, only longer."""

TAB = 8

_Decoder = getincrementaldecoder("utf-8")
_REPLACED = "\ufffd"
"""What is decoded of a character whose first bytes were left out."""


class Output(NamedTuple):
    """The end of an output as it was last read.

    `lines` are clean text, as a terminal would show it; the last one may be unfinished. `dropped`
    lines before them were read, and are kept no longer; `earlier` says whether the file has any
    before these. `begun` counts how often the file was begun anew: it was cut, or replaced.
    `problem` says in some words why it can't be read, and is empty where it can be.
    """

    path: Path
    lines: tuple[str, ...] = ()
    dropped: int = 0
    earlier: bool = False
    begun: int = 0
    problem: str = ""


class OutputTail:
    """Reads what is new in one file, and keeps its end; for one thread at a time or several."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()  # a reading that nobody waits for any more may still go on
        self._moved: tuple[int, ...] = ()  # what the file's status was when it was read
        self._file: tuple[int, int] | None = None
        self._read_to = 0
        self._known = b""  # the last bytes before that
        self._begun = 0
        self._end = _End()
        self._output = Output(path)

    def read(self) -> Output:
        """Return the end of the file as it is now: the same object where nothing has moved."""
        with self._lock:
            try:
                if _moved(os.stat(self._path)) != self._moved:
                    with open(self._path, "rb", opener=_open) as file:
                        self._read(file)
                    self._output = self._end.output(self._path, self._begun)
            except OSError as error:
                problem = (error.strerror or str(error)).lower()
                if problem != self._output.problem:
                    self._begin()
                    self._output = Output(self._path, begun=self._begun, problem=problem)
            return self._output

    def _read(self, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        if not self._goes_on(file, status):
            self._begin()
        self._moved, self._file = _moved(status), (status.st_dev, status.st_ino)
        begin = max(self._read_to, status.st_size - READ)
        if begin > self._read_to:
            self._end.skip()
            self._known = b""
        file.seek(begin)
        data = file.read(status.st_size - begin)
        for at in range(0, len(data), PIECE):
            self._end.add(data[at : at + PIECE])
        self._read_to = begin + len(data)
        self._known = (self._known + data)[-KNOWN:]

    def _goes_on(self, file: BinaryIO, status: os.stat_result) -> bool:
        """Return whether a file begins with what was read; its time alone may move before it."""
        known = self._known
        if self._file != (status.st_dev, status.st_ino) or status.st_size < self._read_to:
            return False
        file.seek(self._read_to - len(known))
        return file.read(len(known)) == known

    def _begin(self) -> None:
        self._begun += 1
        self._moved, self._file = (), None
        self._read_to, self._known = 0, b""
        self._end = _End()


class _End:
    """The last lines of bytes that come in pieces."""

    def __init__(self) -> None:
        self._decoder = _Decoder("replace")
        self._lines: list[str] = []
        self._characters = 0
        self._unfinished = ""  # a line as it was written
        self._dropped = 0
        self._skipped = False
        self._amid = False  # whether the beginning of that line was left out

    def output(self, path: Path, begun: int) -> Output:
        """Return what is kept."""
        last = plain(_left_of(self._unfinished) if self._amid else self._unfinished)
        lines = (*self._lines, _shown(last)) if last else tuple(self._lines)
        return Output(path, lines, self._dropped, self._skipped or self._dropped > 0, begun)

    def skip(self) -> None:
        """Take note that some bytes are left out: what came before them isn't kept."""
        self._decoder.reset()
        self._unfinished = ""
        self._drop(len(self._lines))
        self._skipped = self._amid = True

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        finished, end, rest = (self._unfinished + self._decoder.decode(data)).rpartition("\n")
        if end:
            lines = finished.split("\n")
            if self._amid:
                left = _left_of(lines[0])
                lines[:1] = [left] if left else []
                self._amid = False
            self._keep(lines)
        if len(rest) > LONGEST_UNFINISHED:
            rest = rest[-LONGEST_UNFINISHED // 2 :]
            self._amid = True
        self._unfinished = rest

    def _keep(self, lines: list[str]) -> None:
        if lines:
            new = [_shown(line) for line in plain("\n".join(lines)).split("\n")]
            self._lines += new
            self._characters += sum(map(len, new))
            self._bound()

    def _bound(self) -> None:
        if len(self._lines) <= MOST_LINES and self._characters <= MOST_CHARACTERS:
            return
        dropped, characters = len(self._lines), 0
        least = dropped - int(MOST_LINES * LEFT)
        while dropped > max(least, 0):
            characters += len(self._lines[dropped - 1])
            if characters > MOST_CHARACTERS * LEFT:
                break
            dropped -= 1
        self._drop(dropped)

    def _drop(self, lines: int) -> None:
        self._characters -= sum(map(len, self._lines[:lines]))
        self._dropped += lines
        del self._lines[:lines]


def _left_of(end: str) -> str:
    """Return what is to be seen of a line of which the end alone is left; empty if nothing is.

    A progress bar goes back to the beginning: of what it wrote then nothing was left out.
    """
    end = end.lstrip(_REPLACED)
    anew = end.rstrip("\r").partition("\r")[2]
    return anew or (f"…{end}" if plain(end) else "")


def _shown(line: str) -> str:
    left, half = len(line) - LONGEST_LINE, LONGEST_LINE // 2
    if left <= 0:
        return clean(line).expandtabs(TAB)
    # What was written last is its end, and may be all that is news.
    begin, end = (clean(part).expandtabs(TAB) for part in (line[:half], line[-half:]))
    return f"{begin} … {left:,} more characters … {end}"


def _moved(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _open(path: str, flags: int) -> int:
    """Open a file and nothing else: what isn't one might not come to an end, or never begin."""
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(0, "Not a file")
    return number
