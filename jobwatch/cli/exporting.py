"""``export``: the jobs of a query as a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobwatch.cli.options import OneOf, one_line_at_an_interrupt, reading, say, zone_option
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean, json_safe
from jobwatch.model.when import Zone, now_ms

if TYPE_CHECKING:
    from jobwatch.model.formats import Format
    from jobwatch.model.query import JobQuery

__all__ = ["export"]

STDOUT = Path("-")


@click.command(
    cls=QueryCommand,
    examples=(
        ("jobwatch export -o jobs.ndjson", "Writes all jobs, one on a line."),
        (
            "jobwatch export 'status:error -type:csv_*' since:7d -o failed.csv --zone UTC",
            "Makes a table of a week's errors, with their times in UTC.",
        ),
        (
            "jobwatch export --from 2026-03 --to 2026-03 --format json | jq length",
            "Counts the jobs of March.",
        ),
    ),
    exit_status={130: "Interrupted; FILE is what it was."},
    see_also=("import", "search"),
)
@query_arguments
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=STDOUT,
    metavar="FILE",
    help="Where to write them, else to stdout (-). The file is replaced when all is written.",
)
@click.option(
    "--format",
    "format_",
    type=OneOf(["json", "ndjson", "csv"]),
    help="How to write them; else as the FILE's name ends, else as NDJSON.",
)
@click.option("--json", "json_", is_flag=True, help="The same as --format json.")
@zone_option
@click.pass_obj
def export(
    settings: Settings,
    query: tuple[str, ...],
    from_: str | None,
    to: str | None,
    output: Path,
    format_: str | None,
    json_: bool,
    zone: Zone,
) -> int:
    """Write the jobs of a QUERY, or all, to a file.

    They are written as JSON, NDJSON or CSV, from the oldest to the newest. `jobwatch import` makes
    the same log of it. Beside each time (epoch milliseconds) stands what it is in the zone, in ISO
    8601. QUERY and DATE are those of `jobwatch search`.
    """
    import asyncio

    from jobwatch.model.export_formats import format_of
    from jobwatch.model.formats import Format
    from jobwatch.store.whole_file import check_target

    if json_ and format_ not in (None, Format.JSON):
        raise click.UsageError(f"--json is --format json, not {format_}: give one of them")
    asked = query_of(query, from_, to, zone)
    named = Format.JSON if json_ else format_
    format = Format(named) if named else format_of(output)
    with reading(settings), one_line_at_an_interrupt():
        if output == STDOUT:
            asyncio.run(_print(settings.store, asked, format, zone))
        else:
            check_target(output, settings.store)
            done = asyncio.run(_write(settings.store, asked, format, zone, output))
            say(f"{done:,} job{'s' * (done != 1)} in {output}")
    return 0


async def _write(store: Path, query: JobQuery, format: Format, zone: Zone, path: Path) -> int:
    import asyncio
    import signal

    from jobwatch.store.connection import ReadConnection
    from jobwatch.store.export import encoded, jobs_found
    from jobwatch.store.whole_file import write_file

    if task := asyncio.current_task():
        # So that nothing half done stays; Ctrl-C does the same.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with ReadConnection.open(store) as connection:
        chunks = encoded(jobs_found(connection, query, now_ms), format, zone)
        with _counter() as progress:
            return await write_file(path, chunks, progress)


async def _print(store: Path, query: JobQuery, format: Format, zone: Zone) -> None:
    from contextlib import aclosing

    from jobwatch.model.formats import Format
    from jobwatch.store.connection import ReadConnection
    from jobwatch.store.export import encoded, jobs_found

    if sys.stdout is None:
        return  # closed: nobody wants it
    for_people = sys.stdout.isatty()
    safe = clean if format is Format.CSV else json_safe
    async with (
        ReadConnection.open(store) as connection,
        aclosing(encoded(jobs_found(connection, query, now_ms), format, zone)) as chunks,
    ):
        async for data, _ in chunks:
            if for_people:
                click.echo(safe(data.decode().replace("\r\n", "\n")), nl=False)
            else:
                sys.stdout.buffer.write(data)
    sys.stdout.flush()


@contextmanager
def _counter() -> Iterator[Callable[[int], object]]:
    """Show on a terminal how many jobs are written, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    try:
        yield lambda done: click.echo(f"\rexporting  {done:,}", nl=False, err=True)
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)
