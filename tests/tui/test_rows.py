"""Rows: what of a text is in which row, and what of a row is in the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.find import Place
from jobwatch.model.pretty import Line, Token, pretty, text_lines
from jobwatch.tui.rows import Row, Rows, cells, window

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
LINES = [
    *pretty([{"n": n, "text": "some words " * (n % 9)} for n in range(60)]),
    *text_lines(f"漢 字\n{FAMILY * 40}\n{'漢é' * 700}"),
]


def rows_of(lines: list[Line], width: int | None) -> Rows:
    rows = Rows(width)
    for _ in rows.fill(lines):
        pass
    return rows


def text(row: Row) -> str:
    return "".join(token.text for token in row.tokens)


@pytest.mark.parametrize("width", [None, 7, 30, 200])
def test_the_rows_have_all_of_the_text_and_know_where_it_begins(width: int | None) -> None:
    rows = rows_of(LINES, width)
    every = rows.between(0, len(rows))
    assert len(every) == len(rows)
    for number, line in enumerate(LINES):
        whole = "".join(token.text for token in line.tokens)
        its = [row for row in every if row.line == number]
        assert "".join(map(text, its)) == whole
        assert all(whole[row.start :].startswith(text(row)) for row in its)
        assert width is None or all(row.indent + cells(text(row)) <= width for row in its)


@pytest.mark.parametrize("width", [None, 7, 30])
def test_a_place_is_in_the_row_that_has_its_character(width: int | None) -> None:
    rows = rows_of(LINES, width)
    for y, row in enumerate(rows.between(0, len(rows))):
        for start in {row.start, row.start + max(len(text(row)) - 1, 0)}:
            assert rows.row_of(Place(row.line, start)) == y
    assert rows.row_of(Place(len(LINES) + 5)) == len(rows) - 1


def test_rows_between_are_as_many_as_there_are() -> None:
    rows = rows_of(LINES, 30)
    every = rows.between(0, 10_000)
    assert rows.between(100, 110) == every[100:110]
    assert rows.between(len(rows) - 1, len(rows) + 5) == every[-1:]
    assert Rows(30).between(0, 5) == []
    assert Rows(30).row_of(Place(3)) == 0


@given(
    st.lists(st.text("ab漢é", min_size=1, max_size=6), max_size=4),
    st.integers(0, 4),
    st.integers(0, 20),
    st.integers(1, 12),
)
def test_a_window_shows_the_cells_that_lie_in_it(
    texts: list[str], indent: int, left: int, width: int
) -> None:
    row = Row(tuple(map(Token, texts)), indent, 0)
    seen = window(row, left, width)
    # Each cell of the row, half a wide character being a blank.
    on_row = [""] * indent + [
        half for char in "".join(texts) for half in [char, ">"][: cells(char)]
    ]
    expected = on_row[left : left + width]
    if expected[:1] == [">"]:
        expected[0] = ""
    if cells("".join(expected[-1:])) == 2:
        expected.pop()
    blanks = len(expected) - cells("".join(expected).replace(">", ""))
    assert text(seen) == "".join(expected).replace(">", "")
    assert seen.tokens == () or seen.indent == blanks
    assert seen.tokens == () or "".join(texts)[seen.start :].startswith(text(seen))


def test_what_several_characters_draw_together_is_not_cut_apart() -> None:
    row = Row((Token("a" + FAMILY * 3 + "b"),), 0, 0)
    assert text(window(row, 0, 8)) == "a" + FAMILY * 3 + "b"
    assert text(window(row, 3, 2)) == FAMILY
    assert window(row, 2, 3) == Row((Token(FAMILY),), 1, 0, 1 + len(FAMILY))


@pytest.mark.parametrize("width", [None, 7, 200])
@pytest.mark.parametrize("kept", [0, 1, 63, 64, 65, 199, 200])
def test_rows_whose_end_is_replaced_are_those_of_the_whole_text(
    width: int | None, kept: int
) -> None:
    old = [Line((Token(f"line {number}"),)) for number in range(200)]
    new = [Line((Token(f"another line {number}"),)) for number in range(70)]
    rows = rows_of(old, width)
    for _ in rows.replace(kept, new):
        pass
    whole = rows_of([*old[:kept], *new], width)
    assert rows.complete
    assert list(rows.lines) == list(whole.lines)
    assert rows.between(0, len(rows)) == whole.between(0, len(whole))
