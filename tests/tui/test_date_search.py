"""The search by date: calendar, typed dates, presets, and what they come to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App

from jobwatch.model.days import day_start
from jobwatch.model.heat import DayCount
from jobwatch.model.query import Within
from jobwatch.model.when import ALWAYS, UTC, TimeRange, Zone
from jobwatch.model.zones import zone_named
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.screens.date_search import DateChoice, DateSearch
from jobwatch.tui.theme import THEME
from jobwatch.tui.widgets.calendar import Calendar
from jobwatch.tui.widgets.within_choice import WithinChoice
from tests.tui.harness import NOW, FakeClock, a_job, running_monitor

ZURICH = zone_named("Europe/Zurich")
DAY = 86_400_000


class Host(App[None]):
    def __init__(
        self, range: TimeRange = ALWAYS, zone: Zone = UTC, within: Within = Within.STARTED
    ) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.results: list[DateChoice | None] = []
        self.months: list[tuple[int, int]] = []
        self.range, self.zone, self.within = range, zone, within
        self.readable = True

    async def count(self, year: int, month: int) -> dict[date, DayCount]:
        self.months.append((year, month))
        if not self.readable:
            return {}
        days = {date(year, month, day): DayCount(0, 0) for day in range(1, 29)}
        return days | {
            date(year, month, 3): DayCount(1, 0),
            date(year, month, 4): DayCount(1_204, 17),
            date(year, month, 10): DayCount(600, 0),
            date(year, month, 11): DayCount(1, 1),
        }

    def on_mount(self) -> None:
        search = DateSearch(self.range, self.within, now=NOW, zone=self.zone, count_days=self.count)
        self.push_screen(search, self.results.append)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def started(range: TimeRange) -> DateChoice:
    return DateChoice(range, Within.STARTED)


async def test_two_days_picked_by_keys_are_a_range_with_both_in_it() -> None:
    app = Host(zone=ZURICH)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left", "enter", "up", "enter")
        await pilot.pause()
        assert "2026-11-15 00:00 → 2026-11-23 00:00 (8 days), Europe/Zurich" in app.text()
        await pilot.press("enter")
        await pilot.pause()
    start, end = (day_start(day, ZURICH) for day in (date(2026, 11, 15), date(2026, 11, 23)))
    assert app.results == [started(TimeRange(start, end))]


async def test_a_day_picked_alone_is_that_day() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "tab", "tab", "enter")
        await pilot.pause()
    today = day_start(date(2026, 11, 23), UTC)
    assert app.results == [started(TimeRange(today, today + DAY))]


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
    assert app.results == [started(found)]


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
    assert app.results == [started(TimeRange(NOW - 3_600_000))]
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "down", "down", "down")
        await pilot.pause()
        assert "2026-11-22 00:00 → 2026-11-23 00:00 (1 day), UTC" in app.text()
        await pilot.press("enter")
        await pilot.pause()
    yesterday = day_start(date(2026, 11, 22), UTC)
    assert app.results == [started(TimeRange(yesterday, yesterday + DAY))]
    app = Host(TimeRange(0, NOW))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("OptionList", offset=(3, 6))
        await pilot.pause()
    assert app.results == [started(ALWAYS)]


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


async def test_busy_days_and_failures_are_marked_without_colour() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "  2    3▁   4▇✗  5 " in app.text()
        assert "  9   10▇  11▁✗ 12 " in app.text()
        assert "✗ failed" in app.text()


def style_of(app: Host, day: int) -> Style:
    """Return the style in which the number of a day of the month is drawn."""
    calendar = app.screen.query_one(Calendar)
    strips = (calendar.render_line(y) for y in range(calendar.size.height))
    found = [segment for strip in strips for segment in strip if segment.text == f"{day:2}"]
    style = found[0].style
    assert style is not None
    return style


async def test_the_busier_a_day_the_brighter_it_is_and_empty_and_future_days_are_dim() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        dim, few, many, most, ahead = (style_of(app, day) for day in (5, 3, 10, 4, 24))
        assert many.bgcolor == most.bgcolor
        assert len({dim.bgcolor, few.bgcolor, most.bgcolor}) == 3
        assert len({dim.color, few.color, ahead.color}) == 3
        assert dim.bgcolor == ahead.bgcolor
        today = style_of(app, 23)
        assert today.underline
        assert today.bgcolor not in {dim.bgcolor, most.bgcolor}  # the cursor is on it


async def test_a_month_that_cannot_be_read_is_not_shown_as_empty() -> None:
    app = Host()
    app.readable = False
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left")
        await pilot.pause()
        assert "Sun 2026-11-22 " in app.text()
        assert "no jobs" not in app.text()
        assert style_of(app, 5).color != style_of(app, 24).color


async def test_the_day_under_the_cursor_is_told_in_words() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Mon 2026-11-23 · no jobs" in app.text()
        await pilot.press("home", *["right"] * 3)
        await pilot.pause()
        assert "Wed 2026-11-04 · 1,204 jobs, 17 failed" in app.text()
        await pilot.press("pageup")
        await pilot.pause()
        assert "Sun 2026-10-04 · 1,204 jobs, 17 failed" in app.text()


async def test_the_edges_of_the_picked_range_are_seen_without_colour() -> None:
    start = day_start(date(2026, 11, 3), UTC)
    app = Host(TimeRange(start, start + 7 * DAY))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "  2  [ 3▁   4▇✗  5 " in app.text()
        assert "  9  ]10▇  11▁✗ 12 " in app.text()


@pytest.mark.parametrize("keys", [["ctrl+r"], ["tab"] * 4 + ["right"], ["tab"] * 4 + ["space"]])
async def test_jobs_that_were_running_are_asked_for_by_a_key_or_in_their_line(
    keys: list[str],
) -> None:
    start = day_start(date(2026, 11, 1), UTC)
    app = Host(TimeRange(start, start + DAY))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "● that started     ○ that were running" in app.text()
        await pilot.press(*keys)
        await pilot.pause()
        assert "○ that started     ● that were running" in app.text()
        assert "running during 2026-11-01 00:00 → 2026-11-02 00:00 (1 day), UTC" in app.text()
        await pilot.press(*["tab"] * (4 if keys == ["ctrl+r"] else 0), "enter")
        await pilot.pause()
    assert app.results == [DateChoice(TimeRange(start, start + DAY), Within.RUNNING)]


async def test_ctrl_r_types_nothing_into_a_date_and_goes_back_too() -> None:
    app = Host(within=Within.RUNNING)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "-", "1", "d", "ctrl+r", "ctrl+r")
        await pilot.pause()
        assert "running at any time from 2026-11-22 22:03:16, UTC" in app.text()
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "running at" not in app.text()
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [started(TimeRange(NOW - DAY))]


async def test_a_click_chooses_what_of_a_job_lies_in_the_range() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        for offset, within in ((30, Within.RUNNING), (30, Within.RUNNING), (8, Within.STARTED)):
            await pilot.click(WithinChoice, offset=(offset, 0))
            await pilot.pause()
            assert app.screen.query_one(WithinChoice).within is within


async def test_any_time_has_every_job_whatever_was_asked_of_it() -> None:
    app = Host(TimeRange(0, NOW), within=Within.RUNNING)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7", "enter")
        await pilot.pause()
    assert app.results == [started(ALWAYS)]


async def test_a_preset_is_of_what_was_running_too() -> None:
    app = Host(within=Within.RUNNING)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "down", "enter")
        await pilot.pause()
    assert app.results == [DateChoice(TimeRange(NOW - 3_600_000), Within.RUNNING)]


async def test_the_monitor_finds_what_ran_during_the_range_and_says_so(
    log: Path, clock: FakeClock
) -> None:
    with PlainJobLog.open(log) as store:
        store.upsert_many([a_job(3_000, end_datetime=NOW - 2 * 3_600_000, id="long")])
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.press("3", "ctrl+r", "enter")
        await monitor.shows("running during 2026-11-22 00:00 → 2026-11-23 00:00 (1 day), UTC")
        await monitor.until(lambda: monitor.selected == "long")
        await monitor.press("d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.shows("● that were running")
        await monitor.press("escape", "escape")
        await monitor.until(lambda: monitor.table.listing.total == 304)
        await monitor.press("d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.shows("● that started")


async def test_the_range_in_force_is_there_to_be_changed() -> None:
    start = day_start(date(2026, 11, 1), UTC)
    app = Host(TimeRange(start, start + 3 * DAY))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "2026-11-01 00:00 → 2026-11-04 00:00 (3 days)" in app.text()
        await pilot.press("tab", "tab", "enter")
        await pilot.pause()
    assert app.results == [started(TimeRange(start, start + 3 * DAY))]


async def test_a_range_at_the_end_of_all_dates_can_be_shown() -> None:
    app = Host(TimeRange(day_start(date(9999, 12, 1), UTC)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown", "end", "right")
        await pilot.pause()
        assert "November 9999" in app.text()


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
            "few",
            "✗ failed",
            "Mon 2026-11-23 · no jobs",
            "● that started",
            "that were running",
            "From",
            "To",
            "any time",
            "Apply",
            "Esc cancels",
        ):
            assert text in app.text()
