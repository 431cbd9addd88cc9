"""A list of jobs as they stood at an instant, rebuilt from what their records say now."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from jobwatch.model.row import JobRow
from jobwatch.store.job_list import JobList, Place

__all__ = ["AsOfList"]


class AsOfList:
    """The rows of a list, each as it stood at `instant` (ms)."""

    def __init__(self, jobs: JobList, instant: int) -> None:
        self._jobs = jobs
        self._instant = instant

    @property
    def total(self) -> int:
        """Return how many rows there are, as far as is known."""
        return self._jobs.total

    @property
    def complete(self) -> bool:
        """Return whether the total is final until the log changes."""
        return self._jobs.complete

    @property
    def newest_first(self) -> bool:
        """Return whether a reader wants the highest ordinal on top."""
        return self._jobs.newest_first

    @property
    def is_found(self) -> bool:
        """Return whether it takes a search."""
        return self._jobs.is_found

    @property
    def is_kept_up(self) -> bool:
        """Return whether a search looks but for what has changed."""
        return self._jobs.is_kept_up

    def search(self) -> AsyncGenerator[int, None]:
        """Take in what has changed in the log; the total so far comes after each step."""
        return self._jobs.search()

    async def refresh(self) -> None:
        """Take in what has changed in the log, to the end."""
        await self._jobs.refresh()

    async def page(self, number: int) -> list[JobRow | None]:
        """Return the rows from ordinal ``number * PAGE`` on, as they stood."""
        rows = await self._jobs.page(number)
        return [None if row is None else row.as_of(self._instant) for row in rows]

    async def place(self, row: JobRow) -> Place:
        """Return where a job is, or the nearest place to its start."""
        return await self._jobs.place(row)
