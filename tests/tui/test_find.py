"""Find in the detail: what is marked, which match is current, and what its keys do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from textual.app import App, ComposeResult
from textual.color import Color
from textual.pilot import Pilot

from jobwatch.model.job import Json
from jobwatch.tui.turns import in_turns
from jobwatch.tui.widgets.detail_tabs import DetailTab
from jobwatch.tui.widgets.document import Document
from jobwatch.tui.widgets.job_detail import JobDetail
from tests.tui.harness import FakeClock, a_job, running_monitor

POEM = "\n".join(f"line {n}: {'a needle' if n % 10 == 5 else 'hay'}" for n in range(100))
BODY: Json = {
    "operation": "insert",
    "records": [{"id": n, "tags": [f"tag-{n}", "b"]} for n in range(100)],
    "last": {"id": "the needle"},
}


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.detail = JobDetail(clock=FakeClock())

    def compose(self) -> ComposeResult:
        yield self.detail

    @property
    def document(self) -> Document:
        return self.detail.query_one(Document)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    def painted(self, name: str) -> list[str]:
        """Return the pieces of text that are drawn in a style of the document."""
        wanted = self.document.get_component_rich_style(f"document--{name}").bgcolor
        assert wanted is not None
        region = self.document.region
        strips = self.screen._compositor.render_strips()[region.y : region.bottom]
        return [
            segment.text
            for strip in strips
            for segment in strip
            if segment.style is not None
            and segment.style.bgcolor is not None
            and Color.from_rich_color(segment.style.bgcolor) == Color.from_rich_color(wanted)
        ]


async def find(app: Host, pilot: Pilot[None], *keys: str) -> None:
    await app.detail.start_find()
    await pilot.press(*keys)
    await pilot.pause()


async def until(pilot: Pilot[None], app: Host, text: str) -> None:
    for _ in range(2_000):
        await pilot.pause()
        if text in app.text():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"never {text!r}:\n{app.text()}")


async def test_all_that_matches_is_marked_as_one_types_and_the_first_is_set_apart() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="Load: loaded 3\nUpload")
        await find(app, pilot, "l", "o", "a")
        assert app.painted("current") == ["Loa"]
        assert app.painted("match") == ["loa", "loa"]
        assert "1 of 3" in app.text()
        await pilot.press("d", "e")
        await pilot.pause()
        assert app.painted("current") == ["loade"]
        assert "1 of 1" in app.text()
        await pilot.press("x")
        await pilot.pause()
        assert app.painted("match") == app.painted("current") == []
        assert "no match" in app.text()


async def test_an_upper_case_letter_finds_itself_alone() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="Load: loaded 3\nUpload")
        await find(app, pilot, "L", "o")
        assert "1 of 1" in app.text()


async def test_the_first_match_is_looked_for_from_where_the_reader_is_and_more_keys_keep_that() -> (
    None
):
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message=POEM)
        app.detail.focus_content()
        await pilot.press("pagedown", "pagedown", "pagedown")
        await find(app, pilot, "e", "e")
        assert "line 35: a needle" in app.text()
        assert "4 of 10" in app.text()
        await pilot.press("x", "backspace", "d")
        await pilot.pause()
        assert "4 of 10" in app.text()


async def test_enter_keeps_the_find_and_its_steps_go_round() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message=POEM)
        app.detail.focus_content()
        await find(app, pilot, *"needle", "enter")
        assert app.focused is app.document
        assert app.detail.finding
        assert "“needle” 1 of 10" in app.text()
        app.detail.next_match(1)
        await pilot.pause()
        assert "line 15: a needle" in app.text()
        assert "2 of 10" in app.text()
        app.detail.next_match(-1)
        app.detail.next_match(-1)
        await pilot.pause()
        assert "line 95: a needle" in app.text()
        assert "10 of 10" in app.text()
        app.detail.next_match(1)
        await pilot.pause()
        assert "line 5: a needle" in app.text()
        assert app.detail.end_find()
        await pilot.pause()
        assert app.painted("current") == []
        assert "1 of 10" not in app.text()
        assert not app.detail.finding
        assert not app.detail.end_find()


async def test_enter_on_nothing_ends_the_find() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message=POEM)
        await find(app, pilot, "enter")
        assert not app.detail.finding


async def test_arrows_move_in_what_is_typed_and_leave_the_tab() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="a needle")
        await find(app, pilot, *"eedle", "home", "n", "left", "right", "[", "backspace")
        assert app.detail.tab is DetailTab.MESSAGE
        assert "1 of 1" in app.text()


async def test_a_match_in_what_is_folded_unfolds_that_and_no_more() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        app.detail.job = a_job(1)
        app.detail.tab = DetailTab.BODY
        app.detail.show_body("job-00001", BODY)
        await pilot.pause()
        assert '"records": [… 100 items],' in app.text()
        await find(app, pilot, *"needle")
        assert '"id": "the needle"' in app.text()
        assert '"records": [… 100 items],' in app.text()
        await pilot.press("ctrl+u", *"tag-50")
        await pilot.pause()
        assert app.painted("current") == ["tag-50"]
        app.detail.focus_content()
        await pilot.press("home", "down", "down", "enter")
        assert app.painted("current") == []
        assert "1 of 1" in app.text()
        app.detail.next_match(1)
        await pilot.pause()
        assert app.painted("current") == ["tag-50"]


async def test_a_match_that_goes_on_in_the_next_row_is_marked_in_both() -> None:
    app = Host()
    async with app.run_test(size=(30, 12)) as pilot:
        app.detail.job = a_job(1, message="y" * 20 + "x" * 20)
        await find(app, pilot, *"xxxxxxxxxxxxxxxxxxxx")
        assert len(app.painted("current")) == 2
        assert "".join(app.painted("current")) == "x" * 20


async def test_a_refresh_of_the_job_finds_anew_and_leaves_the_reader_where_he_is() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, "IN_PROGRESS", message=POEM)
        app.detail.focus_content()
        await find(app, pilot, *"needle", "enter")
        app.detail.next_match(1)
        await pilot.press("end")
        app.detail.job = a_job(1, "IN_PROGRESS", message=POEM + "\none more needle")
        await pilot.pause()
        assert "2 of 11" in app.text()
        assert "line 99" in app.text()
        app.detail.next_match(1)
        await pilot.pause()
        assert "3 of 11" in app.text()
        assert "line 25" in app.text()


async def test_another_job_and_another_tab_are_looked_through_from_their_beginning() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message=POEM)
        await find(app, pilot, *"needle", "enter")
        app.detail.next_match(3)
        app.detail.job = a_job(2, message="hay\n" * 30 + "needle in job 2")
        await pilot.pause()
        assert "1 of 1" in app.text()
        assert "needle in job 2" in app.text()
        app.detail.job = a_job(3, message="nothing here")
        await pilot.pause()
        assert "“needle” no match" in app.text()
        app.detail.tab = DetailTab.RECORD
        app.detail.job = a_job(4, user="needleman", message="a needle")
        await pilot.pause()
        assert "1 of 2" in app.text()


async def test_a_tab_that_is_come_back_to_has_the_match_that_was_current() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="needle needle needle")
        await find(app, pilot, *"needle", "enter")
        app.detail.next_match(1)
        app.detail.action_turn(1)
        await pilot.pause()
        app.detail.action_turn(-1)
        await pilot.pause()
        assert "2 of 3" in app.text()


async def test_the_body_is_looked_through_once_it_has_been_read() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="a needle")
        await find(app, pilot, *"needle", "enter")
        app.detail.tab = DetailTab.BODY
        await pilot.pause()
        assert "no match" in app.text()
        app.detail.show_body("job-00001", BODY)
        await pilot.pause()
        assert "1 of 1" in app.text()
        assert '"id": "the needle"' in app.text()


async def test_a_match_far_down_in_a_long_body_is_found_and_laid_out() -> None:
    app = Host()
    body = {"records": [{"id": n, "name": f"person {n}"} for n in range(2_000)]}
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1)
        app.detail.tab = DetailTab.BODY
        app.detail.show_body("job-00001", body)
        await find(app, pilot, *"person 1999")
        await until(pilot, app, "1 of 1")
        await until(pilot, app, '"name": "person 1999"')
        assert app.painted("current") == ["person 1999"]


async def test_lines_run_on_and_are_scrolled_to_the_side_when_they_are_not_wrapped() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="begin " + "x" * 300 + " needle\n漢字 " + "y" * 90)
        app.detail.focus_content()
        app.detail.toggle_wrap()
        await pilot.pause()
        assert "unwrapped" in app.text()
        assert "begin" in app.text()
        assert sum("x" in line for line in app.text().splitlines()[2:]) == 1
        await pilot.press("l")
        assert "begin" not in app.text()
        app.detail.job = a_job(2, message="begin " + "z" * 300)
        await pilot.pause()
        assert "begin" in app.text()
        app.detail.job = a_job(1, message="begin " + "x" * 300 + " needle\n漢字 " + "y" * 90)
        await pilot.press("l")
        await pilot.press("shift+left")
        assert "begin" in app.text()
        await find(app, pilot, *"needle", "enter")
        assert app.painted("current") == ["needle"]
        app.detail.toggle_wrap()
        await pilot.pause()
        assert "unwrapped" not in app.text()
        assert app.document.scroll_offset.x == 0


async def test_the_place_stays_when_wrapping_changes() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        text = "\n".join(f"{n} " + "long " * 30 for n in range(100))
        app.detail.job = a_job(1, message=text)
        app.detail.focus_content()
        await pilot.press(*["pagedown"] * 10)
        first = app.document.stand.top.line
        assert first > 3
        app.detail.toggle_wrap()
        await pilot.pause()
        assert app.document.stand.top.line == first
        app.detail.toggle_wrap()
        await pilot.pause()
        assert app.document.stand.top.line == first


async def test_keys_that_are_typed_at_once_count_in_their_order(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "down", "down", "down")
        await monitor.shows("successfully")
        await monitor.press("ctrl+f", *"su", "enter", "n", "N", "w", "ctrl+f", "c", "enter", "n")
        await monitor.shows("“c” 2 of 3 · unwrapped")
        assert monitor.screen.focused is monitor.table
        await monitor.press("escape")
        await monitor.until(lambda: "2 of 3" not in monitor.text(), "the end of the find")


async def test_long_work_lets_the_loop_go_on_between_its_steps() -> None:
    stopped = asyncio.Event()
    turns: list[int] = []

    def steps() -> Iterator[int]:
        while not stopped.is_set():  # for ever, if nothing else could run
            yield 1

    async def stop() -> None:
        stopped.set()

    other = asyncio.create_task(stop())
    await in_turns(steps(), lambda: turns.append(1))
    await other
    assert len(turns) == 2
