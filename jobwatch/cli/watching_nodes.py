"""What ``watch URL...`` runs: the monitor, and beside it a mirror for each node."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jobwatch.cli.mirroring import Plan, open_mirrors, run_while
from jobwatch.store.job_log import JobLog
from jobwatch.tui.app import JobwatchApp

__all__ = ["watch_nodes"]


def watch_nodes(app: JobwatchApp, store: Path, plan: Plan) -> None:
    """Show the monitor until the user leaves, with the nodes of a plan mirrored meanwhile."""
    asyncio.run(_run(app, store, plan))


async def _run(app: JobwatchApp, store: Path, plan: Plan) -> None:
    async with JobLog.open(store) as log, open_mirrors(plan, log) as mirrors:
        await run_while(app.run_async(), mirrors)
