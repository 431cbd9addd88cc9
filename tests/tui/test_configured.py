"""The monitor with a theme, keys, columns and first choices of the user's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette

from jobwatch.model.settings import Notifications, Settings, SettingsError
from jobwatch.model.telling import Ways
from jobwatch.model.when import UTC
from jobwatch.store.state import StateFile
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.configured import AS_IT_IS, configured
from jobwatch.tui.screens.columns_chooser import ColumnsChooser
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.help import HelpScreen
from jobwatch.tui.screens.tell_me import TellMe
from tests.tui.harness import FakeClock, Monitor

STORE = Path("jobs.db")


@asynccontextmanager
async def monitor_with(
    settings: Settings, path: Path, clock: FakeClock, state: StateFile | None = None
) -> AsyncIterator[Monitor]:
    """Run the monitor with settings until the block ends."""
    app = JobwatchApp(
        path,
        interval=0.02,
        zone=UTC,
        clock=clock,
        state=state,
        configured=configured(settings),
    )
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        monitor = Monitor(app, pilot, path, clock)
        await monitor.until(lambda: bool(monitor.table.selected), "something to show")
        yield monitor


def keys(**keys: str) -> Settings:
    return Settings(store=STORE, keys={id: (key,) for id, key in keys.items()})


def header(monitor: Monitor) -> list[str]:
    return monitor.text().splitlines()[monitor.table.region.y].split()


def footer(monitor: Monitor) -> str:
    return monitor.text().splitlines()[-1]


def test_without_settings_the_monitor_is_as_it_is() -> None:
    assert configured(Settings(store=STORE)) == AS_IT_IS


def test_a_name_that_the_monitor_does_not_know_is_an_error_with_its_source() -> None:
    settings = Settings(store=STORE, theme="nrod", sources={"theme": "c.toml:3"})
    with pytest.raises(SettingsError) as error:
        configured(settings)
    assert str(error.value) == "c.toml:3: theme: there is no theme 'nrod'; did you mean nord?"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(store=STORE, columns=("id", "stat")), "c.toml:3: columns: there is no column"),
        (Settings(store=STORE, keys={"sort": ("x", "tab")}), "c.toml:5: keys.sort: "),
    ],
)
def test_an_item_that_the_monitor_does_not_know_is_an_error_with_its_own_source(
    settings: Settings, said: str
) -> None:
    sources = {
        "columns": "c.toml:1",
        "columns.0": "c.toml:2",
        "columns.1": "c.toml:3",
        "keys.sort": "c.toml:4",
        "keys.sort.1": "c.toml:5",
    }
    with pytest.raises(SettingsError) as error:
        configured(replace(settings, sources=sources))
    assert str(error.value).startswith(said)


async def test_a_command_moves_to_its_key_and_the_old_one_is_free(
    log: Path, clock: FakeClock
) -> None:
    async with monitor_with(keys(dates="x"), log, clock) as monitor:
        await monitor.press("d")
        assert not isinstance(monitor.app.screen, DateSearch)
        await monitor.opens("x", DateSearch)


async def test_commands_can_change_their_keys_and_the_footer_stays_in_order(
    log: Path, clock: FakeClock
) -> None:
    async with monitor_with(keys(dates="s", sort="d", filter="f8"), log, clock) as monitor:
        await monitor.shows("s Dates")
        assert footer(monitor).split()[:6] == ["s", "Dates", "f8", "Filter", "?", "Help"]
        assert "d Sort" in footer(monitor)
        await monitor.press("2", "d")
        await monitor.shows("Started ↑")
        await monitor.opens("s", DateSearch)


async def test_the_help_and_the_hints_show_the_keys(log: Path, clock: FakeClock) -> None:
    settings = keys(help="f1", view_failed="f3", minute_on="f9", save_view="f2", dates="f7")
    async with monitor_with(settings, log, clock) as monitor:
        assert "f3 Failed" in monitor.tabs
        await monitor.press("9")
        await monitor.shows("f2 saves the one on screen")
        await monitor.opens("f1", HelpScreen)
        assert "f3             Jobs that failed" in monitor.text()
        await monitor.press("f1")
        await monitor.until(lambda: not isinstance(monitor.app.screen, HelpScreen), "closed")


async def test_what_finds_nothing_names_the_keys_that_lead_on(log: Path, clock: FakeClock) -> None:
    async with monitor_with(keys(dates="f7"), log, clock) as monitor:
        await monitor.press("slash")
        await monitor.paste("user:nobody")
        await monitor.press("enter")
        await monitor.shows("f7 picks other dates.")


async def test_the_palette_moves_and_shows_the_keys(log: Path, clock: FakeClock) -> None:
    async with monitor_with(keys(palette="f1", sort="ctrl+p"), log, clock) as monitor:
        await monitor.press("2", "ctrl+p")
        await monitor.shows("Started ↑")
        assert not isinstance(monitor.app.screen, CommandPalette)
        await monitor.opens("f1", CommandPalette)
        await monitor.press(*"Sort")
        await monitor.shows("Sort (^p)")


async def test_a_key_that_is_no_text_counts_while_a_query_is_typed(
    log: Path, clock: FakeClock
) -> None:
    async with monitor_with(keys(dates="f7", sort="x"), log, clock) as monitor:
        await monitor.press("2", "slash", "x")
        await monitor.shows("with “x”")
        await monitor.opens("f7", DateSearch)


async def test_columns_are_for_a_log_that_remembers_none(
    log: Path, clock: FakeClock, tmp_path: Path
) -> None:
    settings = Settings(store=STORE, columns=("state", "message"))
    state = StateFile.of(log, tmp_path / "state")
    async with monitor_with(settings, log, clock, state) as monitor:
        assert header(monitor) == ["State", "Message"]
        await monitor.opens("c", ColumnsChooser)
        await monitor.press("space", "enter")
        await monitor.until(lambda: header(monitor) == ["Message"], "without the first")
        await monitor.until(lambda: state.load().columns == ("message",), "kept")
    async with monitor_with(settings, log, clock, state) as monitor:
        assert header(monitor) == ["Message"]


async def test_what_a_notice_is_given_with_is_chosen_before(log: Path, clock: FakeClock) -> None:
    wanted = Notifications(bell=True, desktop=False, command="notify-send jobwatch")
    async with monitor_with(Settings(store=STORE, notifications=wanted), log, clock) as monitor:
        await monitor.opens("b", TellMe)
        await monitor.shows("notify-send jobwatch")
        await monitor.press("enter")
        await monitor.shows("♪ 1")
        teller = monitor.screen._insights.teller
        assert teller is not None
        assert [watch.ways for watch in teller.watches] == [
            Ways(True, False, "notify-send jobwatch")
        ]


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "nord"])
async def test_another_theme_colours_the_states(log: Path, clock: FakeClock, theme: str) -> None:
    async with monitor_with(Settings(store=STORE, theme=theme), log, clock) as monitor:
        assert monitor.app.current_theme.name == theme
        failed = monitor.table.get_component_rich_style("state--error").color
        done = monitor.table.get_component_rich_style("state--complete").color
        assert failed != done
