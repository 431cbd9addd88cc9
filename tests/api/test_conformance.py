"""What a real node was asked is asked of the endpoint, on the jobs that the node had just then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import ANY

import aiohttp
import pytest

from jobwatch.model.settings import Credentials
from tests.api.captures import Capture, captures, decoys, jobs_at
from tests.api.serving import fill, serving

ADMIN = Credentials("HDB_ADMIN", "password")
ABSENT = "(absent)"

REPLAYED = [
    capture
    for capture in captures()
    if capture.operation in {"get_job", "search_jobs_by_start_date"}
    or capture.name.startswith("http_")
    or capture.name == "start_unknown_operation"
]


class Change(NamedTuple):
    """A place in two answers (status, body), and what the node and the endpoint have there."""

    place: str
    node: Any
    ours: Any


class Kept(NamedTuple):
    """Differences that are meant to be, in which captures, and why."""

    reason: str
    captures: Sequence[str]
    changes: Sequence[Change]


def added(*keys: str) -> Sequence[Change]:
    return [Change(f"body[].{key}", ABSENT, ANY) for key in keys]


def another(status: int, body: Any, *, node: int) -> Sequence[Change]:
    return [Change("status", node, status), Change("body", ANY, body)]


NOT_ACCEPTABLE = (
    "No supported content types found in Accept header, supported types include: application/json"
)

KEPT: Sequence[Kept] = (
    # The record
    Kept(
        "The manual has the converted times in every record, not only in those of a search.",
        ["get_job_*", "job_*", "big_get_job_*", "stuck_*"],
        added("start_datetime_converted"),
    ),
    Kept(
        "The same, once the job has ended.",
        ["get_job_complete", "job_*", "big_get_job_done"],
        added("end_datetime_converted"),
    ),
    Kept(
        "The manual has these in the record; the log knows them from what others asked the node.",
        ["get_job_*", "big_get_job_*", "search_*", "format_*", "boundary_*"],
        added("__createdtime__", "__updatedtime__"),
    ),
    Kept(
        "The same, where the log knows only the later one.",
        ["job_*"],
        added("__updatedtime__"),
    ),
    Kept(
        "What the log knows beyond the documented record comes out of either operation.",
        ["search_*", "format_*"],
        added("result"),
    ),
    # The login
    Kept(
        "There is one user, who may ask everything: an ordinary user of the node is nobody here.",
        ["nonsu_get_job_other", "nonsu_get_job_own"],
        another(401, {"error": "Login failed"}, node=200),
    ),
    Kept(
        "The same, where the node knows the user and refuses the search.",
        ["nonsu_search"],
        another(401, {"error": "Login failed"}, node=403),
    ),
    Kept(
        "The same, for an inactive user.",
        ["inactive_user"],
        [Change("body.error", "Cannot complete request: User is inactive", "Login failed")],
    ),
    Kept(
        "There are no tokens: none is valid.",
        ["jwt_search"],
        another(401, {"error": "invalid token"}, node=200),
    ),
    Kept(
        "The same, for a token of an ordinary user.",
        ["jwt_nonsu_search"],
        another(401, {"error": "invalid token"}, node=403),
    ),
    Kept(
        "The same, for a token that was valid once.",
        ["jwt_expired"],
        [Change("body.error", "token expired", "invalid token")],
    ),
    Kept(
        "There is no development mode, in which whoever is on the same machine is the super user.",
        ["devmode_auth_none_get_job", "devmode_auth_none_search"],
        another(401, {"error": "Must login"}, node=200),
    ),
    # HTTP
    Kept(
        "Answers are JSON alone.",
        ["http_accept_csv"],
        another(
            406,
            {"statusCode": 406, "error": "Not Acceptable", "message": NOT_ACCEPTABLE},
            node=200,
        ),
    ),
    Kept(
        "The same: the other types are not listed.",
        ["http_accept_ndjson"],
        [Change("body.message", ANY, NOT_ACCEPTABLE)],
    ),
    Kept(
        "There is no page for browsers.",
        ["http_get_root"],
        another(405, {"error": "Method Not Allowed"}, node=200),
    ),
    Kept(
        "It says what is running.",
        ["http_health"],
        [Change("body", "HarperDB is running.", "jobwatch is running.")],
    ),
)


async def replay(capture: Capture, log: Path) -> tuple[int, Any]:
    """Ask the endpoint on a log what the node was asked; return status and body."""
    request = capture.request
    body = request["body"]
    text = body if isinstance(body, str | None) else json.dumps(body)
    async with (
        serving(log, credentials=ADMIN) as endpoint,
        aiohttp.ClientSession(skip_auto_headers=["Accept", "Content-Type"]) as session,
        session.request(
            request["method"],
            endpoint.url.rstrip("/") + request["path"],
            headers=request["headers"],
            data=text,
        ) as response,
    ):
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


def changes(node: Any, ours: Any, place: str) -> Iterator[Change]:
    """Yield where two values differ; places in an array are one."""
    if isinstance(node, dict) and isinstance(ours, dict):
        for key in sorted(node.keys() | ours.keys()):
            yield from changes(node.get(key, ABSENT), ours.get(key, ABSENT), f"{place}.{key}")
    elif isinstance(node, list) and isinstance(ours, list) and len(node) == len(ours):
        for one, other in zip(node, ours, strict=True):
            yield from changes(one, other, f"{place}[]")
    elif node != ours:
        yield Change(place, node, ours)


async def differences(capture: Capture, folder: Path) -> list[Change]:
    """Return where the endpoint's answer differs from the node's."""
    log = fill(folder / f"{capture.name}.db", *jobs_at(capture), *decoys(capture))
    status, body = await replay(capture, log)
    if status != capture.status:
        return [Change("status", capture.status, status), Change("body", capture.response, body)]
    return list(changes(capture.response, body, "body"))


def kept(capture: Capture, change: Change) -> bool:
    return any(
        change == meant
        for row in KEPT
        if any(fnmatchcase(capture.name, pattern) for pattern in row.captures)
        for meant in row.changes
    )


@pytest.mark.parametrize("capture", REPLAYED, ids=lambda capture: capture.name)
async def test_the_answer_is_the_node_s_but_for_what_is_meant(
    capture: Capture, tmp_path: Path
) -> None:
    found = await differences(capture, tmp_path)
    assert [change for change in found if not kept(capture, change)] == []


async def test_every_difference_that_is_meant_occurs(tmp_path: Path) -> None:
    found = {capture.name: await differences(capture, tmp_path) for capture in REPLAYED}
    for row in KEPT:
        for pattern in row.captures:
            seen = [found[name] for name in found if fnmatchcase(name, pattern)]
            assert seen, f"no capture is named {pattern}"
            for change in row.changes:
                assert any(change in changes for changes in seen), (pattern, change)


def test_no_capture_is_missing() -> None:
    assert len(REPLAYED) == 107
