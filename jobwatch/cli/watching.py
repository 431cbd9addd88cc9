"""``watch``: the monitor on a log, and on the nodes that are mirrored into it."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from jobwatch.cli.completions import node_urls
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.mirroring import make_plan, node_options, urls_in_force
from jobwatch.cli.options import reading, zone_option
from jobwatch.cli.places import NETRC, places
from jobwatch.cli.terminal import end_with_terminal, refuse_without_terminal
from jobwatch.cli.variables import LOGIN, MONITOR
from jobwatch.model.intervals import parse_interval
from jobwatch.model.settings import INTERVAL, Settings
from jobwatch.model.when import WhenError, Zone
from jobwatch.store.connect import open_plain, refuse_older

__all__ = ["watch"]


class _IntervalType(click.ParamType[float]):
    name = "interval"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds of a typed interval."""
        if isinstance(value, float):
            return value
        try:
            return parse_interval(str(value))
        except WhenError as error:
            self.fail(str(error), param, ctx)


def _interval_at_first() -> str:
    settings = click.get_current_context().find_object(Settings)
    return INTERVAL if settings is None else settings.interval


interval_option = click.option(
    "--interval",
    type=_IntervalType(),
    default=_interval_at_first,
    show_default=False,
    help="How often to ask whether the log has changed: 1s, 500ms, 2m. Also JOBWATCH_INTERVAL and"
    " the config file; else 1s.",
)


@click.command(
    cls=ManualCommand,
    examples=(
        ("jobwatch watch", "Opens the monitor; q leaves it, ? tells its keys."),
        (
            "jobwatch --store nightly.db watch --interval 5s",
            "Opens it on another log, and looks at that every five seconds.",
        ),
        (
            "jobwatch watch http://node1:9925 http://node2:9925 --since 30d",
            "Mirrors two nodes meanwhile, with their jobs of the last 30 days.",
        ),
    ),
    environment={**LOGIN, **MONITOR},
    files=lambda: {**places(), **NETRC},
    see_also=("sync", "web", "list", "config"),
)
@click.argument("urls", nargs=-1, metavar="[URL]...", shell_complete=node_urls)
@interval_option
@zone_option
@node_options
@click.option(
    "--read-only",
    is_flag=True,
    help="Write nothing, and run nothing: no notes, no export, no notices; no node is mirrored.",
)
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
    read_only: bool,
) -> int:
    """Open the monitor, and mirror HarperDB nodes meanwhile.

    With URLs of nodes their jobs are mirrored into the log while it is open. Without, the nodes are
    those of the config file, or of JOBWATCH_NODES.
    """
    if read_only and urls:
        raise click.UsageError(
            "--read-only leaves the log as it is, and a node would be mirrored into it: give either"
            " the option or URLs"
        )
    urls = () if read_only else urls_in_force(urls, settings)
    refuse_without_terminal()
    plan = make_plan(urls, since=since, rate=rate, cafile=cafile, ids=ids, zone=zone)
    if read_only:
        refuse_older(settings.store)
    if plan.nodes:
        open_plain(settings.store).close()
    gc.disable()  # until the first paint
    from jobwatch.store.plain_log import PlainJobLog
    from jobwatch.store.state import StateFile
    from jobwatch.tui.app import JobwatchApp
    from jobwatch.tui.configured import configured
    from jobwatch.tui.listing import PAGE
    from jobwatch.tui.loading import FIRST_QUERY, first_picture

    own = configured(settings)
    # One that isn't there isn't made by who writes nothing.
    with PlainJobLog.read(settings.store) if read_only else reading(settings) as log:
        rows = log.newest_rows(FIRST_QUERY, 2 * PAGE)
        first = first_picture(rows, log.count(FIRST_QUERY))
        nodes = log.nodes()
    state = StateFile.of(settings.store, settings.state)
    app = JobwatchApp(
        settings.store,
        interval=interval,
        zone=zone,
        first=first,
        nodes=nodes,
        state=state,
        configured=own,
        read_only=read_only,
    )
    end_with_terminal()
    if plan.nodes:
        from jobwatch.cli.watching_nodes import watch_nodes

        watch_nodes(app, settings.store, plan)
    else:
        app.run()
    return app.return_code or 0
