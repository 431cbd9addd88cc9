"""A real HarperDB node, which listens on loopback alone."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

import aiohttp
import pytest

PATIENCE = 240.0
"""Seconds after which what has not come never comes; a large load may take a quarter of them."""

CRASHED_AFTER = 20.0
"""Seconds without a process after which a restart has failed; it takes about one."""

PRELOADED = Path(__file__).with_name("loopback.cjs")


class User(NamedTuple):
    """Who asks a node."""

    name: str
    password: str

    @property
    def authorization(self) -> str:
        """Return what the header of that name says."""
        return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()


class HarperNode:
    """One node: a folder with its data, a block of ports, and at times a process.

    What is running is whatever ``hdb.pid`` names: the operation ``restart`` replaces the process.
    """

    def __init__(self, npm_packages: Path, folder: Path, *, zone: str = "UTC") -> None:
        self.folder = folder
        self.admin = User("HDB_ADMIN", secrets.token_urlsafe())
        self._program = npm_packages / "node_modules/harperdb/bin/harperdb.js"
        self._output = folder / "output.txt"
        self._zone = zone
        self._claim, self.port = _claim_ports()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def pid(self) -> int | None:
        """Return the process that runs the node, if one does."""
        for pid in self._pids():
            return pid
        return None

    # Its life

    async def start(self) -> None:
        """Start it, on the data of its last life if it had one, and wait until it answers."""
        assert self.pid is None, "it runs already"
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                ["node", self._program, "run"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        await self.wait_until_ready()

    async def stop(self) -> None:
        """End it as a service manager does."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Let it replace its process by another; start it anew if it crashes before it has."""
        before = self.pid
        status, body = await self.request({"operation": "restart"})
        assert status == 200, body
        seen = time.monotonic()

        def is_replaced_or_gone() -> bool:
            nonlocal seen
            if (pid := self.pid) is None:
                return time.monotonic() - seen > CRASHED_AFTER
            seen = time.monotonic()
            return pid != before

        await self._until(is_replaced_or_gone, "another process")
        if self.pid is None:
            # Its LMDB can abort when a restart meets a load: a service manager would start it.
            self._pid_file.unlink(missing_ok=True)
            await self.start()
        else:
            await self.wait_until_ready()

    async def close(self) -> None:
        """End what runs of it, whatever state it is in."""
        try:
            await self.kill()
        finally:
            self._claim.close()

    async def wait_until_ready(self) -> None:
        async def answers() -> bool:
            assert self.pid is not None, f"it ended\n{self.output_tail()}"
            with suppress(aiohttp.ClientError):
                status, _ = await self.request({"operation": "user_info"})
                return status == 200
            return False

        await self._until(answers, "an answer")

    def output_tail(self) -> str:
        """Return the last lines that it wrote."""
        lines = self._output.read_text(errors="replace").splitlines()
        # Not the banner, in colours.
        return "\n".join([line for line in lines if "\x1b" not in line][-30:])

    # What is asked of it

    async def request(self, operation: dict[str, Any], user: User | None = None) -> tuple[int, Any]:
        """Send an operation, as the administrator if not as another; return status and body."""
        headers = {"Authorization": (user or self.admin).authorization}
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.post(self.url, json=operation) as response,
        ):
            # A refusal is JSON without a content type.
            return response.status, await response.json(content_type=None)

    async def add_user(self, name: str, role: Literal["super", "ordinary"]) -> User:
        """Add a user; return the login."""
        user = User(name, secrets.token_urlsafe())
        if role == "ordinary":
            # A role can be there from another user.
            await self.request({"operation": "add_role", "role": "ordinary", "permission": {}})
        await self._done(
            operation="add_user",
            role="super_user" if role == "super" else role,
            username=user.name,
            password=user.password,
            active=True,
        )
        return user

    async def start_job(self, operation: dict[str, Any], user: User | None = None) -> str:
        """Send an operation that starts a job; return the job's id."""
        status, body = await self.request(operation, user)
        assert status == 200, body
        id: str = body["job_id"]
        return id

    async def start_load(self, rows: int) -> str:
        """Start a job that loads rows into a table, at some 15,000 a second; return its id."""
        # Both are there from the second time on.
        await self.request({"operation": "create_schema", "schema": "dev"})
        table = {"schema": "dev", "table": "dog"}
        await self.request({"operation": "create_table", **table, "hash_attribute": "id"})
        file = self.folder / f"{rows}.csv"
        file.write_text("id,name\n" + "".join(f"{number},Ada\n" for number in range(rows)))
        return await self.start_job(
            {"operation": "csv_file_load", **table, "action": "upsert", "file_path": str(file)}
        )

    async def job(self, id: str) -> dict[str, Any]:
        status, body = await self.request({"operation": "get_job", "id": id})
        assert status == 200, body
        job: dict[str, Any] = body[0]
        return job

    async def wait_for_status(self, id: str, *statuses: str) -> dict[str, Any]:
        """Wait until a job has one of the statuses; return it."""
        job: dict[str, Any] = {}

        async def has_it() -> bool:
            nonlocal job
            job = await self.job(id)
            return job["status"] in statuses

        await self._until(has_it, f"{id} {' or '.join(statuses)}")
        return job

    async def _done(self, **operation: Any) -> None:
        status, body = await self.request(operation)
        assert status == 200, body

    # Its processes

    def _environment(self) -> dict[str, str]:
        """Return an environment that holds nothing of the user's."""
        port = self.port
        preloaded = str(PRELOADED).replace("\\", "\\\\").replace('"', '\\"')
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "TZ": self._zone,
            "NODE_OPTIONS": f'--require="{preloaded}"',
            "TC_AGREEMENT": "yes",
            # In `dev` a request without a login is the administrator's.
            "DEFAULTS_MODE": "prod",
            # Without a name the first start asks for one.
            "REPLICATION_HOSTNAME": "localhost",
            "HDB_ADMIN_USERNAME": self.admin.name,
            "HDB_ADMIN_PASSWORD": self.admin.password,
            "ROOTPATH": str(self._data),
            "OPERATIONSAPI_NETWORK_PORT": f"127.0.0.1:{port}",
            "OPERATIONSAPI_NETWORK_SECUREPORT": "null",
            "HTTP_PORT": f"127.0.0.1:{port + 1}",
            "HTTP_SECUREPORT": "null",
            "MQTT_NETWORK_PORT": f"127.0.0.1:{port + 2}",
            "MQTT_NETWORK_SECUREPORT": f"127.0.0.1:{port + 3}",
            "REPLICATION_SECUREPORT": f"127.0.0.1:{port + 8}",
            "THREADS_COUNT": "1",
            "LOGGING_STDSTREAMS": "true",
            "LOCALSTUDIO_ENABLED": "false",
        }

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _pid_file(self) -> Path:
        return self._data / "hdb.pid"

    def _pids(self) -> list[int]:
        """Return the processes that run: the one that the node names, and the one started here."""
        pids = []
        with suppress(OSError, ValueError):
            named = int(self._pid_file.read_text())
            if self._is_own(named):
                pids.append(named)
        process = self._process
        if process is not None and process.poll() is None and process.pid not in pids:
            pids.append(process.pid)
        return pids

    async def _end(self, how: signal.Signals) -> None:
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        await self._until(lambda: not self._pids(), "its end")
        # A killed node leaves it; while nobody reaps that process, none could start again.
        self._pid_file.unlink(missing_ok=True)

    async def _until(self, condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            if time.monotonic() > end:
                pytest.fail(f"never: {what}\n{self.output_tail()}")
            await asyncio.sleep(0.1)

    def _is_own(self, pid: int) -> bool:
        """Return whether a process is this node: a killed one leaves a file that names it."""
        # By the environment, which `restart` hands on; the command's path it makes relative.
        seen = subprocess.run(
            ["ps", "eww", "-o", "args=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return f"ROOTPATH={self._data}" in seen.stdout


def _claim_ports() -> tuple[socket.socket, int]:
    """Find ten free ports in a row; the last, kept bound, holds the others for this process."""
    # Lower than the ports that a system gives to whoever asks for any.
    blocks = list(range(20_000, 32_000, 10))
    random.shuffle(blocks)
    for first in blocks:
        with suppress(OSError), ExitStack() as bound:
            servers = [
                bound.enter_context(socket.create_server(("127.0.0.1", port)))
                for port in reversed(range(first, first + 10))
            ]
            return servers[0].dup(), first
    pytest.fail("no ten ports in a row are free")
