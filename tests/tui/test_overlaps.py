"""What else ran: the timeline's keys, what it shows, and how it grows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot

from jobwatch.model.job import UNSET, JobStatus, Outcome
from jobwatch.model.row import JobRow
from jobwatch.model.timeline import Overlaps
from jobwatch.model.when import UTC
from jobwatch.store.connect import LogError
from jobwatch.tui.screens.overlaps import OverlapsScreen
from jobwatch.tui.widgets.timeline import Timeline
from tests.tui.harness import NOW, FakeClock

MINUTE = 60_000


def a_row(id: str, start: int, end: int | None, **fields: Any) -> JobRow:
    """Make a row by its minutes before now; without an end it runs."""
    over = None if end is None else NOW - end * MINUTE
    row = JobRow(
        seq=1,
        started=NOW - start * MINUTE,
        id=id,
        status=(JobStatus.IN_PROGRESS if end is None else JobStatus.COMPLETE).value,
        type="csv_file_load",
        user="etl",
        outcome=Outcome.PENDING if end is None else Outcome.ENDED,
        start=NOW - start * MINUTE,
        end=UNSET if over is None else over,
        message="" if end is None else f"{id} says that it is done",
        over=over,
    )
    return row._replace(**fields)


JOB = a_row("the-job", 60, 10)
OTHERS = [
    a_row("other", 70, 20, type="create_backup", user="nightly"),
    a_row("same-2", 30, 20),
    a_row("same-1", 40, 30),
    a_row("of-etl", 20, None, type="export_to_s3"),
]


class Host(App[None]):
    def __init__(self, job: JobRow = JOB, others: list[JobRow] = OTHERS, total: int = 0) -> None:
        super().__init__()
        self.job = job
        self.clock = FakeClock()
        self.overlaps = Overlaps(others, total or len(others))
        self.failure = ""
        self.reads = 0
        self.results: list[str | None] = []

    async def read(self) -> Overlaps:
        self.reads += 1
        if self.failure:
            raise LogError(self.failure)
        return self.overlaps

    def on_mount(self) -> None:
        screen = OverlapsScreen(self.job, read=self.read, zone=UTC, clock=self.clock)
        self.push_screen(screen, self.results.append)

    @property
    def overlapped(self) -> OverlapsScreen:
        assert isinstance(self.screen, OverlapsScreen)
        return self.screen

    @property
    def timeline(self) -> Timeline:
        return self.screen.query_one(Timeline)

    @property
    def selected(self) -> str | None:
        return self.timeline.selected and self.timeline.selected.id

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def line(self, text: str) -> str:
        return next(line for line in self.lines()[2:-2] if text in line)

    async def until(self, pilot: Pilot[None], condition: Callable[[], bool]) -> None:
        for _ in range(1_000):
            await pilot.pause()
            if condition():
                return
            await asyncio.sleep(0.005)
        pytest.fail("never\n" + "\n".join(self.lines()))

    async def has_read(self, pilot: Pilot[None]) -> None:
        await self.until(pilot, lambda: not any("Reading" in line for line in self.lines()))


def end_of_bar(line: str) -> int:
    return max(line.rfind(character) for character in "▄▖▗▸")


async def test_the_job_is_on_top_and_the_others_under_headings_like_it_first() -> None:
    app = Host()
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        lines = app.lines()
        assert "What else ran  ✓ csv_file_load · etl · the-job" in lines[0]
        assert "2026-11-23 21:03:16 · 50:00" in lines[0]
        assert lines[1].split()[:2] == ["UTC", "21:00"]
        assert "the-job" in lines[2]
        shown = [" ".join(line[:50].split()) for line in lines[3:11]]
        assert shown == [
            "4 other jobs",
            "same user and type · 2",
            "✓ 10:00 csv_file_load etl same-1",
            "✓ 10:00 csv_file_load etl same-2",
            "same user · 1",
            "● 20:00 export_to_s3 etl of-etl",
            "others · 1",
            "✓ 50:00 create_backup nightly other",
        ]


async def test_bars_are_where_their_jobs_ran_and_say_that_they_go_on_beyond() -> None:
    app = Host()
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        top = app.line("the-job")
        for line in app.lines()[2:11]:
            assert len(line) == 120
        assert "◂▄" in app.line("nightly")
        assert "▄▸" in app.line("of-etl")
        assert end_of_bar(app.line("same-1")) <= app.line("same-2").index("▄")
        assert top.index("▄") < app.line("same-1").index("▄")
        assert end_of_bar(app.line("same-2")) < end_of_bar(top)


async def test_the_cursor_goes_from_job_to_job_over_the_headings() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        assert app.selected == "same-1"
        for key, selected in [
            ("up", "same-1"),
            ("down", "same-2"),
            ("j", "of-etl"),
            ("j", "other"),
            ("down", "other"),
            ("k", "of-etl"),
            ("up", "same-2"),
            ("G", "other"),
            ("g", "same-1"),
            ("pagedown", "other"),
            ("pageup", "same-1"),
        ]:
            await pilot.press(key)
            assert app.selected == selected, key


async def test_enter_returns_the_id_of_the_job_under_the_cursor() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.press("j", "j", "enter")
        await pilot.pause()
    assert app.results == ["of-etl"]


async def test_a_click_selects_and_the_second_click_chooses() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.click(Timeline, offset=(10, 5))
        assert app.selected == "same-2"
        await pilot.click(Timeline, offset=(10, 3))
        assert app.selected == "same-2"
        await pilot.click(Timeline, offset=(10, 5), times=2)
        await pilot.pause()
    assert app.results == ["same-2"]


@pytest.mark.parametrize("key", ["escape", "o", "q"])
async def test_it_closes_without_a_job(key: str) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.press(key)
        await pilot.pause()
    assert app.results == [None]


async def test_where_nothing_else_ran_it_says_so_and_enter_does_nothing() -> None:
    app = Host(others=[])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        assert "Nothing else ran while this did." in "\n".join(app.lines())
        await pilot.press("j", "k", "G", "g", "pagedown", "enter", "plus", "left")
        await pilot.pause()
        assert app.results == []


async def test_it_says_how_many_there_are_where_not_all_were_read() -> None:
    app = Host(total=12_345)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        assert "the 4 most alike of 12,345" in app.lines()[3]


async def test_what_cannot_be_read_is_said() -> None:
    app = Host()
    app.failure = "jobs.db can't be read: it is\nno database"
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        assert "jobs.db can't be read: it is no database" in app.lines()[3]


async def test_zoom_pan_and_reset_change_what_is_shown() -> None:
    app = Host()
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        whole = app.lines()
        await pilot.press("plus")
        assert "◂" in app.line("the-job")
        assert "▸" in app.line("the-job")
        await pilot.press("minus")
        assert app.lines() == whole
        await pilot.press("minus", "minus")
        assert "◂" not in app.line("nightly")
        await pilot.press("0")
        assert app.lines() == whole
        await pilot.press("right")
        panned = app.line("the-job")
        assert "◂" in panned
        assert end_of_bar(panned) < end_of_bar(whole[2])
        await pilot.press("left")
        assert app.lines() == whole


async def test_a_job_beyond_the_edge_is_an_arrow_there() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.has_read(pilot)
        await pilot.press(*["right"] * 10)
        assert app.line("✓ csv_file_load   etl      same").count("◂") == 1
        assert "▄" not in app.line("✓ csv_file_load   etl      same")
        await pilot.press(*["left"] * 20)
        assert app.line("✓ csv_file_load   etl      same").count("▸") == 1


async def test_a_line_tells_of_the_job_under_the_cursor() -> None:
    app = Host()
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        told = app.lines()[-2]
        assert "✓ complete · 11-23 21:23:16 – 21:33:16 · 10:00 · same-1 says that" in told
        await pilot.press("j", "j")
        await pilot.pause()
        assert "● running · 11-23 21:43:16 – now · 20:00" in app.lines()[-2]


async def test_a_line_tells_the_year_of_a_job_of_another_one() -> None:
    minutes = 365 * 24 * 60
    old = [
        a_row("same-1", minutes + 40, minutes + 30),
        a_row("over", minutes + 30, minutes - 24 * 60),
    ]
    app = Host(a_row("the-job", minutes + 60, minutes), old)
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        assert "✓ complete · 2025-11-23 21:23:16 – 21:33:16 · 10:00" in app.lines()[-2]
        await pilot.press("j")
        await pilot.pause()
        assert "2025-11-23 21:33:16 – 2025-11-24 22:03:16" in app.lines()[-2]


async def test_what_runs_grows_with_the_clock() -> None:
    job = a_row("the-job", 1, None)
    waits = a_row("waits", 1, None, status="CREATED")._replace(start=UNSET)
    app = Host(job, [waits, a_row("b", 2, 1)])
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        before = app.lines()
        assert "1:00" in before[0]
        assert "····" in app.line("waits")
        app.clock.now += 4_000
        app.overlapped.tick()
        await pilot.pause()
        assert "1:04" in app.lines()[0]
        assert "1:04" in app.lines()[2]
        assert end_of_bar(app.lines()[2]) > end_of_bar(before[2])
        assert app.line("waits").rindex("·") > next(x for x in before if "waits" in x).rindex("·")
        assert app.lines()[1] == before[1]  # the axis stands
        app.clock.now += 10_000
        app.overlapped.tick()
        await pilot.pause()
        assert app.lines()[1] != before[1]
        assert "▸" not in app.lines()[2]


async def test_a_tick_repaints_no_more_than_what_reads_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Host(a_row("the-job", 60, None))
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        app.clock.now += 5_000
        app.overlapped.tick()
        painted: list[Region] = []
        monkeypatch.setattr(app.timeline, "refresh", lambda *regions: painted.extend(regions))
        app.overlapped.tick()
        assert painted == []
        app.clock.now += 1_000
        app.overlapped.tick()
        # The times of the two that run: on top, and in the list.
        assert painted == [Region(0, 1, 11, 1), Region(0, 7, 11, 1)]


async def test_a_span_that_was_chosen_does_not_grow() -> None:
    app = Host(a_row("the-job", 1, None))
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        await pilot.press("minus", "plus")
        before = app.lines()[1]
        app.clock.now += 600_000
        app.overlapped.tick()
        await pilot.pause()
        assert app.lines()[1] == before
        assert "▸" in app.lines()[2]


async def test_what_runs_is_read_again_and_the_cursor_stays_on_its_job() -> None:
    app = Host(a_row("the-job", 60, None))
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        await pilot.press("j")
        assert app.selected == "same-2"
        more = [a_row("same-0", 50, 45), *OTHERS]
        app.overlaps = Overlaps(more, len(more), a_row("the-job", 60, 0))
        for _ in range(5):
            app.overlapped.tick()
        await app.until(pilot, lambda: "same-0" in "\n".join(app.lines()))
        assert app.selected == "same-2"
        assert "✓ csv_file_load" in app.lines()[0]


async def test_what_has_ended_is_read_once() -> None:
    app = Host(others=OTHERS[:3])
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        for _ in range(10):
            app.overlapped.tick()
        await pilot.pause()
        assert app.reads == 1


async def test_many_jobs_scroll_and_only_lines_on_screen_are_drawn() -> None:
    others = [a_row(f"same-{n:03}", 50, 40, started=NOW + n) for n in range(500)]
    app = Host(others=others)
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert "same-499" in app.lines()[-3]
        await pilot.press("g")
        await pilot.pause()
        assert "same user and type · 500" in app.lines()[4]


async def test_data_can_do_nothing_to_the_screen() -> None:
    bad = a_row("\x1b[2J[/x]", 40, 30, type="[b]\x1b]0;\n", user="\u202e[@click=app.quit]x")
    app = Host(bad, [bad._replace(id="[/b]", message="[/foo]\x1b[31m")])
    async with app.run_test(size=(120, 30)) as pilot:
        await app.has_read(pilot)
        text = "\n".join(app.lines())
        assert "\x1b" not in text
        assert "[/foo]\\x1b[31m" in text
