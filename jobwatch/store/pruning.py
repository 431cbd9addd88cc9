"""Pruning: takes old jobs out of a log while others write to it, and gives the space back.

The log is held for some milliseconds at a time; in between others have their turn.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor, inf
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from jobwatch.model.formats import encode
from jobwatch.store import pruning_statements as sql
from jobwatch.store.floors import ANY, raise_floors
from jobwatch.store.output import output_path
from jobwatch.store.space import file_size, give_back
from jobwatch.store.statements import ADD_CHANGE, TRIM_CHANGES
from jobwatch.store.steps import One, Read, Reading, Rows, Steps, Write
from jobwatch.store.stray_outputs import delete_outputs, old_outputs, without_job
from jobwatch.store.turns import HELD, Clock, Sleep, Turns
from jobwatch.store.usual import gone
from jobwatch.store.values import Column, from_column
from jobwatch.store.watch import VERSION

__all__ = ["Old", "Pruned", "Tally", "ended_statuses", "floors_of", "lost", "prune", "tally"]

CHUNK = 8
"""Jobs that go between two looks at the clock."""

STRAYS = 100
"""Kept outputs without a job that go between two looks at the log, which may have it by then."""

Key: TypeAlias = tuple[float, int]

FIRST: Key = (-inf, 0)


@dataclass(frozen=True, slots=True)
class Old:
    """What is old: jobs that ended before an instant (epoch ms), of some statuses or of any.

    The statuses are words of records in upper case; there, any case will do. A job that its node
    lost ended when that was known of it. One that goes on is never old, nor is one without a time.
    """

    before: int
    statuses: frozenset[str] = frozenset()

    def has(self, row: Sequence[Any]) -> bool:
        """Return whether the job of one row of ``LOOK`` or ``LOOK_AGAIN`` is old."""
        *_, status, has_ended = row
        return bool(has_ended) and self.is_meant(status)

    def is_meant(self, status: object) -> bool:
        """Return whether the column of a status is of those that are old."""
        return not self.statuses or (isinstance(status, str) and status.upper() in self.statuses)


class Tally(NamedTuple):
    """How many jobs are old, by the column of their status, and their first and last starts."""

    statuses: Counter[Column]
    oldest: float | None = None
    newest: float | None = None


class Pruned(NamedTuple):
    """What is done so far: jobs deleted, bytes given back to the disk, outputs of no job deleted.

    `held_back` bytes are of no more use to the log, but the file has them still: until its end is
    cut off, last of all, and beyond that as long as somebody reads what was there before.
    `outputs_left` of the jobs have kept output that could not be deleted; `kept_free` bytes are
    free in the file for new jobs, but can't be given back: it was made without auto_vacuum.
    What ended before `floor` (epoch ms) in one of the `statuses`, or of `ANY`, stays away from
    mirrors; where nothing was deleted, there are none, and nothing does.
    """

    jobs: int = 0
    given_back: int = 0
    held_back: int = 0
    outputs_left: int = 0
    kept_free: int = 0
    strays: int = 0
    floor: int | None = None
    statuses: frozenset[str] = frozenset()


def tally(old: Old) -> Reading[Tally]:
    """Count what is old, a slice at a time: no view of the log is held for long."""
    found = Tally(Counter())
    behind: Key | None = FIRST
    while behind is not None:
        rows, behind = yield from _look(old, behind)
        if rows:
            found.statuses.update(row[-2] for row in rows)
            oldest = rows[0][1] if found.oldest is None else found.oldest
            found = Tally(found.statuses, oldest, rows[-1][1])
    return found


def floors_of(found: Tally, old: Old) -> frozenset[str]:
    """Return of which statuses a mirror brings back no job once what was found is pruned."""
    return _floors(found.statuses, old)


def ended_statuses() -> Reading[frozenset[str]]:
    """Return the statuses that jobs have ended with, in upper case."""
    rows = yield One(sql.ENDED_STATUSES)
    return frozenset(status.upper() for (status,) in rows)


def lost(old: Old) -> Reading[int]:
    """Count the jobs that would be old by their starts, had somebody recorded their ends.

    They go on by their records, and so stay, though their processes are gone for sure.
    """
    seqs = yield from gone()
    rows = yield One(sql.LOOK_AGAIN, (_array(seqs), old.before))
    return sum(row[1] != 0 and old.is_meant(row[3]) for row in rows)


def prune(
    path: Path,
    read: Read,
    write: Write,
    old: Old,
    *,
    clock: Clock = time.perf_counter,
    sleep: Sleep = time.sleep,
) -> Iterator[Pruned]:
    """Delete what is old and give the space back, step by step; yield what is done so far.

    Kept outputs without a job go first, if jobs of any status do. The floors rise with what goes,
    so that no mirror brings it back: up to the start of the last job, as long as there are more,
    since all that ended before that has gone. Whoever takes no further step leaves what is done as
    it is, and the space to the next to prune. `clock` and `sleep` are in seconds.
    """
    size = file_size(path, read)
    turns = Turns(lambda: read(_version()), clock, sleep)
    done = Pruned()
    if not old.statuses:
        for deleted, freed, left in _strays_deleted(path, read, old):
            done = done._replace(
                strays=done.strays + deleted,
                given_back=done.given_back + freed,
                outputs_left=done.outputs_left + left,
            )
            yield done
    for batch in _deleted(path, read, write, old, clock=clock, turns=turns):
        done = done._replace(
            jobs=done.jobs + batch.jobs,
            given_back=done.given_back + batch.freed,
            outputs_left=done.outputs_left + batch.outputs_left,
            floor=batch.floor,
            statuses=batch.statuses,
        )
        yield done
    if done.statuses:
        write(raise_floors(done.statuses, old.before))
        done = done._replace(floor=old.before)
    for space in give_back(path, size, read, write, clock=clock, turns=turns):
        yield done._replace(
            given_back=done.given_back + space.given_back,
            held_back=space.held_back,
            kept_free=space.kept_free,
        )


# Deleting


class _Batch(NamedTuple):
    """What one transaction did with the first so many rows, and when it began to hold the log.

    `statuses` have had their `floor` (epoch ms) raised, by this one or by those before.
    """

    began: float
    looked_at: int
    jobs: int
    freed: int
    outputs_left: int
    floor: int | None
    statuses: frozenset[str]


def _strays_deleted(path: Path, read: Read, old: Old) -> Iterator[tuple[int, int, int]]:
    """Delete the kept outputs without a job, and yield what `delete_outputs` says of each batch."""
    strays = read(without_job(old_outputs(path, old.before)))
    for first in range(0, len(strays), STRAYS):
        some = read(without_job(strays[first : first + STRAYS]))
        yield delete_outputs(stray.path for stray in some)


def _deleted(
    path: Path, read: Read, write: Write, old: Old, *, clock: Clock, turns: Turns
) -> Iterator[_Batch]:
    """Delete what is old, and yield each batch."""
    behind: Key | None = FIRST
    statuses: frozenset[str] = frozenset()
    while behind is not None:
        rows, behind = read(_look(old, behind))
        while rows:
            batch = write(_delete(path, rows, old, statuses, clock))
            held = clock() - batch.began
            rows, statuses = rows[batch.looked_at :], batch.statuses
            yield batch
            turns.give(held)


def _look(old: Old, behind: Key) -> Reading[tuple[Rows, Key | None]]:
    """Return what is old of the next slice, and behind which key to look next, None at the end."""
    rows = yield One(sql.LOOK, (*behind, old.before))
    key = (rows[-1][1], rows[-1][2]) if len(rows) == sql.SLICE else None
    return [row for row in rows if old.has(row)], key


def _delete(
    path: Path, old_rows: Rows, old: Old, statuses: frozenset[str], clock: Clock
) -> Steps[_Batch]:
    """Delete the first jobs of these that are old still: one chunk, and more as time allows.

    The floors of their statuses rise with them, and those of the `statuses` from before.
    """
    began = clock()
    looked_at = freed = outputs_left = 0
    starts: list[Any] = []
    while looked_at < len(old_rows) and (not looked_at or clock() - began < HELD):
        chunk = old_rows[looked_at : looked_at + CHUNK]
        looked_at += len(chunk)
        # Since they were seen, one may have gone, or been written anew.
        rows = yield One(sql.LOOK_AGAIN, (_array(row[0] for row in chunk), old.before))
        rows = [row for row in rows if old.has(row)]
        # Whatever ends this halfway: a job without its output is better than an output of none.
        _, size, left = delete_outputs(output_path(path, from_column(row[2])) for row in rows)
        freed += size
        outputs_left += left
        keys = (_array(row[0] for row in rows),)
        yield One(sql.DELETE_NOTES, keys)
        yield One(sql.DELETE, keys)
        starts += [row[1] for row in rows]
        statuses |= _floors((row[3] for row in rows), old)
    if starts:
        lowest = min(starts)
        yield One(ADD_CHANGE, (lowest, lowest))
        yield One(TRIM_CHANGES)
    # What ended before the last start has gone by now; no time of a job is before 1970.
    upto = max(floor(old_rows[looked_at - 1][1]), 0) if statuses else None
    if upto is not None:
        yield from raise_floors(statuses, upto)
    return _Batch(began, looked_at, len(starts), freed, outputs_left, upto, statuses)


def _floors(statuses: Iterable[Column], old: Old) -> frozenset[str]:
    """Return whose floors rise where jobs of such statuses go."""
    if not old.statuses:
        return frozenset(ANY for _ in statuses)
    return frozenset(status.upper() for status in statuses if isinstance(status, str))


def _version() -> Reading[int]:
    [(version,)] = yield One(VERSION)
    return int(version)


def _array(seqs: Iterable[int]) -> str:
    return encode(list(seqs)).decode()
