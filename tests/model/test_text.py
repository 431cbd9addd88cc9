"""The one door: nothing that a terminal obeys gets through."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.text import cells, clean, cut, fitted, json_safe, one_line

any_text = st.text(st.characters(codec=None, categories=("L", "N", "P", "S", "C", "Z")))
UNSAFE = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_safe(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs") and char not in UNSAFE


@given(any_text)
def test_clean_text_holds_no_character_that_a_terminal_obeys(text: str) -> None:
    assert all(is_safe(char) or char in "\t\n" for char in clean(text))
    assert clean(clean(text)) == clean(text)


@given(any_text)
def test_one_line_is_one_line(text: str) -> None:
    assert all(is_safe(char) for char in one_line(text))


@given(any_text)
def test_safe_json_is_the_same_json(text: str) -> None:
    safe = json_safe(json.dumps(text, ensure_ascii=False))
    assert all(is_safe(char) for char in safe)
    assert json.loads(safe) == text or any("\ud800" <= char <= "\udfff" for char in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("tab\tnew\nline", "tab\tnew\nline"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("表格 é", "表格 é"),
    ],
)
def test_what_is_cleaned_is_still_to_be_read(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_breaks_become_one_blank() -> None:
    assert one_line("a\r\n\n\tb ") == "a b"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 5, "abc  "),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("表格", 4, "表格"),
        ("表格", 3, "表…"),
        ("表格", 2, "… "),
        ("e\u0301a", 2, "e\u0301a"),
    ],
)
def test_a_fitted_text_takes_just_its_cells(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown
    assert cells(shown) == width


@given(any_text, st.integers(0, 20))
def test_what_is_cut_has_no_more_cells_than_there_are(text: str, width: int) -> None:
    shown = cut(one_line(text), width)
    assert cells(shown) <= width
    assert one_line(text).startswith(shown)
