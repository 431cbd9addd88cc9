"""The environment and the command line's global options, read once, at the top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobwatch.model.settings import Credentials, Settings

__all__ = ["read_credentials", "read_settings"]


def read_settings(store: Path | None, environment: Mapping[str, str]) -> Settings:
    """Return the settings: the option first, then ``JOBWATCH_STORE``, then the default place."""
    named = store or (Path(environment["JOBWATCH_STORE"]) if _has(environment) else None)
    if named is not None:
        return Settings(store=named.expanduser(), store_was_named=True)
    from platformdirs import user_data_path

    return Settings(store=user_data_path("jobwatch", appauthor=False) / "jobs.db")


def read_credentials(environment: Mapping[str, str]) -> Credentials | None:
    """Return ``JOBWATCH_USER`` with ``JOBWATCH_PASSWORD``, None where one of them is missing."""
    user, password = environment.get("JOBWATCH_USER"), environment.get("JOBWATCH_PASSWORD")
    return Credentials(user, password) if user and password is not None else None


def _has(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("JOBWATCH_STORE"))
