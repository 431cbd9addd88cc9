"""The teller: which endings it tells, once and together; and the commands that it gives them to."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobwatch.model.condition import FAILED, Condition, Ended, Shows, Trait, conjuncts
from jobwatch.model.durations import HOUR
from jobwatch.model.insight import OWN_RUNS, Sign, Usual
from jobwatch.model.job import UNSET, Job, Json, Outcome
from jobwatch.model.known import Known, known_of
from jobwatch.model.language import parse_query
from jobwatch.model.node import Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.row import JobRow, Note
from jobwatch.model.signs import Signs
from jobwatch.model.telling import LOST_SIGNS, Event, Watch, Ways
from jobwatch.model.when import UTC
from jobwatch.store import usual
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.connect import LogError
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.tui.telling import GATHERED, LATE, MOST, Endings, Teller, Voices
from jobwatch.tui.user_commands import UserCommands, words_of
from tests.tui.harness import NOW, FakeClock, a_job

ALL = JobQuery()
CSV = JobQuery(text="type:csv_*", where=parse_query("type:csv_*", now=NOW, zone=UTC))


class Log:
    """What a teller reads, by id; a query finds all jobs, or those of a type."""

    def __init__(self) -> None:
        self.rows: dict[str, JobRow] = {}
        self.gone: set[str] = set()
        self.broken = False

    def runs(self, *ids: str, type: str = "csv_data_load") -> None:
        for id in ids:
            self.rows[id] = JobRow(
                len(self.rows), NOW, id, "IN_PROGRESS", type, "ada", Outcome.PENDING, NOW, UNSET, ""
            )

    def ends(self, *ids: str, at: int, outcome: Outcome = Outcome.ENDED) -> None:
        for id in ids:
            if id not in self.rows:
                self.runs(id)
            status = "ERROR" if outcome is Outcome.FAILED else "COMPLETE"
            self.rows[id] = self.rows[id]._replace(outcome=outcome, status=status, over=at)

    def loses(self, *ids: str, sign: Sign = Sign.GONE) -> None:
        for id in ids:
            if id not in self.rows:
                self.runs(id)
            if sign is Sign.GONE:
                self.gone.add(id)
            else:
                long_ago = {Sign.BEYOND: NOW - 9 * HOUR, Sign.OVERDUE: NOW - HOUR // 2}[sign]
                self.rows[id] = self.rows[id]._replace(start=long_ago)

    async def row(self, id: str) -> JobRow | None:
        self._check()
        return self.rows.get(id)

    async def found(self, query: JobQuery, limit: int) -> list[JobRow]:
        self._check()
        conditions = list(conjuncts(query.where))
        if Shows(Trait.UNENDING) in conditions:
            signs = await self.signs()
            lost = [row for row in self.rows.values() if signs.of(row, NOW) in LOST_SIGNS]
            return [row for row in lost[::-1] if self._has(row, conditions)][:limit]
        [instant] = [one.range.start for one in conditions if isinstance(one, Ended)]
        assert instant is not None
        found = [
            row
            for row in self.rows.values()
            if row.over is not None
            and row.over >= instant
            and (FAILED not in conditions or row.outcome in FAILED.outcomes)
            and self._has(row, conditions)
        ]
        return found[-limit:]

    def _has(self, row: JobRow, conditions: list[Condition]) -> bool:
        return CSV.where not in conditions or str(row.type).startswith("csv_")

    async def job(self, id: str) -> Job | None:
        self._check()
        row = self.rows.get(id)
        return None if row is None else Job(id=id, type=row.type, status=row.status)

    async def body(self, id: str) -> Json:
        return {"of": id}

    async def known(self, job: Job) -> Known:
        note = Note(NOW, "known, ticket 12")
        return known_of(job, Origin("node1"), note, await self.signs(), NOW)

    async def signs(self) -> Signs:
        self._check()
        runs = Usual(p50=1_000, p95=1_000, longest=1_000, runs=OWN_RUNS)
        return Signs({("csv_data_load", ""): runs}, frozenset(self.gone))

    def _check(self) -> None:
        if self.broken:
            raise LogError("the log is away")


class Heard:
    """What a user hears and sees."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.bells = 0
        self.desktop: list[str] = []
        self.given: list[tuple[str, list[Json]]] = []

    def bell(self) -> None:
        self.bells += 1

    def command(self, command: str, records: bytes) -> None:
        self.given.append((command, [json.loads(line) for line in records.splitlines()]))

    def ids(self) -> list[list[str]]:
        """Return the ids that a command was given, each time."""
        return [[record["id"] for record in records] for _, records in self.given]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def teller(heard: Heard, clock: FakeClock) -> Teller:
    return Teller(Voices(heard.said.append, heard.bell, heard.desktop.append, heard.command), clock)


async def tell(teller: Teller, log: Endings, clock: FakeClock) -> None:
    """Look, and look again when all that came together has come."""
    await teller.look(log)
    clock.now += GATHERED
    await teller.look(log)


IDS = Ways(bell=False, desktop=False, command="tell")


async def test_a_job_that_ends_is_told_once_and_watched_no_longer(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("a", "b")
    teller.watch(Watch("a"))
    assert teller.said == "♪ 1"
    await tell(teller, log, clock)
    assert heard.said == []
    log.ends("a", "b", at=clock.now)
    await tell(teller, log, clock)
    await tell(teller, log, clock)
    assert heard.said == heard.desktop == ["csv_data_load by ada: complete"]
    assert heard.bells == 1
    assert heard.given == []
    assert teller.said == ""


async def test_a_failure_is_told_and_a_good_end_ends_the_watch_silently(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    for id in ("good", "bad", "lost"):
        log.runs(id)
        teller.watch(Watch(id, Event.FAILED))
    log.ends("good", at=NOW)
    log.ends("bad", at=NOW, outcome=Outcome.FAILED)
    log.ends("lost", at=NOW, outcome=Outcome.LOST)
    await tell(teller, log, clock)
    assert heard.said == ["2 jobs ended: 1 failed, 1 lost – csv_data_load by ada"]
    assert teller.watches == ()


async def test_the_watch_of_a_deleted_job_ends_silently(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch("gone"))
    await tell(teller, log, clock)
    assert (heard.said, teller.said) == ([], "")


async def test_a_view_tells_of_what_began_before_and_after_the_watch(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("before")
    teller.watch(Watch(CSV, ways=IDS))
    await teller.look(log)
    clock.now += 60_000
    log.runs("after")
    log.runs("other", type="export_local")
    log.ends("before", "after", "other", at=clock.now)
    await tell(teller, log, clock)
    assert heard.ids() == [["before", "after"]]
    assert teller.said == "♪ 1"
    log.ends("later", at=clock.now)
    await tell(teller, log, clock)
    assert heard.ids()[1:] == [["later"]]


async def test_what_had_ended_before_the_watch_or_is_imported_later_is_not_told(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.ends("old", at=NOW - 1)
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.ends("imported", at=NOW - LATE - 1)
    await tell(teller, log, clock)
    assert heard.said == []


async def test_an_ending_that_the_log_learns_late_is_told(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("a")
    teller.watch(Watch(ALL, ways=IDS))
    await tell(teller, log, clock)
    log.ends("a", at=NOW - 60_000)  # by the clock of a node that is behind
    await tell(teller, log, clock)
    assert heard.ids() == [["a"]]


async def test_endings_within_two_seconds_become_one_notice(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    for id, outcome in (("a", Outcome.ENDED), ("b", Outcome.FAILED)):
        log.ends(id, at=clock.now, outcome=outcome)
        await teller.look(log)
        assert not teller.due
        clock.now += GATHERED - 1
    log.ends("c", at=clock.now)
    assert teller.due
    await teller.look(log)
    assert not teller.due
    assert heard.said == heard.desktop
    assert heard.said == ["3 jobs ended: 2 complete, 1 failed – csv_data_load by ada"]
    assert heard.bells == 1


async def test_nothing_waits_for_a_clock_that_was_set_back(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch("a"))
    log.ends("a", at=NOW)
    await teller.look(log)
    clock.now -= 3_600_000
    assert teller.due
    await teller.look(log)
    assert len(heard.said) == 1


async def test_a_job_of_several_watches_is_told_once_in_all_their_ways(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("a", "b")
    teller.watch(Watch(ALL, ways=Ways(bell=True, desktop=False)))
    teller.watch(Watch(CSV, ways=IDS))
    teller.watch(Watch("a", ways=Ways(bell=False, desktop=True, command="other")))
    log.ends("a", "b", at=NOW)
    await tell(teller, log, clock)
    assert heard.said == ["2 jobs ended: 2 complete – csv_data_load by ada"]
    assert heard.bells == 1
    assert heard.desktop == ["csv_data_load by ada: complete"]
    assert [command for command, _ in heard.given] == ["tell", "other"]
    assert heard.ids() == [["a", "b"], ["a"]]


async def test_a_command_is_given_the_whole_record(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.ends("a\n\x1b", at=NOW)
    teller.watch(Watch("a\n\x1b", ways=IDS))
    await tell(teller, log, clock)
    [(command, [record])] = heard.given
    assert command == "tell"
    given = {
        "id": "a\n\x1b",
        "job_body": {"of": "a\n\x1b"},
        "__state__": "complete",
        "__node__": "node1",
        "__note__": "known, ticket 12",
    }
    assert given.items() <= record.items()


async def test_a_watch_takes_the_place_of_that_of_the_same_and_a_stopped_one_tells_nothing(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    teller.watch(Watch(ALL, Event.FAILED))
    assert teller.watches == (Watch(ALL, Event.FAILED),)
    teller.watch(Watch("a"))
    teller.stop("a")
    teller.stop("never watched")
    log.ends("a", at=NOW)
    await tell(teller, log, clock)
    teller.stop(ALL)
    log.ends("b", at=NOW, outcome=Outcome.FAILED)
    await tell(teller, log, clock)
    assert (heard.said, teller.said) == ([], "")


async def test_a_watch_that_waits_for_another_event_begins_anew(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL, Event.FAILED))
    await tell(teller, log, clock)
    log.ends("a", at=clock.now)
    clock.now += 1
    await teller.look(log)
    teller.watch(Watch(ALL, Event.ENDED, IDS))
    await tell(teller, log, clock)
    log.ends("b", at=clock.now)
    await tell(teller, log, clock)
    assert heard.ids() == [["b"]]


async def test_ends_that_are_still_to_come_hide_none_that_came(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL, ways=IDS))
    log.ends(*(f"odd-{n}" for n in range(MOST - 1)), at=NOW * 2)
    await tell(teller, log, clock)
    log.ends("a", at=clock.now)
    await tell(teller, log, clock)
    # Those that were there at first ended before, by another clock.
    assert heard.ids() == [["a"]]


async def test_what_a_log_that_is_away_could_not_tell_is_told_when_it_is_back(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("a", "b")
    teller.watch(Watch(ALL, ways=IDS))
    teller.watch(Watch("a", ways=IDS))
    log.ends("a", at=NOW)
    log.broken = True
    with pytest.raises(LogError):
        await teller.look(log)
    log.broken = False
    await teller.look(log)
    clock.now += GATHERED
    log.broken = True
    with pytest.raises(LogError):
        await teller.look(log)
    assert heard.said == []
    log.broken = False
    await tell(teller, log, clock)
    assert heard.ids() == [["a"]]


async def test_however_many_ended_before_what_ends_now_is_told(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.ends(*(f"old-{n}" for n in range(5 * MOST)), at=NOW - 1)
    teller.watch(Watch(ALL, ways=IDS))
    await tell(teller, log, clock)
    for turn in range(12):
        ids = [f"{turn}-{n}" for n in range(MOST // 4)]
        log.ends(*ids, at=clock.now)
        await tell(teller, log, clock)
        assert heard.ids()[turn:] == [ids]


async def test_more_than_can_be_asked_for_at_a_time_are_told_as_so_many_at_least(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.ends(*map(str, range(3 * MOST)), at=clock.now)
    await tell(teller, log, clock)
    log.ends("one more", at=clock.now)
    await tell(teller, log, clock)
    assert heard.said == [
        "at least 100 jobs ended: 100 complete – csv_data_load by ada",
        "csv_data_load by ada: complete",
    ]


async def test_failures_are_found_however_much_else_ends(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL, Event.FAILED, IDS))
    log.ends("bad", at=clock.now, outcome=Outcome.FAILED)
    log.ends(*map(str, range(3 * MOST)), at=clock.now)
    await tell(teller, log, clock)
    assert heard.ids() == [["bad"]]


# Lost by their signs


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("sign", sorted(LOST_SIGNS))
async def test_a_job_that_is_lost_by_its_signs_is_told_once_and_watched_no_longer(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard, sign: Sign, event: Event
) -> None:
    log.runs("a")
    teller.watch(Watch("a", event))
    await tell(teller, log, clock)
    log.loses("a", sign=Sign.OVERDUE)
    await tell(teller, log, clock)
    assert (heard.said, teller.said) == ([], "♪ 1")
    log.loses("a", sign=sign)
    await tell(teller, log, clock)
    await tell(teller, log, clock)
    assert heard.said == heard.desktop == ["csv_data_load by ada: lost"]
    assert teller.said == ""


@pytest.mark.parametrize("event", list(Event))
async def test_a_view_tells_once_of_what_is_lost_however_long_it_stays_so(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard, event: Event
) -> None:
    log.runs("a", "b")
    log.runs("other", type="export_local")
    log.loses("before")
    teller.watch(Watch(CSV, event, IDS))
    await tell(teller, log, clock)
    log.loses("a", "other")
    log.loses("b", sign=Sign.BEYOND)
    for _ in range(5):
        await tell(teller, log, clock)
        clock.now += LATE
    teller.watch(Watch(ALL, event, IDS))
    await tell(teller, log, clock)
    assert heard.said == ["2 jobs ended: 2 lost – csv_data_load by ada"]
    assert heard.ids() == [["b", "a"]]
    log.loses("later")
    await tell(teller, log, clock)
    assert heard.ids()[1:] == [["later"]]


async def test_the_command_is_told_why_a_job_is_lost(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.loses("a")
    teller.watch(Watch("a", ways=IDS))
    await tell(teller, log, clock)
    [(_, [record])] = heard.given
    assert (record["status"], record["__state__"]) == ("IN_PROGRESS", "lost")
    assert "is gone" in record["__lost_reason__"]


async def test_a_lost_job_of_several_watches_is_told_once(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.runs("a")
    for target in (ALL, CSV, "a"):
        teller.watch(Watch(target))
    await tell(teller, log, clock)
    log.loses("a")
    await tell(teller, log, clock)
    await tell(teller, log, clock)
    assert heard.said == ["csv_data_load by ada: lost"]
    assert [watch.target for watch in teller.watches] == [ALL, CSV]


async def test_who_asks_for_a_job_that_was_told_as_lost_is_told_that_again(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.loses("a")
    await tell(teller, log, clock)
    teller.watch(Watch("a"))
    await tell(teller, log, clock)
    assert heard.said == ["csv_data_load by ada: lost"] * 2


async def test_that_a_job_told_as_lost_is_closed_as_failed_is_no_news(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.loses("before")
    teller.watch(Watch(ALL, ways=IDS))
    await tell(teller, log, clock)
    log.loses("by hand", "by its node")
    await tell(teller, log, clock)
    log.ends("by hand", "before", at=clock.now, outcome=Outcome.FAILED)
    log.ends("by its node", at=clock.now, outcome=Outcome.LOST)
    await tell(teller, log, clock)
    assert heard.ids() == [["by its node", "by hand"], ["before"]]


async def test_that_a_job_told_as_lost_ends_well_after_all_is_told_once(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.loses("a")
    await tell(teller, log, clock)
    log.ends("a", at=clock.now)
    await tell(teller, log, clock)
    await tell(teller, log, clock)
    assert heard.said == ["csv_data_load by ada: lost", "csv_data_load by ada: complete"]


async def test_a_lost_job_that_ends_before_that_is_told_is_told_by_what_came_of_it(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.loses("a")
    await teller.look(log)
    log.ends("a", at=clock.now, outcome=Outcome.FAILED)
    clock.now += GATHERED
    await tell(teller, log, clock)
    assert heard.said == ["csv_data_load by ada: failed"]


async def test_however_many_were_lost_before_none_of_them_is_told(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    log.loses(*(f"old-{n}" for n in range(2 * MOST)))
    teller.watch(Watch(ALL, ways=IDS))
    await tell(teller, log, clock)
    log.gone -= {f"old-{n}" for n in range(MOST // 2, 2 * MOST)}  # so that older ones are found
    log.loses("new")
    await tell(teller, log, clock)
    assert heard.ids() == [["new"]]
    assert heard.said == ["csv_data_load by ada: lost"]


async def test_more_lost_jobs_than_can_be_asked_for_make_other_notices_no_less_exact(
    teller: Teller, log: Log, clock: FakeClock, heard: Heard
) -> None:
    teller.watch(Watch(ALL))
    await tell(teller, log, clock)
    log.loses(*map(str, range(2 * MOST)))
    await tell(teller, log, clock)
    log.ends("a", at=clock.now)
    await tell(teller, log, clock)
    assert heard.said == [
        "at least 100 jobs ended: 100 lost – csv_data_load by ada",
        "csv_data_load by ada: complete",
    ]


async def test_it_finds_what_is_lost_in_a_real_log(
    teller: Teller,
    tmp_path: Path,
    clock: FakeClock,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(usual, "GONE_FOR", 0)
    path = tmp_path / "jobs.db"
    here = own_process().to_json()
    gone = here | {"started": 5, "boot": "another"}
    with PlainJobLog.open(path) as log:
        log.upsert_many(a_job(number) for number in range(1, OWN_RUNS + 1))
        for number, process in ((40, gone), (41, here), (42, here)):
            log.upsert_many([a_job(number, "IN_PROGRESS", other={KEY: process})])
        async with LogReader.open(path, clock=clock) as reader:
            teller.watch(Watch(CSV, ways=IDS))
            teller.watch(Watch("job-00042", ways=IDS))
            await tell(teller, reader, clock)
            log.upsert_many(a_job(number, "IN_PROGRESS", other={KEY: gone}) for number in (41, 42))
            await tell(teller, reader, clock)
            log.upsert_many([a_job(0, "IN_PROGRESS")])
            await tell(teller, reader, clock)
            clock.now += 2 * HOUR
            await tell(teller, reader, clock)
            log.upsert_many([a_job(41, "ERROR", end_datetime=clock.now)])
            await tell(teller, reader, clock)
    assert [sorted(ids) for ids in heard.ids()] == [["job-00041", "job-00042"], ["job-00000"]]
    assert heard.said == [
        "2 jobs ended: 2 lost – csv_data_load by ada",
        "csv_data_load by ada: lost",
    ]
    records = [record for _, told in heard.given for record in told]
    assert [record["__state__"] for record in records] == ["lost"] * 3
    assert all(record["__lost_reason__"] for record in records)
    assert teller.watches == (Watch(CSV, ways=IDS),)


async def test_it_finds_what_ends_in_a_real_log(
    teller: Teller, tmp_path: Path, clock: FakeClock, heard: Heard
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(0, "IN_PROGRESS"), a_job(1, "IN_PROGRESS"), a_job(20), a_job(2)])
        async with LogReader.open(path, clock=clock) as reader:
            teller.watch(Watch(CSV, ways=IDS))
            teller.watch(Watch("job-00000", Event.FAILED, IDS))
            await tell(teller, reader, clock)
            failed = a_job(0, "ERROR", end_datetime=NOW + 1, message="no such table")
            log.upsert_many([failed, a_job(1, end_datetime=NOW + 2), a_job(3, type="delete")])
            await tell(teller, reader, clock)
    assert heard.said == ["2 jobs ended: 1 complete, 1 failed – csv_data_load by ada"]
    assert sorted(heard.ids()[0]) == ["job-00000", "job-00001"]
    assert teller.watches == (Watch(CSV, ways=IDS),)


# The commands


class Commands(UserCommands):
    """Commands whose failures are kept; one is a program of Python."""

    def __init__(self, limit: float = 30.0) -> None:
        self.warned: list[str] = []
        super().__init__(self.warned.append, limit=limit)

    def run(self, program: str, given: bytes = b"") -> None:
        assert "'" not in program
        self.start(f"{sys.executable} -c '{program}'", given)


@pytest.fixture
async def commands() -> AsyncIterator[Commands]:
    commands = Commands()
    yield commands
    await commands.close()


async def test_a_command_gets_what_it_is_given_and_no_shell_reads_it(
    commands: Commands, tmp_path: Path
) -> None:
    given = b'{"id":"$(touch pwned); `x` \\u001b"}\n' * 10_000
    path = tmp_path / "got"
    program = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    commands.start(f'{sys.executable} -c "{program}" {path}', given)
    await commands.finished()
    assert path.read_bytes() == given
    assert commands.warned == []


async def test_the_words_of_a_command_are_not_expanded(commands: Commands, tmp_path: Path) -> None:
    path = tmp_path / "got"
    program = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    commands.start(f'{sys.executable} -c "{program}" {path} "$HOME;*|x"', b"")
    await commands.finished()
    assert path.read_text(encoding="utf-8") == "$HOME;*|x"


async def test_a_command_need_not_read(commands: Commands) -> None:
    commands.run("pass", b"x" * 1_000_000)
    await commands.finished()
    assert commands.warned == []


async def test_a_failure_is_told_with_the_last_line_of_what_it_said(commands: Commands) -> None:
    program = 'import sys; print("not this"); sys.exit("first\\nno \\x1b[31mscreen\\n")'
    commands.run(program)
    await commands.finished()
    [warned] = commands.warned
    assert warned.startswith(f"The command “{sys.executable[:39]}")
    assert warned.endswith("” failed: exit status 1: no \\x1b[31mscreen")


async def test_endless_output_is_no_more_than_its_end(commands: Commands) -> None:
    commands.run(
        'import sys; sys.stdout.write("x" * 9999999); '
        'sys.stderr.write("y\\n" * 999999 + "end"); sys.exit(3)'
    )
    await commands.finished()
    [warned] = commands.warned
    assert warned.endswith("failed: exit status 3: end")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/nowhere/at/all --now", "no such file or directory"),
        ("/", "permission denied"),
        ("say 'it", "no closing quotation in the command"),
        ("  ", "no command"),
    ],
)
async def test_what_cannot_be_run_is_told(commands: Commands, command: str, reason: str) -> None:
    commands.start(command, b"{}")
    await commands.finished()
    assert commands.warned == [f"The command “{command.strip(' ')}” failed: {reason}"]


async def test_a_command_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    commands = Commands(limit=0.0)
    commands.run("import time; time.sleep(600)")
    await commands.finished()
    [warned] = commands.warned
    assert warned.endswith("failed: it took longer than 0 s and was ended")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc what runs")
async def test_closing_ends_what_runs_and_waits_for_it(tmp_path: Path) -> None:
    commands = Commands()
    ready = tmp_path / "ready"
    program = (
        "import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "os.fork(); open(sys.argv[1] + str(os.getpid()), 'x').close(); time.sleep(600)"
    )
    commands.start(f'{sys.executable} -c "{program}" {ready}', b"")
    pids = await _both(tmp_path)
    await commands.close()
    assert commands.warned == []
    for pid in pids:
        assert not _runs(pid)


async def _both(folder: Path) -> list[int]:
    """Wait for the files of two processes, and return their ids."""
    for _ in range(2_000):
        names = [path.name for path in folder.iterdir()]
        if len(names) == 2:
            return [int(name.removeprefix("ready")) for name in names]
        await asyncio.sleep(0.01)
    pytest.fail("never: two processes")


def _runs(pid: int) -> bool:
    """Return whether a process goes on; one that only waits to be reaped doesn't."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_command_is_split_as_by_a_shell() -> None:
    assert words_of("say 'it ended' \"now\"") == ["say", "it ended", "now"]
    for wrong in ("", "say '", "say \0"):
        with pytest.raises(ValueError, match="command"):
            words_of(wrong)
