"""NodeClient: signing in, tokens that run out, and what goes wrong on the way to a node."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from jobwatch.feeds.harper import client as client_module
from jobwatch.feeds.harper.client import (
    AnswerError,
    ForbiddenError,
    NodeClient,
    RefusedError,
    UnauthorisedError,
    UnreachableError,
    UnsupportedError,
    open_http,
)
from jobwatch.feeds.harper.pace import Pace
from jobwatch.model.settings import Credentials

CAPTURES = Path(__file__).parents[2] / "data" / "captures"
TLS = Path(__file__).parents[2] / "data" / "tls"
NOW = 1_795_471_396_000
JOB = {"operation": "get_job", "id": "a"}
ADA = Credentials("ada", "päss")
BASIC = "Basic " + base64.b64encode("ada:päss".encode()).decode()


class Node:
    """A server that signs in as HarperDB does, and records what it was asked."""

    def __init__(self) -> None:
        self.has_tokens = True
        self.tokens: set[str] = set()
        self.refresh_tokens: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []
        self.answer: Callable[[], web.StreamResponse] = lambda: web.json_response([{"id": "a"}])
        self._made = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        authorization = request.headers.get("Authorization")
        self.asked.append((body["operation"], authorization))
        match body["operation"]:
            case "create_authentication_tokens" if self.has_tokens:
                if (body["username"], body["password"]) != (ADA.user, ADA.password):
                    return web.json_response({"error": "invalid credentials"}, status=401)
                self.refresh_tokens.add(refresh := self._make("refresh"))
                return web.json_response(
                    {"operation_token": self._operation(), "refresh_token": refresh}
                )
            case "refresh_operation_token":
                if authorization not in {f"Bearer {token}" for token in self.refresh_tokens}:
                    return web.json_response({"error": "invalid token"}, status=401)
                return web.json_response({"operation_token": self._operation()})
            case "get_job":
                if authorization == BASIC and not self.has_tokens:
                    return self.answer()
                if authorization in {f"Bearer {token}" for token in self.tokens}:
                    return self.answer()
                return web.json_response({"error": "token expired"}, status=401)
            case operation:
                error = f"Operation '{operation}' not found"
                return web.json_response({"error": error}, status=400)

    def _operation(self) -> str:
        self.tokens.add(token := self._make("operation"))
        return token

    def _make(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self._made}"


@pytest.fixture
async def node() -> Node:
    return Node()


@pytest.fixture
async def server(node: Node) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/", node.handle)
    server = TestServer(app)
    async with server:
        yield server


@pytest.fixture
async def client(server: TestServer) -> AsyncIterator[NodeClient]:
    async with open_http() as http:
        yield client_of(http, str(server.make_url("/")))


def client_of(http: Any, url: str, credentials: Credentials = ADA) -> NodeClient:
    return NodeClient(http, url, credentials, pace=Pace(1e9), clock=lambda: NOW)


def capture(name: str) -> Any:
    return json.loads((CAPTURES / f"{name}.json").read_bytes())


async def test_it_signs_in_once_and_asks_with_the_token(node: Node, client: NodeClient) -> None:
    assert await client.ask(JOB) == [{"id": "a"}]
    assert await client.ask(JOB) == [{"id": "a"}]
    assert node.asked == [
        ("create_authentication_tokens", BASIC),
        ("get_job", "Bearer operation-2"),
        ("get_job", "Bearer operation-2"),
    ]


async def test_a_token_that_has_run_out_is_renewed_silently(node: Node, client: NodeClient) -> None:
    await client.ask(JOB)
    node.tokens.clear()
    assert await client.ask(JOB) == [{"id": "a"}]
    assert [operation for operation, _ in node.asked[2:]] == [
        "get_job",
        "refresh_operation_token",
        "get_job",
    ]


async def test_where_the_refresh_token_has_run_out_too_it_signs_in_anew(
    node: Node, client: NodeClient
) -> None:
    await client.ask(JOB)
    node.tokens.clear()
    node.refresh_tokens.clear()
    assert await client.ask(JOB) == [{"id": "a"}]
    assert [operation for operation, _ in node.asked[3:]] == [
        "refresh_operation_token",
        "create_authentication_tokens",
        "get_job",
    ]


async def test_a_node_without_tokens_gets_user_and_password_each_time(
    node: Node, client: NodeClient
) -> None:
    node.has_tokens = False
    await client.ask(JOB)
    await client.ask(JOB)
    assert [authorization for _, authorization in node.asked[1:]] == [BASIC, BASIC]


async def test_a_wrong_password_is_said_with_the_user_and_never_with_the_password(
    node: Node, server: TestServer
) -> None:
    async with open_http() as http:
        client = client_of(http, str(server.make_url("/")), Credentials("ada", "sesame"))
        with pytest.raises(UnauthorisedError, match="invalid credentials, as user ada") as error:
            await client.ask(JOB)
    assert "sesame" not in str(error.value)
    assert "sesame" not in repr(Credentials("ada", "sesame"))


async def test_a_user_who_was_let_in_and_is_so_no_more_is_unauthorised(
    node: Node, client: NodeClient
) -> None:
    await client.ask(JOB)
    node.answer = lambda: web.json_response("Cannot complete request: User is inactive", status=401)
    with pytest.raises(UnauthorisedError, match="User is inactive"):
        await client.ask(JOB)


@pytest.mark.parametrize(
    ("name", "error", "text"),
    [
        ("nonsu_search", ForbiddenError, "not authorized due to role"),
        ("nonsu_sql_hdb_job", ForbiddenError, "not authorized"),
        ("start_unknown_operation", UnsupportedError, "not found"),
        ("search_from_garbage", AnswerError, "it answered 500: There was an error searching"),
        ("http_unknown_path", AnswerError, "it answered 404: Not found"),
    ],
)
async def test_what_a_node_refuses_is_told_apart(
    node: Node, client: NodeClient, name: str, error: type[Exception], text: str
) -> None:
    said = capture(name)
    is_json = not isinstance(said["response"], str)
    node.answer = lambda: web.Response(
        status=said["status"],
        text=json.dumps(said["response"]) if is_json else said["response"],
        content_type="application/json" if is_json else "text/plain",
    )
    with pytest.raises(error, match=text):
        await client.ask(JOB)


async def test_an_answer_that_is_no_json_is_said(node: Node, client: NodeClient) -> None:
    node.answer = lambda: web.Response(text='[{"id":', content_type="application/json")
    with pytest.raises(AnswerError, match="its answer can't be read: not JSON"):
        await client.ask(JOB)


async def test_an_answer_without_bounds_is_given_up(
    node: Node, client: NodeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "LARGEST", 1 << 20)
    node.answer = lambda: web.Response(text="[" + " " * (2 << 20) + "]")
    with pytest.raises(AnswerError, match="more than 1 MB"):
        await client.ask(JOB)


async def test_a_large_answer_is_read_whole(node: Node, client: NodeClient) -> None:
    records = [{"id": f"{n}", "message": "x" * 500} for n in range(2_000)]
    node.answer = lambda: web.json_response(records)
    assert await client.ask(JOB) == records


async def test_a_redirect_is_not_followed_with_the_users_token(
    node: Node, client: NodeClient
) -> None:
    node.answer = lambda: web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})
    with pytest.raises(AnswerError, match="it answered 307"):
        await client.ask(JOB)


async def test_the_clocks_are_compared_by_the_date_of_each_answer(
    node: Node, client: NodeClient
) -> None:
    node.answer = lambda: web.json_response([], headers={"Date": "Mon, 23 Nov 2026 22:03:20 GMT"})
    assert client.skew is None
    await client.ask(JOB)
    assert client.skew == 4_500
    node.answer = lambda: web.json_response([], headers={"Date": "yesterday"})
    await client.ask(JOB)
    assert client.skew == 4_500


async def test_a_node_is_asked_one_thing_at_a_time(node: Node, client: NodeClient) -> None:
    under_way = most = 0
    real = node.handle

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        response = await real(request)
        under_way -= 1
        return response

    app = web.Application()
    app.router.add_post("/", slow)
    async with TestServer(app) as server, open_http() as http:
        one = client_of(http, str(server.make_url("/")))
        await asyncio.gather(*(one.ask(JOB) for _ in range(20)))
    assert most == 1


async def test_a_node_that_is_down_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    async with open_http() as http:
        with pytest.raises(RefusedError):
            await client_of(http, f"http://127.0.0.1:{port}/").ask(JOB)


async def test_a_node_that_hangs_up_is_unreachable() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server, open_http() as http:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnreachableError, match="closed the connection"):
            await client_of(http, f"http://127.0.0.1:{port}/").ask(JOB)


async def test_a_host_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with open_http() as http:
        with pytest.raises(UnreachableError, match=r"there is no host nowhere\.invalid"):
            await client_of(http, "http://nowhere.invalid:9925/").ask(JOB)


async def test_a_certificate_is_trusted_by_its_authority_alone(node: Node) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")
    app = web.Application()
    app.router.add_post("/", node.handle)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    url = str(server.make_url("/"))
    try:
        async with open_http() as http:
            with pytest.raises(UnreachableError, match=r"certificate isn't trusted: .*--cafile"):
                await client_of(http, url).ask(JOB)
        async with open_http(TLS / "cert.pem") as http:
            assert await client_of(http, url).ask(JOB) == [{"id": "a"}]
    finally:
        await server.close()


async def test_plain_http_where_tls_is_spoken_and_the_other_way_round_is_said(
    server: TestServer,
) -> None:
    async with open_http() as http:
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(UnreachableError, match="no TLS there"):
            await client_of(http, url).ask(JOB)
