"""Which jobs need attention and since when, what is seen of them, and how that is said."""

from __future__ import annotations

from math import inf

import pytest

from jobwatch.model.attention import News, is_seen, needed_since, said
from jobwatch.model.insight import Sign, Usual
from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.row import JobRow, Note
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START, OVER = NOW - 2 * HOUR, NOW - HOUR
USUAL = Usual(p50=10 * MINUTE, p95=30 * MINUTE, longest=40 * MINUTE, runs=200)

GOES_ON = JobRow(
    seq=1,
    started=START,
    id="job-1",
    status="IN_PROGRESS",
    type="csv_data_load",
    user="ada",
    outcome=Outcome.PENDING,
    start=START,
    end=UNSET,
    message="",
)
FAILED = GOES_ON._replace(status="ERROR", outcome=Outcome.FAILED, end=OVER, over=OVER)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.PARTIAL, Outcome.LOST])
def test_what_went_amiss_needs_attention_since_it_was_over(outcome: Outcome) -> None:
    assert needed_since(FAILED._replace(outcome=outcome), None, USUAL) == OVER


def test_what_went_amiss_without_saying_when_needs_it_since_its_start() -> None:
    assert needed_since(FAILED._replace(end=UNSET, over=None), None, None) == START


@pytest.mark.parametrize("sign", Sign)
def test_what_goes_on_amiss_needs_it_since_it_took_longer_than_most(sign: Sign) -> None:
    assert needed_since(GOES_ON, sign, USUAL) == START + 30 * MINUTE


@pytest.mark.parametrize(
    ("row", "usual"), [(GOES_ON, None), (GOES_ON._replace(start=UNSET), USUAL)]
)
def test_what_is_gone_since_nobody_knows_when_is_new_at_every_look(
    row: JobRow, usual: Usual | None
) -> None:
    since = needed_since(row, Sign.GONE, usual)
    assert since == inf
    assert not is_seen(row, since, NOW, {})
    # Until it was looked at itself, or acknowledged.
    assert is_seen(row, since, NOW, {"job-1": 5})
    assert is_seen(row._replace(note=Note(5, "")), since, None, {})


@pytest.mark.parametrize(
    "row",
    [
        GOES_ON,
        GOES_ON._replace(status="CREATED", start=UNSET),
        FAILED._replace(status="COMPLETE", outcome=Outcome.ENDED),
    ],
)
def test_what_is_well_needs_no_attention_and_is_never_new(row: JobRow) -> None:
    assert needed_since(row, None, USUAL) is None
    assert is_seen(row, None, None, {})


@pytest.mark.parametrize(
    ("looked_at", "expected"), [(None, False), (OVER - 1, False), (OVER, True), (OVER + 1, True)]
)
def test_what_needed_attention_when_one_looked_is_seen(
    looked_at: int | None, expected: bool
) -> None:
    assert is_seen(FAILED, OVER, looked_at, {}) is expected


def test_what_the_cursor_was_on_is_seen_and_its_neighbour_is_not() -> None:
    assert is_seen(FAILED, OVER, None, {"job-1": OVER})
    assert not is_seen(FAILED, OVER, None, {"job-2": OVER})


def test_what_is_acknowledged_is_seen_even_without_a_word() -> None:
    assert is_seen(FAILED._replace(note=Note(NOW, "")), OVER, None, {})


@pytest.mark.parametrize(("at", "seen"), [(OVER - 1, False), (OVER, True), (OVER + 1, True)])
def test_what_went_amiss_after_it_was_seen_or_acknowledged_is_new_again(
    at: int, seen: bool
) -> None:
    assert is_seen(FAILED, OVER, None, {"job-1": at}) is seen
    assert is_seen(FAILED._replace(note=Note(at, "known")), OVER, None, {}) is seen
    # Any of the looks will do.
    assert is_seen(FAILED._replace(note=Note(at, "known")), OVER, OVER, {"job-1": at})


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (News(failed=4, ended=31), "4 failed, 31 ended since you last looked at 18:02"),
        (
            News(failed=4, partial=2, overdue=1, lost=3, ended=31),
            "4 failed, 2 partial, 1 overdue, 3 lost, 31 ended since you last looked at 18:02",
        ),
        (News(ended=12_345), "12,345 ended since you last looked at 18:02"),
        (News(), "nothing new since you last looked at 18:02"),
    ],
)
def test_only_what_there_is_is_said(news: News, line: str) -> None:
    assert said(news, NOW - 4 * HOUR - MINUTE, now=NOW, zone=UTC) == line


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (
            News(failed=48, partial=12, ended=1_000_000),
            "never looked at: 48 failed, 12 partial",
        ),
        (
            News(ended=7),
            "never looked at: nothing needs attention",
        ),
    ],
)
def test_the_first_time_only_what_needs_attention_is_said(news: News, line: str) -> None:
    assert said(news, None, now=NOW, zone=UTC) == line


@pytest.mark.parametrize(
    ("looked_at", "zone", "moment"),
    [
        (NOW - DAY, UTC, "2026-11-22 22:03"),
        (NOW + DAY, UTC, "2026-11-24 22:03"),
        (NOW - 23 * HOUR, UTC, "2026-11-22 23:03"),
        (NOW - 22 * HOUR, UTC, "00:03"),
        (NOW - 22 * HOUR, zone_named("Pacific/Kiritimati"), "2026-11-23 14:03"),
        (NOW - 23 * HOUR, zone_named("America/New_York"), "2026-11-22 18:03"),
        (10**30, UTC, "–"),
    ],
)
def test_the_day_is_said_where_it_is_not_today_in_the_zone(
    looked_at: int, zone: Zone, moment: str
) -> None:
    line = said(News(lost=1), looked_at, now=NOW, zone=zone)
    assert line == f"1 lost since you last looked at {moment}"
