"""``list``: what the monitor's tabs show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from jobwatch.cli.completions import node_names
from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import OneOf, reading, say, zone_option
from jobwatch.cli.printing import print_jobs
from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.settings import Settings
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone

__all__ = ["list_"]

MOST_NAMES = 5
"""Nodes that are named where none is like what was typed."""

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
    exit_status={
        0: "All is well, also if there is no such job.",
        2: "The command line is wrong, the log can't be read, or knows no such node.",
    },
    see_also=("search", "tail", "watch"),
)
@click.argument("view", type=OneOf(list(_VIEWS)), default="running", metavar="[VIEW]")
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
        if node is not None:
            _check_node(node, [known.name for known in log.nodes()])
        if not print_jobs(log, query, limit=limit, as_json=json_, zone=zone):
            say(nothing)
    return 0


def _check_node(name: str, known: Sequence[str]) -> None:
    """Refuse a name that the log knows no node by: a slip would look as if all were well."""
    from difflib import get_close_matches

    if name in known:
        return
    near = get_close_matches(name, known, n=1) or [node for node in known if name in node][:1]
    if near:
        hint = f"; did you mean {one_line(near[0])}?"
    elif known:
        hint = f", but {', '.join(map(one_line, known[:MOST_NAMES]))}"
    else:
        hint = ", nor any other"
    raise click.BadParameter(f"the log knows no node {one_line(name)}{hint}", param_hint="--node")
