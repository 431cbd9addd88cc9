"""Notices on the desktop: which sequence a terminal gets, and that no text ends it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from jobwatch.tui.desktop import LONGEST, notify, sequences
from jobwatch.tui.passthrough import passed_on

PLAIN = "\x1b]9;jobwatch: it ended\a"
WITH_TITLE = "\x1b]777;notify;jobwatch;it ended\a"


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({"TERM": "xterm-256color"}, PLAIN + WITH_TITLE),
        ({}, PLAIN + WITH_TITLE),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, PLAIN),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, WITH_TITLE),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, WITH_TITLE),
        ({"TERM": "foot-extra"}, WITH_TITLE),
        ({"TERM": "xterm-kitty"}, WITH_TITLE),
        ({"TERM": "rxvt-unicode-256color"}, WITH_TITLE),
    ],
)
def test_a_terminal_gets_what_it_knows_once_or_both_where_it_is_unknown(
    environ: dict[str, str], sent: str
) -> None:
    assert sequences("jobwatch", "it ended", environ) == sent


def test_in_tmux_each_is_wrapped_for_the_terminal_outside() -> None:
    sent = sequences("jobwatch", "it ended", {"TMUX": "/tmp/tmux", "TERM": "tmux-256color"})
    assert sent == (
        "\x1bPtmux;\x1b\x1b]9;jobwatch: it ended\a\x1b\\"
        "\x1bPtmux;\x1b\x1b]777;notify;jobwatch;it ended\a\x1b\\"
    )


def test_in_screen_it_goes_in_pieces_that_screen_has_room_for() -> None:
    sequence = f"\x1b]9;{'x' * 2_000}\a"
    sent = passed_on(sequence, {"STY": "1.tty.host"})
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", sent, re.DOTALL)
    assert sent == "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    assert "".join(pieces) == sequence
    assert max(map(len, pieces)) < 768


@given(st.text(), st.text())
def test_no_text_ends_the_sequence_or_its_part_of_it(title: str, text: str) -> None:
    plain, with_title = sequences(title, text, {}).split("\a")[:2]
    assert sequences(title, text, {}) == f"{plain}\a{with_title}\a"
    assert plain.startswith("\x1b]9;")
    assert with_title.startswith("\x1b]777;notify;")
    assert plain.count(";") == 1
    assert with_title.count(";") == 3
    for sent in (plain, with_title):
        assert not re.search("[\x00-\x1f\x7f-\x9f]", sent[1:])


@pytest.mark.parametrize("nasty", ["\x1b\\", "\a", "\x9c", "\x9d52;c;", "\x1b]52;c;AAAA\a", ";;"])
def test_what_a_terminal_would_obey_is_seen_instead(nasty: str) -> None:
    sent = sequences("jobwatch", f"a{nasty}b", {"TERM_PROGRAM": "iTerm.app"})
    assert sent.startswith("\x1b]9;jobwatch: a")
    assert sent.endswith("b\a")
    assert not re.search("[\x00-\x1f\x7f-\x9f;]", sent[4:-1])


def test_a_long_text_is_cut() -> None:
    sent = sequences("jobwatch", "x" * 10_000, {"TERM_PROGRAM": "iTerm.app"})
    assert sent == f"\x1b]9;jobwatch: {'x' * (LONGEST - 1)}…\a"


async def test_it_goes_through_the_driver_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "foot")
    app: App[None] = App()
    sent: list[str] = []
    async with app.run_test():
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", sent.append)
        notify(app, "jobwatch", "it ended")
        assert WITH_TITLE in sent
