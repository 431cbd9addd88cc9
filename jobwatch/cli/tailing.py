"""``tail``: jobs as they begin and end."""

from __future__ import annotations

import select
import sys
import time
from contextlib import closing
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
from jobwatch.store.lasting_log import LastingLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.tail import Tail

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

    A log that is away for a while is followed on once it is back.
    """
    asked = query_of(query, from_, to, zone)
    with reading(settings):  # makes it in the default place
        pass
    following = _Following(asked, last, zone, as_json=json_)
    try:
        _follow(settings, following)
    except KeyboardInterrupt:
        # Click itself would put an empty line before what is said.
        raise click.Abort from None
    return 0


def _follow(settings: Settings, following: _Following) -> NoReturn:
    with closing(LastingLog(settings.store, say=lambda text: say(f"jobwatch: {text}"))) as lasting:
        while True:
            lasting.look(lambda log: following.look(log, lasting.replaced))
            _pause()


class _Following:
    """What is followed, and what was printed of it."""

    def __init__(self, asked: JobQuery, last: int, zone: Zone, *, as_json: bool) -> None:
        self._asked = asked
        self._last = last
        self._zone = zone
        self._as_json = as_json
        self._tail = Tail(asked)
        self._of = 0
        self._lost_checked = now_ms()

    def look(self, log: PlainJobLog, replaced: int) -> None:
        """Print what has happened in a log, of which file is the one that was `replaced` so often.

        What happened in a log before it took another's place is passed over.
        """
        if replaced != self._of:
            self._tail, self._of = Tail(self._asked), replaced
        # Before what there is already is printed: that may take a while.
        happened = log.run(self._tail.look(now_ms())) if log.moved() else []
        self._print_last(log)
        if not 0 <= now_ms() - self._lost_checked < LOST_CHECKED_EVERY:
            self._lost_checked = now_ms()
            happened += log.run(self._tail.look_for_lost(self._lost_checked))
        for event, at, (job, known) in happened:
            self._print(job, known, at, event)

    def _print_last(self, log: PlainJobLog) -> None:
        if not self._last:
            return
        for job, known in oldest_first(log.told, self._asked, self._last):
            over = job.outcome is not Outcome.PENDING
            self._print(job, known, job.end_datetime if over else job.start_datetime, "")
        self._last = 0

    def _print(self, job: Job, known: Known, at: Time, event: str) -> None:
        if self._as_json:
            click.echo(job_json(job, known, self._zone, event=event))
        else:
            click.echo(told_line(job, known, at, now_ms(), self._zone, terminal_width()))


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
