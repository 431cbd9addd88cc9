"""What of the settings the monitor understands: its look, its keys and its first choices."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from textual.theme import BUILTIN_THEMES

from jobwatch.model.settings import Settings
from jobwatch.model.telling import Ways
from jobwatch.tui.columns import COLUMNS
from jobwatch.tui.commands import COMMANDS, Command
from jobwatch.tui.keymap import KeysError, commands_with
from jobwatch.tui.theme import THEME

__all__ = ["AS_IT_IS", "Configured", "configured"]


class Configured(NamedTuple):
    """What a monitor is opened with; `AS_IT_IS` without settings.

    `columns` are for a log that remembers none, by name; `ways` is how one is told of jobs unless
    something else is chosen.
    """

    theme: str = THEME.name
    commands: tuple[Command, ...] = COMMANDS
    columns: tuple[str, ...] = ()
    ways: Ways = Ways()


AS_IT_IS = Configured()


def configured(settings: Settings) -> Configured:
    """Return what the settings mean to the monitor; `SettingsError` for a name it doesn't know."""
    themes = (THEME.name, *BUILTIN_THEMES)
    if settings.theme not in themes:
        raise settings.wrong("theme", _unknown("theme", settings.theme, themes))
    columns = tuple(column.name for column in COLUMNS)
    for number, name in enumerate(settings.columns):
        if name not in columns:
            raise settings.wrong("columns", _unknown("column", name, columns), number)
    try:
        commands = commands_with(settings.keys) if settings.keys else COMMANDS
    except KeysError as error:
        raise settings.wrong(f"keys.{error.id}", error, error.number) from error
    wanted = settings.notifications
    ways = Ways(wanted.bell, wanted.desktop, wanted.command)
    return Configured(settings.theme, commands, settings.columns, ways)


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no {what} {name!r}; {hint}"
