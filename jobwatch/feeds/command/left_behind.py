"""What a command leaves in the background writes on, though the command has ended."""

from __future__ import annotations

import errno
import os

from jobwatch.feeds.command.child import STDERR, STDIN, STDOUT, Output
from jobwatch.feeds.command.copying import read, write_all
from jobwatch.feeds.command.kept import Kept

__all__ = ["pass_on_behind"]


def pass_on_behind(output: Output, kept: Kept | None) -> None:
    """Pass an output on in a process of its own until nobody writes to it; `OSError` without one.

    That has nothing else open. The signals that are blocked stay so, and a session of its own keeps
    a terminal's keys from it: whoever writes takes them as it likes, and it ends with them. The
    caller may have threads, if none of them is within `kept`.
    """
    if os.fork():
        return
    try:
        os.setsid()
        os.chdir("/")
        _close_others(output, kept)
        _pass_on(output, kept)
    finally:
        os._exit(0)  # what the caller would do at its end is not for us


def _pass_on(output: Output, kept: Kept | None) -> None:
    is_read = True
    while is_read and (data := read(output.source)):
        try:
            write_all(output.target, data)
        except OSError as error:
            # Nobody can be told of another error; who writes more gets SIGPIPE for this one.
            is_read = error.errno != errno.EPIPE
        if kept is not None:
            kept.add(data)


def _close_others(output: Output, kept: Kept | None) -> None:
    """Close all but the output and what is kept; put nothing in the place of other streams."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in {STDIN, STDOUT, STDERR} - {output.target}:
        os.dup2(nothing, number)
    begin = STDERR + 1
    for number in sorted([output.source, *([] if kept is None else [kept.number])]):
        os.closerange(begin, number)
        begin = number + 1
    os.closerange(begin, os.sysconf("SC_OPEN_MAX"))
