"""What a terminal would show of an output, as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.terminal_text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain\nas\tit is ", "plain\nas\tit is "),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred\x9bm", "red"),
        ("\x1b[38:2::1:2:3mtrue\x1b[m", "true"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x07 behind", "link behind"),
        ("\x1b]0;title\x9cbehind", "behind"),
        ("\x1bPq#0;1\x1b\\sixel", "sixel"),
        ("\x1b(B\x1b[mcharset\x1b7\x1b=", "charset"),
        ("bell\x07 and\x00 nothing\x0f", "bell and nothing"),
        ("\x1b[?25l\x1b[2;3Hmoved", "moved"),
    ],
)
def test_escape_sequences_are_gone(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "cut", ["\x1b", "\x1b[", "\x1b[1;3", "\x1b]0;tit", "\x1bP", "\x9b", "\x1b("]
)
def test_one_that_is_cut_off_is_gone_and_takes_no_other_line_with_it(cut: str) -> None:
    assert plain(f"before{cut}") == "before"
    assert plain(f"before{cut}\nbehind") == "before\nbehind"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("one\r\r\ntwo", "one\ntwo"),
        ("10 %\r20 %\r100 %", "100 %"),
        ("100 %\r", "100 %"),
        ("Loading records\rdone", "doneing records"),
        ("Loading records\r\x1b[Kdone", "done"),
        ("Loading records\x1b[2K\rdone", "done"),
        ("Loading\x1b[1Gdone", "doneing"),
        ("\x1b[31mLoa\x1b[0mding\r\x1b[32mdone", "doneing"),
        ("first\nsecond\rthird", "first\nthirdd"),
        ("typo\b\bed", "tyed"),
        ("_\bu_\bn", "un"),
        ("\b\bx", "x"),
    ],
)
def test_what_was_overwritten_is_gone(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(alphabet="ab\n\r\b\x1b[]K2;m\x07\x9b\\é"))
def test_nothing_but_text_is_left_and_the_lines_are_the_same(text: str) -> None:
    shown = plain(text)
    assert not set(shown) & set("\r\b\x1b\x07\x9b")
    assert shown.count("\n") == text.count("\n")
    assert plain(shown) == shown
