"""The endpoint over real HTTP: who may ask, what a request must be, and clients that misbehave."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from jobwatch.api.endpoint import LARGEST_BODY
from jobwatch.api.operations import PAGE
from jobwatch.model.job import Job
from jobwatch.store.connect import LogError
from jobwatch.store.job_log import JobLog
from tests.api.serving import ADA, Endpoint, basic, fill, serving

START = 1_795_392_000_000  # 2026-11-23T00:00Z
LOGIN = {"Authorization": basic(ADA.user, ADA.password)}
JSON = {"Content-Type": "application/json"}
GET_JOB = {"operation": "get_job", "id": "job-0"}
SEARCH = {"operation": "search_jobs_by_start_date", "from_date": "2026", "to_date": "2027"}
MEGABYTE = 1_000_000


def job(number: int, size: int = 0) -> Job:
    return Job(id=f"job-{number}", start_datetime=START + number, message="x" * size)


@pytest.fixture
async def endpoint(tmp_path: Path) -> AsyncIterator[Endpoint]:
    async with serving(fill(tmp_path / "jobs.db", job(0))) as endpoint:
        yield endpoint


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a log whose jobs are more than the buffers of a connection hold."""
    return fill(tmp_path / "large.db", *(job(number, MEGABYTE // 10) for number in range(400)))


async def ask(
    endpoint: Endpoint,
    body: object = GET_JOB,
    *,
    method: str = "POST",
    path: str = "",
    headers: dict[str, str] = LOGIN | JSON,
) -> tuple[int, Any]:
    """Send one request; return status and body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with (
        aiohttp.ClientSession(skip_auto_headers=["Accept", "Content-Type"]) as session,
        session.request(
            method, endpoint.url + path, data=BytesIO(data), headers=headers
        ) as response,
    ):
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


# Who may ask


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("", "Must login"),
        ("Basic", "Must login"),
        ("Basic ", "Must login"),
        ("Digest x", "Must login"),
        ("Basic !!!!", "Invalid character"),
        ("Basic YWR", "Invalid character"),
        ("Basic é", "Invalid character"),
        ("Basic " + b64encode(b"\xff\xfe:\xff").decode(), "Login failed"),
        ("Basic " + b64encode(b"ada").decode(), "Login failed"),
        (basic(ADA.user, ""), "Login failed"),
        (basic("", ADA.password), "Login failed"),
        (basic(ADA.user, ADA.password + "x"), "Login failed"),
        (basic("eve", ADA.password), "Login failed"),
        ("Bearer", "invalid token"),
        ("Bearer abc.def.ghi", "invalid token"),
    ],
)
async def test_nobody_else_may_ask(endpoint: Endpoint, header: str, error: str) -> None:
    headers = JSON | {"Authorization": header}
    assert await ask(endpoint, headers=headers) == (401, {"error": error})


async def test_who_does_not_log_in_learns_nothing_about_operations(endpoint: Endpoint) -> None:
    for body in (GET_JOB, {"operation": "nope"}, b"{", b""):
        assert await ask(endpoint, body, headers=JSON) == (401, {"error": "Must login"})


async def test_a_user_and_a_password_may_hold_any_character(endpoint: Endpoint) -> None:
    assert not (ADA.user + ADA.password).isascii()
    assert ":" in ADA.password
    status, [record] = await ask(endpoint)
    assert (status, record["id"]) == (200, "job-0")


async def test_whether_it_runs_is_told_to_anyone(endpoint: Endpoint) -> None:
    answer = await ask(endpoint, method="GET", path="health", headers={})
    assert answer == (200, "jobwatch is running.")


# What a request must be


@pytest.mark.parametrize(
    ("content_type", "status", "error"),
    [
        ("application/xml", 415, "Unsupported Media Type: application/xml"),
        ("application/jsonx", 415, "Unsupported Media Type: application/jsonx"),
        (None, 415, "Unsupported Media Type: undefined"),
        ("text/plain; charset=utf-8", 400, "Bad Request"),
    ],
)
async def test_a_body_of_another_type_is_refused(
    endpoint: Endpoint, content_type: str | None, status: int, error: str
) -> None:
    headers = LOGIN if content_type is None else LOGIN | {"Content-Type": content_type}
    answered, body = await ask(endpoint, headers=headers)
    assert (answered, body["error"]) == (status, error)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_goes_by_any_of_its_names(endpoint: Endpoint, content_type: str) -> None:
    status, _ = await ask(endpoint, headers=LOGIN | {"Content-Type": content_type})
    assert status == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.9", 200),
        ("text/csv", 406),
        ("application/x-ndjson", 406),
    ],
)
async def test_who_does_not_take_json_gets_nothing(
    endpoint: Endpoint, accept: str, status: int
) -> None:
    answered, _ = await ask(endpoint, headers=LOGIN | JSON | {"Accept": accept})
    assert answered == status


NO_OPERATION = "Request body must include an 'operation' property."


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "Body cannot be empty when content-type is set to 'application/json'"),
        (b" ", "Unexpected end of JSON input"),
        (b'{"operation":', "Unexpected end of JSON input"),
        (b"nope", "The body is not JSON at character 1: Expecting value"),
        (b'{"operation":NaN}', "The body can't be read: NaN is no number of JSON"),
        (b'{"operation":"\xff"}', "The body is not UTF-8 at byte 15"),
        pytest.param(
            b"[" * 100_000, "The body can't be read: it is nested too deeply", id="nested"
        ),
        (b"[1, 2]", NO_OPERATION),
        (b"null", NO_OPERATION),
        (b"{}", NO_OPERATION),
        (b'{"operation":null}', NO_OPERATION),
        (b'{"operation":"toString"}', "Operation 'toString' not found"),
        (b'{"operation":"delete"}', "Operation 'delete' not found"),
        (b'{"operation":"get_job"}', "'id' is required"),
    ],
)
async def test_a_body_that_holds_no_operation_is_refused(
    endpoint: Endpoint, body: bytes, error: str
) -> None:
    assert await ask(endpoint, body) == (400, {"error": error})


async def test_a_body_may_begin_with_a_byte_order_mark(endpoint: Endpoint) -> None:
    status, _ = await ask(endpoint, b"\xef\xbb\xbf" + json.dumps(GET_JOB).encode())
    assert status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("POST", "x", 404, "Not found\n"),
        ("GET", "x", 404, "Not found\n"),
        ("GET", "", 405, {"error": "Method Not Allowed"}),
        ("PUT", "", 405, {"error": "Method Not Allowed"}),
        ("POST", "health", 405, {"error": "Method Not Allowed"}),
    ],
)
async def test_there_is_no_other_path_or_method(
    endpoint: Endpoint, method: str, path: str, status: int, body: object
) -> None:
    assert await ask(endpoint, method=method, path=path) == (status, body)


async def test_a_body_is_read_up_to_its_limit(endpoint: Endpoint) -> None:
    padding = LARGEST_BODY - len(json.dumps(GET_JOB))
    whole = json.dumps(GET_JOB).encode() + b" " * padding
    assert (await ask(endpoint, whole))[0] == 200
    too_large = 413, {"error": "The body is larger than 1,048,576 bytes"}
    assert await ask(endpoint, whole + b" ") == too_large


async def test_an_error_keeps_the_connection(endpoint: Endpoint) -> None:
    opened = 0

    async def count(*_: object) -> None:
        nonlocal opened
        opened += 1

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    requests: list[dict[str, Any]] = [
        {"headers": JSON},
        {"headers": LOGIN},
        {"headers": LOGIN | JSON, "data": b"{"},
        {"headers": LOGIN | JSON, "data": BytesIO(b" " * (LARGEST_BODY + 1))},
        {"headers": LOGIN | JSON, "json": SEARCH | {"to_date": "tomorrow"}},
        {"headers": LOGIN | JSON, "json": SEARCH},
    ]
    statuses = []
    async with aiohttp.ClientSession(
        trace_configs=[trace], skip_auto_headers=["Content-Type"]
    ) as session:
        for request in requests:
            async with session.post(endpoint.url, **request) as response:
                await response.read()
                statuses.append(response.status)
    assert statuses == [401, 415, 400, 413, 500, 200]
    assert opened == 1


# Large answers, and clients that misbehave


async def test_an_answer_of_many_pages_is_one_array(tmp_path: Path) -> None:
    count = 3 * PAGE + 1
    path = fill(tmp_path / "many.db", *map(job, range(count)))
    async with serving(path) as endpoint:
        status, found = await ask(endpoint, SEARCH)
    assert status == 200
    assert [record["id"] for record in found] == [f"job-{number}" for number in range(count)]


class Counting(JobLog):
    """A log that counts its pages."""

    pages = 0

    async def page(self, *arguments: Any, **options: Any) -> list[Job]:
        type(self).pages += 1
        return await super().page(*arguments, **options)


@asynccontextmanager
async def asking(
    endpoint: Endpoint, text: bytes
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Send bytes, and leave it to the test what becomes of the connection."""
    connection = socket.create_connection((endpoint.host, endpoint.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=1024)
    try:
        writer.write(text)
        yield reader, writer
    finally:
        writer.close()


def request_of(body: object, *, length: int | None = None) -> bytes:
    text = json.dumps(body)
    return (
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: {LOGIN['Authorization']}\r\n"
        f"Content-Length: {len(text) if length is None else length}\r\n\r\n{text}"
    ).encode()


async def test_who_does_not_read_is_cut_off_and_the_rest_is_never_read_from_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = (job(number, MEGABYTE // 40) for number in range(8 * PAGE))
    path = fill(tmp_path / "many.db", *many)
    Counting.pages = 0
    async with (
        serving(path, patience=0.2, kind=Counting) as endpoint,
        asking(endpoint, request_of(SEARCH)) as (reader, _),
    ):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await endpoint.has_no_client()
    assert 1 <= Counting.pages < 8
    assert caplog.records == []


async def test_who_leaves_amid_an_answer_is_no_error(
    large: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(large) as endpoint:
        async with asking(endpoint, request_of(SEARCH)) as (reader, _):
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await endpoint.has_no_client()
        assert (await ask(endpoint))[0] == 200
    assert caplog.records == []


async def test_who_leaves_amid_a_request_is_no_error(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    for text in (b"POST / HT", request_of(GET_JOB, length=1000)):
        async with asking(endpoint, text) as (_, writer):
            await writer.drain()
        await endpoint.has_no_client()
    assert caplog.records == []


async def test_who_sends_a_body_too_slowly_is_told_so(tmp_path: Path) -> None:
    path = fill(tmp_path / "jobs.db")
    async with (
        serving(path, patience=0.1) as endpoint,
        asking(endpoint, request_of(GET_JOB, length=1000)) as (reader, _),
    ):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        assert b"has not come within 0.1 seconds" in await reader.readuntil(b"}")


@pytest.mark.parametrize("text", [b"", b"POST / HTTP/1.1\r\nHost: x\r\n"])
async def test_who_never_ends_a_request_s_head_is_cut_off(tmp_path: Path, text: bytes) -> None:
    path = fill(tmp_path / "jobs.db")
    async with (
        serving(path, patience=0.1) as endpoint,
        asking(endpoint, text) as (reader, _),
        asyncio.timeout(10),
    ):
        assert await reader.read() == b""


async def test_what_is_not_http_is_refused_quietly(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    async with asking(endpoint, b"\x16\x03\x01\x02\x00\r\n\r\n") as (reader, _):
        assert b" 400 " in await reader.readline()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


# A log that can't be read


class Failing(JobLog):
    """A log that fails on its second page, and for one job."""

    pages = 0

    async def page(self, *arguments: Any, **options: Any) -> list[Job]:
        self.pages += 1
        if self.pages == 2:
            raise LogError("jobs.db is damaged")
        return await super().page(*arguments, **options)

    async def get_job(self, id: str) -> Job | None:
        raise LogError("jobs.db is damaged")


async def test_a_log_that_can_not_be_read_is_said_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(fill(tmp_path / "jobs.db"), kind=Failing) as endpoint:
        assert await ask(endpoint) == (500, {"error": "jobs.db is damaged"})
    assert [record.getMessage() for record in caplog.records] == ["jobs.db is damaged"]


async def test_an_answer_that_fails_midway_does_not_look_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = fill(tmp_path / "jobs.db", *map(job, range(2 * PAGE)))
    async with serving(path, kind=Failing) as endpoint:
        with pytest.raises(aiohttp.ClientError):
            await ask(endpoint, SEARCH)
    assert [record.getMessage() for record in caplog.records] == ["jobs.db is damaged"]
    assert caplog.records[0].exc_info is None
