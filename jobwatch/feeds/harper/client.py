"""NodeClient: asks one node one thing at a time, and signs in silently."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from jobwatch.feeds.harper.pace import Pace
from jobwatch.model.formats import FormatError, decode, encode
from jobwatch.model.job import Json
from jobwatch.model.settings import Credentials
from jobwatch.store.edits import Clock

__all__ = [
    "AnswerError",
    "ForbiddenError",
    "NodeClient",
    "NodeError",
    "RefusedError",
    "UnauthorisedError",
    "UnreachableError",
    "UnsupportedError",
    "open_http",
]

TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=5, sock_read=30)
LARGEST = 1 << 28
"""Bytes of an answer beyond which it is given up."""

DECODED_AT_ONCE = 1 << 18
"""A larger answer is decoded in a thread, so that the screen need not wait."""


class NodeError(Exception):
    """A node did not do what it was asked; its text says why, in one line for a person."""


class RefusedError(NodeError):
    """Nobody listens there: the node is down, or starts."""


class UnreachableError(NodeError):
    """The node can't be asked: it is silent, not found, or not trusted."""


class UnauthorisedError(NodeError):
    """The node doesn't know the user, or not this password."""


class ForbiddenError(NodeError):
    """The user may not ask this."""


class UnsupportedError(NodeError):
    """The node has no such operation."""


class AnswerError(NodeError):
    """The node answered, but not what was asked for."""


def open_http(cafile: Path | None = None) -> aiohttp.ClientSession:
    """Return a session for any number of nodes; TLS is verified, by `cafile` if it is given.

    OSError where that file can't be read or holds no certificate.
    """
    context = ssl.create_default_context(cafile=cafile)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context), timeout=TIMEOUT, auto_decompress=True
    )


class NodeClient:
    """One node under one user.

    It signs in for a token, renews that when it has run out, and where a node has no tokens it
    sends user and password with each request. `skew` is by how many ms the node's clock is ahead,
    None before the first answer, within half a second.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        credentials: Credentials,
        *,
        pace: Pace,
        clock: Clock,
    ) -> None:
        self.url = url
        self.skew: int | None = None
        self._http = http
        self._credentials = credentials
        self._pace = pace
        self._clock = clock
        self._asking = asyncio.Lock()
        self._authorization: str | None = None
        self._refresh_token: str | None = None

    async def ask(self, request: Mapping[str, Json]) -> Json:
        """Return the answer to a request, or raise a `NodeError`."""
        async with self._asking:
            if self._authorization is None:
                await self._sign_in()
            status, answer = await self._post(request, self._authorization)
            if status == HTTPStatus.UNAUTHORIZED and self._refresh_token is not None:
                # The token has run out, or the node has forgotten it.
                await self._renew()
                status, answer = await self._post(request, self._authorization)
        return _checked(status, answer)

    async def _renew(self) -> None:
        request = {"operation": "refresh_operation_token"}
        status, answer = await self._post(request, f"Bearer {self._refresh_token}")
        if status == HTTPStatus.OK and _has(answer, "operation_token"):
            self._authorization = f"Bearer {answer['operation_token']}"
        else:
            await self._sign_in()

    async def _sign_in(self) -> None:
        user, password = self._credentials.user, self._credentials.password
        self._authorization = self._refresh_token = None
        request = {
            "operation": "create_authentication_tokens",
            "username": user,
            "password": password,
        }
        basic = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        status, answer = await self._post(request, basic)
        if status == HTTPStatus.OK and _has(answer, "operation_token", "refresh_token"):
            self._authorization = f"Bearer {answer['operation_token']}"
            self._refresh_token = answer["refresh_token"]
        elif status == HTTPStatus.UNAUTHORIZED:
            raise UnauthorisedError(f"{_error_text(answer)}, as user {user}")
        elif status == HTTPStatus.BAD_REQUEST:
            self._authorization = basic  # a node without tokens
        else:
            _checked(status, answer)
            raise AnswerError("it gave no token")

    async def _post(
        self, request: Mapping[str, Json], authorization: str | None
    ) -> tuple[int, Json]:
        await self._pace.wait()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if authorization is not None:
            headers["Authorization"] = authorization
        asked_at = self._clock()
        try:
            async with self._http.post(
                self.url, data=encode(request), headers=headers, allow_redirects=False
            ) as response:
                self._compare_clocks(response.headers, asked_at)
                data = await _read(response)
                return response.status, await _decoded(response, data)
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(error) from error

    def _compare_clocks(self, headers: Mapping[str, str], asked_at: int) -> None:
        try:
            theirs = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        # The header has whole seconds: half of one is as near as it gets.
        ours = (asked_at + self._clock()) // 2
        self.skew = int(theirs.timestamp() * 1000) + 500 - ours


async def _read(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) > LARGEST:
            raise AnswerError(f"its answer has more than {LARGEST >> 20} MB")
    return bytes(data)


async def _decoded(response: aiohttp.ClientResponse, data: bytes) -> Json:
    if response.content_type != "application/json":
        return data[:200].decode("utf-8", "replace")
    try:
        if len(data) > DECODED_AT_ONCE:
            return await asyncio.to_thread(decode, data)
        return decode(data)
    except FormatError as error:
        raise AnswerError(f"its answer can't be read: {error}") from error


def _checked(status: int, answer: Json) -> Json:
    if status == HTTPStatus.OK:
        return answer
    text = _error_text(answer)
    if status == HTTPStatus.UNAUTHORIZED:
        raise UnauthorisedError(text)
    if status == HTTPStatus.FORBIDDEN:
        raise ForbiddenError(text)
    if status == HTTPStatus.BAD_REQUEST and "not found" in text:
        raise UnsupportedError(text)
    raise AnswerError(f"it answered {status}: {text}")


def _error_text(answer: Json) -> str:
    text = answer.get("error", answer) if isinstance(answer, dict) else answer
    return (text if isinstance(text, str) else encode(text).decode())[:200]


def _has(answer: Any, *keys: str) -> bool:
    return isinstance(answer, dict) and all(isinstance(answer.get(key), str) for key in keys)


def _failure(error: aiohttp.ClientError | OSError) -> NodeError:
    """Return what a failed exchange is called."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", error)
            return UnreachableError(f"its certificate isn't trusted: {reason}; see --cafile")
        case aiohttp.ClientSSLError():
            return UnreachableError(f"no TLS there: {error.strerror or error}")
        case aiohttp.ClientConnectorDNSError():
            return UnreachableError(f"there is no host {error.host}")
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return RefusedError("")
        case TimeoutError():
            return UnreachableError("no answer in time")
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return UnreachableError("it closed the connection")
        case ConnectionResetError():
            return UnreachableError("it closed the connection")
        case _:
            return UnreachableError(str(error) or type(error).__name__)
