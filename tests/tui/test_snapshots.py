"""The monitor at four widths, as it is drawn: made for each, nothing clipped."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.model.when import UTC
from jobwatch.store.job_log import JobLog
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.monitor import MonitorScreen
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_pace import JobPace
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.summary import Summary
from jobwatch.tui.widgets.view_tabs import ViewTabs
from tests.tui.harness import NOW, FakeClock, a_job, reads_at_once


class SnapCompare(Protocol):
    def __call__(
        self,
        app: JobwatchApp,
        *,
        terminal_size: tuple[int, int],
        run_before: object,
    ) -> bool: ...


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TEXTUAL_ANIMATIONS", "none")
    reads_at_once(monkeypatch)


def monitor(log: Path, clock: FakeClock) -> JobwatchApp:
    return JobwatchApp(log, interval=3600, zone=UTC, clock=clock)


async def settled(pilot: Pilot[None], total: int, *, failed: int = 10) -> None:
    for _ in range(500):
        await pilot.pause()
        if is_whole(pilot.app.screen_stack[0], total) and f"Failed {failed}" in screen_text(pilot):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"the result never came\n{screen_text(pilot)}")


def is_whole(screen: Screen[Any], total: int) -> bool:
    """Return whether nothing is still to come: the jobs, what they imply, and the detail of one."""
    if not isinstance(screen, MonitorScreen):
        return False
    table, detail = screen.query_one(JobTable), screen.query_one(JobDetail)
    if table.listing.total != total or table.selected is None or detail.job is None:
        return False
    implied = screen.query_one(ViewTabs).unseen is not None and screen.query_one(Summary).hours
    # Of one that its node lost, the message says so.
    paced = screen.query_one(JobPace).display or detail.origin.lost_since is not None
    return bool(implied) and paced and detail.job.id == table.selected.id


def screen_text(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen_stack[0]._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def top_text(pilot: Pilot[None]) -> str:
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def all_jobs(pilot: Pilot[None]) -> None:
    await settled(pilot, 3)
    await pilot.press("2", *["j"] * 5)
    await settled(pilot, 303)


async def failed_record(pilot: Pilot[None]) -> None:
    await settled(pilot, 3)
    await pilot.press("3")
    await settled(pilot, 10)
    await pilot.press("j", "tab", "right", "right")
    await settled(pilot, 10)


async def mirrored(path: Path, job: Job, nodes: Sequence[Node]) -> None:
    async with JobLog.open(path) as log:
        await log.upsert_many([job], node=nodes[0].name)
        for node in nodes:
            await log.save_node(node)


async def failed_and_lost(pilot: Pilot[None]) -> None:
    await settled(pilot, 3, failed=11)
    await pilot.press("3")
    await settled(pilot, 11, failed=11)
    await pilot.press("j", "k")
    await settled(pilot, 11, failed=11)


async def dates(pilot: Pilot[None]) -> None:
    await settled(pilot, 3)
    await pilot.press("d")
    for _ in range(500):
        await pilot.pause()
        if isinstance(pilot.app.screen, DateSearch) and "23▇" in top_text(pilot):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the counts never came")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
def test_all_jobs_with_the_sixth_selected(
    snap_compare: SnapCompare, log: Path, clock: FakeClock, size: tuple[int, int]
) -> None:
    """The cursor on the sixth line, its message in the detail, every column whole."""
    assert snap_compare(monitor(log, clock), terminal_size=size, run_before=all_jobs)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_a_failed_job_with_its_record(
    snap_compare: SnapCompare, log: Path, clock: FakeClock, size: tuple[int, int]
) -> None:
    """The second failed job, its fields with times as epoch and as date."""
    assert snap_compare(monitor(log, clock), terminal_size=size, run_before=failed_record)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_nodes_and_a_job_that_one_of_them_lost(
    snap_compare: SnapCompare, log: Path, clock: FakeClock, size: tuple[int, int]
) -> None:
    """The nodes below the header, one of them refused; a column for them; why a job is lost."""
    lost = a_job(11, "IN_PROGRESS", id="lost")
    nodes = (
        Node(
            name="db1.example.com",
            state=NodeState.LIVE,
            checked_at=NOW,
            process_started=NOW - 600_000,
        ),
        Node(name="db2.example.com", state=NodeState.REFUSED, checked_at=NOW, retry_at=NOW + 7_000),
    )
    asyncio.run(mirrored(log, lost, nodes))
    assert snap_compare(monitor(log, clock), terminal_size=size, run_before=failed_and_lost)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
def test_the_search_by_date(
    snap_compare: SnapCompare, log: Path, clock: FakeClock, size: tuple[int, int]
) -> None:
    """November with a bar beside the 23rd, seven presets, two fields, any time."""
    assert snap_compare(monitor(log, clock), terminal_size=size, run_before=dates)
