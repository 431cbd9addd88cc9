"""The checks of a log, and what is said of what they find."""

from __future__ import annotations

import pytest

from jobwatch.model.condition import EVERY, Ended, Started, conjuncts
from jobwatch.model.health import (
    AHEAD,
    CHECKS,
    INTEGRITY,
    LARGE_WAL,
    QUICK_CHECKS,
    Check,
    Finding,
    bytes_in_all,
    clock_off,
    job_query,
    kept_away,
    wal_too_large,
)
from jobwatch.model.node import SKEW_SHOWN, Node
from jobwatch.model.when import UTC

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z


def test_every_check_has_a_name_of_its_own_and_one_line_on_what_to_do() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert "\n" not in check.means
        assert check.means.endswith(".")


def test_the_quick_checks_are_all_but_that_of_the_whole_file() -> None:
    assert set(CHECKS) - set(QUICK_CHECKS) == {INTEGRITY}


@pytest.mark.parametrize(
    "check", [check for check in CHECKS if check.query], ids=lambda check: str(check.name)
)
def test_every_query_is_one_of_the_language(check: Check) -> None:
    query = job_query(check.query_at(NOW), NOW)
    assert query.text == check.query_at(NOW)
    assert query.where != EVERY


@pytest.mark.parametrize(
    ("name", "query", "of"),
    [
        ("start in the future", "since:2026-11-23T22:03:21.000Z", Started),
        ("end in the future", "ended:2026-11-23T22:03:21.000Z..", Ended),
    ],
)
def test_a_time_is_in_the_future_from_the_tolerance_on(
    name: str, query: str, of: type[Started] | type[Ended]
) -> None:
    [check] = [check for check in CHECKS if check.name == name]
    assert check.query_at(NOW) == query
    parts = conjuncts(job_query(check.query_at(NOW + 7), NOW + 7).where)
    [range] = [part.range for part in parts if isinstance(part, of)]
    assert range.bounds == (NOW + 7 + AHEAD, float("inf"))


@pytest.mark.parametrize(
    ("count", "well", "said"),
    [(0, True, "none"), (1, False, "1"), (12_000, False, "12,000"), (None, False, "can't be told")],
)
def test_all_is_well_only_where_it_is_known_that_there_is_nothing(
    count: int | None, well: bool, said: str
) -> None:
    finding = Finding(check=INTEGRITY, count=count)
    assert (finding.is_well, finding.how_many) == (well, said)


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (None, ""),
        (SKEW_SHOWN, ""),
        (-SKEW_SHOWN, ""),
        (SKEW_SHOWN + 1, "n1: 2.0s ahead"),
        (-90_000, "n1: 1:30 behind"),
    ],
)
def test_a_clock_is_off_by_more_than_the_monitor_shows_as_such(skew: int | None, said: str) -> None:
    assert clock_off(Node(name="n1", skew=skew)) == said


@pytest.mark.parametrize(
    ("size", "said"), [(0, ""), (LARGE_WAL, ""), (LARGE_WAL + 1, "268 MB"), (5 << 30, "5,369 MB")]
)
def test_a_write_ahead_log_may_grow_some_way_above_its_limit(size: int, said: str) -> None:
    assert wal_too_large(size) == said


@pytest.mark.parametrize(
    ("statuses", "said"), [([""], "any status"), (["ERROR", "COMPLETE"], "COMPLETE, ERROR")]
)
def test_what_stays_away_is_told_by_its_statuses(statuses: list[str], said: str) -> None:
    assert kept_away(statuses, 86_400_000, UTC) == (
        f"jobs that ended before 1970-01-02 00:00, UTC, stay away from mirrors ({said})"
    )


@pytest.mark.parametrize(
    ("sizes", "said"),
    [([], ""), ([7], "7 bytes in all"), ([9_000_000, 40_000], "9,040,000 bytes in all")],
)
def test_outputs_are_told_by_their_bytes(sizes: list[int], said: str) -> None:
    assert bytes_in_all(sizes) == said
