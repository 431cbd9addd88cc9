"""What ``demo`` runs: a throw-away log, simulated jobs, and the monitor on both."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from tempfile import TemporaryDirectory

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
    with TemporaryDirectory(prefix="jobwatch-") as folder:
        return asyncio.run(_run(Path(folder) / "demo.db", zone, look))


async def _run(path: Path, zone: Zone, look: Configured) -> int:
    random_state = random.randrange(2**32)
    async with JobLog.open(path) as log:
        await log.upsert_many(
            seed_jobs(count=HISTORY, days=DAYS, running=6, now=now_ms(), random_state=random_state)
        )
        app = JobwatchApp(path, interval=INTERVAL, zone=zone, configured=look)
        simulation = Simulation(log, random_state=random_state, clock=now_ms)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(simulation.run())
            await app.run_async()
            running.cancel()
    return app.return_code or 0
