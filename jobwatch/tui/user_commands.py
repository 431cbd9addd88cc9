"""Commands of the user's own, which are told of jobs on their standard input."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress

from jobwatch.model.text import one_line

__all__ = ["UserCommands", "words_of"]

LIMIT = 30.0
"""Seconds that a command may take, with all that it started."""
GRACE = 1.0
"""Seconds between the request to end and the end."""

_KEPT = 4_096
"""Bytes of what a command says on standard error, the last ones."""
_SHOWN = 40
"""Characters of a command that are said again."""


def words_of(command: str) -> list[str]:
    """Return a command as a program and its arguments; `ValueError` says why it is none.

    It is split as a shell would, but no shell ever sees it: no variables, no pipes.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"{str(error).lower()} in the command") from None
    if not words:
        raise ValueError("no command")
    if any("\0" in word for word in words):
        raise ValueError("a NUL character in the command")
    return words


class UserCommands:
    """Runs commands beside the monitor; one that fails is told by `warn`, in one line.

    None takes longer than `limit` seconds, nor outlives `close`.
    """

    def __init__(self, warn: Callable[[str], None], *, limit: float = LIMIT) -> None:
        self._warn = warn
        self._limit = limit
        self._running: set[asyncio.Task[None]] = set()

    def start(self, command: str, given: bytes) -> None:
        """Run a command with that on its standard input; its standard output is discarded."""
        task = asyncio.create_task(self._run(command, given), name="command of the user")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finished(self) -> None:
        """Wait until no command runs any more."""
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        """End what still runs, and wait until it has ended."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, command: str, given: bytes) -> None:
        shown = one_line(command)
        shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
        try:
            reason = await self._outcome(words_of(command), given)
        except ValueError as error:
            reason = str(error)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
        if reason:
            self._warn(f"The command “{shown}” failed: {one_line(reason)}")

    async def _outcome(self, words: list[str], given: bytes) -> str:
        """Return why a command failed, nothing if it didn't; `OSError` if it can't be run."""
        # A session of its own: it can neither read the monitor's keys nor draw over its screen,
        # and what it starts ends with it.
        process = await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
        try:
            async with asyncio.timeout(self._limit):
                _, said, code = await asyncio.gather(
                    _give(process.stdin, given), _last_line(process.stderr), process.wait()
                )
        except TimeoutError:
            return f"it took longer than {self._limit:g} s and was ended"
        finally:
            await _end(process)
        if code == 0:
            return ""
        how = f"it was ended by signal {-code}" if code < 0 else f"exit status {code}"
        return f"{how}: {said}" if said else how


async def _give(stdin: StreamWriter | None, given: bytes) -> None:
    if stdin is None:
        return
    # It need not read all of it, nor any.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(given)
        await stdin.drain()
    stdin.close()


async def _last_line(stderr: StreamReader | None) -> str:
    """Return the last line that is said there, however much that is."""
    last = b""
    while stderr is not None and (chunk := await stderr.read(_KEPT)):
        last = (last + chunk)[-_KEPT:]
    lines = last.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


async def _end(process: Process) -> None:
    """End a process and what it started, if any of it is left: first asked to, then not."""
    if process.returncode is not None and process.stderr is not None and process.stderr.at_eof():
        return
    _signal(process, signal.SIGTERM)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
    finally:
        _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has no SIGKILL
    await process.wait()


def _signal(process: Process, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        elif process.returncode is None:
            process.send_signal(number)
