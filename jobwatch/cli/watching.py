"""``watch``: the monitor on a log, and on the nodes that are mirrored into it."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from jobwatch.cli.mirroring import make_plan, node_options
from jobwatch.cli.options import reading, zone_option
from jobwatch.model.durations import HOUR, SECOND, parse_length
from jobwatch.model.settings import Settings
from jobwatch.model.when import WhenError, Zone
from jobwatch.store.connect import open_plain

__all__ = ["watch"]

SHORTEST, LONGEST = 50, HOUR


class _IntervalType(click.ParamType[float]):
    name = "interval"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds of a typed interval."""
        if isinstance(value, float):
            return value
        try:
            length = parse_length(str(value))
        except WhenError:
            length = 0
        if not SHORTEST <= length <= LONGEST:
            self.fail(
                f"{value!r} is not an interval: 1s, 500ms or 2m, from 50ms to 60m", param, ctx
            )
        return length / SECOND


interval_option = click.option(
    "--interval",
    type=_IntervalType(),
    default="1s",
    show_default=True,
    help="How often to ask whether the log has changed: 1s, 500ms, 2m.",
)


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@interval_option
@zone_option
@node_options
@click.pass_obj
def watch(
    settings: Settings,
    interval: float,
    zone: Zone,
    urls: tuple[str, ...],
    since: str | None,
    rate: float,
    cafile: Path | None,
    ids: tuple[str, ...],
) -> int:
    """Open the monitor; with URLs of HarperDB nodes, mirror their jobs into the log meanwhile.

    Who one is to a node: JOBWATCH_USER and JOBWATCH_PASSWORD, else ~/.netrc, else what is typed.

    \b
    jobwatch watch
    jobwatch --store nightly.db watch --interval 5s
    jobwatch watch http://node1:9925 http://node2:9925 --since 30d
    """
    plan = make_plan(urls, since=since, rate=rate, cafile=cafile, ids=ids, zone=zone)
    if plan.nodes:
        open_plain(settings.store).close()
    gc.disable()  # until the first paint
    from jobwatch.store.state import StateFile
    from jobwatch.tui.app import JobwatchApp
    from jobwatch.tui.listing import PAGE
    from jobwatch.tui.loading import FIRST_QUERY, first_picture

    with reading(settings) as log:
        rows = log.newest_rows(FIRST_QUERY, 2 * PAGE)
        first = first_picture(rows, log.count(FIRST_QUERY))
        nodes = log.nodes()
    state = StateFile.of(settings.store, settings.state)
    app = JobwatchApp(
        settings.store, interval=interval, zone=zone, first=first, nodes=nodes, state=state
    )
    if plan.nodes:
        from jobwatch.cli.watching_nodes import watch_nodes

        watch_nodes(app, settings.store, plan)
    else:
        app.run()
    return app.return_code or 0
