"""The detail pane: what it shows of a job, and that it keeps the reader's place."""

from __future__ import annotations

from pathlib import Path

from textual.app import App, ComposeResult

from jobwatch.model.job import UNSET
from jobwatch.model.node import Origin
from jobwatch.tui.widgets.detail_tabs import DetailTab
from jobwatch.tui.widgets.job_detail import JobDetail
from tests.tui.harness import NOW, FakeClock, a_job, running_monitor

BODY = {
    "operation": "csv_data_load",
    "rows": [{"number": n, "tags": ["a", "b"]} for n in range(500)],
    "nothing": None,
    "yes": True,
}


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.detail = JobDetail(clock=FakeClock())
        self.wanted: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.detail

    def on_job_detail_body_wanted(self, message: JobDetail.BodyWanted) -> None:
        self.wanted.append(message.job_id)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def words(app: Host) -> list[str]:
    """Return the lines without the scrollbar."""
    return [line[:57].strip() for line in app.text().splitlines()]


async def test_the_body_is_asked_for_when_it_is_to_be_seen_and_not_before() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.job = a_job(1)
        await pilot.pause()
        assert app.wanted == []
        app.detail.tab = DetailTab.BODY
        await pilot.pause()
        assert app.wanted == ["job-00001"]
        assert "Reading …" in app.text()
        app.detail.show_body("another", {"not": "this"})
        app.detail.show_body("job-00001", {"operation": "csv_data_load"})
        await pilot.pause()
        assert '"operation": "csv_data_load"' in app.text()
        assert "this" not in app.text()


async def test_a_large_body_opens_folded_and_unfolds_where_the_cursor_is() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.job = a_job(1)
        app.detail.tab = DetailTab.BODY
        app.detail.show_body("job-00001", BODY)
        await pilot.pause()
        assert '"rows": [… 500 items],' in app.text()
        app.detail.focus_content()
        await pilot.press("down", "down", "enter")
        assert '"number": 0,' in app.text()
        await pilot.press("enter")
        assert "… 500 items" in app.text()


async def test_a_small_body_is_open() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.job = a_job(1)
        app.detail.tab = DetailTab.BODY
        app.detail.show_body("job-00001", {"a": {"b": {"c": [1, None, "x"]}}})
        await pilot.pause()
        for text in ('"c": [', "1,", "null,", '"x"'):
            assert text in app.text()


async def test_an_update_of_the_same_job_keeps_the_scroll_and_another_job_begins_at_the_top() -> (
    None
):
    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        lines = "\n".join(f"line {n}" for n in range(100))
        app.detail.job = a_job(1, message=lines)
        app.detail.focus_content()
        await pilot.press("pagedown", "pagedown")
        top = words(app)
        assert "line 0" not in top
        app.detail.job = a_job(1, message=lines + "\nmore")
        await pilot.pause()
        assert words(app) == top
        await pilot.press("right", "left")
        assert words(app) == top
        app.detail.job = a_job(2, message=lines)
        await pilot.pause()
        assert "line 0" in words(app)


async def test_the_record_has_every_field_with_times_as_epoch_and_as_date() -> None:
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        app.detail.origin = Origin("n1")
        app.detail.job = a_job(1, other={"result": {"rows": 3}}, end_datetime=None)
        app.detail.tab = DetailTab.RECORD
        await pilot.pause()
        shown = app.text()
        assert f"start_datetime   {NOW - 60_000} 2026-11-23 22:02:16.000 +00:00" in shown
        assert "end_datetime     null" in shown
        assert "__updatedtime__  –" in shown
        assert 'result           {"rows":3}' in shown
        assert "seen on          n1" in shown


async def test_a_running_job_without_a_message_says_so_and_an_ended_one_too() -> None:
    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert "No job is selected." in app.text()
        app.detail.job = a_job(1, "IN_PROGRESS")
        await pilot.pause()
        assert "No message yet." in app.text()
        app.detail.job = a_job(1, message=UNSET)
        await pilot.pause()
        assert "It ended without a message." in app.text()


async def test_a_message_object_is_shown_as_json() -> None:
    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        app.detail.job = a_job(1, "ERROR", message={"error": "not authorized", "items": []})
        await pilot.pause()
        assert '"error": "not authorized",' in app.text()
        assert '"items": []' in app.text()


async def test_a_line_that_is_too_long_is_wrapped_between_words() -> None:
    app = Host()
    async with app.run_test(size=(30, 12)) as pilot:
        app.detail.job = a_job(1, message="word " * 30 + "x" * 60)
        await pilot.pause()
        rows = [line.strip() for line in app.text().splitlines()[2:]]
        assert rows[0].split() == ["word"] * len(rows[0].split())
        assert "".join(rows).count("x") == 60
        assert "".join(rows).count("word") == 30


async def test_a_message_of_megabytes_is_cut_and_says_how_much_is_left() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.job = a_job(1, message="y" * 3_000_000)
        app.detail.focus_content()
        await pilot.press("end")
        assert "… 2,800,000 more characters" in app.text()


async def test_a_click_chooses_a_tab(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.pilot.click("DetailTabs", offset=(18, 0))
        await monitor.shows("IN_PROGRESS")
        assert monitor.detail.tab is DetailTab.RECORD
