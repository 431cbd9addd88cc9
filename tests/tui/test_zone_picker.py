"""The choice of a zone by its name."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Input

from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named
from jobwatch.tui.screens import zone_picker
from jobwatch.tui.screens.zone_picker import ZonePicker
from jobwatch.tui.theme import THEME
from tests.tui.harness import NOW

ZURICH, KIRITIMATI, NIUE = map(zone_named, ("Europe/Zurich", "Pacific/Kiritimati", "Pacific/Niue"))


class Host(App[None]):
    def __init__(
        self, current: Zone = ZURICH, local: Zone = ZURICH, recent: tuple[Zone, ...] = (NIUE,)
    ) -> None:
        super().__init__()
        self.results: list[Zone | None] = []
        self.picker = ZonePicker(current, local=local, recent=recent, now=NOW)

    def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        self.push_screen(self.picker, self.results.append)

    def lines(self) -> list[str]:
        """Return the list's lines on screen."""
        lines = [strip.text.strip(" │") for strip in self.screen._compositor.render_strips()]
        begin = next(number for number, line in enumerate(lines) if "Time zone" in line) + 3
        end = next(number for number, line in enumerate(lines) if "Esc cancels" in line)
        return [line.rstrip("▁▂▃▄▅▆▇█ ") for line in lines[begin:end] if line]


async def test_local_utc_and_what_was_used_lately_come_first_with_offset_and_time() -> None:
    app = Host(recent=(NIUE, KIRITIMATI))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [line.split() for line in app.lines()[:5]] == [
            ["●", "local", "·", "Europe/Zurich", "+01:00", "11-23", "23:03"],
            ["UTC", "+00:00", "11-23", "22:03"],
            ["Pacific/Niue", "-11:00", "11-23", "11:03"],
            ["Pacific/Kiritimati", "+14:00", "11-24", "12:03"],
            ["Africa/Abidjan", "+00:00", "11-23", "22:03"],
        ]


async def test_enter_picks_the_best_of_what_was_typed() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"new york", "enter")
        await pilot.pause()
    assert app.results == [zone_named("America/New_York")]


async def test_the_list_is_narrowed_with_each_letter_and_widened_again() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"kirit")
        await pilot.pause()
        assert [line.split()[0] for line in app.lines()] == ["Pacific/Kiritimati"]
        await pilot.press(*["backspace"] * 5)
        await pilot.pause()
        assert "local · Europe/Zurich" in app.lines()[0]


async def test_arrows_move_in_the_list_while_one_types_on() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"europe/b", "down", "down", "up", "enter")
        await pilot.pause()
        assert app.results == [zone_named("Europe/Belgrade")]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["enter"], "Europe/Zurich"),
        (["down", "enter"], "UTC"),
        (["down", "down", "enter"], "Pacific/Niue"),
        (["down", "pagedown", "pageup", "up", "enter"], "Europe/Zurich"),
        ([*"local", "enter"], "Europe/Zurich"),
    ],
)
async def test_keys_reach_every_line_without_leaving_the_input(keys: list[str], name: str) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys[:-1])
        assert isinstance(app.focused, Input)
        await pilot.press(keys[-1])
        await pilot.pause()
    assert app.results == [zone_named(name)]


async def test_the_zone_in_use_is_marked_and_highlighted_to_begin_with() -> None:
    app = Host(current=KIRITIMATI, recent=(NIUE, KIRITIMATI))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [line for line in app.lines() if "●" in line] == [app.lines()[2]]
        assert "Pacific/Kiritimati" in app.lines()[2]
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [KIRITIMATI]


async def test_what_no_zone_is_called_is_said_and_enter_waits() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"[/x]", "enter", "down", "enter")
        await pilot.pause()
        assert app.lines() == ["no zone has '[/x]' in its name"]
        assert app.results == []
        await pilot.press("escape")
        await pilot.pause()
    assert app.results == [None]


async def test_a_click_picks_and_a_click_outside_cancels() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"lord")
        await pilot.pause()
        await pilot.click("OptionList", offset=(5, 0))
        await pilot.pause()
        assert app.results == [zone_named("Australia/Lord_Howe")]
        app.push_screen(ZonePicker(UTC, local=UTC, recent=(), now=NOW), app.results.append)
        await pilot.pause()
        await pilot.click(offset=(0, 0))
        await pilot.pause()
    assert app.results[1:] == [None]


async def test_a_zone_is_read_when_its_line_is_drawn_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def counted(name: str) -> Zone:
        read.append(name)
        return zone_named(name)

    monkeypatch.setattr(zone_picker, "zone_named", counted)
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = len(app.lines())
    assert 0 < len(set(read)) <= shown


async def test_all_of_it_fits_a_small_terminal() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert len(app.lines()) > 3
        assert all("+" in line or "-" in line for line in app.lines())
