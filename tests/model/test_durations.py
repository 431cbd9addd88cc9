"""Lengths of time, shown and typed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from jobwatch.model.durations import (
    DAY,
    HOUR,
    MINUTE,
    duration,
    elapsed,
    parse_length,
    roughly,
    time_between,
)
from jobwatch.model.when import WhenError

CENTURY = 100 * 366 * DAY


@given(st.floats(0, CENTURY) | st.integers(0, CENTURY))
@example(10 * DAY)
@example(10 * DAY - 1)
@example(100 * DAY - 1)
def test_how_long_fits_eight_cells_below_a_hundred_years(ms: float) -> None:
    for text in (duration(ms), elapsed(ms)):
        assert 1 < len(text) <= 8
        assert text != "–"


@given(
    st.one_of(
        st.integers(), st.floats(), st.none(), st.just(UNSET), st.text(max_size=3), st.booleans()
    )
)
@example(float("nan"))
@example(float("inf"))
@example(float("-inf"))
@example(10**400)
def test_how_long_is_a_dash_where_it_is_not_known(ms: object) -> None:
    assert len(duration(ms)) <= 14
    assert len(elapsed(ms)) <= 14
    if not isinstance(ms, int | float):
        assert duration(ms) == elapsed(ms) == "–"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0ms"),
        (621, "621ms"),
        (5_399, "5.3s"),
        (59_999, "59.9s"),
        (723_000, "12:03"),
        (3_723_000, "1:02:03"),
        (2 * DAY + 3 * HOUR + 240_000, "2d 03:04"),
        (45 * DAY + 7 * HOUR, "45d 07h"),
        (400 * DAY, "400d"),
        (-1, "–"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_a_duration_has_the_precision_that_its_length_deserves(ms: object, text: str) -> None:
    assert duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (5_999, "0:05"), (723_000, "12:03"), (3_723_000, "1:02:03"), (-5, "0:00")],
)
def test_elapsed_time_is_in_whole_seconds_and_never_negative(ms: int, text: str) -> None:
    assert elapsed(ms) == text


@pytest.mark.parametrize(
    ("start", "end", "ms"),
    [
        (5, 5, 0),
        (5, 7.5, 2.5),
        (-5, 5, 10),
        (5, 4, None),
        (None, 5, None),
        (5, UNSET, None),
        ("5", 7, None),
    ],
)
def test_between_two_times_is_never_less_than_nothing(
    start: object, end: object, ms: float | None
) -> None:
    assert time_between(start, end) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("250ms", 250),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("1H30M", 5_400_000),
        ("1.5s", 1_500),
        ("0", 0),
        ("10", 10_000),
        ("1m30", 90_000),
        ("2d", 2 * DAY),
        ("1w", 7 * DAY),
        ("9" * 400, float("inf")),
    ],
)
def test_a_length_is_typed_with_units_and_is_seconds_without(text: str, ms: float) -> None:
    assert parse_length(text) == ms


@pytest.mark.parametrize("text", ["", " ", "m", "-5m", "5 m", "5y", "1.m", ".5s", "soon", "5m,"])
def test_what_is_no_length_is_an_error_that_says_what_is_accepted(text: str) -> None:
    with pytest.raises(WhenError, match="is not a length of time; accepted are 500ms, 10s, 5m"):
        parse_length(text)


@given(st.text("0123456789.mshdw", max_size=12))
def test_a_length_is_understood_or_is_a_clear_error(text: str) -> None:
    try:
        length, said = parse_length(text), repr(text)
    except WhenError as error:
        length, said = 0.0, str(error)
    assert length >= 0
    assert repr(text) in said


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0, "5s"),
        (36_000, "40s"),
        (115_000, "115s"),
        (115_001, "2m"),
        (121_000, "3m"),
        (59 * MINUTE, "59m"),
        (59 * MINUTE + 1, "1h"),
        (80 * MINUTE, "1h20m"),
        (47 * HOUR + 50 * MINUTE, "47h50m"),
        (48 * HOUR, "2d"),
        (2_000 * DAY + 1, "2,001d"),
    ],
)
def test_a_guessed_length_is_rounded_up_and_the_longer_the_more(ms: int, shown: str) -> None:
    assert roughly(ms) == shown
