"""How a job does beside the last runs of its kind: what is said, and when nothing is claimed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.durations import HOUR, SECOND
from jobwatch.model.insight import FEWEST, Load, Progress, Sign
from jobwatch.model.job import UNSET, Job
from jobwatch.model.pace import Pace, PaceLine, pace_of
from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named

START = 1_795_430_507_000  # 2026-11-23T10:41:47Z
AT_MOST = "≤\N{NO-BREAK SPACE}"
LENGTHS = (*[20 * SECOND] * 150, *[40 * SECOND] * 39, 62 * SECOND, *[90 * SECOND] * 10)
"""Half of these 200 runs ≤ 0:20, and 95 % at most 1:02."""


def running(after: float, lengths: tuple[float, ...] = LENGTHS, **fields: Any) -> PaceLine | None:
    pace = Pace(START, UNSET, running=True, lengths=lengths)._replace(**fields)
    return pace.line(int(START + after), UTC)


def ended(after: float, lengths: tuple[float, ...] = LENGTHS, load: Load | None = None) -> str:
    line = Pace(START, START + after, running=False, lengths=lengths, load=load).line(0, UTC)
    assert line is None or (line.share is None and line.sign is None)
    return "" if line is None else line.text


# While it runs


@pytest.mark.parametrize(("after", "share"), [(0, 0), (5, 0.25), (10, 0.5), (20, 1)])
def test_up_to_the_usual_length_a_bar_grows_and_the_end_is_expected(
    after: int, share: float
) -> None:
    text = "usually 0:20, expected 10:42:07"
    assert running(after * SECOND) == PaceLine(text, share)


@pytest.mark.parametrize("after", [20 * SECOND + 1, 62 * SECOND])
def test_past_the_usual_length_it_is_later_than_expected(after: int) -> None:
    assert running(after) == PaceLine(f"later than expected: 95 % {AT_MOST}1:02", 1)


@pytest.mark.parametrize(
    ("after", "slower"),
    [
        (62 * SECOND + 1, "95 % of 200 runs"),
        (90 * SECOND, "95 % of 200 runs"),
        (90 * SECOND + 1, "all 200 runs"),
        (90 * HOUR, "all 200 runs"),
    ],
)
def test_past_95_percent_of_the_runs_it_is_overdue(after: int, slower: str) -> None:
    text = f"OVERDUE: slower than {slower} (95 % {AT_MOST}1:02)"
    assert running(after) == PaceLine(text, 1, Sign.OVERDUE)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "10:42:07"),
        ("Europe/Zurich", "11:42:07"),
        ("Asia/Kathmandu", "16:27:07"),
    ],
)
def test_the_end_is_expected_by_the_clock_of_the_zone(zone: str, expected: str) -> None:
    line = Pace(START, None, running=True, lengths=LENGTHS).line(START, zone_named(zone))
    assert line is not None
    assert line.text == f"usually 0:20, expected {expected}"


def test_an_end_that_is_expected_on_another_day_has_its_date() -> None:
    line = running(HOUR, (20 * HOUR,) * 5)
    assert line is not None
    assert line.text == "usually 20:00:00, expected 2026-11-24 06:41:47"


def test_a_job_that_starts_later_by_the_clock_here_has_an_empty_bar() -> None:
    assert running(-HOUR) == PaceLine("usually 0:20, expected 10:42:07", 0)


def test_a_job_that_usually_takes_no_time_has_a_full_bar_at_once() -> None:
    assert running(0, (0,) * 5) == PaceLine("usually 0ms, expected 10:41:47", 1)


@pytest.mark.parametrize("start", [None, UNSET])
def test_nothing_is_claimed_of_a_running_job_without_a_start(start: Any) -> None:
    assert running(HOUR, start=start) is None


@pytest.mark.parametrize("count", range(FEWEST))
def test_fewer_than_five_runs_claim_nothing(count: int) -> None:
    assert running(HOUR, (SECOND,) * count) is None
    assert ended(HOUR, (SECOND,) * count) == ""


# While it counts what it does


@pytest.mark.parametrize(
    ("progress", "after", "said"),
    [
        (Progress(9_000, 12_000), 12, ("9,000/12,000 · 75 % · about 5s left", 0.75)),
        (Progress(3_000, 12_000), 12, ("3,000/12,000 · 25 % · about 40s left", 0.25)),
        (Progress(1, 1_000), 12, ("1/1,000 · 0 % · about 3h20m left", 0.001)),
        (Progress(1, 1 << 62), 12, (f"1/{1 << 62:,} · 0 %", 1 / (1 << 62))),
        (Progress(0, 12), 12, ("0/12 · 0 %", 0)),
        (Progress(9, 12), 4, ("9/12 · 75 %", 0.75)),
        (Progress(12, 12), 12, ("12/12 · 100 %", 1)),
        (Progress(1_999, 2_000), 4, ("1,999/2,000 · 99 %", 1_999 / 2_000)),
        (Progress(13, 12), 12, ("13/12", None)),
        (Progress(0, 0), 12, ("0/0", None)),
        (Progress(9_000, None), 12, ("9,000 so far", None)),
    ],
)
def test_how_far_a_job_has_come_is_said_before_what_is_usual(
    progress: Progress, after: int, said: tuple[str, float | None]
) -> None:
    by = " (by its pace)" if said[0].endswith("left") else ""
    usual = f"{by} · usually 0:20, expected 10:42:07"
    assert running(after * SECOND, progress=progress) == PaceLine(*said, more=usual)
    assert running(after * SECOND, (), progress=progress) == PaceLine(*said, more=by)


def test_an_overdue_job_stays_overdue_however_far_it_has_come() -> None:
    line = running(90 * SECOND, progress=Progress(9, 12))
    text = "OVERDUE · 9/12 · 75 % · about 30s left"
    more = f" (by its pace) · slower than 95 % of 200 runs (95 % {AT_MOST}1:02)"
    assert line == PaceLine(text, 0.75, Sign.OVERDUE, more)


@pytest.mark.parametrize("start", [None, UNSET, START + HOUR])
def test_without_a_start_that_is_over_nothing_is_said_of_what_is_left(start: Any) -> None:
    line = running(12 * SECOND, (), start=start, progress=Progress(9, 12))
    assert line == PaceLine("9/12 · 75 %", 0.75)


def test_how_far_a_job_had_come_when_it_broke_off_is_said_before_how_long_it_took() -> None:
    pace = Pace(START, START + 90 * SECOND, running=False, lengths=LENGTHS)
    line = pace._replace(progress=Progress(9, 12)).line(0, UTC)
    assert line == PaceLine("came to 9/12 · slower than 95 % of 200 runs")


# After it ended


@pytest.mark.parametrize(
    ("took", "text"),
    [
        (20 * SECOND, f"as long as usual: half of 200 runs {AT_MOST}0:20"),
        (62 * SECOND, f"as long as usual: half of 200 runs {AT_MOST}0:20"),
        (70 * SECOND, "slower than 95 % of 200 runs"),
        (90 * SECOND + 1, "slower than all 200 runs"),
        (20 * SECOND - 1, "faster than all 200 runs"),
        (0, "faster than all 200 runs"),
    ],
)
def test_an_ended_job_was_as_usual_or_slower_or_faster_than_most(took: int, text: str) -> None:
    assert ended(took) == text


def test_shares_are_rounded_down_to_less_than_all() -> None:
    runs = tuple(float(n) * SECOND for n in range(1, 201))
    assert ended(199.5 * SECOND, runs) == "slower than 99 % of 200 runs"
    assert ended(1.5 * SECOND, runs) == "faster than 99 % of 200 runs"
    assert ended(9.5 * SECOND, runs) == "faster than 95 % of 200 runs"
    assert ended(10.5 * SECOND, runs) == f"as long as usual: half of 200 runs {AT_MOST}1:40"


def test_a_short_length_is_shown_as_exactly_as_a_duration_is() -> None:
    assert ended(350, (350.5,) * 4 + (400,)) == "faster than all 5 runs"
    assert ended(351, (350.5,) * 4 + (400,)) == f"as long as usual: half of 5 runs {AT_MOST}350ms"
    assert ended(5_300, (5_300,) * 5) == f"as long as usual: half of 5 runs {AT_MOST}5.3s"


@pytest.mark.parametrize(
    ("load", "text"),
    [
        (Load(9, 12), "9/12 records, 3 short · 4.5 records/s"),
        (Load(0, 350), "0/350 records, 350 short"),
        (Load(0, 0), ""),
        (Load(2_480, 2_480), "2,480/2,480 records · 1,240 records/s"),
        (Load(21, 1_200), "21/1,200 records, 1,179 short · 10 records/s"),
        (None, ""),
    ],
)
def test_a_load_says_what_is_short_and_how_fast_it_was(load: Load | None, text: str) -> None:
    assert ended(2 * SECOND, (), load) == text


def test_a_load_of_a_day_is_not_said_to_be_of_no_records_a_second() -> None:
    assert ended(24 * HOUR, (), Load(1, 1)) == "1/1 records · < 0.1 records/s"


def test_what_is_news_of_a_load_is_said_first() -> None:
    assert ended(70 * SECOND, load=Load(84, 84)) == (
        "slower than 95 % of 200 runs · 84/84 records · 1.2 records/s"
    )
    assert ended(70 * SECOND, load=Load(83, 84)) == (
        "83/84 records, 1 short · 1.2 records/s · slower than 95 % of 200 runs"
    )


@pytest.mark.parametrize(
    ("start", "end"), [(START, START - 1), (None, START), (START, None), (UNSET, UNSET)]
)
def test_of_a_job_whose_length_is_not_known_only_the_load_is_said(start: Any, end: Any) -> None:
    pace = Pace(start, end, running=False, lengths=LENGTHS)
    assert pace.line(START, UTC) is None
    assert pace._replace(load=Load(9, 12)).line(START, UTC) == PaceLine("9/12 records, 3 short")


# From a job


def test_the_pace_of_a_job_is_by_its_record() -> None:
    done = Job(
        id="a",
        status="COMPLETE",
        start_datetime=START,
        end_datetime=START + 2 * SECOND,
        message="successfully loaded 9 of 12 records",
    )
    assert pace_of(done, [1, 2]) == Pace(
        START, START + 2 * SECOND, running=False, lengths=(1, 2), load=Load(9, 12)
    )
    assert pace_of(done.replace(status="IN_PROGRESS")).running
    created = pace_of(Job(id="a", status="CREATED"), LENGTHS)
    assert created.line(START, UTC) is None


@pytest.mark.parametrize(
    ("status", "said"),
    [("CREATED", ""), ("IN_PROGRESS", "1/10 · 10 %"), ("ERROR", "came to 1/10")],
)
def test_only_a_job_that_has_begun_has_come_anywhere(status: str, said: str) -> None:
    job = Job(id="a", status=status, other={"progress": {"done": 1, "total": 10}})
    line = pace_of(job).line(START, UTC)
    assert ("" if line is None else line.text) == said


# Lost


def test_of_a_lost_job_it_is_said_why_and_how_far_it_came() -> None:
    lost = "the process that ran it (pid 1 on h) is gone"
    assert running(HOUR, lost=lost) == PaceLine(f"Lost: {lost}.", None, Sign.GONE)
    line = running(HOUR, lost=lost, progress=Progress(9, 12))
    assert line == PaceLine(f"Lost: {lost}.", None, Sign.GONE, " · came to 9/12")


# Whatever there is


times = st.none() | st.just(UNSET) | st.integers(-(10**14), 10**16) | st.floats(-1e14, 1e16)
lengths = st.lists(st.floats(0, 1e16), max_size=30).map(lambda runs: tuple(sorted(runs)))
loads = st.none() | st.builds(
    lambda done, more: Load(done, done + more), *[st.integers(0, 10**15)] * 2
)


@given(times, times, st.booleans(), lengths, loads, st.integers(0, 10**16))
def test_whatever_is_recorded_a_line_is_one_line_and_its_bar_is_within_bounds(
    start: Any, end: Any, goes_on: bool, runs: tuple[float, ...], load: Load | None, now: int
) -> None:
    line = Pace(start, end, running=goes_on, lengths=runs, load=load).line(now, UTC)
    if line is not None:
        assert line.text
        assert "\n" not in line.text
        assert line.share is None or 0 <= line.share <= 1
        assert (line.share is not None) == goes_on


@given(
    lengths.filter(lambda runs: len(runs) >= FEWEST), st.lists(st.integers(0, 10**9)).map(sorted)
)
def test_as_time_goes_on_a_bar_never_shrinks(runs: tuple[float, ...], afters: list[int]) -> None:
    lines = [running(after, runs) for after in afters]
    shares = [line.share for line in lines if line is not None and line.share is not None]
    assert len(shares) == len(afters)
    assert shares == sorted(shares)
