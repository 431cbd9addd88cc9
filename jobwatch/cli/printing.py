"""How jobs are printed: a line each for people, a JSON object each for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TypeVar

import click

from jobwatch.cli.ids import short_id
from jobwatch.cli.options import say
from jobwatch.model.exported import EVENT, told_record
from jobwatch.model.job import Job, Json, Time
from jobwatch.model.known import Known, lost_reason, mark_of
from jobwatch.model.query import JobQuery, Sort
from jobwatch.model.row import JobRow, StateMark, state_mark
from jobwatch.model.signs import Signs
from jobwatch.model.text import clean, cut, fitted, json_safe, one_line
from jobwatch.model.when import NONE, Zone, date_time, dated, now_ms

if TYPE_CHECKING:
    from jobwatch.store.plain_log import PlainJobLog

__all__ = [
    "DAY_TIME",
    "ROOMY",
    "as_text",
    "job_json",
    "job_line",
    "oldest_first",
    "print_jobs",
    "terminal_width",
    "told_line",
    "whole_text",
]

Found = TypeVar("Found")

ON_A_TERMINAL = 100
"""Jobs that are shown on a terminal unless told otherwise."""

ROOMY, WIDE = 120, 160
"""Cells of a line from which on it has users and whole times, and from which on whole ids."""
DAY_TIME = 14
"""Cells of a time in a line that has less room: the year takes the place of the time of day."""


def print_jobs(
    log: PlainJobLog, query: JobQuery, *, limit: int | None, as_json: bool, zone: Zone
) -> int:
    """Print the jobs of a query from the oldest to the newest, and return how many they are.

    Of `limit`, or of more than a terminal should have, the newest.
    """
    if as_json:
        return _print_array(
            job_json(job, known, zone) for job, known in oldest_first(log.told, query, limit)
        )
    if limit is None and terminal_width() is not None:
        limit = ON_A_TERMINAL
        hidden = max(log.count(query) - limit, 0)
        if hidden:
            say(f"{hidden:,} older jobs are not shown; --limit N shows more")
    return _print_lines(oldest_first(log.rows, query, limit), log, zone)


def terminal_width() -> int | None:
    """Return how many cells a line of a terminal has; None where stdout is none, or is closed."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return get_terminal_size().columns if is_terminal else None


def job_json(job: Job, known: Known, zone: Zone, *, event: str = "") -> str:
    """Return a job as JSON on one line, without a character that a terminal would obey.

    `event` is what happened to it, if the line is about that.
    """
    from jobwatch.model.formats import encode

    happened = {EVENT: event} if event else {}
    return json_safe(encode(told_record(job, known, zone) | happened).decode())


def job_line(row: JobRow, signs: Signs | None, now: int, zone: Zone, width: int | None) -> str:
    """Return a job as one line, as it stands at an instant (ms), in the cells of a terminal."""
    mark = state_mark(row.status, row.outcome, None if signs is None else signs.of(row, now))
    return _line(row.start, row.taken(now), mark, row, row.message, now, zone, width)


def told_line(job: Job, known: Known, at: Time, now: int, zone: Zone, width: int | None) -> str:
    """Return a job as `job_line` does, but with another instant (ms) in front."""
    taken = NONE if lost_reason(known, zone) else job.taken(now)
    message = whole_text(job.message)
    return _line(at, taken, mark_of(job, known), job, message, now, zone, width)


def _line(
    at: Time,
    taken: str,
    mark: StateMark,
    job: Job | JobRow,
    message: str,
    now: int,
    zone: Zone,
    width: int | None,
) -> str:
    """Return what is known of a job: all of it, or what the cells of a terminal have room for."""
    type, user = as_text(job.type), as_text(job.user)
    state = f"{mark.glyph} {mark.word:<8}"
    said = one_line(message) or NONE
    if job.progress is not None:
        said = f"{job.progress.text} · {said}"
    if width is None:
        parts = [f"{date_time(at, zone):<19}", f"{taken:>8}", state, one_line(job.id)]
        parts += [f"{type:<24}", f"{user:<12}", said]
    elif width < ROOMY:
        parts = [
            f"{dated(at, now, zone, DAY_TIME):<{DAY_TIME}}",
            f"{taken:>8}",
            state,
            short_id(job.id),
        ]
        parts += [fitted(type, 14), said]
    else:
        id = short_id(job.id) if width < WIDE else one_line(job.id)
        parts = [f"{date_time(at, zone):<19}", f"{taken:>8}", state, id]
        parts += [fitted(type, 20), fitted(user, 12), said]
    return cut("  ".join(parts).rstrip(), width)


def as_text(value: Json) -> str:
    """Return a value of a record as one line, a dash where it has none."""
    return one_line(whole_text(value))


def whole_text(value: Json) -> str:
    """Return a value of a record as text of as many lines as it has, a dash where it has none."""
    from msgspec import UNSET

    from jobwatch.model.formats import encode

    if value is UNSET or value is None:
        return NONE
    return clean(value if isinstance(value, str) else encode(value).decode())


def oldest_first(
    read: Callable[[JobQuery, int | None], Iterator[Found]], query: JobQuery, limit: int | None
) -> Iterable[Found]:
    """Return all that a query has, or the newest of it, from the oldest on."""
    if limit is None:
        return read(query, None)
    return list(read(replace(query, sort=Sort()), limit))[::-1]


def _print_array(items: Iterable[str]) -> int:
    count = 0
    for count, item in enumerate(items, 1):
        click.echo(("[" if count == 1 else ",\n") + item, nl=False)
    click.echo("]" if count else "[]")
    return count


def _print_lines(rows: Iterable[JobRow], log: PlainJobLog, zone: Zone) -> int:
    width = terminal_width()
    signs: Signs | None = None
    count = 0
    for row in rows:
        count += 1
        if signs is None and row.running:
            signs = log.signs()
        click.echo(job_line(row, signs, now_ms(), zone, width))
    return count
