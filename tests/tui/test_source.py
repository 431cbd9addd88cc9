"""What the log answers to one query is never shown for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from jobwatch.model.condition import Mentions, Pattern
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.store.slices import FIRST
from jobwatch.tui.loading import Anchor, Picture
from jobwatch.tui.source import Source
from tests.tui.harness import NOW, FakeClock, a_job

HEIGHT = 20
CSV = Mentions(Pattern.containing("csv"))


def nothing_selected() -> Anchor:
    return Anchor(None, 0, None, HEIGHT)


def answers(source: Source, query: JobQuery) -> AsyncGenerator[Picture | None, None]:
    return source.ask(query, nothing_selected, lambda: None)


def statuses(picture: Picture) -> set[str]:
    return {row.status for page in picture.pages.values() for row in page if row is not None}


async def last_picture(source: Source, query: JobQuery) -> Picture:
    async with aclosing(answers(source, query)) as pictures:
        *_, last = [picture async for picture in pictures]
    assert last is not None
    return last


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Source]:
    """A log that takes a search several slices, where every third job failed."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            a_job(number, "COMPLETE" if number % 3 else "ERROR") for number in range(2 * FIRST)
        )
    clock = FakeClock()
    async with LogReader.open(path, clock=clock) as reader:
        yield Source(reader, clock)


async def test_an_answer_ends_where_another_query_has_overtaken_it(source: Source) -> None:
    async with aclosing(answers(source, JobQuery(view=View.ALL))) as late:
        assert await anext(late) is not None

        failed = await last_picture(source, JobQuery(view=View.FAILED))

        assert [picture async for picture in late] == []
    assert statuses(failed) == {"ERROR"}
    assert source.query.view is View.FAILED


async def test_a_search_that_another_overtakes_adds_nothing_to_it(source: Source) -> None:
    async with aclosing(answers(source, JobQuery(where=CSV))) as late:
        assert await anext(late) is None
        assert await anext(late) is not None

        async with aclosing(answers(source, JobQuery(View.FAILED, where=CSV))) as other:
            assert await anext(other) is None

            assert [picture async for picture in late] == []
            *_, failed = [picture async for picture in other]
    assert failed is not None
    assert failed.listing.total == len(range(0, 2 * FIRST, 3))
    assert statuses(failed) == {"ERROR"}


async def test_a_refresh_that_another_query_overtakes_shows_nothing(source: Source) -> None:
    await last_picture(source, JobQuery(view=View.ALL))
    asked = False

    def moved_on() -> Anchor:
        nonlocal asked
        if not asked:
            asked = True
            source.jobs = source.reader.list_jobs(JobQuery(view=View.FAILED))
        return nothing_selected()

    assert await source.refresh(moved_on) is None


async def test_a_search_is_kept_up_however_long_it_took(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 0)
    found = await last_picture(source, JobQuery(View.FAILED, where=CSV))
    with PlainJobLog.open(source.reader.path) as log:
        log.upsert_many([a_job(2 * FIRST, "ERROR"), a_job(1, "ERROR"), a_job(0, "COMPLETE")])
    picture = await source.refresh(nothing_selected)
    assert picture is not None
    assert picture.listing.total == found.listing.total + 1
    assert source.found_at is None


async def test_a_sort_that_took_long_says_how_old_it_is(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 0)
    found = await last_picture(source, JobQuery(sort=Sort(SortKey.TYPE)))
    with PlainJobLog.open(source.reader.path) as log:
        log.upsert_many([a_job(2 * FIRST, "ERROR")])
    picture = await source.refresh(nothing_selected)
    assert picture is not None
    assert picture.listing.total == found.listing.total
    assert source.found_at is not None


@pytest.mark.parametrize("running", [0, 1])
async def test_a_sort_by_time_that_took_long_is_old_at_once_if_jobs_run(
    source: Source, monkeypatch: pytest.MonkeyPatch, running: int
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 0)
    with PlainJobLog.open(source.reader.path) as log:
        log.upsert_many(a_job(4 * FIRST, "IN_PROGRESS") for _ in range(running))
    for view, ages in (
        (View.ALL, bool(running)),
        (View.FAILED, False),
    ):
        await last_picture(source, JobQuery(view, sort=Sort(SortKey.DURATION)))
        assert source.ages is ages
        assert source.found_at == (NOW if ages else None)
    await last_picture(source, JobQuery(sort=Sort(SortKey.TYPE)))
    assert not source.ages
    assert source.found_at is None


async def test_a_sort_by_time_is_not_old_while_it_is_made_again_in_a_moment(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 60)
    with PlainJobLog.open(source.reader.path) as log:
        log.upsert_many([a_job(4 * FIRST, "IN_PROGRESS")])
    await last_picture(source, JobQuery(sort=Sort(SortKey.DURATION)))
    assert source.ages
    assert source.found_at is None


async def test_a_refresh_that_is_interrupted_by_another_query_is_no_failure(
    source: Source,
) -> None:
    await last_picture(source, JobQuery(where=CSV))
    with PlainJobLog.open(source.reader.path) as log:
        log.upsert_many([a_job(0, "ERROR")])  # so that all is looked through again
    refreshing = asyncio.ensure_future(source.refresh(nothing_selected))
    await asyncio.sleep(0)
    other = await last_picture(source, JobQuery(View.FAILED, where=CSV))
    assert await refreshing is None
    assert other.listing.total == len(range(0, 2 * FIRST, 3))
