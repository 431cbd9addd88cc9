"""The monitor and its terminal: there is none without one, and it ends with it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

pty = pytest.importorskip("pty")

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds after which what has not come never comes."""

NEEDED = "Error: the monitor needs a terminal; `jobwatch list` prints without one\n"
Pair = tuple[IO[bytes], IO[bytes]]
SCREENS = [(), ("watch",), ("demo",), ("watch", "--read-only"), ("watch", "http://127.0.0.1:9")]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return both ends of a terminal, the one that shows it first."""
    shown, inner = pty.openpty()
    with (
        os.fdopen(shown, "rb", buffering=0) as first,
        os.fdopen(inner, "rb", buffering=0) as second,
    ):
        yield first, second


def environment(home: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TEXTUAL_ANIMATIONS": "none",
    } | more


def refusal(
    arguments: tuple[str, ...],
    home: Path,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "jobwatch", *arguments],
        check=False,
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=home,
        env=environment(home),
    )
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("arguments", SCREENS)
def test_the_monitor_is_refused_where_no_terminal_is(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert refusal(arguments, tmp_path) == NEEDED
    # Nobody was asked for a password, and no log was made.
    assert not [*tmp_path.rglob("*.db")]


def test_keys_alone_are_no_terminal(tmp_path: Path, pair: Pair) -> None:
    assert refusal((), tmp_path, stdin=pair[1]) == NEEDED


def test_a_terminal_that_can_not_move_its_cursor_is_none_either(tmp_path: Path, pair: Pair) -> None:
    shown, inner = pair
    with subprocess.Popen(
        [sys.executable, "-m", "jobwatch"],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=tmp_path,
        env=environment(tmp_path, TERM="dumb"),
    ) as started:
        try:
            assert started.wait(PATIENCE) == 2
        finally:
            started.kill()
    assert "needs more of a terminal than TERM=dumb" in shown.read(4_096).decode()


@pytest.mark.skipif(not hasattr(select, "poll"), reason="there is no poll to tell of a hangup")
@pytest.mark.parametrize("command", ["watch", "demo"])
def test_the_monitor_ends_with_its_terminal_though_no_hangup_is_sent(
    tmp_path: Path, pair: Pair, command: str
) -> None:
    shown, inner = pair
    with subprocess.Popen(
        [sys.executable, "-m", "jobwatch", command],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=tmp_path,
        env=environment(tmp_path, TMPDIR=str(tmp_path)),
        start_new_session=True,  # whose terminal this isn't, so that it gets no SIGHUP
    ) as started:
        try:
            inner.close()
            wait_for(shown, b"live")
            shown.close()
            assert started.wait(PATIENCE) == 128 + signal.SIGHUP
        finally:
            started.kill()
    assert not [*tmp_path.glob("jobwatch-*")]  # where demo had its throw-away log


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there are no hangups")
def test_the_demo_leaves_nothing_behind_at_a_hangup(tmp_path: Path, pair: Pair) -> None:
    shown, inner = pair
    with subprocess.Popen(
        [sys.executable, "-m", "jobwatch", "demo"],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=tmp_path,
        env=environment(tmp_path, TMPDIR=str(tmp_path)),
        start_new_session=True,
    ) as started:
        try:
            inner.close()
            wait_for(shown, b"live")
            assert [*tmp_path.glob("jobwatch-*")]
            started.send_signal(signal.SIGHUP)
            read_to_the_end(shown)
            assert started.wait(PATIENCE) == 128 + signal.SIGHUP
        finally:
            started.kill()
    assert not [*tmp_path.glob("jobwatch-*")]


@pytest.mark.skipif(not hasattr(select, "poll"), reason="there is no poll to tell of a hangup")
def test_what_does_not_leave_a_terminal_that_is_gone_is_ended(tmp_path: Path, pair: Pair) -> None:
    shown, inner = pair
    stuck = (
        "import time; from jobwatch.cli import terminal; terminal.GRACE = 0.1;"
        "terminal.end_with_terminal(lambda: None); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", stuck],
        stderr=inner,
        cwd=tmp_path,
        env=environment(tmp_path),
        start_new_session=True,
    ) as started:
        try:
            inner.close()
            shown.close()
            assert started.wait(PATIENCE) == 128 + signal.SIGHUP
        finally:
            started.kill()


def read_to_the_end(shown: IO[bytes]) -> None:
    """Take what is drawn until nobody has the other end any more."""
    with suppress(OSError):
        while shown.read(65_536):
            pass


def wait_for(shown: IO[bytes], text: bytes) -> None:
    written, end = b"", time.monotonic() + PATIENCE
    while text not in written:
        assert time.monotonic() < end
        if select.select([shown], [], [], 0.2)[0]:
            written += shown.read(65_536)
