"""``tail``: jobs as they begin and end."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

import click

from jobwatch.cli.options import reading, say, zone_option
from jobwatch.cli.printing import job_json, oldest_first, terminal_width, told_line
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.job import Job, Outcome, Time
from jobwatch.model.known import Known
from jobwatch.model.query import JobQuery
from jobwatch.model.settings import Settings
from jobwatch.model.when import Zone, now_ms
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.tail import Happened, Tail
from jobwatch.store.watch import LogReplacedError

__all__ = ["tail"]

PAUSE = 0.2
"""Seconds between two looks at whether the log has changed."""
LOST_CHECKED_EVERY = 5_000
"""Milliseconds between two looks at whether the processes of jobs are still there."""


@click.command(
    cls=QueryCommand,
    examples=(
        ("jobwatch tail", "Prints every job as it starts and as it ends."),
        ("jobwatch tail type:csv_* --last 10", "Begins with the newest ten CSV loads."),
        (
            "jobwatch tail is:failed --json"
            ' | while read -r job; do echo "$job" | mail -s failed ops; done',
            "Sends a mail for each job that fails.",
        ),
    ),
    see_also=("list", "wait", "watch"),
)
@query_arguments
@click.option(
    "--last",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Begin with the newest N that there are already.",
)
@click.option("--json", "json_", is_flag=True, help="Print a record on each line.")
@zone_option
@click.pass_obj
def tail(
    settings: Settings,
    query: tuple[str, ...],
    from_: str | None,
    to: str | None,
    last: int,
    json_: bool,
    zone: Zone,
) -> int:
    """Print the jobs of a QUERY as they start and end.

    Each is a line, until Ctrl-C. QUERY and DATE are those of `jobwatch search`. Whether the QUERY
    finds a job is asked at its start and at its end: status:error tells of failures alone. The
    record of --json says in __event__ what happened: started, ended or lost.
    """
    asked = query_of(query, from_, to, zone)
    try:
        _follow(settings, asked, last, json_, zone)
    except KeyboardInterrupt:
        # Click itself would put an empty line before what is said.
        raise click.Abort from None
    return 0


def _follow(settings: Settings, asked: JobQuery, last: int, as_json: bool, zone: Zone) -> NoReturn:
    replaced: LogReplacedError | None = None
    while True:
        with reading(settings) as log:
            if replaced is not None:
                say(f"jobwatch: {replaced}; going on with what is there now")
            following = Tail(asked)
            # Before what there is already is printed: that may take a while.
            _look(log, following)
            for job, known in oldest_first(log.told, asked, last) if last else ():
                over = job.outcome is not Outcome.PENDING
                at = job.end_datetime if over else job.start_datetime
                _print(job, known, at, zone, "", as_json=as_json)
            last = 0
            try:
                for event, at, (job, known) in _happenings(log, following):
                    _print(job, known, at, zone, event, as_json=as_json)
            except LogReplacedError as error:
                replaced = error


def _happenings(log: PlainJobLog, following: Tail) -> Iterator[Happened]:
    checked = now_ms()
    while True:
        yield from _look(log, following)
        if not 0 <= now_ms() - checked < LOST_CHECKED_EVERY:
            checked = now_ms()
            yield from log.run(following.look_for_lost(checked))
        _pause()


def _look(log: PlainJobLog, following: Tail) -> list[Happened]:
    return log.run(following.look(now_ms())) if log.moved() else []


def _pause() -> None:
    """Wait until the next look; `BrokenPipeError` where nobody reads what is printed any more."""
    if sys.stdout is None or not hasattr(select, "poll"):
        time.sleep(PAUSE)
        return
    gone = select.poll()
    gone.register(sys.stdout, 0)  # errors are told unasked
    for _, event in gone.poll(PAUSE * 1_000):
        if event & select.POLLERR:
            raise BrokenPipeError


def _print(job: Job, known: Known, at: Time, zone: Zone, event: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(job_json(job, known, zone, event=event))
    else:
        click.echo(told_line(job, known, at, now_ms(), zone, terminal_width()))
