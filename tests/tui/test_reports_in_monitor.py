"""What is told of the log in the monitor: the strip of counts, statistics, checks, and endings."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.health import CHECKS
from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.model.zones import zone_named
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui.screens.doctor import DoctorScreen
from jobwatch.tui.screens.monitor import MonitorScreen
from jobwatch.tui.screens.statistics import StatisticsScreen
from jobwatch.tui.screens.tell_me import TellMe
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.summary import Summary
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, reads_at_once, running_monitor

MINUTE = 60_000
HOUR = 60 * MINUTE
WIDE = (120, 30)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_at_once(monkeypatch)
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "foot")  # which knows one kind of desktop notice alone


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Return the path of a log of two days with jobs in each state, of two types and users."""
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log:
        await log.save_node(Node(name="n1", state=NodeState.LIVE, checked_at=NOW))
        await log.upsert_many([a_job(20, id="of-n1")], node="n1")
        await log.upsert_many(
            [
                a_job(1, "IN_PROGRESS", id="running"),
                a_job(2, "IN_PROGRESS", id="other", type="rare"),
                a_job(3, "ERROR", id="failed", user="grace"),
                a_job(80, "ERROR", id="failed-before"),
                a_job(81, id="partial", message="successfully loaded 9 of 12 records"),
                a_job(82, id="graces", user="grace"),
                a_job(1_500, id="old", type="rare"),
            ]
        )
    return path


async def search_for(monitor: Monitor, text: str) -> None:
    await monitor.press("slash", "ctrl+u")
    await monitor.paste(text)
    await monitor.press("enter")


# The strip


def strip(monitor: Monitor) -> str:
    """Return what the strip says, one blank between two words."""
    return " ".join(monitor.screen.query_one(Summary).render().plain.split())


def hours(monitor: Monitor) -> tuple[int, ...]:
    return monitor.screen.query_one(Summary).hours


async def counts(monitor: Monitor, line: str) -> None:
    await monitor.until(
        lambda: strip(monitor).startswith(line), f"{line!r}, not {strip(monitor)!r}"
    )


async def test_the_strip_counts_by_state_with_the_error_rate_and_the_jobs_of_each_hour(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock, size=(160, 30)) as monitor:
        line = "● 2 running ✓ 3 complete ◐ 1 partial ✗ 2 failed ? 0 lost error rate 33.3 %"
        await counts(monitor, line)
        await monitor.until(lambda: hours(monitor)[-3:] == (3, 1, 3), "the hours")
        assert sum(hours(monitor)) == 7  # without the day before
        assert "3/h max" in strip(monitor)
        await monitor.press("3")
        await monitor.until(lambda: monitor.table.listing.total == 2, "the failed")
        await counts(monitor, line)


async def test_the_strip_follows_the_query_and_comes_back(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await counts(monitor, "● 2 ✓ 3 ◐ 1 ✗ 2 ? 0 error rate 33.3 %")
        await search_for(monitor, "user:grace")
        await counts(monitor, "● 0 ✓ 1 ◐ 0 ✗ 1 ? 0 error rate 50.0 %")
        await monitor.until(lambda: sum(hours(monitor)) == 2, "the hours of grace")
        await monitor.press("escape")
        await counts(monitor, "● 2 ✓ 3 ◐ 1 ✗ 2 ? 0 error rate 33.3 %")
        await monitor.until(lambda: sum(hours(monitor)) == 7, "the hours of all")


async def test_the_strip_follows_the_node_the_instant_and_the_log(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("n")
        await counts(monitor, "● 0 ✓ 1 ◐ 0 ✗ 0 ? 0 error rate 0 %")
        await monitor.until(lambda: sum(hours(monitor)) == 1, "the hours of the node")
        await monitor.press("n", "less_than_sign")
        await counts(monitor, "● 0 ✓ 2 ◐ 1 ✗ 1 ? 0 error rate 25.0 %")
        await monitor.press("escape")
        await counts(monitor, "● 2 ✓ 3 ◐ 1 ✗ 2 ? 0 error rate 33.3 %")
        monitor.write([a_job(0, "ERROR", id="new")])
        await counts(monitor, "● 2 ✓ 3 ◐ 1 ✗ 3 ? 0 error rate 42.9 %")
        await monitor.until(lambda: sum(hours(monitor)) == 8, "the new one")


async def test_the_last_hour_of_the_strip_moves_on_with_the_clock(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.until(lambda: hours(monitor)[-3:] == (3, 1, 3), "the hours")
        clock.now += HOUR
        await monitor.until(lambda: hours(monitor)[-4:] == (3, 1, 3, 0), "an hour later")


# Statistics


async def statistics(monitor: Monitor) -> None:
    await monitor.opens("S", StatisticsScreen)
    await monitor.until(lambda: "Reading" not in monitor.text(), "all read")


def figures(monitor: Monitor) -> dict[str, str]:
    """Return how many jobs each group has, and all of them, by what stands on its line."""
    lines = [line.strip(" │").split() for line in monitor.text().splitlines()]
    return {line[0]: line[1] for line in lines if len(line) > 6 and line[1].isdigit()}


async def test_statistics_are_of_the_query_on_screen_by_type_user_node_and_day(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.press("2")
        await statistics(monitor)
        for key, groups in (
            ("t", {"csv_data_load": "6", "rare": "2"}),
            ("u", {"ada": "6", "grace": "2"}),
            ("d", {"2026-11-23": "7", "2026-11-22": "1"}),
        ):
            await monitor.press(key)
            await monitor.until(
                lambda groups=groups: figures(monitor) == groups | {"all": "8"},  # type: ignore[misc]
                f"{groups}",
            )
        await monitor.press("n")
        await monitor.until(lambda: figures(monitor).get("n1") == "1", "the node")
        await monitor.press("escape")
        await monitor.until(lambda: isinstance(monitor.app.screen, MonitorScreen), "the monitor")
        assert monitor.screen.focused is monitor.table


async def test_statistics_follow_the_query_whatever_the_view(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        for view in "12345":
            await monitor.press(view)
            await statistics(monitor)
            assert figures(monitor)["all"] == "8"
            await monitor.press("escape")
        await search_for(monitor, "user:grace")
        await statistics(monitor)
        assert "user:grace" in monitor.text()
        assert figures(monitor) == {"csv_data_load": "2", "all": "2"}


# Checks


ODD: dict[str, Job] = {
    "end before start": a_job(5, id="backward", end_datetime=NOW - 6 * MINUTE),
    "ended without an end": a_job(6, id="endless", end_datetime=None),
    "running with an end": a_job(7, "IN_PROGRESS", id="halfway", end_datetime=NOW - MINUTE),
    "unknown status": a_job(8, "PAUSED", id="paused"),
    "start in the future": a_job(-60, "IN_PROGRESS", id="early"),
}


async def doctor(monitor: Monitor) -> None:
    await monitor.opens("D", DoctorScreen)
    await monitor.until(
        lambda: "found something" in monitor.text() or "All is well" in monitor.text(),
        "all checked",
    )


async def test_a_log_without_anything_odd_is_said_to_be_well(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await doctor(monitor)
        assert "All is well" in monitor.text()
        assert monitor.text().count("✓ ") >= len(CHECKS)
        await monitor.press("enter")
        await monitor.pilot.pause()
        assert isinstance(monitor.app.screen, DoctorScreen)
        await monitor.press("escape")
        await monitor.until(lambda: isinstance(monitor.app.screen, MonitorScreen), "the monitor")


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_enter_on_what_a_check_found_shows_those_jobs(
    path: Path, clock: FakeClock, name: str, zone: str
) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many(ODD.values())
    place = [check.name for check in CHECKS].index(name)
    async with running_monitor(path, clock, size=WIDE, zone=zone_named(zone)) as monitor:
        # None of what narrows the view now is to hide them.
        await monitor.press("3", "n", "comma")
        await search_for(monitor, "user:nobody")
        await monitor.until(lambda: not monitor.jobs, "none")
        await doctor(monitor)
        await monitor.shows(f"✗ {name}")
        await monitor.press(*["j"] * place, "enter")
        await monitor.lists(ODD[name].id)
        assert monitor.screen.focused is monitor.table


async def test_from_the_errors_by_kind_what_a_check_found_is_shown_in_the_table(
    path: Path, clock: FakeClock
) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many(ODD.values())
    async with running_monitor(path, clock) as monitor:
        await monitor.press("4")
        await monitor.shows("2 ×")
        await doctor(monitor)
        await monitor.press("enter")
        await monitor.lists("backward")
        await monitor.until(lambda: monitor.screen.focused is monitor.table, "the table")
        assert monitor.screen.query_one(FilterInput).value == "has:end dur<0s"
        assert monitor.screen.query_one(JobTable).region


# Endings


class Heard:
    """What a user hears and sees of a monitor, and the time that goes by meanwhile."""

    def __init__(self, monitor: Monitor, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.bells = 0
        self.sent: list[str] = []
        self._monitor = monitor
        self._script = folder / "tell.py"
        self._file = folder / "told"
        self._script.write_text(
            "import sys\n"
            "data = sys.stdin.buffer.read()\n"
            "with open(sys.argv[1], 'ab') as file:\n"
            "    file.write(data + b'--\\n')\n"
        )
        monkeypatch.setattr(monitor.app, "bell", self._ring)
        assert monitor.app._driver is not None
        monkeypatch.setattr(monitor.app._driver, "write", self.sent.append)

    def _ring(self) -> None:
        self.bells += 1

    @property
    def desktop(self) -> list[str]:
        """Return the notices that the terminal was asked for."""
        begin = "\x1b]777;notify;jobwatch;"
        return [text.removeprefix(begin).rstrip("\a") for text in self.sent if begin in text]

    @property
    def command(self) -> str:
        return shlex.join([sys.executable, str(self._script), str(self._file)])

    @property
    def given(self) -> list[list[dict[str, Any]]]:
        """Return the records that the command was given, each time."""
        if not self._file.exists():
            return []
        times = self._file.read_text().split("--\n")[:-1]
        return [[json.loads(line) for line in text.splitlines()] for text in times]

    async def until(self, condition: Callable[[], bool], what: str, step: int = 100) -> None:
        """Wait for what must come while time goes by, in steps of milliseconds."""

        def later() -> bool:
            self._monitor.clock.now += step
            return condition()

        await self._monitor.until(later, what)

    async def a_while(self) -> None:
        """Let so much time go by that whatever is to be told has been."""
        ends = self._monitor.clock.now + 10_000
        await self.until(lambda: self._monitor.clock.now >= ends, "ten seconds", step=2_000)


async def watched(monitor: Monitor, count: int) -> None:
    if count:
        await monitor.shows(f"♪ {count}")
    else:
        await monitor.until(lambda: "♪" not in monitor.text(), "nothing watched")


async def watch_by_command(monitor: Monitor, heard: Heard) -> None:
    await monitor.opens("b", TellMe)
    await monitor.press("tab", "ctrl+u")
    await monitor.paste(heard.command)
    await monitor.press("enter")


async def test_a_job_that_ends_is_told_once_in_each_way_and_then_no_longer_watched(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await watch_by_command(monitor, heard)
        await watched(monitor, 1)
        ended = a_job(1, "ERROR", id="running", message="no such file", job_body={"a": 1})
        monitor.write([ended, a_job(2, id="other", type="rare")])
        await heard.until(lambda: bool(heard.given), "the command was run")
        await watched(monitor, 0)
        await heard.a_while()
        monitor.write([ended.replace(message="no such file at all"), a_job(0, "ERROR", id="new")])
        await monitor.until(lambda: "4 Errors" in monitor.tabs and "3 Failed 4" in monitor.tabs)
        await heard.a_while()
        assert heard.bells == 1
        assert heard.desktop == ["csv_data_load by ada: failed – no such file"]
        [[record]] = heard.given
        assert record["id"] == "running"
        assert record["status"] == "ERROR"
        assert record["job_body"] == {"a": 1}


async def test_the_notice_is_shown_by_the_monitor_too(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await monitor.opens("b", TellMe)
        await monitor.press("enter")
        await watched(monitor, 1)
        monitor.write([a_job(1, id="running", message="loaded them all")])
        await heard.until(lambda: "csv_data_load by ada: complete" in monitor.text(), "the notice")
        assert heard.given == []


async def test_several_endings_of_a_view_are_one_notice(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.press("2")
        await monitor.until(lambda: monitor.selected == "running", "the newest")
        await monitor.press("G")
        await monitor.until(lambda: monitor.selected == "old", "one that is over")
        await watch_by_command(monitor, heard)
        await watched(monitor, 1)
        # What had ended before is known by now.
        await heard.a_while()
        now = clock.now
        monitor.write(
            [
                a_job(1, id="running", end_datetime=now),
                a_job(2, "ERROR", id="other", type="rare", end_datetime=now),
                a_job(0, id="new", end_datetime=now, user="grace"),
            ]
        )
        await heard.until(lambda: bool(heard.given), "the command was run")
        await heard.a_while()
        assert heard.bells == 1
        [notice] = heard.desktop
        assert notice.startswith("3 jobs ended: 2 complete, 1 failed – rare by ada")
        [records] = heard.given
        assert {record["id"] for record in records} == {"running", "other", "new"}
        await watched(monitor, 1)


async def test_a_view_of_failures_tells_of_failures_of_its_query_alone(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.press("3")
        await search_for(monitor, "user:grace")
        await monitor.lists("failed")
        await watch_by_command(monitor, heard)
        await watched(monitor, 1)
        await heard.a_while()
        now = clock.now
        monitor.write(
            [
                a_job(0, "ERROR", id="hers", user="grace", end_datetime=now),
                a_job(0, id="hers-too", user="grace", end_datetime=now),
                a_job(1, "ERROR", id="running", end_datetime=now),
            ]
        )
        await heard.until(lambda: bool(heard.given), "the command was run")
        await heard.a_while()
        assert [[record["id"] for record in records] for records in heard.given] == [["hers"]]
        assert heard.bells == 1
        assert len(heard.desktop) == 1


async def test_x_stops(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await monitor.opens("b", TellMe)
        await monitor.press("enter")
        await watched(monitor, 1)
        await monitor.opens("b", TellMe)
        await monitor.press("j", "space", "enter")  # the view too
        await watched(monitor, 2)
        for left in (1, 0):
            await monitor.opens("b", TellMe)
            await monitor.press(*[[], ["j", "space"]][left == 0], "x")
            await watched(monitor, left)
        monitor.write([a_job(1, "ERROR", id="running", end_datetime=clock.now)])
        await monitor.until(lambda: "3 Failed 3" in monitor.tabs, "it has ended")
        await heard.a_while()
        assert heard.bells == 0
        assert heard.desktop == []


async def test_nothing_is_told_unless_it_was_asked_for(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.opens("b", TellMe)
        await monitor.press("escape")
        monitor.write([a_job(1, "ERROR", id="running"), a_job(0, "ERROR", id="new")])
        await monitor.until(lambda: "3 Failed 4" in monitor.tabs, "they have ended")
        await heard.a_while()
        assert heard.bells == 0
        assert heard.desktop == []
        assert "ended" not in monitor.text()
        await watched(monitor, 0)


async def test_a_command_that_fails_is_told(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await monitor.opens("b", TellMe)
        await monitor.press("tab", "ctrl+u")
        await monitor.paste(str(tmp_path / "none"))
        await monitor.press("enter")
        await watched(monitor, 1)
        monitor.write([a_job(1, id="running")])
        await heard.until(
            lambda: "no such file or directory" in " ".join(monitor.text().split()), "why"
        )


async def test_the_command_of_the_last_time_is_proposed_in_the_next_run(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFile.of(path, tmp_path / "state")
    async with running_monitor(path, clock, size=WIDE, state=state) as monitor:
        await monitor.opens("b", TellMe)
        await monitor.press("tab")
        await monitor.paste("notify-me --now")
        await monitor.press("enter")
        await monitor.until(lambda: state.load().command == "notify-me --now", "kept")
    async with running_monitor(path, clock, size=WIDE, state=state) as monitor:
        await watched(monitor, 0)
        await monitor.opens("b", TellMe)
        await monitor.shows("notify-me --now")


async def test_the_errors_by_kind_offer_no_job_that_is_not_in_sight(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await monitor.press("4")
        await monitor.shows("2 ×")
        await monitor.opens("b", TellMe)
        assert "this view" in monitor.text()
        assert "this job" not in monitor.text()


@pytest.mark.parametrize("view", ["1", "2", "3", "4", "5"])
async def test_what_is_watched_is_told_in_every_view(
    path: Path, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    async with running_monitor(path, clock, size=WIDE) as monitor:
        heard = Heard(monitor, monkeypatch, tmp_path)
        await monitor.until(lambda: monitor.selected == "running", "the job")
        await monitor.opens("b", TellMe)
        await monitor.press("enter")
        await watched(monitor, 1)
        await monitor.press(view)
        monitor.write([a_job(1, "ERROR", id="running")])
        await heard.until(lambda: heard.bells == 1, "the bell")
        await watched(monitor, 0)
