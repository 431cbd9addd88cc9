"""What is known of a job beside its record, and why one is lost."""

from __future__ import annotations

from typing import Any

import pytest

from jobwatch.model.durations import HOUR, MINUTE, SECOND
from jobwatch.model.insight import BEYOND_LEAST, Sign, Usual
from jobwatch.model.job import UNSET, Job
from jobwatch.model.known import Known, known_of, lost_reason, mark_of, why_lost
from jobwatch.model.node import Origin
from jobwatch.model.row import Note
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.when import UTC

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
USUAL = Usual(20 * SECOND, 62 * SECOND, HOUR + 2 * MINUTE + 3 * SECOND, 200)
SIGNS = Signs({("load", ""): USUAL}, skews={"fast": MINUTE, "slow": -MINUTE})
RUNNING = Job(id="a", type="load", status="IN_PROGRESS", start_datetime=NOW - 62 * SECOND)


def test_a_job_whose_process_is_gone_says_which_one_it_was() -> None:
    assert why_lost(Sign.GONE, 0, None, "") == "the process that ran it is gone"
    assert why_lost(Sign.GONE, None, USUAL, "pid 123 on host\x1b\n!") == (
        r"the process that ran it (pid 123 on host\x1b !) is gone"
    )


def test_a_job_that_is_beyond_anything_says_beyond_what() -> None:
    assert why_lost(Sign.BEYOND, 10 * USUAL.longest + 1, USUAL, "pid 1 on h") == (
        "it has run 10 times as long as any of its type ever did (1:02:03 at most)"
    )
    assert why_lost(Sign.BEYOND, BEYOND_LEAST, Usual(0, 0, 0, 20), "") == (
        "it has run 3,600,000 times as long as any of its type ever did (0:00 at most)"
    )


@pytest.mark.parametrize("sign", [None, Sign.OVERDUE])
def test_a_job_that_is_not_lost_has_no_reason(sign: Sign | None) -> None:
    assert why_lost(sign, HOUR, USUAL, "pid 1 on h") == ""
    assert lost_reason(Known(sign=sign), UTC) == ""


@pytest.mark.parametrize(
    ("node", "late_at"),
    [("", NOW), ("another", NOW), ("fast", NOW - MINUTE), ("slow", NOW + MINUTE)],
)
def test_a_job_has_run_since_its_start_by_the_clock_of_its_node(node: str, late_at: int) -> None:
    in_time = known_of(RUNNING, Origin(node), None, SIGNS, late_at)
    assert (in_time.sign, in_time.late) == (None, False)
    late = known_of(RUNNING, Origin(node), None, SIGNS, late_at + 1)
    assert (late.sign, late.late) == (Sign.OVERDUE, True)


@pytest.mark.parametrize("node", ["", "fast", "slow"])
def test_what_a_run_took_is_by_one_clock_whatever_that_shows(node: str) -> None:
    for took, late in ((62 * SECOND, False), (62 * SECOND + 1, True)):
        ended = RUNNING.replace(status="COMPLETE", end_datetime=NOW - 62 * SECOND + took)
        known = known_of(ended, Origin(node), None, SIGNS, NOW + HOUR)
        assert (known.sign, known.late, known.why) == (None, late, "")


def test_a_lost_job_is_lost_because_of_its_node_whatever_else_is_known() -> None:
    signs = SIGNS._replace(gone=frozenset({"a"}))
    known = known_of(RUNNING, Origin("n1", NOW), None, signs, NOW + 900 * HOUR, process="pid 1")
    assert (known.sign, known.why, known.late) == (None, "", None)
    assert mark_of(RUNNING, known).word == "lost"
    assert lost_reason(known, UTC).startswith("its node was started anew at 2026-11-23 22:03:16")


def test_the_reason_is_that_of_the_sign() -> None:
    gone = known_of(
        RUNNING, Origin(), None, Signs(gone=frozenset({"a"})), NOW, process="pid 1 on h"
    )
    assert (gone.sign, lost_reason(gone, UTC)) == (
        Sign.GONE,
        "the process that ran it (pid 1 on h) is gone",
    )
    beyond = known_of(RUNNING, Origin(), None, SIGNS, NOW + 20 * HOUR, process="pid 1 on h")
    assert (beyond.sign, lost_reason(beyond, UTC)) == (
        Sign.BEYOND,
        "it has run 19 times as long as any of its type ever did (1:02:03 at most)",
    )


@pytest.mark.parametrize(
    "fields",
    [{"start_datetime": UNSET}, {"start_datetime": None}, {"type": None}, {"type": "once"}],
)
def test_what_can_not_be_compared_is_neither_late_nor_in_time(fields: dict[str, Any]) -> None:
    note = Note(NOW, "known")
    known = known_of(RUNNING.replace(**fields), Origin("fast"), note, SIGNS, NOW + 900 * HOUR)
    assert known == Known(Origin("fast"), note)
    assert known_of(RUNNING, Origin(), None, NO_SIGNS, NOW + 900 * HOUR) == Known()
