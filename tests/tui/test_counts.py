"""The counts on the tabs: those of the query on screen, grown in sight, and kept up."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from jobwatch.model.node import Node, NodeState
from jobwatch.model.query import JobQuery
from jobwatch.model.summary import StateCounts
from jobwatch.store import slices
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.reader import LogReader
from jobwatch.tui import insights
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.widgets.summary import Summary
from jobwatch.tui.widgets.view_tabs import ViewTabs
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor

UNKNOWN = "1 Running 2 All 3 Failed"


def counted(monitor: Monitor) -> str:
    """Return what the tabs say of the views whose jobs are counted."""
    tabs, behind, _ = monitor.tabs.partition(" 4 Errors 5 Attention")
    assert behind
    return tabs


def summed_up(monitor: Monitor) -> str:
    """Return what the summary says, one blank between two words."""
    content = monitor.screen.query_one(Summary).render()
    return " ".join(content.plain.split())


async def counts(monitor: Monitor, running: int, total: int, failed: int) -> None:
    shown = f"1 Running {running} 2 All {total} 3 Failed {failed}"
    await monitor.until(lambda: counted(monitor) == shown, shown)


async def ask(monitor: Monitor, text: str) -> None:
    await monitor.press("slash")
    await monitor.paste(text)
    await monitor.press("enter")


def told(monitor: Monitor) -> list[str]:
    """Return a list to which all that they say from now on is added."""
    tabs = monitor.screen.query_one(ViewTabs)
    said = [counted(monitor)]

    def note() -> None:
        said.append(counted(monitor))

    for reactive in ("counts", "growing"):
        monitor.screen.watch(tabs, reactive, note, init=False)
    return said


async def test_they_are_those_of_the_query_whichever_view_is_shown(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await counts(monitor, 3, 303, 10)
        await ask(monitor, "since:70m")
        await counts(monitor, 3, 71, 2)
        await monitor.press("3")
        await monitor.until(lambda: monitor.table.listing.total == 2, "the failed")
        await counts(monitor, 3, 71, 2)
        await monitor.press("escape")
        await counts(monitor, 3, 303, 10)


async def test_they_follow_a_range_and_a_node(log: Path, clock: FakeClock) -> None:
    async with JobLog.open(log) as store:
        await store.upsert_many(
            [a_job(30, "ERROR", id="n-1"), a_job(200, id="n-2")], node="n1.example.com"
        )
        await store.save_node(Node(name="n1.example.com", state=NodeState.LIVE, checked_at=NOW))
    async with running_monitor(log, clock) as monitor:
        await counts(monitor, 3, 305, 11)
        await monitor.press("n")
        await counts(monitor, 0, 2, 1)
        await monitor.opens("d", DateSearch)
        await monitor.press("1", "enter")
        await counts(monitor, 0, 1, 1)
        await monitor.press("n")
        await counts(monitor, 3, 62, 3)


async def test_they_grow_in_sight_and_are_right_in_the_end(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "FIRST", 40)
    monkeypatch.setattr(slices, "LARGEST", 40)
    async with running_monitor(log, clock) as monitor:
        await counts(monitor, 3, 303, 10)
        said = told(monitor)
        await ask(monitor, "dur<1m")
        await counts(monitor, 1, 301, 10)
        growing = [line for line in said if "+" in line]
        assert len(growing) > 2
        assert all(line.count("+") == 3 for line in growing)
        alls = [int(line.split(" 2 All ")[1].split("+")[0]) for line in growing]
        assert alls == sorted(alls)


async def test_once_known_they_are_counted_anew_out_of_sight(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "FIRST", 40)
    monkeypatch.setattr(slices, "LARGEST", 40)
    async with running_monitor(log, clock) as monitor:
        await ask(monitor, "dur<1m OR is:running")
        await counts(monitor, 3, 303, 10)
        said = told(monitor)
        await monitor.press("3")
        await monitor.until(lambda: monitor.table.listing.total == 10, "the failed")
        monitor.write([a_job(1), a_job(400, "ERROR")])
        await counts(monitor, 2, 304, 11)
        assert not [line for line in said if "+" in line]


async def test_they_follow_what_is_written_to_the_log(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await ask(monitor, "since:70m")
        await counts(monitor, 3, 71, 2)
        monitor.write([a_job(1), a_job(12, "ERROR"), a_job(65, "ERROR", id="another")])
        await counts(monitor, 2, 72, 4)
        monitor.write([a_job(100, "IN_PROGRESS", id="older")])
        monitor.write([a_job(2, "ERROR")])
        await counts(monitor, 1, 72, 5)


async def test_none_of_one_query_is_shown_for_another(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = asyncio.Event()
    count, count_states = LogReader.counts, LogReader.count_states

    async def late_counts(reader: LogReader) -> StateCounts:
        await known.wait()
        return await count(reader)

    async def late_states(reader: LogReader, query: JobQuery) -> AsyncGenerator[StateCounts, None]:
        await known.wait()
        async for counts in count_states(reader, query):
            yield counts

    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await counts(monitor, 3, 303, 10)
        monkeypatch.setattr(LogReader, "counts", late_counts)
        monkeypatch.setattr(LogReader, "count_states", late_states)
        await ask(monitor, "is:failed")
        await monitor.until(lambda: monitor.table.listing.total == 10, "the query's jobs")
        assert counted(monitor) == UNKNOWN
        known.set()
        await counts(monitor, 0, 10, 10)
        known.clear()
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all jobs")
        assert counted(monitor) == UNKNOWN
        known.set()
        await counts(monitor, 3, 303, 10)


async def test_they_are_those_of_the_log_that_takes_the_place_of_another(
    log: Path, clock: FakeClock
) -> None:
    other = log.with_name("other.db")
    with PlainJobLog.open(other) as store:
        store.upsert_many([a_job(5, "ERROR", id="another")])
    async with running_monitor(log, clock) as monitor:
        await ask(monitor, "is:failed")
        await counts(monitor, 0, 10, 10)
        for suffix in ("-wal", "-shm"):
            log.with_name(log.name + suffix).unlink(missing_ok=True)
        os.replace(other, log)
        await counts(monitor, 0, 1, 1)
        monitor.write([a_job(6, "ERROR")])
        await counts(monitor, 0, 2, 2)


async def test_how_many_are_lost_is_blank_until_it_is_known(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "REST", 60)  # what is asked for doesn't wait for it
    with PlainJobLog.open(log) as store:
        store.upsert_many([a_job(5_000, "IN_PROGRESS", type="slow")])
        # For days, where others took half a minute.
        store.upsert_many(a_job(400 + n, type="slow", id=f"slow-{n}") for n in range(20))
    known = asyncio.Event()
    hours = LogReader.hours

    async def late_hours(reader: LogReader, query: JobQuery) -> tuple[int, ...]:
        await known.wait()
        return await hours(reader, query)

    async with running_monitor(log, clock) as monitor:
        await monitor.until(lambda: summed_up(monitor).startswith("● 3 "), "three that run")
        assert "? 1 " in summed_up(monitor)
        monkeypatch.setattr(LogReader, "hours", late_hours)
        for keys in (("slash", *"type:slow", "enter"), ("escape",)):
            known.clear()
            await monitor.press(*keys)
            await monitor.until(lambda: "✓" in summed_up(monitor) and "%" not in summed_up(monitor))
            await monitor.until(lambda: bool(re.search(r"✓ \d", summed_up(monitor))), "the ended")
            assert re.match(r"● ✓ \d+ ◐ 0 ✗ \d+ \? err", summed_up(monitor)), summed_up(monitor)
            known.set()
            await monitor.until(lambda: "? 1 " in summed_up(monitor), "the lost")


async def test_r_reads_at_once_how_many_are_lost(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "REST", 60)
    async with running_monitor(log, clock) as monitor:
        await monitor.until(lambda: "? 0 " in summed_up(monitor), "none")
        summary = monitor.screen.query_one(Summary)
        summary.unending = None
        await monitor.press("r")
        await monitor.until(lambda: "? 0 " in summed_up(monitor), "none again")


async def test_the_summary_of_another_query_is_read_while_the_screen_is_held_still(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        summary = monitor.screen.query_one(Summary)
        await monitor.until(lambda: bool(summary.hours) and summary.unending == 0, "all of it")
        of_all = summed_up(monitor)
        await ask(monitor, "since:70m")
        await monitor.until(lambda: "✓ 66" in summed_up(monitor), "that of a range")
        await monitor.press("space")
        await monitor.shows("‖ paused")
        await monitor.press("escape")
        await monitor.until(lambda: summed_up(monitor) == of_all, of_all)
        summary.hours = ()
        await monitor.press("r")
        await monitor.until(lambda: summed_up(monitor) == of_all, of_all)
        assert "‖ paused" in monitor.text()
