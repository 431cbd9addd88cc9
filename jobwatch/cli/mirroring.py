"""What ``watch`` and ``sync`` share: which nodes to mirror, how, and the mirrors themselves."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jobwatch.cli.completions import dates, job_ids
from jobwatch.cli.signing_in import credentials_for
from jobwatch.model.ranges import parse_period
from jobwatch.model.settings import Credentials, Settings
from jobwatch.model.when import WhenError, Zone, now_ms

if TYPE_CHECKING:
    from jobwatch.feeds.harper.address import Address
    from jobwatch.feeds.harper.mirror import Mirror
    from jobwatch.store.job_log import JobLog

__all__ = ["Plan", "make_plan", "node_options", "open_mirrors", "run_while", "urls_in_force"]

_AGO = re.compile(r"\d{1,6}[smhdw]", re.IGNORECASE)

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Plan:
    """Which nodes to mirror, as whom, and how.

    `since` is epoch ms, `rate` requests a second to each node, `ids` what an ordinary user follows.
    """

    nodes: tuple[tuple[Address, Credentials], ...]
    since: int
    rate: float
    cafile: Path | None
    ids: tuple[str, ...]


def _refused(context: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise click.UsageError(
            "a password is not taken from the command line, where the list of processes and the"
            " shell's history show it; set JOBWATCH_USER and JOBWATCH_PASSWORD, or write it into"
            " ~/.netrc"
        )


_OPTIONS = (
    click.option(
        "--since",
        metavar="DATE",
        shell_complete=dates,
        help="How far back to bring the history: 30d, 2026-03, …; all of it if not given.",
    ),
    click.option(
        "--rate",
        type=click.FloatRange(0.01, 100),
        default=4.0,
        show_default=True,
        metavar="N",
        help="Ask each node at most N times a second.",
    ),
    click.option(
        "--cafile",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Trust the certificates of this authority (PEM).",
    ),
    click.option(
        "--job",
        "ids",
        multiple=True,
        metavar="ID",
        shell_complete=job_ids,
        help="A job to follow where the user may not list them; can be given again.",
    ),
    click.option("--password", hidden=True, expose_value=False, callback=_refused),
)


def node_options(command: Command) -> Command:
    """Give a command the options of mirroring: `since`, `rate`, `cafile` and `ids`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def urls_in_force(urls: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """Return the URLs of a command line, else those of the settings; there may be none.

    `SettingsError` if one of the settings' isn't the URL of a node.
    """
    if urls or not settings.nodes:
        return urls
    from jobwatch.feeds.harper.address import AddressError, parse_address

    for number, url in enumerate(settings.nodes):
        try:
            parse_address(url)
        except AddressError as error:
            raise settings.wrong("nodes", error, number) from error
    return settings.nodes


def make_plan(
    urls: tuple[str, ...],
    *,
    since: str | None,
    rate: float,
    cafile: Path | None,
    ids: tuple[str, ...],
    zone: Zone,
) -> Plan:
    """Return the plan that a command line asks for; a password may be asked for at the terminal."""
    if not urls:
        return Plan((), 0, rate, cafile, ids)
    from jobwatch.feeds.harper.address import AddressError, parse_address

    try:
        addresses = list({address.name: address for address in map(parse_address, urls)}.values())
        first = _start_of(since, zone)
    except (AddressError, WhenError) as error:
        raise click.UsageError(str(error)) from error
    credentials = credentials_for(addresses, os.environ)
    return Plan(tuple(zip(addresses, credentials, strict=True)), first, rate, cafile, ids)


@asynccontextmanager
async def open_mirrors(
    plan: Plan,
    log: JobLog,
    *,
    told: Callable[[Mirror], None] = lambda mirror: None,
    failed: Callable[[str], None] = lambda reason: None,
) -> AsyncIterator[list[Mirror]]:
    """Make the mirrors of a plan; they share a session, which is closed with the block.

    `told` gets a mirror whenever its node has changed, `failed` why the log can't be written.
    """
    from random import Random

    from jobwatch.feeds.harper.client import NodeClient, open_http
    from jobwatch.feeds.harper.mirror import Mirror
    from jobwatch.feeds.harper.pace import Pace

    try:
        http = open_http(plan.cafile)
    except OSError as error:
        raise click.ClickException(f"{plan.cafile} holds no certificate in PEM: {error}") from error
    async with http:
        yield [
            Mirror(
                NodeClient(http, address.url, credentials, pace=Pace(plan.rate), clock=now_ms),
                log,
                address,
                since=plan.since,
                ids=plan.ids,
                clock=now_ms,
                random=Random(),
                told=told,
                failed=failed,
            )
            for address, credentials in plan.nodes
        ]


async def run_while(work: Awaitable[object], mirrors: Iterable[Mirror]) -> None:
    """Do some work with the mirrors running beside it, and stop them when it is done."""
    import asyncio

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(mirror.run()) for mirror in mirrors]
        await work
        for task in running:
            task.cancel()


def _start_of(since: str | None, zone: Zone) -> int:
    if since is None:
        return 0
    ago = f"-{since}" if _AGO.fullmatch(since) else since
    return parse_period(ago, now=now_ms(), zone=zone).start or 0
