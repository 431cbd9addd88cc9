"""What ``demo`` runs: a throw-away log, simulated jobs, and the monitor on both."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from jobwatch.cli.terminal import HUNG_UP, end_with_terminal, refuse_without_terminal
from jobwatch.feeds.samples import seed_jobs
from jobwatch.feeds.simulation import Simulation
from jobwatch.model.when import Zone, now_ms
from jobwatch.store.job_log import JobLog
from jobwatch.tui.app import JobwatchApp
from jobwatch.tui.configured import Configured

__all__ = ["run_demo"]

HISTORY = 5_000
DAYS = 45
INTERVAL = 0.25


def run_demo(zone: Zone, look: Configured) -> int:
    """Show the demo until the user leaves; return the exit status."""
    refuse_without_terminal()
    with TemporaryDirectory(prefix="jobwatch-") as folder:
        return asyncio.run(_run(Path(folder) / "demo.db", zone, look))


async def _run(path: Path, zone: Zone, look: Configured) -> int:
    random_state = random.randrange(2**32)
    app = JobwatchApp(path, interval=INTERVAL, zone=zone, configured=look)
    _end_with_terminal(partial(app.exit, return_code=HUNG_UP))
    async with JobLog.open(path) as log:
        await log.upsert_many(
            seed_jobs(count=HISTORY, days=DAYS, running=6, now=now_ms(), random_state=random_state)
        )
        simulation = Simulation(log, random_state=random_state, clock=now_ms)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(simulation.run())
            await app.run_async()
            running.cancel()
    return app.return_code or 0


def _end_with_terminal(leave: Callable[[], None]) -> None:
    """Leave once the terminal is gone, whether or not a hangup tells so."""
    loop = asyncio.get_running_loop()
    end_with_terminal(partial(loop.call_soon_threadsafe, leave))
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        loop.add_signal_handler(signal.SIGHUP, leave)
