"""``show`` and ``search``: what the log knows, for people and for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from shutil import get_terminal_size

import click

from jobwatch.cli.options import as_json, reading, say, zone_option
from jobwatch.model.job import Job, Json
from jobwatch.model.query import JobQuery, Sort, SortKey
from jobwatch.model.row import state_mark
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import (
    WhenError,
    Zone,
    date_time,
    date_time_exact,
    describe,
    now_ms,
    parse_range,
)

__all__ = ["search", "show"]

ON_A_TERMINAL = 100
"""Jobs that a search shows on a terminal unless told otherwise."""


@click.command()
@click.argument("id")
@click.option("--json", "json_", is_flag=True, help="Print the documented record as JSON.")
@zone_option
@click.pass_obj
def show(settings: Settings, id: str, json_: bool, zone: Zone) -> int:
    r"""Show one job by its ID; exit with 1 if the log doesn't have it.

    \b
    jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a
    jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a --json
    """
    with reading(settings) as log:
        job = log.get_job(id)
    if job is None:
        say(f"jobwatch: there is no job {id} in {settings.store}")
        return 1
    if json_:
        click.echo(as_json(job))
    else:
        for label, text in _fields(job, zone):
            first, *rest = text.split("\n") or [""]
            click.echo(f"{label:<11} {first}")
            for line in rest:
                click.echo(f"{'':<12}{line}")
    return 0


@click.command()
@click.option("--from", "from_", metavar="DATE", help="Jobs that started at this date or later.")
@click.option("--to", metavar="DATE", help="Jobs that started before the end of this date.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The newest N alone.")
@click.option("--json", "json_", is_flag=True, help="Print an array of documented records.")
@zone_option
@click.pass_obj
def search(
    settings: Settings,
    from_: str | None,
    to: str | None,
    limit: int | None,
    json_: bool,
    zone: Zone,
) -> int:
    r"""Search jobs by start date, and list them from the oldest to the newest.

    A DATE is 2026-11-23, 2026-11-23T14:00+02:00, 2026-03, today, yesterday, -7d or -90m; as an end
    it includes the whole day, month or minute that it names.

    \b
    jobwatch search --from yesterday
    jobwatch search --from 2026-03 --to 2026-03 --json
    """
    try:
        range = parse_range(from_, to, now=now_ms(), zone=zone)
    except WhenError as error:
        raise click.UsageError(str(error)) from error
    query = JobQuery(range=range, sort=Sort(SortKey.STARTED, descending=False))
    with reading(settings) as log:
        if limit is None and not json_ and sys.stdout.isatty():
            limit = ON_A_TERMINAL
            hidden = max(log.count(query) - limit, 0)
            if hidden:
                say(f"{hidden:,} older jobs are not shown; --limit N shows more")
        jobs = log.jobs(query) if limit is None else _newest(log.jobs(_newest_first(query), limit))
        shown = _print_json(jobs) if json_ else _print_lines(jobs, zone)
    if not shown:
        say(f"no job started in {describe(range, zone)}")
    return 0


def _newest_first(query: JobQuery) -> JobQuery:
    return replace(query, sort=Sort())


def _newest(jobs: Iterable[Job]) -> list[Job]:
    return list(jobs)[::-1]


def _print_json(jobs: Iterable[Job]) -> int:
    count = 0
    for count, job in enumerate(jobs, 1):
        click.echo(("[" if count == 1 else ",\n") + as_json(job), nl=False)
    click.echo("]" if count else "[]")
    return count


def _print_lines(jobs: Iterable[Job], zone: Zone) -> int:
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    count = 0
    for job in jobs:
        count += 1
        mark = state_mark(job.status)
        line = (
            f"{date_time(job.start_datetime, zone):<19}  {job.taken(now_ms()):>8}  "
            f"{mark.glyph} {mark.word:<8}  {_text(job.type):<24}  {_text(job.user):<12}  "
            f"{one_line(job.id)}  {_text(job.message)}"
        )
        click.echo(line.rstrip()[:width])
    return count


def _fields(job: Job, zone: Zone) -> list[tuple[str, str]]:
    mark = state_mark(job.status)
    fields = [
        ("id", clean(job.id)),
        ("state", f"{mark.glyph} {mark.word}"),
        ("type", _text(job.type)),
        ("user", _text(job.user)),
        ("created", date_time_exact(job.created_datetime, zone)),
        ("started", date_time_exact(job.start_datetime, zone)),
        ("ended", date_time_exact(job.end_datetime, zone)),
        ("took", job.taken(now_ms())),
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
        return "–"
    return clean(value if isinstance(value, str) else encode(value).decode())
