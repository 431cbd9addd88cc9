"""Tail: which jobs begin and end, each told once, and what is passed over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jobwatch.model.condition import Field, Measure
from jobwatch.model.job import UNSET, Job
from jobwatch.model.known import Known
from jobwatch.model.language import parse_query
from jobwatch.model.node import Node, NodeState, Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.when import UTC
from jobwatch.store import transactions
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connect import LogError
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.tail import Event, Happened, Tail

NOW = 1_795_392_000_000
RUNS = Job(id="a", type="load", user="ada", status="IN_PROGRESS", start_datetime=NOW)
ENDED = RUNS.replace(status="COMPLETE", end_datetime=NOW + 2_000, message="done")


class Followed:
    """A log that is followed, and what was told of it."""

    def __init__(self, log: PlainJobLog, text: str = "") -> None:
        query = JobQuery(text=text, where=parse_query(text, now=NOW, zone=UTC))
        self._log = log
        self._tail = Tail(query)

    def happened(self, now: int = NOW) -> list[Happened]:
        return self._log.run(self._tail.look(now))

    def look(self, now: int = NOW) -> list[tuple[str, str]]:
        return [(one.event.value, one.told[0].id) for one in self.happened(now)]

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


@pytest.mark.parametrize("was_there", [False, True])
def test_one_that_began_and_ended_between_two_looks_is_told_twice(
    log: PlainJobLog, was_there: bool
) -> None:
    followed = Followed(log)
    followed.look()
    if was_there:
        log.upsert_many([Job(id="a", status="CREATED", created_datetime=NOW)])
        followed.look()
    log.upsert_many([ENDED])
    [start, end] = followed.happened()
    assert (start.event, start.at, end.event, end.at) == ("started", NOW, "ended", NOW + 2_000)
    assert (start.told[0].status, start.told[0].end_datetime) == ("IN_PROGRESS", UNSET)
    assert (end.told[0].status, end.told[0].message) == ("COMPLETE", "done")
    assert followed.look() == []


def test_of_a_short_job_the_start_tells_no_more_than_it_would_have_then(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    begun = RUNS.replace(job_body={"command": ["load"]}, other={KEY: {"pid": 5}, "output": "a.log"})
    over = {"progress": {"done": 5, "total": 10}, "exit_status": 3}
    ended = begun.replace(
        status="ERROR",
        end_datetime=NOW + 2_000,
        message="exit status 3: bad",
        updatedtime=NOW + 2_000,
        other=begun.other | over,
    )
    log.upsert_many([ended])
    [start, end] = followed.happened()
    assert start.told == (begun, Known())
    assert end.told[0] == ended


def test_one_that_ended_before_it_began_by_its_record_is_told_in_order_all_the_same(
    log: PlainJobLog,
) -> None:
    followed = Followed(log)
    followed.look()
    back = ENDED.replace(start_datetime=NOW + 3_000)
    log.upsert_many([back, ENDED.replace(id="b", end_datetime=NOW + 2_500)])
    assert followed.look() == [("started", "b"), ("ended", "b"), ("started", "a"), ("ended", "a")]


def test_one_that_ended_without_a_start_has_not_begun(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many([Job(id="a", status="ERROR", created_datetime=NOW, end_datetime=NOW + 5)])
    assert followed.look() == [("ended", "a")]


def test_one_that_began_before_the_first_look_and_arrives_ended_is_told_when_it_ends(
    log: PlainJobLog,
) -> None:
    followed = Followed(log)
    followed.look(NOW + 1)
    log.upsert_many([ENDED])
    assert followed.look() == [("ended", "a")]


def test_one_that_its_node_lost_between_two_looks_began_well(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many([RUNS], node="n1")
    node = Node(name="n1", url="http://n1", state=NodeState.LIVE, process_started=NOW + 60_000)
    log._write(transactions.save_node(node))
    [start, lost] = followed.happened()
    assert (start.event, start.told[1]) == (Event.STARTED, Known(Origin("n1")))
    assert (lost.event, lost.told[1].origin) == (Event.LOST, Origin("n1", NOW + 60_000))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("status:error", ["ended"]),
        ("status:in_progress", ["started"]),
        ("is:failed", ["ended"]),
        ("is:running", ["started"]),
        ("msg:no*", ["ended"]),
        ("has:end", ["ended"]),
        ("-has:end", ["started"]),
        ("kind:no", ["ended"]),
        ("type:load", ["started", "ended"]),
        ("user:bob", []),
    ],
)
def test_a_query_finds_a_short_job_as_it_stood_at_its_begin_and_at_its_end(
    log: PlainJobLog, text: str, told: list[str]
) -> None:
    followed = Followed(log, text)
    followed.look()
    log.upsert_many([ENDED.replace(status="ERROR", message="no")])
    assert followed.look() == [(event, "a") for event in told]


@pytest.mark.parametrize(
    "text",
    [
        *(f"{field.value}:x*" for field in Field),
        *(f"{measure.value}>5" for measure in Measure),
        "load",
        "is:late",
        "is:overdue",
        "is:lost",
        "is:amiss",
        "is:noted",
        "has:start has:created has:message has:body",
        "ended:2026",
        "during:2026",
        "since:2026",
    ],
)
def test_any_query_may_be_asked_of_a_job_as_it_stood(log: PlainJobLog, text: str) -> None:
    followed = Followed(log, text)
    followed.look()
    log.upsert_many([ENDED])
    assert set(followed.look()) <= {("started", "a"), ("ended", "a")}


def test_a_look_that_fails_is_made_up_for_by_the_next(log: PlainJobLog) -> None:
    followed = Followed(log)
    followed.look()
    log.upsert_many([RUNS, ENDED.replace(id="b")])
    log._rows("ALTER TABLE notes RENAME TO away")
    with pytest.raises(LogError):
        followed.look()
    log._rows("ALTER TABLE away RENAME TO notes")
    assert followed.look() == [("started", "a"), ("started", "b"), ("ended", "b")]


def test_what_went_on_before_a_deleted_job_is_not_told_anew(log: PlainJobLog) -> None:
    log.upsert_many([RUNS, RUNS.replace(id="b")])
    followed = Followed(log)
    followed.look()
    log._write(transactions.delete(["b"]))
    assert followed.look() == []
    assert followed.look() == []


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
    assert followed.look() == [
        ("started", "late"),
        ("started", "early"),
        ("started", "first"),
        ("ended", "early"),
        ("ended", "late"),
    ]


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
