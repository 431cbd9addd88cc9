"""``show`` and ``search``: what the log knows, for people and for scripts."""

from __future__ import annotations

from dataclasses import replace

import click

from jobwatch.cli.completions import job_ids
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.ids import whole_id
from jobwatch.cli.options import reading, say, zone_option
from jobwatch.cli.printing import as_text, job_json, print_jobs, whole_text
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.insight import fingerprint
from jobwatch.model.job import PROGRESS, Job, Outcome
from jobwatch.model.known import Known, lost_reason, mark_of
from jobwatch.model.pace import pace_of
from jobwatch.model.query import Sort, SortKey
from jobwatch.model.ranges import describe
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import ALWAYS, NONE, Zone, date_time_exact, now_ms

__all__ = ["search", "show"]


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a",
            "Shows the job: its times, how long it took, what it said and what it was asked.",
        ),
        (
            "jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a --json | jq .status",
            "Prints the documented record; jq takes the status out of it.",
        ),
    ),
    exit_status={1: "The log doesn't have the job."},
    see_also=("search", "list"),
)
@click.argument("id", shell_complete=job_ids)
@click.option("--json", "json_", is_flag=True, help="Print the documented record as JSON.")
@zone_option
@click.pass_obj
def show(settings: Settings, id: str, json_: bool, zone: Zone) -> int:
    """Show one job by its ID, or by how that begins.

    It prints what the record has and what the log knows besides: the times in the zone, how long it
    took, what it said, what it was asked, and the note that was written to it.
    """
    with reading(settings) as log:
        found, now = log.told_job(id) or log.told_job(whole_id(log, id)), now_ms()
        if found is None:
            say(f"jobwatch: there is no job {one_line(id)} in {settings.store}")
            return 1
        job, known = found
        if json_:
            click.echo(job_json(job, known, zone))
            return 0
    for label, text in _fields(job, known, now, zone):
        first, *rest = text.split("\n") or [""]
        click.echo(f"{label:<11} {first}")
        for line in rest:
            click.echo(f"{'':<12}{line}")
    return 0


@click.command(
    cls=QueryCommand,
    examples=(
        ("jobwatch search --from yesterday", "Lists what has started since yesterday at 00:00."),
        (
            "jobwatch search 'status:error -type:csv_* msg:\"timed out\"' since:2d",
            "Lists the errors of two days that say so, but those of CSV loads.",
        ),
        (
            "jobwatch search --from 2026-03 --to 2026-03 --json",
            "Prints the records of March as one JSON array.",
        ),
    ),
    exit_status={0: "All is well, also if no job is found."},
    see_also=("list", "show", "stats", "export"),
)
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
    """Search jobs by a QUERY and by start date.

    They are listed from the oldest to the newest. On a terminal that is the newest 100 unless told
    otherwise, and everywhere else all.

    A QUERY is what the monitor's / takes: status:error type:csv_* user:ada,bob msg:"timed out"
    body:s3 node:n1 id:59f9 dur>5m wait>10s since:2d before:2026-11-01 during:yesterday is:lost a
    word; joined by OR and brackets; a - in front of a term turns it round.

    A DATE is 2026-11-23, 2026-11-23T14:00+02:00, 2026-03, today, yesterday, -7d or -90m; as an end
    it includes the whole day, month or minute that it names.
    """
    asked = replace(query_of(query, from_, to, zone), sort=Sort(SortKey.STARTED, descending=False))
    with reading(settings) as log:
        shown = print_jobs(log, asked, limit=limit, as_json=json_, zone=zone)
    if not shown:
        text = one_line(asked.text)
        found = f"no job is found by {text}" if text else "no job started"
        anywhere = asked.range == ALWAYS and text
        say(found if anywhere else f"{found} in {describe(asked.range, zone)}")
    return 0


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
        *([("progress", job.progress.text)] if job.progress else []),
        *([("kind", one_line(kind))] if kind else []),
        ("message", whole_text(job.message)),
        ("body", whole_text(job.job_body)),
    ]
    others = ((key, value) for key, value in job.other.items() if key != PROGRESS)
    return [*fields, *((one_line(key), whole_text(value)) for key, value in others)]
