"""The signals of this process while a command runs: taken one by one, none acts by itself."""

from __future__ import annotations

import os
import signal
import sys
from resource import RLIMIT_CORE, setrlimit
from threading import Thread
from time import sleep
from typing import NamedTuple

__all__ = [
    "TICK",
    "Signal",
    "block",
    "die_of",
    "ends_us",
    "name_of",
    "next_signal",
    "notice",
    "stop",
    "take_ending",
]


def _those(*names: str) -> frozenset[int]:
    """Return the signals of these names that this system has."""
    return frozenset(
        int(number) for name in names if (number := getattr(signal, f"SIG{name}", None))
    )


_ENDING = _those("HUP", "INT", "QUIT", "TERM")
# What nobody can take; what tells of our own faults, and of our own writing; and what the kernel
# does where a background process touches its terminal, which is an error if it can't stop it.
_NOT_TAKEN = _those(
    *("KILL", "STOP"),
    *("SEGV", "BUS", "FPE", "ILL", "ABRT", "TRAP", "SYS", "EMT"),
    *("PIPE", "XFSZ"),
    *("TTIN", "TTOU"),
)
_TAKEN = frozenset(map(int, signal.valid_signals())) - _NOT_TAKEN
# What does nothing where nobody handles it.
_IGNORED = _those("CHLD", "CONT", "WINCH", "URG", "INFO")
_TERMINALS = _those("INT", "QUIT", "TSTP", "WINCH", "INFO")
"""What a terminal sends to the whole process group that it is for."""

TICK = 1.0
"""Seconds after which one looks around though nothing has happened."""


class Signal(NamedTuple):
    """A signal; `is_terminals` says that a terminal sent it to the whole process group."""

    number: int
    is_terminals: bool


def block() -> set[int]:
    """Hold the signals back until they are taken; return those that were blocked before.

    From now on `next_signal` returns once in a `TICK` at least.
    """
    for number in _IGNORED:
        # What is ignored need not wait to be taken (POSIX.1-2024, 2.4.1).
        signal.signal(number, lambda *_: None)
    before = {int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, _TAKEN)}
    Thread(target=_tick, daemon=True).start()
    return before


def next_signal() -> Signal:
    """Wait for the next signal; SIGCHLD also says that it is time to look around."""
    if sys.platform == "linux":
        # Not sigtimedwait, which returns what no signal was if we are stopped until after its end.
        told = signal.sigwaitinfo(_TAKEN)
        # The kernel's own codes are above those of kill(2) (sigaction(2)).
        return Signal(told.si_signo, told.si_code > 0 and _is_for_all(told.si_signo))
    number = signal.sigwait(_TAKEN)
    return Signal(number, number in _TERMINALS and _is_in_foreground())


def ends_us(number: int) -> bool:
    """Return whether a signal asks for our end; not one that we were started to ignore (nohup)."""
    return number in _ENDING and signal.getsignal(number) is not signal.SIG_IGN


def take_ending() -> int | None:
    """Take a signal that has come and asks for our end, None where there is none."""
    number = next((number for number in signal.sigpending() if ends_us(number)), None)
    return None if number is None else int(signal.sigwait({number}))


def notice() -> None:
    """Let `next_signal` return."""
    os.kill(os.getpid(), signal.SIGCHLD)


def stop(*, group: bool = False) -> None:
    """Stop this process, or its process group, as a terminal does; return once it goes on.

    At once where nobody would continue it (POSIX.1-2024, 2.4.3).
    """
    os.kill(0 if group else os.getpid(), signal.SIGTSTP)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})


def name_of(number: int) -> str:
    """Return ``SIGTERM`` for 15; real-time signals are ``signal 34``."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def die_of(number: int) -> None:
    """End this process by a signal, so that its parent sees what ended the command.

    Returns where that can't be, as in the first process of a container.
    """
    setrlimit(RLIMIT_CORE, (0, 0))  # the command has dumped its core, not we
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


def _tick() -> None:
    while True:
        sleep(TICK)
        notice()


def _is_for_all(number: int) -> bool:
    """Return whether the kernel sends a signal to the whole group of a terminal.

    A terminal that hangs up tells the leader of its session alone; another process of it hears that
    from the end of the leader, with its group. What else the kernel sends is for us: an alarm.
    """
    if number == signal.SIGHUP:
        return os.getsid(0) != os.getpid()
    return number in _TERMINALS


def _is_in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
