"""What is asked of the log step by step, apart from who runs the steps.

A function that returns `Steps` is a generator: it yields a statement, is sent the rows that came of
it, and returns its result. The same steps run on aiosqlite and on sqlite3.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

__all__ = ["Many", "One", "Parameters", "Read", "Reading", "Rows", "Steps", "Write"]

Rows: TypeAlias = Sequence[Sequence[Any]]
Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""What goes into a statement, by place or by name."""

Result = TypeVar("Result")


class One(NamedTuple):
    """A statement to run once."""

    sql: str
    parameters: Parameters = ()


class Many(NamedTuple):
    """A statement to run for each row of parameters; it answers nothing."""

    sql: str
    rows: Sequence[Sequence[Any]]


Steps: TypeAlias = Generator[One | Many, Rows, Result]

Reading: TypeAlias = Generator[One, Rows, Result]
"""Steps that write nothing."""


class Read(Protocol):
    """Runs steps that read a log, and returns their result."""

    def __call__(self, steps: Reading[Result], /) -> Result:
        """Run them, each for itself."""


class Write(Protocol):
    """Runs steps on a log, and returns their result."""

    def __call__(self, steps: Steps[Result], /) -> Result:
        """Run them in one transaction."""
