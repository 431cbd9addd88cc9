"""The user's terminal, and the pseudo-terminal that a command has in its place."""

from __future__ import annotations

import os
import termios
import tty
from contextlib import suppress

__all__ = ["Terminal", "is_terminal"]

_GONE = (OSError, termios.error)
"""What is raised once a terminal has been hung up; the command is told by a signal."""


def is_terminal(number: int) -> bool:
    """Return whether a file descriptor is open on a terminal."""
    try:
        return os.isatty(number)
    except OSError:
        return False


class Terminal:
    """The user's terminal `number`, and our end `inner` of the pseudo-terminal behind it.

    While it is taken it is raw: each key goes to the inner one as it is, whose line discipline
    echoes it or makes a signal of it. `makes_lines` says that the inner one does what a terminal
    does to a newline, which else the user's does.
    """

    def __init__(self, number: int, inner: int, *, makes_lines: bool) -> None:
        self._number = number
        self._inner = inner
        self._modes = termios.tcgetattr(number)
        self._is_taken = False
        modes = termios.tcgetattr(number)
        if not makes_lines:
            modes[tty.OFLAG] &= ~termios.OPOST
        termios.tcsetattr(inner, termios.TCSANOW, modes)
        self.pass_size_on()

    def pass_size_on(self) -> None:
        """Give the inner terminal the size of the user's; its programs are told if it differs."""
        with suppress(*_GONE):
            termios.tcsetwinsize(self._inner, termios.tcgetwinsize(self._number))

    def take(self) -> bool:
        """Make the terminal raw, and return True; False in the background, where it is others'."""
        with suppress(*_GONE):
            if self._is_ours():
                if not self._is_taken:
                    self._modes = termios.tcgetattr(self._number)
                self._is_taken = True
                # Also anew: whoever stopped us may have restored it.
                tty.setraw(self._number, termios.TCSANOW)
                return True
            self._is_taken = False
        return False

    def give_back(self) -> None:
        """Restore the terminal as it was found."""
        with suppress(*_GONE):
            # To touch it in the background would stop us.
            if self._is_taken and self._is_ours():
                termios.tcsetattr(self._number, termios.TCSANOW, self._modes)
        self._is_taken = False

    def _is_ours(self) -> bool:
        return os.tcgetpgrp(self._number) == os.getpgrp()

    def echoes_of(self, keys: bytes) -> list[bytes]:
        """Return what the inner terminal echoes of those of the keys that make signals."""
        try:
            modes = termios.tcgetattr(self._inner)
        except _GONE:
            return []
        flags = modes[tty.LFLAG]
        if not (flags & termios.ISIG and flags & termios.ECHO):
            return []
        numbers = (termios.VINTR, termios.VQUIT, termios.VSUSP)
        makers = b"".join(modes[tty.CC][number] for number in numbers).replace(b"\0", b"")
        made = [bytes([key]) for key in keys if key in makers]
        return [_with_caret(key) for key in made] if flags & termios.ECHOCTL else made

    def suspends_by(self, group: int) -> bytes | None:
        """Return the key that suspends a process group of the command.

        None where the group takes all keys itself, or another one has the inner terminal: a job of
        a shell, which continues it.
        """
        with suppress(*_GONE):
            if os.tcgetpgrp(self._inner) != group:
                return None
            modes = termios.tcgetattr(self._inner)
            key: bytes = modes[tty.CC][termios.VSUSP]
            if modes[tty.LFLAG] & termios.ISIG and key != b"\0":
                return key
        return None


def _with_caret(key: bytes) -> bytes:
    """Return how a terminal writes a control character: ``^C``."""
    number = key[0]
    return b"^" + bytes([number ^ 0x40]) if number < 0x20 or number == 0x7F else key
