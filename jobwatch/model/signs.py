"""Signs: what is known of jobs that go on, beside their records."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from jobwatch.model.insight import Sign, Usual, is_beyond, is_late
from jobwatch.model.job import Json, Time

__all__ = ["NO_SIGNS", "Run", "Signs"]


class Run(Protocol):
    """What tells the sign of a job; `JobRow` is one."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def type(self) -> Json: ...  # noqa: D102
    @property
    def user(self) -> Json: ...  # noqa: D102
    @property
    def node(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> Time: ...  # noqa: D102
    @property
    def running(self) -> bool: ...  # noqa: D102


class Signs(NamedTuple):
    """What is usual by type and user (or by type and "" for all users), and what is gone, by id.

    `skews` has by how many ms the clock of a node, by its name, is ahead of the log's.
    """

    usual: Mapping[tuple[str, str], Usual] = MappingProxyType({})
    gone: frozenset[str] = frozenset()
    skews: Mapping[str, int] = MappingProxyType({})

    def usual_of(self, type: Json, user: Json) -> Usual | None:
        """Return what is usual for a type and user, None where nothing can be said."""
        if not isinstance(type, str):
            return None
        own = self.usual.get((type, user)) if isinstance(user, str) else None
        return own or self.usual.get((type, ""))

    def taken(self, run: Run, now: int) -> float | None:
        """Return for how long (ms) a job has run by `now`, None where it doesn't, or none can tell.

        Its start is by the clock of its node.
        """
        if not run.running or not isinstance(run.start, int | float):
            return None
        return now + self.skews.get(run.node, 0) - run.start

    def of(self, run: Run, now: int) -> Sign | None:
        """Return the sign of a job at an instant (ms); None where it is over, or all is well."""
        if not run.running:
            return None
        if run.id in self.gone:
            return Sign.GONE
        usual, taken = self.usual_of(run.type, run.user), self.taken(run, now)
        if usual is None or taken is None:
            return None
        if is_beyond(taken, usual):
            return Sign.BEYOND
        return Sign.OVERDUE if is_late(taken, usual) else None


NO_SIGNS = Signs()
