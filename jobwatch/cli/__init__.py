"""The commands: parse, call, print, exit code.

Each command imports what it needs when it runs, so that a short one starts fast.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from jobwatch.cli.asking import search, show
from jobwatch.cli.filling import demo, import_, seed
from jobwatch.cli.serving import serve
from jobwatch.cli.syncing import sync
from jobwatch.cli.watching import watch
from jobwatch.config import read_settings
from jobwatch.store.connect import LogError

__all__ = ["main"]


class _Commands(click.Group):
    """The commands; a reader that has had enough of their output is no error."""

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
    context.obj = read_settings(store, os.environ)
    if context.invoked_subcommand is None:
        context.invoke(watch)


for command in (watch, sync, import_, seed, demo, show, search, serve):
    jobwatch.add_command(command)


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
