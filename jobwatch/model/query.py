"""What a reader asks of the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jobwatch.model.condition import EVERY, Condition
from jobwatch.model.when import ALWAYS, TimeRange

__all__ = ["JobQuery", "Sort", "SortKey", "View", "Within"]


class View(StrEnum):
    """The states of a job that a view of the monitor shows."""

    RUNNING = "running"
    ALL = "all"
    FAILED = "failed"


class Within(StrEnum):
    """What of a job lies in a range of time."""

    STARTED = "started"
    """Its start."""
    RUNNING = "running"
    """Any moment of its run, or its start."""


class SortKey(StrEnum):
    """What a result can be ordered by."""

    STARTED = "started"
    DURATION = "duration"
    STATUS = "status"
    TYPE = "type"
    USER = "user"
    NODE = "node"
    MESSAGE = "message"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of jobs; those that are equal in `key` stay in order of start."""

    key: SortKey = SortKey.STARTED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs, in which order: all conditions must hold.

    `range` bounds the time that orders jobs (their start), or with `within` that of their run;
    `node` is the name of one node. `where` is the meaning of `text`, which is kept as it was
    written, to be shown. `as_of` (ms) asks for the log as it stood then.
    """

    view: View = View.ALL
    range: TimeRange = ALWAYS
    within: Within = Within.STARTED
    text: str = ""
    where: Condition = EVERY
    node: str | None = None
    sort: Sort = Sort()
    as_of: int | None = None
