"""The sign of a job that goes on: overdue, gone, or beyond anything."""

from __future__ import annotations

import math
from typing import Any

import pytest

from jobwatch.model.durations import HOUR, SECOND
from jobwatch.model.insight import Sign, Usual
from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.row import JobRow
from jobwatch.model.signs import NO_SIGNS, Signs

NOW = 1_795_471_396_000
OF_ALL = Usual(p50=5 * SECOND, p95=20 * SECOND, longest=60 * SECOND, runs=200)
OF_ADA = Usual(p50=60 * SECOND, p95=90 * SECOND, longest=HOUR, runs=20)
SIGNS = Signs(
    {("csv_data_load", ""): OF_ALL, ("csv_data_load", "ada"): OF_ADA}, frozenset({"dead"})
)


def a_row(taken: float = 0, **fields: Any) -> JobRow:
    row = JobRow(
        seq=1,
        started=NOW - taken,
        id="a",
        status="IN_PROGRESS",
        type="csv_data_load",
        user="carl",
        outcome=Outcome.PENDING,
        start=NOW - taken,
        end=UNSET,
        message="",
    )
    return row._replace(**fields)


@pytest.mark.parametrize(
    ("type", "user", "usual"),
    [
        ("csv_data_load", "ada", OF_ADA),
        ("csv_data_load", "carl", OF_ALL),
        ("csv_data_load", "", OF_ALL),
        ("csv_data_load", None, OF_ALL),
        ("csv_data_load", UNSET, OF_ALL),
        ("csv_data_load", ["ada"], OF_ALL),
        ("csv_file_load", "ada", None),
        (None, "ada", None),
        (UNSET, UNSET, None),
        ({"odd": 1}, "ada", None),
    ],
)
def test_what_is_usual_is_the_users_own_where_known_else_that_of_all(
    type: object, user: object, usual: Usual | None
) -> None:
    assert SIGNS.usual_of(type, user) == usual


@pytest.mark.parametrize(
    ("row", "sign"),
    [
        (a_row(5 * SECOND), None),
        (a_row(20 * SECOND), None),
        (a_row(20 * SECOND + 1), Sign.OVERDUE),
        (a_row(20 * SECOND + 1, user="ada"), None),
        (a_row(90 * SECOND + 1, user="ada"), Sign.OVERDUE),
        (a_row(HOUR), Sign.OVERDUE),
        (a_row(HOUR + 1), Sign.BEYOND),
        (a_row(10 * HOUR, user="ada"), Sign.OVERDUE),
        (a_row(10 * HOUR + 1, user="ada"), Sign.BEYOND),
        (a_row(id="dead"), Sign.GONE),
        (a_row(HOUR + 1, id="dead"), Sign.GONE),
        (a_row(id="dead", type=UNSET, start=UNSET), Sign.GONE),
        (a_row(10**12, status="PAUSED"), Sign.BEYOND),
        # It starts in an hour, by the clock of its node.
        (a_row(-HOUR), None),
    ],
)
def test_a_job_that_goes_on_is_overdue_gone_or_beyond_anything(
    row: JobRow, sign: Sign | None
) -> None:
    assert SIGNS.of(row, NOW) is sign


@pytest.mark.parametrize(
    "row",
    [
        a_row(10**12, status="COMPLETE", outcome=Outcome.ENDED),
        a_row(10**12, status="COMPLETE", outcome=Outcome.PARTIAL),
        a_row(10**12, status="ERROR", outcome=Outcome.FAILED),
        a_row(10**12, outcome=Outcome.LOST),
        a_row(10**12, status="CREATED"),
        a_row(10**12, status="COMPLETE", outcome=Outcome.ENDED, id="dead"),
        a_row(10**12, start=None),
        a_row(10**12, start=UNSET),
        a_row(10**12, type="csv_file_load"),
        a_row(10**12, type=None),
    ],
)
def test_what_is_over_has_not_begun_or_cannot_be_compared_has_no_sign(row: JobRow) -> None:
    assert SIGNS.of(row, NOW) is None


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        (a_row(5 * SECOND), 5 * SECOND),
        (a_row(5 * SECOND, node="unknown"), 5 * SECOND),
        (a_row(5 * SECOND, node="fast"), 65 * SECOND),
        (a_row(5 * SECOND, node="slow"), -55 * SECOND),
        (a_row(0.5), 0.5),
        # By its record it has an end, and goes on all the same.
        (a_row(5 * SECOND, end=NOW), 5 * SECOND),
        (a_row(5 * SECOND, status="COMPLETE", outcome=Outcome.ENDED), None),
        (a_row(5 * SECOND, status="CREATED"), None),
        (a_row(5 * SECOND, outcome=Outcome.LOST), None),
        (a_row(start=None), None),
        (a_row(start=UNSET), None),
    ],
)
def test_a_job_has_run_until_now_by_the_clock_of_its_node(row: JobRow, taken: float | None) -> None:
    signs = SIGNS._replace(skews={"fast": 60 * SECOND, "slow": -60 * SECOND})
    assert signs.taken(row, NOW) == taken


@pytest.mark.parametrize(
    ("node", "sign"), [("", None), ("slow", None), ("fast", Sign.OVERDUE), ("hours", Sign.BEYOND)]
)
def test_the_clock_of_its_node_tells_the_sign_of_a_job(node: str, sign: Sign | None) -> None:
    signs = SIGNS._replace(skews={"fast": 1, "slow": -1, "hours": HOUR})
    assert signs.of(a_row(20 * SECOND, node=node), NOW) is sign
    assert signs.of(a_row(20 * SECOND, node=node, outcome=Outcome.LOST), NOW) is None


def test_nothing_is_beyond_a_longest_run_that_is_not_known() -> None:
    signs = Signs({("csv_data_load", ""): OF_ALL._replace(longest=math.inf)})
    assert signs.of(a_row(10**15), NOW) is Sign.OVERDUE


def test_without_any_knowledge_there_is_no_sign() -> None:
    assert NO_SIGNS.of(a_row(10**12), NOW) is None
    assert NO_SIGNS.usual_of("csv_data_load", "ada") is None
