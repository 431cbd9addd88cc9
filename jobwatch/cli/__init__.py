"""The commands: parse, call, print, exit code.

A command is loaded when it runs, and imports then what it needs, so that a short one starts fast.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from jobwatch.config import read_settings
from jobwatch.store.connect import LogError, is_older

__all__ = ["main"]


# The module and the name of each.
COMMANDS = {
    "watch": ("watching", "watch"),
    "sync": ("syncing", "sync"),
    "import": ("filling", "import_"),
    "seed": ("filling", "seed"),
    "demo": ("filling", "demo"),
    "show": ("asking", "show"),
    "search": ("asking", "search"),
    "export": ("exporting", "export"),
    "stats": ("stats", "stats"),
    "doctor": ("doctoring", "doctor"),
    "fail": ("closing", "fail"),
    "serve": ("serving", "serve"),
}


class _Commands(click.Group):
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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; click itself would end with 1 where the pipe is closed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would say so once more when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
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

    Without a command the monitor opens.
    """
    gc.enable()
    context.obj = settings = read_settings(store, os.environ)
    if context.invoked_subcommand != "doctor" and is_older(settings.store):
        click.echo(
            f"bringing {settings.store} up to date: about a minute for a million jobs", err=True
        )
    if context.invoked_subcommand is None:
        from jobwatch.cli.watching import watch

        context.invoke(watch)


def main() -> None:
    """Run the command line; errors are one line on stderr, and exit with 2."""
    try:
        status = jobwatch.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (LogError, OSError) as error:
        click.echo(f"jobwatch: {_reason(error)}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("jobwatch: interrupted", err=True)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _reason(error: LogError | OSError) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or str(error)).lower()}"
    return str(error)
