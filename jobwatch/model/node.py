"""A HarperDB node as its mirror last knew it, and how that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from jobwatch.model.days import day_of
from jobwatch.model.durations import duration
from jobwatch.model.row import StateMark
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, moment

__all__ = [
    "HEARTBEAT",
    "SKEW_SHOWN",
    "Node",
    "NodeState",
    "Origin",
    "node_facts",
    "node_mark",
    "short_names",
]

HEARTBEAT = 15_000
"""How often, in ms, a mirror says that what it knows still holds."""

SILENT_AFTER = 3 * HEARTBEAT
SKEW_SHOWN = 2_000
"""By how many ms a node's clock is ahead or behind before that is said."""


class NodeState(StrEnum):
    """Whether a node answers."""

    LIVE = "live"
    REFUSED = "refused"
    FAILING = "failing"
    UNAUTHORISED = "not authorised"
    STOPPED = "not watched"


class Origin(NamedTuple):
    """Where a job is from; `lost_since` (ms) is when its node restarted, if that lost the job."""

    node: str = ""
    lost_since: int | None = None


class Node(Struct, frozen=True, kw_only=True):
    """One node, its state, and how much of its jobs the log has; times in epoch ms.

    `checked_at` and `retry_at` are by the log's clock; `process_started`, `loaded_from` and
    `seen_until` by the node's own, which is `skew` ahead of the log's.
    """

    name: str
    url: str = ""
    state: NodeState = NodeState.STOPPED
    reason: str = ""
    """Why it doesn't answer, or what of its jobs can't be seen; one line for a person."""
    checked_at: int | None = None
    retry_at: int | None = None
    skew: int | None = None
    process_started: int | None = None
    loading: bool = False
    """Whether older jobs are still being brought."""
    loaded_from: int | None = None
    """The log has all jobs that started from here on, None if it has none yet."""
    seen_until: float | None = None
    """...and all that has happened to them up to here."""

    def replace(self, **changes: object) -> Node:
        """Return a copy with the given fields changed."""
        return replace(self, **changes)

    def is_watched(self, now: int) -> bool:
        """Return whether a mirror follows the node, by what it last said."""
        if self.state is NodeState.STOPPED or self.checked_at is None:
            return False
        return now - max(self.checked_at, self.retry_at or 0) < SILENT_AFTER


_PARTS = re.compile(r"(?<=[.:/])|(?=[.:/])")

_MARKS = {
    NodeState.LIVE: StateMark("●", "live", "complete"),
    NodeState.REFUSED: StateMark("✗", "refused", "error"),
    NodeState.FAILING: StateMark("✗", "failing", "error"),
    NodeState.UNAUTHORISED: StateMark("✗", "not authorised", "error"),
    NodeState.STOPPED: StateMark("○", "not watched", "created"),
}


def node_mark(node: Node, now: int) -> StateMark:
    """Return how a node's state is shown."""
    return _MARKS[node.state if node.is_watched(now) else NodeState.STOPPED]


def node_facts(node: Node, now: int, zone: Zone) -> list[str]:
    """Return what goes with the state: why, until when, and what to keep in mind."""
    if not node.is_watched(now):
        seen = node.checked_at
        return [] if seen is None else [f"since {moment(seen, now, zone)}"]
    facts = []
    if node.retry_at is not None:
        facts.append(f"retrying in {max(-(-(node.retry_at - now) // 1000), 0)} s")
    if node.reason:
        facts.append(one_line(node.reason))
    if node.state is NodeState.LIVE and node.loading:
        reached = node.loaded_from
        facts.append("history" + ("" if reached is None else f" back to {day_of(reached, zone)}"))
    if node.skew is not None and abs(node.skew) > SKEW_SHOWN:
        facts.append(f"clock {duration(abs(node.skew))} {'ahead' if node.skew > 0 else 'behind'}")
    return facts


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return of each name what tells it from the others, without the ends that all have alike.

    The parts of a name lie between its dots and colons.
    """
    parts = [_PARTS.split(name) for name in names]
    shortest = min(map(len, parts), default=0) - 1
    first = next((n for n in range(shortest) if len({p[n] for p in parts}) > 1), shortest)
    left = shortest - first
    last = next((n for n in range(left) if len({p[-1 - n] for p in parts}) > 1), left)
    return {name: "".join(p[first : len(p) - last]) for name, p in zip(names, parts, strict=True)}
