"""``list``: what the monitor's tabs show."""

from __future__ import annotations

from dataclasses import replace

import click

from jobwatch.cli.completions import node_names
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import reading, say, zone_option
from jobwatch.cli.printing import print_jobs
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.settings import Settings
from jobwatch.model.when import Zone

__all__ = ["list_"]

_VIEWS = {
    "running": (View.RUNNING, "no job is running"),
    "all": (View.ALL, "the log is empty"),
    "failed": (View.FAILED, "no job has failed"),
    "attention": (View.ATTENTION, "no job needs attention"),
}


@click.command(
    "list",
    cls=ManualCommand,
    examples=(
        ("jobwatch list", "Lists what is running."),
        ("jobwatch list attention --limit 20", "Lists the newest 20 that need attention."),
        ("jobwatch list running --json | jq length", "Counts what is running."),
    ),
    exit_status={0: "All is well, also if there is no such job."},
    see_also=("search", "tail", "watch"),
)
@click.argument("view", type=click.Choice(list(_VIEWS)), default="running", metavar="[VIEW]")
@click.option(
    "--node", metavar="NAME", shell_complete=node_names, help="Only the jobs of this node."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The newest N alone.")
@click.option("--json", "json_", is_flag=True, help="Print an array of records.")
@zone_option
@click.pass_obj
def list_(
    settings: Settings, view: str, node: str | None, limit: int | None, json_: bool, zone: Zone
) -> int:
    """List the jobs of a VIEW, as the monitor's tabs do.

    They are listed from the oldest to the newest. VIEW is running (what has not ended; the
    default), all, failed (and what its node lost) or attention (failed, partial, overdue and lost).
    """
    shown, nothing = _VIEWS[view]
    sort = Sort(SortKey.STARTED, descending=False)
    query = replace(JobQuery(view=shown, node=node), sort=sort)
    with reading(settings) as log:
        if not print_jobs(log, query, limit=limit, as_json=json_, zone=zone):
            say(nothing)
    return 0
