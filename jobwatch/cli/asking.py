"""``show`` and ``search``: what the log knows, for people and for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from shutil import get_terminal_size
from typing import TypeVar

import click

from jobwatch.cli.options import as_json, reading, say, zone_option
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.job import Job, Json, Outcome
from jobwatch.model.node import Origin
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.ranges import describe
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import ALWAYS, NONE, Zone, date_time, date_time_exact, now_ms

__all__ = ["search", "show"]

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
        job, origin = log.get_job(id), log.origin(id)
    if job is None:
        say(f"jobwatch: there is no job {id} in {settings.store}")
        return 1
    if json_:
        click.echo(as_json(job))
    else:
        for label, text in _fields(job, origin, zone):
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
            shown = _print_lines(_oldest_first(log.rows, asked, limit), zone)
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


def _print_lines(rows: Iterable[JobRow], zone: Zone) -> int:
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    count = 0
    for row in rows:
        count += 1
        mark = state_mark(row.status, row.outcome)
        line = (
            f"{date_time(row.start, zone):<19}  {row.taken(now_ms()):>8}  "
            f"{mark.glyph} {mark.word:<8}  {_text(row.type):<24}  {_text(row.user):<12}  "
            f"{one_line(row.id)}  {one_line(row.message) or NONE}"
        )
        click.echo(line.rstrip()[:width])
    return count


def _fields(job: Job, origin: Origin, zone: Zone) -> list[tuple[str, str]]:
    lost = origin.lost_since is not None
    mark = state_mark(job.status, Outcome.LOST if lost else job.outcome)
    restarted = f", for its node was started anew at {date_time(origin.lost_since, zone)}"
    fields = [
        ("id", clean(job.id)),
        ("state", f"{mark.glyph} {mark.word}{restarted if lost else ''}"),
        *([("node", one_line(origin.node))] if origin.node else []),
        ("type", _text(job.type)),
        ("user", _text(job.user)),
        ("created", date_time_exact(job.created_datetime, zone)),
        ("started", date_time_exact(job.start_datetime, zone)),
        ("ended", date_time_exact(job.end_datetime, zone)),
        ("took", NONE if lost else job.taken(now_ms())),
        ("message", _whole(job.message)),
        ("body", _whole(job.job_body)),
    ]
    return [*fields, *((one_line(key), _whole(value)) for key, value in job.other.items())]


def _text(value: Json) -> str:
    return one_line(_whole(value))


def _whole(value: Json) -> str:
    from msgspec import UNSET

    from jobwatch.model.formats import encode

    if value is UNSET or value is None:
        return NONE
    return clean(value if isinstance(value, str) else encode(value).decode())
