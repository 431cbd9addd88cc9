"""``run``: runs a command as a job."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from os.path import basename

import click

from jobwatch.cli.completions import command_words
from jobwatch.cli.helping import ManualCommand
from jobwatch.config import read_settings
from jobwatch.model.formats import decode
from jobwatch.model.job import UNSET, Json
from jobwatch.model.settings import SettingsError
from jobwatch.model.text import clean

__all__ = ["run"]


class _BodyType(click.ParamType[dict[str, Json]]):
    name = "json"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Json]:
        """Return the object of a text."""
        try:
            body = value if isinstance(value, dict) else decode(str(value))
        except ValueError as error:
            self.fail(f"this isn't JSON: {error}", param, ctx)
        if not isinstance(body, dict):
            self.fail('this isn\'t an object, such as {"file": "a.csv"}', param, ctx)
        return body


@click.command(
    cls=ManualCommand,
    context_settings={"allow_interspersed_args": False},
    examples=(
        ("jobwatch run -- make test", "Runs `make test` as a job of type make."),
        (
            "jobwatch run --type backup --keep-output -- rsync -a src/ backup/",
            "Runs it as a job of type backup, and keeps all that it prints.",
        ),
        (
            "jobwatch run --name nightly --body '{\"table\": \"dogs\"}' -- sh -c 'echo loaded'",
            "Names the job, and tells in its body what it is about.",
        ),
    ),
    exit_status={
        0: "The command's own, whatever it is; what is below is so only where jobwatch says why.",
        1: "The command's output couldn't be passed on.",
        2: "The command line of jobwatch is wrong, and nothing ran.",
        126: "The command can't be executed.",
        127: "There is no such command.",
    },
    environment={"JOBWATCH_JOB": "The command gets the job's id in it."},
    files={
        "LOG.output/ID.log": "The whole output of a job, beside the log (--keep-output). Where the"
        " disk is full, its end gives way to the log.",
    },
    see_also=("show", "wait", "prune"),
)
@click.option("--type", "type_", metavar="TYPE", help="The job's type; else its name or command.")
@click.option("--user", metavar="USER", help="Whose job it is; else your login name.")
@click.option(
    "--body",
    type=_BodyType(),
    metavar="JSON",
    help="An object; its keys command and cwd are set to what runs, and where.",
)
@click.option("--name", metavar="NAME", help="The job's name, which its body tells.")
@click.option("--keep-output", is_flag=True, help="Keep all that the command prints in a file.")
@click.argument(
    "command",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar="-- COMMAND...",
    shell_complete=command_words,
)
@click.pass_context
def run(
    context: click.Context,
    type_: str | None,
    user: str | None,
    body: dict[str, Json] | None,
    name: str | None,
    keep_output: bool,
    command: tuple[str, ...],
) -> None:
    """Run a command as a job.

    Its output passes through untouched, a terminal stays a terminal, its exit status is that of
    jobwatch, and signals are sent on to it. The job's message is the last lines of its output as
    the command prints them, and its body the command, with passwords and tokens masked as far as
    they can be told.

    Exit status 0 makes the job COMPLETE, any other and a signal ERROR. Should jobwatch itself be
    killed, the job is lost, as `jobwatch search is:lost` shows. Where the log can't be written, or
    the settings that name it can't be read, the command runs nevertheless, and a line on stderr
    says so. A log that another program has locked delays its start by a second at most, and its end
    by ten. Output that can't be passed on, as to a full disk, is lost, but doesn't end the command:
    a line says so, and exit status 0 becomes 1.

    The job ends with the command. What that leaves in the background writes on, and whoever reads
    the output to its end, as `$(...)` and `| cat` do, waits for it; but at a terminal it gets
    SIGHUP when the command ends, often before a nohup or setsid has come to run: to let it live on,
    give the command no terminal to read from (`jobwatch run -- COMMAND </dev/null`). Ctrl-Z stops a
    full-screen program without its leaving the screen. What is typed ahead goes to the command.
    """
    if sys.platform == "win32":
        raise click.ClickException("`jobwatch run` needs signals and pipes as POSIX has them")
    from jobwatch.feeds.command.recorded import end_as, run_recorded, run_unrecorded

    try:
        settings = read_settings(context.find_root().params.get("store"), os.environ)
    except SettingsError as error:
        _say(f"this job isn't in the log: {error}")
        end_as(run_unrecorded(command, _say))
    result = run_recorded(
        settings.store,
        command,
        type=type_ or name or basename(command[0]) or command[0],
        user=user or _login_name(),
        body={**(body or {}), **({} if name is None else {"name": name})},
        keep_output=keep_output,
        say=_say,
    )
    end_as(result)


def _say(text: str) -> None:
    # The command matters more than that nobody can be told.
    with suppress(OSError):
        click.echo(f"jobwatch: {clean(text)}", err=True)


def _login_name() -> Json:
    from getpass import getuser

    try:
        return getuser()
    except (ImportError, KeyError, OSError):
        return UNSET  # a number that no file of users knows
