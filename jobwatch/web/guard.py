"""Who may ask: nobody but the page itself, on this machine."""

from __future__ import annotations

import re
from ipaddress import ip_address

__all__ = ["is_loopback", "refusal"]

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::[0-9]{1,5})?")
"""A ``Host``: an address in brackets, or a name or address, and a port."""


def is_loopback(name: str) -> bool:
    """Return whether a name or an address means this machine, and none else can reach it there."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


def refusal(host: str, origin: str | None) -> str:
    """Return why a request with these headers is refused, nothing if it isn't.

    No login protects the page: but for this, any site that the user visits could read the log. It
    would open a WebSocket, which a browser lets it do and tells by ``Origin``; or it would let its
    own name mean 127.0.0.1 (DNS rebinding), which ``Host`` tells.
    """
    found = _HOST.fullmatch(host)
    if found is None or not is_loopback(found[1] or found[2]):
        return "This page has another address: the one that jobwatch web printed."
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return "Another site may not ask."
    return ""
