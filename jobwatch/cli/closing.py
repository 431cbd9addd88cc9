"""``fail``: closes by hand what goes on by its record, but will never end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from jobwatch.cli.completions import running_ids
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.ids import whole_ids
from jobwatch.cli.options import reading, say, zone_option
from jobwatch.cli.printing import as_text
from jobwatch.model.job import Job, Phase
from jobwatch.model.known import Known, known_of, lost_reason, mark_of
from jobwatch.model.row import state_mark
from jobwatch.model.settings import Settings
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, date_time, now_ms

__all__ = ["fail"]


@click.command(
    cls=ManualCommand,
    examples=(
        (
            'jobwatch fail 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a --message "node2 was replaced"',
            "Shows the job, and closes it with this message if you say yes.",
        ),
        (
            "jobwatch fail --yes 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a",
            "Closes it without asking, for scripts.",
        ),
    ),
    exit_status={
        1: "Nothing was closed: a job isn't in the log or has ended, or your answer was no.",
    },
    see_also=("doctor", "show"),
)
@click.argument("ids", nargs=-1, required=True, metavar="ID...", shell_complete=running_ids)
@click.option(
    "--message",
    metavar="TEXT",
    help="What their records say from then on; else what they said, or “closed by hand”.",
)
@click.option("--yes", is_flag=True, help="Close them without asking.")
@zone_option
@click.pass_obj
def fail(
    settings: Settings, ids: tuple[str, ...], message: str | None, yes: bool, zone: Zone
) -> int:
    """Close jobs that will never end, by their IDs, as ERROR.

    They are those that go on by their records, though nothing is left to end them. What is known of
    each is shown first, then you are asked. All are closed or none. How an ID begins will do, if no
    other begins so.
    """
    from jobwatch.store.alive import process_text
    from jobwatch.store.connect import check_log
    from jobwatch.store.plain_log import PlainJobLog

    with reading(settings) as log:
        ids = whole_ids(log, ids)
        jobs = log.find_jobs(ids)
        if _is_refused(ids, jobs, settings):
            return 1
        signs, now = log.signs(), now_ms()
        for id in ids:
            known = known_of(
                jobs[id],
                log.origin(id),
                None,
                signs,
                now,
                process=process_text(jobs[id]),
            )
            say(_line(jobs[id], known, now, zone))
    if not yes and not _is_confirmed(len(ids)):
        say("nothing was closed")
        return 1
    # To open a log that has gone would make a new one.
    check_log(settings.store)
    with PlainJobLog.open(settings.store) as log:
        # One may have ended while the question stood.
        if _is_refused(ids, log.find_jobs(ids), settings):
            return 1
        log.close_jobs(ids, message)
    say(f"closed {_counted(len(ids))} as ERROR")
    return 0


def _is_refused(ids: Sequence[str], jobs: Mapping[str, Job], settings: Settings) -> bool:
    """Return whether one of the jobs can't be closed, and say why."""
    reasons = list(_refusals(ids, jobs, settings))
    for reason in reasons:
        say(f"jobwatch: {reason}")
    if reasons and len(ids) > 1:
        say("nothing was closed")
    return bool(reasons)


def _refusals(ids: Iterable[str], jobs: Mapping[str, Job], settings: Settings) -> Iterator[str]:
    for id in ids:
        job = jobs.get(id)
        if job is None:
            yield f"there is no job {one_line(id)} in {settings.store}"
        elif job.phase is Phase.ENDED:
            mark = state_mark(job.status, job.outcome)
            yield f"{one_line(id)} has ended already: {mark.glyph} {mark.word}"


def _line(job: Job, known: Known, now: int, zone: Zone) -> str:
    mark, reason = mark_of(job, known), lost_reason(known, zone)
    if not isinstance(job.start_datetime, int | float):
        run = f"created {date_time(job.created_datetime, zone)}, not started"
    else:
        run = f"started {date_time(job.start_datetime, zone)}, running for {job.taken(now)}"
    return (
        f"{one_line(job.id)}  {mark.glyph} {mark.word}  {as_text(job.type)}  {as_text(job.user)}"
        f"  {run}; {f'lost: {reason}' if reason else 'not known to be lost'}"
    )


def _is_confirmed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on; --yes closes them without asking")
    return click.confirm(f"Close {_counted(count)} as ERROR?", err=True)


def _counted(count: int) -> str:
    return f"{count:,} job{'' if count == 1 else 's'}"
