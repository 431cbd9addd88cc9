"""What commands that listen share: the address as a URL, and why it can't be had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from jobwatch.web.guard import is_loopback

if TYPE_CHECKING:
    from aiohttp.web import TCPSite

__all__ = ["listen", "refuse_others", "url_of"]


def url_of(host: str, port: int, scheme: str = "http") -> str:
    """Return the URL of a server."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


async def listen(site: TCPSite, url: str) -> None:
    """Begin to listen; an address that can't be had is an error in one line."""
    try:
        await site.start()
    except OSError as error:
        reason = str(error.strerror).rpartition(": ")[2].lower()
        raise click.ClickException(
            f"can't listen at {url}: {reason}; give another --host or --port"
        ) from error


def refuse_others(host: str, addresses: Iterable[Any]) -> None:
    """Raise `UsageError` where a server listens at an address that other machines could reach.

    `addresses` are those of its sockets: a resolver may let ``localhost`` mean anything.
    """
    for address, *_ in addresses:
        if not is_loopback(address):
            raise click.UsageError(
                f"other machines could reach {address}, which {host} means here: --host is"
                " 127.0.0.1 or ::1"
            )
