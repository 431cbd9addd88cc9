"""The log as it stood at an instant: what ran then, step by step through time, and back to now."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.model.ranges import parse_period
from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui import source, throttle
from jobwatch.tui.screens.as_of import EXAMPLES, AsOf
from jobwatch.tui.widgets.job_facts import JobFacts
from jobwatch.tui.widgets.job_pace import JobPace
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Starts and ends in minutes before now.
EVENTS = (1, 5, 10, 40, 45, 50, 55, 60)


def ago(minutes: int) -> int:
    return NOW - minutes * MINUTE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with two jobs that run and three that ended at different times."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                a_job(60, "IN_PROGRESS", id="long"),
                a_job(55, "ERROR", id="failed", end_datetime=ago(45), message="no such file"),
                a_job(50, id="done", end_datetime=ago(40), message="loaded them all"),
                a_job(10, id="later", end_datetime=ago(5)),
                a_job(1, "IN_PROGRESS", id="late"),
            ]
        )
    return path


async def go_to(monitor: Monitor, typed: str) -> None:
    await monitor.opens("t", AsOf)
    await monitor.paste(typed)
    await monitor.press("enter")


async def lists(monitor: Monitor, *ids: str) -> None:
    await monitor.until(lambda: monitor.jobs == [*ids], f"{ids} in the table")


async def stands_at(monitor: Monitor, instant: int | None) -> None:
    await monitor.until(lambda: monitor.table.as_of == instant, f"as of {instant}")


def row_of(monitor: Monitor, id: str) -> str:
    """Return what the table shows of a job."""
    top = monitor.table.region.y + monitor.table.HEADER
    return monitor.text().splitlines()[top + monitor.jobs.index(id)]


async def test_a_typed_instant_shows_what_ran_then_and_for_how_long(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await lists(monitor, "late", "long")
        await go_to(monitor, "-46m")
        await lists(monitor, "done", "failed", "long")
        assert "as of 2026-11-23 21:17:16 +00:00" in monitor.line
        for id, taken in (("done", "4:00"), ("failed", "9:00"), ("long", "14:00")):
            assert f" {taken} ● running" in row_of(monitor, id)
        assert "loaded them all" not in row_of(monitor, "done")
        await monitor.until(lambda: "1 Running 3 2 All 3 3 Failed 0" in monitor.tabs, "counts")


async def test_what_had_ended_by_then_says_how_and_what_began_later_is_not_there(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "-44m")
        await monitor.press("2")
        await lists(monitor, "done", "failed", "long")
        assert "✗ error" in row_of(monitor, "failed")
        assert "no such file" in row_of(monitor, "failed")
        assert "● running" in row_of(monitor, "done")
        await monitor.until(lambda: "1 Running 2 2 All 3 3 Failed 1" in monitor.tabs, "counts")
        await monitor.press("3")
        await lists(monitor, "failed")


async def test_time_stands_still_and_what_is_written_now_is_not_of_then(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Searched for again at once, however long it took on this machine.
    monkeypatch.setattr(source, "CHEAP_SEARCH", 60)
    monkeypatch.setattr(throttle, "SHARE_OF_TIME", 0)
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "-46m")
        await lists(monitor, "done", "failed", "long")
        clock.now += 5_000
        monitor.write([a_job(0, "IN_PROGRESS", id="new"), a_job(47, "IN_PROGRESS", id="found")])
        await lists(monitor, "found", "done", "failed", "long")
        monitor.table.tick()
        await monitor.pilot.pause()
        assert " 14:00 " in row_of(monitor, "long")
        await monitor.until(lambda: "1 Running 4 2 All 4" in monitor.tabs, "counts")


async def test_steps_go_a_minute_an_hour_or_a_day(path: Path, clock: FakeClock) -> None:
    steps = (
        ("comma", MINUTE),
        ("comma", 2 * MINUTE),
        ("full_stop", MINUTE),
        ("less_than_sign", MINUTE + HOUR),
        ("left_curly_bracket", MINUTE + HOUR + DAY),
        ("greater_than_sign", MINUTE + DAY),
        ("right_curly_bracket", MINUTE),
    )
    async with running_monitor(path, clock) as monitor:
        for key, back in steps:
            await monitor.press(key)
            await stands_at(monitor, NOW - back)
        await lists(monitor, "late", "long")
        assert " 0:00 ● running" in row_of(monitor, "late")


async def test_a_step_beyond_now_is_back_to_now(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        for key in ("full_stop", "greater_than_sign", "right_curly_bracket", "]"):
            await monitor.press(key)
            await monitor.pilot.pause()
            assert monitor.table.as_of is None
            await monitor.press("comma")
            await monitor.shows("2 jobs · as of 2026-11-23 22:02:16")
            await monitor.press(key)
            await monitor.until(lambda: "as of" not in monitor.text(), "now")
            assert monitor.table.as_of is None


async def test_an_event_before_is_a_start_or_an_end_and_so_is_the_one_behind(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        for minutes in EVENTS:
            await monitor.press("[")
            await stands_at(monitor, ago(minutes))
        await lists(monitor, "long")
        assert " 0:00 ● running" in row_of(monitor, "long")
        await monitor.press("[")
        await monitor.shows("Nothing happened before.")
        for minutes in reversed(EVENTS[:-1]):
            await monitor.press("]")
            await stands_at(monitor, ago(minutes))
        await monitor.press("]")
        await stands_at(monitor, None)


async def test_a_job_runs_from_its_very_start_up_to_but_not_at_its_end(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "-55m")
        await lists(monitor, "failed", "long")
        await monitor.press("]")
        await lists(monitor, "done", "failed", "long")
        await monitor.press("]")
        await lists(monitor, "done", "long")
        await monitor.press("[")
        await lists(monitor, "done", "failed", "long")


async def test_escape_is_back_to_now_behind_all_else_that_narrows(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "-46m")
        await monitor.press("slash", *"done", "enter")
        await lists(monitor, "done")
        await monitor.press("escape")
        await lists(monitor, "done", "failed", "long")
        await monitor.press("escape")
        await lists(monitor, "late", "long")
        await monitor.until(lambda: "1 Running 2 2 All 5 3 Failed 1" in monitor.tabs, "counts")
        assert "1:00:00 ● running" in row_of(monitor, "long")


async def test_what_is_no_instant_of_the_past_is_said_and_goes_nowhere(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "yesterdax")
        await monitor.shows("not a date yet")
        await monitor.shows("'yesterdax' is not a date")
        await monitor.press("ctrl+u", *"2027", "enter")
        await monitor.shows("That is still to come: choose an instant of the past.")
        await monitor.press("escape")
        await lists(monitor, "late", "long")
        assert monitor.table.as_of is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_the_dialog_offers_as_an_example_is_a_date(example: str) -> None:
    assert parse_period(example, now=NOW, zone=UTC).start is not None


async def test_an_instant_is_typed_and_shown_in_the_zone_on_screen(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock, zone=zone_named("Asia/Tokyo")) as monitor:
        await go_to(monitor, "2026-11-24 06:17:16")
        await lists(monitor, "done", "failed", "long")
        assert "as of 2026-11-24 06:17:16 +09:00" in monitor.line
        await monitor.opens("t", AsOf)
        await monitor.shows("As of 2026-11-24 06:17:16")


async def test_a_row_is_copied_as_it_stood(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await go_to(monitor, "-46m")
        await lists(monitor, "done", "failed", "long")
        await monitor.press("g", "Y", "r")
        await monitor.shows("Copied")
        assert monitor.app.clipboard.split("\t")[:2] == ["4:00", "● running"]
        assert "loaded" not in monitor.app.clipboard


async def test_the_detail_of_a_job_has_the_time_of_its_row(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock, size=(120, 40)) as monitor:
        facts, pace = monitor.screen.query_one(JobFacts), monitor.screen.query_one(JobPace)

        async def says(taken: str, of_pace: str) -> None:
            await monitor.until(
                lambda: (
                    facts.render().plain.startswith(taken)
                    and monitor.row_of("long").lstrip(" ▌>").startswith(taken)
                    and of_pace in pace.render().plain
                ),
                f"{taken} and {of_pace}",
            )

        monitor.write(a_job(90 + n, id=f"before-{n}") for n in range(5))
        await monitor.press("G")
        await says("1:00:00 ", "OVERDUE")
        await go_to(monitor, "2026-11-23 21:03:26")
        await says("0:10 ", "usually 0:30, expected 21:03:46")
        await monitor.press("full_stop")
        await says("1:10 ", "OVERDUE")
        await monitor.press("comma")
        await says("0:10 ", "usually 0:30")
        clock.now += 5_000
        facts.tick()
        await monitor.press("escape")
        await says("1:00:05 ", "OVERDUE")
