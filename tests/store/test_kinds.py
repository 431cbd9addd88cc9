"""Errors by kind, jobs by the hour and the newest of a query are what a scan would tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from jobwatch.model.durations import HOUR
from jobwatch.model.insight import fingerprint
from jobwatch.model.job import UNSET, Job, Outcome
from jobwatch.model.kinds import ErrorKind
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, Sort, SortKey, View, Within
from jobwatch.model.query_text import quoted
from jobwatch.model.row import JobRow
from jobwatch.model.when import UTC, TimeRange
from jobwatch.store.export import jobs_found
from jobwatch.store.job_list import PAGE
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.values import to_column

MINUTE = 60_000
NOW = 20_000 * MINUTE
FIRST = NOW - 2_000 * MINUTE
MIDDLE = TimeRange(FIRST + 400 * MINUTE, FIRST + 900 * MINUTE)
INSTANT = FIRST + 700 * MINUTE

MESSAGES: list[Callable[[int], Any]] = [
    lambda n: f"Table 'dev.t{n}' does not exist",
    lambda n: {"error": f"Table 'dev.x{n}' does not exist", "code": n},
    lambda n: f"successfully loaded 0 of {n + 1} records",
    lambda n: f"successfully loaded {n + 1} of {n + 2} records",
    lambda _: UNSET,
    lambda _: None,
    lambda _: "",
    lambda n: n,
    lambda n: [n, "of", {"a list": True}],
    lambda n: f"row {n}: 100% of _it_ is \\ (wrong), or *not*",
    lambda n: f'he said "no {n}" and "',
    lambda n: f"two\nlines\tand {n} \x1b[31mred\x9b \u202eback\0",
    lambda n: f"日本 😀 {n} é",
    lambda n: f"half \ud800 of {n}",
    lambda _: "kind:x -status:error OR (",
    lambda _: "word " * 100,
    lambda n: f"connect ECONNREFUSED 10.0.0.{n}:9925",
]
TYPES: list[Any] = ["csv_load", "csv_load", "export", "", None, UNSET, 7, {"a": 1}]


def some_jobs() -> list[Job]:
    random = Random(5)
    jobs = []
    for number in range(400):
        start = FIRST + random.randrange(0, 1_000) * MINUTE
        status = random.choice(["ERROR", "ERROR", "ERROR", "COMPLETE", "IN_PROGRESS", "DONE"])
        ends = status != "IN_PROGRESS" and random.random() < 0.9
        length = random.choice([0, 1, 20, 100, 900]) * MINUTE
        jobs.append(
            Job(
                id=f"job-{number}",
                type=random.choice(TYPES),
                status=status,
                start_datetime=start if random.random() < 0.95 else UNSET,
                end_datetime=start + length if ends else UNSET,
                message=random.choice(MESSAGES)(random.randrange(100)),
            )
        )
    return jobs


JOBS = some_jobs()
NODES = {job.id: ("n1", "n2", "")[number % 3] for number, job in enumerate(JOBS)}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "jobs.db"
    with PlainJobLog.open(path) as log:
        for node in ("n1", "n2", ""):
            log.upsert_many([job for job in JOBS if NODES[job.id] == node], node=node or None)
    return path


@pytest.fixture
async def reader(path: Path) -> AsyncIterator[LogReader]:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        yield reader


def over(job: Job) -> int | float:
    """Return when the run of a job was over, as far as its record tells."""
    if job.outcome is Outcome.PENDING:
        return float("inf")
    return job.end_datetime if isinstance(job.end_datetime, int) else job.started


def ran(job: Job, range: TimeRange) -> bool:
    start, end = range.bounds
    return job.started < end and (job.started >= start or over(job) >= start)


def started(job: Job, range: TimeRange) -> bool:
    start, end = range.bounds
    return start <= job.started < end


def says(job: Job, text: str) -> bool:
    return text in str(job.message)


def asked(text: str, **more: Any) -> JobQuery:
    return JobQuery(text=text, where=parse_query(text, now=NOW, zone=UTC), **more)


class Case(NamedTuple):
    """A query, and what it means of a job, but for its view."""

    query: JobQuery
    holds: Callable[[Job], bool]


CASES = [
    Case(JobQuery(), lambda _: True),
    Case(JobQuery(View.RUNNING), lambda _: True),
    Case(JobQuery(View.FAILED, sort=Sort(SortKey.MESSAGE)), lambda _: True),
    Case(asked("type:csv_load"), lambda job: job.type == "csv_load"),
    Case(asked("-type:csv_load,7"), lambda job: job.type not in ("csv_load", 7)),
    Case(asked("msg:exist"), lambda job: says(job, "exist")),
    Case(asked("type:export msg:row"), lambda job: job.type == "export" and says(job, "row")),
    Case(asked("id:job-1"), lambda job: job.id.startswith("job-1")),
    Case(asked("is:failed"), lambda job: job.outcome is Outcome.FAILED),
    Case(asked("is:ended"), lambda job: job.outcome is not Outcome.PENDING),
    Case(asked("type:nothing"), lambda _: False),
    Case(JobQuery(range=MIDDLE), lambda job: started(job, MIDDLE)),
    Case(JobQuery(range=TimeRange(None, INSTANT)), lambda job: job.started < INSTANT),
    Case(JobQuery(range=TimeRange(NOW, None)), lambda job: job.started >= NOW),
    Case(JobQuery(range=TimeRange(5, 5)), lambda _: False),
    Case(asked("msg:row", range=MIDDLE), lambda job: started(job, MIDDLE) and says(job, "row")),
    Case(JobQuery(range=MIDDLE, within=Within.RUNNING), lambda job: ran(job, MIDDLE)),
    Case(
        asked("type:csv_load", range=MIDDLE, within=Within.RUNNING),
        lambda job: ran(job, MIDDLE) and job.type == "csv_load",
    ),
    Case(JobQuery(node="n1"), lambda job: NODES[job.id] == "n1"),
    Case(JobQuery(node="nowhere"), lambda _: False),
    Case(
        JobQuery(node="n2", range=MIDDLE),
        lambda job: NODES[job.id] == "n2" and started(job, MIDDLE),
    ),
]  # fmt: skip
AS_OF = [
    Case(JobQuery(as_of=INSTANT), lambda job: job.started <= INSTANT),
    Case(
        asked("type:csv_load", as_of=INSTANT),
        lambda job: job.started <= INSTANT and job.type == "csv_load",
    ),
]


def named(cases: Iterable[Case]) -> Iterator[Any]:
    for number, case in enumerate(cases):
        query = case.query
        parts = [query.view, query.text, query.node, query.within, query.range, query.as_of]
        yield pytest.param(case, id=f"{number} {' '.join(str(part) for part in parts)}")


def failed(case: Case) -> list[Job]:
    """Return the jobs of a query that failed, as the log stood."""
    instant = case.query.as_of
    return [
        job
        for job in JOBS
        if job.outcome is Outcome.FAILED
        and case.holds(job)
        and (instant is None or over(job) <= instant)
    ]


def grouped(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[fingerprint(job.message)].append(job)
    return groups


def check(kinds: tuple[ErrorKind, ...], jobs: list[Job]) -> None:
    groups = grouped(jobs)
    assert {kind.fingerprint: kind.count for kind in kinds} == {
        what: len(group) for what, group in groups.items()
    }
    assert len(kinds) == len(groups)
    for kind in kinds:
        group = groups[kind.fingerprint]
        starts = [job.started for job in group]
        assert (kind.first, kind.last) == (min(starts), max(starts))
        types = Counter(to_column(job.type) for job in group)
        assert kind.types == len(types)
        most = [type for type, count in types.items() if count == max(types.values())]
        assert kind.type in [type if isinstance(type, str) else "" for type in most]
    order = [(-kind.count, -kind.last) for kind in kinds]
    assert order == sorted(order)


def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwatch.store.slices.FIRST", 3)
    monkeypatch.setattr("jobwatch.store.slices.LARGEST", 30)
    monkeypatch.setattr("jobwatch.store.search.FEW_JOBS", 5)


@pytest.mark.parametrize("case", named([*CASES, *AS_OF]))
async def test_errors_are_counted_by_what_they_say(
    reader: LogReader, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    check([kinds async for kinds in reader.count_kinds(case.query)][-1], failed(case))
    small_slices(monkeypatch)
    check([kinds async for kinds in reader.count_kinds(case.query)][-1], failed(case))


@pytest.mark.parametrize("view", View)
async def test_errors_are_counted_whatever_the_view(reader: LogReader, view: View) -> None:
    for query in (JobQuery(view), asked("type:csv_load", view=view)):
        counted = [kinds async for kinds in reader.count_kinds(query)][-1]
        of_all = [kinds async for kinds in reader.count_kinds(asked(query.text))][-1]
        assert counted == of_all != ()


@pytest.mark.parametrize("case", [CASES[5], CASES[15], CASES[18]])
async def test_counts_grow_from_the_newest_errors_on(
    reader: LogReader, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_slices(monkeypatch)
    counted = [kinds async for kinds in reader.count_kinds(case.query)]
    totals = [sum(kind.count for kind in kinds) for kinds in counted]
    assert totals == sorted(totals)
    assert len(set(totals)) > 3
    newest = sorted(failed(case), key=lambda job: -job.started)
    for kinds, total in zip(counted, totals, strict=True):
        check(kinds, newest[:total])


async def test_a_log_without_errors_has_no_kinds(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        for jobs in ([], [Job(id="a", status="COMPLETE", message="loaded 9 of 12 records")]):
            log.upsert_many(jobs)
            async with LogReader.open(path) as reader:
                for query in (JobQuery(), asked("type:t"), asked("msg:loaded"), JobQuery(node="n")):
                    counted = [kinds async for kinds in reader.count_kinds(query)]
                    assert counted, query
                    assert set(counted) == {()}


async def test_a_job_changes_its_kind_with_its_record(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"

    async def counted() -> list[tuple[str, int]]:
        async with LogReader.open(path) as reader:
            found = [kinds async for kinds in reader.count_kinds(JobQuery())][-1]
        return [(kind.fingerprint, kind.count) for kind in found]

    async with JobLog.open(path, clock=lambda: NOW) as log:
        await log.upsert_many([Job(id="a", status="ERROR", message="no")])
        await log.upsert_many([Job(id="b", status="ERROR", message="no")])
        assert await counted() == [("no", 2)]
        await log.update("a", message="other")
        assert sorted(await counted()) == [("no", 1), ("other", 1)]
        await log.update("a", status="COMPLETE", message="loaded 0 of 3 records")
        assert sorted(await counted()) == [("loaded # of # records", 1), ("no", 1)]
        await log.update("a", message="loaded 3 of 3 records")
        assert await counted() == [("no", 1)]
        await log.update("b", status="COMPLETE")
        assert await counted() == []


# From a group to its jobs


async def ids_found(path: Path, query: JobQuery) -> list[set[str]]:
    """Return the ids of what each of the log's ways to read a query finds."""
    with PlainJobLog.read(path) as log:
        found = [{row.id for row in log.rows(query)}]
        assert log.count(query) == len(found[0])
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        jobs = reader.list_jobs(query)
        await jobs.refresh()
        pages = [await jobs.page(number) for number in range(jobs.total // PAGE + 1)]
        found.append({row.id for page in pages for row in page if row is not None})
        assert jobs.total == len(found[-1])
        batches = jobs_found(reader._tally, query, lambda: NOW)
        found.append({job.id async for batch in batches for job, _ in batch})
    return found


async def test_each_group_leads_to_its_jobs_and_no_others(path: Path) -> None:
    groups = grouped(job for job in JOBS if job.outcome is Outcome.FAILED)
    assert len(groups) > 10
    for what, group in groups.items():
        for found in await ids_found(path, asked(f"kind:{quoted(what)}")):
            assert found == {job.id for job in group}, what


@pytest.mark.parametrize("case", named([CASES[3], CASES[11], CASES[16], CASES[18]]))
async def test_a_group_leads_to_its_jobs_within_the_query(path: Path, case: Case) -> None:
    for what, group in grouped(failed(case)).items():
        text = f"{case.query.text} kind:{quoted(what)}"
        query = asked(text, range=case.query.range, within=case.query.within, node=case.query.node)
        for found in await ids_found(path, query):
            assert found == {job.id for job in group}, what


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Timeout", "timeout"),
        ("100% full", "100 bytes full"),
        ("a_b", "axb"),
        ("no", "no no"),
        ("no", ""),
        ("é", "É"),
        ("back\\slash", "back\\\\slash"),
    ],
)
async def test_groups_that_are_two_lead_to_two_lists(tmp_path: Path, one: str, other: str) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [Job(id="a", status="ERROR", message=one), Job(id="b", status="ERROR", message=other)]
        )
    async with LogReader.open(path) as reader:
        kinds = [kinds async for kinds in reader.count_kinds(JobQuery())][-1]
    assert {kind.count for kind in kinds} == {1}
    for message, id in ((one, "a"), (other, "b")):
        for found in await ids_found(path, asked(f"kind:{quoted(fingerprint(message))}")):
            assert found == {id}


async def test_part_of_what_errors_say_leads_to_all_of_them(path: Path) -> None:
    for found in await ids_found(path, asked("kind:Table*exist")):
        assert found == {
            job.id
            for job in JOBS
            if job.outcome is Outcome.FAILED and "exist" in fingerprint(job.message)
        }
    for found in await ids_found(path, asked("-kind:*")):
        assert found == {job.id for job in JOBS if job.outcome is not Outcome.FAILED}


# By the hour, and the newest


def listed(case: Case) -> list[Job]:
    """Return the jobs of a query, in its view too."""
    outcomes = {
        View.RUNNING: {Outcome.PENDING},
        View.FAILED: {Outcome.FAILED, Outcome.LOST},
    }.get(case.query.view, set(Outcome))
    return [job for job in JOBS if job.outcome in outcomes and case.holds(job)]


@pytest.mark.parametrize("case", named([*CASES, *AS_OF]))
@pytest.mark.parametrize("now", [NOW, FIRST + 800 * MINUTE + 1, FIRST, 0])
async def test_jobs_are_counted_by_the_hour(path: Path, case: Case, now: int) -> None:
    bounds = [now + 1, case.query.range.bounds[1]]
    if case.query.as_of is not None:
        bounds.append(case.query.as_of + 1)
    # The last hour is the whole one of the clock, but no job counts that isn't of the query.
    end = -(-min(bounds) // HOUR) * HOUR
    hours = [end - n * HOUR for n in range(24, -1, -1)]
    expected = [
        sum(begins <= job.started < ends for job in listed(case))
        for begins, ends in pairwise(hours)
    ]
    async with LogReader.open(path, clock=lambda: now) as reader:
        assert await reader.hours(case.query) == tuple(expected)


@pytest.mark.parametrize("now", [0, 1, 29 * MINUTE, HOUR - 1])
async def test_the_hours_are_those_of_the_clock_as_long_as_it_shows_the_same(
    tmp_path: Path, now: int
) -> None:
    path, ten = tmp_path / "jobs.db", 10 * 24 * HOUR
    starts = [-24 * HOUR, -1, 0, 0, 30 * MINUTE, HOUR - 1, HOUR, 2 * HOUR]
    with PlainJobLog.open(path) as log:
        log.upsert_many(Job(id=f"{n}", start_datetime=ten + at) for n, at in enumerate(starts))
    async with LogReader.open(path, clock=lambda: ten + now) as reader:
        assert await reader.hours(JobQuery()) == (0,) * 22 + (1, 4)
        # What the query leaves out doesn't count, though it is of the hour.
        until = JobQuery(range=TimeRange(None, ten + 30 * MINUTE))
        assert await reader.hours(until) == (0,) * 22 + (1, 2)
        since = JobQuery(range=TimeRange(ten + 30 * MINUTE, None))
        assert await reader.hours(since) == (0,) * 23 + (2,)
    async with LogReader.open(path, clock=lambda: ten + HOUR + now) as reader:
        assert await reader.hours(JobQuery()) == (0,) * 21 + (1, 4, 1)
    async with LogReader.open(path, clock=lambda: ten - HOUR + now) as reader:
        assert await reader.hours(JobQuery()) == (1, *[0] * 22, 1)


async def test_the_hours_hold_something(path: Path) -> None:
    async with LogReader.open(path, clock=lambda: FIRST + 1_000 * MINUTE) as reader:
        assert sum(map(bool, await reader.hours(JobQuery()))) > 12
        assert sum(await reader.hours(JobQuery(range=MIDDLE))) > 100


@pytest.mark.parametrize("case", named([*CASES, *AS_OF]))
@pytest.mark.parametrize("limit", [0, 1, 7, 1_000])
async def test_the_newest_of_a_query_come_first(
    path: Path, reader: LogReader, case: Case, limit: int
) -> None:
    with PlainJobLog.read(path) as log:
        rows: dict[str, JobRow] = {row.id: row for row in log.rows(JobQuery())}
    expected = sorted((rows[job.id] for job in listed(case)), key=lambda row: row.key, reverse=True)
    assert await reader.found(case.query, limit) == expected[:limit]
