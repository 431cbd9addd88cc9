"""A QUERY on the command line: how commands take one, and what it asks of the log."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jobwatch.cli.completions import dates, query_terms
from jobwatch.cli.helping import ManualCommand
from jobwatch.model.query import JobQuery
from jobwatch.model.ranges import BackwardsError, parse_range
from jobwatch.model.text import one_line
from jobwatch.model.when import TimeRange, WhenError, Zone, now_ms

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["QueryCommand", "query_arguments", "query_of"]

Function = TypeVar("Function", bound=Callable[..., Any])


class QueryCommand(ManualCommand):
    """A command whose arguments are a query: a text such as ``-type:x`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand on the options as click takes them, and the query behind ``--``."""
        options: list[str] = []
        query: list[str] = []
        takes_value = {
            name
            for param in self.params
            if isinstance(param, click.Option) and not param.is_flag
            for name in param.opts
        }
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                query += rest
            elif arg in takes_value:
                value = list(islice(rest, 1))
                if not value:
                    return super().parse_args(ctx, [*options, arg])  # which says what is missing
                options += [arg, *value]
            elif arg.startswith("--") or arg == "-h":
                options.append(arg)
            else:
                query.append(arg)
        return super().parse_args(ctx, [*options, "--", *query])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Return the options that begin so; behind a single hyphen, terms turned round too."""
        found = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("--"):
            for param in self.params:
                if isinstance(param, click.Argument):
                    found += param.shell_complete(ctx, incomplete)
        return found


def query_arguments(command: Function) -> Function:
    """Add QUERY (`query`), ``--from`` (`from_`) and ``--to`` (`to`), which `query_of` takes."""
    for add in (
        click.option(
            "--to",
            metavar="DATE",
            shell_complete=dates,
            help="Jobs that started before the end of this date.",
        ),
        click.option(
            "--from",
            "from_",
            metavar="DATE",
            shell_complete=dates,
            help="Jobs that started at this date or later.",
        ),
        click.argument("query", nargs=-1, shell_complete=query_terms),
    ):
        command = add(command)
    return command


def query_of(words: tuple[str, ...], from_: str | None, to: str | None, zone: Zone) -> JobQuery:
    """Return what the arguments ask for; a mistake is shown where it is, as wrong usage."""
    from jobwatch.model.language import ExpectedError, QueryError, parse_query

    text, now = " ".join(words), now_ms()
    range = _range(from_, to, now, zone)
    try:
        where = parse_query(text, now=now, zone=zone)
    except QueryError as error:
        said = f"expected {error}" if isinstance(error, ExpectedError) else str(error)
        mark = " " * error.start + "^" * (error.end - error.start)
        raise click.UsageError(f"{said}\n  {one_line(text)}\n  {mark}") from error
    return JobQuery(range=range, text=text, where=where)


def _range(from_: str | None, to: str | None, now: int, zone: Zone) -> TimeRange:
    for option, text in (("--from", from_), ("--to", to)):
        # What a script has left empty is no wish for all jobs.
        if text is not None and not text.strip():
            raise click.UsageError(f"{option} is empty; give a date, or leave the option out")
    try:
        return parse_range(from_, to, now=now, zone=zone)
    except BackwardsError as error:
        raise click.UsageError(
            f"--to is before --from: {one_line(to or '')} is before {one_line(from_ or '')}"
        ) from error
    except WhenError as error:
        raise click.UsageError(str(error)) from error
