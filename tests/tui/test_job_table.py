"""The table paints what changed and nothing else, and no text of a job can do anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region
from textual.message import Message

from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.columns import ELAPSED
from tests.tui.harness import NOW, FakeClock, a_job, running_monitor

HOSTILE = [
    "\x1b[2J\x1b]52;c;aGk=\x07",
    "\x9b31mred\x90\x9d",
    "nul\x00del\x7f",
    "right\u202eto\u2066left\u2069",
    "[bold red]markup[/] [/foo] [@click=app.quit]click[/]",
    "a" * 20_000,
    "wide 表格 and e\u0301 combining",
    "line\nbreak\ttab\r\n",
]


async def test_a_tick_repaints_the_times_of_running_jobs_alone(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        painted: list[Region] = []
        monkeypatch.setattr(monitor.table, "refresh", lambda *regions: painted.extend(regions))
        clock.now += 1_000
        monitor.table.tick()
        assert painted == [Region(0, y, ELAPSED.wide, 1) for y in (1, 2, 3)]
        painted.clear()
        monitor.table.tick()
        assert painted == []


async def test_elapsed_times_grow_without_a_query(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.shows("2:00 ◷ overdue")
        clock.now += 61_000
        monitor.table.tick()
        await monitor.shows("3:01 ◷ overdue")


async def test_an_unchanged_log_is_not_read(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        shown: list[object] = []
        monitor.table.show = shown.append  # type: ignore[method-assign,assignment]
        await monitor.pilot.pause(0.2)
        assert shown == []
        monitor.write([a_job(1, "COMPLETE")])
        await monitor.until(lambda: bool(shown))


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_text_of_a_job_reaches_the_screen_as_anything_but_text(
    tmp_path: Path, clock: FakeClock, text: str
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        fields = {"message": text, "type": text, "user": text, "job_body": {text: [text]}}
        log.upsert_many([a_job(1, "IN_PROGRESS", id=text, other={text: text}, **fields)])
    async with running_monitor(path, clock, size=(160, 40)) as monitor:
        for _ in range(3):
            await monitor.pilot.pause()
            lines = monitor.text().split("\n")
            assert len(lines) == 40
            for char in "".join(lines):
                assert char.isprintable() or char in "\u0301", repr(char)
            await monitor.press("tab", "right")
        await monitor.press("y", "shift+tab")
        await monitor.shows("Copied")
        assert monitor.app.is_running


async def test_lines_without_their_page_are_dim_and_asked_for(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        asked: list[object] = []
        post = monitor.table.post_message

        def note(message: Message) -> bool:
            asked.append(message)
            return post(message)

        monkeypatch.setattr(monitor.table, "post_message", note)
        monitor.table.scroll_to(y=150, animate=False, immediate=True)
        assert monitor.table.row_at(155) is None
        assert "··" in monitor.table.render_line(5).text
        await monitor.until(lambda: monitor.table.row_at(155) is not None)
        assert any(type(message).__name__ == "PagesWanted" for message in asked)


async def test_a_job_without_a_start_shows_a_dash_and_not_1970(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(1, "IN_PROGRESS", start_datetime=None)])
    async with running_monitor(path, clock, size=(160, 40)) as monitor:
        await monitor.shows("●")
        assert "1970" not in monitor.text()
        assert " – " in monitor.text()


async def test_a_sorted_view_that_the_log_has_left_behind_shows_its_age(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.tui.source.CHEAP_SEARCH", 0.0)
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", *"ssss")
        await monitor.shows("Type ↑")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        monitor.write([a_job(0, "ERROR", id="late", start_datetime=NOW)])
        await monitor.shows("as of 0 s ago, r reads it again")
        await monitor.press("r")
        await monitor.until(lambda: monitor.table.listing.total == 304)
        await monitor.until(lambda: "r reads it again" not in monitor.text())
