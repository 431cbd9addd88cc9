"""``wait``: for scripts that go on when jobs have ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobwatch.cli.completions import node_urls, running_ids
from jobwatch.cli.helping import LOGIN, ManualCommand
from jobwatch.cli.ids import short_id, whole_ids
from jobwatch.cli.options import reading, say, zone_option
from jobwatch.cli.printing import DAY_TIME, ROOMY, as_text, job_json, terminal_width
from jobwatch.model.durations import SECOND, parse_length
from jobwatch.model.job import Phase
from jobwatch.model.known import lost_reason, mark_of
from jobwatch.model.settings import Settings
from jobwatch.model.text import cut, one_line
from jobwatch.model.waiting import Ended, UnknownJobsError, Waiting, WaitStatus
from jobwatch.model.when import NONE, WhenError, Zone, date_time, dated, now_ms

if TYPE_CHECKING:
    from jobwatch.cli.mirroring import Plan

__all__ = ["wait"]

RATE = 20.0
"""How many requests a second a node gets at most."""

LONGEST_MESSAGE = 200
"""Characters of a message in a line that no terminal's width cuts."""


class _LengthType(click.ParamType[float]):
    name = "length"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds of a typed length of time."""
        if isinstance(value, float):
            return value
        try:
            return parse_length(str(value)) / SECOND
        except WhenError as error:
            self.fail(str(error), param, ctx)


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "jobwatch wait 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a && echo loaded",
            "Goes on once a job is complete.",
        ),
        (
            "jobwatch wait --any --timeout 5m 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a nightly",
            "Waits for the first of two, for five minutes at most.",
        ),
        (
            "jobwatch wait --node http://node1:9925 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a",
            "Waits for a job of a node.",
        ),
    ),
    exit_status={
        0: "All of them are COMPLETE.",
        1: "One ended as ERROR, or otherwise than COMPLETE.",
        2: "The command line is wrong, the log can't be read, or the node doesn't let you in.",
        3: "One is COMPLETE, but not all of its records were done.",
        4: "One is lost: its process is gone, or its node was started anew.",
        5: "The time was over before.",
        6: "An ID is unknown, or its job was deleted.",
    },
    environment=LOGIN,
    files={"~/.netrc": "Users and passwords of nodes."},
    see_also=("show", "tail"),
)
@click.argument("ids", nargs=-1, required=True, metavar="ID...", shell_complete=running_ids)
@click.option(
    "--timeout",
    type=_LengthType(),
    default=inf,
    show_default="for ever",
    metavar="LENGTH",
    help="How long to wait: 90s, 5m, 1h30m; 0 looks once.",
)
@click.option("--any", "any_", is_flag=True, help="Wait for the first of them alone.")
@click.option(
    "--node",
    "url",
    metavar="URL",
    shell_complete=node_urls,
    help="Ask this HarperDB node, not the log.",
)
@click.option(
    "--cafile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Trust the certificates of this authority (PEM), for --node.",
)
@click.option("--json", "json_", is_flag=True, help="Print one record a line, as JSON.")
@zone_option
@click.pass_obj
def wait(
    settings: Settings,
    ids: tuple[str, ...],
    timeout: float,
    any_: bool,
    url: str | None,
    cafile: Path | None,
    json_: bool,
    zone: Zone,
) -> int:
    """Wait until jobs have ended.

    Prints one line for each as it ends. With --any the first that ends will do. How an ID of the
    log begins will do too, if no other begins so.

    The exit status tells the worst of what has ended: an error before a lost job, and that before
    one that is complete in part. Whatever did not end in time, or is not there, comes before all.

    A log that is away for a while is waited for too. With --node a HarperDB node is asked instead,
    also while it restarts.
    """
    if cafile is not None and url is None:
        raise click.UsageError("--cafile is for --node")
    if url is None:
        with reading(settings) as log:  # makes it in the default place
            ids = whole_ids(log, ids)
    waiting = Waiting(ids, needed=1 if any_ else None)
    tell = _teller(zone, json_=json_)
    try:
        if url is None:
            place = f"in {settings.store}"
            _wait_on_log(settings.store, waiting, timeout, tell)
        else:
            place = f"on {one_line(url)}"
            _wait_on_node(url, cafile, zone, waiting, timeout, tell)
    except UnknownJobsError as error:
        for id in error.ids:
            say(f"jobwatch: there is no job {one_line(id) or '“”'} {place}")
        return int(WaitStatus.UNKNOWN)
    except KeyboardInterrupt:
        # Click itself would put an empty line before it.
        raise click.Abort from None
    if not waiting.is_over:
        say(f"jobwatch: the time is over, and not ended: {', '.join(map(one_line, waiting.left))}")
    return int(waiting.status)


def _wait_on_log(
    store: Path, waiting: Waiting, timeout: float, tell: Callable[[Ended], None]
) -> None:
    from jobwatch.store.waiting import wait_on_log

    def say_of_log(text: str) -> None:
        say(f"jobwatch: {text}")

    wait_on_log(store, waiting, timeout=timeout, tell=tell, say=say_of_log)


def _wait_on_node(
    url: str,
    cafile: Path | None,
    zone: Zone,
    waiting: Waiting,
    timeout: float,
    tell: Callable[[Ended], None],
) -> None:
    import asyncio

    from jobwatch.cli.mirroring import make_plan

    plan = make_plan((url,), since=None, rate=RATE, cafile=cafile, ids=(), zone=zone)
    asyncio.run(_ask_node(plan, waiting, timeout, tell))


async def _ask_node(
    plan: Plan, waiting: Waiting, seconds: float, tell: Callable[[Ended], None]
) -> None:
    from random import Random

    from jobwatch.feeds.harper.client import NodeClient, NodeError, open_http
    from jobwatch.feeds.harper.pace import Pace
    from jobwatch.feeds.harper.waiting import wait_on_node

    [(address, credentials)] = plan.nodes
    try:
        http = open_http(plan.cafile)
    except OSError as error:
        raise click.ClickException(f"{plan.cafile} holds no certificate in PEM: {error}") from error
    async with http:
        client = NodeClient(http, address.url, credentials, pace=Pace(plan.rate), clock=now_ms)
        try:
            await wait_on_node(
                client, address.name, waiting, timeout=seconds, tell=tell, say=say, random=Random()
            )
        except NodeError as error:
            raise click.ClickException(f"{address.name}: {one_line(str(error))}") from error


def _teller(zone: Zone, *, json_: bool) -> Callable[[Ended], None]:
    """Return what prints each job as it ends, and no more once nobody reads it."""

    def tell(ended: Ended) -> None:
        if json_:
            text = job_json(ended.job, ended.known, zone)
        else:
            text = _line(ended, zone, terminal_width())
        try:
            click.echo(text)
        except BrokenPipeError:
            # The exit status is still waited for, and 0 would say that all is well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    return tell


def _line(ended: Ended, zone: Zone, width: int | None) -> str:
    from jobwatch.store.values import preview, to_column

    job, known, now = ended.job, ended.known, now_ms()
    mark = mark_of(job, known)
    is_lost = job.phase is not Phase.ENDED
    at = known.origin.lost_since if is_lost else job.end_datetime
    said = lost_reason(known, zone) if is_lost else preview(to_column(job.message))
    took = NONE if is_lost else job.taken(now)
    if width is None or width >= ROOMY:
        time, id = f"{date_time(at, zone):<19}", one_line(job.id)
    else:
        time, id = f"{dated(at, now, zone, DAY_TIME):<{DAY_TIME}}", short_id(job.id)
    line = (
        f"{time}  {mark.glyph} {mark.word:<8}  {id}"
        f"  {as_text(job.type)}  {took}  {one_line(said[:LONGEST_MESSAGE]) or NONE}"
    )
    return cut(line.rstrip(), width)
