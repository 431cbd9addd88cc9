"""The settings that the top hands down; nobody below reads a file or the environment for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Credentials", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force for one run.

    `store` is the log's file; `store_was_named` tells whether the user named it, so that a slip of
    the pen is an error and not a new log. `state` is the folder of what the monitor remembers, None
    for the user's own.
    """

    store: Path
    store_was_named: bool = False
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who one is to a node, or who may ask this one; the password is in no `repr`."""

    user: str
    password: str = field(repr=False)
