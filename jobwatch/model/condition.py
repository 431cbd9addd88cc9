"""Conditions on jobs, as a tree: what a query asks for, apart from how it is written or found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from jobwatch.model.job import Outcome
from jobwatch.model.when import TimeRange

__all__ = [
    "EVERY",
    "FAILED",
    "And",
    "Comparison",
    "Condition",
    "Ended",
    "Field",
    "Has",
    "Matches",
    "Measure",
    "Measures",
    "Mentions",
    "Not",
    "Or",
    "Pattern",
    "Ran",
    "Started",
    "all_of",
    "conjuncts",
    "leaves",
]


class Field(StrEnum):
    """A text of a job that can be asked for, by its name in a query."""

    STATUS = "status"
    TYPE = "type"
    USER = "user"
    NODE = "node"
    ID = "id"
    MESSAGE = "msg"
    BODY = "body"


class Measure(StrEnum):
    """A length of time of a job, by its name in a query."""

    DURATION = "dur"
    """From start to end, or until now."""
    WAIT = "wait"
    """From creation to start, or until now."""


class Comparison(StrEnum):
    """How a measure is compared."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


class Pattern(Struct, frozen=True):
    """A whole text, whatever its ASCII case, as its pieces with any text between each two.

    ``("csv_", "")`` is what begins with ``csv_``, ``("", "s3", "")`` what contains ``s3``.
    """

    pieces: tuple[str, ...]

    @classmethod
    def containing(cls, text: str) -> Pattern:
        """Return the pattern of what has the text anywhere in it."""
        return cls(("", text, ""))


class Matches(Struct, frozen=True):
    """A field of the job is of the pattern."""

    field: Field
    pattern: Pattern


class Mentions(Struct, frozen=True):
    """The id, the type, the user or the message of the job is of the pattern."""

    pattern: Pattern


class Measures(Struct, frozen=True):
    """A length of time compares so with that many milliseconds."""

    measure: Measure
    comparison: Comparison
    than: int


class Started(Struct, frozen=True):
    """The time that orders the job (its start) is within the range."""

    range: TimeRange


class Ran(Struct, frozen=True):
    """The job went on at any moment of the range, or started in it."""

    range: TimeRange


class Ended(Struct, frozen=True):
    """The job came to its end, or was lost, within the range."""

    range: TimeRange


class Has(Struct, frozen=True):
    """What came of the job is one of these."""

    outcomes: frozenset[Outcome]


class Not(Struct, frozen=True):
    """The condition does not hold."""

    of: Condition


class And(Struct, frozen=True):
    """All hold; of none, every job."""

    of: tuple[Condition, ...] = ()


class Or(Struct, frozen=True):
    """One at least holds."""

    of: tuple[Condition, ...]


Condition: TypeAlias = Matches | Mentions | Measures | Started | Ran | Ended | Has | Not | And | Or

EVERY = And()
"""What every job fulfils."""

FAILED = Has(frozenset({Outcome.FAILED, Outcome.LOST}))
"""What the jobs fulfil that ended in error, or were lost."""


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all of them hold, as flat as it can be."""
    parts = tuple(part for condition in conditions for part in conjuncts(condition))
    return parts[0] if len(parts) == 1 else And(parts)


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """Return the conditions of which all must hold."""
    if isinstance(condition, And):
        for part in condition.of:
            yield from conjuncts(part)
    else:
        yield condition


def leaves(condition: Condition) -> Iterator[Condition]:
    """Return the conditions of which this one is made."""
    if isinstance(condition, And | Or):
        for part in condition.of:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.of)
    else:
        yield condition
