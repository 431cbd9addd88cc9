"""What a condition asks for, told by what all the jobs that there can be fulfil."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.condition import (
    AMISS,
    EVERY,
    FAILED,
    LOST,
    And,
    Condition,
    Ended,
    Field,
    Has,
    Matches,
    Mentions,
    Not,
    Or,
    Pattern,
    Ran,
    Shows,
    Trait,
    all_of,
    ended_in,
    outcomes_of,
)
from jobwatch.model.job import Outcome
from jobwatch.model.when import TimeRange

ANY = frozenset(Outcome)
PENDING, FAILURE = frozenset({Outcome.PENDING}), frozenset({Outcome.FAILED})


class Possible(NamedTuple):
    """A job by all that the conditions of these tests depend on."""

    outcome: Outcome
    late: bool
    unending: bool
    noted: bool
    kind: bool
    """Whether its error is of a kind that is asked for."""


JOBS = [
    job
    for outcome, late, unending, noted, kind in product(Outcome, *[(False, True)] * 4)
    if (job := Possible(Outcome(outcome), bool(late), bool(unending), bool(noted), bool(kind)))
    # Only what goes on can be without an end, and only an error has a kind.
    and (not job.unending or job.outcome is Outcome.PENDING)
    and (not job.kind or job.outcome is Outcome.FAILED)
]


def holds(condition: Condition, job: Possible) -> bool:
    match condition:
        case Has(outcomes):
            return job.outcome in outcomes
        case Shows(Trait.LATE):
            return job.late
        case Shows(Trait.OVERDUE):
            return job.late and job.outcome is Outcome.PENDING
        case Shows(Trait.UNENDING):
            return job.unending
        case Shows(Trait.NOTED):
            return job.noted
        case Matches(Field.KIND):
            return job.kind
        case Not(part):
            return not holds(part, job)
        case And(parts):
            return all(holds(part, job) for part in parts)
        case Or(parts):
            return any(holds(part, job) for part in parts)
    raise AssertionError(condition)


KIND = Matches(Field.KIND, Pattern(("Table '…' does not exist",)))
leaf = st.sampled_from(
    [KIND, *map(Shows, (Trait.LATE, Trait.OVERDUE, Trait.UNENDING, Trait.NOTED))]
) | st.builds(Has, st.frozensets(st.sampled_from(Outcome)))
conditions = st.recursive(
    leaf | st.sampled_from([AMISS, LOST, FAILED, EVERY]),
    lambda part: (
        st.builds(Not, part)
        | st.builds(And, st.lists(part, max_size=3).map(tuple))
        | st.builds(Or, st.lists(part, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(conditions)
def test_no_job_that_fulfils_a_condition_is_of_another_outcome(condition: Condition) -> None:
    assert {job.outcome for job in JOBS if holds(condition, job)} <= outcomes_of(condition)


@given(st.lists(leaf, min_size=1, max_size=3))
def test_of_alternatives_each_outcome_is_one_that_a_job_can_have(parts: list[Condition]) -> None:
    condition = Or(tuple(parts))
    assert outcomes_of(condition) == {job.outcome for job in JOBS if holds(condition, job)}


@pytest.mark.parametrize(
    ("condition", "outcomes"),
    [
        (EVERY, ANY),
        (Or(()), frozenset()),
        (FAILED, {Outcome.FAILED, Outcome.LOST}),
        (LOST, {Outcome.PENDING, Outcome.LOST}),
        (AMISS, ANY - {Outcome.ENDED}),
        (Not(AMISS), ANY),
        (Shows(Trait.LATE), ANY),
        (Shows(Trait.OVERDUE), PENDING),
        (Shows(Trait.NOTED), ANY),
        (KIND, FAILURE),
        (Not(KIND), ANY),
        (Matches(Field.STATUS, Pattern(("ERROR",))), ANY),
        (Mentions(Pattern.containing("x")), ANY),
        (Ended(TimeRange(5)), ANY),
        (And((Shows(Trait.NOTED), AMISS, LOST)), {Outcome.PENDING, Outcome.LOST}),
        (And((KIND, Shows(Trait.OVERDUE))), frozenset()),
        (Or((KIND, Shows(Trait.OVERDUE))), {Outcome.FAILED, Outcome.PENDING}),
        (Or((KIND, Shows(Trait.NOTED))), ANY),
    ],
)
def test_what_can_have_come_of_a_job_is_told_by_what_is_asked_for(
    condition: Condition, outcomes: frozenset[Outcome]
) -> None:
    assert outcomes_of(condition) == outcomes


def test_what_came_to_its_end_in_a_range_went_on_in_it() -> None:
    range = TimeRange(5, 9)
    assert ended_in(range) == all_of([Ran(range), Ended(range)])
