"""Finding in lines: what matches, in which order, and where it is while some lines are folded."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.find import (
    Folds,
    Haystack,
    Matches,
    Place,
    cut,
    pattern_of,
    starts_in,
    text_of,
)
from jobwatch.model.job import Json
from jobwatch.model.pretty import Kind, Line, Path, Token, containers_at, pretty, text_lines

BODY: Json = {
    "operation": "insert",
    "records": [{"id": n, "tags": ["a", "b"]} for n in range(200)],
    "last": {"id": "z"},
}

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 30) | st.text("abAB ", max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=3), inner),
    max_leaves=30,
)


def matches_of(haystack: Haystack, text: str) -> Matches:
    matches = Matches(haystack, text)
    for _ in matches.search():
        pass
    return matches


def found(lines: list[Line], text: str) -> list[tuple[int, int]]:
    return [(line, start) for line, start in matches_of(Haystack(lines), text)]


def test_lower_case_finds_either_and_an_upper_case_letter_finds_itself() -> None:
    lines = text_lines("Error: error\nERROR")
    assert found(lines, "error") == [(0, 0), (0, 7), (1, 0)]
    assert found(lines, "Error") == [(0, 0)]
    assert found(lines, "ÉCOLE") == []
    assert found(text_lines("École"), "école") == [(0, 0)]


def test_signs_of_patterns_are_what_they_look_like() -> None:
    assert found(text_lines("a.c abc (x|y)*"), "a.c") == [(0, 0)]
    assert found(text_lines("a.c abc (x|y)*"), "(x|y)*") == [(0, 8)]


def test_a_match_may_lie_across_tokens_but_not_across_lines() -> None:
    lines = pretty({"a": 1, "b": 2})
    assert found(lines, '"a": 1,') == [(1, 0)]
    assert found(lines, ',"b"') == []


def test_what_is_not_the_jobs_own_words_is_not_found() -> None:
    folded = pretty({"items": [1, 2]}, frozenset({("items",)}))
    assert text_of(folded[1]) == '"items": [\0\0\0\0\0\0\0\0\0]'
    assert found([Line((Token("Reading …", Kind.DIM),))], "reading") == []


@given(st.lists(st.text("abA ", max_size=8), max_size=200), st.text("abA", min_size=1, max_size=2))
def test_all_matches_of_all_lines_are_found_in_order(texts: list[str], sought: str) -> None:
    lines = [Line((Token(text),)) for text in texts]
    pattern = pattern_of(sought)
    assert found(lines, sought) == [
        (number, start) for number, text in enumerate(texts) for start in starts_in(text, pattern)
    ]


def test_matches_come_in_steps_and_no_more_is_read_than_was_looked_through() -> None:
    taken: list[int] = []

    def lines() -> list[Line]:
        return [Line((Token("xyz"),))]

    def endless() -> object:
        while True:
            taken.append(1)
            yield from lines()

    haystack = Haystack(endless())  # type: ignore[arg-type]
    matches = Matches(haystack, "y")
    for _ in islice(matches.search(), 3):
        pass
    assert len(matches) == haystack.lines == len(taken) < 1_000
    assert not matches.complete


def test_another_text_is_looked_for_in_what_was_read() -> None:
    source = iter(text_lines("one\ntwo\n" * 300))
    haystack = Haystack(source)
    assert len(matches_of(haystack, "two")) == 300
    assert next(source, None) is None
    assert len(matches_of(haystack, "o")) == 600


def test_the_first_match_at_or_behind_a_place_is_known() -> None:
    matches = matches_of(Haystack(text_lines("x x\n\nx")), "x")
    assert matches.first_at(Place(0)) == 0
    assert matches.first_at(Place(0, 1)) == 1
    assert matches.first_at(Place(1)) == 2
    assert matches.first_at(Place(2, 1)) is None


def test_the_container_around_a_line_is_the_one_whose_folding_hides_it() -> None:
    haystack = Haystack(pretty(BODY))
    matches = matches_of(haystack, '"id": 7,')
    assert haystack.around(matches[0].line) == ("records", 7)
    assert haystack.around(0) is None
    operation, last = (matches_of(haystack, text)[0] for text in ("operation", '"z"'))
    assert haystack.around(operation.line) == ()
    assert haystack.around(last.line) == ("last",)


@given(VALUES, st.data())
def test_a_line_is_where_the_folded_text_has_it(value: Json, data: st.DataObject) -> None:
    paths = [path for depth in range(6) for path in containers_at(value, depth)]
    folded = frozenset(data.draw(st.sets(st.sampled_from(paths)))) if paths else frozenset[Path]()
    whole, shown = pretty(value), pretty(value, folded)
    haystack = Haystack(whole)
    matches_of(haystack, "anything")
    folds = Folds(haystack, folded)
    for number, line in enumerate(shown):
        at = folds.whole(number)
        assert whole[at].path == line.path
        assert whole[at].tokens[:1] == line.tokens[:1]
        assert folds.shown(at) == number
    for number in range(len(whole)):
        around = haystack.around(number)
        hidden = around is not None and any(
            around[:depth] in folded for depth in range(len(around) + 1)
        )
        assert (folds.whole(folds.shown(number)) != number) == hidden


def test_a_fold_whose_end_was_not_read_hides_all_behind_it() -> None:
    haystack = Haystack(pretty(BODY))
    haystack.block(0)
    folds = Folds(haystack, frozenset({("records",)}))
    assert folds.whole(3) > 1_000
    assert folds.shown(40) == 2


@given(st.text("ab", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_the_parts_of_a_piece_are_the_piece_and_mark_each_match(
    text: str, begin: int, end: int
) -> None:
    starts = starts_in(text, pattern_of("ab"))
    parts = list(cut(text[begin:end], begin, starts, 2))
    assert "".join(part for part, _ in parts) == text[begin:end]
    at = begin
    for part, start in parts:
        for position in range(at, at + len(part)):
            inside = [first for first in starts if first <= position < first + 2]
            assert inside == ([] if start is None else [start])
        at += len(part)
