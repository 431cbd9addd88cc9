"""The search by date: calendar, typed dates, presets, and what they come to."""

from __future__ import annotations

from datetime import date

import pytest
from textual.app import App

from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone, day_start, zone_named
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.widgets.calendar import Calendar
from tests.tui.harness import NOW

ZURICH = zone_named("Europe/Zurich")
DAY = 86_400_000


class Host(App[None]):
    def __init__(self, range: TimeRange = ALWAYS, zone: Zone = UTC) -> None:
        super().__init__()
        self.results: list[TimeRange | None] = []
        self.months: list[tuple[int, int]] = []
        self.range, self.zone = range, zone

    async def count(self, year: int, month: int) -> dict[date, int]:
        self.months.append((year, month))
        return {date(year, month, 3): 1, date(year, month, 4): 100}

    def on_mount(self) -> None:
        search = DateSearch(self.range, now=NOW, zone=self.zone, count_days=self.count)
        self.push_screen(search, self.results.append)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


async def test_two_days_picked_by_keys_are_a_range_with_both_in_it() -> None:
    app = Host(zone=ZURICH)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left", "enter", "up", "enter")
        await pilot.pause()
        assert "2026-11-15 00:00 → 2026-11-23 00:00 (8 days), Europe/Zurich" in app.text()
        await pilot.press("enter")
        await pilot.pause()
    start, end = (day_start(day, ZURICH) for day in (date(2026, 11, 15), date(2026, 11, 23)))
    assert app.results == [TimeRange(start, end)]


async def test_a_day_picked_alone_is_that_day() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "tab", "tab", "enter")
        await pilot.pause()
    today = day_start(date(2026, 11, 23), UTC)
    assert app.results == [TimeRange(today, today + DAY)]


@pytest.mark.parametrize(
    ("typed_from", "typed_to", "found"),
    [
        ("-7d", "", TimeRange(NOW - 7 * DAY)),
        ("", "2026-11-22", TimeRange(None, day_start(date(2026, 11, 23), UTC))),
        ("-90m", "now", TimeRange(NOW - 90 * 60_000, NOW)),
        (
            "2026-11-23T14:00+02:00",
            "today",
            TimeRange(
                day_start(date(2026, 11, 23), UTC) + 12 * 3_600_000,
                day_start(date(2026, 11, 24), UTC),
            ),
        ),
    ],
)
async def test_typed_dates_apply_by_enter(typed_from: str, typed_to: str, found: TimeRange) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *typed_from, "tab", *typed_to, "enter")
        await pilot.pause()
    assert app.results == [found]


async def test_a_bad_date_says_what_is_accepted_and_is_not_applied() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"2026-02-30", "enter")
        await pilot.pause()
        assert "✗ not a date yet" in app.text()
        assert "accepted are 2026-11-23" in app.text()
        assert app.results == []


async def test_from_after_to_says_so() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"today", "tab", *"2026-03", "enter")
        await pilot.pause()
        assert "is after to 2026-03" in app.text()
        assert app.results == []


async def test_presets_are_spelled_out_and_apply_by_number_by_arrows_and_by_the_mouse() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await pilot.pause()
        assert "from 2026-11-23 21:03:16, UTC" in app.text()
        assert app.results == []
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [TimeRange(NOW - 3_600_000)]
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "down", "down", "down")
        await pilot.pause()
        assert "2026-11-22 00:00 → 2026-11-23 00:00 (1 day), UTC" in app.text()
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [
        TimeRange(day_start(date(2026, 11, 22), UTC), day_start(date(2026, 11, 23), UTC))
    ]
    app = Host(TimeRange(0, NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("OptionList", offset=(3, 6))
        await pilot.pause()
    assert app.results == [ALWAYS]


async def test_escape_and_a_click_outside_change_nothing() -> None:
    for size_of_click in ((0, 0), None):
        app = Host(TimeRange(0, NOW))
        async with app.run_test(size=(100, 30)) as pilot:
            if size_of_click is None:
                await pilot.press("escape")
            else:
                await pilot.click(offset=size_of_click)
            await pilot.pause()
        assert app.results == [None]


async def test_months_turn_by_keys_and_ask_for_their_counts() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pageup")
        await pilot.pause()
        assert "October 2026" in app.text()
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        assert "December 2026" in app.text()
        assert app.months == [(2026, 11), (2026, 10), (2026, 11), (2026, 12)]


async def test_busy_days_are_marked_without_colour() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        week = next(line for line in app.text().splitlines() if " 2   3" in line)
        assert " 3▁  4▇ " in week


async def test_the_range_in_force_is_there_to_be_changed() -> None:
    start = day_start(date(2026, 11, 1), UTC)
    app = Host(TimeRange(start, start + 3 * DAY))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "2026-11-01 00:00 → 2026-11-04 00:00 (3 days)" in app.text()
        await pilot.press("tab", "tab", "enter")
        await pilot.pause()
    assert app.results == [TimeRange(start, start + 3 * DAY)]


async def test_a_click_on_a_day_picks_it_and_a_wheel_turns_the_month() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Calendar, offset=(0, 3))
        await pilot.pause()
        assert "2026-11-02 00:00 → 2026-11-03 00:00 (1 day)" in app.text()
        await pilot.click(Calendar, offset=(26, 0))
        await pilot.pause()
        assert "December 2026" in app.text()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
async def test_it_fits_the_window(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for text in (
            "November 2026",
            "7 any time",
            "From",
            "To",
            "any time",
            "Apply",
            "Esc cancels",
        ):
            assert text in app.text()
