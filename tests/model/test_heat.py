"""How busy days are: levels of counts, and a day in words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.heat import LEVELS, DayCount, describe_day, heat_levels

counts = st.lists(st.integers(0, 10**9), max_size=31)


@given(counts)
def test_a_day_is_level_0_only_without_jobs_and_the_busiest_has_the_highest(
    counts: list[int],
) -> None:
    levels = heat_levels(counts)
    assert [level == 0 for level in levels] == [count == 0 for count in counts]
    assert all(0 <= level <= LEVELS for level in levels)
    if any(counts):
        assert levels[counts.index(max(counts))] == LEVELS


@given(counts)
def test_a_busier_day_is_never_on_a_lower_level(counts: list[int]) -> None:
    levels = heat_levels(sorted(counts))
    assert levels == sorted(levels)


@given(counts)
def test_days_that_are_hardly_apart_are_at_most_a_level_apart(counts: list[int]) -> None:
    pairs = sorted(zip(counts, heat_levels(counts), strict=True))
    for (count, level), (more, above) in pairwise(pairs):
        if 0 < more < 2 * count:
            assert above - level <= 1


@pytest.mark.parametrize(
    ("counts", "levels"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([7, 7, 0], [4, 4, 0]),
        ([1, 100], [1, 4]),
        ([1, 10, 100, 1_000, 10_000], [1, 1, 2, 3, 4]),
        ([1_000, 1_050, 1_100], [4, 4, 4]),
        # One day that is unlike all others leaves them apart.
        ([200, 900, 1_200, 100_000], [1, 1, 2, 4]),
    ],
)
def test_levels_are_even_on_a_logarithmic_scale(counts: list[int], levels: list[int]) -> None:
    assert heat_levels(counts) == levels


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (DayCount(1_204, 17), "Tue 2026-11-24 · 1,204 jobs, 17 failed"),
        (DayCount(1, 1), "Tue 2026-11-24 · 1 job, 1 failed"),
        (DayCount(2_000, 0), "Tue 2026-11-24 · 2,000 jobs"),
        (DayCount(0, 0), "Tue 2026-11-24 · no jobs"),
        (None, "Tue 2026-11-24"),
    ],
)
def test_a_day_is_told_in_words(count: DayCount | None, text: str) -> None:
    assert describe_day(date(2026, 11, 24), count) == text
