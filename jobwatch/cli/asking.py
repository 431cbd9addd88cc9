"""``show`` and ``search``: what the log knows, for people and for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TypeVar

import click

from jobwatch.cli.options import as_json, reading, say, zone_option
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.insight import fingerprint
from jobwatch.model.job import Job, Json, Outcome
from jobwatch.model.known import Known, known_of, lost_reason, mark_of
from jobwatch.model.pace import pace_of
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.ranges import describe
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.settings import Settings
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import ALWAYS, NONE, Zone, date_time, date_time_exact, now_ms

if TYPE_CHECKING:
    from jobwatch.store.plain_log import PlainJobLog

__all__ = ["as_text", "search", "show"]

Found = TypeVar("Found")

ON_A_TERMINAL = 100
"""Jobs that a search shows on a terminal unless told otherwise."""


@click.command()
@click.argument("id")
@click.option("--json", "json_", is_flag=True, help="Print the documented record as JSON.")
@zone_option
@click.pass_obj
def show(settings: Settings, id: str, json_: bool, zone: Zone) -> int:
    """Show one job by its ID; exit with 1 if the log doesn't have it.

    \b
    jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a
    jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a --json
    """
    with reading(settings) as log:
        job, now = log.get_job(id), now_ms()
        if job is None:
            say(f"jobwatch: there is no job {one_line(id)} in {settings.store}")
            return 1
        if json_:
            click.echo(as_json(job))
            return 0
        from jobwatch.store.alive import process_text

        # What is usual takes a while to make out, and tells the state only of what goes on.
        signs = log.signs() if job.outcome is Outcome.PENDING else NO_SIGNS
        known = known_of(job, log.origin(id), log.note(id), signs, now, process=process_text(job))
    for label, text in _fields(job, known, now, zone):
        first, *rest = text.split("\n") or [""]
        click.echo(f"{label:<11} {first}")
        for line in rest:
            click.echo(f"{'':<12}{line}")
    return 0


@click.command(cls=QueryCommand)
@query_arguments
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The newest N alone.")
@click.option("--json", "json_", is_flag=True, help="Print an array of documented records.")
@zone_option
@click.pass_obj
def search(
    settings: Settings,
    query: tuple[str, ...],
    from_: str | None,
    to: str | None,
    limit: int | None,
    json_: bool,
    zone: Zone,
) -> int:
    """Search jobs by a QUERY and by start date, and list them from the oldest to the newest.

    A QUERY is what the monitor's / takes: status:error type:csv_* user:ada,bob msg:"timed out"
    body:s3 node:n1 id:59f9 dur>5m wait>10s since:2d before:2026-11-01 during:yesterday is:lost a
    word; joined by OR and brackets; a - in front of a term turns it round.

    A DATE is 2026-11-23, 2026-11-23T14:00+02:00, 2026-03, today, yesterday, -7d or -90m; as an end
    it includes the whole day, month or minute that it names.

    \b
    jobwatch search --from yesterday
    jobwatch search 'status:error -type:csv_* msg:"timed out"' since:2d
    jobwatch search --from 2026-03 --to 2026-03 --json
    """
    asked = replace(query_of(query, from_, to, zone), sort=Sort(SortKey.STARTED, descending=False))
    with reading(settings) as log:
        if limit is None and not json_ and sys.stdout.isatty():
            limit = ON_A_TERMINAL
            hidden = max(log.count(asked) - limit, 0)
            if hidden:
                say(f"{hidden:,} older jobs are not shown; --limit N shows more")
        if json_:
            shown = _print_json(_oldest_first(log.jobs, asked, limit))
        else:
            shown = _print_lines(_oldest_first(log.rows, asked, limit), log, zone)
    if not shown:
        text = one_line(asked.text)
        found = f"no job is found by {text}" if text else "no job started"
        anywhere = asked.range == ALWAYS and text
        say(found if anywhere else f"{found} in {describe(asked.range, zone)}")
    return 0


def _oldest_first(
    read: Callable[[JobQuery, int | None], Iterator[Found]], query: JobQuery, limit: int | None
) -> Iterable[Found]:
    """Return all that a query has, or the newest of it, from the oldest on."""
    if limit is None:
        return read(query, None)
    return list(read(replace(query, sort=Sort()), limit))[::-1]


def _print_json(jobs: Iterable[Job]) -> int:
    count = 0
    for count, job in enumerate(jobs, 1):
        click.echo(("[" if count == 1 else ",\n") + as_json(job), nl=False)
    click.echo("]" if count else "[]")
    return count


def _print_lines(rows: Iterable[JobRow], log: PlainJobLog, zone: Zone) -> int:
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    signs: Signs | None = None
    count = 0
    for row in rows:
        count += 1
        now = now_ms()
        if signs is None and row.running:
            signs = log.signs()
        mark = state_mark(row.status, row.outcome, None if signs is None else signs.of(row, now))
        line = (
            f"{date_time(row.start, zone):<19}  {row.taken(now):>8}  "
            f"{mark.glyph} {mark.word:<8}  {as_text(row.type):<24}  {as_text(row.user):<12}  "
            f"{one_line(row.id)}  {one_line(row.message) or NONE}"
        )
        click.echo(line.rstrip()[:width])
    return count


def _fields(job: Job, known: Known, now: int, zone: Zone) -> list[tuple[str, str]]:
    mark, reason, note = mark_of(job, known), lost_reason(known, zone), known.note
    load = pace_of(job).line(now, zone) if job.load else None
    kind = fingerprint(job.message) if job.outcome is Outcome.FAILED else ""
    fields = [
        ("id", clean(job.id)),
        ("state", f"{mark.glyph} {mark.word}{f', for {reason}' if reason else ''}"),
        *([("note", f"{one_line(note.text)} ({date_time_exact(note.at, zone)})")] if note else []),
        *([("node", one_line(known.origin.node))] if known.origin.node else []),
        ("type", as_text(job.type)),
        ("user", as_text(job.user)),
        ("created", date_time_exact(job.created_datetime, zone)),
        ("started", date_time_exact(job.start_datetime, zone)),
        ("ended", date_time_exact(job.end_datetime, zone)),
        ("took", NONE if reason else job.taken(now)),
        *([("done", load.text)] if load else []),
        *([("kind", one_line(kind))] if kind else []),
        ("message", _whole(job.message)),
        ("body", _whole(job.job_body)),
    ]
    return [*fields, *((one_line(key), _whole(value)) for key, value in job.other.items())]


def as_text(value: Json) -> str:
    """Return a value of a record as one line, a dash where it has none."""
    return one_line(_whole(value))


def _whole(value: Json) -> str:
    from msgspec import UNSET

    from jobwatch.model.formats import encode

    if value is UNSET or value is None:
        return NONE
    return clean(value if isinstance(value, str) else encode(value).decode())
