"""``stats``: how many jobs there are by type, user, node or day, and how these went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobwatch.cli.options import OneOf, reading, say, zone_option
from jobwatch.cli.printing import terminal_width
from jobwatch.cli.querying import QueryCommand, query_arguments, query_of
from jobwatch.model.settings import Settings
from jobwatch.model.statistics import COLUMNS, By, Figures, Statistics, name_of, record_of
from jobwatch.model.text import cells, fitted
from jobwatch.model.when import Zone, now_ms

if TYPE_CHECKING:
    from jobwatch.model.query import JobQuery

__all__ = ["stats"]

TOTAL = "total"
SHORTEST_NAME = 8
"""What a narrow terminal leaves of a name at least."""


@click.command(
    cls=QueryCommand,
    examples=(
        ("jobwatch stats", "Tells of all jobs, by type."),
        (
            "jobwatch stats since:7d --by day --zone Europe/Zurich",
            "Tells of each day of the last week, as days are in Zurich.",
        ),
        (
            "jobwatch stats type:csv_* --by user --json | jq '.[] | select(.error_share > 0.1)'",
            "Prints whose CSV loads failed more often than one in ten.",
        ),
    ),
    exit_status={0: "All is well, also if no job is found."},
    see_also=("search", "doctor"),
)
@query_arguments
@click.option(
    "--by",
    "by",
    type=OneOf([by.value for by in By]),
    default=By.TYPE.value,
    show_default=True,
    help="What to group the jobs by; days are those of the zone.",
)
@click.option("--json", "json_", is_flag=True, help="Print an array of objects.")
@zone_option
@click.pass_obj
def stats(
    settings: Settings,
    query: tuple[str, ...],
    from_: str | None,
    to: str | None,
    by: str,
    json_: bool,
    zone: Zone,
) -> int:
    """Count the jobs of a QUERY, or all, and how they went.

    They are counted by type, user, node or day.

    Errors (jobs that failed or were lost) and partial loads are shares of the jobs that are over.
    Half of the jobs took at most p50, 95 % at most p95. Rec/s are records a second, of the jobs
    that say how many they did. QUERY and DATE are those of `jobwatch search`.
    """
    import asyncio

    asked = query_of(query, from_, to, zone)
    with reading(settings):
        found = asyncio.run(_read(settings.store, asked, By(by), zone))
    if json_:
        _print_json(found)
    elif found.total.jobs:
        _print_table(found)
    else:
        say("no job is found" if asked.narrows else "the log has no jobs yet")
    return 0


async def _read(store: Path, query: JobQuery, by: By, zone: Zone) -> Statistics:
    from contextlib import aclosing

    from jobwatch.store.connection import ReadConnection
    from jobwatch.store.statistics import statistics_of

    found = Statistics(by)
    async with (
        ReadConnection.open(store) as connection,
        aclosing(statistics_of(connection, query, by, zone, now_ms)) as pictures,
    ):
        async for picture in pictures:
            found = picture
    return found


def _print_json(found: Statistics) -> None:
    from jobwatch.model.formats import encode
    from jobwatch.model.text import json_safe

    records = [record_of(group, found.by) for group in found.groups]
    records.append(record_of(found.total, TOTAL))
    lines = ",\n".join(json_safe(encode(record).decode()) for record in records)
    click.echo(f"[{lines}]")


def _print_table(found: Statistics) -> None:
    lines = [
        (found.by.capitalize(), [column.label for column in COLUMNS]),
        *((name_of(figures), _cells(figures)) for figures in found.groups),
        (f"{len(found.groups):,} in all", _cells(found.total)),
    ]
    columns = zip(*(figures for _, figures in lines), strict=True)
    widths = [max(map(len, column)) for column in columns]
    longest = max(cells(name) for name, _ in lines)
    if (width := terminal_width()) is not None:
        room = width - sum(widths) - 2 * len(widths)
        longest = min(longest, max(room, SHORTEST_NAME))
    for name, figures in lines:
        click.echo(fitted(name, longest) + "".join(_aligned(figures, widths)))


def _cells(figures: Figures) -> list[str]:
    return [column.text(figures) for column in COLUMNS]


def _aligned(figures: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    return (f"  {figure:>{width}}" for figure, width in zip(figures, widths, strict=True))
