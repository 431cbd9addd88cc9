"""``serve``: the documented operations over HTTP, for whatever speaks to HarperDB nodes."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.listening import listen, url_of
from jobwatch.cli.options import reading, say
from jobwatch.config import read_credentials
from jobwatch.model.settings import Credentials, Settings
from jobwatch.model.zones import local_zone

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["serve"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Place(NamedTuple):
    """Where to listen; with a context, by TLS."""

    host: str
    port: int
    tls: SSLContext | None

    def url(self, port: int) -> str:
        return url_of(self.host, port, "https" if self.tls else "http")


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "JOBWATCH_USER=ada JOBWATCH_PASSWORD=... jobwatch serve",
            "Answers programs on this machine, at http://127.0.0.1:9925.",
        ),
        (
            "jobwatch serve --host 0.0.0.0 --certfile cert.pem --keyfile key.pem",
            "Answers other machines too, by HTTPS; the login is in the environment.",
        ),
    ),
    exit_status={0: "Ended by SIGTERM.", 130: "Ended by Ctrl-C."},
    environment={
        "JOBWATCH_USER": "The user that clients must give.",
        "JOBWATCH_PASSWORD": "The password that goes with it; must be set too.",
    },
    see_also=("watch", "sync"),
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=9925,
    show_default=True,
    metavar="N",
    help="The port to listen on; 0 takes a free one.",
)
@click.option("--certfile", type=_FILE, metavar="FILE", help="A certificate (PEM), for HTTPS.")
@click.option("--keyfile", type=_FILE, metavar="FILE", help="The certificate's private key (PEM).")
@click.pass_obj
def serve(
    settings: Settings, host: str, port: int, certfile: Path | None, keyfile: Path | None
) -> int:
    """Answer over HTTP as a HarperDB node does.

    It answers get_job and search_jobs_by_start_date, and GET /health, until it is ended. The log is
    only read. To listen where other machines can reach it takes a certificate.
    """
    import asyncio

    credentials = read_credentials(os.environ)
    if credentials is None or not credentials.password:
        raise click.ClickException(
            "set JOBWATCH_USER and JOBWATCH_PASSWORD to the login that clients must give"
        )
    place = _Place(host, port, _tls(host, certfile, keyfile))
    with reading(settings):  # says what is wrong with the log, if anything is
        pass
    asyncio.run(_serve(settings.store, credentials, place))
    return 0


def _tls(host: str, certfile: Path | None, keyfile: Path | None) -> SSLContext | None:
    if certfile is None and keyfile is None:
        if not _is_loopback(host):
            raise click.UsageError(
                f"other machines can reach {host or 'every address'}, and would send the password"
                " in the clear: give --certfile and --keyfile"
            )
        return None
    if certfile is None or keyfile is None:
        raise click.UsageError("--certfile and --keyfile go together: give both")
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certfile, keyfile)
    except OSError as error:  # among them what TLS itself finds wrong
        raise click.ClickException(
            f"{certfile} and {keyfile} are not a certificate and its key in PEM: {error.strerror}"
        ) from error
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(store: Path, credentials: Credentials, place: _Place) -> None:
    """Serve until SIGTERM, or until it is cancelled."""
    import asyncio
    import signal

    from aiohttp import web

    from jobwatch.api.endpoint import make_runner
    from jobwatch.store.job_log import JobLog

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with JobLog.read(store) as log:
        runner = make_runner(log, credentials, local_zone())
        await runner.setup()
        try:
            site = web.TCPSite(runner, place.host, place.port, ssl_context=place.tls)
            await listen(site, place.url(place.port))
            say(f"serving {store} at {place.url(runner.addresses[0][1])}; Ctrl-C ends it")
            await ended.wait()
        finally:
            await runner.cleanup()
