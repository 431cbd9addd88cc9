"""The URL of a node, and the name that a log knows it by."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

__all__ = ["Address", "AddressError", "parse_address"]

OPERATIONS_PORT = 9925
"""Where a node answers unless it is told otherwise; a name doesn't repeat it."""

SCHEMES = {"http": 80, "https": 443}


class AddressError(ValueError):
    """A text that is no URL of a node; it says what is wrong, and never repeats a password."""


class Address(NamedTuple):
    """Where a node answers: `name` is its host, with the port and the path if they are unusual."""

    url: str
    name: str
    host: str


def parse_address(text: str) -> Address:
    """Return the address that a URL names; `AddressError` if it isn't one."""
    if "@" in text:
        raise AddressError(
            f"{_without_user(text)!r} has a user or a password in it, where the list of processes"
            " and the shell's history show them; set JOBWATCH_USER and JOBWATCH_PASSWORD, or write"
            " them into ~/.netrc"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressError(f"{text!r} is not a URL: {_EXAMPLE}") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise AddressError(f"{text!r} is not the URL of a node: {_EXAMPLE}")
    if parts.query or parts.fragment:
        raise AddressError(f"{text!r} has a query or a fragment, which no node has: {_EXAMPLE}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = port or SCHEMES[parts.scheme]
    path = parts.path.rstrip("/")
    name = host + ("" if port == OPERATIONS_PORT else f":{port}") + path
    return Address(f"{parts.scheme}://{host}:{port}{path}/", name, parts.hostname)


_EXAMPLE = "give one such as http://node1:9925"


def _without_user(text: str) -> str:
    scheme, mark, _ = text.partition("://")
    return (scheme + mark if mark else "") + text.rpartition("@")[2]
