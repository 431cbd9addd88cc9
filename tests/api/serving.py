"""The endpoint on a free port of loopback."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from jobwatch.api.endpoint import PATIENCE, make_runner
from jobwatch.model.job import Job
from jobwatch.model.settings import Credentials
from jobwatch.model.when import UTC
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog

ADA = Credentials("ada", "pass:word é")


class Endpoint(NamedTuple):
    """A running endpoint."""

    runner: web.AppRunner
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    async def has_no_client(self) -> None:
        """Wait until every connection is closed."""
        assert self.runner.server is not None
        async with asyncio.timeout(10):
            while self.runner.server.connections:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    path: Path,
    *,
    credentials: Credentials = ADA,
    patience: float = PATIENCE,
    kind: type[JobLog] = JobLog,
) -> AsyncIterator[Endpoint]:
    """Serve a log; dates without a zone are UTC."""
    async with kind.read(path) as log:
        runner = make_runner(log, credentials, UTC, patience=patience)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield Endpoint(runner, *runner.addresses[0])
        finally:
            await runner.cleanup()


def basic(user: str, password: str) -> str:
    """Return the header of a login."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def fill(path: Path, *jobs: Job) -> Path:
    """Make a log with jobs; return its path."""
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs)
    return path
