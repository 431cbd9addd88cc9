"""The monitor as a whole: views, search, keys, and a log that comes and goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.strip import Strip

from jobwatch.model.zones import zone_named
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.commands import COMMANDS
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.help import HelpScreen
from jobwatch.tui.widgets.document import Document
from jobwatch.tui.widgets.job_table import JobTable
from tests.tui.harness import FakeClock, a_job, running_monitor

ZURICH = zone_named("Europe/Zurich")


async def test_it_opens_on_the_running_jobs_with_counts_on_the_tabs(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.shows("3 Failed 10")
        assert "1 Running 3" in monitor.text()
        assert "2 All 303" in monitor.text()
        assert monitor.selected == "job-00000"
        assert monitor.table.listing.total == 3


async def test_the_views_change_by_key(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        await monitor.press("3")
        await monitor.until(lambda: monitor.table.listing.total == 10)
        assert "✗ error" in monitor.text()
        await monitor.press("1")
        await monitor.until(lambda: monitor.table.listing.total == 3)


async def test_a_click_on_a_tab_changes_the_view(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.shows("3 Failed 10")
        await monitor.pilot.click("ViewTabs", offset=(16, 0))
        await monitor.until(lambda: monitor.table.listing.total == 303)


async def test_a_view_without_the_selected_job_goes_to_the_nearest_and_comes_back(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        for _ in range(34):
            await monitor.press("j")
        assert monitor.selected == "job-00034"
        await monitor.press("3")
        await monitor.until(lambda: monitor.table.listing.total == 10)
        assert monitor.selected == "job-00030"
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        assert monitor.selected == "job-00034"


async def test_top_bottom_and_page_keys_move_the_cursor(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        await monitor.press("G")
        await monitor.until(lambda: monitor.selected == "job-00302")
        await monitor.press("k")
        await monitor.until(lambda: monitor.selected == "job-00301")
        await monitor.press("g")
        await monitor.until(lambda: monitor.selected == "job-00000")
        await monitor.press("pagedown")
        page = monitor.table.body_height - 1
        await monitor.until(lambda: monitor.selected == f"job-{page:05}")
        await monitor.press("pageup", "down", "up", "end", "home")
        await monitor.until(lambda: monitor.selected == "job-00000")


async def test_a_click_selects_and_a_wheel_scrolls_without_selecting(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        await monitor.pilot.click("JobTable", offset=(20, 4))
        await monitor.until(lambda: monitor.selected == "job-00003")
        monitor.table.scroll_to(y=200, animate=False)
        await monitor.shows("11-23 18:43")
        assert monitor.selected == "job-00003"


async def test_the_filter_narrows_as_it_is_typed_and_escape_clears_it(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash", *'"loaded 77 of"')
        await monitor.until(lambda: monitor.table.listing.total == 1)
        assert monitor.selected == "job-00077"
        assert '1 job · with “"loaded 77 of"”' in monitor.text()
        await monitor.press("enter")
        assert monitor.table.has_focus
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.listing.total == 303)
        assert "with “" not in monitor.text()


async def test_a_query_of_fields_narrows_and_a_mistake_in_it_is_said(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash", *"status:error dur<1m")
        await monitor.until(lambda: monitor.table.listing.total == 10)
        await monitor.press(*" (")
        await monitor.shows("✗ a word, a field such as status:error, or (")
        assert monitor.table.listing.total == 10
        await monitor.press("enter")
        await monitor.pilot.pause()
        assert not monitor.table.has_focus
        await monitor.press(*["backspace"] * 2, "enter")
        await monitor.until(lambda: monitor.table.has_focus)
        assert "10 jobs · with “status:error dur<1m”" in monitor.text()


async def test_escape_leaves_a_query_with_a_mistake_for_the_one_before(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash", *"is:failed", *" (")
        await monitor.shows("✗ a word, a field")
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.has_focus)
        await monitor.shows("10 jobs · with “is:failed")
        assert "✗ a word" not in monitor.text()


async def test_a_query_that_is_kept_is_not_asked_again(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash", *"since:10m")
        await monitor.until(lambda: monitor.table.listing.total == 11)
        clock.now += 60_000
        await monitor.press("enter")
        await monitor.until(lambda: monitor.table.has_focus)
        await monitor.pilot.pause()
        assert monitor.table.listing.total == 11


async def test_a_date_in_the_query_is_read_anew_in_another_zone(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, zone=ZURICH) as monitor:
        await monitor.press("2", "slash", *"since:2026-11-23T20:00", "enter")
        await monitor.until(lambda: monitor.table.listing.total == 184)
        await monitor.press("z")
        await monitor.until(lambda: monitor.table.listing.total == 124)


@pytest.mark.parametrize("typed", ["100%", "a_c", "\\", "[/]", "'"])
async def test_what_is_typed_into_the_filter_is_text_and_nothing_else(
    log: Path, clock: FakeClock, typed: str
) -> None:
    with PlainJobLog.open(log) as store:
        store.upsert_many([a_job(400, message=f"here it is: {typed}!")])
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash")
        monitor.screen.query_one("#filter").value = typed  # type: ignore[attr-defined]
        await monitor.until(lambda: monitor.table.listing.total == 1)
        assert monitor.selected == "job-00400"


async def test_escape_undoes_one_thing_at_a_time(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.press("7")
        await monitor.press("d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.press("2")
        await monitor.shows("(1 day)")
        await monitor.press("slash", *"loaded", "enter", "enter")
        await monitor.until(lambda: monitor.screen.has_class("-maximised"))
        await monitor.press("slash", "question_mark")
        await monitor.press("escape")
        assert monitor.screen.has_class("-maximised") or not monitor.app.screen.is_modal
        for _ in range(6):
            if "(1 day)" not in monitor.text():
                break
            await monitor.press("escape")
            await monitor.pilot.pause()
        await monitor.until(lambda: monitor.table.listing.total == 303)
        assert not monitor.screen.has_class("-maximised")


async def test_the_date_search_shows_the_range_above_the_table(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, zone=ZURICH) as monitor:
        await monitor.press("2", "d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.press("3", "enter")
        await monitor.shows("2026-11-22 00:00 → 2026-11-23 00:00 (1 day), Europe/Zurich +01:00")
        await monitor.shows("The nearest job started on 2026-11-23")
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.listing.total == 303)


async def test_a_range_asked_for_among_the_running_is_searched_in_all(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("d")
        await monitor.until(lambda: isinstance(monitor.app.screen, DateSearch))
        await monitor.press("1", "enter")
        await monitor.until(lambda: monitor.table.listing.total == 61)


async def test_sorting_keeps_the_job_and_shows_an_arrow(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "j", "j", "j")
        await monitor.until(lambda: monitor.selected == "job-00003")
        await monitor.press("s")
        await monitor.shows("Started ↑")
        assert monitor.selected == "job-00003"
        await monitor.press("s")
        await monitor.shows("Time ↓")
        await monitor.until(lambda: monitor.table.row_at(0) is not None)
        assert monitor.selected == "job-00003"
        longest = monitor.table.row_at(0)
        assert longest is not None
        assert longest.id == "job-00002"


async def test_times_follow_the_zone(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, zone=ZURICH) as monitor:
        await monitor.shows("Europe/Zurich +01:00")
        await monitor.shows("11-23 23:03")
        await monitor.press("z")
        await monitor.shows("11-23 22:03")
        assert "Europe/Zurich" not in monitor.text()
        await monitor.press("z")
        await monitor.shows("Europe/Zurich +01:00")


async def test_the_id_goes_to_the_clipboard(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("y")
        await monitor.shows("Copied job-00000")
        assert monitor.app.clipboard == "job-00000"


async def test_a_paused_screen_stands_still_until_it_goes_on(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("space")
        await monitor.shows("‖ paused")
        monitor.write([a_job(1, "COMPLETE")])
        clock.now += 5_000
        monitor.table.tick()
        await monitor.pilot.pause(0.1)
        assert monitor.table.listing.total == 3
        assert "0:05" not in monitor.text()
        await monitor.press("space")
        await monitor.until(lambda: monitor.table.listing.total == 2)
        assert "● live" in monitor.text()


async def test_refresh_reads_a_paused_log_once(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("space")
        monitor.write([a_job(1, "COMPLETE")])
        await monitor.press("r")
        await monitor.until(lambda: monitor.table.listing.total == 2)
        assert "‖ paused" in monitor.text()


async def test_enter_shows_one_job_in_the_whole_window_and_escape_goes_back(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", *["j"] * 40)
        await monitor.until(lambda: monitor.selected == "job-00040")
        line = monitor.table.cursor_line - monitor.table.scroll_offset.y
        await monitor.press("enter")
        await monitor.until(lambda: not monitor.table.display)
        assert monitor.detail.size.height > 15
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.display and monitor.table.has_focus)
        assert monitor.table.cursor_line - monitor.table.scroll_offset.y == line


async def test_an_empty_log_says_what_to_do(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "empty.db"
    with PlainJobLog.open(path):
        pass
    async with running_monitor(path, clock) as monitor:
        await monitor.shows("This log has no jobs yet.")
        assert "jobwatch import FILE" in monitor.text()
        monitor.write([a_job(1, "IN_PROGRESS")])
        await monitor.shows("● running")
        assert monitor.selected == "job-00001"


async def test_nothing_running_says_so(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "ended.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(1)])
    async with running_monitor(path, clock) as monitor:
        await monitor.shows("Nothing is running.")
        assert "2 shows all 1 job" in monitor.text()


async def test_a_log_that_is_gone_shows_the_age_and_comes_back(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, size=(160, 24)) as monitor:
        hidden = log.with_name("hidden")
        for suffix in ("", "-wal", "-shm"):
            if (source := log.with_name(log.name + suffix)).exists():
                source.rename(hidden.with_name(hidden.name + suffix))
        # A look that began before the log was gone is still to end, at the time it is now.
        await monitor.shows("✗ as of 0 s ago")
        clock.now += 12_000
        await monitor.shows("✗ as of 12 s ago")
        assert monitor.table.listing.total == 3
        # The log itself last: a journal must not come to one that is in use.
        for suffix in ("-wal", "-shm", ""):
            if (source := hidden.with_name(hidden.name + suffix)).exists():
                source.rename(log.with_name(log.name + suffix))
        await monitor.shows("● live")


async def test_a_log_that_is_replaced_is_read_anew(log: Path, clock: FakeClock) -> None:
    other = log.with_name("other.db")
    with PlainJobLog.open(other) as store:
        store.upsert_many([a_job(5, "IN_PROGRESS", id="another")])
    async with running_monitor(log, clock) as monitor:
        for suffix in ("-wal", "-shm"):
            log.with_name(log.name + suffix).unlink(missing_ok=True)
        os.replace(other, log)
        await monitor.until(lambda: monitor.table.listing.total == 1, "the other log")


async def test_help_and_palette_and_footer_show_every_command(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock, size=(100, 70)) as monitor:
        await monitor.press("question_mark")
        await monitor.until(lambda: isinstance(monitor.app.screen, HelpScreen))
        shown = monitor.text()
        for command in COMMANDS:
            assert command.help in shown
        await monitor.press("escape")
        titles = [command.title for command in monitor.app.get_system_commands(monitor.app.screen)]
        listed = {c.label for c in COMMANDS if c.palette}
        assert {title.rpartition(" (")[0] for title in titles} == listed
        footer = monitor.text().splitlines()[-1]
        for command in COMMANDS:
            assert (command.label in footer) == command.footer


async def test_the_help_ends_with_what_is_general_and_tells_how_to_follow_an_output(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, size=(80, 80)) as monitor:
        await monitor.opens("question_mark", HelpScreen)
        shown = monitor.text()
        names = ("Moving", "Views", "Search", "Job", "Time", "Log", "General")
        places = [shown.index(f"│  {name} ") for name in names]
        assert places == sorted(places)
        assert "The next tab: message, body, record, output" in shown
        assert "The end of the detail; follows an output there" in shown


async def test_what_a_line_of_the_help_has_no_room_for_stands_below_it(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, size=(40, 60)) as monitor:
        await monitor.opens("question_mark", HelpScreen)
        lines = [line.strip("│ ") for line in monitor.text().splitlines()]
        at = next(number for number, line in enumerate(lines) if line.startswith("PgUp PgDn"))
        assert [line.split() for line in lines[at : at + 2]] == [
            ["PgUp", "PgDn", "A", "screen", "up,"],
            ["down"],
        ]
        first, second = monitor.text().splitlines()[at : at + 2]
        assert first.index("A screen") == second.index("down")


def test_no_two_commands_share_a_key() -> None:
    keys = [command.key for command in COMMANDS]
    assert len(keys) == len(set(keys))


async def test_quit_ends_the_app_without_error(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("q")
        await monitor.until(lambda: monitor.app.return_code is not None)
        assert monitor.app.return_code == 0


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_every_line_fits_the_window(log: Path, clock: FakeClock, width: int) -> None:
    async with running_monitor(log, clock, size=(width, 30)) as monitor:
        await monitor.press("2")
        await monitor.shows("✓ complete")
        assert all(len(line) == width for line in monitor.text().splitlines())


async def test_the_detail_is_beside_the_table_where_there_is_room(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, size=(120, 30)) as monitor:
        assert monitor.detail.region.y == monitor.table.region.y
        await monitor.pilot.resize_terminal(119, 30)
        await monitor.until(lambda: monitor.detail.region.y > monitor.table.region.y)


async def test_a_wider_terminal_takes_nothing_away_from_the_table(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock, size=(120, 30)) as monitor:
        table, detail = monitor.table.size.width, monitor.detail.size.width
        assert table == 80
        for width in (121, 133, 134, 158, 160, 161, 174, 176, 220, 226, 260):
            await monitor.pilot.resize_terminal(width, 30)
            await monitor.until(lambda width=width: monitor.detail.region.right == width)  # type: ignore[misc]
            assert monitor.table.size.width >= table, width
            assert monitor.detail.size.width >= detail, width
            table, detail = monitor.table.size.width, monitor.detail.size.width


@pytest.mark.parametrize(("width", "table"), [(80, 80), (119, 119), (120, 80), (160, 96)])
async def test_the_first_picture_is_laid_out_as_those_that_follow(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, width: int, table: int
) -> None:
    tables, texts = set(), set()
    line_of_table, line_of_text = JobTable.render_line, Document.render_line

    def noted(self: JobTable, y: int) -> Strip:
        tables.add(self.outer_size.width)
        return line_of_table(self, y)

    def noted_text(self: Document, y: int) -> Strip:
        strip = line_of_text(self, y)
        texts.add(strip.text.strip())
        return strip

    monkeypatch.setattr(JobTable, "render_line", noted)
    monkeypatch.setattr(Document, "render_line", noted_text)
    async with running_monitor(log, clock, size=(width, 30)) as monitor:
        await monitor.shows("No message yet.")
    assert tables == {table}
    assert texts <= {"", "No job is selected.", "No message yet."}


async def test_a_text_is_not_laid_out_while_the_window_has_no_room_for_it(
    log: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.shows("No message yet.")
        document = monitor.screen.query_one(Document)
        await monitor.pilot.resize_terminal(1, 1)
        await monitor.until(lambda: not document.size.width, "no room")
        await monitor.press("j")
        assert document.virtual_size.height == 1
        await monitor.pilot.resize_terminal(80, 24)
        await monitor.shows("No message yet.")
        assert not document.show_vertical_scrollbar


async def test_a_search_that_the_next_letter_supersedes_shows_the_last_result(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash", *"loaded 2", *"99")
        await monitor.until(lambda: monitor.table.listing.total == 1)
        assert monitor.selected == "job-00299"
        assert monitor.table.row_at(0) is not None
