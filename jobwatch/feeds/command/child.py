"""A command as a child process, whose output comes to us."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from jobwatch.feeds.command.terminal import Terminal, is_terminal

__all__ = ["STDERR", "STDIN", "STDOUT", "Child", "NotStartedError", "Output", "fill_gaps"]

STDIN, STDOUT, STDERR = 0, 1, 2

NOT_EXECUTABLE, NOT_FOUND = 126, 127
"""What a shell's `$?` is for them (POSIX.1-2024, Shell, 2.8.2)."""

SHELL = "/bin/sh"


class NotStartedError(Exception):
    """A command that can't be started; `status` is what a shell would end with."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Output(NamedTuple):
    """Our end of a stream of a command, and the descriptor of ours that it goes on to."""

    source: int
    target: int
    is_terminal: bool


def fill_gaps() -> None:
    """Open what should be open when a program starts, so that nothing else takes its place."""
    for number in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


class Child:
    """A running command; `NotStartedError` where it can't be.

    A stream of ours that is a terminal is a pseudo-terminal for the command, others are pipes.
    Where our input and output are terminals, the command is `apart`: its input is that too, which
    controls a session of its own. Else it inherits our input, process group and controlling
    terminal, whose signals reach it as they reach us, and whose keys others of a pipeline may read.
    It has `mask` as its blocked signals.

    `outputs` are its streams, a terminal once. `terminal` is the user's, None where no stream is
    one, and `keys` is where its input goes.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], mask: Iterable[int]
    ) -> None:
        self.outputs: list[Output] = []
        self.terminal: Terminal | None = None
        self.keys = -1
        self.apart = False
        self._theirs: list[int] = []
        self._actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = []
        inner = self._open_terminal()
        for number in (STDOUT, STDERR):
            if number not in inner:
                ours, theirs = os.pipe()
                self._theirs.append(theirs)
                self.outputs.append(Output(ours, number, is_terminal=False))
                self._actions.append((os.POSIX_SPAWN_DUP2, theirs, number))
        try:
            self.pid = self._spawn(command, environment, mask)
        finally:
            for number in self._theirs:
                os.close(number)

    def signal(self, number: int) -> None:
        """Send a signal to the command, and to all that it started if it is apart."""
        # It may have ended, or be somebody else's (sudo).
        with suppress(ProcessLookupError, PermissionError):
            (os.killpg if self.apart else os.kill)(self.pid, number)

    def _open_terminal(self) -> list[int]:
        """Open a pseudo-terminal where we have a terminal; return which streams it is."""
        streams = [number for number in (STDOUT, STDERR) if is_terminal(number)]
        if not streams:
            return []
        try:
            ours, theirs = os.openpty()
            name = os.ttyname(theirs)
        except OSError:
            return []  # there is none left, or no /dev/pts
        self._theirs.append(theirs)
        self.outputs.append(Output(ours, streams[0], is_terminal=True))
        self.apart = STDOUT in streams and is_terminal(STDIN)
        if self.apart:
            self.keys = ours
            # Opened by who leads a session, it becomes the terminal that controls it.
            self._actions.append((os.POSIX_SPAWN_OPEN, STDIN, name, os.O_RDWR, 0))
            self._actions += [(os.POSIX_SPAWN_DUP2, STDIN, number) for number in streams]
        else:
            self._actions += [(os.POSIX_SPAWN_DUP2, theirs, number) for number in streams]
        users = STDIN if self.apart else streams[0]
        self.terminal = Terminal(users, ours, makes_lines=self.apart)
        return streams

    def _spawn(
        self, command: Sequence[str], environment: Mapping[str, str], mask: Iterable[int]
    ) -> int:
        def spawn(*arguments: str) -> int:
            return os.posix_spawnp(
                arguments[0],
                arguments,
                environment,
                file_actions=self._actions,
                setsid=self.apart,
                setsigmask=mask,
                # Python ignores these, and a program would inherit that.
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
            )

        try:
            try:
                return spawn(*command)
            except OSError as error:
                if error.errno != errno.ENOEXEC:
                    raise
                # A script without a first line that tells who reads it is the shell's.
                return spawn(SHELL, _found(command[0]), *command[1:])
        except OSError as error:
            raise _not_started(command[0], error) from error
        except ValueError as error:  # an empty name; or a NUL byte, which no argument can have
            raise NotStartedError(f"{command[0]!r}: command not found", NOT_FOUND) from error


def _found(name: str) -> str:
    """Return where a program is found that was just started by its name."""
    if "/" in name:
        return name
    paths = (os.path.join(folder, name) for folder in os.get_exec_path())
    return next((path for path in paths if os.access(path, os.X_OK)), name)


def _not_started(name: str, error: OSError) -> NotStartedError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        reason = "no such file" if "/" in name else "command not found"
        return NotStartedError(f"{name}: {reason}", NOT_FOUND)
    return NotStartedError(f"{name}: {(error.strerror or str(error)).lower()}", NOT_EXECUTABLE)
