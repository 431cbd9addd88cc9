"""Waiting for jobs of a log: what is noticed, and when; on a clock that only sleeping moves."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jobwatch.model.job import Job
from jobwatch.model.known import Known
from jobwatch.model.node import Origin
from jobwatch.model.row import Note
from jobwatch.model.waiting import UnknownJobsError, Waiting, WaitStatus
from jobwatch.store import transactions
from jobwatch.store import waiting as waiting_module
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connect import LogError
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.plain_steps import write_once
from jobwatch.store.waiting import GONE_EVERY, LOOK_EVERY, wait_on_log

START = 1_795_392_000_000  # 2026-11-23T00:00Z
LIVING = own_process().to_json()
GONE = replace(own_process(), tick=5).to_json()


def job(id: str, status: str = "IN_PROGRESS", **fields: Any) -> Job:
    return Job(id=id, type="load", status=status, start_datetime=START, **fields)


def put(path: Path, *jobs: Job, node: str | None = None) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs, node=node)


def end(path: Path, id: str, status: str = "COMPLETE") -> Callable[[], None]:
    return lambda: put(path, job(id, status, end_datetime=START + 5))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    put(path, job("a"), job("b"), job("c"))
    return path


class Wait:
    """A wait whose sleeps take no time, and in which one thing happens after the other.

    `happen` has what happens in each sleep; when nothing more does, only time goes by.
    """

    def __init__(self, path: Path, *ids: str, needed: int | None = None) -> None:
        self.waiting = Waiting(ids, needed=needed)
        self.told: list[tuple[str, WaitStatus]] = []
        self.said: list[str] = []
        self.now = 1_000.0
        self.slept: list[float] = []
        self._path = path
        self._happen: list[Callable[[], object]] = []

    def run(self, *happen: Callable[[], object], timeout: float = 60.0) -> WaitStatus:
        self._happen = list(happen)
        wait_on_log(
            self._path,
            self.waiting,
            timeout=timeout,
            tell=lambda ended: self.told.append((ended.job.id, ended.status)),
            say=self.said.append,
            clock=lambda: self.now,
            sleep=self._sleep,
        )
        return self.waiting.status

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self._happen:
            self._happen.pop(0)()


def idle() -> None:
    """Let time go by."""


def test_what_has_ended_before_is_told_at_once(path: Path) -> None:
    put(path, job("a", "COMPLETE", end_datetime=START + 5))
    wait = Wait(path, "a")
    assert wait.run() is WaitStatus.COMPLETE
    assert (wait.told, wait.slept) == ([("a", WaitStatus.COMPLETE)], [])


def test_each_is_told_when_it_ends_and_all_must_have_ended(path: Path) -> None:
    wait = Wait(path, "a", "b")
    said: list[Sequence[object]] = []

    def look_at_told() -> None:
        said.append(tuple(wait.told))

    happen = (end(path, "b", "ERROR"), look_at_told, idle, end(path, "a"))
    assert wait.run(*happen) is WaitStatus.FAILED
    assert said == [(("b", WaitStatus.FAILED),)]
    assert wait.told == [("b", WaitStatus.FAILED), ("a", WaitStatus.COMPLETE)]
    assert wait.slept == [LOOK_EVERY] * 4


def test_where_one_will_do_those_that_end_between_two_looks_decide(path: Path) -> None:
    wait = Wait(path, "a", "b", "c", needed=1)

    def end_two() -> None:
        end(path, "a")()
        end(path, "c", "ERROR")()

    assert wait.run(idle, end_two) is WaitStatus.FAILED
    assert wait.told == [("a", WaitStatus.COMPLETE), ("c", WaitStatus.FAILED)]
    assert wait.waiting.left == ("b",)


def test_jobs_are_read_only_when_the_log_has_moved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Sequence[str]] = []
    find_jobs = PlainJobLog.find_jobs

    def counted(self: PlainJobLog, ids: Sequence[str]) -> dict[str, Job]:
        reads.append(ids)
        return find_jobs(self, ids)

    monkeypatch.setattr(PlainJobLog, "find_jobs", counted)
    wait = Wait(path, "a", "b")
    wait.run(*[idle] * 20, lambda: put(path, job("other")), *[idle] * 20, timeout=10)
    assert reads == [("a", "b")] * 2


# Time


def test_when_the_time_is_over_it_looks_once_more_and_no_later(path: Path) -> None:
    wait = Wait(path, "a")
    assert wait.run(timeout=0.5) is WaitStatus.TIMEOUT
    assert wait.now == 1_000.5
    assert wait.slept == [LOOK_EVERY, LOOK_EVERY, pytest.approx(0.1)]
    late = Wait(path, "a")
    assert late.run(idle, idle, end(path, "a"), timeout=0.5) is WaitStatus.COMPLETE


def test_no_time_at_all_looks_once(path: Path) -> None:
    put(path, job("b", "COMPLETE"))
    wait = Wait(path, "a", "b")
    assert wait.run(timeout=0) is WaitStatus.TIMEOUT
    assert wait.told == [("b", WaitStatus.COMPLETE)]
    assert wait.slept == []


def test_without_a_limit_it_goes_on_until_the_end(path: Path) -> None:
    wait = Wait(path, "a")
    assert wait.run(*[idle] * 500, end(path, "a"), timeout=inf) is WaitStatus.COMPLETE
    assert len(wait.slept) == 501


# What is lost


def test_what_its_node_lost_is_lost_then_and_from_the_beginning(path: Path) -> None:
    put(path, job("d"), job("e"), node="n1")

    def lose(id: str) -> None:
        with PlainJobLog.open(path) as log:
            log.mark_lost({id: START + 60_000})

    lose("e")
    wait = Wait(path, "d", "e")
    assert wait.run(idle, lambda: lose("d")) is WaitStatus.LOST
    assert wait.told == [("e", WaitStatus.LOST), ("d", WaitStatus.LOST)]


def test_a_process_that_ends_is_seen_though_the_log_says_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(path, job("d", other={KEY: LIVING}))
    there = True
    monkeypatch.setattr(waiting_module, "is_gone", lambda process: not there)

    def die() -> None:
        nonlocal there
        there = False

    wait = Wait(path, "a", "d", needed=1)
    assert wait.run(idle, idle, die) is WaitStatus.LOST
    assert wait.told == [("d", WaitStatus.LOST)]
    assert wait.now - 1_000 <= GONE_EVERY + LOOK_EVERY


def test_a_process_that_ends_its_job_before_itself_has_lost_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(path, job("d", other={KEY: GONE}))

    def ends_its_job_and_itself(process: object) -> bool:
        put(path, job("d", "COMPLETE", end_datetime=START + 5, other={KEY: GONE}))
        return True

    monkeypatch.setattr(waiting_module, "is_gone", ends_its_job_and_itself)
    wait = Wait(path, "d")
    assert wait.run() is WaitStatus.COMPLETE
    assert wait.told == [("d", WaitStatus.COMPLETE)]


def test_of_a_job_that_ended_no_process_is_looked_at(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_module, "is_gone", lambda process: True)
    put(path, job("d", "COMPLETE", other={KEY: LIVING}), job("e", "CREATED", other={KEY: LIVING}))
    wait = Wait(path, "d", "e")
    assert wait.run(timeout=5) is WaitStatus.TIMEOUT
    assert wait.told == [("d", WaitStatus.COMPLETE)]


def test_it_is_told_where_a_job_is_from_and_why_it_is_lost(path: Path) -> None:
    put(path, job("d", "COMPLETE"), node="n1")
    put(path, job("e", other={KEY: GONE}))
    with PlainJobLog.open(path) as log:
        log.set_notes({"d": Note(START, "seen")})
    found: dict[str, Known] = {}
    said: list[str] = []
    wait_on_log(
        path,
        Waiting(["d", "e"]),
        timeout=0,
        tell=lambda ended: found.update({ended.job.id: ended.known}),
        say=said.append,
    )
    assert found["d"].origin == Origin("n1")
    assert found["d"].note == Note(START, "seen")
    assert found["e"].why == (
        f"the process that ran it (pid {os.getpid()} on {own_process().host}) is gone"
    )


# What isn't there


def test_what_the_log_does_not_have_is_said_at_once_with_every_id(path: Path) -> None:
    wait = Wait(path, "x", "a", "y")
    with pytest.raises(UnknownJobsError) as error:
        wait.run()
    assert error.value.ids == ("x", "y")
    assert wait.slept == []


def test_a_job_that_is_deleted_meanwhile_is_unknown(path: Path) -> None:
    def delete() -> None:
        write_once(path, transactions.delete(["b"]))

    wait = Wait(path, "a", "b")
    with pytest.raises(UnknownJobsError) as error:
        wait.run(end(path, "a"), delete)
    assert error.value.ids == ("b",)
    assert wait.told == [("a", WaitStatus.COMPLETE)]


def test_a_log_that_takes_the_place_of_another_is_read_from_then_on(
    path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    put(other, job("a"))
    wait = Wait(path, "a")
    happen = (idle, lambda: os.replace(other, path), idle, end(path, "a"))
    assert wait.run(*happen) is WaitStatus.COMPLETE
    assert wait.said == [
        f"{path} was replaced by another file; going on with what is there now",
    ]


def test_a_log_that_is_away_for_a_while_is_waited_for(path: Path, tmp_path: Path) -> None:
    away = tmp_path / "away.db"
    wait = Wait(path, "a", "b")

    happen = (
        end(path, "b"),
        lambda: path.rename(away),
        *[idle] * 9,
        lambda: away.rename(path),
        idle,
        end(path, "a"),
    )
    assert wait.run(*happen) is WaitStatus.COMPLETE
    assert wait.told == [("b", WaitStatus.COMPLETE), ("a", WaitStatus.COMPLETE)]
    assert wait.said == [
        f"there is no job log at {path}; it is tried again until it can be read",
        f"{path} is back; going on with what is there now",
    ]


def test_a_log_that_is_away_to_the_end_takes_all_of_the_time(path: Path) -> None:
    wait = Wait(path, "a")
    assert wait.run(idle, path.unlink, timeout=5) is WaitStatus.TIMEOUT
    assert wait.now == 1_005
    assert len(wait.said) == 1
    assert not path.exists()


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.db"
    with pytest.raises(LogError, match="there is no job log at"):
        Wait(path, "a").run()
    assert not path.exists()
