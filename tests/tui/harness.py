"""A monitor on a log of the test's own, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from jobwatch.model.job import UNSET, Job
from jobwatch.model.when import UTC, Zone
from jobwatch.store import usual
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui import insights, source, throttle
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.screens.monitor import MonitorScreen
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.query_line import QueryLine
from jobwatch.tui.widgets.status_bar import LogState
from jobwatch.tui.widgets.view_tabs import ViewTabs

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z


class FakeClock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def a_job(number: int, status: str = "COMPLETE", **fields: object) -> Job:
    """Make a job that started `number` minutes before now."""
    start = NOW - number * 60_000
    ended = status in ("COMPLETE", "ERROR")
    return Job(
        id=f"job-{number:05}",
        type="csv_data_load",
        user="ada",
        status=status,
        start_datetime=start,
        end_datetime=start + 30_000 if ended else UNSET,
        message=f"successfully loaded {number} of {number} records" if ended else UNSET,
    ).replace(**fields)


@dataclass
class Monitor:
    """The running app, and hands on it."""

    app: JobwatchApp
    pilot: Pilot[None]
    path: Path
    clock: FakeClock

    @property
    def screen(self) -> MonitorScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, MonitorScreen)
        return screen

    @property
    def table(self) -> JobTable:
        return self.screen.query_one(JobTable)

    @property
    def detail(self) -> JobDetail:
        return self.screen.query_one(JobDetail)

    @property
    def selected(self) -> str | None:
        return None if self.table.selected is None else self.table.selected.id

    @property
    def jobs(self) -> list[str]:
        """Return the ids of the jobs in the table, from top to bottom."""
        rows = map(self.table.row_at, range(self.table.listing.lines))
        return [row.id for row in rows if row is not None]

    async def lists(self, *ids: str) -> None:
        """Wait until the table has these jobs, from top to bottom, and no others."""
        await self.until(lambda: self.jobs == [*ids], f"{ids} in the table")

    def row_of(self, id: str) -> str:
        """Return the line of the screen with a job of the table."""
        top = self.table.region.y + self.table.HEADER - self.table.scroll_offset.y
        return self.text().splitlines()[top + self.jobs.index(id)]

    def is_dim(self, id: str) -> bool:
        """Return whether a job is drawn as one that was seen; the cursor must be elsewhere."""
        assert self.selected != id, "the cursor has colours of its own"
        line = self.jobs.index(id)
        y = line + self.table.HEADER - self.table.scroll_offset.y
        style = [*self.table.render_line(y)][-1].style
        seen = self.table.get_component_rich_style("job-table--seen")
        assert style is not None
        assert style.color is not None
        assert seen.color is not None
        return bool(style.color.get_truecolor() == seen.color.get_truecolor())

    @property
    def line(self) -> str:
        """Return what the line above the table says."""
        return self.screen.query_one(QueryLine).render().plain.strip()

    @property
    def tabs(self) -> str:
        """Return the line of the tabs, one blank between two words."""
        return " ".join(self.screen.query_one(ViewTabs).render().plain.split())

    def write(self, jobs: Iterable[Job]) -> None:
        with PlainJobLog.open(self.path) as log:
            log.upsert_many(jobs)

    def text(self) -> str:
        """Return what is on screen."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Wait for what must come; fail if it doesn't."""
        for _ in range(1_000):
            await self.pilot.pause()
            if condition():
                return
            await asyncio.sleep(0.005)
        pytest.fail(f"never: {what}\n{self.text()}")

    async def shows(self, text: str) -> None:
        await self.until(lambda: text in self.text(), f"{text!r} on screen")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def paste(self, text: str) -> None:
        """Type a text at once, where the focus is."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    @property
    def read_at(self) -> int:
        """When the log was last read."""
        return self.app.screen_stack[0].query_one(LogState).read_at

    async def opens(self, key: str, screen: type[Screen[Any]]) -> None:
        """Press a key that opens a screen."""
        await self.press(key)
        await self.until(lambda: isinstance(self.app.screen, screen), screen.__name__)


def reads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing that the log implies be put off, however long it took on this machine."""
    monkeypatch.setattr(insights, "EVERY", 0.1)
    monkeypatch.setattr(insights, "REST", 0.02)
    monkeypatch.setattr(throttle, "SHARE_OF_TIME", 0)
    monkeypatch.setattr(source, "CHEAP_SEARCH", 60)
    monkeypatch.setattr(usual, "USUAL_FOR", 0)
    monkeypatch.setattr(usual, "GONE_FOR", 0)


@contextmanager
def a_process() -> Iterator[tuple[dict[str, Any], Callable[[], object]]]:
    """Run a process; yield what a record says of the one that runs its job, and what ends it."""
    told = "import json, sys; from jobwatch.store.alive import KEY, own_process;"
    told += "print(json.dumps({KEY: own_process().to_json()}), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline()), child.communicate


@asynccontextmanager
async def running_monitor(
    path: Path,
    clock: FakeClock,
    *,
    size: tuple[int, int] = (80, 24),
    zone: Zone = UTC,
    interval: float = 0.02,
    state: StateFile | None = None,
) -> AsyncIterator[Monitor]:
    """Run the monitor until the block ends; it has read the log when the block begins."""
    app = JobwatchApp(path, interval=interval, zone=zone, clock=clock, state=state)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        monitor = Monitor(app, pilot, path, clock)
        await monitor.until(lambda: "live" in monitor.text(), "live")
        await monitor.until(
            lambda: bool(monitor.table.selected or monitor.table.notice), "something to show"
        )
        yield monitor
