"""Turns at a log: how long it is left alone, so that who waits gets in."""

from __future__ import annotations

from itertools import accumulate, chain, repeat
from math import ceil

import pytest

from jobwatch.store.turns import ALONE_AFTER, HELD_AT_MOST, LEFT_ALONE, Turns, next_try

# What SQLite's busy handler does: at these milliseconds it tries, having found the log locked at 0.
TRIES = [0, *accumulate((1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100, 100, 100))]


@pytest.mark.parametrize("held", [0.2, 0.9, 1, 2.5, 3, 4.2, 8, 11, 17, 33, 52, 90, 127, 240, 310])
def test_whoever_came_while_it_was_held_tries_while_it_is_left_alone(held: float) -> None:
    free = range(int(held * 100), int((held + next_try(held / 1_000) * 1_000) * 100) + 1)
    for came in range(0, int(held * 100) + 1, 7):
        assert any(came + tried * 100 in free for tried in TRIES)


class Naps:
    """Turns on a clock that moves as the log is held and left alone, and how long that was each."""

    def __init__(self, *versions: int) -> None:
        self.naps: list[float] = []
        self.now = 0.0
        self._versions = chain(versions, repeat(versions[-1]))
        self._turns = Turns(lambda: next(self._versions), lambda: self.now, self._sleep)

    def hold(self, held: float) -> None:
        self.now += held
        self._turns.give(held)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.naps.append(seconds)


def test_until_it_is_known_that_nobody_writes_it_is_left_alone_for_no_longer_than_that() -> None:
    turns = Naps(5)
    for _ in range(3):
        turns.hold(0.005)
    assert turns.naps == [0.005] * 3


def test_where_others_have_written_it_is_left_alone_for_longer_than_it_was_held() -> None:
    turns = Naps(1, 1, 2, 2, 3, 4)
    for held in (0.005, 0.005, 0.005, 0.02, 0.0001):
        turns.hold(held)
    assert turns.naps == [0.005, LEFT_ALONE * 0.005, 0.005, LEFT_ALONE * 0.02, 0.001]


def test_where_nobody_writes_it_is_held_in_a_row_but_not_for_long() -> None:
    turns = Naps(5)
    turns.now = ALONE_AFTER
    batch = 1 / 64
    in_a_row = ceil(HELD_AT_MOST / batch)
    for _ in range(3 * in_a_row + 1):
        turns.hold(batch)
    assert turns.naps == [next_try(in_a_row * batch)] * 3


def test_whoever_comes_to_a_log_that_was_idle_gets_a_turn_after_each_batch() -> None:
    turns = Naps(1, 1, 2)
    turns.now = ALONE_AFTER
    turns.hold(0.005)
    assert turns.naps == []
    turns.hold(0.005)  # somebody has written meanwhile
    turns.hold(0.005)
    assert turns.naps == [LEFT_ALONE * 0.01, 0.005]
    turns.now += ALONE_AFTER
    turns.hold(0.005)
    assert len(turns.naps) == 2
