"""The line at the top: the zone's offset is always on it, and right."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

import jobwatch.tui.app
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named
from jobwatch.tui.theme import THEME
from jobwatch.tui.widgets.status_bar import Clock, StatusBar
from tests.tui.harness import FakeClock


class Host(App[None]):
    CSS_PATH = Path(jobwatch.tui.app.__file__).parent / "styles" / "monitor.tcss"

    def __init__(self, name: str, zone: Zone) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.clock = FakeClock()
        self.bar = StatusBar(name, self.clock)
        self.bar.zone = zone

    def compose(self) -> ComposeResult:
        yield self.bar

    def line(self) -> str:
        return self.screen._compositor.render_strips()[0].text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Europe/Zurich", " Europe/Zurich +01:00  23:03 "),
        ("Pacific/Kiritimati", " Pacific/Kiritimati +14:00  12:03 "),
        ("America/Argentina/ComodRivadavia", "… -03:00  19:03 "),
        ("UTC", " UTC  22:03 "),
    ],
)
async def test_the_offset_is_on_screen_however_long_the_names_are(name: str, shown: str) -> None:
    app = Host("a-long-name-of-a-log" * 3, zone_named(name))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.line().endswith(shown)
        assert " ● live " in app.line()


async def test_the_whole_of_a_long_name_is_shown_where_there_is_room() -> None:
    app = Host("jobs.db", zone_named("America/Argentina/ComodRivadavia"))
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        assert app.line().endswith(" America/Argentina/ComodRivadavia -03:00  19:03 ")


async def test_the_offset_changes_when_the_clock_does() -> None:
    app = Host("jobs.db", zone_named("Europe/Zurich"))
    app.clock.now = 1_792_889_940_000  # 2026-10-25T00:59Z, a minute before summer time ends
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.line().endswith(" Europe/Zurich +02:00  02:59 ")
        app.clock.now += 60_000
        app.query_one(Clock).refresh()  # as its timer does with each minute
        await pilot.pause()
        assert app.line().endswith(" Europe/Zurich +01:00  02:00 ")


async def test_another_zone_is_shown_at_once() -> None:
    app = Host("jobs.db", zone_named("Pacific/Niue"))
    async with app.run_test(size=(80, 24)) as pilot:
        for zone, shown in ((UTC, " UTC  22:03 "), (zone_named("Pacific/Niue"), "-11:00  11:03 ")):
            app.bar.zone = zone
            await pilot.pause()
            assert app.line().endswith(shown)
