"""Tail: which jobs begin and end, each told once, and what is passed over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jobwatch.model.job import Job
from jobwatch.model.language import parse_query
from jobwatch.model.node import Node, NodeState
from jobwatch.model.query import JobQuery
from jobwatch.model.when import UTC
from jobwatch.store import transactions
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.tail import Event, Tail

NOW = 1_795_392_000_000
RUNS = Job(id="a", type="load", user="ada", status="IN_PROGRESS", start_datetime=NOW)
ENDED = RUNS.replace(status="COMPLETE", end_datetime=NOW + 2_000, message="done")


class Followed:
    """A log that is followed, and what was told of it."""

    def __init__(self, log: PlainJobLog, text: str = "") -> None:
        query = JobQuery(text=text, where=parse_query(text, now=NOW, zone=UTC))
        self._log = log
        self._tail = Tail(query)

    def look(self, now: int = NOW) -> list[tuple[str, str]]:
        happened = self._log.run(self._tail.look(now))
        return [(one.event.value, one.told[0].id) for one in happened]

    def look_for_lost(self) -> list[tuple[str, str, str]]:
        happened = self._log.run(self._tail.look_for_lost(NOW))
        return [(one.event.value, one.told[0].id, one.told[1].why) for one in happened]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PlainJobLog]:
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        yield log


def test_a_job_is_told_when_it_begins_and_when_it_ends_and_never_again(log: PlainJobLog) -> None:
    followed = Followed(log)
    assert followed.look() == []
    log.upsert_many([Job(id="a", status="CREATED", created_datetime=NOW)])
    assert followed.look() == []
    log.upsert_many([RUNS])
    assert followed.look() == [("started", "a")]
    log.upsert_many([RUNS.replace(message="half way")])
    assert followed.look() == []
    log.upsert_many([ENDED])
    assert followed.look() == [("ended", "a")]
    assert followed.look() == []


def test_what_went_on_before_is_told_when_it_ends(log: PlainJobLog) -> None:
    log.upsert_many([RUNS])
    followed = Followed(log)
    assert followed.look() == []
    log.upsert_many([ENDED])
    assert followed.look() == [("ended", "a")]


def test_one_that_began_and_ended_between_two_looks_is_told_once(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many([ENDED])
    assert followed.look() == [("ended", "a")]


def test_a_history_that_arrives_is_passed_over(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many([ENDED.replace(start_datetime=NOW - 9_000, end_datetime=NOW - 5_000)])
    assert followed.look() == []


def test_the_query_is_asked_at_the_begin_and_at_the_end(log: PlainJobLog) -> None:
    errors, loads = Followed(log, "status:error"), Followed(log, "type:lo*")
    errors.look()
    loads.look()
    failed = ENDED.replace(id="b", type="export", status="ERROR")
    log.upsert_many([RUNS, failed.replace(status="IN_PROGRESS")])
    assert (errors.look(), loads.look()) == ([], [("started", "a")])
    log.upsert_many([ENDED, failed])
    assert (errors.look(), loads.look()) == ([("ended", "b")], [("ended", "a")])


def test_what_happened_comes_in_its_order(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many(
        [
            ENDED.replace(id="late", end_datetime=NOW + 9_000),
            RUNS.replace(id="first", start_datetime=NOW + 1),
            ENDED.replace(id="early", end_datetime=NOW + 5),
        ]
    )
    assert [id for _, id in followed.look()] == ["first", "early", "late"]


def test_a_job_that_its_node_lost_is_told_as_lost(log: PlainJobLog) -> None:
    log.upsert_many([RUNS], node="n1")
    followed = Followed(log)
    followed.look()
    node = Node(name="n1", url="http://n1", state=NodeState.LIVE, process_started=NOW + 60_000)
    log._write(transactions.save_node(node))
    assert followed.look() == [("lost", "a")]


def test_a_job_whose_process_is_gone_is_told_once(log: PlainJobLog) -> None:
    gone = replace(own_process(), tick=5).to_json()
    log.upsert_many(
        [
            RUNS.replace(other={KEY: gone}),
            RUNS.replace(id="b", other={KEY: own_process().to_json()}),
        ]
    )
    followed = Followed(log)
    followed.look()
    [(event, id, why)] = followed.look_for_lost()
    assert (event, id) == (Event.LOST, "a")
    assert "is gone" in why
    assert followed.look_for_lost() == []


def test_deleted_jobs_are_forgotten(log: PlainJobLog) -> None:
    log.upsert_many([RUNS])
    followed = Followed(log)
    followed.look()
    log._write(transactions.delete(["a"]))
    assert followed.look() == []
    log.upsert_many([RUNS.replace(id="b")])
    assert followed.look() == [("started", "b")]


def test_a_place_that_is_given_anew_between_two_looks_is_another_job(log: PlainJobLog) -> None:
    log.upsert_many([RUNS])
    followed = Followed(log)
    followed.look()
    log._write(transactions.delete(["a"]))
    log.upsert_many([RUNS.replace(id="b")])
    assert followed.look() == [("started", "b")]
