"""Conditions on jobs, as a tree: what a query asks for, apart from how it is written or found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from jobwatch.model.job import Outcome
from jobwatch.model.when import TimeRange

__all__ = [
    "AMISS",
    "EVERY",
    "FAILED",
    "LOST",
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
    "Shows",
    "Started",
    "Trait",
    "all_of",
    "conjuncts",
    "ended_in",
    "leaves",
    "outcomes_of",
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
    KIND = "kind"
    """What all errors of its kind say."""
    NOTE = "note"
    """What somebody wrote to it."""


class Measure(StrEnum):
    """A number of a job, by its name in a query: milliseconds, records, or records a second."""

    DURATION = "dur"
    """From start to end, or until now."""
    WAIT = "wait"
    """From creation to start, or until now."""
    RECORDS = "records"
    """How many it had to do, where it said so."""
    SHORTFALL = "shortfall"
    """How many of them it did not do."""
    RATE = "rate"
    """How many it did in a second."""

    @property
    def is_length(self) -> bool:
        """Whether it is a length of time."""
        return self in (Measure.DURATION, Measure.WAIT)


class Trait(StrEnum):
    """What a job shows beside what came of it."""

    LATE = "late"
    """It took, or goes on for, longer than 95 % of the last runs of its kind (`insight`)."""
    OVERDUE = "overdue"
    """It goes on, and is late."""
    UNENDING = "unending"
    """It goes on by its record, but its process is gone, or nobody can expect its end."""
    NOTED = "noted"
    """Somebody wrote a note to it."""
    START = "start"
    """Its record has this time, or this value."""
    END = "end"
    CREATED = "created"
    MESSAGE = "message"
    BODY = "body"

    @property
    def depends_on_usual(self) -> bool:
        """Whether it depends on what is usual, or on what goes on beside the records."""
        return self in (Trait.LATE, Trait.OVERDUE, Trait.UNENDING)


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
    """A number of the job compares so with another."""

    measure: Measure
    comparison: Comparison
    than: float


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


class Shows(Struct, frozen=True):
    """The job shows a trait."""

    trait: Trait


class Not(Struct, frozen=True):
    """The condition does not hold."""

    of: Condition


class And(Struct, frozen=True):
    """All hold; of none, every job."""

    of: tuple[Condition, ...] = ()


class Or(Struct, frozen=True):
    """One at least holds."""

    of: tuple[Condition, ...]


Condition: TypeAlias = (
    Matches | Mentions | Measures | Started | Ran | Ended | Has | Shows | Not | And | Or
)

_ANY = frozenset(Outcome)

EVERY = And()
"""What every job fulfils."""

FAILED = Has(frozenset({Outcome.FAILED, Outcome.LOST}))
"""What the jobs fulfil that ended in error, or were lost."""

LOST = Or((Has(frozenset({Outcome.LOST})), Shows(Trait.UNENDING)))
"""What the jobs fulfil that nothing will end."""

AMISS = Or(
    (
        Has(frozenset({Outcome.FAILED, Outcome.LOST, Outcome.PARTIAL})),
        Shows(Trait.OVERDUE),
        Shows(Trait.UNENDING),
    )
)
"""What the jobs fulfil that need attention: failed, partial, overdue and lost."""


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all of them hold, as flat as it can be."""
    parts = tuple(part for condition in conditions for part in conjuncts(condition))
    return parts[0] if len(parts) == 1 else And(parts)


def ended_in(range: TimeRange) -> Condition:
    """Return the condition that a job came to its end, or was lost, within a range."""
    # That it went on in it is what an index tells.
    return all_of([Ran(range), Ended(range)])


def outcomes_of(condition: Condition) -> frozenset[Outcome]:
    """Return what can have come of a job that fulfils a condition, by what it asks for."""
    match condition:
        case Has(outcomes):
            return outcomes
        case Shows(Trait.OVERDUE | Trait.UNENDING):
            return frozenset({Outcome.PENDING})
        case Matches(Field.KIND):
            return frozenset({Outcome.FAILED})
        case And(parts):
            return _ANY.intersection(*map(outcomes_of, parts))
        case Or(parts):
            return frozenset().union(*map(outcomes_of, parts))
        case _:
            return _ANY


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
