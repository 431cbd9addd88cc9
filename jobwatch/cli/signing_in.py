"""Who one is to a node: the environment, else ~/.netrc, else what is typed at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from jobwatch.config import read_credentials
from jobwatch.model.settings import Credentials

if TYPE_CHECKING:
    from jobwatch.feeds.harper.address import Address

__all__ = ["credentials_for"]


def credentials_for(
    addresses: Sequence[Address], environment: Mapping[str, str]
) -> list[Credentials]:
    """Return who one is to each node; asks on the terminal once, for all that nothing names.

    `click.UsageError` where somebody is missing and nobody can be asked.
    """
    if ("JOBWATCH_USER" in environment) != ("JOBWATCH_PASSWORD" in environment):
        missing = "PASSWORD" if "JOBWATCH_USER" in environment else "USER"
        raise click.UsageError(f"JOBWATCH_{missing} isn't set; it goes with the other one")
    named = read_credentials(environment)
    if named is not None:
        return [named] * len(addresses)
    found = {address: _from_netrc(address.host) for address in addresses}
    nameless = [address.name for address, credentials in found.items() if credentials is None]
    if nameless:
        typed = _ask_for(nameless)
        return [credentials or typed for credentials in found.values()]
    return [credentials for credentials in found.values() if credentials is not None]


def _from_netrc(host: str) -> Credentials | None:
    from netrc import NetrcParseError, netrc

    try:
        entry = netrc().authenticators(host)
    except FileNotFoundError:
        return None
    except NetrcParseError as error:
        raise click.UsageError(f"~/.netrc can't be used: {error}") from error
    return Credentials(entry[0], entry[2] or "") if entry else None


def _ask_for(names: Sequence[str]) -> Credentials:
    nodes = ", ".join(names)
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"no user for {nodes}: set JOBWATCH_USER and JOBWATCH_PASSWORD, or write one into"
            " ~/.netrc"
        )
    user = click.prompt(f"User of {nodes}", err=True)
    return Credentials(user, click.prompt("Password", hide_input=True, err=True))
