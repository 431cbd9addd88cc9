"""What needs attention in the monitor: which jobs, what is new of it, and what is known."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.job import Job
from jobwatch.model.query import Sort, View
from jobwatch.model.remembered import SavedView, add_view, look
from jobwatch.model.row import Note
from jobwatch.store.connect import LogError
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui.screens.as_of import AsOf
from jobwatch.tui.screens.note import NoteScreen
from tests.tui.harness import (
    NOW,
    FakeClock,
    Monitor,
    a_job,
    a_process,
    reads_at_once,
    running_monitor,
)

MINUTE = 60_000
NEWEST_FIRST = ("failed", "partial", "overdue", "gone", "nothing")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_at_once(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with one job for each reason to look at it, and others."""
    path = tmp_path / "jobs.db"
    with a_process() as (its_process, end):
        end()
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                a_job(1, "IN_PROGRESS", id="running", type="rare"),
                a_job(2, "ERROR", id="failed", message="no such file"),
                a_job(3, id="partial", message="successfully loaded 9 of 12 records"),
                a_job(4, "IN_PROGRESS", id="overdue", type="export"),
                a_job(5, "IN_PROGRESS", id="gone", type="rare", other=its_process),
                a_job(6, id="fine"),
                a_job(7, "CREATED", id="created"),
                a_job(8, id="nothing", message="successfully loaded 0 of 12 records"),
                *(a_job(100 + n, id=f"export-{n}", type="export") for n in range(10)),
            ]
        )
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Return the path of a log with three failed jobs."""
    path = tmp_path / "few.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(failed(number) for number in (10, 20, 30))
    return path


def failed(number: int, **fields: Any) -> Job:
    """Return a job that began so many minutes ago, and failed half a minute later."""
    return a_job(number, "ERROR", **{"id": f"failed-{number}", "message": "no such file"} | fields)


def looked_at(log: Path, tmp_path: Path, at: int) -> StateFile:
    """Return the state of a user who last looked at what needs attention at an instant."""
    state = StateFile.of(log, tmp_path / "state")
    state.change(partial(look, at=at))
    return state


def move_away(log: Path) -> None:
    for file in log.parent.glob(f"{log.name}*"):
        file.rename(file.with_name(f"away-{file.name}"))


async def unseen(monitor: Monitor, count: int) -> None:
    """Wait until the tab says how many are new."""
    expected = [str(count)] if count else []
    await monitor.until(
        lambda: re.findall(r"Attention (\d+)!", monitor.tabs) == expected, f"{count}!"
    )


async def acknowledge(monitor: Monitor, text: str) -> None:
    await monitor.opens("a", NoteScreen)
    await monitor.press("ctrl+u")
    await monitor.paste(text)
    await monitor.press("enter")


async def search_for(monitor: Monitor, text: str) -> None:
    await monitor.press("slash", "ctrl+u")
    await monitor.paste(text)
    await monitor.press("enter")


# What is there


async def test_what_failed_is_partial_overdue_or_lost_is_there_newest_first_and_nothing_else(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock, size=(120, 30)) as monitor:
        await monitor.press("5")
        await monitor.lists(*NEWEST_FIRST)
        for id, state in (
            ("failed", "✗ error"),
            ("partial", "◐ partial"),
            ("overdue", "◷ overdue"),
            ("gone", "? lost"),
            ("nothing", "✗ failed"),
        ):
            await monitor.until(
                lambda id=id, state=state: state in monitor.row_of(id),  # type: ignore[misc]
                f"{id} as {state}",
            )
        assert "9/12" in monitor.row_of("partial")


async def test_what_comes_to_need_attention_is_there_and_what_no_longer_does_is_not(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("5")
        await monitor.lists(*NEWEST_FIRST)
        monitor.write(
            [
                a_job(0, "ERROR", id="new"),
                a_job(4, id="overdue", type="export", end_datetime=NOW),
                a_job(5, id="gone", type="rare", end_datetime=NOW),
            ]
        )
        await monitor.lists("new", "failed", "partial", "nothing")


async def test_a_job_comes_by_the_passing_of_time_alone(path: Path, clock: FakeClock) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(0, "IN_PROGRESS", id="soon", type="export")])
    async with running_monitor(path, clock) as monitor:
        await monitor.press("5")
        await monitor.lists(*NEWEST_FIRST)
        clock.now += 31_000
        await monitor.lists("soon", *NEWEST_FIRST)


async def test_what_its_node_lost_is_there(few: Path, clock: FakeClock, tmp_path: Path) -> None:
    with PlainJobLog.open(few) as log:
        log.upsert_many([a_job(15, "IN_PROGRESS", id="lost", type="rare")])
        log.mark_lost({"lost": NOW - MINUTE})
    state = looked_at(few, tmp_path, NOW - 5 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 1)
        await monitor.press("5")
        await monitor.lists("failed-10", "lost", "failed-20", "failed-30")
        assert "? lost" in monitor.row_of("lost")
        await monitor.until(lambda: monitor.line.startswith("1 lost since"), "the news")


# What is new


async def test_the_line_says_what_is_there_where_one_has_never_looked(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("5")
        said = "never looked at: 2 failed, 1 partial, 1 overdue, 1 lost"
        await monitor.until(lambda: monitor.line.startswith(said), said)


async def test_the_line_says_what_is_new_since_one_last_looked(
    clock: FakeClock, tmp_path: Path
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(failed(n) for n in (10, 20, 30, 40, 300))
        log.upsert_many(a_job(n) for n in range(100, 127))
        log.upsert_many(a_job(n) for n in range(400, 500))
    state = looked_at(path, tmp_path, NOW - 241 * MINUTE)
    async with running_monitor(path, clock, state=state) as monitor:
        await unseen(monitor, 4)
        await monitor.press("5")
        said = "4 failed, 31 ended since you last looked at 18:02"
        await monitor.until(lambda: monitor.line.startswith(said), said)
        monitor.write([a_job(50, id="new", message="successfully loaded 9 of 12 records")])
        said = "4 failed, 1 partial, 32 ended since you last looked at 18:02"
        await monitor.until(lambda: monitor.line.startswith(said), said)


async def test_it_says_so_where_nothing_is_new(few: Path, clock: FakeClock, tmp_path: Path) -> None:
    state = looked_at(few, tmp_path, NOW)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        said = "nothing new since you last looked at 22:03"
        await monitor.until(lambda: monitor.line.startswith(said), said)
        await unseen(monitor, 0)
        assert monitor.is_dim("failed-20")
        assert monitor.is_dim("failed-30")


async def test_the_cursor_on_a_job_makes_it_seen(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 3)
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await unseen(monitor, 2)
        assert not monitor.is_dim("failed-20")
        await monitor.press("j")
        await unseen(monitor, 1)
        assert monitor.is_dim("failed-10")
        assert not monitor.is_dim("failed-30")
        await monitor.press("j")
        await unseen(monitor, 0)
        assert state.load().looked_at == NOW - 60 * MINUTE


async def test_a_job_that_the_cursor_was_on_in_another_view_is_seen_in_this_one(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("3")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await unseen(monitor, 3)
        await monitor.press("j", "5")
        await monitor.until(lambda: "since you last looked" in monitor.line, "attention")
        await monitor.until(lambda: monitor.selected == "failed-20", "the same job")
        await unseen(monitor, 2)


async def test_a_seen_job_that_needs_none_any_more_leaves_the_count_of_the_others_right(
    path: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(path, tmp_path, NOW - 5 * MINUTE)
    async with running_monitor(path, clock, state=state) as monitor:
        # The failed, the partial, the overdue one; and the one without its process, for nobody
        # knows since when.
        await unseen(monitor, 4)
        await monitor.press("5")
        await monitor.lists(*NEWEST_FIRST)
        await monitor.press("j", "j")
        await monitor.until(lambda: monitor.selected == "overdue", "the overdue one")
        await unseen(monitor, 1)
        monitor.write([a_job(4, id="overdue", type="export", end_datetime=NOW)])
        await monitor.until(lambda: "overdue," not in monitor.line, "it has ended well")
        await unseen(monitor, 1)


# Having looked


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "6", "q"])
async def test_who_leaves_the_view_has_looked_and_what_comes_later_is_new(
    few: Path, clock: FakeClock, tmp_path: Path, key: str
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    state.change(partial(add_view, view=SavedView(name="mine", view=View.ALL, text="user:ada")))
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        clock.now += MINUTE
        await monitor.until(lambda: monitor.read_at == clock.now, "the log as it is now")
        await monitor.press(key)
    assert state.load().looked_at == NOW + MINUTE
    clock.now += 10 * MINUTE
    with PlainJobLog.open(few) as log:
        log.upsert_many([failed(-2), failed(-3)])
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed--3", "failed--2", "failed-10", "failed-20", "failed-30")
        await monitor.until(lambda: monitor.line.startswith("2 failed, 2 ended since"), "news")
        await monitor.press("G")
        assert not monitor.is_dim("failed--2")
        assert monitor.is_dim("failed-10")
        assert monitor.is_dim("failed-20")


async def test_who_was_not_in_the_view_has_not_looked(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = StateFile.of(few, tmp_path / "state")
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("3")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.press("j", "2", "1")
        await unseen(monitor, 3)
        await monitor.press("q")
    assert state.load().looked_at is None


@pytest.mark.parametrize("key", ["2", "6", "q"])
async def test_to_look_at_an_instant_of_the_past_is_not_to_look(
    few: Path, clock: FakeClock, tmp_path: Path, key: str
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    state.change(partial(add_view, view=SavedView(name="mine", view=View.ALL, text="user:ada")))
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 3)
        await monitor.press("2")
        await monitor.opens("t", AsOf)
        await monitor.paste("-15m")
        await monitor.press("enter", "5")
        await monitor.lists("failed-20", "failed-30")
        await monitor.press("j")
        await monitor.until(lambda: monitor.selected == "failed-30", "the next")
        await monitor.press(key)
        if key != "q":
            await monitor.until(lambda: "failed-30" in monitor.jobs, "all")
            await unseen(monitor, 3)
    assert state.load().looked_at == NOW - 60 * MINUTE


async def test_a_paused_monitor_holds_it_still(few: Path, clock: FakeClock) -> None:
    async with running_monitor(few, clock) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.press("space")
        await monitor.shows("‖ paused")
        monitor.write([failed(1)])
        for _ in range(20):
            await monitor.pilot.pause(0.02)
            assert monitor.jobs == ["failed-10", "failed-20", "failed-30"]
        await monitor.press("space")
        await monitor.lists("failed-1", "failed-10", "failed-20", "failed-30")


@pytest.mark.parametrize("keys", ["", "u", "a", "b", "S", "D", "4", "1", "jk"])
async def test_a_log_that_goes_away_meanwhile_is_said_and_comes_back(
    few: Path, clock: FakeClock, keys: str
) -> None:
    async with running_monitor(few, clock) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        move_away(few)
        await monitor.shows("✗ as of")
        await monitor.press(*keys)
        await monitor.pilot.pause(0.3)
        assert monitor.app.return_code is None
        await monitor.press("escape", "escape", "5")
        with PlainJobLog.open(few) as log:
            log.upsert_many([failed(7)])
        await monitor.lists("failed-7")


async def test_a_note_to_a_job_of_a_log_that_is_away_makes_no_log(
    few: Path, clock: FakeClock
) -> None:
    async with running_monitor(few, clock, size=(120, 30)) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.opens("a", NoteScreen)
        move_away(few)
        await monitor.press("x", "enter")
        await monitor.shows("The note was not kept:")
        assert not few.exists()


# The next that is new


async def test_u_goes_to_the_next_unseen_from_any_view_and_says_so_where_there_is_none(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    with PlainJobLog.open(few) as log:
        log.upsert_many([a_job(5), a_job(1, "IN_PROGRESS", type="rare")])
    for view in "1234":
        state = looked_at(few, tmp_path / view, NOW - 25 * MINUTE)
        async with running_monitor(few, clock, state=state) as monitor:
            await unseen(monitor, 2)
            await monitor.press(view, "u")
            await monitor.lists("failed-10", "failed-20", "failed-30")
            await monitor.until(lambda: monitor.selected == "failed-10", "the newest")
            await unseen(monitor, 1)
            await monitor.press("u")
            await monitor.until(lambda: monitor.selected == "failed-20", "the next")
            await unseen(monitor, 0)
            await monitor.press("u")
            await monitor.shows("Nothing unseen needs attention.")
            assert monitor.selected == "failed-20"


async def test_behind_the_last_unseen_comes_the_first(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 25 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.press("G")
        await monitor.until(lambda: monitor.selected == "failed-30", "the last")
        monitor.write([failed(5)])
        await unseen(monitor, 2)
        await monitor.press("u")
        await monitor.until(lambda: monitor.selected == "failed-5", "the newest")
        await monitor.press("u")
        await monitor.until(lambda: monitor.selected == "failed-20", "the one behind")


async def test_u_reaches_the_job_under_the_cursor_and_it_is_seen(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 15 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("3")
        await monitor.until(lambda: monitor.selected == "failed-10", "the newest")
        await unseen(monitor, 1)
        await monitor.press("u")
        await monitor.until(lambda: "since you last looked" in monitor.line, "attention")
        await unseen(monitor, 0)


@pytest.mark.parametrize("seen", [300, 1_100])
async def test_an_unseen_job_far_down_is_reached(
    clock: FakeClock, tmp_path: Path, seen: int
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(failed(n + 10) for n in range(seen))
        # Begun before all others, and failed since.
        log.upsert_many([failed(seen + 100, id="long", end_datetime=NOW - MINUTE)])
    state = looked_at(path, tmp_path, NOW - 5 * MINUTE)
    async with running_monitor(path, clock, state=state) as monitor:
        await unseen(monitor, 1)
        await monitor.press("u")
        await monitor.until(lambda: monitor.selected == "long", "the one that failed since")
        await unseen(monitor, 0)
        await monitor.press("g")
        await monitor.until(lambda: monitor.selected == "failed-10", "the newest")
        await monitor.shows("failed-10"[:8])


async def test_u_keeps_to_what_the_query_finds(few: Path, clock: FakeClock, tmp_path: Path) -> None:
    with PlainJobLog.open(few) as log:
        log.upsert_many([failed(20, user="grace")])
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 3)
        await search_for(monitor, "user:grace")
        await monitor.press("u")
        await monitor.lists("failed-20")
        await monitor.press("u")
        await monitor.shows("Nothing unseen needs")
        await monitor.shows("query finds.")


async def test_u_goes_on_to_older_jobs_whatever_the_order_on_screen(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    with PlainJobLog.open(few) as log:
        log.upsert_many([failed(20, end_datetime=NOW), failed(30, end_datetime=NOW - MINUTE)])
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5", "s", "s")
        await monitor.lists("failed-30", "failed-20", "failed-10")
        await monitor.press("G")
        await monitor.until(lambda: monitor.selected == "failed-10", "the newest")
        await unseen(monitor, 1)  # the cursor was on the longest first
        await monitor.press("u")
        await monitor.until(lambda: monitor.selected == "failed-20", "the next")
        await unseen(monitor, 0)


# Notes


async def test_a_note_is_written_shown_kept_changed_and_taken_back(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    size = (120, 30)
    async with running_monitor(few, clock, size=size, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await acknowledge(monitor, "known, ticket 12")
        await monitor.until(
            lambda: "✎ known, ticket 12 ·" in monitor.row_of("failed-10"), "the note"
        )
    async with running_monitor(few, clock, size=size, state=state) as monitor:
        await monitor.press("3")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        assert "✎ known, ticket 12 ·" in monitor.row_of("failed-10")
        # In its row, and in its detail.
        assert monitor.text().count("✎") == 2
        await monitor.opens("a", NoteScreen)
        await monitor.shows("known, ticket 12")
        await monitor.shows("Acknowledged 2026-11-23 22:03:16")
        await monitor.press("backspace", "3", "enter")
        await monitor.until(
            lambda: "✎ known, ticket 13" in monitor.row_of("failed-10"), "ticket 13"
        )
        await monitor.opens("a", NoteScreen)
        await monitor.press("ctrl+r")
        await monitor.until(lambda: "✎" not in monitor.text(), "no note")
    with PlainJobLog.read(few) as log:
        assert log.note("failed-10") is None


async def test_an_empty_note_says_that_it_was_seen(few: Path, clock: FakeClock) -> None:
    async with running_monitor(few, clock, size=(120, 30)) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.opens("a", NoteScreen)
        await monitor.press("enter")
        await monitor.until(lambda: "✎ seen" in monitor.row_of("failed-10"), "the note")


async def test_a_note_goes_to_all_that_are_marked(few: Path, clock: FakeClock) -> None:
    async with running_monitor(few, clock, size=(120, 30)) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.press("m", "j", "m", "k")
        await monitor.until(lambda: "2 marked" in monitor.line, "two marks")
        await monitor.opens("a", NoteScreen)
        await monitor.shows("Acknowledge 2 jobs")
        await monitor.press("escape")
        await acknowledge(monitor, "the disk is full")
        await monitor.until(lambda: monitor.text().count("✎ the disk is full") == 2, "two notes")
        assert "✎" not in monitor.row_of("failed-20")


async def test_escape_writes_no_note(few: Path, clock: FakeClock) -> None:
    async with running_monitor(few, clock) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await monitor.opens("a", NoteScreen)
        await monitor.paste("never")
        await monitor.press("escape")
        await monitor.pilot.pause()
        assert "✎" not in monitor.text()
    with PlainJobLog.read(few) as log:
        assert log.note("failed-10") is None


async def test_a_note_is_found(few: Path, clock: FakeClock) -> None:
    with PlainJobLog.open(few) as log:
        log.set_notes({"failed-20": Note(NOW, "known, ticket 12"), "failed-30": Note(NOW, "")})
    async with running_monitor(few, clock) as monitor:
        await monitor.press("2")
        for text, ids in (
            ("note:*ticket*", ["failed-20"]),
            ('note:"known, ticket 12"', ["failed-20"]),
            ("is:noted", ["failed-20", "failed-30"]),
            ("-is:noted", ["failed-10"]),
        ):
            await search_for(monitor, text)
            await monitor.lists(*ids)


async def test_what_is_acknowledged_is_no_longer_new(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 3)
        await monitor.press("3")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await acknowledge(monitor, "known")
        await unseen(monitor, 2)
        await monitor.press("u")
        await monitor.until(lambda: monitor.selected == "failed-20", "the next")


async def test_a_job_that_was_seen_and_then_acknowledged_counts_once(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await unseen(monitor, 2)
        await acknowledge(monitor, "known")
        await monitor.until(lambda: monitor.line.startswith("2 failed"), "it is known")
        await unseen(monitor, 2)


async def test_what_somebody_acknowledged_is_not_new_to_who_has_never_looked(
    few: Path, clock: FakeClock
) -> None:
    with PlainJobLog.open(few) as log:
        log.set_notes({"failed-20": Note(NOW, "known")})
    async with running_monitor(few, clock) as monitor:
        await unseen(monitor, 2)


async def test_why_a_note_was_not_kept_is_said(
    few: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise LogError("it is read-only")

    monkeypatch.setattr(JobLog, "open", refuse)
    async with running_monitor(few, clock, size=(120, 30)) as monitor:
        await monitor.press("5")
        await monitor.lists("failed-10", "failed-20", "failed-30")
        await acknowledge(monitor, "known")
        await monitor.shows("The note was not kept:")
        await monitor.until(lambda: "it is read-only" in " ".join(monitor.text().split()), "why")
        assert "✎" not in monitor.text()


async def test_what_another_monitor_has_looked_at_is_seen(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW - 60 * MINUTE)
    async with running_monitor(few, clock, state=state) as monitor:
        await unseen(monitor, 3)
        state.change(partial(look, at=NOW - 15 * MINUTE))
        await unseen(monitor, 1)
        await monitor.press("space")
        await monitor.shows("paused")
        state.change(partial(look, at=NOW))
        await monitor.press("space")
        await unseen(monitor, 0)


async def test_views_of_other_monitors_come_and_the_order_stays_ones_own(
    few: Path, clock: FakeClock, tmp_path: Path
) -> None:
    state = looked_at(few, tmp_path, NOW)
    async with running_monitor(few, clock, state=state) as monitor:
        await monitor.press("2", "s")
        await monitor.shows("Started ↑")
        await monitor.until(lambda: state.load().sort != Sort(), "its order, remembered")
        state.change(lambda now: add_view(now.replace(sort=Sort()), SavedView(name="theirs")))
        await monitor.until(lambda: "6 theirs" in monitor.tabs, "the view")
        await monitor.press("6", "2")
        await monitor.shows("Started ↑")
