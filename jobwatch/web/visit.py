"""One visitor: a monitor in a process of its own, and the page that shows it."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, cast

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from jobwatch.model.formats import FormatError, decode

__all__ = ["Say", "show_monitor"]

PATIENCE = 5.0
"""Seconds in which a monitor may end when its visitor leaves, or take what its visitor typed."""

LARGEST = 1_000
"""Columns or lines; a page may be as large as its window, but no larger than any screen."""

PRELUDE = b"__GANGLION__\n"
"""The line behind which a monitor draws; what is before it is not for the page."""

Say: TypeAlias = Callable[[str], None]


class _Monitor(AppService):
    """The process; what it draws goes to the page, what it complains of to `say`."""

    def __init__(self, command: str, page: web.WebSocketResponse, say: Say) -> None:
        async def wait_for_its_end() -> None:
            """Leave the page open: what says that it exits may complain yet."""

        super().__init__(
            command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=wait_for_its_end,
            download_manager=DownloadManager(),
        )
        self._page = page
        self._say = say
        self._has_started = False
        self._is_ending = False

    async def run(self) -> None:
        """Let the page show the monitor until it ends, however it does."""
        process = cast("Process", self._process)  # `start` has begun it, with pipes
        drawn = cast("asyncio.StreamReader", process.stdout)
        complained = cast("asyncio.StreamReader", process.stderr)
        complaint = asyncio.create_task(complained.read())
        try:
            # To the end, though its page be gone: one that can't write can't end either.
            await self._draw(drawn)
            self._tell(await complaint, await process.wait())
        finally:
            complaint.cancel()
            await _close(self._page)

    async def _draw(self, drawn: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError):
            await drawn.readuntil(PRELUDE)
            self._has_started = True
            while True:
                kind = await drawn.readexactly(1)
                payload = await drawn.readexactly(int.from_bytes(await drawn.readexactly(4), "big"))
                with suppress(ConnectionResetError):
                    if kind == b"D":
                        await self.on_data(payload)
                    elif kind == b"M":
                        await self.on_meta(payload)

    def _tell(self, complaint: bytes, status: int) -> None:
        if self._is_ending:
            return
        reason = complaint.decode(errors="replace").strip()
        if not self._has_started:
            self._say(f"a monitor could not start: {reason or f'exit status {status}'}")
        elif reason:
            self._say(f"a monitor said: {reason}")

    async def end(self) -> None:
        """Ask the process to end; make it, if it takes too long."""
        self._is_ending = True
        if self._process is None or self._task is None:
            return  # it was not even begun
        asked = asyncio.create_task(self.send_meta({"type": "quit"}))
        await _end_of(self._process)
        await asked  # a pipe that nobody reads held it up, until now
        # As may a page that takes nothing more.
        self._task.cancel()
        await asyncio.wait([self._task])


async def _end_of(process: Process) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def show_monitor(
    command: str, page: web.WebSocketResponse, size: tuple[int, int], say: Say
) -> None:
    """Run a monitor, by a line for the shell, until it ends or its page is left.

    `size` is the page's, in columns and lines. `say` is told what the monitor writes on its stderr,
    and that it could not start.
    """
    monitor = _Monitor(command, page, say)
    try:
        await monitor.start(*map(_within_bounds, size))
        async for message in page:
            if message.type is WSMsgType.TEXT:
                async with asyncio.timeout(PATIENCE):  # while it waits no page is seen to leave
                    await _take(message.data, monitor)
    except TimeoutError:
        say("a monitor took nothing of what was typed, and was ended")
    except OSError as error:
        say(f"a monitor could not start: {error}")
    finally:
        ending = asyncio.create_task(monitor.end())
        while not ending.done():
            # Who cancels a visit that ends already must not leave its process behind.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([ending])
        ending.result()
        await _close(page)


async def _close(page: web.WebSocketResponse) -> None:
    """Close a page, but wait for none that takes nothing more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await page.close()


async def _take(text: str, monitor: AppService) -> None:
    """Hand on what the page says; what no page of ours says means nothing."""
    try:
        said = decode(text)
    except FormatError:
        return
    match said:
        case ["stdin", str(typed)]:
            await monitor.send_bytes(typed.encode(errors="replace"))
        case ["resize", {"width": int(width), "height": int(height)}]:
            await monitor.set_terminal_size(_within_bounds(width), _within_bounds(height))
        case ["focus"]:
            await monitor.focus()
        case ["blur"]:
            await monitor.blur()


def _within_bounds(cells: int) -> int:
    return min(max(cells, 1), LARGEST)
