"""The checks of a log on screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from jobwatch.model.health import CHECKS, INTEGRITY, NODE_CLOCKS, Check, Finding
from jobwatch.store.connect import LogError
from jobwatch.tui.screens.doctor import DoctorScreen
from jobwatch.tui.theme import THEME

HOSTILE = "n[/x]\x1b]52;c;ZXZpbA==\x07"
ALL = len(CHECKS)
PLACE = {check.name: place for place, check in enumerate(CHECKS)}


def well(check: Check) -> Finding:
    return Finding(check=check, count=0, query=check.query)


class Host(App[None]):
    """Shows the screen; what it reads comes one by one, as it is put in."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[str | None] = []
        self.coming: asyncio.Queue[Finding | LogError | None] = asyncio.Queue()
        self.reading = False

    def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        self.push_screen(DoctorScreen(CHECKS, self.read), self.results.append)

    async def read(self) -> AsyncGenerator[Finding, None]:
        self.reading = True
        try:
            while (finding := await self.coming.get()) is not None:
                if isinstance(finding, LogError):
                    raise finding
                yield finding
        finally:
            self.reading = False

    def put(self, *findings: Finding) -> None:
        for finding in findings:
            self.coming.put_nowait(finding)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def all_but(*wrong: Finding) -> list[Finding]:
    """Return what comes of all checks, where these alone are wrong."""
    by_check = {finding.check: finding for finding in wrong}
    return [by_check.get(check, well(check)) for check in CHECKS]


ENDLESS = CHECKS[PLACE["ended without an end"]]
TWELVE = Finding(check=ENDLESS, count=12_000, query="is:ended -has:end")


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for what must come; fail if it doesn't."""
    for _ in range(1_000):
        await pilot.pause()
        if condition():
            return
    assert isinstance(pilot.app, Host)
    pytest.fail(pilot.app.text())


async def test_each_check_is_shown_as_it_comes() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: f"Checking {CHECKS[0].name} … 0 of {ALL} done" in app.text())
        assert all(f"· {check.name}" in app.text() for check in CHECKS)
        app.put(well(CHECKS[0]), TWELVE)
        await until(pilot, lambda: f"Checking {CHECKS[2].name} … 2 of {ALL} done" in app.text())
        assert f"✓ {CHECKS[0].name}" in app.text()
        assert "12,000" in next(
            line for line in app.text().splitlines() if f"✗ {ENDLESS.name}" in line
        )
        assert f"· {CHECKS[2].name}" in app.text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [([], "All is well"), ([TWELVE], f"1 of {ALL} checks found something")],
)
async def test_at_the_end_it_says_what_came_of_all(wrong: list[Finding], said: str) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.put(*all_but(*wrong))
        await until(pilot, lambda: said in app.text())


async def test_enter_on_a_finding_returns_its_query() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.put(*all_but(TWELVE))
        await until(pilot, lambda: f"1 of {ALL}" in app.text())
        await pilot.press("down")
        await until(pilot, lambda: "/ is:ended -has:end" in app.text())
        assert "nobody knows since when" in " ".join(app.text().split())
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.results))
    assert app.results == ["is:ended -has:end"]


@pytest.mark.parametrize("place", [0, PLACE[NODE_CLOCKS.name], PLACE[INTEGRITY.name]])
async def test_enter_does_nothing_where_there_are_no_jobs_to_show(place: int) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.put(*all_but(Finding(check=NODE_CLOCKS, count=1, details=("n1: 5.0s ahead",))))
        await until(pilot, lambda: f"1 of {ALL}" in app.text())
        await pilot.press(*["j"] * place, "enter")
        await pilot.pause()
        assert isinstance(app.screen, DoctorScreen)
        assert app.results == []
        assert ("n1: 5.0s ahead" in app.text()) == (place == PLACE[NODE_CLOCKS.name])


@pytest.mark.parametrize("click_outside", [False, True])
async def test_to_leave_ends_the_reading(click_outside: bool) -> None:
    app = Host()
    async with app.run_test(size=(90, 30)) as pilot:
        await until(pilot, lambda: app.reading)
        app.put(TWELVE)
        await until(pilot, lambda: f"1 of {ALL} done" in app.text())
        if click_outside:
            await pilot.click(offset=(1, 1))
        else:
            await pilot.press("escape")
        await until(pilot, lambda: not app.reading)
    assert app.results == [None]


async def test_a_log_that_cannot_be_read_is_said() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.put(well(CHECKS[0]))
        app.coming.put_nowait(LogError(f"/tmp/{HOSTILE} is locked by another program"))
        await until(pilot, lambda: "locked by another program" in app.text())
        assert "n[/x]\\x1b]52" in app.text()
        assert f"✓ {CHECKS[0].name}" in app.text()


async def test_what_is_from_data_is_shown_as_it_is_and_not_all_of_it() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        details = tuple(f"{HOSTILE} {n}\nline" for n in range(20))
        app.put(*all_but(Finding(check=INTEGRITY, count=20, details=details)))
        await until(pilot, lambda: f"1 of {ALL}" in app.text())
        await pilot.press("end")
        await until(pilot, lambda: "… and 15 more" in app.text())
        assert "n[/x]\\x1b]52;c;ZXZpbA==\\x07 0 line" in app.text()
        assert f"1 of {ALL} checks found something" in app.text()


async def test_what_damage_keeps_from_being_counted_is_shown() -> None:
    app = Host()
    async with app.run_test(size=(40, 20)) as pilot:
        app.put(Finding(check=CHECKS[0], count=None, query="x", details=("it is damaged",)))
        await until(pilot, lambda: "it is damaged" in app.text())
