"""``sync``: nodes mirrored into the log without a screen, for cron and services."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobwatch.cli.completions import node_urls
from jobwatch.cli.helping import LOGIN, ManualCommand
from jobwatch.cli.mirroring import (
    Plan,
    make_plan,
    node_options,
    open_mirrors,
    run_while,
    urls_in_force,
)
from jobwatch.cli.options import say, zone_option
from jobwatch.model.node import NodeState, node_facts, node_mark
from jobwatch.model.settings import Settings
from jobwatch.model.when import Zone, now_ms

if TYPE_CHECKING:
    from jobwatch.feeds.harper.mirror import Mirror

__all__ = ["sync"]

PROGRESS_EVERY = 5_000
"""Milliseconds between two lines about a history that is being brought."""

TRIES = 3
"""How often a node may fail to answer before ``--once`` gives it up."""


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "jobwatch sync http://node1:9925 http://node2:9925",
            "Follows two nodes until it is ended, for a service.",
        ),
        (
            "jobwatch sync --once --since 30d https://node1:9925",
            "Brings the jobs of the last 30 days, or what is new since, and ends; for cron.",
        ),
    ),
    exit_status={
        0: "The log has all, with --once; else ended by SIGTERM.",
        1: "A node could not be brought, with --once.",
    },
    environment=LOGIN,
    files={"~/.netrc": "Users and passwords of nodes, where the environment has none."},
    see_also=("watch", "import"),
)
@click.argument("urls", nargs=-1, metavar="[URL]...", shell_complete=node_urls)
@click.option("--once", is_flag=True, help="End when all that the nodes have is in the log.")
@node_options
@zone_option
@click.pass_obj
def sync(
    settings: Settings,
    urls: tuple[str, ...],
    once: bool,
    since: str | None,
    rate: float,
    cafile: Path | None,
    ids: tuple[str, ...],
    zone: Zone,
) -> int:
    """Mirror HarperDB nodes into the log, without a screen.

    Says on stderr what becomes of each node, and goes on until Ctrl-C or SIGTERM; with --once until
    the log has all that the nodes have. Without a URL the nodes are those of the config file, or of
    JOBWATCH_NODES.
    """
    import asyncio

    urls = urls_in_force(urls, settings)
    if not urls:
        raise click.UsageError(
            "Missing argument 'URL...': name nodes, or set them in the config file or in"
            " JOBWATCH_NODES"
        )
    plan = make_plan(urls, since=since, rate=rate, cafile=cafile, ids=ids, zone=zone)
    return asyncio.run(_sync(settings.store, plan, zone, once=once))


async def _sync(store: Path, plan: Plan, zone: Zone, *, once: bool) -> int:
    import asyncio
    import signal

    from jobwatch.store.job_log import JobLog

    said: dict[str, tuple[int, NodeState, bool]] = {}

    def tell(mirror: Mirror) -> None:
        node, now = mirror.node, now_ms()
        if node.state is NodeState.STOPPED:
            return  # as it was told to
        at, state, loading = said.get(node.name, (0, NodeState.STOPPED, False))
        changed = (state, loading) != (node.state, node.loading)
        if changed or (node.loading and now - at > PROGRESS_EVERY):
            said[node.name] = now, node.state, node.loading
            say(_line(mirror, now, zone))

    def complain(reason: str) -> None:
        say(f"jobwatch: {reason}")

    async with (
        JobLog.open(store) as log,
        open_mirrors(plan, log, told=tell, failed=complain) as mirrors,
    ):
        if once:
            brought = await asyncio.gather(*(_bring(mirror) for mirror in mirrors))
            return int(not all(brought))
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        await run_while(ended.wait(), mirrors)
    return 0


async def _bring(mirror: Mirror) -> bool:
    """Mirror a node until the log has all; return whether it came to that."""
    import asyncio

    try:
        while True:
            pause = await mirror.turn()
            if mirror.is_caught_up:
                say(f"{mirror.node.name}: up to date{_counts(mirror)}")
                return True
            if mirror.failures >= TRIES or mirror.node.state is NodeState.UNAUTHORISED:
                say(f"{mirror.node.name}: given up{_counts(mirror)}")
                return False
            await asyncio.sleep(pause)
    finally:
        await mirror.stop()


def _line(mirror: Mirror, now: int, zone: Zone) -> str:
    mark = node_mark(mirror.node, now)
    words = " · ".join([mark.word, *node_facts(mirror.node, now, zone)])
    return f"{mirror.node.name}: {words}{_counts(mirror)}"


def _counts(mirror: Mirror) -> str:
    counts = ""
    if mirror.new:
        counts += f" · {mirror.new:,} new job{'s' * (mirror.new != 1)}"
    if mirror.unusable:
        counts += f" · {mirror.unusable:,} without an id"
    return counts
