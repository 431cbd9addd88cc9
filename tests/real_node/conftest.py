"""What npm installs, and nodes that end with the tests."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio

from tests.real_node.node import HarperNode

PACKAGES = {"harperdb": "4.7.29", "harperive": "2.0.1"}
INSTALL_PATIENCE = 600
"""Seconds; it takes twenty and 245 MB."""


class StartNode(Protocol):
    """Starts a node on a data folder of its own."""

    async def __call__(self, *, zone: str = ...) -> HarperNode: ...


@pytest.fixture(scope="session")
def npm_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder whose node_modules holds the packages.

    The environment's JOBWATCH_TEST_NPM may name one that is kept from run to run.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    kept = os.environ.get("JOBWATCH_TEST_NPM")
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    folder = Path(kept) if kept else run / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Of several workers one installs, all use it, and the last removes it.
        fcntl.flock(lock, fcntl.LOCK_SH)
        if _installed(folder) != PACKAGES:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _installed(folder) != PACKAGES:
                _install(folder)
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield folder
        if not kept:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder / "node_modules", ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def node(
    npm_packages: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HarperNode]:
    """Return a running node, for tests that leave it running."""
    node = HarperNode(npm_packages, tmp_path_factory.mktemp("node"))
    try:
        await node.start()
        yield node
    finally:
        await node.close()


@pytest_asyncio.fixture
async def start_node(
    npm_packages: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[StartNode]:
    """Return what starts nodes for a test that kills or restarts them."""
    async with AsyncExitStack() as closed_at_last:

        async def start(*, zone: str = "UTC") -> HarperNode:
            node = HarperNode(npm_packages, tmp_path_factory.mktemp("node"), zone=zone)
            closed_at_last.push_async_callback(node.close)
            await node.start()
            return node

        yield start


def _installed(folder: Path) -> dict[str, str]:
    """Return the versions of the packages that are there."""
    manifests = {name: folder / "node_modules" / name / "package.json" for name in PACKAGES}
    return {
        name: json.loads(manifest.read_bytes())["version"]
        for name, manifest in manifests.items()
        if manifest.exists()
    }


def _install(folder: Path) -> None:
    done = subprocess.run(
        [
            *("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"),
            *("--prefix", folder),
            *(f"{name}@{version}" for name, version in PACKAGES.items()),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_PATIENCE,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-20:])
        pytest.fail(f"npm install failed with status {done.returncode}\n{last}")
