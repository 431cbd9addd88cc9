"""The terminal that the monitor needs, and what becomes of the monitor when it goes away."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import click

__all__ = ["HUNG_UP", "end_with_terminal", "refuse_without_terminal"]

HUNG_UP = 128 + getattr(signal, "SIGHUP", 1)
"""The exit status of what ended with its terminal, as a shell says it of a hangup."""
GRACE = 5.0
"""Seconds that what was asked to end has for it."""

DRIVER = "TEXTUAL_DRIVER"
"""The variable that names another driver than the terminal's, as the monitor on a page has one."""


def refuse_without_terminal() -> None:
    """Raise `click.ClickException` where the monitor can neither be drawn nor hear its keys."""
    if os.environ.get(DRIVER):
        return
    hint = "`jobwatch list` prints without one"
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise click.ClickException(f"the monitor needs a terminal; {hint}")
    if os.environ.get("TERM") == "dumb":
        raise click.ClickException(f"the monitor needs more of a terminal than TERM=dumb; {hint}")


def end_with_terminal(leave: Callable[[], object] | None = None) -> None:
    """End the process, from now on, once its terminal is gone, as a hangup does.

    It gets no hangup where that is ignored (nohup) or the terminal is not that of its session, and
    what draws the monitor then waits without end for its output to be taken.

    Where there is something to tidy, `leave` asks for the end, from a thread of its own: the
    process itself ends `GRACE` seconds later if it is still there then.
    """
    if not os.environ.get(DRIVER) and hasattr(select, "poll"):
        Thread(target=_end_with, args=(sys.stderr.fileno(), leave), daemon=True).start()


def _end_with(terminal: int, leave: Callable[[], object] | None) -> None:
    gone = select.poll()
    gone.register(terminal, 0)  # a hangup is told unasked
    for _, event in gone.poll():
        if event & (select.POLLHUP | select.POLLERR):
            if leave is not None:
                # Else what draws the end of the monitor would wait for a writer that has failed.
                os.dup2(os.open(os.devnull, os.O_RDWR), terminal)
                with suppress(RuntimeError):  # its loop has ended meanwhile
                    leave()
                time.sleep(GRACE)
            os._exit(HUNG_UP)
