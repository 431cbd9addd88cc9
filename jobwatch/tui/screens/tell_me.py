"""TellMe: what the user is to be told of, on which event, and how."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, View
from jobwatch.model.ranges import describe_within
from jobwatch.model.row import JobRow
from jobwatch.model.telling import Event, Target, Watch, Ways, job_name, watchable
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, Zone
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.user_commands import words_of
from jobwatch.tui.widgets.eager_input import EagerInput
from jobwatch.tui.widgets.ordered_list import OrderedList

__all__ = ["Decision", "TellMe"]

LABEL = 9
"""Columns of what stands in front of the choices."""
AT_FIRST = Ways()


class Decision(NamedTuple):
    """A watch to begin, or to take the place of that of its target; or to `stop`."""

    watch: Watch
    stop: bool = False


class _Way(StrEnum):
    BELL = "bell"
    DESKTOP = "desktop"
    COMMAND = "command"


class _Choice(NamedTuple):
    value: Target | Event | _Way
    label: str
    hint: str = ""


class TellMe(Dialog[Decision]):
    """Asks about a job, None if there is none that goes on, or the view of a query.

    `watches` is what is watched already: that can be changed or stopped. `ways` are chosen at
    first; `command` is the one that was used last, for where they have none. None is the result
    where the user thought better of it.
    """

    CSS_PATH = "../styles/tell_me.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", priority=True),
        Binding("enter", "accept", "Accept", priority=True),
        Binding("space", "choose", "Choose", priority=True),
        Binding("x", "stop", "Stop", priority=True),
    ]

    def __init__(
        self,
        job: JobRow | None,
        query: JobQuery,
        *,
        watches: Iterable[Watch],
        ways: Ways = AT_FIRST,
        command: str,
        zone: Zone,
    ) -> None:
        super().__init__()
        self._watches = {watch.target: watch for watch in watches}
        self._at_first = _at_first(query)
        self._targets = _targets(job, query, self._watches, zone)
        self._target = self._targets[0].value
        self._event = Event.ENDED
        self._ways_at_first = ways
        self._ways: set[_Way] = set()
        self._list = OrderedList()
        self._command = ways.command or command
        self._take_up()
        self._input = EagerInput(
            self._command, compact=True, placeholder="notify-send Jobs", select_on_focus=False
        )
        self._remark = Static(id="remark", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the choices, below them the command and what is to say of it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Tell me"
            yield self._list
            with Horizontal(id="command"):
                yield Static("Command", classes="label", markup=False)
                yield self._input
            yield self._remark
            yield Static(
                "Space chooses · Tab to the command, which gets the records as JSON",
                id="keys",
                markup=False,
            )

    def on_mount(self) -> None:
        """Show the choice to begin with."""
        self._show(0)
        self._list.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key counts: in the input, space and letters are text."""
        return action not in ("choose", "stop") or self.focused is not self._input

    def action_choose(self) -> None:
        """Choose what is under the cursor, or no longer."""
        self._choose(self._list.cursor)

    async def action_accept(self) -> None:
        """Return what is to be watched, unless something is missing."""
        if self.focused is self._input:
            await self._input.caught_up()
            self._typed()
        reason = self._wrong()
        if reason:
            self._say(reason)
        else:
            self.dismiss(Decision(self._watch()))

    def action_stop(self) -> None:
        """Watch it no longer."""
        watched = self._watches.get(self._target)
        if watched is not None:
            self.dismiss(Decision(watched, stop=True))

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        self._choose(message.option_index)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Use the command as soon as one is typed."""
        if self._input.value != self._command:
            self._command = self._input.value
            typed = bool(self._command.strip())
            self._ways = self._ways | {_Way.COMMAND} if typed else self._ways - {_Way.COMMAND}
            self._show(self._list.cursor)

    def _choose(self, place: int) -> None:
        value = self._choices[place].value
        if isinstance(value, Event):
            self._event = value
        elif isinstance(value, _Way):
            self._ways ^= {value}
            if value is _Way.COMMAND and value in self._ways:
                self._input.focus()
        elif value != self._target:
            self._target = value
            self._take_up()
            self._input.value = self._command
        self._show(place)

    def _take_up(self) -> None:
        """Begin with what is watched already, else with what the user wants at first."""
        watched = self._watches.get(self._target)
        if watched is None:
            is_job = isinstance(self._target, str)
            self._event = Event.ENDED if is_job else self._at_first
            ways = self._ways_at_first
        else:
            self._event, ways = watched.event, watched.ways
            self._command = ways.command or self._command
        chosen = zip(_Way, (ways.bell, ways.desktop, bool(ways.command)), strict=True)
        self._ways = {way for way, is_chosen in chosen if is_chosen}

    def _wrong(self) -> str:
        """Return why it can't be accepted, nothing if it can."""
        if not self._ways:
            return "Choose how you are told, or cancel."
        if _Way.COMMAND in self._ways:
            try:
                words_of(self._input.value)
            except ValueError as error:
                return f"There is {error}."
        return ""

    def _watch(self) -> Watch:
        command = self._input.value.strip() if _Way.COMMAND in self._ways else ""
        ways = Ways(_Way.BELL in self._ways, _Way.DESKTOP in self._ways, command)
        return Watch(self._target, self._event, ways)

    @property
    def _choices(self) -> list[_Choice]:
        return [*self._targets, *_EVENTS, *_WAYS]

    def _show(self, cursor: int) -> None:
        watched = self._target in self._watches
        keys = "Enter changes · x stops" if watched else "Enter watches"
        self.query_one("#dialog").border_subtitle = f"{keys} · Esc cancels"
        self._list.fill(self._lines(), cursor)
        self._say("")

    def _lines(self) -> list[Content]:
        groups = {"What": self._targets, "When": _EVENTS, "How": _WAYS}
        return [
            self._line(name if choice is choices[0] else "", choice)
            for name, choices in groups.items()
            for choice in choices
        ]

    def _line(self, group: str, choice: _Choice) -> Content:
        value = choice.value
        if isinstance(value, _Way):
            chosen, marks = value in self._ways, "✓ "
        else:
            chosen, marks = value in (self._target, self._event), "●○"
        watched = "♪ " if value in self._watches else ""
        return Content.assemble(
            (f"{group:<{LABEL}}", "$text-muted"),
            f"{marks[0] if chosen else marks[1]} ",
            (f"{choice.label:<16}", "bold" if chosen else ""),
            (watched + choice.hint, "$text-muted"),
        )

    def _say(self, remark: str) -> None:
        self._remark.update(Content(one_line(remark)))


_EVENTS = (
    _Choice(Event.ENDED, "it ends", "whatever comes of it"),
    _Choice(Event.FAILED, "it fails", "or is lost"),
)
_WAYS = (
    _Choice(_Way.BELL, "bell", "of the terminal"),
    _Choice(_Way.DESKTOP, "desktop notice", "where the terminal knows it: OSC 9, OSC 777"),
    _Choice(_Way.COMMAND, "command", "of yours, no shell"),
)


def _targets(
    job: JobRow | None, query: JobQuery, watched: Iterable[Target], zone: Zone
) -> list[_Choice]:
    """Return what is on screen, then what else is watched already."""
    choices = [_Choice(watchable(query), "this view", f"any job {_of_view(query, zone)}")]
    if job is not None and job.outcome is Outcome.PENDING:
        here = _Choice(job.id, "this job", f"{job_name(job)} · {one_line(job.id)}")
        choices.insert(0, here)
    shown = [choice.value for choice in choices]
    for target in watched:
        if target not in shown:
            hint = one_line(target) if isinstance(target, str) else _of_view(target, zone)
            choices.append(_Choice(target, "a job" if isinstance(target, str) else "a view", hint))
    return choices


def _of_view(query: JobQuery, zone: Zone) -> str:
    """Return of which jobs a watch on the view tells; whether they run now is no part of it."""
    parts = [one_line(query.text), "" if query.node is None else f"of {one_line(query.node)}"]
    if query.range != ALWAYS:
        parts.append(describe_within(query.range, query.within, zone))
    return "".join(f"· {part} " for part in parts if part).rstrip() or "of the log"


def _at_first(query: JobQuery) -> Event:
    return Event.ENDED if query.view in (View.RUNNING, View.ALL) else Event.FAILED
