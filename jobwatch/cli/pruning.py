"""``prune``: takes what is old out of the log, and gives the space back."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from jobwatch.cli import completions
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import say, zone_option
from jobwatch.model.durations import HOUR, parse_length
from jobwatch.model.ranges import describe, parse_period
from jobwatch.model.settings import Settings
from jobwatch.model.text import json_safe, one_line
from jobwatch.model.when import NONE, TimeRange, WhenError, Zone, date_time, now_ms

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from jobwatch.store.pruning import Old, Pruned, Tally
    from jobwatch.store.stray_outputs import KeptOutput

__all__ = ["prune"]

MOST_STATUSES = 10
"""Statuses that are told one by one: a record may carry any."""

TOLD_EVERY = 60.0
"""Seconds between two lines on how far it has come, where no terminal shows it."""

LENGTH = re.compile(r"-?((?:\d+(?:\.\d+)?[hdw])+)", re.ASCII)
"""Of the lengths of time those that nobody means otherwise: to some, 3M is three months."""


def _ages(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the dates, and the lengths of those units that are taken."""
    found = completions.dates(context, param, incomplete)
    return [item for item in found if not item.value.endswith(("s", "m"))]


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "jobwatch prune --older-than 90d",
            "Counts the jobs that ended more than 90 days ago, and deletes them if you say yes.",
        ),
        (
            "jobwatch prune --older-than 2026-01-01 --status complete --dry-run",
            "Counts those that were complete before this year, and deletes none.",
        ),
        ("jobwatch prune --older-than 26w --yes", "Deletes without asking, for cron."),
        (
            "jobwatch prune --older-than 26w --status complete,error --yes",
            "Leaves those of any other status.",
        ),
    ),
    exit_status={
        1: "Nothing was deleted: your answer was no.",
        130: "Interrupted: what was deleted until then stays deleted.",
    },
    see_also=("doctor", "export", "fail", "import"),
)
@click.option(
    "--older-than",
    required=True,
    metavar="LENGTH | DATE",
    shell_complete=_ages,
    help="Those that ended so many hours, days or weeks ago (36h, 90d, 12w; an hour at least), or"
    " before a date (2026-03-01, yesterday); a month is written as one (2026-03).",
)
@click.option(
    "--status",
    "given",
    multiple=True,
    metavar="WORD[,WORD…]",
    shell_complete=completions.statuses,
    help="Only those whose record says so, in any case: complete, error, …; can be given again.",
)
@click.option("--dry-run", is_flag=True, help="Count them, but delete nothing.")
@click.option("--yes", is_flag=True, help="Delete them without asking.")
@click.option("--json", "json_", is_flag=True, help="Print what was done as one JSON object.")
@zone_option
@click.pass_obj
def prune(
    settings: Settings,
    older_than: str,
    given: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    json_: bool,
    zone: Zone,
) -> int:
    """Delete old jobs from the log, and give their space back.

    Old is what ended before the time that --older-than names, and what its node lost before that
    time; never a job that goes on, nor one without any time. You are told how many they are, and
    asked. Notes and kept output go with their jobs, and so does kept output that was last written
    before that time and has no job in the log, unless --status is given. Others may write to the
    log meanwhile.

    A job whose process was killed goes on by its record, and so stays with its kept output until
    `jobwatch fail` closes it; you are told how many there are.

    What was pruned stays away: no mirror of a node brings it back, nor anything else that ended
    before that time with such a status. `jobwatch import` does; `jobwatch doctor` tells what stays
    away. Where no job was pruned, none stays away.
    """
    from jobwatch.store.connect import check_log
    from jobwatch.store.plain_log import PlainJobLog
    from jobwatch.store.pruning import Old, Pruned, ended_statuses, floors_of, lost, tally
    from jobwatch.store.stray_outputs import old_outputs, without_job

    old = Old(_cutoff(older_than, now_ms(), zone), _words(given))
    with PlainJobLog.read(settings.store) as log:
        ended = log.run(ended_statuses())
        found = log.run(tally(old))
        stay = log.run(lost(old))
        strays = [] if old.statuses else log.run(without_job(old_outputs(log.path, old.before)))
    if unknown := old.statuses - ended:
        say(_unknown(unknown, ended))
    if found.statuses or strays:
        say(_found(found, old, zone))
    else:
        say(f"nothing to prune: {_found(found, old, zone)}")
    if strays:
        when = describe(TimeRange(end=old.before), zone)
        say(f"{_strays(len(strays))}, last written {when}: {_size(_bytes(strays))}")
    if stay:
        say(
            f"{_counted(stay)} that began before then stay{'s' * (stay == 1)}: lost, with no"
            " end recorded; jobwatch search is:lost lists such jobs, jobwatch fail closes them"
        )
    done, is_whole = Pruned(), True
    if not dry_run:
        count = found.statuses.total()
        what = _both(count, len(strays))
        if what and not yes:
            _check_terminal()
            if count:
                say(f"then {_kept_away(floors_of(found, old), old.before, zone)}")
            if not click.confirm(f"Delete {what}?", err=True):
                say("nothing was pruned")
                return 1
        # To open a log that has gone would make a new one.
        check_log(settings.store)
        with PlainJobLog.open(settings.store) as log:
            done, is_whole = _prune(log.prune(old), count)
        _tell(done, is_whole, zone)
    if json_:
        _print_json(old, found, strays, done, dry_run=dry_run)
    return 0 if is_whole else 130


def _cutoff(text: str, now: int, zone: Zone) -> int:
    """Return the instant (epoch ms) that a length of time or a date means; a date is its start."""
    text = text.strip()
    length = LENGTH.fullmatch(text)
    try:
        before = now - parse_length(length[1]) if length else _date(text, now, zone)
    except WhenError as error:
        raise click.UsageError(
            f"--older-than {one_line(text)} is neither hours, days or weeks (36h, 90d, 12w) nor a"
            " date (2026-03-01, yesterday); months are written as a date (2026-03)"
        ) from error
    if before > now:
        # Its floor would keep jobs away that are still to come.
        raise click.UsageError(f"--older-than {text}: that is still to come")
    if before > now - HOUR:
        raise click.UsageError(
            f"--older-than {text}: that is everything; give an hour at least, or a date before"
            " today"
        )
    if before <= 0:
        raise click.UsageError(f"--older-than {text}: no job is from before 1970")
    return int(before)


def _date(text: str, now: int, zone: Zone) -> int:
    if text.startswith("-"):
        raise WhenError("a length, of other units")
    return parse_period(text, now=now, zone=zone).start or 0


def _words(given: Iterable[str]) -> frozenset[str]:
    """Return the statuses that were given, as `Old` has them."""
    words = [word.strip().upper() for text in given for word in text.split(",")]
    if not all(words):
        raise click.UsageError("--status needs a word, such as complete")
    return frozenset(words)


def _unknown(unknown: frozenset[str], ended: frozenset[str]) -> str:
    """Return in a line which statuses nothing ended with, and with which something did."""
    others = f", but as {_either(sorted(ended)[:MOST_STATUSES])}" if ended else ""
    return f"warning: no job of this log ended as {_either(unknown)}{others}"


def _either(words: Iterable[str]) -> str:
    return " or ".join(map(one_line, sorted(words)))


def _found(found: Tally, old: Old, zone: Zone) -> str:
    """Return in a line which jobs are old."""
    count = found.statuses.total()
    when = describe(TimeRange(end=old.before), zone)
    if not count:
        words = f" as {_either(old.statuses)}" if old.statuses else ""
        return f"no job ended{words} {when}"
    common = found.statuses.most_common(MOST_STATUSES)
    parts = [f"{_status(status)} {number:,}" for status, number in common]
    rest = count - sum(number for _, number in common)
    if rest:
        parts.append(f"others {rest:,}")
    span = f"the oldest started {date_time(found.oldest or None, zone)}"
    if count > 1:
        span += f", the newest {date_time(found.newest or None, zone)}"
    return f"{_counted(count)} ended {when}: {', '.join(parts)}; {span}"


def _status(column: object) -> str:
    from jobwatch.store.values import preview

    text = preview(column) if isinstance(column, str | int | float | bytes) else ""
    return one_line(text) or NONE


def _check_terminal() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on; --yes prunes without asking")


def _prune(steps: Iterator[Pruned], count: int) -> tuple[Pruned, bool]:
    """Take the steps; return what was done, and whether that is all or an interrupt ended it."""
    from jobwatch.store.pruning import Pruned

    done = Pruned()
    with _at_an_interrupt() as is_interrupted, _counter(count) as show:
        for done in steps:
            if is_interrupted():
                return done, False
            show(done)
    return done, True


def _tell(done: Pruned, is_whole: bool, zone: Zone) -> None:
    what = _both(done.jobs, done.strays) or _counted(0)
    if not is_whole:
        say(f"interrupted: pruned {what}; the next prune gives the space back")
    elif done.jobs or done.strays or done.given_back:
        is_all_back = done.given_back and not done.held_back
        given = f", {_size(done.given_back)} given back" if is_all_back else ""
        say(f"pruned {what}{given}")
    if done.floor is not None:
        say(_kept_away(done.statuses, done.floor, zone))
    if is_whole and done.held_back:
        say("the space comes back once whoever reads the log lets go of it")
    if done.kept_free:
        say(
            f"{_size(done.kept_free)} are free in the file for new jobs, but can't be given back:"
            " it was made without auto_vacuum"
        )
    if done.outputs_left:
        say(f"{_outputs(done.outputs_left)} could not be deleted")


def _print_json(
    old: Old, found: Tally, strays: Sequence[KeptOutput], done: Pruned, *, dry_run: bool
) -> None:
    from jobwatch.model.formats import encode
    from jobwatch.store.floors import ANY

    told = {
        "before": old.before,
        "dry_run": dry_run,
        "found": found.statuses.total(),
        "pruned": done.jobs,
        "bytes": done.given_back,
        "kept_free": done.kept_free,
        "outputs_left": done.outputs_left,
        "outputs_found": len(strays),
        "outputs_pruned": done.strays,
        "stay_away_before": done.floor,
        "stay_away_statuses": None if ANY in done.statuses else sorted(done.statuses),
    }
    click.echo(json_safe(encode(told).decode()))


@contextmanager
def _at_an_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether Ctrl-C was pressed: a step that is half done must be ended first."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _counter(count: int) -> Iterator[Callable[[Pruned], object]]:
    """Show on a terminal how far it has come; anywhere else a line tells it now and then."""
    if not sys.stderr.isatty():
        yield _now_and_then(count)
        return
    try:
        yield lambda done: click.echo(f"\r\x1b[K{_so_far(done, count)}", nl=False, err=True)
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


def _now_and_then(
    count: int, clock: Callable[[], float] = time.monotonic
) -> Callable[[Pruned], object]:
    due = clock() + TOLD_EVERY

    def show(done: Pruned) -> None:
        nonlocal due
        if clock() >= due:
            due = clock() + TOLD_EVERY
            say(_so_far(done, count))

    return show


def _so_far(done: Pruned, count: int) -> str:
    freed = done.given_back + done.held_back
    return f"pruning  {done.jobs:,} of {count:,}{f', {_size(freed)} freed' if freed else ''}"


def _kept_away(statuses: Iterable[str], before: int, zone: Zone) -> str:
    from jobwatch.model.health import kept_away

    return one_line(kept_away(statuses, before, zone))


def _bytes(outputs: Iterable[KeptOutput]) -> int:
    return sum(output.size for output in outputs)


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} byte{'' if count == 1 else 's'}"
    return f"{count / 1_000:,.0f} kB" if count < 10_000_000 else f"{count / 1_000_000:,.0f} MB"


def _counted(count: int) -> str:
    return f"{count:,} job{'' if count == 1 else 's'}"


def _both(jobs: int, strays: int) -> str:
    """Return in words what goes, or has gone; nothing where that is nothing."""
    return " and ".join([_counted(jobs)] * bool(jobs) + [_strays(strays)] * bool(strays))


def _strays(count: int) -> str:
    return f"{_outputs(count)} without a job"


def _outputs(count: int) -> str:
    return f"{count:,} kept output{'' if count == 1 else 's'}"
