"""Options and output that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from jobwatch.cli.completions import zones
from jobwatch.model.settings import Settings
from jobwatch.model.text import clean
from jobwatch.model.when import WhenError, Zone
from jobwatch.model.zones import local_zone, zone_named

if TYPE_CHECKING:
    from jobwatch.store.plain_log import PlainJobLog

__all__ = ["OneOf", "one_line_at_an_interrupt", "reading", "say", "zone_in_force", "zone_option"]


def say(text: str) -> None:
    """Write one line of talk to stderr, if it takes that: talk changes no exit status."""
    with suppress(OSError):
        click.echo(clean(text), err=True)


@contextmanager
def reading(settings: Settings) -> Iterator[PlainJobLog]:
    """Open the log to read it; the one in the default place is made if it isn't there."""
    from jobwatch.store.connect import open_plain
    from jobwatch.store.plain_log import PlainJobLog

    if not settings.store_was_named and not settings.store.exists():
        open_plain(settings.store).close()
    with PlainJobLog.read(settings.store) as log:
        yield log


@contextmanager
def one_line_at_an_interrupt() -> Iterator[None]:
    """Click itself would put an empty line before it; a task cancelled by SIGTERM ends alike."""
    import asyncio

    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise click.Abort from None


class OneOf(click.Choice[str]):
    """One of a few words; a slip of the pen is answered with the one that is meant."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the word."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            from difflib import get_close_matches

            near = get_close_matches(str(value), self.choices, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            self.fail(error.message + hint, param, ctx)


class _ZoneType(click.ParamType[Zone]):
    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Zone:
        """Return the zone of a name."""
        if isinstance(value, Zone):
            return value
        try:
            return zone_named(str(value))
        except WhenError as error:
            self.fail(str(error), param, ctx)


def zone_in_force(settings: Settings) -> Zone:
    """Return the zone of the settings; `SettingsError` if they name one that there isn't."""
    try:
        return zone_named(settings.zone)
    except WhenError as error:
        raise settings.wrong("zone", error) from error


def _zone_at_first() -> Zone:
    # Who completes a command line, or documents a command, has no settings.
    settings = click.get_current_context().find_object(Settings)
    return local_zone() if settings is None else zone_in_force(settings)


zone_option = click.option(
    "--zone",
    "zone",
    type=_ZoneType(),
    default=_zone_at_first,
    show_default=False,
    metavar="NAME",
    shell_complete=zones,
    help="The zone of dates: local, UTC, or an IANA name such as Europe/Zurich (zurich will do)."
    " Also JOBWATCH_ZONE and the config file; else local.",
)
