"""The monitor's commands: from here come its bindings, its footer, its help and its palette."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding

__all__ = ["COMMANDS", "MOVES", "TABLE_KEYS", "TYPED", "Command", "bindings", "groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that a user can do; its action is one of the monitor's screen."""

    id: str
    key: str
    shown: str
    """The key as a person reads it."""
    label: str
    help: str
    group: str
    action: str
    footer: bool = False
    palette: bool = True
    """Whether it can be found by name: not what depends on where the focus is."""

    @property
    def is_typed(self) -> bool:
        """Return whether an input takes the key as text."""
        return not self.key.startswith("ctrl+") and self.key not in ("escape", "enter")


COMMANDS = (
    Command(
        id="view_running",
        key="1",
        shown="1",
        label="Running",
        help="Jobs that have not ended",
        group="Views",
        action="view('running')",
    ),
    Command(
        id="view_all",
        key="2",
        shown="2",
        label="All",
        help="All jobs, the newest first",
        group="Views",
        action="view('all')",
    ),
    Command(
        id="view_failed",
        key="3",
        shown="3",
        label="Failed",
        help="Jobs that ended in error, or were lost",
        group="Views",
        action="view('failed')",
    ),
    Command(
        id="dates",
        key="d",
        shown="d",
        label="Dates",
        help="Search by start date",
        group="Search",
        action="dates",
        footer=True,
    ),
    Command(
        id="filter",
        key="slash",
        shown="/",
        label="Filter",
        help="Find: words, status:error type:csv_* dur>5m since:2d",
        group="Search",
        action="filter",
        footer=True,
    ),
    Command(
        id="node",
        key="n",
        shown="n",
        label="Node",
        help="Jobs of the next node alone, then of all",
        group="Search",
        action="node",
    ),
    Command(
        id="help",
        key="question_mark",
        shown="?",
        label="Help",
        help="Show all keys",
        group="General",
        action="help",
        footer=True,
    ),
    Command(
        id="quit",
        key="q",
        shown="q",
        label="Quit",
        help="Leave the monitor",
        group="General",
        action="quit",
        footer=True,
    ),
    Command(
        id="open",
        key="enter",
        shown="⏎",
        label="Open",
        help="Show the job in the whole window; in a body: fold",
        group="Job",
        action="open",
        palette=False,
    ),
    Command(
        id="sort",
        key="s",
        shown="s",
        label="Sort",
        help="Sort by the next column",
        group="Search",
        action="sort",
        footer=True,
    ),
    Command(
        id="copy_id",
        key="y",
        shown="y",
        label="Copy id",
        help="Copy the id of the job to the clipboard",
        group="Job",
        action="copy_id",
        footer=True,
    ),
    Command(
        id="pause",
        key="space",
        shown="space",
        label="Pause",
        help="Hold the screen still, or let it go on",
        group="Log",
        action="pause",
        footer=True,
    ),
    Command(
        id="zone",
        key="z",
        shown="z",
        label="Zone",
        help="Show times in the next zone: local, UTC",
        group="Log",
        action="zone",
        footer=True,
    ),
    Command(
        id="refresh",
        key="r",
        shown="r",
        label="Refresh",
        help="Read the log now",
        group="Log",
        action="refresh",
    ),
    Command(
        id="back",
        key="escape",
        shown="esc",
        label="Back",
        help="Undo one: overlay, window, input, filter, range",
        group="General",
        action="back",
        palette=False,
    ),
    Command(
        id="palette",
        key="ctrl+p",
        shown="^p",
        label="Palette",
        help="Find a command by name",
        group="General",
        action="palette",
        palette=False,
    ),
)

TYPED = frozenset(command.action.partition("(")[0] for command in COMMANDS if command.is_typed)
"""The actions whose keys are text while an input has the focus."""

MOVES = (
    Binding("down,j", "cursor_down", "Down", show=False, priority=True),
    Binding("up,k", "cursor_up", "Up", show=False, priority=True),
    Binding("pagedown", "page_down", "Page down", show=False, priority=True),
    Binding("pageup", "page_up", "Page up", show=False, priority=True),
    Binding("home,g", "top", "First", show=False, priority=True),
    Binding("end,G", "bottom", "Last", show=False, priority=True),
)
"""The keys of the widgets that have lines and a cursor."""

# What the focused widget does with keys; shown in the help beside the commands.
TABLE_KEYS = (
    ("↑ ↓  j k", "The job above, below"),
    ("PgUp PgDn", "A screen up, down"),
    ("g G  Home End", "The first, the last job"),
    ("Tab", "From the table to the detail, and back"),
    ("← →", "The tab of the detail before, behind"),
)


def bindings() -> Iterator[Binding]:
    """Return the bindings of the monitor's screen.

    All have priority, like those of its widgets: Textual looks at such a key before it hands the
    next one to whatever has the focus, so that keys count in the order in which they were typed.
    """
    for command in COMMANDS:
        yield Binding(
            command.key,
            command.action,
            command.label,
            show=command.footer,
            key_display=command.shown,
            tooltip=command.help,
            id=command.id,
            priority=True,
        )


def groups() -> Iterator[tuple[str, list[Command]]]:
    """Return the commands by group, in their order."""
    for name in dict.fromkeys(command.group for command in COMMANDS):
        yield name, [command for command in COMMANDS if command.group == name]
