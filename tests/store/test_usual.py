"""What is usual, late and lost, and what else the records imply, is what a scan would tell."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as altered

from jobwatch.model.formats import decode
from jobwatch.model.insight import (
    FEWEST,
    LAST_RUNS,
    OWN_RUNS,
    Sign,
    Usual,
    is_beyond,
    is_late,
    records_per_second,
    usual_of,
)
from jobwatch.model.job import UNSET, Job, Outcome
from jobwatch.model.language import parse_query
from jobwatch.model.node import Node
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.row import JobRow, Note
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store import usual
from jobwatch.store import usual_statements as sql
from jobwatch.store.alive import KEY, Process, own_process
from jobwatch.store.connection import ReadConnection
from jobwatch.store.export import jobs_found
from jobwatch.store.job_list import PAGE, JobList
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

MINUTE, HOUR = 60_000, 3_600_000
NOW = 20_000 * MINUTE

TYPES: list[Any] = ["csv_load", "export", "", "é 'quoted\"", None, UNSET, 7, {"a": 1}]
USERS: list[Any] = ["ada", "bob", "", None, UNSET, 7, ["ada"]]


class Limits(NamedTuple):
    """How many runs tell what is usual: of all at most and at least, of a user's own."""

    last: int = LAST_RUNS
    fewest: int = FEWEST
    own: int = OWN_RUNS


# What a scan tells


def length_of(job: Job) -> float | None:
    """Return how long a run took that ended well; None where it didn't, or doesn't say."""
    if job.outcome is not Outcome.ENDED:
        return None
    if not (isinstance(job.start_datetime, int) and isinstance(job.end_datetime, int)):
        return None
    took = job.end_datetime - job.start_datetime
    return took if took >= 0 else None


def lengths(jobs: Sequence[Job], type: object, user: object, last: int) -> list[float]:
    """Return the lengths, ascending, of the last runs of a type, or of a user's; "" is any user.

    The jobs are in the order of their arrival.
    """
    runs = [
        (job.started, arrival, took)
        for arrival, job in enumerate(jobs)
        if isinstance(type, str)
        and job.type == type
        and user in ("", job.user)
        and (took := length_of(job)) is not None
    ]
    return sorted(took for _, _, took in sorted(runs)[-last:])


def longest_ever(jobs: Sequence[Job], type: object, lost: Collection[str]) -> float:
    """Return the longest run of a type, whoever's it is and whatever came of it.

    It is 262,144 ms at least, and infinite where no job of the type goes on.
    """
    of_type = [job for job in jobs if job.type == type]
    over = [job for job in of_type if job.outcome is not Outcome.PENDING or job.id in lost]
    took = [
        job.end_datetime - job.start_datetime
        for job in over
        if isinstance(job.start_datetime, int) and isinstance(job.end_datetime, int)
    ]
    return inf if len(over) == len(of_type) else max(262_144, *took, 0)


def expected_usual(
    jobs: Sequence[Job], type: object, user: object, limits: Limits, lost: Collection[str] = ()
) -> Usual | None:
    own = lengths(jobs, type, user, limits.last) if isinstance(user, str) else []
    taken = own if len(own) >= limits.own else lengths(jobs, type, "", limits.last)
    known = usual_of(taken) if len(taken) >= limits.fewest else None
    return known and known._replace(longest=longest_ever(jobs, type, lost))


def expected_lengths(jobs: Sequence[Job], job: Job, limits: Limits) -> list[float]:
    """Return the lengths of the runs that began before a job, or with it and arrived before."""
    place = jobs.index(job)
    before = [
        other if (other.started, arrival) < (job.started, place) else other.replace(type=UNSET)
        for arrival, other in enumerate(jobs)
    ]
    own = lengths(before, job.type, job.user, limits.last) if isinstance(job.user, str) else []
    return own if len(own) >= limits.own else lengths(before, job.type, "", limits.last)


async def compare_usual(
    path: Path, jobs: Sequence[Job], limits: Limits, step: int = 1, lost: Collection[str] = ()
) -> None:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        signs = await reader.signs()
        for type in TYPES:
            for user in [*USERS, "nobody"]:
                wanted = expected_usual(jobs, type, user, limits, lost)
                assert signs.usual_of(type, user) == wanted, (type, user)
        for job in jobs[::step]:
            row = await reader.row(job.id)
            assert row is not None
            assert await reader.lengths_before(row) == expected_lengths(jobs, job, limits), job


# What is usual


def many_jobs(seed: int, count: int, *, types: int, users: int, without_length: float) -> list[Job]:
    random = Random(seed)
    jobs = []
    for number in range(count):
        start = random.randrange(0, 1_000) * MINUTE
        status = random.choice(["COMPLETE"] * 6 + ["DONE", "ERROR", "IN_PROGRESS", "CREATED"])
        ends = status not in ("IN_PROGRESS", "CREATED")
        end = start + random.choice([random.randrange(-3, 100), 7]) * MINUTE
        jobs.append(
            Job(
                id=f"job-{number}",
                type=random.choice(TYPES[:types]),
                user=random.choice(USERS[:users]),
                status=status,
                start_datetime=start if random.random() >= without_length else UNSET,
                created_datetime=start - 5,
                end_datetime=end if ends and random.random() >= without_length else UNSET,
                message=random.choice(["ok", "ok", "loaded 9 of 12 records"]),
            )
        )
    return jobs


def written(path: Path, jobs: Sequence[Job]) -> Path:
    """Write jobs in their order, those of some runs for a node."""
    with PlainJobLog.open(path) as log:
        for number in range(0, len(jobs), 97):
            log.upsert_many(jobs[number : number + 97], node=["n1", None, "n2"][number // 97 % 3])
    return path


@pytest.mark.parametrize(
    ("seed", "count", "types", "users"), [(1, 900, 1, 2), (2, 1_500, 2, 7), (3, 800, 8, 7)]
)
async def test_the_last_runs_tell_what_is_usual(
    tmp_path: Path, seed: int, count: int, types: int, users: int
) -> None:
    jobs = many_jobs(seed, count, types=types, users=users, without_length=0)
    assert max(len(lengths(jobs, type, "", count)) for type in TYPES[:types]) > 50
    await compare_usual(written(tmp_path / "jobs.db", jobs), jobs, Limits(), step=41)


async def test_runs_without_a_length_are_not_among_the_last(tmp_path: Path) -> None:
    jobs = many_jobs(4, 2_000, types=1, users=2, without_length=0.3)
    await compare_usual(written(tmp_path / "jobs.db", jobs), jobs, Limits(), step=97)


async def test_runs_that_lack_their_ends_do_not_hide_those_before(tmp_path: Path) -> None:
    jobs = [run(number, took=number if number < 100 else None) for number in range(400)]
    with PlainJobLog.open(tmp_path / "jobs.db") as log:
        log.upsert_many(jobs)
    await compare_usual(tmp_path / "jobs.db", jobs, Limits(), step=57)


def run(number: int, took: int | None = 1, **fields: Any) -> Job:
    start = number * MINUTE
    end = UNSET if took is None else start + took
    job = Job(id=f"run-{number}", type="csv_load", user="ada", status="COMPLETE")
    return job.replace(start_datetime=start, end_datetime=end, **fields)


@pytest.mark.parametrize("runs", [0, 4, 5, 19, 20, 21, 199, 200, 201, 400])
async def test_from_few_runs_nothing_is_claimed_and_from_many_the_last_count(
    tmp_path: Path, runs: int
) -> None:
    jobs = [run(number, took=1_000 - number) for number in range(runs)]
    jobs.append(run(500, took=None, status="IN_PROGRESS"))
    path = written(tmp_path / "jobs.db", jobs)
    async with LogReader.open(path) as reader:
        signs = await reader.signs()
        last = sorted(1_000 - number for number in range(runs)[-200:])
        expected = None
        if runs >= 5:
            half, most = (last[-(-len(last) * share // 100) - 1] for share in (50, 95))
            expected = Usual(half, most, 262_144, len(last))
        assert signs.usual_of("csv_load", "ada") == expected
        assert signs.usual_of("csv_load", "nobody") == expected
        assert signs.usual_of("export", "ada") is None


@pytest.mark.parametrize("own", [19, 20])
async def test_a_users_own_runs_count_from_twenty_on(tmp_path: Path, own: int) -> None:
    jobs = [
        *(run(number, took=5) for number in range(own)),
        *(run(number, took=90_000, user="bob") for number in range(100, 400)),
    ]
    path = written(tmp_path / "jobs.db", jobs)
    late = Job(id="late", type="csv_load", user="ada", status="ERROR")
    with PlainJobLog.open(path) as log:
        log.upsert_many([late.replace(start_datetime=500 * MINUTE, end_datetime=500 * MINUTE + 6)])
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        signs = await reader.signs()
        ada, bob = (signs.usual_of("csv_load", user) for user in ("ada", "bob"))
        assert ada is not None
        assert (ada.p50, ada.runs) == ((5, 20) if own == 20 else (90_000, 200))
        assert bob == Usual(90_000, 90_000, inf, 200)
        row = await reader.row("late")
        assert row is not None
        assert len(await reader.lengths_before(row)) == (20 if own == 20 else 200)
        found = await reader.found(asked("is:late"), 9)
        assert [row.id for row in found] == (["late"] if own == 20 else [])


async def test_runs_of_an_empty_user_are_of_no_user_in_particular(tmp_path: Path) -> None:
    jobs = [
        *(run(number, took=90_000) for number in range(30)),
        *(run(number, took=5, user="") for number in range(100, 130)),
    ]
    await compare_usual(written(tmp_path / "jobs.db", jobs), jobs, Limits())


@pytest.mark.parametrize(
    "longest",
    [
        {"status": "ERROR"},
        {"status": "COMPLETE", "message": "loaded 1 of 2 records"},
        {"status": "COMPLETE", "user": "bob"},
        {"status": "COMPLETE", "user": UNSET},
        {"status": "DONE"},
        {"status": "IN_PROGRESS", "id": "lost"},
    ],
)
@pytest.mark.parametrize(
    "going_on", [None, {"user": "ada"}, {"user": "bob"}, {"status": "CREATED"}, {"type": "export"}]
)
async def test_the_longest_run_ever_is_anybodys_whatever_came_of_it(
    tmp_path: Path, longest: dict[str, Any], going_on: dict[str, Any] | None
) -> None:
    jobs = [run(number, took=number + 1) for number in range(250)]
    jobs[3] = jobs[3].replace(**{"end_datetime": 3 * MINUTE + HOUR} | longest)
    if going_on is not None:
        jobs.append(run(300, took=None).replace(**{"status": "IN_PROGRESS"} | going_on))
    path = written(tmp_path / "jobs.db", jobs)
    with PlainJobLog.open(path) as log:
        log.mark_lost({"lost": 4 * MINUTE})
    expected = longest_ever(jobs, "csv_load", ["lost"])
    assert expected == (inf if going_on is None or "type" in going_on else HOUR)
    await compare_usual(path, jobs, Limits(), step=37, lost=["lost"])


@pytest.mark.parametrize("hours", [40, 41, 400, 401])
async def test_a_job_that_takes_long_once_a_month_is_not_called_lost(
    tmp_path: Path, hours: int
) -> None:
    # None of the runs that tell what is usual takes more than a minute.
    jobs = [run(number, took=MINUTE) for number in range(1, 600)]
    jobs.append(run(0, took=40 * HOUR, user="bob"))
    now = 600 * MINUTE + hours * HOUR
    path = written(tmp_path / "jobs.db", [*jobs, run(600, took=None, status="IN_PROGRESS")])
    async with LogReader.open(path, clock=lambda: now) as reader:
        row = await reader.row("run-600")
        job = await reader.job("run-600")
        assert row is not None
        assert job is not None
        known = await reader.known(job)
        assert known.sign is (await reader.signs()).of(row, now)
        found = {
            text: [row.id for row in await reader.found(asked(text), 9)]
            for text in ("is:lost", "is:overdue")
        }
    assert found["is:overdue"] == ["run-600"]
    # Of more than ten times the longest run, nobody can expect the end.
    assert (known.sign, known.late) == (Sign.BEYOND if hours > 400 else Sign.OVERDUE, True)
    assert found["is:lost"] == (["run-600"] if hours > 400 else [])
    why = "it has run 10 times as long as any of its type ever did (1d 16:00 at most)"
    assert known.why == (why if hours > 400 else "")


small_jobs = st.builds(
    lambda start, took, type, user, status: Job(
        id="-",
        type=type,
        user=user,
        status=status,
        start_datetime=start,
        end_datetime=UNSET if took is None or status == "IN_PROGRESS" else start + took,
    ),
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(-1, 9)),
    st.sampled_from(["csv_load", "export", None]),
    st.sampled_from(["ada", "bob", None]),
    st.sampled_from(["COMPLETE", "COMPLETE", "COMPLETE", "DONE", "ERROR", "IN_PROGRESS"]),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(small_jobs, max_size=24), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))
def test_what_is_usual_is_what_a_scan_tells_at_every_limit(
    jobs: list[Job], last: int, fewest: int, own: int
) -> None:
    numbered = [job.replace(id=f"job-{number}") for number, job in enumerate(jobs)]
    # No user's own runs are few where they count (`FEWEST` < `OWN_RUNS`).
    limits = Limits(last, min(fewest, own), own)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobwatch.store.usual.LAST_RUNS", limits.last)
        patch.setattr("jobwatch.store.usual.FEWEST", limits.fewest)
        patch.setattr("jobwatch.store.usual.OWN_RUNS", limits.own)
        patch.setattr("jobwatch.model.insight.FEWEST", limits.fewest)
        path = Path(folder) / "jobs.db"
        with PlainJobLog.open(path) as log:
            for number, job in enumerate(numbered):
                log.upsert_many([job], node=["n1", None][number % 2])
        asyncio.run(compare_usual(path, numbered, limits))


# What is found


@contextmanager
def ended_process() -> Iterator[Process]:
    """Yield a process that has ended, and whose number nobody has who started then."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=60)
    yield altered(own_process(), pid=child.pid, tick=5)


SKEWS = {"n1": 7 * MINUTE, "n2": -11 * MINUTE}
"""By how many ms the clocks of the nodes are ahead."""


class Seen(NamedTuple):
    """A job with all that a condition may depend on."""

    job: Job
    row: JobRow
    usual: Usual | None
    gone: bool

    @property
    def pending(self) -> bool:
        return self.row.outcome is Outcome.PENDING

    @property
    def taken(self) -> float | None:
        """How long it took, or goes on for (ms)."""
        start, end = self.job.start_datetime, self.job.end_datetime
        if not isinstance(start, int):
            return None
        if self.pending:
            # Its start is by the clock of its node.
            return NOW + SKEWS.get(self.row.node, 0) - start
        return end - start if isinstance(end, int) else None

    @property
    def late(self) -> bool:
        return self.usual is not None and self.taken is not None and is_late(self.taken, self.usual)

    @property
    def overdue(self) -> bool:
        return self.pending and self.late

    @property
    def beyond(self) -> bool:
        return (
            self.pending
            and self.usual is not None
            and self.taken is not None
            and is_beyond(self.taken, self.usual)
        )

    @property
    def lost(self) -> bool:
        return self.row.outcome is Outcome.LOST or (self.pending and (self.gone or self.beyond))

    @property
    def amiss(self) -> bool:
        failures = (Outcome.FAILED, Outcome.PARTIAL, Outcome.LOST)
        return self.row.outcome in failures or self.overdue or self.lost

    @property
    def shortfall(self) -> int | None:
        return None if self.job.load is None else self.job.load.shortfall

    @property
    def records(self) -> int | None:
        return None if self.job.load is None else self.job.load.total

    @property
    def rate(self) -> float | None:
        done = None if self.job.load is None else self.job.load.done
        return None if self.pending else records_per_second(done, self.taken)

    @property
    def noted(self) -> bool:
        return self.row.note is not None


def has(value: object) -> bool:
    return value is not UNSET and value is not None


QUERIES: dict[str, Callable[[Seen], bool]] = {
    "is:late": lambda seen: seen.late,
    "-is:late": lambda seen: not seen.late,
    "is:overdue": lambda seen: seen.overdue,
    "-is:overdue": lambda seen: not seen.overdue,
    "is:lost": lambda seen: seen.lost,
    "-is:lost": lambda seen: not seen.lost,
    "status:lost": lambda seen: seen.lost,
    "is:amiss": lambda seen: seen.amiss,
    "-is:amiss": lambda seen: not seen.amiss,
    "is:late type:csv_load": lambda seen: seen.late and seen.job.type == "csv_load",
    "is:late status:complete": lambda seen: seen.late and seen.job.status == "COMPLETE",
    "is:late OR is:partial": lambda seen: seen.late or seen.row.outcome is Outcome.PARTIAL,
    "-(is:late OR is:noted)": lambda seen: not seen.late and not seen.noted,
    "is:late,lost": lambda seen: seen.late or seen.lost,
    "is:failed,lost": lambda seen: seen.row.outcome is Outcome.FAILED or seen.lost,
    "is:late id:job-1": lambda seen: seen.late and seen.job.id.startswith("job-1"),
    "is:running -is:lost": lambda seen: seen.pending and not seen.lost,
    "is:partial": lambda seen: seen.row.outcome is Outcome.PARTIAL,
    "is:failed": lambda seen: seen.row.outcome is Outcome.FAILED,
    "is:ended": lambda seen: seen.row.outcome not in (Outcome.PENDING, Outcome.LOST),
    "status:complete": lambda seen: seen.job.status == "COMPLETE",
    "shortfall>0": lambda seen: (seen.shortfall or 0) > 0,
    "-shortfall>0": lambda seen: not (seen.shortfall or 0) > 0,
    "shortfall=0": lambda seen: seen.shortfall == 0,
    "records>12": lambda seen: (seen.records or 0) > 12,
    "records>=12": lambda seen: (seen.records or 0) >= 12,
    "records<12": lambda seen: seen.records is not None and seen.records < 12,
    "-records<12": lambda seen: not (seen.records is not None and seen.records < 12),
    "rate<5": lambda seen: seen.rate is not None and seen.rate < 5,
    "rate>=0.5": lambda seen: seen.rate is not None and seen.rate >= 0.5,
    "-rate<5": lambda seen: not (seen.rate is not None and seen.rate < 5),
    "has:start": lambda seen: has(seen.job.start_datetime),
    "-has:start": lambda seen: not has(seen.job.start_datetime),
    "has:end": lambda seen: has(seen.job.end_datetime),
    "-has:end": lambda seen: not has(seen.job.end_datetime),
    "has:created": lambda seen: has(seen.job.created_datetime),
    "-has:created": lambda seen: not has(seen.job.created_datetime),
    "has:message": lambda seen: has(seen.job.message) and seen.job.message != "",
    "-has:message": lambda seen: not (has(seen.job.message) and seen.job.message != ""),
    "has:body": lambda seen: has(seen.job.job_body),
    "-has:body": lambda seen: not has(seen.job.job_body),
    "has:note": lambda seen: seen.noted,
    "-has:note": lambda seen: not seen.noted,
    "is:amiss -is:noted": lambda seen: seen.amiss and not seen.noted,
}


def asked(text: str, **more: Any) -> JobQuery:
    return JobQuery(text=text, where=parse_query(text, now=NOW, zone=UTC), **more)


MIDDLE = TimeRange(NOW - 700 * MINUTE, NOW - 300 * MINUTE)


def started(row: JobRow) -> bool:
    start, end = MIDDLE.bounds
    return start <= row.started < end


VIEWS: list[tuple[JobQuery, Callable[[Seen], bool]]] = [
    (JobQuery(View.ATTENTION), lambda seen: seen.amiss),
    (JobQuery(View.ATTENTION, sort=Sort(descending=False)), lambda seen: seen.amiss),
    (JobQuery(View.ATTENTION, node="n1"), lambda seen: seen.amiss and seen.row.node == "n1"),
    (JobQuery(View.ATTENTION, MIDDLE), lambda seen: seen.amiss and started(seen.row)),
    (asked("user:bob", view=View.ATTENTION), lambda seen: seen.amiss and seen.job.user == "bob"),
    (asked("is:late", view=View.FAILED), lambda seen: seen.late and seen.row.outcome in (2, 3)),
    (asked("is:late", view=View.RUNNING), lambda seen: seen.overdue),
    (asked("is:overdue", node="n2"), lambda seen: seen.overdue and seen.row.node == "n2"),
    (JobQuery(View.ERRORS), lambda seen: seen.row.outcome is Outcome.FAILED),
    (asked("is:late", view=View.ERRORS), lambda seen: seen.late and seen.row.outcome == 2),
]  # fmt: skip


def jobs_of_all_sorts() -> list[Job]:
    random = Random(7)
    loads = [(9, 12), (0, 12), (12, 12), (379, 379), (1, 5), (100_000, 100_001)]
    messages: list[Any] = ["ok", "", None, UNSET, {"error": "no"}, 7, "null"]
    jobs = []
    for number in range(700):
        type = random.choice(["csv_load", "csv_load", "export", "rare", 7])
        user: Any = random.choice(["ada", "ada", "bob", "", None, UNSET, 7])
        start = NOW - random.randrange(20, 1_000) * MINUTE
        status = random.choice(["COMPLETE"] * 10 + ["ERROR", "DONE", "IN_PROGRESS", "CREATED"])
        pending = status in ("IN_PROGRESS", "CREATED")
        took = random.choice([0, 1, 5, 10, random.randrange(60)]) * MINUTE
        done, total = random.choice(loads)
        said: list[Any] = [f"successfully loaded {done} of {total} records"] * 4
        said.append({"message": f"{done} of {total} records successfully deleted"})
        jobs.append(
            Job(
                id=f"job-{number}",
                type=type,
                user=user,
                status=status,
                start_datetime=UNSET if status == "CREATED" else start,
                end_datetime=UNSET if pending or random.random() < 0.05 else start + took,
                created_datetime=start - MINUTE if random.random() < 0.5 else UNSET,
                message=UNSET if pending else random.choice([*messages, *said]),
                job_body=random.choice([UNSET, None, "", {"a": 1}]),
            )
        )
    return jobs


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a log with jobs of all sorts, some of them lost in each of the ways there are."""
    path = tmp_path_factory.mktemp("log") / "jobs.db"
    jobs = jobs_of_all_sorts()
    going_on = Job(id="-", type="csv_load", user="ada", status="IN_PROGRESS")
    with ended_process() as process:
        there, gone = ({KEY: of.to_json()} for of in (own_process(), process))
    others = [
        going_on.replace(id="gone", start_datetime=NOW - 1, other=gone),
        going_on.replace(id="gone of a rare type", type="x", start_datetime=NOW - 1, other=gone),
        going_on.replace(id="gone too", start_datetime=NOW - 3, other=gone),
        going_on.replace(id="there", start_datetime=NOW - 1, other=there),
        going_on.replace(id="there, and late", start_datetime=NOW - 2 * HOUR, other=there),
        going_on.replace(id="beyond", start_datetime=NOW - 400 * HOUR),
        going_on.replace(id="beyond, of a rare type", type="x", start_datetime=5),
        going_on.replace(id="ahead", start_datetime=NOW + HOUR),
        # It is not lost any more, whatever became of its process.
        going_on.replace(
            id="ended", status="COMPLETE", start_datetime=NOW - 9, end_datetime=NOW, other=gone
        ),
    ]
    lost = going_on.replace(id="lost", start_datetime=NOW - 3 * HOUR)
    by_a_fast_clock = going_on.replace(id="by a fast clock", start_datetime=NOW - 50 * MINUTE)
    by_a_slow_clock = going_on.replace(id="by a slow clock", start_datetime=NOW - 60 * MINUTE)
    with PlainJobLog.open(path) as log:
        log.upsert_many([*jobs[:100], by_a_fast_clock], node="n1")
        log.upsert_many([*jobs[100:200], by_a_slow_clock, lost], node="n2")
        log.upsert_many([*jobs[200:], *others])
        log.mark_lost({"lost": NOW - HOUR})
        log.set_notes({"beyond": Note(NOW, "known"), "job-5": Note(NOW, ""), "lost": Note(1, "x")})
    asyncio.run(save_nodes(path, [Node(name=name, skew=skew) for name, skew in SKEWS.items()]))
    with PlainJobLog.read(path) as log:
        assert {row.node for row in log.rows(JobQuery())} == {"n1", "n2", ""}
    return path


async def save_nodes(path: Path, nodes: Sequence[Node]) -> None:
    async with JobLog.open(path) as log:
        for node in nodes:
            await log.save_node(node)


@pytest.fixture
async def reader(path: Path) -> AsyncIterator[LogReader]:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        yield reader


def scan(path: Path) -> list[Seen]:
    """Return all jobs in order of start."""
    with PlainJobLog.read(path) as log:
        rows = sorted(log.rows(JobQuery()))
        found = log.find_jobs(row.id for row in rows)
    jobs = [found[row.id] for row in rows]
    lost = {row.id for row in rows if row.outcome is Outcome.LOST}
    of: dict[Any, Usual | None] = {}
    for job in jobs:
        key = repr((job.type, job.user))
        if key not in of:
            of[key] = expected_usual(jobs, job.type, job.user, Limits(), lost)
    seen = [
        Seen(job, row, of[repr((job.type, job.user))], gone=job.id.startswith("gone"))
        for job, row in zip(jobs, rows, strict=True)
    ]
    return sorted(seen, key=lambda seen: seen.row.key)


async def ids_of(found: JobList) -> list[str]:
    ids: list[str] = []
    for number in range(found.total // PAGE + 1):
        ids += [row.id for row in await found.page(number) if row is not None]
    return ids


async def by_list(path: Path, query: JobQuery) -> list[str]:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        found = reader.list_jobs(query)
        await found.refresh()
        ids = await ids_of(found)
        assert found.total == len(ids)
    return ids


async def by_plain_log(path: Path, query: JobQuery) -> list[str]:
    with PlainJobLog.read(path) as log:
        ids = [row.id for row in log.rows(query)]
        assert [job.id for job in log.jobs(query)] == ids
        assert log.count(query) == len(ids)
    return ids


async def by_count(path: Path, query: JobQuery) -> list[str]:
    """Return what rows are found, once they were counted by a connection that did nothing else."""
    with PlainJobLog.read(path) as log:
        count = log.count(query)
    async with JobLog.read(path, clock=lambda: NOW) as other:
        assert await other.count(query) == count
    with PlainJobLog.read(path) as log:
        ids = [row.id for row in log.rows(query)]
    assert len(ids) == count
    return ids


async def by_log(path: Path, query: JobQuery) -> list[str]:
    async with JobLog.read(path, clock=lambda: NOW) as log:
        ids: list[str] = []
        last = None
        while page := await log.page(query, limit=150, after=last):
            ids += [job.id for job in page]
            last = page[-1]
        assert await log.count(query) == len(ids)
    return ids


async def by_export(path: Path, query: JobQuery) -> list[str]:
    async with ReadConnection.open(path) as connection:
        batches = jobs_found(connection, query, lambda: NOW)
        ids = [job.id async for batch in batches for job, _ in batch]
    return ids[::-1] if query.sort.descending else ids


async def by_newest(path: Path, query: JobQuery) -> list[str]:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        ids = [row.id for row in await reader.found(query, 10_000)]
        if query.view is View.ALL and query.range == JobQuery().range:
            assert [sum(counts) async for counts in reader.count_states(query)][-1] == len(ids)
    return ids if query.sort.descending else ids[::-1]


WAYS = [by_list, by_plain_log, by_count, by_log, by_export, by_newest]


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwatch.store.plain_log.now_ms", lambda: NOW)


@pytest.fixture(scope="module")
def seen(path: Path) -> list[Seen]:
    return scan(path)


def test_the_log_has_some_of_all(seen: list[Seen]) -> None:
    for text, holds in QUERIES.items():
        count = sum(map(holds, seen))
        assert 2 < count < len(seen) - 2, text
    assert {"gone", "beyond", "lost", "gone of a rare type"} <= {
        one.job.id for one in seen if one.lost
    }
    # A clock that is off makes a difference.
    by_id = {one.job.id: one for one in seen}
    for id, late in (("by a fast clock", True), ("by a slow clock", False)):
        one = by_id[id]
        assert one.late is late
        assert one._replace(row=one.row._replace(node="")).late is not late


@pytest.mark.usefixtures("at_now")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", QUERIES)
async def test_a_query_finds_what_a_scan_finds(
    path: Path, seen: list[Seen], text: str, way: Callable[[Path, JobQuery], Any]
) -> None:
    expected = [one.job.id for one in reversed(seen) if QUERIES[text](one)]
    assert await way(path, asked(text)) == expected


@pytest.mark.usefixtures("at_now")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(len(VIEWS)))
async def test_a_view_finds_what_a_scan_finds(
    path: Path, seen: list[Seen], number: int, way: Callable[[Path, JobQuery], Any]
) -> None:
    query, holds = VIEWS[number]
    expected = [one.job.id for one in seen if holds(one)]
    if query.sort.descending:
        expected.reverse()
    assert len(expected) > 0
    assert await way(path, query) == expected


def combined(random: Random, depth: int) -> tuple[str, Callable[[Seen], bool]]:
    """Return queries joined at random, and what they mean."""
    kind = random.choice(["not", "and", "or", "or"]) if depth else "one"
    if kind == "one":
        text = random.choice(list(QUERIES))
        return f"({text})", QUERIES[text]
    one, is_one = combined(random, depth - 1)
    if kind == "not":
        return f"-{one}", lambda seen: not is_one(seen)
    other, is_other = combined(random, depth - 1)
    if kind == "and":
        return f"({one} {other})", lambda seen: is_one(seen) and is_other(seen)
    return f"({one} OR {other})", lambda seen: is_one(seen) or is_other(seen)


@pytest.mark.usefixtures("at_now")
@pytest.mark.parametrize("seed", range(60))
async def test_queries_joined_in_any_way_find_what_a_scan_finds(
    path: Path, seen: list[Seen], seed: int
) -> None:
    random = Random(seed)
    text, holds = combined(random, 3)
    view = random.choice([View.ALL, View.ALL, View.RUNNING, View.ATTENTION])
    in_view = {
        View.ALL: seen,
        View.RUNNING: [one for one in seen if one.pending],
        View.ATTENTION: [one for one in seen if one.amiss],
    }[view]
    expected = [one.job.id for one in reversed(in_view) if holds(one)]
    for way in (by_newest, by_plain_log):
        assert await way(path, asked(text, view=view)) == expected, text


@pytest.mark.usefixtures("at_now")
@pytest.mark.parametrize("text", ["is:late", "is:amiss", "is:lost", "is:late type:csv_load"])
@pytest.mark.parametrize("descending", [True, False])
async def test_small_slices_and_other_orders_find_the_same(
    path: Path, seen: list[Seen], text: str, descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 3)
    monkeypatch.setattr("jobwatch.store.slices.LARGEST", 40)
    monkeypatch.setattr("jobwatch.store.search.FEW_JOBS", 5)
    expected = [one.job.id for one in seen if QUERIES[text](one)]
    query = asked(text, sort=Sort(descending=descending))
    for way in (by_list, by_plain_log, by_newest):
        assert await way(path, query) == (expected[::-1] if descending else expected)
    by_duration = await by_list(path, replace(query, sort=Sort(SortKey.DURATION, descending)))
    assert sorted(by_duration) == sorted(expected)


async def test_the_signs_of_what_goes_on_are_what_is_found(
    reader: LogReader, seen: list[Seen]
) -> None:
    signs = await reader.signs()
    found: dict[Sign | None, set[str]] = {sign: set() for sign in [*Sign, None]}
    for one in seen:
        found[signs.of(one.row, NOW)].add(one.job.id)
    assert found[Sign.GONE] == {one.job.id for one in seen if one.pending and one.gone}
    assert found[Sign.BEYOND] == {one.job.id for one in seen if one.beyond and not one.gone}
    assert found[Sign.OVERDUE] == {one.job.id for one in seen if one.overdue and not one.lost}
    assert min(map(len, found.values())) > 0


async def test_what_leaves_the_log_says_the_same(path: Path, seen: list[Seen]) -> None:
    async with ReadConnection.open(path) as connection:
        batches = jobs_found(connection, JobQuery(), lambda: NOW)
        known = {job.id: known async for batch in batches for job, known in batch}
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        signs = await reader.signs()
        for number, one in enumerate(seen):
            told = one.usual is not None and one.taken is not None and one.taken >= 0
            said = known[one.job.id]
            assert said.late == (one.late if told else None), one.job
            assert said.sign is signs.of(one.row, NOW)
            assert bool(said.why) == (one.lost and one.pending), one.job
            if number % 50 == 0 or one.row.id in ("by a fast clock", "gone", "beyond", "lost"):
                assert await reader.known(one.job) == said


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "CREATED", "start_datetime": NOW - HOUR},
        {"status": "CREATED", "start_datetime": NOW - 900 * HOUR},
        {"status": "CREATED", "created_datetime": NOW, "other": "gone"},
        {"status": "IN_PROGRESS", "start_datetime": NOW - HOUR, "end_datetime": NOW - HOUR},
        {"status": "IN_PROGRESS", "start_datetime": NOW, "end_datetime": NOW + 900 * HOUR},
        {"status": "IN_PROGRESS", "start_datetime": None, "created_datetime": 5},
        {"status": None, "start_datetime": NOW - HOUR},
        {"status": "ODD", "start_datetime": NOW - 900 * HOUR},
        {"status": "ERROR", "start_datetime": NOW, "end_datetime": NOW - HOUR},
    ],
)
async def test_an_odd_record_is_found_as_what_it_is_shown_as(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    path = written(tmp_path / "jobs.db", [run(number, took=MINUTE) for number in range(30)])
    if "other" in odd:
        with ended_process() as process:
            odd = odd | {"other": {KEY: process.to_json()}}
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="odd", type="csv_load", user="ada").replace(**odd)])
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        row = await reader.row("odd")
        assert row is not None
        sign = (await reader.signs()).of(row, NOW)
        batches = jobs_found(reader._search, asked("id:odd"), lambda: NOW)
        [known] = [known async for batch in batches for _, known in batch]
        found = {
            text: [row.id for row in await reader.found(asked(f"id:odd {text}"), 1)] == ["odd"]
            for text in ("is:lost", "is:overdue", "is:late", "is:amiss")
        }
    assert found == {
        "is:lost": sign in (Sign.GONE, Sign.BEYOND),
        "is:overdue": sign in (Sign.BEYOND, Sign.OVERDUE),
        "is:late": known.late is True,
        "is:amiss": sign is not None or row.outcome is Outcome.FAILED,
    }


async def test_a_node_that_was_started_anew_has_lost_what_ran_on_it(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    async with JobLog.open(path, clock=lambda: NOW) as log:
        going_on = Job(id="a", status="IN_PROGRESS", type="t", start_datetime=NOW - HOUR)
        await log.upsert_many([going_on, going_on.replace(id="b", start_datetime=NOW)], node="n1")
        await log.save_node(Node(name="n1", process_started=NOW - MINUTE))
        for text in ("is:lost", "is:amiss"):
            assert [job.id for job in await log.page(asked(text), limit=9)] == ["a"]
        assert await log.count(JobQuery(View.ATTENTION)) == 1


# As time passes, and as the log changes


async def test_a_job_becomes_overdue_and_lost_by_the_passing_of_time_alone(tmp_path: Path) -> None:
    now = 100 * MINUTE
    path = written(tmp_path / "jobs.db", [run(number, took=MINUTE) for number in range(30)])
    with PlainJobLog.open(path) as log:
        log.upsert_many([run(100, took=None, status="IN_PROGRESS")])
    async with LogReader.open(path, clock=lambda: now) as reader:
        overdue, amiss, lost = (
            reader.list_jobs(query)
            for query in (asked("is:overdue"), JobQuery(View.ATTENTION), asked("is:lost"))
        )
        for taken, expected in (
            (0, (0, 0, 0)),
            (MINUTE, (0, 0, 0)),
            (MINUTE + 1, (1, 1, 0)),
            (HOUR, (1, 1, 0)),
            (HOUR + 1, (1, 1, 1)),
        ):
            now = 100 * MINUTE + taken
            totals = []
            for jobs in (overdue, amiss, lost):
                await jobs.refresh()
                totals.append(jobs.total)
            assert tuple(totals) == expected, taken


async def test_what_ends_is_not_overdue_any_more(tmp_path: Path) -> None:
    path = written(tmp_path / "jobs.db", [run(number, took=MINUTE) for number in range(30)])
    async with (
        JobLog.open(path, clock=lambda: NOW) as log,
        LogReader.open(path, clock=lambda: NOW) as reader,
    ):
        await log.upsert_many([run(n, took=None, status="IN_PROGRESS") for n in (100, 101)])
        jobs = reader.list_jobs(JobQuery(View.ATTENTION))
        await jobs.refresh()
        assert await ids_of(jobs) == ["run-101", "run-100"]
        await log.finish("run-101", "ok")
        await log.finish("run-100", "loaded 1 of 2 records")
        await jobs.refresh()
        assert await ids_of(jobs) == ["run-100"]
        await log.delete(["run-100"])
        await jobs.refresh()
        assert await ids_of(jobs) == []


@pytest.mark.parametrize("id", ["\ud800", "a\0b", "7", "'é\"", "[1]"])
async def test_any_id_may_be_that_of_a_lost_job(tmp_path: Path, id: str) -> None:
    path = tmp_path / "jobs.db"
    with ended_process() as process, PlainJobLog.open(path) as log:
        job = Job(id=id, status="IN_PROGRESS", other={KEY: process.to_json()})
        log.upsert_many([job, job.replace(id=f"{id}, and more", other={})])
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        assert [row.id for row in await reader.found(asked("is:lost"), 9)] == [id]
        assert (await reader.signs()).gone == {id}


SAYS_WHO_IT_IS = """
from jobwatch.model.formats import encode
from jobwatch.store.alive import own_process
print(encode(own_process().to_json()).decode(), flush=True)
input()
"""


def said_by(child: subprocess.Popen[bytes]) -> Any:
    assert child.stdout is not None
    return decode(child.stdout.readline())


async def test_a_job_is_lost_once_its_process_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "GONE_FOR", -1)
    path = tmp_path / "jobs.db"
    child = subprocess.Popen(
        [sys.executable, "-c", SAYS_WHO_IT_IS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        with PlainJobLog.open(path) as log:
            log.upsert_many([run(1, took=None, status="IN_PROGRESS", other={KEY: said_by(child)})])
        async with LogReader.open(path, clock=lambda: 2 * MINUTE) as reader:
            jobs = reader.list_jobs(asked("is:lost"))
            await jobs.refresh()
            assert await ids_of(jobs) == []
            child.communicate(b"\n", timeout=60)
            await jobs.refresh()
            assert await ids_of(jobs) == ["run-1"]
            assert (await reader.signs()).gone == {"run-1"}
    finally:
        child.kill()
        child.communicate()


# What it costs


class Traced(ReadConnection):
    """A connection that keeps what was asked of it."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.asked: list[str] = []

    async def _rows(self, statement: str, parameters: Any) -> list[Any]:
        self.asked.append(statement)
        return await super()._rows(statement, parameters)


# What is made anew once what holds for so many seconds is stale.
MADE = {
    sql.FILL_LONGEST: "LONGEST_FOR",
    sql.FILL_PACES: "USUAL_FOR",
    sql.FILL_USUAL: "GONE_FOR",
    sql.RUNNING_PROCESSES: "GONE_FOR",
    sql.ADD_GONE: "GONE_FOR",
}


@pytest.mark.parametrize("stale", ["", "LONGEST_FOR", "USUAL_FOR", "GONE_FOR"])
async def test_what_is_fresh_is_not_made_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, stale: str
) -> None:
    for name in ("LONGEST_FOR", "USUAL_FOR", "GONE_FOR"):
        monkeypatch.setattr(usual, name, -1 if name == stale else 600)
    async with Traced.open(path) as connection:
        assert isinstance(connection, Traced)
        signs = [await connection.run(usual.signs()) for _ in range(3)]
        made = {statement: connection.asked.count(statement) for statement in MADE}
    assert signs[0] == signs[1] == signs[2]
    assert made == {statement: 3 if name == stale else 1 for statement, name in MADE.items()}


async def test_each_is_fresh_for_as_long_as_it_costs_to_make() -> None:
    assert usual.GONE_FOR < usual.USUAL_FOR < usual.LONGEST_FOR


async def test_a_job_of_a_new_user_or_type_is_overdue_as_soon_as_what_is_gone_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "jobs.db", [run(number, took=MINUTE) for number in range(30)])
    async with LogReader.open(path, clock=lambda: 600 * MINUTE) as reader:
        assert await reader.found(asked("is:overdue"), 9) == []
        with PlainJobLog.open(path) as log:
            log.upsert_many([run(100, took=None, status="IN_PROGRESS", user="eve")])
        monkeypatch.setattr(usual, "GONE_FOR", -1)
        assert [row.id for row in await reader.found(asked("is:overdue"), 9)] == ["run-100"]


async def test_nothing_is_beyond_the_longest_run_before_that_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "GONE_FOR", -1)
    path = written(tmp_path / "jobs.db", [run(number, took=MINUTE) for number in range(30)])
    async with LogReader.open(path, clock=lambda: 100 * HOUR) as reader:
        usually = (await reader.signs()).usual_of("csv_load", "ada")
        assert usually == Usual(MINUTE, MINUTE, inf, 30)
        with PlainJobLog.open(path) as log:
            log.upsert_many([run(100, took=None, status="IN_PROGRESS")])
        row = await reader.row("run-100")
        assert row is not None
        for made, sign, lost in ((900, Sign.OVERDUE, []), (-1, Sign.BEYOND, ["run-100"])):
            monkeypatch.setattr(usual, "LONGEST_FOR", made)
            assert [row.id for row in await reader.found(asked("is:lost"), 9)] == lost
            assert (await reader.signs()).of(row, 100 * HOUR) is sign
        usually = (await reader.signs()).usual_of("csv_load", "ada")
        assert usually == Usual(MINUTE, MINUTE, 262_144, 30)


async def test_of_too_many_processes_those_of_the_oldest_jobs_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "MOST", 2)
    path = tmp_path / "jobs.db"
    with ended_process() as process, PlainJobLog.open(path) as log:
        gone = {KEY: process.to_json()}
        log.upsert_many(
            [
                # Without a process: it takes nobody's place.
                run(1, took=None, status="IN_PROGRESS"),
                run(5, took=None, status="IN_PROGRESS", other=gone),
                run(3, took=None, status="IN_PROGRESS", other=gone),
                run(2, took=9, status="COMPLETE", other=gone),
                run(4, took=None, status="IN_PROGRESS", other=gone),
            ]
        )
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        assert (await reader.signs()).gone == {"run-3", "run-4"}


async def test_what_is_usual_is_made_anew_when_it_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "jobs.db", [run(number) for number in range(5)])
    async with LogReader.open(path) as reader:
        before = await reader.signs()
        with PlainJobLog.open(path) as log:
            log.upsert_many(run(number, took=100) for number in range(5, 100))
        assert await reader.signs() == before
        monkeypatch.setattr(usual, "USUAL_FOR", -1)
        now = (await reader.signs()).usual_of("csv_load", "")
    assert now is not None
    assert (now.p50, now.runs) == (100, 100)


async def test_queries_without_such_a_condition_make_nothing(path: Path) -> None:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        for text in ("is:partial", "shortfall>0", "is:noted", "is:failed"):
            await reader.found(asked(text), 5)
        assert await reader._tally.rows("SELECT name FROM temp.sqlite_master") == []


async def test_who_asks_at_the_same_time_gets_the_same(path: Path) -> None:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        alone = await reader.signs()
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        both = tuple(await asyncio.gather(reader.signs(), reader.signs()))
        assert both == (alone, alone)
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        found, signs, hours = await asyncio.gather(
            reader.found(asked("is:late"), 10_000), reader.signs(), reader.hours(asked("is:amiss"))
        )
        assert signs == alone
        assert len(found) == len(await reader.found(asked("is:late"), 10_000)) > 0
        assert hours == await reader.hours(asked("is:amiss"))


def test_what_is_usual_comes_from_the_index_alone(path: Path) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for statement in sql.CREATE:
        connection.execute(statement)
    given = {"last": 200, "fewest": 5, "type": "t", "user": "u", "started": 1, "seq": 1}
    for statement in (sql.FILL_PACES, sql.LENGTHS):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
        of_jobs = [step for step in plan if " jobs " in step]
        assert len(of_jobs) == 2, plan
        for step in of_jobs:
            assert re.match(r"SEARCH jobs USING (COVERING )?INDEX jobs_by_facet \(facet=\?", step)
        assert any("facet=? AND started>?" in step for step in of_jobs), plan
        assert reads_of_jobs(connection, statement, given) == []
    connection.close()


def reads_of_jobs(connection: sqlite3.Connection, statement: str, given: Any) -> list[str]:
    """Return what a statement does with the table of jobs itself, beside its indexes.

    The plan doesn't tell: SQLite before 3.41 takes no index for a covering one that has a virtual
    column, and reads the column from the index all the same.
    """
    [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jobs'")
    steps = list(connection.execute(f"EXPLAIN {statement}", given))
    tables = {step[2] for step in steps if step[1] == "OpenRead" and step[3:5] == (root, 0)}
    reading = ("Column", "Rowid", "Rewind", "Last", "SeekRowid", "NotExists", "FinishSeek")
    return [step[1] for step in steps if step[2] in tables and step[1] in reading]


def test_the_processes_of_what_goes_on_are_found_by_an_index(path: Path) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    plan = list(connection.execute(f"EXPLAIN QUERY PLAN {sql.RUNNING_PROCESSES}", {"most": 9}))
    connection.close()
    assert [row[3] for row in plan] == ["SEARCH jobs USING INDEX jobs_running (outcome=?)"]
