"""The menu of what can be copied."""

from __future__ import annotations

import pytest
from textual.app import App

from jobwatch.model.copied import Part
from jobwatch.tui.screens.copy_menu import CHOICES, CopyMenu


class Host(App[None]):
    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self.count = count
        self.results: list[Part | None] = []

    def on_mount(self) -> None:
        self.push_screen(CopyMenu(self.count), self.results.append)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def test_every_part_has_a_key_of_its_own() -> None:
    assert [one.part for one in CHOICES] == list(Part)
    assert [one.key for one in CHOICES] == [*"rmbjc"]


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        *(([one.key], one.part) for one in CHOICES),
        (["enter"], Part.ROW),
        (["down", "down", "enter"], Part.BODY),
        (["up", "enter"], Part.COMMAND),
        (["escape"], None),
        (["q"], None),
    ],
)
async def test_a_key_chooses(keys: list[str], part: Part | None) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
    assert app.results == [part]


async def test_a_click_chooses_and_one_outside_cancels() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("OptionList", offset=(5, 2))
        assert app.results == [Part.MESSAGE]
        app.push_screen(CopyMenu(), app.results.append)
        await pilot.pause()
        await pilot.click(offset=(1, 1))
    assert app.results == [Part.MESSAGE, None]


async def test_it_says_of_how_many_jobs() -> None:
    for count, title in ((1, "─ Copy ─"), (1_234, "─ Copy of 1,234 jobs ─")):
        app = Host(count)
        async with app.run_test(size=(80, 24)):
            assert title in app.text()


async def test_without_a_job_there_is_the_view_alone() -> None:
    app = Host(0)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Message" not in app.text()
        await pilot.press("m")
        assert app.results == []
        await pilot.press("enter")
    assert app.results == [Part.COMMAND]


async def test_it_fits_a_small_window() -> None:
    app = Host()
    async with app.run_test(size=(46, 7)):
        assert all(one.label in app.text() for one in CHOICES)
