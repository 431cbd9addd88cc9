"""What a user wants to be told of, the end of a job or of any of a view, and how that is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from jobwatch.model.condition import (
    FAILED,
    Condition,
    Field,
    Has,
    Matches,
    all_of,
    conjuncts,
    ended_in,
)
from jobwatch.model.insight import Sign
from jobwatch.model.job import JobStatus, Json, Outcome
from jobwatch.model.query import JobQuery, Sort, View
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.text import one_line
from jobwatch.model.when import TimeRange

__all__ = [
    "LOST_SIGNS",
    "Event",
    "Target",
    "Watch",
    "Ways",
    "as_lost",
    "endings",
    "job_name",
    "summary",
    "watchable",
]

LONGEST = 200
"""Characters of a notice: more is cut off by most desktops."""
_LONGEST_NAME = 48
_NAMES = 3
"""Jobs of a notice that are named; the others are counted."""

LOST_SIGNS = frozenset((Sign.GONE, Sign.BEYOND))
"""The signs of a job that nothing will end, though it goes on by its record."""

Target: TypeAlias = str | JobQuery
"""What is watched: one job by its id, or whatever jobs a query finds (see `watchable`)."""


class Event(StrEnum):
    """What a user waits for."""

    ENDED = "ended"
    """The job is over, whatever came of it, or was lost."""
    FAILED = "failed"
    """The job is over, and failed or was lost."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a user is told; `command` is one as for a shell, empty for none."""

    bell: bool = True
    desktop: bool = True
    command: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing that a user wants to be told of."""

    target: Target
    event: Event = Event.ENDED
    ways: Ways = Ways()

    def tells(self, row: JobRow) -> bool:
        """Return whether a job of its target has come to what is waited for."""
        if self.event is Event.FAILED:
            return row.outcome in FAILED.outcomes
        return row.outcome is not Outcome.PENDING


def watchable(query: JobQuery) -> JobQuery:
    """Return the query that finds the jobs of a view when they have ended.

    A job that ends leaves the running ones, and one that goes on isn't among the failed yet: so
    it is a query of all jobs, without those of its conditions that no ended job can fulfil, and
    of the log as it is now.
    """
    where = all_of(part for part in conjuncts(query.where) if not _only_while_running(part))
    return replace(query, view=View.ALL, where=where, sort=Sort(), as_of=None)


def endings(query: JobQuery, event: Event, instant: int) -> JobQuery:
    """Return the query of the jobs of a watched one that came to an event since an instant (ms)."""
    wanted = [query.where, ended_in(TimeRange(instant))]
    if event is Event.FAILED:
        wanted.append(FAILED)
    return replace(query, where=all_of(wanted))


def as_lost(row: JobRow) -> JobRow:
    """Return a job that is lost by its signs as if its record said so."""
    return row._replace(outcome=Outcome.LOST)


def summary(rows: Sequence[JobRow], *, at_least: bool = False) -> str:
    """Return in one clean line, of at most 200 characters, what came of some jobs.

    They have ended, or are lost: also by their signs (`as_lost`). `at_least` says that there may be
    more of them. Those that didn't end well are named first.
    """
    if len(rows) == 1 and not at_least:
        [row] = rows
        message = one_line(row.message)
        return _cut(
            f"{job_name(row)}: {_word(row)}" + (f" – {message}" if message else ""), LONGEST
        )
    ordered = sorted(rows, key=lambda row: row.outcome is Outcome.ENDED)
    words = sorted(Counter(map(_word, rows)).items(), key=lambda item: (-item[1], item[0]))
    counts = ", ".join(f"{count:,} {word}" for word, count in words)
    names = list(dict.fromkeys(map(job_name, ordered)))
    named = ", ".join(names[:_NAMES]) + (" …" if len(names) > _NAMES else "")
    ended = f"{len(rows):,} job{'' if len(rows) == 1 else 's'} ended"
    return _cut(f"{'at least ' if at_least else ''}{ended}: {counts} – {named}", LONGEST)


def job_name(row: JobRow) -> str:
    """Return a job by its type and user, else by its id: clean, on one line, and short."""
    kind, user = _text(row.type), _text(row.user)
    name = kind or f"job {one_line(row.id)}"
    return _cut(f"{name} by {user}" if user else name, _LONGEST_NAME)


def _only_while_running(condition: Condition) -> bool:
    match condition:
        case Has(outcomes):
            return outcomes <= {Outcome.PENDING}
        case Matches(Field.STATUS, pattern):
            return [text.upper() for text in pattern.pieces] == [JobStatus.IN_PROGRESS]
        case _:
            return False


def _word(row: JobRow) -> str:
    # Error by its status or by what it said: both failed.
    if row.outcome is Outcome.FAILED:
        return "failed"
    return _cut(state_mark(row.status, row.outcome).word, _LONGEST_NAME)


def _text(value: Json) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
