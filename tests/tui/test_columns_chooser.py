"""The chooser of columns: what is shown, in which order, and what there is room for."""

from __future__ import annotations

import pytest
from textual.app import App

from jobwatch.tui.columns import COLUMNS
from jobwatch.tui.screens.columns_chooser import ColumnsChooser


class Host(App[None]):
    def __init__(self, *chosen: str, width: int = 80, with_nodes: bool = False) -> None:
        super().__init__()
        self.results: list[tuple[str, ...] | None] = []
        self.chosen, self.width, self.with_nodes = chosen, width, with_nodes

    def on_mount(self) -> None:
        chooser = ColumnsChooser(self.chosen, width=self.width, with_nodes=self.with_nodes)
        self.push_screen(chooser, self.results.append)

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return [strip.text.strip(" │") for strip in strips]

    def line_of(self, label: str) -> int:
        """Return the line of a column in the list."""
        [about] = [column.about for column in COLUMNS if column.label == label]
        [number] = [n for n, line in enumerate(self.lines()) if line.endswith(about)]
        return number


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 50)])
async def test_every_column_is_in_the_list_and_all_fits_the_screen(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for column in COLUMNS:
            assert app.line_of(column.label)
        assert "Space shows or hides · J K move · a automatic" in app.lines()
        assert any("Enter applies · Esc cancels" in line for line in app.lines())


async def test_enter_at_once_leaves_the_columns_to_the_width() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [()]


async def test_enter_at_once_leaves_what_was_chosen_without_what_is_unknown() -> None:
    app = Host("id", "cost", "time")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [("id", "time")]


async def test_escape_and_a_click_outside_choose_nothing() -> None:
    for keys in (["space", "escape"], []):
        app = Host("id")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*keys)
            if not keys:
                await pilot.click(offset=(1, 1))
            await pilot.pause()
        assert app.results == [None]


async def test_space_hides_and_shows_the_column_under_the_cursor() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "space", "down", "space", "k", "k", "enter")
        await pilot.pause()
    assert app.results == [("time", "node", "type", "user", "started", "message", "id")]


async def test_one_column_at_least_stays() -> None:
    app = Host("id")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "enter")
        await pilot.pause()
    assert app.results == [("id",)]


@pytest.mark.parametrize("keys", [("J", "J", "K"), ("shift+down", "shift+down", "shift+up")])
async def test_a_column_moves_with_the_cursor_on_it(keys: tuple[str, ...]) -> None:
    app = Host("time", "state", "id")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys, "enter")
        await pilot.pause()
    assert app.results == [("state", "time", "id")]


async def test_a_column_at_an_end_stays_there() -> None:
    app = Host("time", "state")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("K", "end", "J", "space", "enter")
        await pilot.pause()
    assert app.results == [("time", "state", "rate")]


async def test_a_returns_to_what_the_width_allows() -> None:
    app = Host("id", "time")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "space", "a")
        await pilot.pause()
        assert any("Columns, as the width allows" in line for line in app.lines())
        assert app.line_of("Time") < app.line_of("Id")
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [()]


async def test_what_there_is_room_for_now_is_said() -> None:
    app = Host("message", "started", "ended", "created", width=50)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Message  Started  Ended" in app.lines()
        assert "No room now for Created" in app.lines()
        await pilot.press("space")
        await pilot.pause()
        assert "Started  Ended  Created" in app.lines()
        assert not any("No room" in line for line in app.lines())


async def test_nodes_are_among_the_columns_only_where_there_are_several() -> None:
    for with_nodes in (False, True):
        app = Host(width=200, with_nodes=with_nodes)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert ("✓ Node" in app.lines()[app.line_of("Node")]) is with_nodes


async def test_a_click_hides_and_shows() -> None:
    app = Host("time", "state", "id")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("OrderedList", offset=(20, 1))
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [("time", "id")]
