"""Notices on the user's desktop, which the terminal shows: it may be at the other end of ssh."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from textual.app import App

from jobwatch.model.text import one_line
from jobwatch.tui.passthrough import passed_on

__all__ = ["notify", "sequences"]

LONGEST = 250
"""Characters: short of what any terminal takes as one sequence."""

_WITH_TITLE = ("foot", "xterm-kitty", "xterm-ghostty", "rxvt")
"""How the TERM of those begins that know OSC 777; most know OSC 9 too, and would show both."""
_PROGRAMS_WITH_TITLE = ("WezTerm", "ghostty")
_SIGNS_OF_TITLE = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")
"""What such terminals set, also for what runs in a multiplexer."""


def notify(app: App[Any], title: str, text: str) -> None:
    """Ask the terminal for a notice; one that knows none ignores it."""
    if app._driver is not None:
        app._driver.write(sequences(title, text, os.environ))


def sequences(title: str, text: str, environ: Mapping[str, str]) -> str:
    """Return what asks a terminal for one notice: OSC 777 or OSC 9, or both if it isn't known.

    Whatever is in the texts, they end neither the sequence nor their part of it.
    """
    title, text = _field(title), _field(text)
    # With a title in front it never is one of the commands that ConEmu and others read in OSC 9,
    # which begin with a digit and a semicolon.
    plain = passed_on(f"\x1b]9;{title}: {text}\a", environ)
    with_title = passed_on(f"\x1b]777;notify;{title};{text}\a", environ)
    if environ.get("TERM_PROGRAM") == "iTerm.app":
        return plain
    if environ.get("TERM_PROGRAM") in _PROGRAMS_WITH_TITLE:
        return with_title
    if any(name in environ for name in _SIGNS_OF_TITLE):
        return with_title
    if environ.get("TERM", "").startswith(_WITH_TITLE):
        return with_title
    return plain + with_title


def _field(text: str) -> str:
    """Return a text without what a terminal reads as the end of it, short enough for it."""
    safe = one_line(text).replace(";", ",")
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"
