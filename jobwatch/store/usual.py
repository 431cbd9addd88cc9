"""What is usual for jobs of a kind, and what goes on by its record alone: ready to be asked."""

from __future__ import annotations

from jobwatch.model.formats import encode
from jobwatch.model.insight import FEWEST, LAST_RUNS, OWN_RUNS, Usual
from jobwatch.model.job import Json
from jobwatch.model.row import JobRow
from jobwatch.model.signs import Signs
from jobwatch.store import usual_statements as sql
from jobwatch.store.alive import is_gone, process_of
from jobwatch.store.steps import One, Reading
from jobwatch.store.values import from_column, to_column

__all__ = ["gone", "lengths_before", "prepare", "signs"]

LONGEST_FOR, USUAL_FOR, GONE_FOR = 900, 60, 5
"""Seconds for which the longest runs of all, what is usual, and what is gone hold."""

MOST = 10_000
"""Running jobs whose processes are looked at, the oldest ones."""


def prepare() -> Reading[None]:
    """Make what is usual, and what is gone, ready for a connection's queries."""
    if not (yield One(sql.ARE_THERE)):
        for statement in sql.CREATE:
            yield One(statement)
    if not (yield One(sql.IS_FRESH, ("longest", LONGEST_FOR))):
        yield One(sql.FORGET_LONGEST)
        yield One(sql.FILL_LONGEST)
        yield One(sql.SET_MADE, ("longest",))
    if not (yield One(sql.IS_FRESH, ("usual", USUAL_FOR))):
        yield One(sql.FORGET_PACES)
        yield One(sql.FILL_PACES, {"last": LAST_RUNS, "fewest": FEWEST})
        yield One(sql.SET_MADE, ("usual",))
    if not (yield One(sql.IS_FRESH, ("gone", GONE_FOR))):
        # A facet may have come meanwhile.
        yield One(sql.FORGET_USUAL)
        yield One(sql.FILL_USUAL, {"own": OWN_RUNS})
        seqs = yield from gone()
        yield One(sql.FORGET_GONE)
        yield One(sql.ADD_GONE, (encode(seqs).decode(),))
        yield One(sql.SET_MADE, ("gone",))


def signs() -> Reading[Signs]:
    """Return what is usual by type and user, and which jobs are gone."""
    yield from prepare()
    paces = yield One(sql.PACES, {"own": OWN_RUNS})
    ids = yield One(sql.GONE)
    skews = yield One(sql.SKEWS)
    return Signs(
        {(type, user): Usual(*usual) for type, user, *usual in paces},
        frozenset(from_column(id) for (id,) in ids),
        {str(name): int(skew) for name, skew in skews},
    )


def gone() -> Reading[list[int]]:
    """Return which jobs go on by their records though their processes are gone, by seq."""
    rows = yield One(sql.RUNNING_PROCESSES, {"most": MOST})
    seqs: list[int] = []
    for seq, other in rows:
        process = process_of(from_column(other))
        if process is not None and is_gone(process):
            seqs.append(seq)
    return seqs


def lengths_before(job: JobRow) -> Reading[list[float]]:
    """Return how long (ms, ascending) the last runs before a job took: its user's, if enough."""
    if not isinstance(job.type, str):
        return []
    own: list[float] = []
    if isinstance(job.user, str) and job.user:
        own = yield from _lengths(job, job.user)
    return own if len(own) >= OWN_RUNS else (yield from _lengths(job, None))


def _lengths(job: JobRow, user: Json) -> Reading[list[float]]:
    given = {
        "type": to_column(job.type),
        "user": None if user is None else to_column(user),
        "started": job.started,
        "seq": job.seq,
        "last": LAST_RUNS,
    }
    return [took for (took,) in (yield One(sql.LENGTHS, given))]
