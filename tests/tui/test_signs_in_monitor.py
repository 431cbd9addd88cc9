"""What the log implies of single jobs, in the monitor: overdue, lost, partial, and how unusual."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.store.alive import KEY
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui import insights
from jobwatch.tui.widgets.job_facts import JobFacts
from jobwatch.tui.widgets.job_pace import BAR_WIDTH, JobPace
from tests.tui.harness import (
    NOW,
    FakeClock,
    Monitor,
    a_job,
    a_process,
    reads_at_once,
    running_monitor,
)

SECOND = 1_000
MINUTE = 60_000
RUNS = 20
WIDE = (180, 30)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_at_once(monkeypatch)


def export(id: str, *, since: int, took: int | None = None, **fields: object) -> Job:
    """Return an export that began so many seconds ago, and took so many or goes on."""
    start = NOW - since * SECOND
    status, end = (
        ("IN_PROGRESS", {})
        if took is None
        else ("COMPLETE", {"end_datetime": start + took * SECOND})
    )
    told = {"message": "exported"} if took is not None else {}
    return a_job(
        0, status, **{"id": id, "type": "export", "start_datetime": start} | end | told | fields
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with exports that took 10, 12, … 48 seconds, a day ago."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            export(f"run-{n}", since=86_400 + 100 * n, took=10 + 2 * n) for n in range(RUNS)
        )
    return path


def add(path: Path, *jobs: Job) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs)


def pace(monitor: Monitor) -> str:
    """Return what the detail says of the pace, with its bar; empty where it says nothing."""
    shown = monitor.screen.query_one(JobPace)
    return shown.render().plain.replace("\n", " ") if shown.display else ""


def facts(monitor: Monitor) -> str:
    return monitor.screen.query_one(JobFacts).render().plain


async def says(monitor: Monitor, text: str) -> None:
    await monitor.until(lambda: text in pace(monitor), f"{text!r} in {pace(monitor)!r}")


def tick(monitor: Monitor, clock: FakeClock, seconds: int) -> None:
    """Let time pass, and the widgets take note of it as they do each second."""
    clock.now += seconds * SECOND
    monitor.table.tick()
    monitor.screen.query_one(JobFacts).tick()
    monitor.screen.query_one(JobPace).tick()


# Overdue


async def test_a_job_becomes_overdue_by_the_passing_of_the_clock_alone(
    path: Path, clock: FakeClock
) -> None:
    add(path, export("now", since=14))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await says(monitor, "usually")
        for seconds, state in ((31, "● running"), (1, "● running"), (1, "◷ overdue")):
            tick(monitor, clock, seconds)
            await monitor.pilot.pause()
            assert state in monitor.row_of("now"), (clock.now - NOW) / SECOND
        tick(monitor, clock, -10)
        await monitor.pilot.pause()
        assert "● running" in monitor.row_of("now")


async def test_the_detail_shows_a_bar_the_expected_end_and_then_by_how_much_it_is_overdue(
    path: Path, clock: FakeClock
) -> None:
    add(path, export("now", since=14))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await says(monitor, "usually 0:28, expected 22:03:30")
        assert pace(monitor).startswith("━" * (BAR_WIDTH // 2) + "─" * (BAR_WIDTH // 2) + " ")
        assert pace(monitor) in monitor.text()
        tick(monitor, clock, 20)
        await says(monitor, "later than expected: 95 % ≤\N{NO-BREAK SPACE}0:46")
        assert pace(monitor).startswith("━" * BAR_WIDTH + " ")
        tick(monitor, clock, 13)
        await says(monitor, "OVERDUE: slower than 95 % of 20 runs (95 % ≤\N{NO-BREAK SPACE}0:46)")
        await monitor.until(lambda: "◷ overdue" in facts(monitor), "overdue beside the time")
        await monitor.shows(pace(monitor))


async def test_too_few_runs_are_no_claim(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "few.db"
    add(
        path,
        export("now", since=3_000),
        *(export(f"run-{n}", since=9_000 + n, took=10) for n in range(4)),
    )
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.until(lambda: monitor.detail.job is not None, "the job")
        await monitor.until(lambda: "5 Attention" in monitor.tabs, "what it implies was read")
        tick(monitor, clock, 1)
        await monitor.pilot.pause()
        assert "● running" in monitor.row_of("now")
        assert pace(monitor) == ""


async def test_a_paused_monitor_shows_none_as_overdue_until_it_goes_on(
    path: Path, clock: FakeClock
) -> None:
    add(path, export("now", since=40))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await says(monitor, "later than expected")
        await monitor.press("space")
        await monitor.shows("‖ paused")
        clock.now += 10 * SECOND
        for _ in range(20):
            monitor.table.tick()
            await monitor.pilot.pause(0.02)
            assert "● running" in monitor.row_of("now")
            assert "OVERDUE" not in pace(monitor)
        await monitor.press("space")
        await monitor.until(lambda: "◷ overdue" in monitor.row_of("now"), "overdue")


# What ended


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (60, "slower than all 20 runs"),
        (47, "slower than 95 % of 20 runs"),
        (30, "usual: half of 20 runs ≤\N{NO-BREAK SPACE}0:28"),
        (5, "faster than all 20 runs"),
    ],
)
async def test_a_job_that_ended_says_how_unusual_it_was(
    path: Path, clock: FakeClock, took: int, said: str
) -> None:
    add(path, export("it", since=100, took=took))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.press("2", "g")
        await monitor.until(lambda: monitor.selected == "it", "the job")
        await says(monitor, said)
        assert "━" not in pace(monitor)
        await monitor.shows(said)


async def test_a_job_says_how_unusual_it_was_as_soon_as_it_ends(
    path: Path, clock: FakeClock
) -> None:
    add(path, export("now", since=60))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await says(monitor, "OVERDUE")
        add(path, export("now", since=60, took=60))
        await says(monitor, "slower than all 20 runs")
        assert "OVERDUE" not in pace(monitor)
        assert "✓ complete" in facts(monitor)


async def test_a_partial_job_says_how_much_is_missing(path: Path, clock: FakeClock) -> None:
    add(path, a_job(1, id="it", type="rare", message="successfully loaded 9 of 12 records"))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.selected == "it", "the job")
        row = monitor.row_of("it")
        assert "◐ partial" in row
        assert "9/12" in row
        await says(monitor, "9/12 records, 3 short · 0.3 records/s")
        assert "◐ partial" in facts(monitor)


async def test_none_of_some_records_is_a_failure(path: Path, clock: FakeClock) -> None:
    add(path, a_job(1, id="it", type="rare", message={"message": "loaded 0 of 12 records"}))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.press("3")
        await monitor.lists("it")
        assert "✗ failed" in monitor.row_of("it")
        assert "0/12" in monitor.row_of("it")


# Lost


async def test_a_job_whose_process_has_ended_is_lost_and_says_why(
    path: Path, clock: FakeClock
) -> None:
    with a_process() as (its_process, end):
        end()
    add(path, export("it", since=5, other=its_process))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.until(lambda: "? lost" in monitor.row_of("it"), "lost")
        pid = its_process[KEY]["pid"]
        why = f"Lost: the process that ran it (pid {pid} on {platform.node()}) is gone."
        await says(monitor, why)
        await monitor.until(lambda: "? lost" in facts(monitor), "lost beside the time")
        assert "━" not in pace(monitor)
    with PlainJobLog.read(path) as log:
        job = log.get_job("it")
        assert job is not None
        assert job.status == "IN_PROGRESS"


async def test_what_a_record_says_of_a_process_is_shown_as_text_alone(
    path: Path, clock: FakeClock
) -> None:
    host = "[/b]\x1b]52;c;x\x07"
    add(path, export("it", since=5, other={KEY: {"host": host, "pid": 1 << 30, "started": 1}}))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        # Of another machine nothing is claimed.
        await says(monitor, "usually")
        assert "● running" in monitor.row_of("it")
        assert "\x1b" not in monitor.text()


async def test_a_process_that_ends_is_noticed_though_nobody_writes(
    path: Path, clock: FakeClock
) -> None:
    with a_process() as (its_process, end):
        add(path, export("it", since=5, other=its_process))
        async with running_monitor(path, clock, size=WIDE) as monitor:
            await says(monitor, "usually")
            assert "● running" in monitor.row_of("it")
            end()
            await monitor.until(lambda: "? lost" in monitor.row_of("it"), "lost")
            await says(monitor, "Lost: the process that ran it")


async def test_a_job_is_lost_where_it_goes_on_beyond_anything(path: Path, clock: FakeClock) -> None:
    add(path, export("it", since=7_200))
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.until(lambda: "? lost" in monitor.row_of("it"), "lost")
        await says(
            monitor, "Lost: it has run 27 times as long as any of its type ever did (4:22 at most)."
        )


async def test_beside_the_table_all_of_the_reason_and_of_the_facts_is_to_be_seen(
    path: Path, clock: FakeClock
) -> None:
    add(path, export("it", since=7_200))
    async with running_monitor(path, clock, size=(120, 36)) as monitor:
        await monitor.shows("Lost: it has run 27 times as long as")
        for line in (
            "? lost  export · ada",
            "2026-11-23 20:03:16",
            "any of its type",
            "at",
            "most).",
        ):
            assert line in monitor.text()


async def test_what_is_lost_by_its_signs_is_found(path: Path, clock: FakeClock) -> None:
    with a_process() as (its_process, end):
        end()
    add(
        path,
        export("gone", since=5, other=its_process),
        export("beyond", since=7_200),
        export("late", since=100),
        export("well", since=6),
    )
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.lists("gone", "well", "late", "beyond")
        for text, ids in (("is:lost", ["gone", "beyond"]), ("is:late", ["late", "beyond"])):
            await monitor.press("slash", "ctrl+u")
            await monitor.paste(text)
            await monitor.press("enter")
            await monitor.lists(*ids)


async def test_signs_are_read_within_the_interval_and_not_only_when_the_log_changes(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So long that only what is asked of the log for the first time is read.
    monkeypatch.setattr(insights, "EVERY", 3_600)
    with a_process() as (its_process, end):
        add(path, export("it", since=5, other=its_process))
        async with running_monitor(path, clock, size=WIDE) as monitor:
            await says(monitor, "usually")
            end()
            for _ in range(10):
                await monitor.pilot.pause(0.02)
                assert "● running" in monitor.row_of("it")
            monitor.write([a_job(1, id="other")])
            await monitor.until(lambda: "? lost" in monitor.row_of("it"), "lost")
