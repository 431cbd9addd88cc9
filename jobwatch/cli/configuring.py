"""``config``: which settings are in force, and where each of them came from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import click

from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.mirroring import urls_in_force
from jobwatch.cli.options import zone_in_force
from jobwatch.cli.places import config_file
from jobwatch.cli.variables import LOGIN, VARIABLES
from jobwatch.config import config_path, default_state, read_settings
from jobwatch.model.settings import Settings
from jobwatch.model.text import json_safe, one_line

__all__ = ["config"]

Value: TypeAlias = str | bool | list[str]

UNSET = {"nodes": "none", "columns": "automatic", "notifications.command": "none"}
"""What stands for an empty value."""


EXAMPLE = """\
It is such as:

\b
store = "jobs.db"
nodes = ["http://node1:9925", "http://node2:9925"]
zone = "Europe/Zurich"
interval = "2s"
theme = "nord"
columns = ["time", "state", "type", "message"]

\b
[keys]
quit = "ctrl+q"
dates = ["f7", "T"]

\b
[notifications]
bell = true
desktop = false
command = "notify-send jobwatch"
"""


def _config_file() -> dict[str, str]:
    """Return the config file, with an example of one."""
    return {path: f"{means} {EXAMPLE}" for path, means in config_file().items()}


class _Line(NamedTuple):
    key: str
    value: Value
    source: str


@click.command(
    cls=ManualCommand,
    examples=(
        ("jobwatch config", "Prints each setting with its value and its source."),
        ("jobwatch config --json", "Prints the same as an object, for scripts."),
        ("jobwatch config --path", "Tells where the config file is looked for."),
    ),
    environment={name: does for name, does in VARIABLES.items() if name not in LOGIN},
    files=_config_file,
    exit_status={2: "A setting is wrong, or the config file can't be read."},
    see_also=("watch", "sync"),
)
@click.option("--json", "json_", is_flag=True, help="Print an object: key, value and source.")
@click.option("--path", is_flag=True, help="Print where the config file is looked for, and end.")
@click.pass_context
def config(context: click.Context, json_: bool, path: bool) -> int:
    """Show which settings are in force, and where each came from.

    They are read from a config file, in TOML; the environment goes over it, and options over both.
    Each is set by its key: store, nodes, zone, interval, theme and columns above the first table,
    then [keys], with a key or several for each command of the monitor, and [notifications], with
    bell, desktop and command. A store is relative to the file's folder; nodes are for that store,
    or the one in the default place, and for none that --store or JOBWATCH_STORE names. A key is
    written as it is typed (q, Q, /, ?) or by its name (space, f7, ctrl+q).

    What the monitor remembers for each log is in the folder state, which only JOBWATCH_STATE names.
    The columns that were chosen in the monitor are remembered so, and go before columns.

    Passwords are in no config file: they are read from JOBWATCH_PASSWORD or ~/.netrc.
    """
    if path:
        click.echo(one_line(str(config_path(os.environ))))
        return 0
    settings = read_settings(context.find_root().params.get("store"), os.environ)
    if settings.store.is_dir():
        raise settings.wrong("store", f"{settings.store} is a folder; name a file, there or not")
    urls_in_force((), settings)
    zone_in_force(settings)
    lines = list(_lines(settings))
    if json_:
        from jobwatch.model.formats import encode

        found = {line.key: {"value": line.value, "source": line.source} for line in lines}
        click.echo(json_safe(encode(found).decode()))
    else:
        _print_table(lines)
    return 0


def _lines(settings: Settings) -> Iterator[_Line]:
    """Yield each setting by its key; `SettingsError` where the monitor can't use one."""
    from jobwatch.tui.configured import configured
    from jobwatch.tui.keymap import as_typed

    wanted = settings.notifications
    values: dict[str, Value] = {
        "store": str(settings.store.absolute()),
        "state": str((settings.state or default_state()).absolute()),
        "nodes": [*settings.nodes],
        "zone": settings.zone,
        "interval": settings.interval,
        "theme": settings.theme,
        "columns": [*settings.columns],
        "notifications.bell": wanted.bell,
        "notifications.desktop": wanted.desktop,
        "notifications.command": wanted.command,
    }
    for command in configured(settings).commands:
        values[f"keys.{command.id}"] = [as_typed(key) for key in command.key.split(",")]
    for key, value in values.items():
        yield _Line(key, value, settings.source(key))


def _print_table(lines: list[_Line]) -> None:
    """Print a line for each setting, what is long at the end of it."""
    texts = [(line.key, _text(line), one_line(line.source)) for line in lines]
    key_width = max(len(key) for key, _, _ in texts)
    width = max(len(text) for _, text, _ in texts)
    for key, text, source in texts:
        click.echo(f"{key:<{key_width}}  {text:<{width}}  {source}")


def _text(line: _Line) -> str:
    if isinstance(line.value, bool):
        return "true" if line.value else "false"
    text = line.value if isinstance(line.value, str) else " ".join(line.value)
    return one_line(text) or UNSET.get(line.key, "")
