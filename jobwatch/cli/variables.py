"""The variables of the environment that commands obey, each with what it does.

What is read of them is in `jobwatch.config`; here stands what the pages of the manual say.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "LOGIN",
    "MONITOR",
    "NOTIFICATIONS",
    "OF_ALL",
    "OF_PARAMETERS",
    "SCREEN",
    "STATE",
    "VARIABLES",
]

Variables = Mapping[str, str]

VARIABLES: Variables = MappingProxyType(
    {
        "JOBWATCH_STORE": "The job log, where --store names none.",
        "JOBWATCH_CONFIG": "The config file, instead of the one in your config folder. The other"
        " variables go over what it sets.",
        "JOBWATCH_ZONE": "The zone of dates, where --zone names none.",
        "JOBWATCH_INTERVAL": "How often to ask, where --interval names nothing.",
        "JOBWATCH_NODES": "URLs of the nodes, with blanks between them, where the command line has"
        " none; or none. Those of the config file are for the log that the file names, or the one"
        " in the default place: they are not mirrored where --store or JOBWATCH_STORE names a log.",
        "JOBWATCH_THEME": "A theme of the monitor: jobwatch, nord, textual-light, …",
        "JOBWATCH_COLUMNS": "Columns of the monitor's table: state,type,message",
        "JOBWATCH_KEYS": "Keys of the monitor's commands: quit=ctrl+q,dates=f7; a command that is"
        " named again has both keys.",
        "JOBWATCH_NOTIFICATIONS": "How the monitor tells of jobs: bell,desktop; or none, which"
        " leaves out the command of the config file too.",
        "JOBWATCH_STATE": "The folder of what the monitor remembers.",
        "JOBWATCH_USER": "Who you are to a node; else ~/.netrc tells, else you are asked.",
        "JOBWATCH_PASSWORD": "The password that goes with it.",
    }
)
"""All of them."""


def _named(*names: str) -> Variables:
    return MappingProxyType({name: VARIABLES[name] for name in names})


OF_ALL = _named("JOBWATCH_STORE", "JOBWATCH_CONFIG")
"""Those of every command."""
LOGIN = _named("JOBWATCH_USER", "JOBWATCH_PASSWORD")
"""Those of commands that speak to nodes as a user."""
SCREEN = _named("JOBWATCH_THEME", "JOBWATCH_COLUMNS", "JOBWATCH_KEYS")
"""Those of commands that show a monitor, on whichever log."""
STATE = _named("JOBWATCH_STATE")
"""That of commands whose monitor remembers something."""
NOTIFICATIONS = _named("JOBWATCH_NOTIFICATIONS")
"""That of commands whose monitor may tell of jobs."""
MONITOR = MappingProxyType({**SCREEN, **NOTIFICATIONS, **STATE})
"""Those of the monitor at a terminal."""
OF_PARAMETERS: Mapping[str, Variables] = MappingProxyType(
    {
        "--interval": _named("JOBWATCH_INTERVAL"),
        "--zone": _named("JOBWATCH_ZONE"),
        "urls": _named("JOBWATCH_NODES"),
    }
)
"""Those of commands that have an option, or an argument of this name."""
