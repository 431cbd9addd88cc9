"""What came of a job, by its status and by what it said, and how that is shown."""

from __future__ import annotations

from typing import Any

import pytest

from jobwatch.model.insight import Load, Sign
from jobwatch.model.job import UNSET, Job, Outcome
from jobwatch.model.row import StateMark, state_mark

LOADED = "successfully loaded {} of {} records"


@pytest.mark.parametrize(
    ("status", "message", "outcome", "mark"),
    [
        ("CREATED", UNSET, Outcome.PENDING, ("○", "created", "created")),
        ("IN_PROGRESS", UNSET, Outcome.PENDING, ("●", "running", "running")),
        ("IN_PROGRESS", LOADED.format(9, 12), Outcome.PENDING, ("●", "running", "running")),
        ("COMPLETE", UNSET, Outcome.ENDED, ("✓", "complete", "complete")),
        ("COMPLETE", LOADED.format(12, 12), Outcome.ENDED, ("✓", "complete", "complete")),
        ("COMPLETE", LOADED.format(0, 0), Outcome.ENDED, ("✓", "complete", "complete")),
        ("COMPLETE", LOADED.format(9, 12), Outcome.PARTIAL, ("◐", "partial", "partial")),
        ("COMPLETE", {"message": LOADED.format(9, 12)}, Outcome.PARTIAL, ("◐",) + 2 * ("partial",)),
        ("COMPLETE", LOADED.format(0, 350), Outcome.FAILED, ("✗", "failed", "error")),
        ("COMPLETE", "No records found to delete", Outcome.ENDED, ("✓", "complete", "complete")),
        ("ERROR", UNSET, Outcome.FAILED, ("✗", "error", "error")),
        ("ERROR", LOADED.format(9, 12), Outcome.FAILED, ("✗", "error", "error")),
        ("ERROR", LOADED.format(12, 12), Outcome.FAILED, ("✗", "error", "error")),
        ("ARCHIVED", LOADED.format(9, 12), Outcome.PENDING, ("·", "archived", "other")),
        (None, UNSET, Outcome.PENDING, ("·", "–", "other")),
    ],
)
def test_an_outcome_is_told_by_status_and_load_and_shown_in_a_word(
    status: str | None, message: Any, outcome: Outcome, mark: tuple[str, str, str]
) -> None:
    job = Job(id="a", status=status, message=message)
    assert job.outcome is outcome
    assert state_mark(job.status, job.outcome) == StateMark(*mark)


@pytest.mark.parametrize(
    ("status", "load"),
    [("COMPLETE", Load(9, 12)), ("ERROR", None), ("IN_PROGRESS", None), ("ARCHIVED", None)],
)
def test_only_a_complete_job_says_what_it_loaded(status: str, load: Load | None) -> None:
    assert Job(id="a", status=status, message=LOADED.format(9, 12)).load == load


def test_an_unknown_status_with_an_end_is_over_whatever_it_loaded() -> None:
    job = Job(id="a", status="ARCHIVED", message=LOADED.format(0, 12), end_datetime=5)
    assert job.outcome is Outcome.ENDED


def test_a_lost_job_is_shown_so_whatever_its_status() -> None:
    for status in ("IN_PROGRESS", "PAUSED", None):
        assert state_mark(status, Outcome.LOST) == StateMark("?", "lost", "lost")


@pytest.mark.parametrize(
    ("sign", "mark"),
    [
        (None, StateMark("●", "running", "running")),
        (Sign.OVERDUE, StateMark("◷", "overdue", "overdue")),
        (Sign.GONE, StateMark("?", "lost", "lost")),
        (Sign.BEYOND, StateMark("?", "lost", "lost")),
    ],
)
def test_a_job_that_goes_on_is_shown_by_its_sign(sign: Sign | None, mark: StateMark) -> None:
    assert state_mark("IN_PROGRESS", Outcome.PENDING, sign) == mark


def test_no_two_states_are_told_apart_by_colour_alone() -> None:
    marks = {
        state_mark("CREATED", Outcome.PENDING),
        state_mark("IN_PROGRESS", Outcome.PENDING),
        state_mark("COMPLETE", Outcome.ENDED),
        state_mark("COMPLETE", Outcome.PARTIAL),
        state_mark("COMPLETE", Outcome.FAILED),
        state_mark("ERROR", Outcome.FAILED),
        state_mark("IN_PROGRESS", Outcome.LOST),
        state_mark("IN_PROGRESS", Outcome.PENDING, Sign.OVERDUE),
    }
    assert len({(mark.glyph, mark.word) for mark in marks}) == len(marks) == 8
