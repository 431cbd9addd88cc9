"""What an ended job comes to, and the exit status of a wait for many."""

from __future__ import annotations

from typing import Any

import pytest

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job
from jobwatch.model.known import Known
from jobwatch.model.node import Origin
from jobwatch.model.row import Note
from jobwatch.model.waiting import Ended, Waiting, WaitStatus, ended_as

NOTHING = Known()
RESTARTED = Known(Origin("n1", 7))
GONE = Known(sign=Sign.GONE, why="the process that ran it is gone")


def job(status: Any, **fields: Any) -> Job:
    return Job(id="a", status=status, start_datetime=1, **fields)


def came_to(job: Job, known: Known = NOTHING) -> WaitStatus | None:
    ended = ended_as(job, known)
    return None if ended is None else ended.status


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("successfully loaded 12 of 12 records", WaitStatus.COMPLETE),
        ("successfully loaded 9 of 12 records", WaitStatus.PARTIAL),
        ("successfully loaded 0 of 12 records", WaitStatus.FAILED),
        (None, WaitStatus.COMPLETE),
    ],
)
def test_complete_is_what_its_message_says_it_is(message: Any, status: WaitStatus) -> None:
    assert came_to(job("COMPLETE", message=message)) is status


@pytest.mark.parametrize("status", ["ERROR", "CANCELLED", "complete", 5, None])
def test_what_ended_under_another_status_did_not_complete(status: Any) -> None:
    assert came_to(job(status, end_datetime=9)) is WaitStatus.FAILED


@pytest.mark.parametrize("status", ["CREATED", "IN_PROGRESS", "PAUSED", None])
def test_a_job_goes_on_until_its_node_or_its_process_is_known_to_have_lost_it(status: Any) -> None:
    going_on = job(status)
    assert came_to(going_on) is None
    assert came_to(going_on, Known(Origin("n1"))) is None
    assert came_to(going_on, RESTARTED) is WaitStatus.LOST
    assert came_to(going_on, GONE) is WaitStatus.LOST


@pytest.mark.parametrize("sign", [Sign.BEYOND, Sign.OVERDUE])
def test_a_guess_ends_no_wait(sign: Sign) -> None:
    assert came_to(job("IN_PROGRESS"), Known(sign=sign, why="it has run for long")) is None


@pytest.mark.parametrize("known", [RESTARTED, GONE])
def test_a_record_that_ended_is_not_lost_and_keeps_what_else_is_known(known: Known) -> None:
    note = Note(5, "seen")
    ended = ended_as(job("COMPLETE"), known._replace(note=note))
    assert ended is not None
    assert ended.status is WaitStatus.COMPLETE
    assert ended.known == Known(Origin(known.origin.node), note)


def test_of_a_lost_job_it_is_told_why() -> None:
    assert ended_as(job("IN_PROGRESS"), GONE) == Ended(job("IN_PROGRESS"), GONE, WaitStatus.LOST)


# Many


def wait_for(*statuses: WaitStatus, needed: int | None = None, more: int = 0) -> Waiting:
    """Return a wait in which jobs have ended so, and some more go on."""
    ids = [f"job-{number}" for number in range(len(statuses) + more)]
    waiting = Waiting(ids, needed=needed)
    for id, status in zip(ids, statuses, strict=False):
        waiting.end(Ended(Job(id=id), NOTHING, status))
    return waiting


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((0, 0), 0),
        ((0, 3), 3),
        ((3, 4, 0), 4),
        ((4, 3, 1, 0), 1),
        ((1, 4), 1),
    ],
)
def test_the_worst_of_what_has_ended_is_the_status(statuses: tuple[int, ...], status: int) -> None:
    waiting = wait_for(*map(WaitStatus, statuses))
    assert waiting.is_over
    assert waiting.left == ()
    assert waiting.status == status


def test_while_one_goes_on_the_wait_is_not_over_however_badly_others_ended() -> None:
    waiting = wait_for(WaitStatus.FAILED, more=1)
    assert (waiting.is_over, waiting.left) == (False, ("job-1",))
    assert waiting.status is WaitStatus.TIMEOUT


def test_where_one_will_do_the_worst_of_those_that_ended_at_once_decides() -> None:
    assert wait_for(needed=1, more=2).status is WaitStatus.TIMEOUT
    assert wait_for(WaitStatus.COMPLETE, needed=1, more=2).status is WaitStatus.COMPLETE
    both = wait_for(WaitStatus.COMPLETE, WaitStatus.LOST, needed=1, more=1)
    assert (both.is_over, both.left) == (True, ("job-2",))
    assert both.status is WaitStatus.LOST


def test_a_repeated_id_counts_once() -> None:
    waiting = Waiting(["a", "b", "a"])
    assert list(waiting.left) == ["a", "b"]
    waiting.end(Ended(Job(id="a"), NOTHING, WaitStatus.COMPLETE))
    assert list(waiting.left) == ["b"]
    waiting.end(Ended(Job(id="b"), NOTHING, WaitStatus.COMPLETE))
    assert waiting.status is WaitStatus.COMPLETE
