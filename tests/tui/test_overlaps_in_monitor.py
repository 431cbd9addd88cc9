"""What else ran, asked of the job under the cursor, and from there to any of those jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.screens.monitor import MonitorScreen
from jobwatch.tui.screens.name_view import NameView
from jobwatch.tui.screens.overlaps import OverlapsScreen
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.query_line import QueryLine
from jobwatch.tui.widgets.timeline import Timeline
from jobwatch.tui.widgets.view_tabs import ViewTabs
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor

MINUTE = 60_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with a failed job, one beside it, and others before and behind."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                a_job(60, "ERROR", id="failed", end_datetime=NOW - 50 * MINUTE),
                a_job(55, id="beside", end_datetime=NOW - 45 * MINUTE),
                a_job(90, id="before"),
                a_job(40, "ERROR", id="behind"),
            ]
        )
    return path


async def overlaps(monitor: Monitor) -> None:
    """Show what else ran while the selected job did."""
    await monitor.opens("o", OverlapsScreen)
    timeline = monitor.app.screen.query_one(Timeline)
    await monitor.until(lambda: timeline.selected is not None, "a job beside it")


async def failed(monitor: Monitor) -> None:
    await monitor.press("3")
    await monitor.until(lambda: monitor.jobs == ["behind", "failed"], "the failed")
    await monitor.press("G")
    await monitor.until(lambda: monitor.selected == "failed", "the job")


async def test_enter_goes_to_a_job_that_the_view_has_not(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await failed(monitor)
        await overlaps(monitor)
        await monitor.shows("csv_data_load")
        await monitor.press("j", "enter")
        await monitor.until(lambda: monitor.selected == "beside", "the job beside it")
        assert isinstance(monitor.app.screen, MonitorScreen)
        assert monitor.jobs == ["behind", "beside", "failed", "before"]
        assert monitor.table.has_focus
        await monitor.until(
            lambda: monitor.detail.job is not None and monitor.detail.job.id == "beside", "detail"
        )


async def test_enter_takes_away_whatever_would_hide_the_job(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await failed(monitor)
        await monitor.press("slash")
        await monitor.paste("id:failed since:2026-11-23T21:00")
        await monitor.press("enter")
        await monitor.until(lambda: monitor.jobs == ["failed"], "one")
        await monitor.opens("v", NameView)
        await monitor.press(*"mine", "enter")
        await monitor.until(lambda: "6 mine" in monitor.tabs, "a saved view")
        await monitor.press("left_square_bracket")
        await monitor.until(lambda: monitor.table.as_of is not None, "an instant")
        await monitor.press("2")
        await monitor.until(lambda: monitor.selected == "failed", "the job")
        await overlaps(monitor)
        await monitor.press("j", "enter")
        await monitor.until(lambda: monitor.selected == "beside", "the job beside it")
        assert monitor.jobs == ["behind", "beside", "failed", "before"]
        assert not monitor.screen.query_one(QueryLine).display
        assert monitor.screen.query_one(FilterInput).value == ""
        assert monitor.screen.query_one(ViewTabs).saved_shown is None


async def test_escape_leaves_the_view_and_the_job_as_they_were(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await failed(monitor)
        await overlaps(monitor)
        await monitor.press("j", "escape")
        await monitor.until(lambda: isinstance(monitor.app.screen, MonitorScreen), "back")
        assert monitor.jobs == ["behind", "failed"]
        assert monitor.selected == "failed"


async def test_a_job_that_was_deleted_meanwhile_changes_nothing(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await failed(monitor)
        await overlaps(monitor)
        async with JobLog.open(path) as log:
            await log.delete(["beside"])
        await monitor.press("j", "enter")
        await monitor.until(lambda: isinstance(monitor.app.screen, MonitorScreen), "back")
        await monitor.pilot.pause()
        assert monitor.selected == "failed"


async def test_without_a_job_there_is_nothing_to_show(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "empty.db"
    with PlainJobLog.open(path):
        pass
    async with running_monitor(path, clock) as monitor:
        await monitor.press("o")
        await monitor.pilot.pause()
        assert isinstance(monitor.app.screen, MonitorScreen)
