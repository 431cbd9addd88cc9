"""The operations over HTTP, as a HarperDB node offers them; nothing here writes to the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import NamedTuple, TypeAlias

from aiohttp import hdrs, web

from jobwatch.api.operations import Record, run
from jobwatch.api.refused import RefusedError, refused
from jobwatch.api.request import check_accept, check_content_type, check_login, read_body
from jobwatch.model.formats import encode
from jobwatch.model.job import Json
from jobwatch.model.settings import Credentials
from jobwatch.model.when import Zone
from jobwatch.store.connect import LogError
from jobwatch.store.job_log import JobLog

__all__ = ["LARGEST_BODY", "make_runner"]

LARGEST_BODY = 1024 * 1024
"""Bytes; no request for an operation comes near it."""

PATIENCE = 30.0
"""Seconds, as long as a node waits: for a request's head, its body, and a reader."""

GRACE = 2.0
"""Seconds in which what is being answered may end when the server does."""

PIECE = 64 * 1024
"""Bytes of an answer that a client must take within the patience."""

_JSON = "application/json"

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

logger = logging.getLogger(__name__)


class _Served(NamedTuple):
    log: JobLog
    credentials: Credentials
    zone: Zone
    patience: float


_SERVED = web.AppKey("served", _Served)


def make_runner(
    log: JobLog, credentials: Credentials, zone: Zone, *, patience: float = PATIENCE
) -> web.AppRunner:
    """Return what runs the endpoint on the sites that it is given.

    Dates without a zone are of `zone`; who takes longer than `patience` seconds is cut off.
    """
    app = web.Application(middlewares=[_answer_errors], client_max_size=LARGEST_BODY)
    app[_SERVED] = _Served(log, credentials, zone, patience)
    app.add_routes([web.post("/", _operate), web.get("/health", _tell_health)])
    return web.AppRunner(app, access_log=None, keepalive_timeout=patience, shutdown_timeout=GRACE)


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _answer(request, handler)
    try:
        async with asyncio.timeout(request.app[_SERVED].patience):
            await response.prepare(request)
            await response.write_eof()
    except TimeoutError:
        _abort(request)
    except ConnectionError:
        pass  # the client has left
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusedError as error:
        return _error(error.status, error.body)
    except LogError as error:
        logger.error("%s", error)
        return _error(500, {"error": str(error)})
    except web.HTTPNotFound:
        return web.Response(status=404, text="Not found\n")
    except web.HTTPException as error:
        response = _error(error.status, {"error": error.reason})
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return response
    except ConnectionError:
        return web.Response()  # the client has left


async def _tell_health(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="jobwatch is running.")


async def _operate(request: web.Request) -> web.StreamResponse:
    served = request.app[_SERVED]
    check_content_type(request.headers.get(hdrs.CONTENT_TYPE, ""))
    check_accept(",".join(request.headers.getall(hdrs.ACCEPT, [""])))
    check_login(request.headers.get(hdrs.AUTHORIZATION, ""), served.credentials)
    operation = read_body(await _body(request, served.patience))
    async with (
        aclosing(run(served.log, operation, served.zone)) as pages,
        aclosing(_array(pages)) as texts,
    ):
        first = await anext(texts)  # before the status is sent, for it may be an error
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: _JSON})
        await response.prepare(request)
        try:
            await _write(response, first, served.patience)
            async for text in texts:
                await _write(response, text, served.patience)
        except (LogError, TimeoutError) as error:
            # What was sent is no whole answer, and must not look like one.
            _abort(request)
            if isinstance(error, LogError):
                logger.error("%s", error)
    return response


async def _body(request: web.Request, patience: float) -> bytes:
    try:
        async with asyncio.timeout(patience):
            return await request.read()
    except TimeoutError:
        raise refused(408, f"The body has not come within {patience:g} seconds") from None
    except web.HTTPRequestEntityTooLarge:
        raise refused(413, f"The body is larger than {LARGEST_BODY:,} bytes") from None
    except web.RequestPayloadError as error:
        raise refused(400, f"The body can't be read: {error}") from None


async def _array(pages: AsyncIterator[list[Record]]) -> AsyncGenerator[bytes, None]:
    """Yield the text of one JSON array of all records, the first part once there is a record."""
    before = b"["
    async for records in pages:
        if records:
            yield before + b",".join(map(encode, records))
            before = b","
    yield b"[]" if before == b"[" else b"]"


async def _write(response: web.StreamResponse, text: bytes, patience: float) -> None:
    for begin in range(0, len(text), PIECE):
        async with asyncio.timeout(patience):
            await response.write(text[begin : begin + PIECE])


def _error(status: int, body: Json) -> web.Response:
    headers = {hdrs.WWW_AUTHENTICATE: 'Basic realm="jobwatch"'} if status == 401 else None
    return web.Response(status=status, headers=headers, body=encode(body), content_type=_JSON)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
