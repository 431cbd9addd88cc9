"""The header of the table: a click asks for an order, an arrow shows it, chosen columns stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region
from textual.message import Message

from jobwatch.model.query import Sort, SortKey
from jobwatch.tui.widgets.job_table import JobTable
from tests.tui.harness import FakeClock, Monitor, running_monitor


def header(monitor: Monitor) -> str:
    return monitor.table.render_line(0).text


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[SortKey]:
    """Return the keys that the table asks to be sorted by; whoever owns it hears nothing."""
    keys: list[SortKey] = []
    post = JobTable.post_message

    def note(table: JobTable, message: Message) -> bool:
        if isinstance(message, JobTable.SortWanted):
            keys.append(message.key)
            return True
        return post(table, message)

    monkeypatch.setattr(JobTable, "post_message", note)
    return keys


async def test_a_click_on_a_label_asks_for_its_order_and_selects_nothing(
    log: Path, clock: FakeClock, asked: list[SortKey]
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("j")
        selected = monitor.selected
        for label in ("Time", "State", "Started", "Message"):
            x = header(monitor).index(label)
            await monitor.pilot.click("JobTable", offset=(x, 0))
        assert asked == [SortKey.DURATION, SortKey.STATUS, SortKey.STARTED, SortKey.MESSAGE]
        assert monitor.selected == selected


async def test_a_click_on_a_label_without_an_order_or_behind_the_last_asks_nothing(
    log: Path, clock: FakeClock, asked: list[SortKey]
) -> None:
    async with running_monitor(log, clock) as monitor:
        monitor.table.columns = ("created", "id")
        await monitor.pilot.pause()
        await monitor.pilot.click("JobTable", offset=(2, 0))
        await monitor.pilot.click("JobTable", offset=(70, 0))
        assert asked == []
        await monitor.pilot.click("JobTable", offset=(22, 0))
        assert asked == [SortKey.ID]


async def test_an_arrow_shows_the_order_and_its_direction(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        assert "Started ↓" in header(monitor)
        monitor.table.sort = Sort(SortKey.USER, descending=False)
        assert "User ↑" in header(monitor)
        assert "Started ↓" not in header(monitor)


async def test_chosen_columns_are_drawn_in_their_order(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        monitor.table.columns = ("id", "message", "time")
        await monitor.shows("Id       Message")
        assert header(monitor).split() == ["Id", "Message", "Time"]
        assert monitor.table.render_line(1).text.startswith("job-0000")


async def test_a_tick_repaints_the_times_wherever_they_stand(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(log, clock) as monitor:
        monitor.table.columns = ("state", "time")
        await monitor.pilot.pause()
        painted: list[Region] = []

        def note(*regions: Region, **_: object) -> None:
            painted.extend(regions)

        monkeypatch.setattr(monitor.table, "refresh", note)
        clock.now += 1_000
        monitor.table.tick()
        assert painted == [Region(11, y, 8, 1) for y in (1, 2, 3)]
        painted.clear()
        monitor.table.columns = ("state",)
        clock.now += 1_000
        monitor.table.tick()
        assert painted == []
