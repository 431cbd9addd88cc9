"""A monitor that is read-only: it shows everything, writes nothing and runs nothing."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Footer

from jobwatch.model.query import View
from jobwatch.model.remembered import SavedView, add_to_history, add_view, look
from jobwatch.model.when import UTC
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.clipboard import LONGEST
from jobwatch.tui.commands import COMMANDS, WRITING
from jobwatch.tui.screens.copy_menu import CopyMenu
from jobwatch.tui.screens.help import HelpScreen
from jobwatch.tui.widgets.filter_input import FilterInput
from tests.tui.harness import NOW, FakeClock, Monitor, a_job

WRITES = ("v", "V", "a", "b", "e")
"""The keys of what writes or runs something."""


@asynccontextmanager
async def read_only(
    path: Path,
    clock: FakeClock,
    *,
    state: StateFile | None = None,
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[Monitor]:
    app = JobwatchApp(path, interval=0.02, zone=UTC, clock=clock, state=state, read_only=True)
    async with app.run_test(size=size, notifications=True) as pilot:
        monitor = Monitor(app, pilot, path, clock)
        await monitor.shows("● live")
        await monitor.until(lambda: monitor.selected is not None, "a job")
        yield monitor


@pytest.fixture
def state(log: Path, tmp_path: Path) -> StateFile:
    """Return a file that remembers a view, a query, and that one looked."""
    file = StateFile.of(log, tmp_path / "state")
    view = SavedView(name="mine", view=View.FAILED, text="type:csv_*")
    file.change(lambda now: add_view(now, view))
    file.change(lambda now: add_to_history(now, "user:ada"))
    file.change(lambda now: look(now, NOW - 3_600_000))
    return file


async def test_the_line_at_the_top_says_so(log: Path, clock: FakeClock) -> None:
    async with read_only(log, clock, size=(80, 24)) as monitor:
        assert monitor.text().splitlines()[0].startswith(" jobs.db read-only ● live")


async def test_its_keys_do_what_reads(log: Path, clock: FakeClock) -> None:
    async with read_only(log, clock) as monitor:
        await monitor.press("2", "j")
        await monitor.until(lambda: monitor.selected == "job-00001", "the next job")
        await monitor.press("slash", *"status:error")
        await monitor.press("enter")
        await monitor.shows("10 jobs · with “status:error”")


@pytest.mark.parametrize("key", WRITES)
async def test_a_key_that_writes_does_nothing_but_say_so(
    log: Path, clock: FakeClock, key: str
) -> None:
    async with read_only(log, clock) as monitor:
        await monitor.press(key)
        [label] = [command.label for command in COMMANDS if command.key == key]
        await monitor.shows(f"{label}: this monitor is read-only")
        await monitor.press("j")
        await monitor.until(lambda: monitor.selected == "job-00001", "what comes behind")
        assert monitor.app.screen is monitor.screen


async def test_one_key_after_the_other_is_told_of_in_one_place(log: Path, clock: FakeClock) -> None:
    async with read_only(log, clock) as monitor:
        monitor.screen._tell("job-00001 has ended")
        await monitor.press(*WRITES, "a")
        await monitor.shows("Acknowledge: this monitor is read-only")
        await monitor.until(lambda: len(monitor.app._notifications) == 2, "the last of them")
        await monitor.until(lambda: monitor.text().count("this monitor is read-only") == 1)
        assert "job-00001 has ended" in monitor.text()


async def test_in_the_query_bar_it_is_text(log: Path, clock: FakeClock) -> None:
    async with read_only(log, clock) as monitor:
        await monitor.press("slash", *WRITES)
        await monitor.until(
            lambda: monitor.screen.query_one(FilterInput).value == "".join(WRITES), "the text"
        )
        assert not monitor.app._notifications


def test_the_keys_are_those_of_what_writes() -> None:
    assert {command.key for command in COMMANDS if command.writes} == set(WRITES)
    assert {command.name for command in COMMANDS if command.key in WRITES} == WRITING


async def test_what_writes_is_in_no_footer_no_help_and_no_palette(
    log: Path, clock: FakeClock
) -> None:
    async with read_only(log, clock, size=(120, 80)) as monitor:
        footer = {key.action for key in monitor.screen.query_one(Footer).query("FooterKey")}  # type: ignore[attr-defined]
        assert "overlaps" in footer
        assert not footer & (WRITING | {"refuse"})
        palette = [one.title for one in monitor.app.get_system_commands(monitor.app.screen)]
        await monitor.opens("question_mark", HelpScreen)
        lines = [line.rstrip(" │") for line in monitor.text().splitlines()]
    for command in COMMANDS:
        if command.palette:
            assert any(title.startswith(f"{command.label} (") for title in palette) is (
                not command.writes
            ), command.id
        if command.in_help:
            told = [line for line in lines if line.endswith(f" {command.help}")]
            assert bool(told) is not command.writes, command.id


async def test_no_hint_tells_of_a_key_that_it_does_not_have(log: Path, clock: FakeClock) -> None:
    async with read_only(log, clock) as monitor:
        await monitor.press("5")
        await monitor.until(lambda: "u next" in monitor.line, "the hint")
        assert "acknowledges" not in monitor.line
        await monitor.press("6")
        await monitor.shows("No view is saved under this key yet.")


async def test_what_is_remembered_is_read_and_nothing_is_written(
    log: Path, clock: FakeClock, state: StateFile, tmp_path: Path
) -> None:
    def files() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in tmp_path.rglob("*")
            # SQLite's own are there where a log is read.
            if path.is_file() and not path.name.endswith(("-shm", "-wal"))
        }

    before = files()
    async with read_only(log, clock, state=state) as monitor:
        await monitor.shows("6 mine")
        await monitor.press("5", "s", "z")
        await monitor.until(lambda: "u next" in monitor.line, "the view of attention")
        await monitor.press("slash", *"user:bob", "enter", "escape", "1", "6")
        await monitor.until(lambda: "10 jobs" in monitor.line, "the saved view")
        await monitor.press("c", "space", "enter")
        await monitor.press("5")
    assert files() == before


async def test_what_is_too_long_for_the_clipboard_goes_to_no_file(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(1, "IN_PROGRESS", message="x" * (LONGEST + 1))])
    async with read_only(path, clock) as monitor:
        await monitor.opens("Y", CopyMenu)
        await monitor.press("m")
        await monitor.shows("Too long for the clipboard")
    assert not [*folder.iterdir()]


async def test_one_that_is_not_has_all_its_keys(log: Path, clock: FakeClock) -> None:
    app = JobwatchApp(log, interval=0.02, zone=UTC, clock=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        monitor = Monitor(app, pilot, log, clock)
        await monitor.shows("● live")
        assert "read-only" not in monitor.text()
        await monitor.shows("Export")
