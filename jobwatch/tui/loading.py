"""Reads what the table shows next, so that the job under the cursor stays where it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.tui.listing import PAGE, Ghost, Listing

if TYPE_CHECKING:
    from jobwatch.store.job_list import JobList, Place

__all__ = ["FIRST_QUERY", "Anchor", "Picture", "first_picture", "keep", "move"]

FIRST_QUERY = JobQuery(view=View.RUNNING)
"""What the monitor opens with."""

ReadRow: TypeAlias = Callable[[str], Awaitable[JobRow | None]]


class Anchor(NamedTuple):
    """What must not move: the selected job on its line of the screen, or else the top row."""

    selected: JobRow | None
    cursor: int  # lines below the top of the screen; negative or beyond `height` if off it
    top: JobRow | None
    height: int
    awaited: int | None = None  # the ordinal under the cursor while its job is still to be read

    @property
    def cursor_visible(self) -> bool:
        """Return whether the selected job is on the screen."""
        return self.selected is not None and 0 <= self.cursor < self.height


class Picture(NamedTuple):
    """All that the table needs to paint itself once."""

    listing: Listing
    pages: dict[int, list[JobRow | None]]
    selected: JobRow | None
    cursor_line: int
    scroll_y: int


def first_picture(rows: Sequence[JobRow], total: int) -> Picture:
    """Return what is shown before the log is followed: the newest of so many rows, oldest first."""
    listing = Listing(total)
    begin = total - len(rows)
    pages: dict[int, list[JobRow | None]] = {}
    for ordinal, row in enumerate(rows, begin):
        pages.setdefault(ordinal // PAGE, []).append(row)
    if begin % PAGE:
        # A page that isn't there from its first row on can't be addressed.
        pages.pop(begin // PAGE, None)
    return Picture(listing, pages, rows[-1] if rows else None, 0, 0)


async def keep(jobs: JobList, read_row: ReadRow, anchor: Anchor) -> Picture:
    """Return the same result as it is now, with the same job selected.

    A selected job that has left the result stays on its line as a ghost.
    """
    if anchor.awaited is not None:
        return await _at_ordinal(jobs, anchor.awaited, anchor)
    if anchor.selected is None:
        return await _at_top(jobs, anchor.height)
    fresh = await read_row(anchor.selected.id)
    selected = fresh or anchor.selected
    place = await jobs.place(selected)
    listing = Listing(jobs.total, jobs.newest_first)
    if fresh is not None and place.listed:
        line = listing.line(place.ordinal)
    else:
        line = min(_gap(listing, place), listing.total)
        listing = Listing(jobs.total, jobs.newest_first, Ghost(line, selected))
    return await _around(jobs, listing, selected, line, anchor)


async def move(jobs: JobList, read_row: ReadRow, anchor: Anchor, wanted: JobRow | None) -> Picture:
    """Return another result, at the wanted job if it has it, else at the nearest by start."""
    if anchor.awaited is not None:
        return await _at_ordinal(jobs, anchor.awaited, anchor)
    fresh = None if wanted is None else await read_row(wanted.id)
    target = fresh or wanted
    if target is None or not jobs.total:
        return await _at_top(jobs, anchor.height)
    place = await jobs.place(target)
    listing = Listing(jobs.total, jobs.newest_first)
    selected: JobRow | None = fresh
    ordinal = place.ordinal
    if fresh is None or not place.listed:
        selected, ordinal = await _nearest(jobs, target, place)
    line = listing.line(ordinal)
    return await _around(jobs, listing, selected, line, anchor._replace(selected=target))


async def _at_top(jobs: JobList, height: int) -> Picture:
    listing = Listing(jobs.total, jobs.newest_first)
    pages = await _read(jobs, listing, 0, height)
    return Picture(listing, pages, _row(listing, pages, 0), 0, 0)


async def _at_ordinal(jobs: JobList, ordinal: int, anchor: Anchor) -> Picture:
    listing = Listing(jobs.total, jobs.newest_first)
    if not listing.total:
        return await _at_top(jobs, anchor.height)
    line = listing.line(min(ordinal, listing.total - 1))
    picture = await _around(jobs, listing, None, line, anchor)
    return picture._replace(selected=_row(listing, picture.pages, line))


async def _around(
    jobs: JobList, listing: Listing, selected: JobRow | None, line: int, anchor: Anchor
) -> Picture:
    if anchor.cursor_visible or anchor.top is None or anchor.awaited is not None:
        cursor = min(max(anchor.cursor, 0), max(anchor.height - 1, 0))
        scroll_y = line - cursor
    else:
        top = await jobs.place(anchor.top)
        scroll_y = listing.line(top.ordinal) if top.listed else _gap(listing, top)
    scroll_y = max(0, min(scroll_y, listing.lines - anchor.height))
    pages = await _read(jobs, listing, scroll_y, anchor.height)
    return Picture(listing, pages, selected, line, scroll_y)


async def _read(
    jobs: JobList, listing: Listing, scroll_y: int, height: int
) -> dict[int, list[JobRow | None]]:
    numbers = listing.pages(scroll_y - 1, scroll_y + height)
    return {number: await jobs.page(number) for number in numbers}


async def _nearest(jobs: JobList, target: JobRow, place: Place) -> tuple[JobRow | None, int]:
    """Return the row on either side of a gap whose start is nearer, and its ordinal."""
    near: list[tuple[float, JobRow | None, int]] = []
    for ordinal in (place.ordinal, place.ordinal - 1):
        if 0 <= ordinal < jobs.total:
            page = await jobs.page(ordinal // PAGE)
            row = page[ordinal % PAGE] if ordinal % PAGE < len(page) else None
            if row is not None:
                near.append((abs(row.started - target.started), row, ordinal))
    if not near:
        return None, 0
    _, row, ordinal = min(near, key=lambda found: found[0])
    return row, ordinal


def _gap(listing: Listing, place: Place) -> int:
    """Return the line between the rows before and behind an ordinal, below a ghost there."""
    line = listing.total - place.ordinal if listing.newest_first else place.ordinal
    return line + (listing.ghost is not None and line >= listing.ghost.line)


def _row(listing: Listing, pages: dict[int, list[JobRow | None]], line: int) -> JobRow | None:
    ordinal = listing.ordinal(line)
    if ordinal is None or not 0 <= ordinal < listing.total:
        return None
    page = pages.get(ordinal // PAGE, [])
    return page[ordinal % PAGE] if ordinal % PAGE < len(page) else None
