"""Statements on lines of a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.text import one_line
from jobwatch.tui.rows import cells
from jobwatch.tui.statements import gathered

MANY = 1_000


@pytest.mark.parametrize(
    ("width", "most", "first", "lines"),
    [
        (20, MANY, 0, ["one · two · three"]),
        (16, MANY, 0, ["one · two", "three"]),
        (20, MANY, 4, ["one · two", "three"]),
        (20, MANY, 18, ["", "one · two · three"]),
        (16, 1, 0, ["one · two · three"]),
        (3, 2, 0, ["one", "two · three"]),
        (3, MANY, 0, ["one", "two", "thr", "ee"]),
    ],
)
def test_statements_share_a_line_where_there_is_room(
    width: int, most: int, first: int, lines: list[str]
) -> None:
    assert gathered(["one", "two", "three"], width, most, first=first) == lines


def test_a_long_one_goes_on_between_its_words_and_the_next_one_behind_it() -> None:
    long = "it has run for longer than any"
    assert gathered(["lost", long, "so"], 14, MANY) == [
        "lost",
        "it has run for",
        "longer than",
        "any · so",
    ]
    assert gathered(["lost", long, "so"], 14, 3)[1:] == ["it has run for", "longer than any · so"]


def test_no_line_breaks_at_a_no_break_space_that_has_room_on_one() -> None:
    said = "half of 200 runs ≤\N{NO-BREAK SPACE}0:11"
    assert gathered([said], 18, MANY) == ["half of 200 runs", "≤\N{NO-BREAK SPACE}0:11"]
    assert letters(gathered([said], 3, MANY)) == letters([said])


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40).map(one_line)


@given(st.lists(words), st.integers(2, 60), st.integers(1, 5), st.integers(0, 60))
def test_no_line_but_the_last_is_longer_and_no_letter_is_lost(
    statements: list[str], width: int, most: int, first: int
) -> None:
    lines = gathered(statements, width, most, first=first)
    assert 1 <= len(lines) <= most
    assert all(cells(line) <= width for line in lines[:-1])
    assert cells(gathered(statements, width, MANY, first=first)[-1]) <= max(width, 0)
    assert letters(lines) == letters(statements)


def letters(texts: list[str]) -> str:
    return "".join("".join(texts).replace("·", "").split())
