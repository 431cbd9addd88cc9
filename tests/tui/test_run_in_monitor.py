"""``jobwatch run --keep-output`` and the monitor: what a command prints is seen as it comes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobwatch.model.query import JobQuery
from jobwatch.model.when import now_ms
from jobwatch.store.output import KEY
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.widgets.detail_tabs import DetailTab
from jobwatch.tui.widgets.document import Document
from tests.tui.harness import FakeClock, Monitor, running_monitor

ROOT = Path(__file__).parents[2]
COMMAND = """
printf 'ready\n 10 %%\r 20 %%'
read line && printf '\r100 %%\n%s\n' "$line"
read line && printf '\033[31mfailed\033[0m: %s' "$line" >&2
exit 3
"""
"""It ends with what it reads: a test that fails leaves none behind."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="`run` needs POSIX")


@contextmanager
def a_run(store: Path) -> Iterator[Callable[[str], None]]:
    """Run the command as a job; yield what sends it a line."""
    ours = [sys.executable, "-m", "jobwatch", "--store", str(store), "run", "--keep-output", "--"]
    with subprocess.Popen(
        [*ours, "sh", "-c", COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        to_command = process.stdin
        assert to_command is not None

        def send(line: str) -> None:
            to_command.write(f"{line}\n".encode())
            to_command.flush()

        yield send


def lines(monitor: Monitor) -> list[str]:
    """Return the lines of the tab."""
    return [line.tokens[0].text for line in monitor.detail.whole()]


async def test_what_a_command_prints_is_shown_as_it_comes_and_then_how_it_ended(
    tmp_path: Path,
) -> None:
    store, clock = tmp_path / "jobs.db", FakeClock()
    clock.now = now_ms()
    with PlainJobLog.open(store):
        pass
    async with running_monitor(store, clock) as monitor:
        with a_run(store) as send:
            await monitor.until(lambda: monitor.detail.job is not None, "the job")
            await monitor.press("tab", "left")
            await monitor.until(lambda: lines(monitor) == ["ready", " 20 %"], "the first words")
            assert monitor.detail.tab is DetailTab.OUTPUT
            await monitor.shows("● running")

            send("half of it")
            await monitor.until(lambda: lines(monitor)[1:] == ["100 %", "half of it"], "the next")
            await monitor.shows("half of it")
            send("no such table")
            last = "failed: no such table"
            await monitor.until(lambda: lines(monitor)[-1] == last, "the last words")
        await monitor.shows("✗ error")
        assert lines(monitor) == ["ready", "100 %", "half of it", last]
        assert monitor.screen.query_one(Document).at_end
    with PlainJobLog.read(store) as log:
        [job] = log.jobs(JobQuery())
    assert (job.status, job.other["exit_status"]) == ("ERROR", 3)
    # The file has it as it was written.
    kept = (tmp_path / str(job.other[KEY])).read_bytes()
    assert kept.startswith(b"ready\n 10 %\r 20 %\r100 %\n")
    assert kept.endswith(b"\x1b[31mfailed\x1b[0m: no such table")
