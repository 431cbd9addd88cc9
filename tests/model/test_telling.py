"""What is watched, and what is said of jobs that ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobwatch.model.condition import (
    FAILED,
    Condition,
    Ended,
    Ran,
    Shows,
    Trait,
    conjuncts,
)
from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, Sort, SortKey, View, unending
from jobwatch.model.row import JobRow
from jobwatch.model.telling import (
    LONGEST,
    Event,
    Watch,
    as_lost,
    endings,
    job_name,
    summary,
    watchable,
)
from jobwatch.model.when import UTC, TimeRange

STATUS = {
    Outcome.PENDING: "IN_PROGRESS",
    Outcome.ENDED: "COMPLETE",
    Outcome.PARTIAL: "COMPLETE",
    Outcome.FAILED: "ERROR",
    Outcome.LOST: "IN_PROGRESS",
}


def a_row(outcome: Outcome = Outcome.ENDED, **fields: Any) -> JobRow:
    return JobRow(
        seq=1,
        started=1_000,
        id="59f9",
        status=STATUS[outcome],
        type="csv_data_load",
        user="ada",
        outcome=outcome,
        start=1_000,
        end=UNSET,
        message="",
        over=None if outcome is Outcome.PENDING else 2_000,
    )._replace(**fields)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event.ENDED, {Outcome.ENDED, Outcome.PARTIAL, Outcome.FAILED, Outcome.LOST}),
        (Event.FAILED, {Outcome.FAILED, Outcome.LOST}),
    ],
)
def test_a_watch_tells_of_the_outcomes_of_its_event(event: Event, told: set[Outcome]) -> None:
    watch = Watch("59f9", event)
    assert {outcome for outcome in Outcome if watch.tells(a_row(outcome))} == told


@pytest.mark.parametrize("view", list(View))
def test_a_view_is_watched_through_the_query_that_finds_its_jobs_when_they_have_ended(
    view: View,
) -> None:
    query = JobQuery(
        view=view, range=TimeRange(1, 2), node="n1", sort=Sort(SortKey.USER), as_of=1_000
    )
    assert watchable(query) == JobQuery(range=TimeRange(1, 2), node="n1")


def where(text: str) -> JobQuery:
    return JobQuery(where=parse_query(text, now=0, zone=UTC))


@pytest.mark.parametrize("text", ["is:running", "status:in_progress", "status:running"])
def test_what_asks_for_running_jobs_alone_does_not_hide_the_ended_ones(text: str) -> None:
    assert watchable(where(text)).where == where("").where
    assert watchable(where(f"{text} type:csv_*")).where == where("type:csv_*").where


@pytest.mark.parametrize("text", ["is:ended", "type:csv_*", "-is:running", "is:running,failed"])
def test_what_ended_jobs_can_fulfil_stays(text: str) -> None:
    assert watchable(where(text)).where == where(text).where


@pytest.mark.parametrize(("event", "more"), [(Event.ENDED, []), (Event.FAILED, [FAILED])])
def test_of_a_watched_query_only_the_jobs_are_asked_for_that_came_to_the_event_since(
    event: Event, more: list[Condition]
) -> None:
    query, since = where("type:csv_*"), TimeRange(1_000, None)
    asked = endings(query, event, 1_000)
    assert set(conjuncts(asked.where)) == {query.where, Ran(since), Ended(since), *more}


def test_of_a_watched_query_those_that_go_on_are_asked_for_whose_end_nobody_can_expect() -> None:
    query = replace(where("type:csv_*"), node="n1")
    asked = unending(query)
    assert (asked.view, asked.node) == (View.RUNNING, "n1")
    assert set(conjuncts(asked.where)) == {query.where, Shows(Trait.UNENDING)}


@pytest.mark.parametrize("event", list(Event))
def test_what_is_lost_by_its_signs_is_told_as_lost(event: Event) -> None:
    row = as_lost(a_row(Outcome.PENDING))
    assert Watch("59f9", event).tells(row)
    assert summary([row]) == "csv_data_load by ada: lost"
    assert summary([row, a_row()]) == "2 jobs ended: 1 complete, 1 lost – csv_data_load by ada"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (a_row(), "csv_data_load by ada: complete"),
        (
            a_row(Outcome.FAILED, message="no\n such file"),
            "csv_data_load by ada: failed – no  such file",
        ),
        (a_row(Outcome.FAILED, status="COMPLETE"), "csv_data_load by ada: failed"),
        (a_row(Outcome.LOST, user=None), "csv_data_load: lost"),
        (a_row(Outcome.PARTIAL, type=7, user=""), "job 59f9: partial"),
        (a_row(status="STOPPED", type=UNSET), "job 59f9 by ada: stopped"),
    ],
)
def test_one_job_is_said_with_its_message(row: JobRow, said: str) -> None:
    assert summary([row]) == said


def test_several_jobs_are_counted_by_what_came_of_them_and_what_failed_is_named_first() -> None:
    rows = [
        a_row(message="fine"),
        a_row(id="2", type="export_local", user="bob"),
        a_row(Outcome.FAILED, id="3", type="delete"),
    ]
    assert summary(rows) == (
        "3 jobs ended: 2 complete, 1 failed"
        " – delete by ada, csv_data_load by ada, export_local by bob"
    )


def test_names_are_said_once_and_beyond_three_left_out() -> None:
    rows = [a_row(id=str(n), type=f"t{n // 2}") for n in range(10)]
    assert summary(rows) == "10 jobs ended: 10 complete – t0 by ada, t1 by ada, t2 by ada …"


def test_where_there_may_be_more_it_says_so() -> None:
    assert summary([a_row()], at_least=True) == (
        "at least 1 job ended: 1 complete – csv_data_load by ada"
    )


def test_whatever_the_records_hold_it_is_one_short_clean_line() -> None:
    nasty = "\x1b]0;pwned\x07\x9c\u202e\ud800;[@click=app.quit]\n" * 40
    row = a_row(type=nasty, user=nasty, id=nasty, message=nasty, status=nasty)
    for rows in ([row], [row, a_row(Outcome.FAILED, type=nasty)]):
        said = summary(rows)
        assert len(said) <= LONGEST
        assert said.isprintable()
    assert job_name(row._replace(type=None)).isprintable()
