"""The commands: parse, call, print, exit code.

A command is loaded when it runs, and imports then what it needs, so that a short one starts fast.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click
from click.core import ParameterSource

from jobwatch.cli.helping import ManualGroup
from jobwatch.cli.places import places
from jobwatch.cli.variables import VARIABLES
from jobwatch.config import misspelt, read_settings
from jobwatch.model.settings import SettingsError
from jobwatch.model.text import one_line
from jobwatch.store.connect import LogError, takes_long_to_open

__all__ = ["main"]


# The module and the name of each.
COMMANDS = {
    "watch": ("watching", "watch"),
    "wait": ("waiting", "wait"),
    "run": ("running", "run"),
    "sync": ("syncing", "sync"),
    "import": ("filling", "import_"),
    "seed": ("filling", "seed"),
    "demo": ("filling", "demo"),
    "show": ("asking", "show"),
    "list": ("listing", "list_"),
    "search": ("asking", "search"),
    "tail": ("tailing", "tail"),
    "export": ("exporting", "export"),
    "stats": ("stats", "stats"),
    "doctor": ("doctoring", "doctor"),
    "fail": ("closing", "fail"),
    "prune": ("pruning", "prune"),
    "serve": ("serving", "serve"),
    "web": ("web", "web"),
    "completion": ("completing", "completion"),
    "config": ("configuring", "config"),
}


# What one wants to do, and the commands for it; others are listed at the end of the help.
TASKS = {
    "Watch": ("watch", "demo"),
    "Ask": ("list", "show", "search", "stats", "export", "tail", "wait"),
    "Write": ("run", "import", "sync", "seed", "fail"),
    "Serve": ("web", "serve"),
    "Keep": ("doctor", "prune", "config", "completion"),
}

READ_THEMSELVES = {"run", "config", "completion"}
"""Commands that read the settings themselves, if at all, and do something whatever they are."""

HELP_IS_ASKED = "jobwatch.help_is_asked"
"""Where a context keeps that the command will only show its help, which takes no settings."""


class _Commands(ManualGroup):
    """The commands; a reader that has had enough of their output is no error."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"jobwatch.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line, and whether help is asked; `UsageError` if there is none."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            _refuse(args[0], ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            ctx.meta[HELP_IS_ASKED] = _asks_for_help(command, name, rest, ctx)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; click itself would end with 1 where the pipe is closed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _let_go_of_stdout()
            sys.exit(0)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    tasks=TASKS,
    examples=(
        ("jobwatch", "Opens the monitor on your job log."),
        (
            "jobwatch --store nightly.db search status:error since:2d",
            "Lists the errors of the last two days in another log.",
        ),
    ),
    exit_status={1: "The answer is no: an unknown id, a rejected record, a job that failed."},
    environment=VARIABLES,
    files=places,
    see_also=("config", "completion"),
)
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The job log, an SQLite file. Also JOBWATCH_STORE; else in the user's data folder.",
)
@click.version_option(package_name="jobwatch")
@click.pass_context
def jobwatch(context: click.Context, store: Path | None) -> None:
    """Watch the jobs of a log, and find anything that ever ran.

    Without a command the monitor opens. `jobwatch COMMAND --help` tells all of one, with examples.
    Data goes to stdout, talk to stderr.
    """
    gc.enable()
    if context.meta.get(HELP_IS_ASKED):
        return
    if context.invoked_subcommand != "completion":  # which each new shell calls
        for name, meant in misspelt(os.environ).items():
            click.echo(f"jobwatch: {one_line(name)} is unknown; did you mean {meant}?", err=True)
    if context.invoked_subcommand in READ_THEMSELVES:
        return
    context.obj = settings = read_settings(store, os.environ)
    # These two bring no log up to date.
    is_brought = context.invoked_subcommand not in ("doctor", "web")
    if is_brought and takes_long_to_open(settings.store):
        click.echo(
            f"bringing {settings.store} up to date: about a minute for a million jobs", err=True
        )
    if context.invoked_subcommand is None:
        from jobwatch.cli.watching import watch

        context.invoke(watch)


def main() -> None:
    """Run the command line; errors are one line on stderr, and exit with 2."""
    if "_JOBWATCH_COMPLETE" in os.environ:
        # A shell asks through click, which learns there how it is spoken to.
        import_module("jobwatch.cli.completing")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What a poor encoding lacks is shown as an escape.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = jobwatch.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (LogError, OSError, SettingsError) as error:
        click.echo(f"jobwatch: {_reason(error)}", err=True)
        if _is_of_stdout(error):
            _let_go_of_stdout()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("jobwatch: interrupted", err=True)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _let_go_of_stdout() -> None:
    """Leave what couldn't be written: Python would say so once more when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(name: str, context: click.Context) -> NoReturn:
    """Raise the error for a command that there isn't."""
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else "jobwatch --help lists them"
    context.fail(f"No such command {one_line(name)!r}; {hint}")


def _asks_for_help(
    command: click.Command, name: str | None, args: list[str], parent: click.Context
) -> bool:
    """Return whether a command's line asks for help, and doesn't have such a word as a value."""
    if not {"-h", "--help"}.intersection(args):
        return False
    context = command.make_context(name, [*args], parent, resilient_parsing=True)
    option = command.get_help_option(context)
    source = None if option is None else context.get_parameter_source(option.name or "")
    return source is ParameterSource.COMMANDLINE


def _reason(error: LogError | OSError | SettingsError) -> str:
    if not isinstance(error, OSError):
        return str(error)
    reason = (error.strerror or str(error)).lower()
    if error.filename is not None:
        return f"{error.filename}: {reason}"
    return f"the output can't be written: {reason}" if _is_of_stdout(error) else reason


def _is_of_stdout(error: Exception) -> bool:
    """Return whether what is full is where the output goes: other files are told by their paths."""
    return isinstance(error, OSError) and error.filename is None and error.errno == errno.ENOSPC
