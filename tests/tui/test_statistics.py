"""The screen of statistics: its four ways, what it shows, and how a reading ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from jobwatch.model.statistics import By, Figures, Statistics
from jobwatch.store.connect import LogError
from jobwatch.tui.screens.statistics import StatisticsScreen


def figures(group: str | None, jobs: int = 10) -> Figures:
    return Figures(group, jobs, 10, 1, 2, 9, 900, 61_000, 7_200_000, 12.5)


def picture(by: By, groups: int = 3) -> Statistics:
    names = [f"{by.value}-{number:03}" for number in range(groups)]
    return Statistics(by, tuple(map(figures, names)), figures(None, 10 * groups))


class Host(App[None]):
    """Shows pictures; the second and what follows come when they are let through."""

    def __init__(self, *sizes: int, about: str = "all jobs") -> None:
        super().__init__()
        self.sizes = sizes or (3,)
        self.about = about
        self.failure = ""
        self.let_through = asyncio.Event()
        self.reads: list[By] = []
        self.ended: list[By] = []
        self.results: list[None] = []

    async def read(self, by: By) -> AsyncGenerator[Statistics, None]:
        self.reads.append(by)
        try:
            for number, size in enumerate(self.sizes):
                if number:
                    await self.let_through.wait()
                yield picture(by, size)
            if self.failure:
                raise LogError(self.failure)
        finally:
            self.ended.append(by)

    def on_mount(self) -> None:
        screen = StatisticsScreen(self.read, about=self.about)
        self.push_screen(screen, self.results.append)

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def shown(self) -> list[str]:
        """Return the names of the groups on screen."""
        words = [line.strip(" │").split(" ") for line in self.lines()]
        return [name for name, *_ in words if "-" in name and name[-3:].isdigit()]

    async def until(self, pilot: Pilot[None], condition: Callable[[], bool]) -> None:
        for _ in range(1_000):
            await pilot.pause()
            if condition():
                return
            await asyncio.sleep(0.005)
        pytest.fail("never\n" + self.text())

    async def has_read(self, pilot: Pilot[None]) -> None:
        await self.until(pilot, lambda: "Reading" not in self.text())


async def test_groups_stand_in_a_table_and_all_jobs_below_them() -> None:
    app = Host()
    async with app.run_test(size=(130, 20)) as pilot:
        await app.has_read(pilot)
        rows = [line.strip(" │").replace(" %", "%").split() for line in app.lines()]
        at = rows.index(["Type", "Jobs", "Errors", "Partial", "p50", "p95", "Longest", "Rec/s"])
        assert rows[at + 1] == [
            "type-000",
            "10",
            "10.0%",
            "20.0%",
            "900ms",
            "1:01",
            "2:00:00",
            "12.5",
        ]
        assert ["all", "30", "10.0%", "20.0%", "900ms", "1:01", "2:00:00", "12.5"] in rows
        assert "3 types" in app.text()


@pytest.mark.parametrize(
    ("keys", "by"),
    [
        ("u", By.USER),
        ("n", By.NODE),
        ("d", By.DAY),
        ("ut", By.TYPE),
        (["right"], By.USER),
        (["left"], By.DAY),
        (["right", "right", "right", "right"], By.TYPE),
        (["d", "right"], By.TYPE),
        (["d", "left"], By.NODE),
    ],
)
async def test_a_key_groups_the_jobs_otherwise(keys: list[str], by: By) -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.press(*keys)
        await app.has_read(pilot)
        assert app.shown() == [f"{by.value}-{number:03}" for number in range(3)]
        assert f"{by.capitalize()}  " in app.text()
        assert f"3 {by.value}s" in app.text()


async def test_a_click_groups_the_jobs_otherwise() -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.has_read(pilot)
        line = app.screen.query_one("#ways").region
        at = app.lines()[line.y].index("n Node") - line.x
        await pilot.click("#ways", offset=(at, 0))
        await app.has_read(pilot)
        assert app.shown()[0] == "node-000"
        await pilot.click("#ways", offset=(line.width - 1, 0))
        assert app.reads == [By.TYPE, By.NODE]


async def test_the_keys_are_shown() -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.has_read(pilot)
        assert "t Type  u User  n Node  d Day" in app.text()
        assert "Esc closes" in app.text()


async def test_the_picture_grows_while_it_is_read() -> None:
    app = Host(1, 5)
    async with app.run_test(size=(100, 24)) as pilot:
        await app.until(pilot, lambda: "10 jobs so far" in app.text())
        assert app.shown() == ["type-000"]
        app.let_through.set()
        await app.has_read(pilot)
        assert len(app.shown()) == 5


@pytest.mark.parametrize("key", ["escape", "q", "S"])
async def test_leaving_ends_the_reading(key: str) -> None:
    app = Host(1, 5)
    async with app.run_test(size=(100, 24)) as pilot:
        await app.until(pilot, lambda: bool(app.shown()))
        assert app.ended == []
        await pilot.press(key)
        await app.until(pilot, lambda: app.ended == [By.TYPE])
    assert app.results == [None]


async def test_another_way_ends_the_reading_of_the_one_before() -> None:
    app = Host(1, 5)
    async with app.run_test(size=(100, 24)) as pilot:
        await app.until(pilot, lambda: bool(app.shown()))
        await pilot.press("u")
        await app.until(pilot, lambda: app.ended == [By.TYPE])
        app.let_through.set()
        await app.has_read(pilot)
        assert (app.reads, app.ended) == ([By.TYPE, By.USER], [By.TYPE, By.USER])
        assert len(app.shown()) == 5


async def test_what_was_read_whole_is_not_read_again_until_that_is_asked_for() -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.press("u")
        await app.has_read(pilot)
        await pilot.press("t")
        await app.has_read(pilot)
        assert app.reads == [By.TYPE, By.USER]
        assert app.shown()[0] == "type-000"
        await pilot.press("r")
        await app.until(pilot, lambda: len(app.ended) == 3)
        await app.has_read(pilot)
        assert app.reads == [By.TYPE, By.USER, By.TYPE]


async def test_many_groups_scroll_and_another_way_begins_at_its_top() -> None:
    app = Host(500)
    async with app.run_test(size=(100, 24)) as pilot:
        await app.has_read(pilot)
        top = app.shown()
        await pilot.press("j", "down")
        await pilot.pause()
        assert app.shown()[0] == "type-002"
        await pilot.press("k", "up")
        await pilot.press("pagedown")
        await app.until(pilot, lambda: app.shown()[0] > top[0])
        await pilot.press("G")
        await app.until(pilot, lambda: app.shown()[-1] == "type-499")
        await pilot.press("u")
        await app.has_read(pilot)
        assert app.shown()[0] == "user-000"
        assert len(app.shown()) == len(top)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160])
async def test_columns_give_way_where_there_is_no_room_and_no_line_is_broken(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 20)) as pilot:
        await app.has_read(pilot)
        text = app.text()
        assert all(len(line) == width for line in app.lines())
        assert "type-000" in text
        assert ("Rec/s" in text) == (width >= 80)
        assert ("Jobs" in text) == (width >= 40)
        assert "…" not in "".join(line for line in app.lines() if "type-0" in line)


async def test_it_is_laid_out_anew_when_the_terminal_changes() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        await app.has_read(pilot)
        assert "Rec/s" not in app.text()
        await pilot.resize_terminal(120, 30)
        await app.until(pilot, lambda: "Rec/s" in app.text() and "12.5" in app.text())


async def test_where_nothing_is_found_that_is_said() -> None:
    app = Host(0)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        assert "No job is found." in app.text()
        await pilot.press("j", "G", "pagedown")
        assert app.shown() == []


async def test_what_cannot_be_read_is_said_and_may_be_tried_again() -> None:
    app = Host()
    app.failure = "jobs.db is locked\nby another program"
    async with app.run_test(size=(80, 24)) as pilot:
        await app.until(pilot, lambda: "jobs.db is locked by another program" in app.text())
        app.failure = ""
        await pilot.press("r")
        await app.until(pilot, lambda: "3 types" in app.text())
        assert "locked" not in app.text()


async def test_data_can_do_nothing_to_the_screen() -> None:
    bad = "[/x]\x1b]0;\u202e[@click=app.quit]y"
    app = Host(about=bad)

    async def read(by: By) -> AsyncGenerator[Statistics, None]:
        yield Statistics(by, (figures(bad),), figures(None))

    app.read = read  # type: ignore[method-assign]
    async with app.run_test(size=(130, 20)) as pilot:
        await app.has_read(pilot)
        assert "\x1b" not in app.text()
        assert "\u202e" not in app.text()
        assert app.text().count("[/x]\\x1b]0;\\u202e[@click") == 2
