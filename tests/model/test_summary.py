"""Counts by state, and the share of those that went wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.job import Outcome
from jobwatch.model.summary import StateCounts, error_rate, percent


def test_a_job_is_counted_in_the_state_of_its_outcome() -> None:
    counts = StateCounts()
    for number, outcome in enumerate(
        (Outcome.PENDING, Outcome.ENDED, Outcome.PARTIAL, Outcome.FAILED, Outcome.LOST), 1
    ):
        counts = counts.plus(outcome, number).plus(outcome, 10)
    assert counts == StateCounts(running=11, complete=12, partial=13, failed=14, lost=15)


@pytest.mark.parametrize(
    ("states", "rate"),
    [
        (StateCounts(), None),
        (StateCounts(running=7), None),
        (StateCounts(complete=3), 0),
        (StateCounts(failed=3, lost=1, running=9), 1),
        (StateCounts(complete=5, partial=1, failed=1, lost=1, running=100), 0.25),
    ],
)
def test_the_error_rate_is_that_of_the_jobs_that_are_over(
    states: StateCounts, rate: float | None
) -> None:
    assert error_rate(states) == rate


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (0.000_001, "<0.1 %"),
        (0.001, "0.1 %"),
        (0.004_2, "0.4 %"),
        (0.123_4, "12.3 %"),
        (0.999_999, "99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_shown_in_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


@given(st.floats(0, 1))
def test_a_share_keeps_to_its_room_and_is_all_or_nothing_only_where_it_is(share: float) -> None:
    text = percent(share)
    assert len(text) <= 6
    assert (text == "0 %", text == "100 %") == (share == 0, share == 1)
