"""The monitor's commands: from here come its bindings, its footer, its help and its palette."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding

__all__ = [
    "COMMANDS",
    "KEYS",
    "MOVES",
    "OF_JOBS",
    "TABLE_KEYS",
    "WRITING",
    "Command",
    "bindings",
    "groups",
    "shown_keys",
    "typed",
]

_UNTYPED = re.compile(r"ctrl\+.*|.*\bf\d+|escape|enter")
"""The keys that an input doesn't take as text."""


GROUPS = ("Views", "Search", "Job", "Time", "Log", "General")
"""In their order in the help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that a user can do; its action is one of the monitor's screen."""

    id: str
    key: str
    """Its key by Textual's name; several have commas between them."""
    shown: str
    """The key as a person reads it."""
    label: str
    help: str
    group: str
    """One of `GROUPS`."""
    action: str
    footer: bool = False
    told: str = ""
    """The keys as the help tells them, where one line is for several commands."""
    beside: tuple[str, ...] = ()
    """The other commands of that line."""
    in_help: bool = True
    """Whether the help has a line for it: not where that of another tells of it."""
    palette: bool = True
    """Whether it can be found by name: not what depends on where the focus is."""
    writes: bool = False
    """Whether it writes or runs something: not in a monitor that is read-only."""

    @property
    def name(self) -> str:
        """The name of its action."""
        return self.action.partition("(")[0]

    @property
    def is_typed(self) -> bool:
        """Return whether an input takes one of its keys as text."""
        return not all(map(_UNTYPED.fullmatch, self.key.split(",")))


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
        help="Jobs that failed, or that their node lost",
        group="Views",
        action="view('failed')",
    ),
    Command(
        id="view_errors",
        key="4",
        shown="4",
        label="Errors by kind",
        help="What failed, by what it said; Enter shows the jobs",
        group="Views",
        action="view('errors')",
    ),
    Command(
        id="view_attention",
        key="5",
        shown="5",
        label="Attention",
        help="Failed, partial, overdue and lost; what is new",
        group="Views",
        action="view('attention')",
    ),
    Command(
        id="saved_6",
        key="6",
        shown="6",
        label="Saved view 6",
        help="The views that were saved",
        group="Views",
        action="saved_view(6)",
        palette=False,
        told="6 … 9",
        beside=("saved_7", "saved_8", "saved_9"),
    ),
    Command(
        id="saved_7",
        key="7",
        shown="7",
        label="Saved view 7",
        help="The views that were saved",
        group="Views",
        action="saved_view(7)",
        palette=False,
        in_help=False,
    ),
    Command(
        id="saved_8",
        key="8",
        shown="8",
        label="Saved view 8",
        help="The views that were saved",
        group="Views",
        action="saved_view(8)",
        palette=False,
        in_help=False,
    ),
    Command(
        id="saved_9",
        key="9",
        shown="9",
        label="Saved view 9",
        help="The views that were saved",
        group="Views",
        action="saved_view(9)",
        palette=False,
        in_help=False,
    ),
    Command(
        id="save_view",
        key="v",
        shown="v",
        label="Save view",
        help="Save query, order and columns under a name",
        group="Views",
        action="save_view",
        writes=True,
    ),
    Command(
        id="saved_views",
        key="V",
        shown="V",
        label="Saved views",
        help="Rename, move or delete saved views",
        group="Views",
        action="saved_views",
        writes=True,
    ),
    Command(
        id="columns",
        key="c",
        shown="c",
        label="Columns",
        help="Choose the columns and their order",
        group="Views",
        action="columns",
    ),
    Command(
        id="dates",
        key="d",
        shown="d",
        label="Dates",
        help="Search by date: started, or running then",
        group="Search",
        action="dates",
        footer=True,
    ),
    Command(
        id="filter",
        key="slash",
        shown="/",
        label="Filter",
        help="Find: words, status:error type:csv_* since:2d",
        group="Search",
        action="filter",
        footer=True,
    ),
    Command(
        id="node",
        key="n",
        shown="n",
        label="Node",
        help="Jobs of the next node; in a find: the next place",
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
    ),
    Command(
        id="copy_menu",
        key="Y",
        shown="Y",
        label="Copy …",
        help="Copy row, message, body, record; the view as command",
        group="Job",
        action="copy_menu",
    ),
    Command(
        id="mark",
        key="m",
        shown="m",
        label="Mark",
        help="Mark the job to copy or export; unmark all",
        group="Job",
        action="mark",
        told="m  M",
        beside=("unmark",),
    ),
    Command(
        id="unmark",
        key="M",
        shown="M",
        label="Unmark all",
        help="Mark the job to copy or export; unmark all",
        group="Job",
        action="unmark",
        in_help=False,
    ),
    Command(
        id="overlaps",
        key="o",
        shown="o",
        label="Overlaps",
        help="What else ran while the job did",
        group="Job",
        action="overlaps",
        footer=True,
    ),
    Command(
        id="unseen",
        key="u",
        shown="u",
        label="Next unseen",
        help="The next unseen job that needs attention",
        group="Job",
        action="unseen",
    ),
    Command(
        id="acknowledge",
        key="a",
        shown="a",
        label="Acknowledge",
        help="Write a note: it is known",
        group="Job",
        action="acknowledge",
        writes=True,
    ),
    Command(
        id="tell_me",
        key="b",
        shown="b",
        label="Tell me",
        help="A bell, notice or command when it ends or fails",
        group="Job",
        action="tell_me",
        writes=True,
    ),
    Command(
        id="export",
        key="e",
        shown="e",
        label="Export",
        help="Write the marked jobs, or all found, to a file",
        group="Job",
        action="export",
        footer=True,
        writes=True,
    ),
    Command(
        id="find",
        key="ctrl+f",
        shown="^f",
        label="Find",
        help="Find text in the detail; next place, the one before",
        group="Job",
        action="find",
        told="^f  n N",
        beside=("node", "find_previous"),
    ),
    Command(
        id="find_previous",
        key="N",
        shown="N",
        label="Find before",
        help="Find text in the detail; next place, the one before",
        group="Job",
        action="find_previous",
        palette=False,
        in_help=False,
    ),
    Command(
        id="wrap",
        key="w",
        shown="w",
        label="Wrap",
        help="Wrap long lines of the detail, or let them run on",
        group="Job",
        action="wrap",
    ),
    Command(
        id="as_of",
        key="t",
        shown="t",
        label="As of",
        help="The log as it stood at an instant",
        group="Time",
        action="as_of",
        footer=True,
    ),
    Command(
        id="minute_back",
        key="comma",
        shown=",",
        label="A minute back",
        help="The log a minute earlier, later",
        group="Time",
        action="step('minute', -1)",
        told=", .",
        beside=("minute_on",),
    ),
    Command(
        id="minute_on",
        key="full_stop",
        shown=".",
        label="A minute on",
        help="The log a minute earlier, later",
        group="Time",
        action="step('minute', 1)",
        in_help=False,
    ),
    Command(
        id="hour_back",
        key="less_than_sign",
        shown="<",
        label="An hour back",
        help="The log an hour earlier, later",
        group="Time",
        action="step('hour', -1)",
        told="< >",
        beside=("hour_on",),
    ),
    Command(
        id="hour_on",
        key="greater_than_sign",
        shown=">",
        label="An hour on",
        help="The log an hour earlier, later",
        group="Time",
        action="step('hour', 1)",
        in_help=False,
    ),
    Command(
        id="day_back",
        key="left_curly_bracket",
        shown="{",
        label="A day back",
        help="The log a day earlier, later",
        group="Time",
        action="step('day', -1)",
        told="{ }",
        beside=("day_on",),
    ),
    Command(
        id="day_on",
        key="right_curly_bracket",
        shown="}",
        label="A day on",
        help="The log a day earlier, later",
        group="Time",
        action="step('day', 1)",
        in_help=False,
    ),
    Command(
        id="event_back",
        key="left_square_bracket",
        shown="[",
        label="An event back",
        help="The log at the start or end before, behind",
        group="Time",
        action="event(-1)",
        told="[ ]",
        beside=("event_on",),
    ),
    Command(
        id="event_on",
        key="right_square_bracket",
        shown="]",
        label="An event on",
        help="The log at the start or end before, behind",
        group="Time",
        action="event(1)",
        in_help=False,
    ),
    Command(
        id="zone",
        key="z",
        shown="z",
        label="Zone",
        help="The next zone: local, UTC, the one picked last",
        group="Time",
        action="zone",
    ),
    Command(
        id="pick_zone",
        key="Z",
        shown="Z",
        label="Pick zone",
        help="Show times in any zone, by its name",
        group="Time",
        action="pick_zone",
    ),
    Command(
        id="statistics",
        key="S",
        shown="S",
        label="Statistics",
        help="Count, errors, lengths by type, user, node, day",
        group="Log",
        action="statistics",
    ),
    Command(
        id="doctor",
        key="D",
        shown="D",
        label="Doctor",
        help="Check the log, and the records in it",
        group="Log",
        action="doctor",
    ),
    Command(
        id="pause",
        key="space",
        shown="space",
        label="Pause",
        help="Hold the screen still, or let it go on",
        group="Log",
        action="pause",
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
        help="Undo one: overlay, find, window, filter, range, as of",
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

WRITING = frozenset(command.name for command in COMMANDS if command.writes)
"""The actions that a monitor that is read-only doesn't have."""

OF_JOBS = frozenset(
    command.name
    for command in COMMANDS
    if command.group == "Job" and command.name not in ("unseen", "export", "tell_me")
) | {"sort", "columns"}
"""The actions that mean the job under the cursor, or the order of jobs."""

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
    ("← →", "The next tab: message, body, record, output"),
    ("G", "The end of the detail; follows an output there"),
    ("h l", "Sideways, where lines of the detail run on"),
    ("Tab ↑ ↓", "In the query bar: complete, choose; the history"),
)


def bindings(commands: Iterable[Command]) -> Iterator[Binding]:
    """Return the bindings of the monitor's screen.

    All have priority, like those of its widgets: Textual looks at such a key before it hands the
    next one to whatever has the focus, so that keys count in the order in which they were typed.
    """
    for command in commands:
        yield Binding(
            command.key,
            command.action,
            command.label,
            show=command.footer,
            key_display=command.shown.partition(" ")[0],
            tooltip=command.help,
            priority=True,
        )


def groups(commands: Iterable[Command]) -> Iterator[tuple[str, list[Command]]]:
    """Return those commands that the help tells of, by group and in their order."""
    commands = tuple(commands)
    for name in GROUPS:
        yield name, [one for one in commands if one.group == name and one.in_help]


def shown_keys(commands: Iterable[Command]) -> Mapping[str, str]:
    """Return the key of each command by its id, as a person reads it; the first of several."""
    return {command.id: command.shown.partition(" ")[0] for command in commands}


KEYS = shown_keys(COMMANDS)
"""The keys that commands have of themselves."""


def typed(commands: Iterable[Command]) -> frozenset[str]:
    """Return the actions that a key of theirs doesn't do while an input has the focus: it is text.

    Textual asks for an action, not for a key: of several keys one that is text decides for all.
    """
    return frozenset(command.name for command in commands if command.is_typed)
