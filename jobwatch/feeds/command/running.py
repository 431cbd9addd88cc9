"""A command that runs as if nothing were around it, while somebody listens to its output."""

from __future__ import annotations

import errno
import os
import select
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import NamedTuple, TypeAlias

from jobwatch.feeds.command.child import STDIN, STDOUT, Child, Output
from jobwatch.feeds.command.copying import copy, write_all
from jobwatch.feeds.command.kept import Kept
from jobwatch.feeds.command.left_behind import pass_on_behind
from jobwatch.feeds.command.signals import TICK, Signal, ends_us, next_signal, notice, stop
from jobwatch.model.echoes import Echoes

__all__ = ["Ended", "Hear", "run"]

Hear: TypeAlias = Callable[[int, bytes], None]
"""Takes what came on a stream, by its descriptor; from a thread for each."""


class Ended(NamedTuple):
    """How a command has ended: its exit status, less than 0 for a signal.

    `lost` says why some of its output couldn't be passed on to our stdout, and is empty where all
    was; `problems` are all that there were, each in a line.
    """

    status: int
    lost: str
    problems: list[str]

    @property
    def result(self) -> int:
        """The exit status, 1 instead of 0 where output was lost: no success without its result."""
        return 1 if self.status == 0 and self.lost else self.status


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    mask: Iterable[int],
    hear: Hear,
    kept: Kept | None = None,
) -> Ended:
    """Run a command to its end.

    Its output goes on to ours and into what is kept, and signals of ours, which must be blocked, to
    it; `mask` is what it has blocked itself. It is heard without the echoes of keys that make
    signals. What it leaves in the background writes on behind us. `NotStartedError` where it can't
    be started.
    """
    running = _Run(Child(command, environment, mask), hear, kept)
    return Ended(running.wait(), running.lost, running.problems)


class _Run:
    def __init__(self, child: Child, hear: Hear, kept: Kept | None) -> None:
        self._child = child
        self._hear = hear
        self._kept = kept
        self._lock = Lock()
        self._copies = len(child.outputs)
        self._ended, self._end = os.pipe()  # closed, the one makes the other readable
        self._status: int | None = None
        self._is_stopped = self._is_to_stop = False
        self._has_keys = Event()
        self._echoes = Echoes()
        self._left: list[Output] = []
        self.lost = ""
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
                elif came.number == signal.SIGTSTP:
                    stop()
                # It may have been meant for the command, whose last output is on its way: only if
                # that takes longer, or at a second one, nobody reads it any more.
                elif ending is not None and (ends_us(came.number) or monotonic() >= deadline):
                    return -ending
                elif ends_us(came.number):
                    ending, deadline = came.number, monotonic() + TICK
        finally:
            self._give_terminal_back()
        self._leave()
        return status

    def _leave(self) -> None:
        """Let what the command has left in the background write on."""
        for output in self._left:
            try:
                pass_on_behind(output, self._kept)
            except OSError as error:
                problem = f"what runs on in the background can't write on: {error.strerror}"
                self.problems.append(problem)
            os.close(output.source)

    def _reap(self) -> int | None:
        """Return how the command has ended, None while it goes on."""
        if self._status is None:
            options = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
            pid, status = os.waitpid(self._child.pid, options)
            if pid and (os.WIFSTOPPED(status) or os.WIFCONTINUED(status)):
                self._is_stopped = os.WIFSTOPPED(status)
            elif pid:
                self._status = os.waitstatus_to_exitcode(status)
                os.close(self._end)
            # One that shares our terminal may have been stopped alone.
            is_ours = self._child.apart or self._is_to_stop
            if self._status is None and self._is_stopped and is_ours:
                self._stop()
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
        elif came.number == signal.SIGTSTP and child.apart:
            child.signal(signal.SIGSTOP)  # nobody but us continues it: another wouldn't stop it
        elif came.number != signal.SIGCHLD and (child.apart or not came.is_terminals):
            child.signal(came.number)
        if came.number in (signal.SIGTSTP, signal.SIGCONT):
            self._is_to_stop = came.number == signal.SIGTSTP

    def _stop(self) -> None:
        """Stop as the command has, with our process group if it is apart from that."""
        self._is_stopped = self._is_to_stop = False
        self._give_terminal_back()
        stop(group=self._child.apart)
        # Continued; or not stopped, where nobody would continue us.
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
            self._type(before)
            self._child.signal(signal.SIGSTOP)
        self._type(keys)

    def _type(self, keys: bytes) -> None:
        terminal = self._child.terminal
        with self._lock:
            for echo in [] if terminal is None else terminal.echoes_of(keys):
                self._echoes.expect(echo, monotonic())
        write_all(self._child.keys, keys)

    # Output

    def _pass_output_on(self, output: Output) -> None:
        def take(data: bytes) -> bool:
            is_read = self._is_read(data, output)
            self._hear(output.target, self._said(data) if output.is_terminal else data)
            if self._kept is not None:
                self._kept.add(data)
            return is_read

        goes_on = False
        try:
            goes_on = copy(output.source, self._ended, take)
        finally:
            if not goes_on and not output.is_terminal:
                os.close(output.source)  # who writes more gets SIGPIPE, as our reader would send it
            with self._lock:
                # One that controls a session is hung up, as where a window is closed.
                if goes_on and not (output.is_terminal and self._child.apart):
                    self._left.append(output)
                self._copies -= 1
            notice()

    def _said(self, data: bytes) -> bytes:
        with self._lock:
            return self._echoes.left_out(data, monotonic())

    def _is_read(self, data: bytes, output: Output) -> bool:
        """Pass data on; return False where nobody reads it, and nobody will.

        What can't be written for another reason is lost, but may be heard and kept: whoever writes
        to a pipe can't be told of it, and to end it would be worse.
        """
        try:
            write_all(output.target, data)
        except OSError as error:
            # Who outlives a terminal that was hung up may go on.
            if output.is_terminal and error.errno in (errno.EPIPE, errno.EIO):
                return True
            if error.errno == errno.EPIPE:
                return False
            with self._lock:
                problem = f"the output couldn't be passed on: {error.strerror}"
                if output.target == STDOUT:
                    self.lost = self.lost or problem
                if problem not in self.problems:
                    self.problems.append(problem)
        return True
