"""The settings that the top hands down; nobody below reads a file or the environment for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force for one run.

    `store` is the log's file; `store_was_named` tells whether the user named it, so that a slip of
    the pen is an error and not a new log.
    """

    store: Path
    store_was_named: bool = False
