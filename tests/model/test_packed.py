"""Packed lines are the lines that were packed."""

from __future__ import annotations

from jobwatch.model.packed import PackedLines, in_blocks
from jobwatch.model.pretty import Line, Token, pretty


def test_packed_lines_come_out_as_they_went_in() -> None:
    lines = pretty({"a": [{"n": n, "half\ud800": {"x": [1]}} for n in range(100)], "b": None})
    packed = PackedLines()
    for block in in_blocks(lines):
        packed.add(block)
    assert list(packed) == lines
    assert [packed[at] for at in range(len(packed))] == lines
    assert packed[-1] == lines[-1]
    assert packed[5:9] == lines[5:9]
    assert packed.foldable


def test_a_block_is_short_in_lines_and_in_text() -> None:
    many = list(in_blocks(Line((Token("x"),)) for _ in range(1_000)))
    long = list(in_blocks(Line((Token("x" * 4_000),)) for _ in range(100)))
    assert max(map(len, many)) == 64
    assert max(map(len, long)) == 5
    assert list(in_blocks([])) == []
