"""The node that the other tests here rest on."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path

import pytest

from tests.real_node.conftest import StartNode
from tests.real_node.node import HarperNode

pytestmark = pytest.mark.harper


async def test_it_answers_whoever_logs_in(node: HarperNode) -> None:
    ordinary = await node.add_user("ada", "ordinary")
    for user in (node.admin, ordinary):
        status, body = await node.request({"operation": "user_info"}, user)
        assert status == 200
        assert body["username"] == user.name


async def test_it_refuses_who_does_not(node: HarperNode) -> None:
    stranger = node.admin._replace(password="wrong")
    assert await node.request({"operation": "user_info"}, stranger) == (
        401,
        {"error": "Login failed"},
    )


async def test_a_job_completes(node: HarperNode) -> None:
    id = await node.start_load(rows=2)
    job = await node.wait_for_status(id, "COMPLETE", "ERROR")
    assert job["message"] == "successfully loaded 2 of 2 records"


async def test_a_job_that_runs_when_its_node_is_killed_never_ends(start_node: StartNode) -> None:
    node = await start_node()
    id = await node.start_load(rows=200_000)
    await node.wait_for_status(id, "IN_PROGRESS")
    await node.kill()
    await node.start()
    assert (await node.job(id))["status"] == "IN_PROGRESS"


async def test_what_a_restart_made_can_be_killed_and_stopped(start_node: StartNode) -> None:
    node = await start_node()
    before = node.pid
    await node.restart()
    assert node.pid not in {None, before}
    await node.kill()
    assert node.pid is None
    await node.start()
    await node.stop()
    assert node.pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists sockets in /proc")
async def test_it_listens_on_loopback_alone(node: HarperNode) -> None:
    # A job's thread could listen too.
    await node.wait_for_status(await node.start_load(rows=1), "COMPLETE")
    assert node.pid is not None
    addresses = _listens_on(node.pid)
    assert ("127.0.0.1", node.port) in addresses
    assert {host for host, _ in addresses} == {"127.0.0.1"}


def _listens_on(pid: int) -> set[tuple[str, int]]:
    """Return the addresses and ports where a process listens."""
    own = {
        link[1]
        for descriptor in Path(f"/proc/{pid}/fd").iterdir()
        if (link := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor)))
    }
    found = set()
    for table in ("tcp", "tcp6"):
        family = socket.AF_INET if table == "tcp" else socket.AF_INET6
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in own:
                host, port = local.split(":")
                # Words of 32 bits, each in the machine's byte order.
                words = [int(host[i : i + 8], 16) for i in range(0, len(host), 8)]
                packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
                found.add((socket.inet_ntop(family, packed), int(port, 16)))
    return found
