"""``web``: the monitor in the browser, read-only, for this machine alone."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.listening import listen, refuse_others, url_of
from jobwatch.cli.options import one_line_at_an_interrupt, say, zone_option
from jobwatch.cli.places import places
from jobwatch.cli.variables import SCREEN, STATE
from jobwatch.cli.watching import interval_option
from jobwatch.model.settings import Settings
from jobwatch.model.when import Zone
from jobwatch.store.connect import refuse_older
from jobwatch.web.guard import is_loopback

if TYPE_CHECKING:
    from aiohttp.web import AppRunner

__all__ = ["monitor_command", "web"]

DRIVER = "jobwatch.tui.page_driver:PageDriver"
MULTIPLEXERS = ("TMUX", "STY")
"""By these a monitor would know of the one that the server runs in, which the browser isn't in."""


@click.command(
    cls=ManualCommand,
    examples=(
        ("jobwatch web", "Serves your job log at http://127.0.0.1:8000."),
        ("jobwatch --store nightly.db web --port 0", "Serves another log at a free port."),
        (
            "ssh -t -L 8000:localhost:8000 build.example.com jobwatch web",
            "Shows the log of another machine at http://localhost:8000 on yours.",
        ),
    ),
    exit_status={0: "Ended by SIGTERM.", 130: "Ended by Ctrl-C."},
    environment={**SCREEN, **STATE},
    files=places,
    see_also=("watch", "serve"),
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="127.0.0.1, ::1 or localhost: no other.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    metavar="N",
    help="The port to listen on; 0 takes a free one.",
)
@interval_option
@zone_option
@click.pass_context
def web(context: click.Context, host: str, port: int, interval: float, zone: Zone) -> int:
    """Show the monitor in the browser, read-only.

    Each visitor, of eight at most, has a monitor of their own, which ends when the page is closed.
    It has all but the keys that write or run something. There is no login: whoever has an account
    on this machine can read the log as long as it is served. Needs textual-serve, which
    pip install 'jobwatch[web]' brings.
    """
    import asyncio

    if not is_loopback(host):
        raise click.UsageError(
            f"other machines could reach {host or 'every address'}, and nobody is asked for a"
            " password: --host is 127.0.0.1, ::1 or localhost; from another machine, use ssh -L"
        )
    try:
        from jobwatch.web.server import make_runner
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "textual_serve":
            raise
        say("jobwatch: the browser view needs textual-serve: pip install 'jobwatch[web]'")
        return 2
    settings = context.ensure_object(Settings)
    from jobwatch.store.plain_log import PlainJobLog

    refuse_older(settings.store)
    with PlainJobLog.read(settings.store):  # says what else is wrong with the log, if anything is
        pass
    # The monitor reads the same settings itself: only what goes over them is handed on.
    typed = {"interval": f"{interval * 1000:.0f}ms", "zone": zone.name}
    given = {name: value for name, value in typed.items() if _is_given(context, name)}
    store = settings.store.absolute()
    runner = make_runner(monitor_command(store, given), store.name, say)
    with one_line_at_an_interrupt():
        asyncio.run(_serve(runner, store, host, port))
    return 0


def monitor_command(store: Path, options: Mapping[str, str]) -> str:
    """Return the line for the shell that runs a monitor of the log, read-only.

    The shell is gone then, and the monitor doesn't import what is in the folder where it runs.
    """
    words = [sys.executable, "-P", "-m", "jobwatch", "--store", str(store), "watch", "--read-only"]
    words += [f"--{name}={value}" for name, value in options.items()]
    unset = [word for name in MULTIPLEXERS for word in ("-u", name)]
    return f"exec {shlex.join(['env', *unset, f'TEXTUAL_DRIVER={DRIVER}', *words])}"


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


async def _serve(runner: AppRunner, store: Path, host: str, port: int) -> None:
    """Serve until SIGTERM, or until it is cancelled."""
    import asyncio
    import signal

    from aiohttp.web import TCPSite

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await runner.setup()
    try:
        await listen(TCPSite(runner, host, port), url_of(host, port))
        refuse_others(host, runner.addresses)
        url = url_of(host, runner.addresses[0][1])
        say(f"showing {store} at {url}, read-only; Ctrl-C ends it")
        await ended.wait()
    finally:
        await runner.cleanup()
