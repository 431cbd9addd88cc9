"""``jobwatch web`` as a process, and the monitors that it runs: their start and their end."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import click
import pyte
import pytest
from click.testing import CliRunner

from jobwatch.cli.web import monitor_command, web
from jobwatch.model.job import Job
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import PATIENCE, Server, process

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the path of a log, which a shell would read otherwise, with one job that runs."""
    path = tmp_path / 'the "log\'s" $HOME;.db'
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [Job(id="job-a", type="backup", status="IN_PROGRESS", start_datetime=now_ms())]
        )
    return path


@contextmanager
def serving(store: Path, *arguments: object, **environment: str) -> Iterator[Server]:
    with process("--store", store, "web", "--port", 0, *arguments, **environment) as started:
        try:
            assert started.stderr is not None
            yield Server(started, started.stderr.readline())
        finally:
            started.kill()


def url_of(server: Server) -> str:
    match = re.search(r" at (http://\S+), read-only; Ctrl-C ends it\n$", server.said)
    assert match, server.said
    return match[1]


OTHER_DRIVER = {"TEXTUAL_DRIVER": "jobwatch.tui.page_driver:PageDriver"}
"""What the monitor on a page has, which needs no terminal."""


def refusal(*arguments: object, **environment: str) -> str:
    """Return what a start that fails says, its spaces made one."""
    with process(*arguments, **environment) as started:
        try:
            out, err = started.communicate(timeout=PATIENCE)
        finally:
            started.kill()
    assert (started.returncode, out) == (2, "")
    assert "Traceback" not in err
    return re.sub(r"\s+", " ", err).strip()


class Page:
    """What a visitor sees, on a screen of 100 columns and 30 lines."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.written = b""
        self._screen = pyte.Screen(100, 30)
        self._stream = pyte.ByteStream(self._screen)

    async def shows(self, text: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while text not in "\n".join(self._screen.display):
                    data = await self.socket.receive_bytes()
                    self.written += data
                    self._stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]+", b"", data))
        except TimeoutError:
            pytest.fail("\n".join([f"never: {text!r}", *self._screen.display]))

    async def types(self, text: str) -> None:
        await self.socket.send_json(["stdin", text])


@asynccontextmanager
async def visiting(server: Server) -> AsyncIterator[Page]:
    url = f"{url_of(server)}/ws?width=100&height=30"
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as page:
        yield Page(page)


def monitors_of(server: int) -> list[int]:
    """Return the processes that a process has started and not yet seen ended."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]


async def all_ended(monitors: list[int]) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(map(_is_alive, monitors)):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# How it starts


def test_it_says_what_it_shows_and_where(store: Path) -> None:
    with serving(store) as server:
        assert server.said.startswith(f"showing {store} at http://127.0.0.1:")
        assert url_of(server)


def test_it_listens_at_the_other_addresses_of_this_machine_too(store: Path) -> None:
    with serving(store, "--host", "localhost") as server:
        assert url_of(server).startswith("http://localhost:")


async def test_a_visitor_sees_the_log_and_can_not_write(store: Path) -> None:
    # The multiplexer that the server runs in is not where the visitor is.
    inside = {"TMUX": "/tmp/tmux,1,0", "STY": "1.pts"}
    with serving(store, "--zone", "Asia/Tokyo", "--interval", "100ms", **inside) as server:
        async with visiting(server) as page:
            await page.shows("read-only ● live")
            await page.shows("Asia/Tokyo")
            await page.shows("job-a")
            with PlainJobLog.open(store) as log:
                log.upsert_many([Job(id="job-b", status="ERROR", start_datetime=now_ms())])
            await page.types("3")
            await page.shows("job-b")
            await page.types("y")
            await page.shows("Copied job-b")
            # Were a note asked for, what is typed next would be its text.
            await page.types("a")
            await page.types("/")
            await page.types("type:none")
            await page.shows("0 jobs · with “type:none”")
    assert b"\x1bP" not in page.written
    assert page.written.count(b"\x1b]52;c;") == 1
    with PlainJobLog.read(store) as log:
        assert log.note("job-b") is None


def test_the_shell_reads_no_word_of_the_command(tmp_path: Path) -> None:
    store = tmp_path / "a b'c\"$(touch x);&.db"
    line = monitor_command(store, {"zone": "Europe/Zurich"})
    assert line.startswith("exec env -u TMUX -u STY ")
    words = shlex.split(line)
    assert words[words.index("--store") + 1] == str(store)
    assert words[-3:] == ["watch", "--read-only", "--zone=Europe/Zurich"]
    assert words[words.index(sys.executable) :][:4] == [sys.executable, "-P", "-m", "jobwatch"]


# What it refuses


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "jobs.example.org", ""])
def test_where_other_machines_could_reach_it_it_does_not_start(store: Path, host: str) -> None:
    said = refusal("--store", store, "web", "--port", 0, "--host", host)
    assert f"other machines could reach {host or 'every address'}" in said
    assert "from another machine, use ssh -L" in said


def test_a_port_in_use_is_said_in_one_line(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("--store", store, "web", "--port", port)
    assert said == (
        f"Error: can't listen at http://127.0.0.1:{port}: address already in use;"
        " give another --host or --port"
    )


def test_a_log_that_was_named_and_is_not_there_is_an_error(tmp_path: Path) -> None:
    said = refusal("--store", tmp_path / "none.db", "web", "--port", 0)
    assert said == f"jobwatch: there is no job log at {tmp_path / 'none.db'}"
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("command", [("web", "--port", 0), ("watch", "--read-only")])
def test_an_older_log_is_refused_and_left_as_it_is(
    tmp_path: Path, command: tuple[object, ...]
) -> None:
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    connection.executescript((DATA / "log-4.sql").read_text("utf-8"))
    connection.close()
    before = path.read_bytes()
    said = refusal("--store", path, *command, **OTHER_DRIVER, JOBWATCH_STATE=str(tmp_path))
    assert said == (
        f"jobwatch: {path} was made by an older jobwatch; open it once with jobwatch watch,"
        " without --read-only, to bring it up to date, or do so with a copy, and give that as"
        " --store"
    )
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {path.name: before}


@pytest.mark.parametrize("command", [("web", "--port", 0), ("watch", "--read-only")])
def test_no_log_is_made_of_an_empty_file(tmp_path: Path, command: tuple[object, ...]) -> None:
    path = tmp_path / "jobs.db"
    path.touch()
    said = refusal("--store", path, *command, **OTHER_DRIVER, JOBWATCH_STATE=str(tmp_path))
    assert said.startswith(f"jobwatch: {path} is an empty file, not yet a job log;")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {path.name: b""}


def test_it_does_not_serve_where_localhost_means_another_address(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everywhere(_host: object, port: object, *_others: object, **_more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("0.0.0.0", port))]

    def fail(text: str) -> None:
        pytest.fail(text)

    monkeypatch.setattr(socket, "getaddrinfo", everywhere)
    monkeypatch.setattr(sys.modules["jobwatch.cli.web"], "say", fail)
    words = ["--port", "0", "--host", "localhost"]
    done = CliRunner().invoke(web, words, obj=Settings(store), standalone_mode=False)
    assert isinstance(done.exception, click.UsageError)
    assert "other machines could reach 0.0.0.0, which localhost means here" in str(done.exception)


def test_without_what_it_needs_it_says_what_to_install(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("jobwatch.web.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("textual_serve", "textual_serve.app_service", "textual_serve.download_manager"):
        monkeypatch.setitem(sys.modules, name, None)
    done = CliRunner().invoke(web, ["--port", "0"], obj=Settings(store), standalone_mode=False)
    assert (done.return_value, done.stdout) == (2, "")
    assert done.stderr == (
        "jobwatch: the browser view needs textual-serve: pip install 'jobwatch[web]'\n"
    )


# How it ends


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [(signal.SIGTERM, 0, ""), (signal.SIGINT, 130, "jobwatch: interrupted")],
)
async def test_all_monitors_end_with_it(
    store: Path, how: signal.Signals, status: int, says: str
) -> None:
    with serving(store) as server:
        async with visiting(server) as one, visiting(server) as other:
            await one.shows("job-a")
            await other.shows("job-a")
            monitors = monitors_of(server.process.pid)
            assert len(monitors) == 2
            closing = [asyncio.create_task(_closed(page)) for page in (one, other)]
            assert await asyncio.to_thread(server.end, how) == (status, says)
            assert not any(map(_is_alive, monitors))
            await asyncio.gather(*closing)


async def test_a_monitor_that_can_not_start_has_its_reason_in_the_terminal(
    tmp_path: Path,
) -> None:
    store = tmp_path / "jobs\x1b]52;c;.db"
    with PlainJobLog.open(store):
        pass
    with serving(store) as server:
        store.unlink()
        async with visiting(server) as page:
            message = await page.socket.receive(timeout=PATIENCE)
            assert message.type is aiohttp.WSMsgType.CLOSE
        server.process.send_signal(signal.SIGTERM)
        out, err = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, out) == (0, "")
    assert (
        err == f"a monitor could not start: jobwatch: there is no job log at {clean(str(store))}\n"
    )


async def test_no_monitor_outlives_a_server_that_was_killed(store: Path) -> None:
    with serving(store) as server:
        async with visiting(server) as page:
            await page.shows("job-a")
            monitors = monitors_of(server.process.pid)
            assert len(monitors) == 1
            server.process.kill()
            await all_ended(monitors)


async def _closed(page: Page) -> None:
    async for _ in page.socket:
        pass


# A monitor that is read-only, in a terminal


def test_one_that_is_read_only_mirrors_no_node(store: Path) -> None:
    said = refusal("--store", store, "watch", "--read-only", "http://127.0.0.1:9")
    assert "--read-only leaves the log as it is" in said


@pytest.mark.parametrize("command", [("web", "--port", 0), ("watch", "--read-only")])
def test_one_that_is_read_only_makes_no_log(tmp_path: Path, command: tuple[object, ...]) -> None:
    places = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    said = refusal(*command, **OTHER_DRIVER, **places)
    assert said.startswith("jobwatch: there is no job log at")
    assert not [*tmp_path.rglob("*.db")]
