"""The environment and the command line's global options, read once, at the top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobwatch.model.settings import Credentials, Settings

__all__ = ["read_credentials", "read_settings"]


def read_settings(store: Path | None, environment: Mapping[str, str]) -> Settings:
    """Return the settings: the option first, then the environment, then the default places.

    ``JOBWATCH_STORE`` is the log, ``JOBWATCH_STATE`` the folder of what the monitor remembers.
    """
    named = store or _path(environment, "JOBWATCH_STORE")
    state = _path(environment, "JOBWATCH_STATE")
    if named is not None:
        return Settings(store=named.expanduser(), store_was_named=True, state=state)
    from platformdirs import user_data_path

    return Settings(store=user_data_path("jobwatch", appauthor=False) / "jobs.db", state=state)


def read_credentials(environment: Mapping[str, str]) -> Credentials | None:
    """Return ``JOBWATCH_USER`` with ``JOBWATCH_PASSWORD``, None where one of them is missing."""
    user, password = environment.get("JOBWATCH_USER"), environment.get("JOBWATCH_PASSWORD")
    return Credentials(user, password) if user and password is not None else None


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return Path(value).expanduser() if value else None
