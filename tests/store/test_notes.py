"""Notes stay with their jobs: the latest of each, shown and found, gone with the job."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.model.language import parse_query
from jobwatch.model.query import JobQuery, View
from jobwatch.model.query_text import quoted
from jobwatch.model.row import Note
from jobwatch.model.when import UTC
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader

NOW = 1_795_392_000_000
IDS = [
    "plain",
    "7",
    "007",
    "7.0",
    "1e3",
    "-1",
    "9223372036854775808",
    "NULL",
    "null",
    "true",
    "'; DROP TABLE notes; --",
    'say "no"',
    "100%_*?[a]",
    " ",
    "a\0b",
    "a",
    "\ud800",
    "é",
    "e\u0301",
    "日本",
    "\x1b]52;c;x\x07",
    "x" * 5_000,
]


def job(id: str, start: int = NOW) -> Job:
    return Job(id=id, status="ERROR", type="t", start_datetime=start, end_datetime=start + 1)


def query(text: str = "", view: View = View.ALL) -> JobQuery:
    return JobQuery(view, text=text, where=parse_query(text, now=NOW, zone=UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(job(id, NOW + n) for n, id in enumerate(IDS))
    return path


@pytest.fixture
async def reader(path: Path) -> AsyncIterator[LogReader]:
    async with LogReader.open(path, clock=lambda: NOW) as reader:
        yield reader


def notes(path: Path) -> dict[str, Note]:
    with PlainJobLog.read(path) as log:
        return {row.id: row.note for row in log.rows(JobQuery()) if row.note is not None}


def found(path: Path, text: str) -> set[str]:
    with PlainJobLog.read(path) as log:
        ids = {row.id for row in log.rows(query(text))}
        assert log.count(query(text)) == len(ids)
    return ids


def write(path: Path, noted: Mapping[str, Note | None]) -> int:
    with PlainJobLog.open(path) as log:
        return log.set_notes(noted)


def test_each_job_takes_its_own_note_whatever_its_id(path: Path) -> None:
    for number, id in enumerate(IDS):
        assert write(path, {id: Note(NOW, f"note {number}")}) == 1
        assert notes(path) == {id: Note(NOW, f"note {n}") for n, id in enumerate(IDS[: number + 1])}


async def test_many_are_noted_at_once_by_either_log(path: Path) -> None:
    assert write(path, dict.fromkeys(IDS, Note(1, "once"))) == len(IDS)
    async with JobLog.open(path) as log:
        assert await log.set_notes({id: Note(2, id[:1]) for id in IDS if id != "\ud800"}) == 21
    assert notes(path) == {id: Note(1, "once") if id == "\ud800" else Note(2, id[:1]) for id in IDS}


async def test_a_later_note_replaces_an_earlier_one_and_not_the_other_way(path: Path) -> None:
    async with JobLog.open(path) as log:
        assert await log.set_notes({"7": Note(10, "first")}) == 1
        assert await log.set_notes({"7": Note(9, "earlier"), "a": Note(9, "other")}) == 1
        assert notes(path) == {"7": Note(10, "first"), "a": Note(9, "other")}
        assert await log.set_notes({"7": Note(10, "corrected")}) == 1
        assert await log.set_notes({"7": Note(11, "second")}) == 1
    assert notes(path) == {"7": Note(11, "second"), "a": Note(9, "other")}


async def test_a_note_is_taken_away_once(path: Path) -> None:
    write(path, {"7": Note(10, "x"), "a\0b": Note(10, "y"), "a": Note(10, "z")})
    async with JobLog.open(path) as log:
        assert await log.set_notes({"a\0b": None, "plain": None, "nobody": None}) == 1
        assert notes(path) == {"7": Note(10, "x"), "a": Note(10, "z")}
        assert await log.set_notes({"7": None, "a": Note(11, "new")}) == 2
        assert await log.set_notes({"7": None}) == 0
    assert notes(path) == {"a": Note(11, "new")}
    assert write(path, {"7": Note(1, "again")}) == 1
    assert notes(path)["7"] == Note(1, "again")


def test_jobs_that_are_not_there_take_no_note(path: Path) -> None:
    assert write(path, {"nobody": Note(1, "x"), "07": Note(1, "x"), "A": Note(1, "x")}) == 0
    assert write(path, {"nobody": Note(1, "x"), "7": Note(1, "x")}) == 1
    assert write(path, {}) == 0
    with PlainJobLog.open(path) as log:
        log.upsert_many([job("nobody")])
    assert notes(path) == {"7": Note(1, "x")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "known, ticket 12",
        "two\nlines\tand a tab",
        '"quoted" \\ 100%_',
        "\x1b[31m\x9b\u202e",
        "é 日本 😀",
        "a\0b",
        "x" * 100_000,
    ],
)
async def test_a_note_says_what_was_written(path: Path, text: str) -> None:
    async with JobLog.open(path) as log, LogReader.open(path) as reader:
        assert await log.set_notes({"7": Note(NOW, text)}) == 1
        row = await reader.row("7")
    assert row is not None
    assert row.note == Note(NOW, text)
    assert found(path, "is:noted") == {"7"}


async def test_notes_are_shown_in_every_list(path: Path, reader: LogReader) -> None:
    write(path, {"7": Note(NOW, "known")})
    for asked in (query(), query(view=View.FAILED), query("type:t"), query(view=View.ATTENTION)):
        jobs = reader.list_jobs(asked)
        await jobs.refresh()
        rows = [row for row in await jobs.page(0) if row is not None]
        assert len(rows) == len(IDS)
        assert {row.id for row in rows if row.note == Note(NOW, "known")} == {"7"}
    assert [row.note for row in await reader.found(query("id:7"), 9) if row.id == "7"] == [
        Note(NOW, "known")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is:noted", {"7", "a\0b", "plain"}),
        ("has:note", {"7", "a\0b", "plain"}),
        ("-is:noted", set(IDS) - {"7", "a\0b", "plain"}),
        ("note:ticket", {"7", "plain"}),
        ("note:TICKET", {"7", "plain"}),
        ("note:ticket*12", {"7"}),
        ('note:"ticket*12"', set()),
        ('note:"12, known"', {"7"}),
        ("note:100%", {"plain"}),
        ("note:%", {"plain"}),
        ("note:_", set()),
        ("-note:ticket", set(IDS) - {"7", "plain"}),
        ("note:ticket -note:12", {"plain"}),
        ("is:noted status:error id:7", {"7"}),
        ("ticket", set()),
    ],
)
def test_notes_are_found(path: Path, text: str, expected: set[str]) -> None:
    write(
        path,
        {
            "7": Note(NOW, "see ticket no. 12, known"),
            "a\0b": Note(NOW, ""),
            "plain": Note(NOW, "ticket, 100% sure"),
        },
    )
    assert found(path, text) == expected


@pytest.mark.parametrize("text", ['"quoted" \\ 100%_', "(a, b) OR *", "é 日本", " "])
def test_a_quoted_note_is_found_by_what_it_says(path: Path, text: str) -> None:
    write(path, {"7": Note(NOW, f"<{text}>"), "a": Note(NOW, "none")})
    assert found(path, f"note:{quoted(text)}") == {"7"}


async def test_a_note_goes_with_its_job(path: Path) -> None:
    write(path, dict.fromkeys(IDS, Note(NOW, "known")))
    async with JobLog.open(path) as log:
        assert await log.delete(["7", "a\0b", "nobody"]) == 2
        left = set(IDS) - {"7", "a\0b"}
        assert notes(path) == dict.fromkeys(left, Note(NOW, "known"))
        await log.upsert_many([job("7"), job("a\0b")])
    assert set(notes(path)) == left


async def test_a_note_stays_with_a_job_whose_record_changes(path: Path) -> None:
    write(path, {"7": Note(NOW, "known")})
    async with JobLog.open(path) as log:
        await log.upsert_many([job("7", NOW + 500).replace(message="more")], node="n1")
        await log.fail("7", "no")
    assert notes(path) == {"7": Note(NOW, "known")}


def test_a_note_does_not_change_the_record(path: Path) -> None:
    with PlainJobLog.open(path) as log:
        before = list(log.jobs(JobQuery()))
        log.set_notes(dict.fromkeys(IDS, Note(NOW, "known")))
        assert list(log.jobs(JobQuery())) == before


async def test_a_watch_is_told_of_notes_and_not_of_what_came_to_nothing(
    path: Path, reader: LogReader
) -> None:
    async with JobLog.open(path) as log:
        await reader.moved()
        for noted, moves in (
            ({"7": Note(2, "x")}, True),
            ({"nobody": Note(2, "x")}, False),
            ({"7": Note(1, "earlier")}, False),
            ({"7": None}, True),
            ({"7": None}, False),
        ):
            assert bool(await log.set_notes(noted)) is moves
            assert await reader.moved() is moves, noted


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("is:noted", [["日本", "7"], ["日本", "7", "plain"], ["日本", "plain"], ["plain"]]),
        ("note:known", [["7"], ["7", "plain"], ["日本", "plain"], ["plain"]]),
        ("-is:noted id:7,plain", [["7.0", "plain"], ["7.0"], ["7.0", "7"], ["7.0", "7"]]),
    ],
)
async def test_a_list_that_is_kept_up_takes_notes_in(
    path: Path, reader: LogReader, text: str, steps: list[list[str]]
) -> None:
    jobs = reader.list_jobs(query(text))
    assert jobs.is_kept_up
    await jobs.refresh()
    async with JobLog.open(path) as log:
        for number, expected in enumerate(steps):
            if number == 0:
                await log.set_notes({"7": Note(1, "known"), "日本": Note(1, "other")})
            elif number == 1:
                await log.set_notes({"plain": Note(1, "known")})
            elif number == 2:
                await log.set_notes({"7": None, "日本": Note(2, "known")})
            else:
                await log.delete(["日本"])
            await jobs.refresh()
            assert [row and row.id for row in await jobs.page(0)] == expected, number
