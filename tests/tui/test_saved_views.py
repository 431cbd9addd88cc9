"""Naming a view, and renaming, moving and removing those that are saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.screen import Screen

from jobwatch.model.query import View
from jobwatch.model.remembered import Change, Remembered, SavedView, add_view
from jobwatch.tui.screens.name_view import NameView
from jobwatch.tui.screens.saved_views import SavedViews

REMEMBERED = Remembered(
    views=(
        SavedView(name="night", view=View.FAILED, text="since:2d type:csv_*", node="n1"),
        SavedView(name="slow", text="dur>5m"),
        SavedView(name="[bold]\x1b[2J", text="[/foo]\u202e"),
    )
)


class Host(App[None]):
    def __init__(self, make: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self.make = make
        self.results: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self.make(), self.results.append)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def naming(proposal: str = "", *taken: str) -> Host:
    return Host(lambda: NameView("Save this view", proposal, taken))


async def after(remembered: Remembered, *keys: str) -> Change | None:
    app = Host(lambda: SavedViews(remembered))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
    assert len(app.results) == 1
    change: Change | None = app.results[0]
    return change


async def names_after(*keys: str) -> list[str]:
    change = await after(REMEMBERED, *keys, "enter")
    assert change is not None
    return [view.name for view in change(REMEMBERED).views]


async def test_the_proposal_is_taken_by_enter() -> None:
    app = naming("failed last night")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == ["failed last night"]


async def test_what_is_typed_takes_the_place_of_the_proposal() -> None:
    app = naming("failed")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*" mine ", "enter")
        await pilot.pause()
    assert app.results == ["mine"]


async def test_a_name_that_another_view_has_is_said_to_replace_it() -> None:
    app = naming("night", "night")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Replaces the view “night”." in app.text()
        await pilot.press("end", "s")
        await pilot.pause()
        assert "Replaces" not in app.text()
        await pilot.press("backspace", "enter")
        await pilot.pause()
    assert app.results == ["night"]


async def test_a_blank_name_is_none_and_escape_cancels() -> None:
    app = naming()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "enter")
        await pilot.pause()
        assert "A view needs a name." in app.text()
        await pilot.press("escape")
        await pilot.pause()
    assert app.results == [None]


async def test_views_are_listed_with_their_keys_and_what_they_ask_as_text_alone() -> None:
    app = Host(lambda: SavedViews(REMEMBERED))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "6 night  failed · since:2d type:csv_* · on n1" in app.text()
        assert r"8 [bold]\x1b[2J  all · [/foo]\u202e" in app.text()


async def test_views_are_moved_removed_and_renamed() -> None:
    assert await names_after("J") == ["slow", "night", "[bold]\x1b[2J"]
    assert await names_after("j", "x") == ["night", "[bold]\x1b[2J"]
    assert await names_after("delete", "delete") == ["[bold]\x1b[2J"]
    assert await names_after("j", "K", "r", *"late", "enter") == ["late", "night", "[bold]\x1b[2J"]


async def test_escape_in_the_name_leaves_the_view_as_it_is() -> None:
    assert await after(REMEMBERED, "r", *"xyz", "escape", "enter") is None


async def test_what_is_cancelled_or_does_nothing_is_no_change() -> None:
    assert await after(REMEMBERED, "x", "escape") is None
    assert await after(REMEMBERED, "K", "enter") is None


async def test_without_views_there_is_nothing_to_do() -> None:
    assert await after(Remembered(), "x", "r", "J", "enter") is None


async def test_a_change_keeps_what_another_monitor_saved_meanwhile() -> None:
    change = await after(REMEMBERED, "x", "j", "r", *"late", "enter", "enter")
    assert change is not None
    now = add_view(REMEMBERED, SavedView(name="other"))
    assert [view.name for view in change(now).views] == ["slow", "late", "other"]
