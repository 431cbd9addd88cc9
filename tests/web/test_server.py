"""The page, and the processes behind it: with a monitor that only echoes."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import NamedTuple, cast

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from aiohttp.web import AppRunner, TCPSite, WebSocketResponse

from jobwatch.web import visit
from jobwatch.web.server import MOST_VISITORS, make_runner
from jobwatch.web.visit import show_monitor

PATIENCE = 30
"""Seconds after which what has not come never comes."""

# It speaks as Textual's driver does: tells its process and size, says again what is typed and what
# it is told, and ends when it is asked to, or when an "x" is typed.
ECHO = """
import json, os, sys
out = sys.stdout.buffer
def draw(text):
    out.write(b"D" + len(text).to_bytes(4, "big") + text)
    out.flush()
out.write(b"__GANGLION__\\n")
draw(f"{os.getpid()} {os.environ['COLUMNS']}x{os.environ['ROWS']}".encode())
while kind := sys.stdin.buffer.read(1):
    text = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big"))
    if text == b"x" or kind == b"M" and json.loads(text)["type"] == "quit":
        break
    draw(text)
"""


def running(program: str) -> str:
    return f"exec {shlex.join([sys.executable, '-c', program])}"


def echoing() -> str:
    return running(ECHO)


class Place(NamedTuple):
    """A running server, and a client of it."""

    url: str
    client: ClientSession
    runner: AppRunner

    async def open(self, size: str = "width=80&height=24") -> ClientWebSocketResponse:
        return await self.client.ws_connect(f"{self.url}/ws?{size}")


@asynccontextmanager
async def serving(
    command: str, log: str = "jobs.db", say: Callable[[str], None] = pytest.fail
) -> AsyncIterator[Place]:
    runner = make_runner(command, log, say)
    await runner.setup()
    async with ClientSession() as client:
        try:
            await TCPSite(runner, "127.0.0.1", 0).start()
            yield Place(f"http://127.0.0.1:{runner.addresses[0][1]}", client, runner)
        finally:
            await runner.cleanup()


async def drawn(page: ClientWebSocketResponse) -> str:
    return (await page.receive_bytes(timeout=PATIENCE)).decode()


async def process_of(page: ClientWebSocketResponse) -> int:
    return int((await drawn(page)).partition(" ")[0])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def ended(process: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while is_alive(process):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


@contextmanager
def hanging(process: int) -> Iterator[None]:
    """Let a process hang: it reads, draws and ends no more; none outlives the block."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


# The page


async def test_the_page_has_the_logs_name_and_no_command_line() -> None:
    async with (
        serving(echoing(), "a<b>\x1b&.db") as place,
        place.client.get(f"{place.url}/") as answer,
    ):
        text = await answer.text()
    assert "<title>jobwatch – a&lt;b&gt;" in text
    assert "\x1b" not in text
    assert sys.executable not in text
    assert f'"{place.url.replace("http", "ws", 1)}/ws"' in text


async def test_all_that_the_page_loads_is_here() -> None:
    async with serving(echoing()) as place:
        async with place.client.get(f"{place.url}/") as answer:
            text = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
        paths = re.findall(r"(?:src=|href=|url\()\"([^\"]*)\"", text)
        assert len(paths) >= 6
        for path in paths:
            if path != "data:,":
                assert path.startswith("/"), path
                async with place.client.get(f"{place.url}{path}") as answer:
                    assert answer.status == 200, path
    assert text.count("://") == 1  # the WebSocket's
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "://" not in policy


@pytest.mark.parametrize("path", ["/", "/ws", "/page.js", "/static/js/textual.js", "/none"])
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:8000"}, {"Origin": "http://evil.example"}]
)
async def test_nobody_else_may_ask(path: str, headers: dict[str, str]) -> None:
    async with (
        serving(echoing()) as place,
        place.client.get(f"{place.url}{path}", headers=headers) as answer,
    ):
        assert answer.status == 403
        assert "evil" not in await answer.text()


async def test_another_site_opens_no_monitor() -> None:
    async with serving(echoing()) as place:
        with pytest.raises(WSServerHandshakeError) as refused:
            await place.client.ws_connect(f"{place.url}/ws", origin="http://evil.example")
        assert refused.value.status == 403


# A visit


async def test_what_is_typed_goes_to_the_monitor_and_what_it_draws_comes_back() -> None:
    async with serving(echoing()) as place, await place.open("width=97&height=31") as page:
        assert (await drawn(page)).endswith(" 97x31")
        await page.send_json(["stdin", "jé\x1b[B"])
        assert await drawn(page) == "jé\x1b[B"
        await page.send_json(["resize", {"width": 120, "height": 40}])
        assert await drawn(page) == '{"type": "resize", "width": 120, "height": 40}'
        await page.send_json(["blur"])
        assert await drawn(page) == '{"type": "blur"}'
        await page.send_json(["focus"])
        assert await drawn(page) == '{"type": "focus"}'


async def test_no_page_is_larger_than_any_screen() -> None:
    async with serving(echoing()) as place:
        async with await place.open("width=999999999&height=0") as page:
            assert (await drawn(page)).endswith(" 1000x1")
            await page.send_json(["resize", {"width": 10**9, "height": -1}])
            assert await drawn(page) == '{"type": "resize", "width": 1000, "height": 1}'
        async with await place.open(f"width={'9' * 5_000}&height=²") as page:
            assert (await drawn(page)).endswith(" 80x24")


@pytest.mark.parametrize(
    "said",
    ["", "[", "1", "[]", '["stdin"]', '["stdin", 1]', '["resize", {}]', '["quit"]', '{"stdin": 1}'],
)
async def test_what_no_page_says_means_nothing(said: str) -> None:
    async with serving(echoing()) as place, await place.open() as page:
        await drawn(page)
        await page.send_str(said)
        await page.send_bytes(b"stdin")
        await page.send_json(["stdin", "still here"])
        assert await drawn(page) == "still here"


# How it ends


async def test_a_monitor_ends_with_its_visit() -> None:
    async with serving(echoing()) as place:
        async with await place.open() as page:
            process = await process_of(page)
            assert is_alive(process)
        await ended(process)


async def test_a_page_is_told_that_its_monitor_has_ended() -> None:
    async with serving(echoing()) as place, await place.open() as page:
        await drawn(page)
        await page.send_json(["stdin", "x"])
        assert (await page.receive(timeout=PATIENCE)).type is WSMsgType.CLOSE


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("exit 3", "exit status 3"),
        ("echo no such log >&2; exit 2", "no such log"),
        ("echo a; echo b; echo 'in two' >&2; echo lines >&2", "in two\nlines"),
    ],
)
async def test_a_monitor_that_does_not_start_closes_the_page_and_its_reason_is_said_once(
    command: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    async with serving(command, say=said.append) as place, await place.open() as page:
        assert (await page.receive(timeout=PATIENCE)).type is WSMsgType.CLOSE
    assert said == [f"a monitor could not start: {reason}"]
    assert capfd.readouterr() == ("", "")


async def test_what_a_monitor_says_as_it_fails_is_said_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    said: list[str] = []
    fails = ECHO + "draw(b''); sys.stderr.write('it failed'); sys.exit(1)"
    async with serving(running(fails), say=said.append) as place, await place.open() as page:
        await drawn(page)
        await page.send_json(["stdin", "x"])
        while (await page.receive(timeout=PATIENCE)).type is not WSMsgType.CLOSE:
            pass
    assert said == ["a monitor said: it failed"]
    assert capfd.readouterr() == ("", "")


async def test_one_that_hangs_is_ended_when_its_visitor_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visit, "PATIENCE", 0.1)
    async with serving(echoing()) as place:
        page = await place.open()
        process = await process_of(page)
        with hanging(process):
            await page.close()
            await ended(process)


async def test_one_that_hangs_does_not_keep_the_server_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visit, "PATIENCE", 0.1)
    async with serving(echoing()) as place, await place.open() as page:
        process = await process_of(page)
        with hanging(process):
            ending = asyncio.create_task(place.runner.cleanup())
            await ended(process)
            await ending


async def test_one_that_takes_nothing_of_what_is_typed_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visit, "PATIENCE", 0.1)
    said: list[str] = []
    async with serving(echoing(), say=said.append) as place, await place.open() as page:
        process = await process_of(page)
        with hanging(process):
            await page.send_json(["stdin", "a" * 1_000_000])
            await ended(process)
    assert said == ["a monitor took nothing of what was typed, and was ended"]


class _Frozen:
    """A page that takes nothing more, and says nothing."""

    def __init__(self) -> None:
        self.is_drawn_on = asyncio.Event()

    async def send_bytes(self, _drawn: bytes) -> None:
        self.is_drawn_on.set()
        await asyncio.Event().wait()

    send_str = send_bytes

    async def close(self) -> None:
        await asyncio.Event().wait()

    def __aiter__(self) -> _Frozen:
        return self

    async def __anext__(self) -> None:
        await asyncio.Event().wait()


async def test_a_page_that_takes_nothing_more_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visit, "PATIENCE", 0.1)
    page = _Frozen()
    shown = show_monitor(echoing(), cast(WebSocketResponse, page), (80, 24), pytest.fail)
    visited = asyncio.create_task(shown)
    async with asyncio.timeout(PATIENCE):
        await page.is_drawn_on.wait()
    visited.cancel()
    done, _ = await asyncio.wait([visited], timeout=PATIENCE)
    assert done


async def test_all_end_with_the_server() -> None:
    async with serving(echoing()) as place:
        pages = [await place.open() for _ in range(3)]
        processes = [await process_of(page) for page in pages]
        closing = [asyncio.create_task(page.receive()) for page in pages]
    assert [(await one).type for one in closing] == [WSMsgType.CLOSE] * 3
    assert not any(map(is_alive, processes))


async def test_so_many_may_visit_and_no_more_until_one_leaves() -> None:
    said: list[str] = []
    async with serving(echoing(), say=said.append) as place:
        pages = [await place.open() for _ in range(MOST_VISITORS)]
        for page in pages:
            await drawn(page)
        async with place.client.get(f"{place.url}/") as answer:
            assert answer.status == 503
            assert f"{MOST_VISITORS} monitors are open" in await answer.text()
        with pytest.raises(WSServerHandshakeError) as refused:
            await place.open()
        assert refused.value.status == 503
        assert said == ["a monitor could not start: 8 are open, and no more can be"]
        await pages.pop().close()
        async with asyncio.timeout(PATIENCE):
            while True:
                async with place.client.get(f"{place.url}/") as answer:
                    if answer.status == 200:
                        break
        async with await place.open() as page:
            await drawn(page)
        for page in pages:
            await page.close()
