"""Where things are on this machine, as the pages of the manual tell it."""

from __future__ import annotations

from collections.abc import Mapping

from jobwatch.config import config_path, default_state, default_store

__all__ = ["NETRC", "config_file", "places"]

NETRC: Mapping[str, str] = {
    "~/.netrc": "Users and passwords of nodes, where the environment has none."
}


def places() -> dict[str, str]:
    """Return the files of the monitor, each with what it is."""
    return {
        str(default_store()): "The job log, where nothing names one.",
        **config_file(),
        str(default_state()): "What the monitor remembers, where JOBWATCH_STATE names no folder.",
    }


def config_file() -> dict[str, str]:
    """Return the config file, with what it is."""
    return {str(config_path({})): "The config file, where JOBWATCH_CONFIG names none."}
