"""The clipboard of the terminal, which may be at the other end of an ssh connection."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping
from tempfile import NamedTemporaryFile
from typing import Any

from textual.app import App

from jobwatch.model.text import clean
from jobwatch.tui.passthrough import passed_on

__all__ = ["LONGEST", "copy"]

LONGEST = 74_994
"""In bytes of UTF-8: as base64 just below the 100,000 characters that terminals take at most."""

_SHOWN = 60
"""Characters of a text that are said again."""


async def copy(app: App[Any], text: str, *, to_file: bool = True) -> str:
    """Copy a text, clean of what a terminal would obey, and return what to tell the user.

    It goes through the terminal (OSC 52). One that is longer than `LONGEST` is saved to a file for
    the user's eyes alone, if it may be.
    """
    if not text:
        return "There is nothing to copy"
    # No text has fewer bytes than characters: a long one isn't even cleaned here.
    if len(text) <= LONGEST and len((safe := clean(text)).encode()) <= LONGEST:
        _send(app, safe, os.environ)
        return f"Copied {_described(safe)}"
    if not to_file:
        return "Too long for the clipboard"
    try:
        size, path = await asyncio.to_thread(_save, text)
    except OSError as error:
        return f"Too long for the clipboard, and not saved: {error.strerror or error}"
    return f"Too long for the clipboard ({_size(size)}): saved to {path}"


def _send(app: App[Any], text: str, environ: Mapping[str, str]) -> None:
    # tmux takes one of both: the plain one where ``set-clipboard`` is on, the other where
    # ``allow-passthrough`` is.
    is_within = "TMUX" in environ or "STY" in environ
    wrapped = passed_on(f"\x1b]52;c;{_base64(text)}\a", environ) if is_within else ""
    # screen would draw what of the sequence is beyond its room.
    if "STY" not in environ or "TMUX" in environ:
        app.copy_to_clipboard(text)
    if wrapped and app._driver is not None:
        app._driver.write(wrapped)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _save(text: str) -> tuple[int, str]:
    """Write a text to a new file that no one else can read; return its size and path."""
    data = clean(text).encode()
    with NamedTemporaryFile(prefix="jobwatch-", suffix=".txt", delete=False) as file:
        file.write(data)
    return len(data), file.name


def _described(text: str) -> str:
    if "\n" not in text and len(text) <= _SHOWN:
        return text
    lines = text.count("\n") + 1
    return f"{lines:,} line{'s' * (lines > 1)} ({_size(len(text.encode()))})"


def _size(size: int) -> str:
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1_000:,.0f} kB" if size < 10_000_000 else f"{size / 1_000_000:,.0f} MB"
