"""Bars of counts: one cell each, in proportion, and nothing that is there looks like nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.sparkline import sparkline

HEIGHTS = "·▁▂▃▄▅▆▇█"
counts = st.lists(st.integers(0, 10**30), max_size=48)


@pytest.mark.parametrize(
    ("counts", "bars"),
    [
        ((), ""),
        ((0, 0, 0), "···"),
        ((1, 0, 1), "█·█"),
        ((1, 2, 3, 4, 5, 6, 7, 8), "▁▂▃▄▅▆▇█"),
        ((1, 1_000_000), "▁█"),
        ((1, 10**400, 5 * 10**399), "▁█▄"),
    ],
)
def test_bars_are_in_proportion_to_the_most(counts: tuple[int, ...], bars: str) -> None:
    assert sparkline(counts) == bars


@given(counts)
def test_each_count_has_one_cell_and_only_none_has_a_dot(counts: list[int]) -> None:
    bars = sparkline(counts)
    assert [bar == "·" for bar in bars] == [count == 0 for count in counts]
    assert set(bars) <= set(HEIGHTS)


@given(counts)
def test_more_is_never_lower(counts: list[int]) -> None:
    heights = [HEIGHTS.index(bar) for bar in sparkline(sorted(counts))]
    assert heights == sorted(heights)
