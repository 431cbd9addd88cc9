"""``import``, ``seed`` and ``demo``: what puts jobs into a log."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from jobwatch.cli.completions import dates, file_names
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import say, zone_option
from jobwatch.cli.variables import NOTIFICATIONS, SCREEN
from jobwatch.model.days import day_of, day_start
from jobwatch.model.ranges import parse_period
from jobwatch.model.settings import Settings
from jobwatch.model.when import UTC, WhenError, Zone, now_ms

if TYPE_CHECKING:
    from jobwatch.feeds.files import Log, Record, Totals
    from jobwatch.model.formats import Format
    from jobwatch.model.job import Job

__all__ = ["demo", "import_", "seed"]

BATCH = 10_000


@click.command(
    name="import",
    cls=ManualCommand,
    examples=(
        ("jobwatch import jobs.json", "Loads a saved answer of a node, or an export."),
        (
            "jobwatch import --dry-run --rejects bad.ndjson jobs.csv",
            "Checks a table and counts what is new; what is bad of it is written to a file.",
        ),
        ("gzip -dc jobs.json.gz | jobwatch import -", "Loads what another program prints."),
    ),
    exit_status={
        1: "A record was bad; the others are in the log.",
        2: "The command line is wrong, or the log or a file can't be used or understood.",
    },
    see_also=("export", "sync"),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE... | -", shell_complete=file_names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "ndjson", "csv"]),
    help="What the files are; told apart by content if not given.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write each bad record there, as it stands.",
)
@click.option("--dry-run", is_flag=True, help="Check and count, but write nothing.")
@click.option("--json", "json_", is_flag=True, help="Print the counts as one JSON object.")
@click.pass_obj
def import_(
    settings: Settings,
    files: tuple[str, ...],
    format_: str | None,
    rejects: Path | None,
    dry_run: bool,
    json_: bool,
) -> int:
    """Load job records from files into the log.

    Each FILE, or stdin (-), is a JSON array, one object, a saved response of HarperDB, NDJSON, or
    CSV. Good records are kept even where others are bad. What is there already is merged: the later
    record wins.
    """
    from jobwatch.feeds.files import Totals
    from jobwatch.model.formats import Format, FormatError, encode

    total = Totals()
    unusable = False
    with _log(settings, dry_run=dry_run) as log, _rejects(rejects) as reject:
        for name in files:
            counts = [Totals()]  # the last is that of all that was written
            try:
                _import_file(log, name, Format(format_) if format_ else None, reject, counts.append)
            except FormatError as error:
                say(f"jobwatch: {_named(name)}: {error}")
                unusable = True
            total = Totals(*(sum(pair) for pair in zip(total, counts[-1], strict=True)))
    if json_:
        click.echo(encode(total._asdict()).decode())
    else:
        say(
            f"{total.read:,} read: {total.new:,} new, {total.updated:,} updated,"
            f" {total.unchanged:,} unchanged, {total.rejected:,} rejected"
            + (" (dry run: nothing was written)" if dry_run else "")
        )
    return 2 if unusable else int(total.rejected > 0)


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "jobwatch seed",
            "Puts 1,000 jobs of the last 30 days into the log, eight of them running.",
        ),
        (
            "jobwatch --store sample.db seed --count 100000 --days 365 --random-state 7",
            "Makes a log of a year, the same whenever it is made on that day.",
        ),
    ),
    see_also=("demo", "import"),
)
@click.option(
    "--count",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    metavar="N",
    help="How many jobs.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    metavar="N",
    help="Over how many days they are spread.",
)
@click.option(
    "--running",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    metavar="N",
    help="How many of them have not ended.",
)
@click.option("--random-state", type=int, metavar="N", help="The same N gives the same jobs.")
@click.option(
    "--until",
    metavar="DATE",
    shell_complete=dates,
    help="When the sample ends; else now, or today at 00:00 UTC with --random-state.",
)
@zone_option
@click.pass_obj
def seed(
    settings: Settings,
    count: int,
    days: int,
    running: int,
    random_state: int | None,
    until: str | None,
    zone: Zone,
) -> int:
    """Fill the log with believable sample jobs.

    They are of all the types that HarperDB has. What is in the log stays.
    """
    from jobwatch.feeds.samples import seed_jobs

    if running > count:
        raise click.UsageError(f"--running {running} is more than --count {count}")
    jobs = seed_jobs(
        count=count,
        days=days,
        running=running,
        now=_end_of_sample(until, random_state, zone),
        random_state=random.randrange(2**32) if random_state is None else random_state,
    )
    with _log(settings, dry_run=False) as log, _bar("seeding", count) as advance:
        for batch in _batches(jobs):
            log.upsert_many(batch)
            advance(len(batch))
    say(f"{count:,} sample jobs are in {settings.store}")
    return 0


@click.command(
    cls=ManualCommand,
    examples=(
        ("jobwatch demo", "Opens the monitor; q leaves it, and nothing stays."),
        ("jobwatch demo --zone UTC", "The same, with all times in UTC."),
    ),
    environment={
        **SCREEN,
        **NOTIFICATIONS,
        "JOBWATCH_STORE": "Not used: the log of the demonstration is its own.",
    },
    see_also=("watch", "seed"),
)
@zone_option
@click.pass_obj
def demo(settings: Settings, zone: Zone) -> int:
    """Show the monitor on a throw-away log, with simulated jobs.

    Jobs start, run and end while you watch.
    """
    from jobwatch.cli.demonstration import run_demo
    from jobwatch.tui.configured import configured

    return run_demo(zone, configured(settings))


def _end_of_sample(until: str | None, random_state: int | None, zone: Zone) -> int:
    now = now_ms()
    if until is not None:
        try:
            return parse_period(until, now=now, zone=zone).start or now
        except WhenError as error:
            raise click.UsageError(str(error)) from error
    return now if random_state is None else day_start(day_of(now, UTC), UTC)


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _log(settings: Settings, *, dry_run: bool) -> Iterator[Log]:
    if dry_run:
        from jobwatch.store.dry_run import DryRunLog

        with DryRunLog.open(settings.store) as dry:
            yield dry
    else:
        from jobwatch.store.plain_log import PlainJobLog

        with PlainJobLog.open_for_bulk(settings.store) as log:
            yield log


def _import_file(
    log: Log,
    name: str,
    format: Format | None,
    reject: Callable[[bytes], object],
    report: Callable[[Totals], object],
) -> None:
    from jobwatch.feeds.files import import_records, read_records

    def on_reject(record: Record) -> None:
        say(f"{_named(name)}: {record.place}: {record.reason}")
        reject(record.raw)

    with _source(name) as (source, size), _bar(_named(name), size) as advance:
        seen = 0

        def on_progress(totals: Totals) -> None:
            nonlocal seen
            report(totals)
            if size:
                advance(source.tell() - seen)
                seen = source.tell()

        records = read_records(source, format)
        import_records(log, records, on_reject=on_reject, on_progress=on_progress)


@contextmanager
def _source(name: str) -> Iterator[tuple[BinaryIO, int]]:
    if name == "-":
        yield sys.stdin.buffer, 0
    else:
        with open(name, "rb") as file:
            yield file, os.fstat(file.fileno()).st_size


@contextmanager
def _rejects(path: Path | None) -> Iterator[Callable[[bytes], object]]:
    if path is None:
        yield lambda raw: None
        return
    # A record may hold credentials, and what is bad of it is not yet taken out.
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        yield lambda raw: file.write(raw.rstrip(b"\r\n") + b"\n")


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Show progress on a terminal, and nothing anywhere else."""
    if not length or not sys.stderr.isatty():
        yield lambda steps: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=False) as bar:
        yield bar.update


def _named(name: str) -> str:
    return "stdin" if name == "-" else name
