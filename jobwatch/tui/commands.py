"""The monitor's commands: from here come its bindings, its footer, its help and its palette."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual.binding import Binding

__all__ = ["COMMANDS", "Command", "bindings", "groups"]


class Command(NamedTuple):
    """One thing that a user can do; its action is the screen's ``action_<id>``."""

    id: str
    keys: str
    label: str
    help: str
    group: str
    footer: bool = False
    shown_keys: str = ""
    action: str = ""

    @property
    def keys_shown(self) -> str:
        """Return the keys as a person reads them."""
        return self.shown_keys or self.keys.replace(",", " ")


COMMANDS = (
    Command(
        "view_running",
        "1",
        "Running",
        "Jobs that have not ended",
        "Views",
        action="view('running')",
    ),
    Command("view_all", "2", "All", "All jobs, the newest first", "Views", action="view('all')"),
    Command(
        "view_failed", "3", "Failed", "Jobs that ended in error", "Views", action="view('failed')"
    ),
    Command("dates", "d", "Dates", "Search by start date", "Search", footer=True),
    Command(
        "filter",
        "slash",
        "Filter",
        "Filter by text in id, type, user and message",
        "Search",
        True,
        "/",
    ),
    Command("help", "question_mark", "Help", "Show all keys", "General", True, "?"),
    Command("quit", "q", "Quit", "Leave the monitor", "General", footer=True),
    Command("sort", "s", "Sort", "Sort by the next column", "Search", footer=True),
    Command(
        "copy_id", "y", "Copy id", "Copy the id of the job to the clipboard", "Job", footer=True
    ),
    Command(
        "pause", "space", "Pause", "Hold the screen still, or let it go on", "Log", True, "space"
    ),
    Command("zone", "z", "Zone", "Show times in the next zone: local, UTC", "Log", footer=True),
    Command(
        "open",
        "enter",
        "Open",
        "Show the job in the whole window; in a body: fold",
        "Job",
        False,
        "⏎",
        "nothing",
    ),
    Command("refresh", "r", "Refresh", "Read the log now", "Log"),
    Command(
        "back",
        "escape",
        "Back",
        "Undo one: overlay, window, input, filter, range",
        "General",
        False,
        "esc",
    ),
    Command("palette", "ctrl+p", "Palette", "Find a command by name", "General", False, "^p"),
)

# What the focused widget does with keys; shown in the help beside the commands.
TABLE_KEYS = (
    ("↑ ↓  j k", "The job above, below"),
    ("PgUp PgDn", "A screen up, down"),
    ("g G  Home End", "The first, the last job"),
    ("Tab", "From the table to the detail, and back"),
    ("← →", "The tab of the detail before, behind"),
)


def bindings() -> Iterator[Binding]:
    """Return the bindings of the monitor's screen."""
    for command in COMMANDS:
        if command.action == "nothing":
            continue
        yield Binding(
            command.keys,
            command.action or command.id,
            command.label,
            show=command.footer,
            key_display=command.keys_shown,
            tooltip=command.help,
            id=command.id,
        )


def groups() -> Iterator[tuple[str, list[Command]]]:
    """Return the commands by group, in their order."""
    for name in dict.fromkeys(command.group for command in COMMANDS):
        yield name, [command for command in COMMANDS if command.group == name]
