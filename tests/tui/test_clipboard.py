"""Copying through the terminal, and into a file where the terminal can't take it."""

from __future__ import annotations

import base64
import re
import stat
import tempfile
from pathlib import Path

import pytest
from textual.app import App

from jobwatch.tui.clipboard import LONGEST, copy

SEQUENCE = re.compile("\x1b]52;c;([A-Za-z0-9+/=]*)\a")


class Host(App[None]):
    """An app that keeps what it asks the terminal to copy."""

    def on_mount(self) -> None:
        self.sent: list[str] = []
        assert self._driver is not None
        self._driver.write = self.keep  # type: ignore[method-assign]

    def keep(self, data: str) -> None:
        if "]52;" in data or data.startswith("\x1bP"):
            self.sent.append(data)

    def copied(self) -> str:
        """Return the text of the one sequence that was sent, as it is when unwrapped."""
        [data] = SEQUENCE.findall("".join(self.sent))
        return base64.b64decode(data).decode()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("59f9", "Copied 59f9"),
        ("é\nb", "Copied 2 lines (4 bytes)"),
        ("x" * 1_500, "Copied 1 line (2 kB)"),
    ],
)
async def test_a_text_is_sent_to_the_terminal(text: str, told: str) -> None:
    app = Host()
    async with app.run_test():
        assert await copy(app, text) == told
        assert app.copied() == app.clipboard == text


async def test_what_a_terminal_would_obey_is_copied_as_an_escape() -> None:
    app = Host()
    async with app.run_test():
        assert await copy(app, "a\x1b[201~\ud800") == "Copied a\\x1b[201~\\ud800"
        assert app.copied() == "a\\x1b[201~\\ud800"


async def test_no_text_leaves_the_clipboard_as_it_is() -> None:
    app = Host()
    async with app.run_test():
        assert await copy(app, "") == "There is nothing to copy"
        assert app.sent == []


@pytest.mark.parametrize("letter", ["x", "é"])
async def test_the_longest_text_is_copied_and_a_longer_one_is_a_private_file(letter: str) -> None:
    app = Host()
    longest = letter * (LONGEST // len(letter.encode()))
    async with app.run_test():
        assert await copy(app, longest) == "Copied 1 line (75 kB)"
        assert len("".join(app.sent)) <= 100_000
        app.sent.clear()
        told = await copy(app, longest + letter)
    assert app.sent == []
    assert told.startswith("Too long for the clipboard (75 kB): saved to ")
    path = Path(told.rpartition(" ")[2])
    assert path.read_text(encoding="utf-8") == longest + letter
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_text_that_cant_be_saved_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    app = Host()
    async with app.run_test():
        told = await copy(app, "x" * (LONGEST + 1))
    assert told == "Too long for the clipboard, and not saved: No such file or directory"


async def test_in_tmux_it_is_sent_plain_and_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    app = Host()
    async with app.run_test():
        await copy(app, "59f9")
        plain, wrapped = app.sent
    assert plain == "\x1b]52;c;NTlmOQ==\a"
    assert wrapped == "\x1bPtmux;\x1b\x1b]52;c;NTlmOQ==\a\x1b\\"


async def test_in_screen_it_is_sent_in_pieces_that_screen_has_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STY", "1.tty.host")
    app = Host()
    text = "0123456789" * 200
    async with app.run_test():
        await copy(app, text)
        [sent] = app.sent
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", sent, re.DOTALL)
    assert sent == "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    assert max(map(len, pieces)) < 768
    assert SEQUENCE.fullmatch("".join(pieces))
