"""The line on a job's pace: there where something can be said, growing while the job runs."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from jobwatch.model.insight import Load, Progress
from jobwatch.model.job import UNSET
from jobwatch.model.pace import Pace
from jobwatch.model.zones import zone_named
from jobwatch.tui.widgets.job_pace import BAR_WIDTH, JobPace
from tests.tui.harness import NOW, FakeClock

AT_MOST = "≤\N{NO-BREAK SPACE}"
LENGTHS = (*[20_000] * 150, *[40_000] * 39, 62_000, *[90_000] * 10)
RUNNING = Pace(NOW, UNSET, running=True, lengths=LENGTHS)
ENDED = Pace(NOW - 9_000, NOW, running=False, lengths=LENGTHS, load=Load(9, 12))
EMPTY, FULL = "─" * BAR_WIDTH, "━" * BAR_WIDTH


class Host(App[None]):
    CSS = "JobPace { max-height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.line = JobPace(clock=self.clock)
        self.repainted: list[tuple[Region, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def shown(self) -> str:
        return self.screen._compositor.render_strips()[0].text.strip()

    def lines(self) -> list[str]:
        lines = [strip.text.strip() for strip in self.screen._compositor.render_strips()]
        return lines[: self.line.size.height]

    def tick(self, after: int) -> None:
        """Let the time be so many seconds after the start; note what is repainted."""
        self.clock.now = NOW + after * 1_000
        self.repainted.clear()
        self.line.tick()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host()
    refresh = host.line.refresh

    def noted(*regions: Region, **given: Any) -> JobPace:
        host.repainted.append(regions)
        return refresh(*regions, **given)

    monkeypatch.setattr(host.line, "refresh", noted)
    return host


@pytest.mark.parametrize(
    "pace",
    [
        None,
        RUNNING._replace(lengths=LENGTHS[:4]),
        RUNNING._replace(start=UNSET),
        ENDED._replace(lengths=(), load=None),
    ],
)
async def test_the_line_is_there_only_while_something_can_be_said(
    app: Host, pace: Pace | None
) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        await pilot.pause()
        assert not app.line.display
        app.line.pace = RUNNING
        await pilot.pause()
        assert app.line.display
        assert app.shown() == f"{EMPTY} usually 0:20, expected 22:03:36"
        app.line.pace = pace
        await pilot.pause()
        assert not app.line.display
        assert app.shown() == ""


async def test_while_a_job_runs_its_bar_alone_is_repainted_and_only_when_it_grows(
    app: Host,
) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        app.line.pace = RUNNING
        await pilot.pause()
        app.tick(10)
        assert app.repainted == [(Region(0, 0, 1 + BAR_WIDTH, 1),)]
        await pilot.pause()
        assert app.shown() == "━━━━━━────── usually 0:20, expected 22:03:36"
        app.tick(10)
        assert app.repainted == []
        app.tick(11)
        await pilot.pause()
        assert app.shown() == "━━━━━━╾───── usually 0:20, expected 22:03:36"


async def test_a_job_that_goes_on_for_too_long_is_late_and_then_overdue(app: Host) -> None:
    async with app.run_test(size=(90, 4)) as pilot:
        app.line.pace = RUNNING
        await pilot.pause()
        app.tick(21)
        assert app.repainted == [()]
        await pilot.pause()
        assert app.shown() == f"{FULL} later than expected: 95 % {AT_MOST}1:02"
        app.tick(63)
        await pilot.pause()
        assert app.shown() == (f"{FULL} OVERDUE: slower than 95 % of 200 runs (95 % {AT_MOST}1:02)")
        app.tick(64)
        assert app.repainted == []
        app.tick(91)
        await pilot.pause()
        assert "slower than all 200 runs" in app.shown()


async def test_an_ended_job_says_what_it_loaded_and_how_unusual_it_was_and_stays_so(
    app: Host,
) -> None:
    async with app.run_test(size=(90, 4)) as pilot:
        app.line.pace = ENDED
        await pilot.pause()
        said = "9/12 records, 3 short · 1.0 records/s · faster than all 200 runs"
        assert app.shown() == said
        app.tick(1_000)
        assert app.repainted == []


async def test_a_lost_job_says_why_and_has_no_bar(app: Host) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        app.line.pace = RUNNING._replace(lost="the process that ran it is gone")
        await pilot.pause()
        assert app.shown() == "Lost: the process that ran it is gone."
        app.tick(1_000)
        assert app.repainted == []
        app.line.pace = RUNNING._replace(
            lost="the process that ran it is gone", progress=Progress(9, 12)
        )
        await pilot.pause()
        assert app.shown() == "Lost: the process that ran it is gone. · came to 9/12"


async def test_what_is_too_long_for_a_line_goes_on_below_between_its_words(app: Host) -> None:
    async with app.run_test(size=(39, 6)) as pilot:
        app.line.pace = RUNNING
        app.tick(63)
        await pilot.pause()
        # A bar with too little room says nothing.
        assert app.lines() == [
            "OVERDUE: slower than 95 % of 200 runs",
            f"(95 % {AT_MOST}1:02)",
        ]
        why = "it has run 15 times as long as any of its type ever did (3:14 at most)"
        app.line.pace = RUNNING._replace(lost=why, progress=Progress(9, 12))
        await pilot.pause()
        assert app.lines() == [
            "Lost: it has run 15 times as long as",
            "any of its type ever did (3:14 at",
            "most). · came to 9/12",
        ]


async def test_where_there_is_no_room_below_either_it_ends_in_an_ellipsis(app: Host) -> None:
    async with app.run_test(size=(30, 6)) as pilot:
        app.line.styles.max_height = 2
        app.line.pace = RUNNING._replace(
            lost="the process that ran it (pid 4711 on node-7) is gone"
        )
        await pilot.pause()
        assert app.lines() == ["Lost: the process that ran", "it (pid 4711 on node-7) is …"]


async def test_its_height_does_not_shrink_while_the_time_of_a_job_goes_on(app: Host) -> None:
    app.clock.now = NOW + 9_000
    counting = RUNNING._replace(lengths=(), progress=Progress(100, 200))
    async with app.run_test(size=(52, 6)) as pilot:
        heights = []
        for second in (5, 10, 5, 10, 5):  # "about 5s left", "about 10s left", …
            app.tick(second)
            app.line.pace = counting._replace(progress=Progress(100, 200))
            await pilot.pause()
            heights.append(app.line.size.height)
        assert heights == [1, 2, 2, 2, 2]
        app.line.pace = None
        await pilot.pause()
        app.line.pace = RUNNING
        await pilot.pause()
        assert app.line.size.height == 1


async def test_the_end_is_expected_by_the_clock_of_the_zone(app: Host) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        app.line.pace = RUNNING
        app.line.zone = zone_named("Asia/Tokyo")
        await pilot.pause()
        assert app.shown() == f"{EMPTY} usually 0:20, expected 07:03:36"


def ticking(line: JobPace) -> bool:
    assert line._ticker is not None
    return line._ticker._active.is_set()


async def test_time_goes_on_for_a_running_job_alone_and_not_while_it_stands_still(
    app: Host,
) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        await pilot.pause()
        assert not ticking(app.line)
        app.line.pace = RUNNING
        assert ticking(app.line)
        app.line.still = True
        assert not ticking(app.line)
        app.clock.now += 10_000
        app.line.pace = RUNNING._replace(lengths=LENGTHS[:100])
        await pilot.pause()
        assert app.shown().startswith(EMPTY)
        app.line.still = False
        assert ticking(app.line)
        app.line.pace = RUNNING._replace(lengths=())
        assert not ticking(app.line)
        app.line.pace = RUNNING._replace(lost="its process is gone")
        assert not ticking(app.line)
        app.line.pace = ENDED
        assert not ticking(app.line)


async def test_a_job_that_is_overdue_or_lost_has_the_style_of_its_state(app: Host) -> None:
    async with app.run_test(size=(80, 4)) as pilot:
        app.line.pace = RUNNING
        await pilot.pause()
        plain = app.line.render()
        app.tick(63)
        overdue = app.line.render()
        app.line.pace = RUNNING._replace(lost="its process is gone")
        lost = app.line.render()
        assert not plain.spans
        assert overdue.spans
        assert lost.spans


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (90, "━━━━━━━━━─── 9/12 · 75 % · usually 0:20, expected 22:03:36"),
        (60, "━━━━━━━━━─── 9/12 · 75 % · usually 0:20, expected 22:03:36"),
        (59, "━━━━━━━━─── 9/12 · 75 % · usually 0:20, expected 22:03:36"),
        (53, "━━━╾─ 9/12 · 75 % · usually 0:20, expected 22:03:36"),
        (52, "━━━━━━━━━─── 9/12 · 75 %\nusually 0:20, expected 22:03:36"),
        (20, "━━━━╾─ 9/12 · 75 %\nusually 0:20,\nexpected 22:03:36"),
    ],
)
async def test_what_is_usual_is_said_of_a_job_that_counts_beside_its_bar_or_below_it(
    app: Host, width: int, shown: str
) -> None:
    async with app.run_test(size=(width, 4)) as pilot:
        app.line.pace = RUNNING._replace(progress=Progress(9, 12))
        await pilot.pause()
        assert app.lines() == shown.split("\n")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (64, "━━━━━━━━━─── 9,000/12,000 · 75 % · about 5s left (by its pace)"),
        (57, "━━━╾─ 9,000/12,000 · 75 % · about 5s left (by its pace)"),
        (56, "━━━━━━━━━─── 9,000/12,000 · 75 %\nabout 5s left (by its pace)"),
    ],
)
async def test_how_long_a_job_that_counts_goes_on_is_said_beside_its_bar_or_below_it(
    app: Host, width: int, shown: str
) -> None:
    app.clock.now = NOW + 15_000
    async with app.run_test(size=(width, 4)) as pilot:
        app.line.pace = RUNNING._replace(lengths=(), progress=Progress(9_000, 12_000))
        await pilot.pause()
        assert app.lines() == shown.split("\n")


async def test_what_a_number_is_by_gives_way_where_there_is_one_line(app: Host) -> None:
    app.clock.now = NOW + 15_000
    async with app.run_test(size=(43, 4)) as pilot:
        app.line.styles.max_height = 1
        app.line.pace = RUNNING._replace(lengths=(), progress=Progress(9_000, 12_000))
        await pilot.pause()
        assert app.lines() == ["━━━╾─ 9,000/12,000 · 75 % · about 5s left"]


async def test_as_of_an_instant_the_bar_is_that_of_it_and_stands_still(app: Host) -> None:
    app.clock.now = NOW + 90_001
    async with app.run_test(size=(80, 4)) as pilot:
        app.line.as_of = NOW + 10_000
        app.line.pace = RUNNING
        await pilot.pause()
        assert app.shown() == "━━━━━━────── usually 0:20, expected 22:03:36"
        app.tick(100)
        assert app.repainted == []
        app.line.as_of = None
        await pilot.pause()
        assert app.shown() == f"{FULL} OVERDUE: slower than all 200 runs (95 % {AT_MOST}1:02)"


async def test_a_length_stands_on_the_line_of_what_it_is_at_most(app: Host) -> None:
    async with app.run_test(size=(42, 4)) as pilot:
        app.line.pace = ENDED._replace(load=None, end=NOW + 11_000)
        await pilot.pause()
        assert app.lines() == ["as long as usual: half of 200 runs", f"{AT_MOST}0:20"]
