"""The settings that the top hands down; nobody below reads a file or the environment for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

__all__ = ["DEFAULT", "INTERVAL", "Credentials", "Notifications", "Settings", "SettingsError"]

DEFAULT = "default"
"""The source of what nobody has set."""

INTERVAL = "1s"


class SettingsError(Exception):
    """A setting that can't be used; its text is one line that says which, where it is, and why."""


class Notifications(Struct, frozen=True):
    """How a user wants to be told of jobs at first; `command` is one as for a shell, or empty."""

    bell: bool = True
    desktop: bool = True
    command: str = ""


class Settings(Struct, frozen=True):
    """What is in force for one run.

    `store` is the log's file; `store_was_named` tells whether the user named it, so that a slip of
    the pen is an error and not a new log. `state` is the folder of what the monitor remembers, None
    for the user's own. `nodes` are the URLs of those that are mirrored where a command names none.

    `zone` and `interval` are as typed. `theme`, the commands of `keys`, those keys, and `columns`
    are names of the monitor's, which checks them when it opens; `keys` has the commands with other
    keys than their own, and `columns` none where they are automatic.

    `sources` tells by its key, such as ``zone`` or ``keys.quit``, where a value came from: an
    option, a variable, or a file and the line there. An item of a file's array has a source too,
    by its number from 0: ``columns.1``.
    """

    store: Path
    store_was_named: bool = False
    state: Path | None = None
    nodes: tuple[str, ...] = ()
    zone: str = "local"
    interval: str = INTERVAL
    theme: str = "jobwatch"
    keys: Mapping[str, tuple[str, ...]] = {}
    columns: tuple[str, ...] = ()
    notifications: Notifications = Notifications()
    sources: Mapping[str, str] = {}

    def source(self, key: str) -> str:
        """Return where the value of a key came from."""
        return self.sources.get(key, DEFAULT)

    def wrong(self, key: str, reason: object, item: int | None = None) -> SettingsError:
        """Return the error that says why a value, or an item of it, can't be used, and where it is.

        `item` is the item's number, from 0.
        """
        source = self.sources.get(f"{key}.{item}") or self.source(key)
        return SettingsError(f"{source}: {key}: {reason}")


class Credentials(Struct, frozen=True):
    """Who one is to a node, or who may ask this one; the password is in no `repr`."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"
