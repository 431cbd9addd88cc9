"""An order by how long jobs took or have run: made again as time passes, while some still run."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui import insights, presenter, source, throttle
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a log with a job of 5 minutes, one of 30 s, and one that has run for 60 s.

    Nothing but the order is read again by itself.
    """
    monkeypatch.setattr(insights, "REST", 600)
    monkeypatch.setattr(insights, "LONGEST", 600)
    monkeypatch.setattr(presenter, "RENEWED_EVERY", 0.02)
    monkeypatch.setattr(source, "CHEAP_SEARCH", 60)
    monkeypatch.setattr(throttle, "SHARE_OF_TIME", 0)
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        long = a_job(9, id="long", end_datetime=NOW - 4 * 60_000)
        log.upsert_many([long, a_job(5, id="short"), a_job(1, "IN_PROGRESS", id="runs")])
    return path


async def sort_by_time(monitor: Monitor) -> None:
    await monitor.press("2", "s", "s")
    await monitor.lists("long", "runs", "short")


async def test_a_job_that_has_outrun_others_moves_up_though_nothing_is_written(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await sort_by_time(monitor)
        clock.now += 5 * 60_000
        await monitor.lists("runs", "long", "short")
        assert "as of" not in monitor.text()


async def test_it_stays_where_it_is_while_the_screen_is_held_still(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await sort_by_time(monitor)
        await monitor.press("space")
        await monitor.shows("‖ paused")
        clock.now += 5 * 60_000
        await monitor.pilot.pause(0.2)
        assert monitor.jobs == ["long", "runs", "short"]
        await monitor.press("space")
        await monitor.lists("runs", "long", "short")


async def test_an_order_that_no_time_changes_is_not_made_again(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock) as monitor:
        await sort_by_time(monitor)
        monitor.write([a_job(1, id="runs")])
        await monitor.lists("long", "runs", "short")
        await monitor.until(lambda: "running" not in monitor.row_of("runs"), "its end")
        asked: list[bool] = []
        monkeypatch.setattr(source.Source, "refresh", lambda *_: asked.append(True))
        await monitor.pilot.pause(0.2)
        assert asked == []
