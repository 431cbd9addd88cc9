"""Order, columns and saved views: chosen by keys, kept in the state file, taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.model.query import SortKey, View
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui.screens.columns_chooser import ColumnsChooser
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.name_view import NameView
from jobwatch.tui.screens.saved_views import SavedViews
from tests.tui.harness import (
    NOW,
    FakeClock,
    Monitor,
    a_job,
    reads_at_once,
    running_monitor,
)


@pytest.fixture
def state(log: Path, tmp_path: Path) -> StateFile:
    return StateFile.of(log, tmp_path / "state")


def header(monitor: Monitor) -> list[str]:
    """Return what the header of the table says."""
    return monitor.text().splitlines()[monitor.table.region.y].split()


async def save_view(monitor: Monitor, name: str) -> None:
    await monitor.opens("v", NameView)
    await monitor.press(*["backspace"], *name, "enter")
    await monitor.until(lambda: name in monitor.tabs, f"the tab of {name}")


async def all_failed_of_ada(monitor: Monitor) -> None:
    """Ask for what only a saved view brings back: a query, an order and columns."""
    await monitor.press("3", "slash")
    await monitor.paste("user:ada")
    await monitor.press("enter")
    await monitor.shows("10 jobs · with “user:ada”")
    await monitor.press("s")
    await monitor.opens("c", ColumnsChooser)
    await monitor.press("space", "enter")  # without the first, the time
    await monitor.until(lambda: header(monitor)[0] == "State", "no time")


def is_failed_of_ada(monitor: Monitor) -> bool:
    return (
        "10 jobs · with “user:ada”" in monitor.line
        and header(monitor)[0] == "State"
        and "Started ↑" in " ".join(header(monitor))
        and monitor.jobs[:2] == ["job-00300", "job-00270"]
    )


async def test_the_order_turns_by_clicks_on_a_header_and_is_kept(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.press("2")
        await monitor.pilot.click("JobTable", offset=(27, 0))
        await monitor.shows("Type ↑")
        await monitor.pilot.click("JobTable", offset=(27, 0))
        await monitor.shows("Type ↓")
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.shows("Type ↓")
        await monitor.press("s")
        await monitor.shows("Started ↓")
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.shows("Started ↓")


async def test_the_order_by_key_is_kept(log: Path, clock: FakeClock, state: StateFile) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.press("2", "s", "s")
        await monitor.shows("Time ↓")
        await monitor.until(lambda: state.load().sort.key is SortKey.DURATION, "kept")
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.shows("Time ↓")
        await monitor.until(lambda: monitor.jobs == ["job-00002", "job-00001", "job-00000"])


async def test_the_columns_chosen_are_kept_until_the_width_decides_again(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        automatic = header(monitor)
        await monitor.opens("c", ColumnsChooser)
        await monitor.press("space", "enter")
        await monitor.until(lambda: header(monitor)[:2] == ["State", "Type"], "no time")
        chosen = header(monitor)
        await monitor.opens("c", ColumnsChooser)
        await monitor.press("down", "space", "escape")
    async with running_monitor(log, clock, state=state) as monitor:
        assert header(monitor) == chosen
        await monitor.opens("c", ColumnsChooser)
        await monitor.press("a", "enter")
        await monitor.until(lambda: header(monitor) == automatic, "as the width allows")
        await monitor.until(lambda: state.load().columns == (), "kept")


async def test_a_saved_view_brings_back_query_order_and_columns_in_the_next_run_too(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await all_failed_of_ada(monitor)
        await save_view(monitor, "ada's")
        assert "6 ada's" in monitor.tabs
        await monitor.press("escape", "2", "s")
        await monitor.opens("c", ColumnsChooser)
        await monitor.press("a", "enter")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all")
        await monitor.press("6")
        await monitor.until(lambda: is_failed_of_ada(monitor), "the saved view")
        await monitor.press("1")
        await monitor.until(lambda: "3 Failed 10" in monitor.tabs, "counts")
    async with running_monitor(log, clock, state=state) as monitor:
        assert "with “" not in monitor.text()
        await monitor.pilot.click(
            "ViewTabs", offset=(monitor.text().splitlines()[1].index("ada"), 0)
        )
        await monitor.until(lambda: is_failed_of_ada(monitor), "the saved view")
        await monitor.press("slash")
        await monitor.shows("user:ada")
        await monitor.press("escape", "7")
        await monitor.shows("No view is saved under this key yet")


async def test_a_range_is_saved_as_text_and_narrows_as_such(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.press("2", "slash")
        await monitor.paste("user:ada OR is:failed")
        await monitor.press("enter")
        await monitor.opens("d", DateSearch)
        await monitor.press("1", "enter")
        await monitor.until(lambda: monitor.table.listing.total == 61, "the last hour")
        await save_view(monitor, "hour")
        await monitor.press("escape", "escape")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all")
        clock.now += 60_000
        await monitor.press("6")
        text = "(user:ada OR is:failed) since:2026-11-23T21:03:16+00:00"
        await monitor.shows("61 jobs · with “(user:ada OR is:failed) since:")
        assert state.load().views[0].text == text
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all, by one Escape")


async def test_the_dates_of_a_saved_view_are_those_of_when_it_is_shown(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash")
        await monitor.paste("since:10m")
        await monitor.press("enter")
        await monitor.until(lambda: monitor.table.listing.total == 11, "ten minutes")
        await save_view(monitor, "recent")
        clock.now += 60_000
        await monitor.press("6")
        await monitor.until(lambda: monitor.table.listing.total == 10, "another ten")


async def test_views_are_removed_and_what_is_cancelled_leaves_them(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        for view, name in (("2", "one"), ("3", "two")):
            await monitor.press(view)
            await save_view(monitor, name)
        await monitor.opens("V", SavedViews)
        await monitor.press("x", "escape")
        await monitor.shows("6 one")
        await monitor.opens("V", SavedViews)
        await monitor.press("x", "enter")
        await monitor.until(lambda: "6 two" in monitor.tabs, "it moves up")
        await monitor.press("1", "6")
        await monitor.until(lambda: monitor.table.listing.total == 10, "the one that is left")
    assert [view.name for view in state.load().views] == ["two"]


async def test_a_view_saved_under_the_name_of_another_takes_its_place(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await save_view(monitor, "mine")
        await monitor.press("3")
        await monitor.opens("v", NameView)
        await monitor.press(*"mine")
        await monitor.shows("Replaces the view “mine”.")
        await monitor.press("enter")
        await monitor.until(lambda: state.load().views[0].view is View.FAILED, "replaced")
        assert len(state.load().views) == 1


async def test_a_state_that_cannot_be_kept_is_told_once_and_all_works_until_the_end(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, size=(120, 30), state=state) as monitor:
        state.path.parent.write_text("where the folder should be")
        await all_failed_of_ada(monitor)
        await monitor.shows("what the monitor remembers can't be kept in")
        await save_view(monitor, "mine")
        await monitor.press("escape", "2")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all")
        await monitor.press("6")
        await monitor.until(lambda: is_failed_of_ada(monitor), "the saved view")
        assert len(monitor.app._notifications) == 1


async def test_what_runs_goes_on_up_in_the_order_of_time(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_at_once(monkeypatch)
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as store:
        ended = [
            a_job(60, id=f"took-{n}", end_datetime=NOW - (60 - n) * 60_000) for n in (5, 10, 15)
        ]
        store.upsert_many([*ended, a_job(7, "IN_PROGRESS", id="runs")])
    async with running_monitor(path, clock) as monitor:
        await monitor.press("2", "s", "s")
        await monitor.lists("took-15", "took-10", "runs", "took-5")
        clock.now += 5 * 60_000
        await monitor.lists("took-15", "runs", "took-10", "took-5")
        assert "as of" not in monitor.line
        clock.now += 5 * 60_000
        await monitor.lists("runs", "took-15", "took-10", "took-5")


async def test_an_order_of_time_that_takes_long_says_at_once_how_old_it_is(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 0)
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "s", "s")
        await monitor.shows("as of 0 s ago, r reads it again")
        clock.now += 60_000
        await monitor.shows("as of 60 s ago, r reads it again")
        await monitor.press("r")
        await monitor.shows("as of 0 s ago")
