"""What a reader asks of the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jobwatch.model.condition import EVERY, Condition
from jobwatch.model.when import ALWAYS, TimeRange

__all__ = ["JobQuery", "Sort", "SortKey", "View"]


class View(StrEnum):
    """The states of a job that a view of the monitor shows."""

    RUNNING = "running"
    ALL = "all"
    FAILED = "failed"


class SortKey(StrEnum):
    """What a result can be ordered by."""

    STARTED = "started"
    DURATION = "duration"
    STATUS = "status"
    TYPE = "type"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of jobs; those that are equal in `key` stay in order of start."""

    key: SortKey = SortKey.STARTED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs, in which order: all conditions must hold.

    `range` bounds the time that orders jobs (their start); `node` is the name of one node. `where`
    is the meaning of `text`, which is kept as it was written, to be shown.
    """

    view: View = View.ALL
    range: TimeRange = ALWAYS
    text: str = ""
    where: Condition = EVERY
    node: str | None = None
    sort: Sort = Sort()
