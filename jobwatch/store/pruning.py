"""Pruning: takes old jobs out of a log while others write to it, and gives the space back.

The log is held for some milliseconds at a time, and left alone for longer than that in between:
SQLite gives no turn to who waits, so whoever comes back at once is served first.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from jobwatch.model.formats import encode
from jobwatch.store import pruning_statements as sql
from jobwatch.store.connect import check_readable
from jobwatch.store.floors import ANY, raise_floors
from jobwatch.store.output import output_path
from jobwatch.store.statements import ADD_CHANGE, TRIM_CHANGES
from jobwatch.store.steps import One, Reading, Rows, Steps
from jobwatch.store.usual import gone
from jobwatch.store.values import Column, from_column

__all__ = ["Old", "Pruned", "Tally", "ended_statuses", "lost", "prune", "tally"]

HELD = 0.004
"""Seconds after which a transaction takes on no more; to commit may take as long again."""

LEFT_ALONE = 2
"""The log is left alone for so many times as long as it was held."""

CHUNK = 8
"""Jobs that go between two looks at the clock."""

Result = TypeVar("Result")
Clock: TypeAlias = Callable[[], float]
Sleep: TypeAlias = Callable[[float], object]
Key: TypeAlias = tuple[float, int]

FIRST: Key = (-inf, 0)


class Read(Protocol):
    """Runs steps that read a log, and returns their result."""

    def __call__(self, steps: Reading[Result], /) -> Result:
        """Run them, each for itself."""


class Write(Protocol):
    """Runs steps on a log, and returns their result."""

    def __call__(self, steps: Steps[Result], /) -> Result:
        """Run them in one transaction."""


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
    """What is done so far: jobs deleted, bytes given back to the disk.

    `held_back` bytes are of no more use to the log, but the file has them still: until its end is
    cut off, last of all, and beyond that as long as somebody reads what was there before.
    `outputs_left` of the jobs have kept output that could not be deleted; `kept_free` bytes are
    free in the file for new jobs, but can't be given back: it was made without auto_vacuum.
    """

    jobs: int = 0
    given_back: int = 0
    held_back: int = 0
    outputs_left: int = 0
    kept_free: int = 0


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

    The floors are raised first, so that no mirror brings back what goes. Whoever takes no further
    step leaves what is done as it is, and the space to the next to prune. `clock` and `sleep` are
    in seconds.
    """
    write(_raise_floors(old))
    # What was written of late is not in the file yet, nor is what another could not cut off.
    size = _file_size(path)
    read(_ask(sql.CHECKPOINT))
    size = max(size, _file_size(path))
    done = Pruned()
    for batch in _deleted(path, read, write, old, clock=clock, sleep=sleep):
        done = done._replace(
            jobs=done.jobs + batch.jobs,
            given_back=done.given_back + batch.freed,
            outputs_left=done.outputs_left + batch.outputs_left,
        )
        yield done
    [(page_size,)] = read(_ask(sql.PAGE_SIZE))
    [(auto_vacuum,)] = read(_ask(sql.AUTO_VACUUM))
    if auto_vacuum:
        for pages in _given_back(write, clock, sleep):
            done = done._replace(held_back=done.held_back + pages * page_size)
            yield done
    read(_checkpoint())
    [(pages,)] = read(_ask(sql.PAGES))
    [(free,)] = read(_ask(sql.FREE_PAGES))
    now = _file_size(path)
    yield done._replace(
        given_back=done.given_back + max(size - now, 0),
        held_back=max(now - pages * page_size, 0),
        kept_free=0 if auto_vacuum else free * page_size,
    )


def _raise_floors(old: Old) -> Steps[None]:
    """Raise the floors of what is old; a status that no job ended with may be a slip."""
    statuses = old.statuses & (yield from ended_statuses()) if old.statuses else {ANY}
    yield from raise_floors(statuses, old.before)


# Deleting


class _Batch(NamedTuple):
    """What one transaction did with the first so many seqs, and when it began to hold the log."""

    began: float
    looked_at: int
    jobs: int
    freed: int
    outputs_left: int


def _deleted(
    path: Path, read: Read, write: Write, old: Old, *, clock: Clock, sleep: Sleep
) -> Iterator[_Batch]:
    """Delete what is old, and yield each batch."""
    behind: Key | None = FIRST
    while behind is not None:
        rows, behind = read(_look(old, behind))
        seqs = [row[0] for row in rows]
        while seqs:
            batch = write(_delete(path, seqs, old, clock))
            held = clock() - batch.began
            seqs = seqs[batch.looked_at :]
            yield batch
            sleep(LEFT_ALONE * held)


def _look(old: Old, behind: Key) -> Reading[tuple[Rows, Key | None]]:
    """Return what is old of the next slice, and behind which key to look next, None at the end."""
    rows = yield One(sql.LOOK, (*behind, old.before))
    key = (rows[-1][1], rows[-1][2]) if len(rows) == sql.SLICE else None
    return [row for row in rows if old.has(row)], key


def _delete(path: Path, seqs: Sequence[int], old: Old, clock: Clock) -> Steps[_Batch]:
    """Delete the first jobs of these that are old still: one chunk, and more as time allows."""
    began = clock()
    looked_at = freed = outputs_left = 0
    starts: list[Any] = []
    while looked_at < len(seqs) and (not looked_at or clock() - began < HELD):
        chunk = seqs[looked_at : looked_at + CHUNK]
        looked_at += len(chunk)
        # Since they were seen, one may have gone, or been written anew.
        rows = yield One(sql.LOOK_AGAIN, (_array(chunk), old.before))
        rows = [row for row in rows if old.has(row)]
        # Whatever ends this halfway: a job without its output is better than an output of none.
        size, left = _delete_outputs(path, (from_column(row[2]) for row in rows))
        freed += size
        outputs_left += left
        keys = (_array(row[0] for row in rows),)
        yield One(sql.DELETE_NOTES, keys)
        yield One(sql.DELETE, keys)
        starts += [row[1] for row in rows]
    if starts:
        lowest = min(starts)
        yield One(ADD_CHANGE, (lowest, lowest))
        yield One(TRIM_CHANGES)
    return _Batch(began, looked_at, len(starts), freed, outputs_left)


def _delete_outputs(path: Path, ids: Iterable[str]) -> tuple[int, int]:
    """Delete what jobs said; return how many bytes that was, and of how many it couldn't be."""
    freed = left = 0
    for id in ids:
        output = output_path(path, id)
        try:
            size = output.lstat().st_size
            output.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            left += 1
        else:
            freed += size
    return freed, left


# Giving the space back


def _given_back(write: Write, clock: Clock, sleep: Sleep) -> Iterator[int]:
    """Give free pages back, and yield how many at a time."""
    while True:
        began, pages, left = write(_give_back(clock))
        held = clock() - began
        yield pages
        # Others may free some meanwhile, and take some.
        if not left or pages <= 0:
            return
        sleep(LEFT_ALONE * held)


def _give_back(clock: Clock) -> Steps[tuple[float, int, int]]:
    """Give back as many pages as time allows; return when that began, how many, and the rest."""
    began = clock()
    [(free,)] = yield One(sql.FREE_PAGES)
    left = free
    while left and (left == free or clock() - began < HELD):
        before = left
        yield One(sql.GIVE_BACK)
        [(left,)] = yield One(sql.FREE_PAGES)
        if left >= before:
            break
    return began, free - left, left


def _file_size(path: Path) -> int:
    check_readable(path)
    return path.stat().st_size


def _checkpoint() -> Reading[None]:
    """Let the file have its new length, unless a reader still needs the old one."""
    yield One(sql.CHECKPOINT)
    yield One(sql.WAIT_FOR_NOBODY)
    yield One(sql.TRUNCATE)
    yield One(sql.WAIT_AS_EVER)


def _ask(statement: str) -> Reading[Rows]:
    return (yield One(statement))


def _array(seqs: Iterable[int]) -> str:
    return encode(list(seqs)).decode()
