"""Space: what a log's file has no more use for is given back to the disk, while others write.

The log is held for some milliseconds at a time; in between others have their turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jobwatch.store import pruning_statements as sql
from jobwatch.store.connect import check_readable
from jobwatch.store.steps import One, Read, Reading, Steps, Write
from jobwatch.store.turns import HELD, Clock, Turns

__all__ = ["Space", "file_size", "give_back"]


class Space(NamedTuple):
    """What became of a file's free space so far, in bytes.

    `held_back` is of no more use to the log, but the file has it still: until its end is cut off,
    last of all, and beyond that as long as somebody reads what was there before. `kept_free` is
    free for new jobs, but can't be given back: the file was made without auto_vacuum.
    """

    given_back: int = 0
    held_back: int = 0
    kept_free: int = 0


def file_size(path: Path, read: Read) -> int:
    """Return the bytes of a log's file; what was written of late counts before it is in there."""
    # To move it in may also cut off what another could not.
    before = _bytes(path)
    read(_move_in())
    return max(before, _bytes(path))


def give_back(
    path: Path, size: int, read: Read, write: Write, *, clock: Clock, turns: Turns
) -> Iterator[Space]:
    """Give free space back, step by step; yield what is done so far.

    `size` is what the file had (bytes) before anything was deleted, `clock` is in seconds.
    """
    pages = read(_pages())
    held_back = 0
    if pages.can_go:
        for count in _freed(write, clock, turns):
            held_back += count * pages.size
            yield Space(held_back=held_back)
    read(_cut_off())
    pages = read(_pages())
    now = _bytes(path)
    yield Space(
        given_back=max(size - now, 0),
        held_back=max(now - pages.total * pages.size, 0),
        kept_free=0 if pages.can_go else pages.free * pages.size,
    )


class _Pages(NamedTuple):
    """How many bytes a page is, how many there are, and are free; whether free ones can go."""

    size: int
    total: int
    free: int
    can_go: bool


def _pages() -> Reading[_Pages]:
    [(size,)] = yield One(sql.PAGE_SIZE)
    [(total,)] = yield One(sql.PAGES)
    [(free,)] = yield One(sql.FREE_PAGES)
    [(auto_vacuum,)] = yield One(sql.AUTO_VACUUM)
    return _Pages(size, total, free, bool(auto_vacuum))


def _freed(write: Write, clock: Clock, turns: Turns) -> Iterator[int]:
    """Take free pages out of the log, and yield how many at a time."""
    while True:
        began, pages, left = write(_free(clock))
        held = clock() - began
        yield pages
        # Others may free some meanwhile, and take some.
        if not left or pages <= 0:
            return
        turns.give(held)


def _free(clock: Clock) -> Steps[tuple[float, int, int]]:
    """Take out as many pages as time allows; return when that began, how many, and the rest."""
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


def _move_in() -> Reading[None]:
    """Move into the file what was written of late, as far as nobody must wait for it."""
    yield One(sql.CHECKPOINT)


def _cut_off() -> Reading[None]:
    """Let the file have its new length, unless a reader still needs the old one."""
    yield One(sql.CHECKPOINT)
    yield One(sql.WAIT_FOR_NOBODY)
    yield One(sql.TRUNCATE)
    yield One(sql.WAIT_AS_EVER)


def _bytes(path: Path) -> int:
    check_readable(path)
    return path.stat().st_size
