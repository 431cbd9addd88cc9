"""The facts of a job: on a line, or on a few where the pane is narrow."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from jobwatch.model.insight import Sign
from jobwatch.tui.widgets.job_facts import TIME_WIDTH, JobFacts
from tests.tui.harness import NOW, FakeClock, a_job

RUNNING = a_job(454, "IN_PROGRESS", type="csv_file_load", user="etl")


class Host(App[None]):
    CSS = "JobFacts { max-height: 3; }"

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.facts = JobFacts(clock=self.clock)

    def compose(self) -> ComposeResult:
        yield self.facts

    def lines(self) -> list[str]:
        lines = [strip.text.strip() for strip in self.screen._compositor.render_strips()]
        return lines[: self.facts.size.height]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (80, ["7:34:00  ● running  csv_file_load · etl · 2026-11-23 14:29:16"]),
        (39, ["7:34:00  ● running  csv_file_load", "etl · 2026-11-23 14:29:16"]),
        (25, ["7:34:00  ● running", "csv_file_load · etl", "2026-11-23 14:29:16"]),
    ],
)
async def test_a_narrow_pane_has_all_the_facts_on_some_lines(width: int, lines: list[str]) -> None:
    app = Host()
    async with app.run_test(size=(width, 6)) as pilot:
        app.facts.job = RUNNING
        await pilot.pause()
        assert app.lines() == lines


async def test_where_there_is_one_line_alone_it_ends_in_an_ellipsis() -> None:
    app = Host()
    async with app.run_test(size=(39, 6)) as pilot:
        app.facts.styles.max_height = 1
        app.facts.job = RUNNING
        await pilot.pause()
        assert app.lines() == ["7:34:00  ● running  csv_file_load · et…"[:36] + "…"]


async def test_a_longer_state_makes_room_for_itself() -> None:
    app = Host()
    async with app.run_test(size=(60, 6)) as pilot:
        app.facts.job = RUNNING.replace(user="etl")
        app.facts.sign = Sign.BEYOND
        await pilot.pause()
        assert app.facts.size.height == 1
        app.facts.sign = Sign.OVERDUE
        await pilot.pause()
        assert app.facts.size.height == 2


async def test_while_a_job_runs_its_time_alone_is_repainted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Host()
    async with app.run_test(size=(39, 6)) as pilot:
        app.facts.job = RUNNING
        await pilot.pause()
        repainted: list[tuple[tuple[Region, ...], dict[str, Any]]] = []
        monkeypatch.setattr(
            app.facts, "refresh", lambda *regions, **given: repainted.append((regions, given))
        )
        app.facts.tick()
        assert repainted == []
        app.clock.now += 1_000
        app.facts.tick()
        assert repainted == [((Region(0, 0, 1 + TIME_WIDTH, 1),), {})]


async def test_as_of_an_instant_the_time_is_that_of_it_and_stands_still() -> None:
    app = Host()
    async with app.run_test(size=(80, 6)) as pilot:
        app.facts.job = RUNNING
        app.facts.as_of = NOW - 454 * 60_000 + 6_000
        await pilot.pause()
        assert app.lines()[0].startswith("0:06 ")
        app.clock.now += 5_000
        app.facts.tick()
        app.facts.job = RUNNING.replace(user="ada")
        await pilot.pause()
        assert app.lines()[0].startswith("0:06 ")
        app.facts.as_of = None
        await pilot.pause()
        assert app.lines()[0].startswith("7:34:05 ")


@pytest.mark.parametrize("bad", ["[/foo]\x1b[2J", "a\nb", "x" * 400])
async def test_no_text_of_a_job_is_more_than_text(bad: str) -> None:
    app = Host()
    async with app.run_test(size=(39, 6)) as pilot:
        app.facts.job = RUNNING.replace(type=bad, user=bad)
        await pilot.pause()
        assert 2 <= app.facts.size.height <= 3
        assert all("\x1b" not in line and len(line) <= 39 for line in app.lines())
