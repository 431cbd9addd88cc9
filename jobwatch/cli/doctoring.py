"""``doctor``: what is wrong with the log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import one_line_at_an_interrupt
from jobwatch.model.settings import Settings
from jobwatch.model.text import json_safe, one_line
from jobwatch.model.when import now_ms
from jobwatch.model.zones import local_zone

if TYPE_CHECKING:
    from jobwatch.model.health import Check, Finding

__all__ = ["doctor"]


@click.command(
    cls=ManualCommand,
    examples=(
        ("jobwatch doctor", "Checks all, and tells what to do about what is wrong."),
        (
            "jobwatch doctor --quick --json | jq '.[] | select(.count != 0)'",
            "Prints what is wrong, for a script; what takes longest is left out.",
        ),
    ),
    exit_status={0: "Nothing is wrong.", 1: "Something is wrong."},
    see_also=("stats", "fail"),
)
@click.option("--json", "json_", is_flag=True, help="Print an array of all checks as JSON.")
@click.option(
    "--quick",
    is_flag=True,
    help="Leave out what reads the whole file, and so takes longest on a large one.",
)
@click.pass_obj
def doctor(settings: Settings, json_: bool, quick: bool) -> int:
    """Check the log and the records in it.

    Below what is wrong stands what it means and what to do, and the command that lists the jobs.
    The log is only read.
    """
    import asyncio

    from jobwatch.model.health import CHECKS, QUICK_CHECKS

    named = settings.store if settings.store_was_named else None
    found: list[Finding] = []

    def show(finding: Finding) -> None:
        found.append(finding)
        if not json_:
            click.echo("\n".join(_lines(finding, named)))

    with one_line_at_an_interrupt():
        asyncio.run(_check(settings.store, QUICK_CHECKS if quick else CHECKS, show))
    if json_:
        click.echo(_json(found, named))
    return 0 if all(finding.is_well for finding in found) else 1


async def _check(store: Path, checks: Sequence[Check], show: Callable[[Finding], None]) -> None:
    from contextlib import aclosing

    from jobwatch.store.health import findings

    async with aclosing(findings(store, checks, now_ms)) as found:
        for check in checks:
            with _said(check):
                finding = await anext(found)
            show(finding)


@contextmanager
def _said(check: Check) -> Iterator[None]:
    """Show on a terminal what is being looked for, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield
        return
    click.echo(f"\rchecking: {check.name} …", nl=False, err=True)
    try:
        yield
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


def _lines(finding: Finding, store: Path | None) -> Iterator[str]:
    """Return a line on a check, and more below it on what is wrong."""
    yield f"{'✓' if finding.is_well else '✗'} {finding.check.name}: {finding.how_many}"
    if finding.is_well:
        return
    yield f"    {finding.check.means}"
    for detail in finding.details:
        yield f"    {one_line(detail)}"
    if finding.query:
        yield f"    {one_line(_command(finding, store))}"


def _json(found: Sequence[Finding], store: Path | None) -> str:
    from jobwatch.model.formats import encode

    checks = [
        {
            "check": finding.check.name,
            "severity": finding.check.severity.value,
            "count": finding.count,
            "means": finding.check.means,
            "query": finding.query or None,
            "command": _command(finding, store) if finding.query else None,
            "details": list(finding.details),
        }
        for finding in found
    ]
    return json_safe(encode(checks).decode())


def _command(finding: Finding, store: Path | None) -> str:
    from jobwatch.model.health import job_query
    from jobwatch.model.query_text import command_of

    return command_of(job_query(finding.query, now_ms()), zone=local_zone(), store=store)
