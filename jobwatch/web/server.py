"""The page, what it loads, and a monitor for each visitor."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import NamedTuple, TypeAlias

from aiohttp import hdrs, web

from jobwatch.model.text import one_line
from jobwatch.web.guard import refusal
from jobwatch.web.visit import Say, show_monitor

__all__ = ["MOST_VISITORS", "make_runner"]

MOST_VISITORS = 8
"""Each has a process of some 50 MB, and asks the log whether it has changed."""

LARGEST_MESSAGE = 1024 * 1024
"""Bytes of what a page says at once: a text that is pasted is longest."""

HEARTBEAT = 15.0
"""Seconds after which a page is asked whether it is still there."""

GRACE = 2.0
"""Seconds in which a page that is told to close has to answer."""

# What the page loads comes from here, and no other page may put it in a frame. Its terminal makes
# its own style sheets.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self';"
    " style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Served(NamedTuple):
    command: str
    page: Template
    name: str
    say: Say
    visits: set[asyncio.Task[None]]


_SERVED = web.AppKey("served", _Served)


def make_runner(command: str, log: str, say: Say) -> web.AppRunner:
    """Return what shows a monitor to each visitor of the sites that it is given.

    `command` is a line for the shell that runs a monitor, `log` the name of what it shows; `say`
    is told why a monitor could not start, or what else it said on its stderr.
    """
    app = web.Application(middlewares=[_refuse_others])
    app[_SERVED] = _Served(command, Template(_text("page.html")), one_line(log), say, set())
    app.add_routes(
        [
            web.get("/", _show_page),
            web.get("/page.js", _send_script),
            web.get("/ws", _visit),
            web.static("/static", Path(str(files("textual_serve").joinpath("static")))),
        ]
    )
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_end_visits)
    return web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)


@web.middleware
async def _refuse_others(request: web.Request, handler: Handler) -> web.StreamResponse:
    reason = refusal(request.headers.get(hdrs.HOST, ""), request.headers.get(hdrs.ORIGIN))
    return web.Response(status=403, text=f"{reason}\n") if reason else await handler(request)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _show_page(request: web.Request) -> web.StreamResponse:
    served = request.app[_SERVED]
    if _is_full(served):
        return _full()
    text = served.page.substitute(
        log=html.escape(served.name), websocket=html.escape(f"ws://{request.host}/ws")
    )
    return web.Response(text=text, content_type="text/html")


async def _send_script(_request: web.Request) -> web.StreamResponse:
    return web.Response(text=_text("page.js"), content_type="text/javascript")


async def _visit(request: web.Request) -> web.StreamResponse:
    served = request.app[_SERVED]
    if _is_full(served):
        served.say(f"a monitor could not start: {MOST_VISITORS} are open, and no more can be")
        return _full()
    page = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=GRACE, max_msg_size=LARGEST_MESSAGE)
    if not page.can_prepare(request):
        return web.Response(status=426, text="This is for the page's WebSocket.\n")
    visit = asyncio.create_task(_show(request, page))
    served.visits.add(visit)
    visit.add_done_callback(served.visits.discard)
    await visit
    return page


async def _show(request: web.Request, page: web.WebSocketResponse) -> None:
    served = request.app[_SERVED]
    await page.prepare(request)
    size = _number(request, "width", 80), _number(request, "height", 24)
    await show_monitor(served.command, page, size, served.say)


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _text(name: str) -> str:
    return files("jobwatch.web").joinpath(name).read_text("utf-8")


def _is_full(served: _Served) -> bool:
    return len(served.visits) >= MOST_VISITORS


def _full() -> web.Response:
    text = f"{MOST_VISITORS} monitors are open, and no more can be; close one, and try again.\n"
    return web.Response(status=503, text=text)


async def _end_visits(app: web.Application) -> None:
    visits = [*app[_SERVED].visits]
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)
