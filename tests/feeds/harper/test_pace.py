"""How fast a node is asked, and how long it is left alone."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.feeds.harper.pace import LONGEST, Pace, back_off


class Time:
    """Passes only when somebody sleeps, or is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_requests_are_let_through_evenly_and_no_faster_than_the_rate() -> None:
    time = Time()
    pace = Pace(4.0, clock=time.clock, sleep=time.sleep)
    starts = []
    for _ in range(9):
        await pace.wait()
        starts.append(time.now)
    assert starts == [100.0 + n / 4 for n in range(9)]


async def test_a_rest_is_not_made_up_for_by_a_burst() -> None:
    time = Time()
    pace = Pace(1.0, clock=time.clock, sleep=time.sleep)
    await pace.wait()
    time.now += 50
    starts = []
    for _ in range(3):
        await pace.wait()
        starts.append(time.now)
    assert starts == [150.0, 151.0, 152.0]


@given(st.integers(1, 10_000), st.integers())
def test_each_failure_doubles_the_wait_up_to_a_bound_less_a_random_part(
    failures: int, random_state: int
) -> None:
    full = min(LONGEST, 0.5 * 2 ** min(failures - 1, 20))
    assert full / 2 <= back_off(failures, Random(random_state)) <= full


def test_two_who_lost_the_same_node_do_not_come_back_at_once() -> None:
    assert len({back_off(3, Random(n)) for n in range(50)}) > 40
