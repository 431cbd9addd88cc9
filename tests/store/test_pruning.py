"""Pruning: what is old goes, whole and for good, and nobody has to wait for it."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jobwatch.model.job import UNSET, Job
from jobwatch.model.node import Node
from jobwatch.model.query import JobQuery
from jobwatch.model.row import Note
from jobwatch.store import stray_outputs
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connect import LogError
from jobwatch.store.floors import ANY, is_below, mirror
from jobwatch.store.job_log import JobLog
from jobwatch.store.output import output_path
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.pruning import (
    CHUNK,
    STRAYS,
    Old,
    Pruned,
    Tally,
    ended_statuses,
    lost,
    prune,
    tally,
)
from jobwatch.store.pruning_statements import SLICE
from jobwatch.store.statements import CHANGES_SINCE
from jobwatch.store.transactions import Changes
from jobwatch.store.turns import HELD, LEFT_ALONE, next_try
from jobwatch.store.values import Column

FLOOR = 100_000


def ended(id: str, end: int, status: str = "COMPLETE", **fields: Any) -> Job:
    return Job(
        id=id,
        type="load",
        status=status,
        end_datetime=end,
        **{"start_datetime": end - 1_000, **fields},
    )


def many(count: int, status: str = "COMPLETE") -> list[Job]:
    """Return jobs of one start, all of them old."""
    return [
        ended(f"{status}-{number}", 5_000, status, message="x" * 500) for number in range(count)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def log(path: Path) -> Iterator[PlainJobLog]:
    with PlainJobLog.open(path) as log:
        yield log


def left(log: PlainJobLog) -> set[str]:
    return {row.id for row in log.rows(JobQuery())}


def asked(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(path)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def whole(steps: Iterator[Pruned]) -> Pruned:
    """Take all steps, and return what was done in the end."""
    return [*steps][-1]


# What is old


def test_old_is_what_ended_before_then_whenever_it_started(log: PlainJobLog) -> None:
    log.upsert_many(
        [
            ended("before", FLOOR - 1),
            ended("long before", 10, "ERROR"),
            ended("then", FLOOR, start_datetime=5),
            ended("later", FLOOR + 1, start_datetime=5),
            ended("no end", 0).replace(end_datetime=UNSET, start_datetime=70_000),
            ended("no end, later", 0).replace(end_datetime=UNSET, start_datetime=FLOOR),
            ended("own word", 50_000, "DONE"),
        ]
    )
    done = whole(log.prune(Old(FLOOR)))
    assert done.jobs == 4
    assert left(log) == {"then", "later", "no end, later"}


def test_what_goes_on_is_never_old_nor_is_what_has_no_time(log: PlainJobLog) -> None:
    log.upsert_many(
        [
            Job(id="runs", status="IN_PROGRESS", start_datetime=5),
            Job(id="waits", status="CREATED", created_datetime=5),
            Job(id="runs in its own word", status="HALF WAY", start_datetime=5),
            Job(id="timeless", status="COMPLETE"),
        ]
    )
    assert whole(log.prune(Old(FLOOR))).jobs == 0
    assert len(left(log)) == 4


async def test_what_its_node_lost_is_old_once_that_is_long_known(
    log: PlainJobLog, path: Path
) -> None:
    runs = Job(id="-", status="IN_PROGRESS", start_datetime=5)
    async with JobLog.open(path) as other:
        await other.upsert_many([runs.replace(id="lost")], node="n1")
        await other.upsert_many([runs.replace(id="lost lately")], node="n2")
        await other.save_node(Node(name="n1", process_started=FLOOR - 1))
        await other.save_node(Node(name="n2", process_started=FLOOR))
    assert whole(log.prune(Old(FLOOR))).jobs == 1
    assert left(log) == {"lost lately"}


def test_only_those_of_the_statuses_go_whatever_their_case(log: PlainJobLog) -> None:
    log.upsert_many(
        [
            ended("upper", 5_000),
            ended("lower", 5_000, "complete"),
            ended("partial", 5_000, message="successfully loaded 9 of 12 records"),
            ended("failed", 5_000, "ERROR"),
            Job(id="number", status=7, start_datetime=5, end_datetime=6),
            Job(id="object", status={"a": 1}, start_datetime=5, end_datetime=6),
            Job(id="none", start_datetime=5, end_datetime=6),
        ]
    )
    assert whole(log.prune(Old(FLOOR, frozenset({"COMPLETE", "NEVER SEEN"})))).jobs == 3
    assert left(log) == {"failed", "number", "object", "none"}
    assert whole(log.prune(Old(FLOOR))).jobs == 4


def test_whose_process_is_gone_stays_and_is_counted_by_its_start(log: PlainJobLog) -> None:
    gone = {KEY: replace(own_process(), tick=5).to_json()}

    def runs(id: str, start: int, other: dict[str, Any]) -> Job:
        return Job(id=id, status="IN_PROGRESS", start_datetime=start, other=other)

    log.upsert_many(
        [
            runs("killed", 5, gone),
            runs("killed later", FLOOR, gone),
            runs("timeless", 0, gone),
            runs("there", 5, {KEY: own_process().to_json()}),
            ended("old", 5_000),
        ]
    )
    assert log.run(lost(Old(FLOOR))) == 1
    assert log.run(lost(Old(FLOOR, frozenset({"IN_PROGRESS"})))) == 1
    assert log.run(lost(Old(FLOOR, frozenset({"COMPLETE"})))) == 0
    assert whole(log.prune(Old(FLOOR))).jobs == 1
    assert left(log) == {"killed", "killed later", "timeless", "there"}


def test_statuses_are_known_that_jobs_ended_with(log: PlainJobLog) -> None:
    assert log.run(ended_statuses()) == set()
    log.upsert_many(
        [
            ended("old", 5_000, "Complete"),
            ended("failed", FLOOR, "ERROR"),
            Job(id="none", start_datetime=5, end_datetime=6),
            Job(id="runs", status="IN_PROGRESS", start_datetime=5),
        ]
    )
    assert log.run(ended_statuses()) == {"COMPLETE", "ERROR"}
    whole(log.prune(Old(FLOOR)))
    assert log.run(ended_statuses()) == {"ERROR"}


def test_the_tally_tells_what_would_go_and_writes_nothing(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(
        [
            ended("oldest", 5_000, "ERROR"),
            *many(2 * SLICE + 7),
            ended("newest", 50_000),
            ended("later", FLOOR),
            Job(id="none", start_datetime=6_000, end_datetime=6_001),
            Job(id="runs", status="IN_PROGRESS", start_datetime=1),
        ]
    )
    statuses: Counter[Column] = Counter({"COMPLETE": 2 * SLICE + 8, "ERROR": 1, None: 1})
    assert log.run(tally(Old(FLOOR))) == Tally(statuses, 4_000, 49_000)
    errors = Old(FLOOR, frozenset({"ERROR"}))
    assert log.run(tally(errors)) == Tally(Counter({"ERROR": 1}), 4_000, 4_000)
    assert log.run(tally(Old(5))) == Tally(Counter(), None, None)
    assert asked(path, "SELECT * FROM floors") == []
    assert whole(log.prune(Old(FLOOR))).jobs == 2 * SLICE + 10
    assert left(log) == {"later", "runs"}


# How it goes


def test_notes_and_kept_output_go_with_their_jobs(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([ended("old", 5_000), ended("odd\0/../id", 5_000), ended("new", FLOOR)])
    log.set_notes(dict.fromkeys(("old", "odd\0/../id", "new"), Note(1, "known")))
    for id in ("odd\0/../id", "new"):
        output = output_path(path, id)
        output.parent.mkdir(exist_ok=True)
        output.write_text("what it said")
    done = whole(log.prune(Old(FLOOR)))
    assert (done.jobs, done.outputs_left) == (2, 0)
    assert asked(path, "SELECT id FROM notes") == [("new",)]
    assert [*output_path(path, "new").parent.iterdir()] == [output_path(path, "new")]


def test_output_that_can_not_be_deleted_is_counted_and_ends_nothing(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many([ended("a", 5_000), ended("b", 5_000)])
    output_path(path, "a").mkdir(parents=True)
    done = whole(log.prune(Old(FLOOR)))
    assert (done.jobs, done.outputs_left) == (2, 1)


def test_what_is_broken_off_leaves_no_output_without_a_job(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([ended("a", 5_000)])
    output = output_path(path, "a")
    output.parent.mkdir()
    output.write_text("what it said")
    log._rows("CREATE TRIGGER stop BEFORE DELETE ON jobs BEGIN SELECT RAISE(ABORT, 'stop'); END")
    with pytest.raises(LogError):
        whole(log.prune(Old(FLOOR)))
    assert left(log) == {"a"}
    assert not output.exists()


def test_readers_are_told_from_where_on_the_log_changed(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([ended("new", 200_000), ended("old", 9_000), ended("older", 7_000)])
    [(generation, *_)] = asked(path, CHANGES_SINCE.replace("?1", "0"))
    whole(log.prune(Old(FLOOR)))
    [(now, _, reordered, changed)] = asked(path, CHANGES_SINCE.replace("?1", str(generation)))
    assert now > generation
    assert (reordered, changed) == (6_000, 6_000)


class Clock:
    """A clock on which each look takes as long as the log may be held, and its naps."""

    def __init__(self, nap: Callable[[], object] = int) -> None:
        self.now = 0.0
        self.naps: list[float] = []
        self._nap = nap

    def __call__(self) -> float:
        self.now += HELD
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self._nap()


def test_the_log_is_held_for_a_moment_and_left_alone_until_the_next_try_of_who_waits(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many(many(3 * CHUNK + 1))
    clock = Clock()
    steps = prune(path, log.run, log._write, Old(FLOOR), clock=clock, sleep=clock.sleep)
    counts = [step.jobs for step in steps]
    assert counts[:4] == [CHUNK, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 1]
    held = 2 * HELD  # it looks at the clock once more behind the first chunk
    assert clock.naps[:3] == [pytest.approx(next_try(held))] * 3


def test_where_others_write_the_log_is_left_alone_for_longer_than_it_was_held(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many(many(4 * CHUNK))
    with PlainJobLog.open(path) as other:
        ends = count(FLOOR)
        clock = Clock(lambda: other.upsert_many([ended("new", next(ends))]))
        steps = prune(path, log.run, log._write, Old(FLOOR), clock=clock, sleep=clock.sleep)
        assert whole(steps).jobs == 4 * CHUNK
    # The first one has written by the time of the second turn.
    assert clock.naps[0] == pytest.approx(next_try(2 * HELD))
    assert clock.naps[1:3] == [pytest.approx(LEFT_ALONE * 2 * HELD)] * 2


def test_as_much_goes_at_once_as_time_allows(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(many(10 * CHUNK))
    steps = prune(path, log.run, log._write, Old(FLOOR), clock=lambda: 0.0, sleep=lambda _: None)
    assert next(steps).jobs == 10 * CHUNK


def test_others_write_between_any_two_steps(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(many(SLICE + 1))
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    written = 0
    for _ in log.prune(Old(FLOOR)):
        other.execute("INSERT INTO notes (id, at, note) VALUES (?, 1, 'x')", (f"note-{written}",))
        written += 1
    other.close()
    assert written > 2
    assert asked(path, "SELECT count(*) FROM notes") == [(written,)]


def test_a_job_that_was_written_anew_meanwhile_stays(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(many(2 * CHUNK))
    clock = iter(range(99)).__next__  # no time is left for a second chunk
    steps = prune(path, log.run, log._write, Old(FLOOR), clock=clock, sleep=lambda _: None)
    assert next(steps).jobs == CHUNK
    with PlainJobLog.open(path) as other:
        kept = sorted(left(other))
        goes_on = Job(id=kept[0], status="IN_PROGRESS", updatedtime=9e12)
        other.upsert_many([ended(kept[0], 5_000, updatedtime=1)])
        other.upsert_many([goes_on, ended(kept[1], FLOOR)])
    assert whole(steps).jobs == 2 * CHUNK - 2
    assert left(log) == {kept[0], kept[1]}


def test_who_stops_early_leaves_a_sound_log_without_what_is_deleted(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many(many(3 * SLICE))
    steps = log.prune(Old(FLOOR))
    done = next(steps)
    steps.close()  # type: ignore[attr-defined]  # it is a generator
    assert 0 < done.jobs <= SLICE
    assert len(left(log)) == 3 * SLICE - done.jobs
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    # All of them started then: only what ended before has gone for sure.
    assert (done.floor, {*done.statuses}) == (4_000, {ANY})
    assert asked(path, "SELECT * FROM floors") == [(ANY, 4_000)]


# Kept output without a job


def keep(path: Path, id: str, text: str = "what it said", at: float = 50.0) -> Path:
    """Keep an output that was last written at a time (epoch seconds)."""
    output = output_path(path, id)
    output.parent.mkdir(exist_ok=True)
    output.write_text(text)
    os.utime(output, (at, at))
    return output


def test_old_output_without_a_job_goes_and_no_other(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([Job(id="runs", status="IN_PROGRESS", start_datetime=5), ended("new", FLOOR)])
    kept = [keep(path, "runs"), keep(path, "new"), keep(path, "lately", at=100.0)]
    strays = [keep(path, "gone"), keep(path, "gone too", "12345")]
    strays[1].rename(strays[1].with_name("gone.too.log"))
    others = [output_path(path, "x").with_name(name) for name in ("notes", "a b.log", ".log")]
    others += [keep(path, "odd\0/../id"), output_path(path, "linked"), output_path(path, "folder")]
    for other in others[:3]:
        other.write_text("no output")
        os.utime(other, (50, 50))
    others[4].symlink_to(kept[0])
    others[5].mkdir()
    for other in others[4:]:
        os.utime(other, (50, 50), follow_symlinks=False)
    done = whole(log.prune(Old(FLOOR)))
    assert (done.jobs, done.strays, done.outputs_left) == (0, 2, 0)
    assert done.given_back >= len("what it said") + 5
    assert {*kept[0].parent.iterdir()} == {*kept, *others}
    assert done.floor is None


def test_outputs_without_a_job_stay_where_statuses_are_given(log: PlainJobLog, path: Path) -> None:
    stray = keep(path, "gone")
    assert whole(log.prune(Old(FLOOR, frozenset({"COMPLETE"})))).strays == 0
    assert stray.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who writes a file")
def test_output_that_is_being_written_stays_however_long_nothing_comes(
    log: PlainJobLog, path: Path
) -> None:
    output = keep(path, "silent")
    with output.open("a"):
        assert whole(log.prune(Old(FLOOR))).strays == 0
    assert whole(log.prune(Old(FLOOR))).strays == 1


def test_an_output_whose_job_comes_meanwhile_stays(log: PlainJobLog, path: Path) -> None:
    outputs = [keep(path, f"{n:03}") for n in range(STRAYS + 2)]
    steps = log.prune(Old(FLOOR))
    first = next(steps)
    left_over = {output for output in outputs if output.exists()}
    assert (first.strays, len(left_over)) == (STRAYS, 2)
    comes = min(left_over)
    log.upsert_many([Job(id=comes.stem, status="IN_PROGRESS", start_datetime=5)])
    assert whole(steps).strays == STRAYS + 1
    assert [*outputs[0].parent.iterdir()] == [comes]


def test_many_outputs_are_looked_up_in_parts(
    log: PlainJobLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stray_outputs, "AT_ONCE", 2)
    log.upsert_many([Job(id="3", status="IN_PROGRESS", start_datetime=5)])
    for n in range(7):
        keep(path, f"{n}")
    assert whole(log.prune(Old(FLOOR))).strays == 6


# The space


def test_the_space_is_given_back(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(many(3 * SLICE))
    log.upsert_many([ended("new", FLOOR)])
    log._rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    done = whole(log.prune(Old(FLOOR)))
    assert path.stat().st_size == before - done.given_back
    assert path.stat().st_size < before / 4
    assert done.kept_free == 0
    assert asked(path, "PRAGMA freelist_count") == [(0,)]
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    assert log._rows("PRAGMA busy_timeout") != [(0,)]


def test_a_reader_that_goes_on_is_not_waited_for_and_keeps_the_space(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many(many(SLICE))
    log._rows("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM jobs").fetchall()
    done = whole(log.prune(Old(FLOOR)))
    assert done.jobs == SLICE
    assert (done.given_back, path.stat().st_size) == (0, size)
    assert done.held_back > size / 2
    assert reader.execute("SELECT count(*) FROM jobs").fetchall() == [(SLICE,)]
    reader.close()
    then = whole(log.prune(Old(FLOOR)))
    assert then == Pruned(given_back=done.held_back)
    assert path.stat().st_size == size - done.held_back


def test_where_nothing_is_old_free_space_is_given_back_all_the_same(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many(many(SLICE))
    log._rows("DELETE FROM jobs")
    log._rows("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    done = whole(log.prune(Old(FLOOR)))
    assert done == Pruned(given_back=done.given_back)
    assert done.given_back > size / 2
    assert path.stat().st_size == size - done.given_back


def test_what_was_just_written_is_counted_with_the_file(log: PlainJobLog, path: Path) -> None:
    log.upsert_many(many(SLICE))
    done = whole(log.prune(Old(FLOOR)))
    assert done.given_back > 500 * SLICE
    assert done.held_back == 0


def test_a_file_that_can_not_shrink_keeps_the_space_for_new_jobs(tmp_path: Path) -> None:
    path = tmp_path / "made elsewhere.db"
    with PlainJobLog.open(path):
        pass
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA auto_vacuum = NONE")
    connection.execute("VACUUM")
    connection.close()
    with PlainJobLog.open(path) as log:
        log.upsert_many(many(SLICE))
        size = path.stat().st_size
        done = whole(log.prune(Old(FLOOR)))
    assert done.jobs == SLICE
    assert done.given_back == 0
    assert done.kept_free > 500 * SLICE
    assert path.stat().st_size >= size


# Floors


@pytest.mark.parametrize("statuses", [set[str](), {"ERROR", "COMPLETE"}, {"COMPLET"}])
def test_where_nothing_is_old_there_is_no_floor(
    log: PlainJobLog, path: Path, statuses: set[str]
) -> None:
    log.upsert_many([ended("a", FLOOR), ended("b", FLOOR, "error")])
    done = whole(log.prune(Old(FLOOR, frozenset(statuses))))
    assert (done.floor, {*done.statuses}) == (None, set())
    assert asked(path, "SELECT * FROM floors") == []


def test_only_what_was_pruned_gets_a_floor(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([ended("a", 5_000, "Error"), ended("b", FLOOR), ended("c", 5_000, "DONE")])
    done = whole(log.prune(Old(FLOOR, frozenset({"ERROR", "COMPLETE", "NEVER SEEN"}))))
    assert (done.floor, {*done.statuses}) == (FLOOR, {"ERROR"})
    assert asked(path, "SELECT * FROM floors") == [("ERROR", FLOOR)]
    assert left(log) == {"b", "c"}


def test_a_floor_rises_with_what_goes_and_never_beyond_it(log: PlainJobLog, path: Path) -> None:
    log.upsert_many([ended(f"{n}", 2_000 + 10 * n) for n in range(3 * CHUNK)])
    clock = Clock()  # no time is left for a second chunk
    steps = prune(path, log.run, log._write, Old(FLOOR), clock=clock, sleep=clock.sleep)
    for number, done in enumerate(steps, 1):
        floors: dict[str, int] = dict(asked(path, "SELECT * FROM floors"))
        assert floors == {ANY: done.floor}
        if number > 3:
            break
        kept = [log.get_job(id) for id in left(log)]
        assert not any(is_below(floors, job, None) for job in kept if job is not None)
        assert floors[ANY] == 1_000 + 10 * (number * CHUNK - 1)
    assert whole(steps).floor == FLOOR
    assert asked(path, "SELECT * FROM floors") == [(ANY, FLOOR)]


def test_what_is_left_when_pruning_is_broken_off_comes_by_a_mirror(
    log: PlainJobLog, path: Path
) -> None:
    log.upsert_many([ended(f"{n}", 2_000 + 10 * n) for n in range(3 * CHUNK)])
    clock = Clock()
    next(prune(path, log.run, log._write, Old(FLOOR), clock=clock, sleep=clock.sleep))
    older, newer = ended("older", 900), ended("newer", 50_000)
    assert log._write(mirror([older, newer], "n1")) == Changes(1, 0, 0)
    assert log.get_job("newer") == newer


def test_a_floor_never_sinks(log: PlainJobLog, path: Path) -> None:
    for before in (FLOOR, 50, FLOOR + 5, 70):
        log.upsert_many([ended("a", 40, start_datetime=10)])
        whole(log.prune(Old(before)))
    assert asked(path, "SELECT * FROM floors") == [(ANY, FLOOR + 5)]


@pytest.mark.parametrize(
    ("floors", "expected"),
    [
        ({}, False),
        ({ANY: 5_001}, True),
        ({ANY: 5_000}, False),
        ({"COMPLETE": 5_001}, True),
        ({"ERROR": 5_001}, False),
        ({ANY: 10, "COMPLETE": 5_001}, True),
        ({ANY: 5_001, "COMPLETE": 10}, True),
    ],
)
@pytest.mark.parametrize("status", ["COMPLETE", "Complete"])
def test_a_job_is_below_the_higher_of_its_floors(
    floors: dict[str, int], expected: bool, status: str
) -> None:
    assert is_below(floors, ended("a", 5_000, status), None) is expected


@pytest.mark.parametrize(
    "job",
    [
        Job(id="timeless", status="COMPLETE"),
        Job(id="runs", status="IN_PROGRESS", start_datetime=5),
        Job(id="waits", status="CREATED", created_datetime=5),
        Job(id="ended before it began", status="ERROR", start_datetime=FLOOR, end_datetime=5),
        Job(id="goes on without a start", status="IN_PROGRESS"),
    ],
)
def test_what_pruning_leaves_is_not_below_the_floor(job: Job, log: PlainJobLog) -> None:
    assert not is_below({ANY: FLOOR}, job, None)
    log.upsert_many([job])
    assert whole(log.prune(Old(FLOOR))).jobs == 0


@pytest.mark.parametrize(("process_started", "expected"), [(FLOOR, True), (9e9, True), (5, False)])
def test_what_its_node_lost_stays_away_however_often_that_is_started_anew(
    process_started: int, expected: bool
) -> None:
    runs = Job(id="runs", status="IN_PROGRESS", start_datetime=5_000)
    assert is_below({ANY: FLOOR}, runs, process_started) is expected
    assert not is_below({ANY: 5_000}, runs, process_started)


async def test_a_mirror_brings_all_but_what_was_pruned(log: PlainJobLog, path: Path) -> None:
    old, new = ended("old", 5_000), ended("new", FLOOR)
    failed = ended("failed", 5_000, "ERROR")
    runs = Job(id="runs", status="IN_PROGRESS", start_datetime=5)
    log.upsert_many([old, failed])
    whole(log.prune(Old(FLOOR, frozenset({"COMPLETE"}))))
    async with JobLog.open(path) as other:
        told = [old, new, failed.replace(message="no"), runs]
        assert await other.mirror(told, node="n1") == Changes(2, 1, 0)
        assert await other.origin("failed") == await other.origin("new")
    assert left(log) == {"new", "failed", "runs"}


async def test_what_was_imported_by_hand_is_there_and_a_mirror_goes_on_with_it(
    log: PlainJobLog, path: Path
) -> None:
    old = ended("old", 5_000)
    log.upsert_many([old])
    whole(log.prune(Old(FLOOR)))
    async with JobLog.open(path) as other:
        assert await other.mirror([old], node="n1") == Changes()
        assert log.upsert_many([old], node="n1") == Changes(1, 0, 0)
        assert await other.mirror([old.replace(message="ok")], node="n1") == Changes(0, 1, 0)
    assert log.get_job("old") == old.replace(message="ok")
