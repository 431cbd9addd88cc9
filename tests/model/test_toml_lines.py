"""On which line a key of a TOML text is."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.toml_lines import Again, Path, first_again, lines_of


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1", ("a",), 1),
        ("# a = 0\n\na = 1", ("a",), 3),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ('a = "b = 1"\nb = 2', ("b",), 2),
        ("a = '#'\nb = 2 # a\nc = 3", ("c",), 3),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ('a = """x""""\nb = 2', ("b",), 2),
        ("a = '''\n\\'''\nb = 2", ("b",), 3),
        ("[t]\na = 1", ("t", "a"), 2),
        ("[t]\na = 1", ("t",), 1),
        ("[ t . 'u' ]\na = 1", ("t", "u", "a"), 2),
        ("[[t]]\na = 1", ("t", "a"), 2),
        ("t.u.a = 1", ("t", "u", "a"), 1),
        ('\n"t"."u" = 1', ("t", "u"), 2),
        ('"\\u0061" = 1', ("a",), 1),
        ("t = {a = 1, b.c = [{d = 1}]}", ("t", "b", "c", 0, "d"), 1),
        ("a = [\n 1, # one\n\n 2]\nb = 2", ("a", 1), 4),
        ("a = [\n 1,\n 2,\n]\nb = 2", ("b",), 5),
        ("a = [[1, 2],\n [3]]", ("a", 1, 0), 2),
        ("a = 1979-05-27T07:32:00Z\nb = 1.5", ("b",), 2),
    ],
)
def test_a_key_is_on_the_line_where_it_is_named_first(text: str, path: Path, line: int) -> None:
    tomllib.loads(text)
    assert lines_of(text)[path] == line


TEXTS = st.text(st.sampled_from("ab'\"\\#=[]{},.\n "), max_size=6)


@given(st.lists(st.tuples(st.booleans(), TEXTS, st.booleans()), max_size=8))
def test_what_is_in_a_text_moves_no_key(values: list[tuple[bool, str, bool]]) -> None:
    lines, where, at = [], {}, 1
    for number, (quoted, text, is_array) in enumerate(values):
        if quoted or "'''" in text or text.endswith("'"):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            value = f'"{escaped}"'
        else:
            value = f"'''\n{text}'''"
        line = f"k{number} = {f'[{value}, 1]' if is_array else value}"
        where[f"k{number}",] = at
        at += line.count("\n") + 1
        lines.append(line)
    text = "\n".join(lines)
    assert len(tomllib.loads(text)) == len(values)
    found = lines_of(text)
    assert {path: found[path] for path in where} == where


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("a = 1\n\na = 2", Again(("a",), 1, 3)),
        ("a = 1\na = [\n1,\n2\n]", Again(("a",), 1, 2)),
        ("[t]\na = 1\n[u]\na = 1\n[t]", Again(("t",), 1, 5)),
        ("[t]\na = 1\nb = 1\na = 2", Again(("t", "a"), 2, 4)),
        ("t = {a = 1, a = 2", Again(("t", "a"), 1, 1)),
        ("t = {a = 1}\n[t]", Again(("t",), 1, 2)),
        ("a.b = 1\na.b = 2", Again(("a", "b"), 1, 2)),
        ("a.b = 1\n[a]", Again(("a",), 1, 2)),
        ("a.b.c = 1\na.b.d = 1\n[a.b]", Again(("a", "b"), 1, 3)),
        ("a.b = 1\na = 2", Again(("a",), 1, 2)),
        ("a = 1\na.b = 2", Again(("a",), 1, 2)),
        ("[t.u]\n[t]\nu.a = 1", Again(("t", "u"), 1, 3)),
        ("[t]\nu.a = 1\n[t.u]", Again(("t", "u"), 2, 3)),
        ("t = {a.b = 1, a = 2", Again(("t", "a"), 1, 1)),
        ("[t]\nu.a = 1\nu.b = 1\n[t.u.v]", None),
        ("a.b = 1\na.c = 2\n[t]\na = 1\n[t.u]\na = 1\n[[v]]\n[[v]]", None),
        ("a = [{b = 1}, {b = 2}]", None),
        ("", None),
    ],
)
def test_what_is_set_twice_is_found_with_both_lines(text: str, again: Again | None) -> None:
    assert first_again(text) == again
