"""Jobs that are marked, and what is done with them: copied, and exported to a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from jobwatch.feeds.files import read_records
from jobwatch.model.formats import decode
from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.store.export import jobs_found
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.screens import export
from jobwatch.tui.screens.copy_menu import CopyMenu
from jobwatch.tui.screens.export import ExportScreen
from tests.tui.harness import FakeClock, Monitor, running_monitor

RUNNING = ["job-00000", "job-00001", "job-00002"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that the monitor runs in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def marks(monitor: Monitor, count: int) -> None:
    await monitor.until(lambda: f"{count} marked ◆" in monitor.line, f"{count} marked")


async def name_file(monitor: Monitor, name: str) -> None:
    """Open the export, and type the name of a file in place of the proposal."""
    await monitor.opens("e", ExportScreen)
    monitor.app.screen.query_one(Input).value = name
    await monitor.pilot.pause()


def imported(file: Path) -> dict[str, Job]:
    """Return the jobs that a file is read as, by id."""
    with file.open("rb") as source:
        jobs = [record.job for record in read_records(source)]
    return {job.id: job for job in jobs if job is not None}


def in_log(path: Path) -> dict[str, Job]:
    with PlainJobLog.read(path) as log:
        return {job.id: job for job in log.jobs(JobQuery())}


async def test_m_marks_and_goes_on_and_marks_again_takes_the_mark_away(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("m", "m")
        await marks(monitor, 2)
        assert monitor.selected == "job-00002"
        assert monitor.text().count("◆") == 3
        await monitor.press("k", "m")
        await marks(monitor, 1)
        assert monitor.table.marked == {"job-00000"}
        await monitor.press("M")
        await monitor.until(lambda: "◆" not in monitor.text(), "no mark")


async def test_marks_survive_a_change_of_view_and_of_the_query(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("m", "3")
        await monitor.until(lambda: monitor.table.listing.total == 10, "the failed")
        await monitor.press("g", "m")
        await marks(monitor, 2)
        await monitor.press("slash")
        await monitor.paste("nothing-has-this")
        await monitor.press("enter")
        await monitor.until(lambda: not monitor.jobs, "none")
        await monitor.press("y")
        await monitor.shows("Copied 2 lines")
        assert monitor.app.clipboard == "job-00000\njob-00030"


async def test_y_copies_the_ids_that_are_marked_wherever_the_cursor_is(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("m", "j", "m", "y")
        await monitor.until(lambda: bool(monitor.app.clipboard), "copied")
        assert monitor.app.clipboard == "job-00000\njob-00002"


async def test_the_menu_copies_a_part_of_all_that_are_marked(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all")
        await monitor.shows("2:00 ◷ overdue")
        await monitor.press("j", "j", "m", "m")
        for key, first, lines in (
            ("r", "2:00\t◷ overdue\tcsv_data_load\tada\t", 2),
            ("m", "\nsuccessfully loaded 3 of 3 records", 2),
            ("b", "[\n  null,\n  null\n]", 4),
        ):
            await monitor.opens("Y", CopyMenu)
            await monitor.press(key)
            await monitor.until(lambda text=first: monitor.app.clipboard.startswith(text), key)  # type: ignore[misc]
            assert monitor.app.clipboard.count("\n") == lines - 1
        await monitor.opens("Y", CopyMenu)
        await monitor.press("j")
        await monitor.until(lambda: monitor.app.clipboard.startswith("[{"), "records")
        records = decode(monitor.app.clipboard.encode())
        assert isinstance(records, list)
        assert [record["id"] for record in records] == ["job-00002", "job-00003"]


async def test_the_menu_copies_the_view_as_the_command_that_finds_it(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash")
        await monitor.paste("is:failed since:2026-11-23T21:00")
        await monitor.press("enter", "Y", "c")
        await monitor.until(lambda: bool(monitor.app.clipboard), "copied")
        command = f"jobwatch --store {log} search --zone UTC 'is:failed since:2026-11-23T21:00'"
        assert monitor.app.clipboard == command


async def test_the_marked_jobs_go_into_a_file_that_imports_to_the_same(
    log: Path, clock: FakeClock, folder: Path
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("m", "j", "m")
        await monitor.opens("e", ExportScreen)
        await monitor.shows("Export 2 marked jobs")
        await monitor.shows("jobs-20261123-220316.ndjson")
        await monitor.press("enter")
        await monitor.shows("Wrote 2 jobs to")
    [file] = folder.iterdir()
    assert file.name == "jobs-20261123-220316.ndjson"
    jobs = in_log(log)
    assert imported(file) == {id: jobs[id] for id in ("job-00000", "job-00002")}


@pytest.mark.parametrize("name", ["all.json", "all.csv"])
async def test_all_that_the_query_finds_goes_into_a_file_that_imports_to_the_same(
    log: Path, clock: FakeClock, folder: Path, name: str
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", "slash")
        await monitor.paste("is:failed OR is:running")
        await monitor.press("enter")
        await monitor.until(lambda: monitor.table.listing.total == 13, "13 jobs")
        await name_file(monitor, name)
        await monitor.press("enter")
        await monitor.shows("Wrote 13 jobs to")
    ids = [*RUNNING, *(f"job-{number:05}" for number in range(30, 303, 30))]
    jobs = in_log(log)
    assert imported(folder / name) == {id: jobs[id] for id in ids}


async def test_an_export_that_is_cancelled_leaves_no_file(
    log: Path, clock: FakeClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(*given: Any) -> AsyncGenerator[list[Any], None]:
        try:
            async for batch in jobs_found(*given):
                yield batch
                begun.set()
                await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(export, "jobs_found", endless)
    async with running_monitor(log, clock) as monitor:
        await name_file(monitor, "all.ndjson")
        await monitor.press("escape")
        assert monitor.table.has_focus
        assert not list(folder.iterdir())
        await name_file(monitor, "all.ndjson")
        await monitor.press("enter")
        await monitor.until(begun.is_set, "some of it is written")
        assert list(folder.iterdir())
        await monitor.press("escape")
        await monitor.until(ended.is_set, "it ends")
        await monitor.until(lambda: not list(folder.iterdir()), "no file")
        assert "Wrote" not in monitor.text()


async def test_what_no_file_can_be_written_to_is_said_and_can_be_mended(
    log: Path, clock: FakeClock, folder: Path
) -> None:
    async with running_monitor(log, clock, size=(120, 30)) as monitor:
        await monitor.opens("e", ExportScreen)
        field = monitor.app.screen.query_one(Input)
        for name, said in (
            ("none/jobs.csv", "none/jobs.csv: there is no such folder"),
            ("~no-one/jobs.csv", "there is no such folder"),
            ("..", "is a directory"),
            ("x" * 300, "file name too long"),
            (str(log), "is the log itself"),
        ):
            field.value = name
            await monitor.pilot.pause()
            await monitor.press("enter")
            await monitor.until(lambda text=said: text in " ".join(monitor.text().split()), said)  # type: ignore[misc]
            await monitor.until(lambda: field.has_focus, "typed again")
        field.value = "jobs.csv"
        await monitor.pilot.pause()
        await monitor.press("enter")
        await monitor.shows("Wrote 3 jobs to")
    assert [file.name for file in folder.iterdir()] == ["jobs.csv"]


async def test_a_file_that_is_there_is_named_as_replaced(
    log: Path, clock: FakeClock, folder: Path
) -> None:
    (folder / "jobs.json").write_text("before")
    async with running_monitor(log, clock) as monitor:
        await name_file(monitor, "jobs.jso")
        assert "replaces" not in monitor.text()
        await monitor.press("end", "n")
        await monitor.shows("JSON; replaces the file that is there")
        await monitor.press("enter")
        await monitor.shows("Wrote 3 jobs to")
    assert [*imported(folder / "jobs.json")] == RUNNING[::-1]
    assert len(list(folder.iterdir())) == 1
