"""The query bar: what it offers while one types, and the queries that were asked before."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.widgets import Button

from jobwatch.model.condition import Field
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.widgets.completion_list import CompletionList
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.job_table import JobTable
from tests.tui.harness import FakeClock, Monitor, running_monitor

TYPES = ("csv_data_load", "csv_url_load", "export local", "[/b]\x1b[31m")
VALUES = {Field.TYPE: TYPES, Field.USER: ("ada", "bob")}


def bar(monitor: Monitor) -> FilterInput:
    return monitor.screen.query_one(FilterInput)


def offered(monitor: Monitor) -> list[str]:
    return offered_in(monitor.app)


def offered_in(app: App[None]) -> list[str]:
    return [one.label for shown in app.screen.query(CompletionList) for one in shown.found]


async def open_bar(monitor: Monitor, *typed: str) -> None:
    await monitor.press("slash")
    await monitor.until(lambda: bool(bar(monitor).values), "what the log itself has")
    bar(monitor).values = VALUES
    bar(monitor).history = ("third", "second", "first")
    await monitor.press(*typed)


async def test_tab_takes_the_first_completion_of_a_field_and_then_of_its_value(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"ty")
        assert offered(monitor) == ["type:"]
        await monitor.press("tab")
        assert bar(monitor).value == "type:"
        assert offered(monitor) == list(TYPES)
        await monitor.press(*"url", "tab")
        assert bar(monitor).value == "type:csv_url_load"
        assert bar(monitor).cursor_at_end
        assert offered(monitor) == []
        await monitor.press(*" user:", "right")
        assert bar(monitor).value == "type:csv_url_load user:ada"
        assert bar(monitor).has_focus


async def test_arrows_choose_in_the_list_round_its_ends(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"-type:", "down", "down", "tab")
        assert bar(monitor).value == '-type:"export local"'
        await monitor.press(*" user:", "up", "tab")
        assert bar(monitor).value == '-type:"export local" user:bob'


class Host(App[None]):
    """The bar alone, below something that Tab would go to, with the keys of the app itself."""

    BINDINGS = JobwatchApp.BINDINGS

    def compose(self) -> ComposeResult:
        yield Button("Elsewhere")
        yield FilterInput(id="filter")


async def test_keys_that_come_at_once_are_taken_in_their_order() -> None:
    app = Host()
    async with app.run_test() as pilot:
        query = app.query_one(FilterInput)
        query.values = VALUES
        app.screen.set_focus(query)
        for key in (*"sta", "tab", *"er", "tab", " ", *"us", "tab", "tab", "tab"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert query.value == "status:error user:ada"
        assert query.has_focus


async def test_tab_with_nothing_to_take_stays_in_the_bar(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, "x", "tab", "y")
        assert bar(monitor).value == "xy"
        await monitor.press("escape", "tab")
        assert monitor.screen.focused is not monitor.screen.query_one(JobTable)


async def test_arrows_go_through_the_history_and_back_to_what_was_typed(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"own", "up", "up")
        assert bar(monitor).value == "second"
        await monitor.press("up", "up", "up")
        assert bar(monitor).value == "first"
        await monitor.press("down", "down", "down", "down")
        assert bar(monitor).value == "own"
        await monitor.press("up", "backspace", "up")
        assert bar(monitor).value == "third"
        await monitor.press("down")
        assert bar(monitor).value == "thir"


async def test_a_query_of_the_history_is_asked_and_offers_nothing_by_itself(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor)
        bar(monitor).history = ("type:", "status:err")
        await monitor.press("up", "up")
        assert (bar(monitor).value, offered(monitor)) == ("status:err", [])
        await monitor.press("o")
        assert offered(monitor) == ["error"]
        await monitor.press("tab", "enter")
        await monitor.shows("with “status:error”")


async def test_what_the_log_has_is_offered_as_soon_as_it_is_known() -> None:
    app = Host()
    async with app.run_test() as pilot:
        query = app.query_one(FilterInput)
        app.screen.set_focus(query)
        await pilot.press(*"user:a")
        assert offered_in(app) == []
        query.values = VALUES
        await pilot.pause()
        assert offered_in(app) == ["ada"]


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_the_list_closes_with_the_bar(log: Path, clock: FakeClock, key: str) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"since:today O user:ad", *["backspace"] * 9, key)
        await monitor.until(lambda: not bar(monitor).display, "closed")
        assert offered(monitor) == []
        await monitor.press("slash")
        assert offered(monitor) == []


async def test_the_list_lies_over_the_end_of_the_table_and_moves_nothing(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"user:x ")
        before = monitor.table.region, bar(monitor).region
        await monitor.press(*"type:")
        assert (monitor.table.region, bar(monitor).region) == before
        region = monitor.screen.query_one(CompletionList).region
        # Its labels stand above the value that they are for.
        assert region.bottom_left == Offset(len("user:x type:"), bar(monitor).region.y)
        lines = monitor.text().splitlines()
        assert [
            line[region.x + 1 :].split("  ")[0] for line in lines[region.y : region.bottom]
        ] == [
            *TYPES[:3],
            r"[/b]\x1b[31m",
        ]


async def test_a_click_takes_a_completion_and_leaves_the_focus(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *"user:")
        await monitor.pilot.click(CompletionList, offset=(3, 1))
        assert bar(monitor).value == "user:bob"
        assert bar(monitor).has_focus


async def test_a_list_at_the_right_end_stays_on_the_screen(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await open_bar(monitor, *("x" * 70), *" user:x type:")
        region = monitor.screen.query_one(CompletionList).region
        assert region.right <= 80
