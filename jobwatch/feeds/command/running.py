"""A command that runs as if nothing were around it, while somebody listens to its output."""

from __future__ import annotations

import errno
import os
import select
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeAlias

from jobwatch.feeds.command.child import STDIN, Child, Output
from jobwatch.feeds.command.copying import copy, write_all
from jobwatch.feeds.command.signals import TICK, Signal, ends_us, next_signal, notice

__all__ = ["Hear", "run"]

Hear: TypeAlias = Callable[[int, bytes], None]
"""Takes what came on a stream, by its descriptor; from a thread for each."""


def run(
    command: Sequence[str], environment: Mapping[str, str], mask: Iterable[int], hear: Hear
) -> tuple[int, list[str]]:
    """Run a command to its end; return its exit status, less than 0 for a signal, and problems.

    Its output goes on to ours, and signals of ours, which must be blocked, to it; `mask` is what
    it has blocked itself. `NotStartedError` where it can't be started.
    """
    running = _Run(Child(command, environment, mask), hear)
    return running.wait(), running.problems


class _Run:
    def __init__(self, child: Child, hear: Hear) -> None:
        self._child = child
        self._hear = hear
        self._lock = Lock()
        self._copies = len(child.outputs)
        self._ended, self._end = os.pipe()  # closed, the one makes the other readable
        self._status: int | None = None
        self._has_keys = Event()
        self.problems: list[str] = []

    def wait(self) -> int:
        """Pass all on until the command has ended, and all that it wrote has been passed on."""
        self._take_terminal()  # before any output, which is made for a raw one
        for output in self._child.outputs:
            Thread(target=self._pass_output_on, args=(output,), daemon=True).start()
        if self._child.apart:
            Thread(target=self._pass_keys_on, daemon=True).start()
        ending: int | None = None
        deadline = 0.0
        try:
            while (status := self._reap()) is None or self._is_passing_output_on():
                came = next_signal()
                if status is None:
                    self._take_terminal()
                    self._pass_signal_on(came)
                # It may have been meant for the command, whose last output is on its way: only if
                # that takes longer, or at a second one, nobody reads it any more.
                elif ending is not None and (ends_us(came.number) or monotonic() >= deadline):
                    return -ending
                elif ends_us(came.number):
                    ending, deadline = came.number, monotonic() + TICK
        finally:
            self._give_terminal_back()
        return status

    def _reap(self) -> int | None:
        """Return how the command has ended, None while it goes on."""
        if self._status is None:
            # One that isn't apart stops when we do.
            options = os.WNOHANG | (os.WUNTRACED if self._child.apart else 0)
            pid, status = os.waitpid(self._child.pid, options)
            if pid and os.WIFSTOPPED(status):
                self._stop()
            elif pid:
                self._status = os.waitstatus_to_exitcode(status)
                os.close(self._end)
        return self._status

    def _is_passing_output_on(self) -> bool:
        with self._lock:
            return self._copies > 0

    # Signals

    def _pass_signal_on(self, came: Signal) -> None:
        child = self._child
        if came.number == signal.SIGWINCH and child.terminal is not None:
            child.terminal.pass_size_on()
            if not child.apart:
                child.signal(came.number)  # it looked before the size was passed on
        elif came.number != signal.SIGCHLD and (child.apart or not came.is_terminals):
            child.signal(came.number)

    def _stop(self) -> None:
        """Stop as the command has, with our process group, as the user's terminal would do it."""
        self._give_terminal_back()
        os.kill(0, signal.SIGTSTP)
        # Continued; or not stopped, where nobody would continue us (POSIX.1-2024, 2.4.3).
        self._take_terminal()
        self._child.signal(signal.SIGCONT)

    # The terminal

    def _take_terminal(self) -> None:
        child = self._child
        if child.apart and child.terminal is not None and child.terminal.take():
            self._has_keys.set()
        else:
            self._has_keys.clear()

    def _give_terminal_back(self) -> None:
        self._has_keys.clear()
        if self._child.terminal is not None:
            self._child.terminal.give_back()

    def _pass_keys_on(self) -> None:
        poll = select.poll()
        poll.register(STDIN, select.POLLIN)
        while self._has_keys.wait():
            poll.poll()
            # In the background they are for others, and to read them would stop us.
            if self._has_keys.is_set():
                try:
                    if not (keys := os.read(STDIN, 1_024)):
                        return
                    self._press(keys)
                except OSError:
                    return  # hung up

    def _press(self, keys: bytes) -> None:
        """Give keys to the command, and stop it at the one that suspends.

        Its own terminal can't: who leads a session has nobody to continue it.
        """
        terminal = self._child.terminal
        key = None if terminal is None else terminal.suspends_by(self._child.pid)
        while key is not None and key in keys:
            before, _, keys = keys.partition(key)
            write_all(self._child.keys, before)
            self._child.signal(signal.SIGSTOP)
        write_all(self._child.keys, keys)

    # Output

    def _pass_output_on(self, output: Output) -> None:
        is_read = True

        def take(data: bytes) -> bool:
            nonlocal is_read
            is_read = is_read and self._is_passed_on(data, output.target)
            self._hear(output.target, data)
            # Who outlives a terminal that was hung up may go on, and is heard.
            return is_read or output.is_terminal

        try:
            copy(output.source, self._ended, take)
        finally:
            if not output.is_terminal:
                os.close(output.source)  # who writes more gets SIGPIPE, as our reader would send it
            with self._lock:
                self._copies -= 1
            notice()

    def _is_passed_on(self, data: bytes, target: int) -> bool:
        try:
            write_all(target, data)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):
                self.problems.append(f"the output can't be passed on: {error.strerror}")
            return False
        return True
