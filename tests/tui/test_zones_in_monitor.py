"""The zone of all times on screen: chosen by a key or by its name, and the same everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named
from jobwatch.store.state import StateFile
from jobwatch.tui.screens import monitor as monitor_screen
from jobwatch.tui.screens.as_of import AsOf
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.zone_picker import ZonePicker
from tests.tui.harness import FakeClock, Monitor, running_monitor

LISBON, TOKYO = zone_named("Europe/Lisbon"), zone_named("Asia/Tokyo")


@pytest.fixture(autouse=True)
def _in_lisbon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine be in a zone that is none of UTC's names, whatever it is set to."""
    monkeypatch.setattr(monitor_screen, "local_zone", lambda: LISBON)


@pytest.fixture
def state(log: Path, tmp_path: Path) -> StateFile:
    return StateFile.of(log, tmp_path / "state")


def zone(monitor: Monitor) -> str:
    """Return the name of the zone in the status bar."""
    return monitor.table.zone.name


async def pick(monitor: Monitor, name: str) -> None:
    await monitor.opens("Z", ZonePicker)
    await monitor.press(*name, "enter")
    await monitor.until(lambda: name in zone(monitor).lower(), name)


async def test_z_goes_from_the_local_zone_to_utc_to_the_first_to_the_one_picked_last(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, zone=TOKYO, state=state) as monitor:
        await monitor.press("z")
        assert zone(monitor) == "Europe/Lisbon"
        await pick(monitor, "cairo")
        turn = []
        for _ in range(5):
            await monitor.press("z")
            turn.append(zone(monitor))
        assert turn == ["Europe/Lisbon", "UTC", "Asia/Tokyo", "Africa/Cairo", "Europe/Lisbon"]


async def test_a_zone_stands_once_in_the_turn(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, zone=LISBON) as monitor:
        await pick(monitor, "utc")
        await monitor.press("z")
        assert zone(monitor) == "Europe/Lisbon"
        await monitor.press("z")
        assert zone(monitor) == "UTC"


async def test_all_that_shows_a_time_changes_together(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, size=(160, 30), zone=UTC) as monitor:
        await monitor.opens("d", DateSearch)
        await monitor.press("1", "enter")
        await monitor.shows("from 2026-11-23 21:03:16, UTC")
        await monitor.shows("csv_data_load · ada · 2026-11-23 22:03:16")
        await pick(monitor, "tokyo")
        await monitor.shows("from 2026-11-24 06:03:16, Asia/Tokyo +09:00")
        await monitor.shows("csv_data_load · ada · 2026-11-24 07:03:16")
        lines = monitor.text().splitlines()
        assert lines[0].split()[-3:] == ["Asia/Tokyo", "+09:00", "07:03"]
        assert " 2026-11-24 07:03:16 " in lines[monitor.table.region.y + 1]
        assert "2026-11-23" not in monitor.text()


async def test_days_of_the_calendar_and_typed_dates_are_of_the_zone(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, size=(100, 30), zone=UTC) as monitor:
        await monitor.opens("d", DateSearch)
        await monitor.shows("Mon 2026-11-23 · 303 jobs")
        await monitor.press("escape")
        await pick(monitor, "tokyo")
        await monitor.opens("d", DateSearch)
        await monitor.shows("Tue 2026-11-24 · 303 jobs")
        await monitor.press("2", "enter")
        await monitor.shows("2026-11-24 00:00 → 2026-11-25 00:00 (1 day), Asia/Tokyo +09:00")


async def test_what_an_empty_table_says_is_in_the_zone_too(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, zone=UTC) as monitor:
        await monitor.opens("t", AsOf)
        await monitor.paste("-2d")
        await monitor.press("enter")
        await monitor.shows("Nothing was running on 2026-11-21 22:03:16 +00:00.")
        await pick(monitor, "tokyo")
        await monitor.shows("Nothing was running on 2026-11-22 07:03:16 +09:00.")


async def test_a_zone_that_was_picked_is_remembered_as_recent_in_the_next_run(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    async with running_monitor(log, clock, state=state) as monitor:
        await pick(monitor, "tokyo")
        await pick(monitor, "cairo")
        await monitor.opens("Z", ZonePicker)
        await monitor.press("escape")
        await monitor.until(lambda: state.load().zones == ("Africa/Cairo", "Asia/Tokyo"), "kept")
    async with running_monitor(log, clock, state=state) as monitor:
        await monitor.opens("Z", ZonePicker)
        lines = [line.split() for line in monitor.text().splitlines()]
        names = [name for line in lines for name in line if "/" in name]
        assert names[:3] == ["Europe/Lisbon", "Africa/Cairo", "Asia/Tokyo"]


async def test_a_remembered_zone_that_is_none_here_is_passed_over(
    log: Path, clock: FakeClock, state: StateFile
) -> None:
    state.change(lambda now: now.replace(zones=("Mars/Olympus", "Asia/Tokyo")))
    async with running_monitor(log, clock, state=state) as monitor:
        turn = []
        for _ in range(3):
            await monitor.press("z")
            turn.append(zone(monitor))
        assert turn == ["Asia/Tokyo", "Europe/Lisbon", "UTC"]
