"""Grouped: lines of jobs under headings, and a cursor that goes from job to job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from jobwatch.model.row import JobRow
from jobwatch.model.timeline import Likeness

__all__ = ["Grouped", "Heading"]

TITLES = {
    Likeness.USER_AND_TYPE: "same user and type",
    Likeness.TYPE: "same type",
    Likeness.USER: "same user",
    Likeness.NONE: "others",
}


class Heading(NamedTuple):
    """A line above jobs that have the same in common with another."""

    title: str
    number: int


class Grouped:
    """The lines, from 0; the cursor is a line, 0 where there is none."""

    def __init__(
        self,
        groups: Sequence[tuple[Likeness, Sequence[JobRow]]] = (),
        selected: JobRow | None = None,
    ) -> None:
        self.lines: list[JobRow | Heading] = []
        for likeness, rows in groups:
            self.lines += [Heading(TITLES[likeness], len(rows)), *rows]
        self.jobs = [row for _, rows in groups for row in rows]
        places = (y for y, row in enumerate(self.lines) if _is_of(row, selected))
        self.cursor = next(places, min(1, len(self.lines)))

    @property
    def selected(self) -> JobRow | None:
        """Return the job under the cursor."""
        return self.job(self.cursor)

    def at(self, line: int) -> JobRow | Heading | None:
        """Return what is on a line."""
        return self.lines[line] if 0 <= line < len(self.lines) else None

    def job(self, line: int) -> JobRow | None:
        """Return the job on a line, None for a heading too."""
        found = self.at(line)
        return found if isinstance(found, JobRow) else None

    def moved(self, by: int) -> int:
        """Return the line of the job that so many lines lead to, on over a heading."""
        last = len(self.lines) - 1
        line = min(max(self.cursor + by, 0), last)
        if self.job(line) is None:
            # Above the first heading there is nothing to go on to.
            line += -1 if by < 0 < line else 1
        return self.cursor if self.job(line) is None else line


def _is_of(line: JobRow | Heading, row: JobRow | None) -> bool:
    return isinstance(line, JobRow) and row is not None and line.id == row.id
