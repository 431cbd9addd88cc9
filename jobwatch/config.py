"""The config file, the environment and the command line's global options, read once, at the top."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobwatch.model.settings import Credentials, Notifications, Settings, SettingsError

if TYPE_CHECKING:
    from jobwatch.model.given import Given
    from jobwatch.model.toml_lines import Path as KeyPath

__all__ = [
    "config_path",
    "default_state",
    "default_store",
    "misspelt",
    "read_credentials",
    "read_settings",
]

CONFIG, STORE, STATE = "JOBWATCH_CONFIG", "JOBWATCH_STORE", "JOBWATCH_STATE"
PREFIX = "JOBWATCH_"
_NEITHER = frozenset((CONFIG, STORE, STATE, "JOBWATCH_USER", "JOBWATCH_PASSWORD", "JOBWATCH_JOB"))
"""The variables that are no setting of `model.given`."""

_TWICE = ("Cannot ", "Duplicate ")
"""How tomllib begins to tell that a key, or a table, is there a second time."""

_ALIKE = 0.75
"""How much of a variable's name must be that of one of ours: ``STROE`` is, ``HOME`` isn't."""


def read_settings(store: Path | None, environment: Mapping[str, str]) -> Settings:
    """Return the settings: the option first, then the environment, the config file, the defaults.

    The variables are ``JOBWATCH_STORE``, the log; ``JOBWATCH_STATE``, the folder of what the
    monitor remembers; ``JOBWATCH_NODES``, URLs with spaces between them, or ``none``;
    ``JOBWATCH_ZONE``, ``JOBWATCH_INTERVAL`` and ``JOBWATCH_THEME``; ``JOBWATCH_KEYS``, such as
    ``quit=ctrl+q,find=f7``; ``JOBWATCH_COLUMNS``, with commas; ``JOBWATCH_NOTIFICATIONS``, which
    of ``bell,desktop``, or ``none``. One that is empty isn't set.

    The nodes of the file are for the log that it names, or the one in the default place: there are
    none of them where the option or ``JOBWATCH_STORE`` names another.

    `SettingsError` where the file can't be read, and for what is wrong in it or in a variable.
    """
    given = _from_file(environment)
    named_by = "--store" if store is not None else STORE if environment.get(STORE) else None
    if named_by is not None and "nodes" in given:
        given["nodes"] = given["nodes"]._replace(value=(), source=named_by, items=())
    if _others(environment):
        from jobwatch.model.given import from_variables

        given |= from_variables(environment)
    values: dict[str, Any] = {key: one.value for key, one in given.items()}
    sources = {key: one.source for key, one in given.items()}
    for key, one in given.items():
        sources |= {f"{key}.{number}": source for number, source in enumerate(one.items)}
    named = _path(environment, STORE)
    if named_by is not None:
        values["store"] = named if store is None else _expanded(store, named_by)
        sources["store"] = named_by
    state = _path(environment, STATE)
    if state is not None:
        sources["state"] = STATE
    keys = {key.partition(".")[2]: values.pop(key) for key in given if key.startswith("keys.")}
    ways = {way: values.pop(f"notifications.{way}") for way in _ways(values)}
    return Settings(
        store=values.pop("store") if "store" in values else default_store(),
        store_was_named="store" in sources,
        state=state,
        keys=keys,
        notifications=Notifications(**ways),
        sources=sources,
        **values,
    )


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are nearly one of jobwatch, each with the one that is meant."""
    others = [name for name in _others(environment) if environment[name]]
    if not others:
        return {}
    from difflib import get_close_matches

    from jobwatch.model.given import VARIABLES

    known = [name.removeprefix(PREFIX) for name in (*VARIABLES, *sorted(_NEITHER))]
    near = {
        name: get_close_matches(name.removeprefix(PREFIX), known, n=1, cutoff=_ALIKE)
        for name in sorted(others)
        if name not in VARIABLES
    }
    return {name: PREFIX + meant[0] for name, meant in near.items() if meant}


def config_path(environment: Mapping[str, str]) -> Path:
    """Return where the config file is looked for: ``JOBWATCH_CONFIG``, else the user's folder."""
    named = _path(environment, CONFIG)
    if named is not None:
        return named
    if sys.platform == "linux":
        # As platformdirs has it (XDG Base Directory Specification), which takes 5 ms to import:
        # a tenth of what a short command may cost.
        base = os.environ.get("XDG_CONFIG_HOME", "").strip() or "~/.config"
        return Path(base).expanduser() / "jobwatch" / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("jobwatch", appauthor=False) / "config.toml"


def default_store() -> Path:
    """Return where the log is that nothing names: in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("jobwatch", appauthor=False) / "jobs.db"


def default_state() -> Path:
    """Return the folder of what the monitor remembers, where nothing names one."""
    from platformdirs import user_state_path

    return user_state_path("jobwatch", appauthor=False)


def read_credentials(environment: Mapping[str, str]) -> Credentials | None:
    """Return ``JOBWATCH_USER`` with ``JOBWATCH_PASSWORD``, None where one of them is missing."""
    user, password = environment.get("JOBWATCH_USER"), environment.get("JOBWATCH_PASSWORD")
    return Credentials(user, password) if user and password is not None else None


def _from_file(environment: Mapping[str, str]) -> dict[str, Given]:
    path = config_path(environment)
    try:
        _refuse_devices(path)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if environment.get(CONFIG):
            raise SettingsError(
                f"{CONFIG}: there is no file {path}; name one, or unset the variable"
            ) from None
        return {}
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"{path}: the config file can't be read: {reason}") from error
    # Most have no file, and pay for none of this.
    import tomllib

    from jobwatch.model.given import from_file

    text = _decoded(path, data)
    try:
        values, place = tomllib.loads(text), _places(path, text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"{path}: the config file can't be read: a number in it has too many digits, or its"
            " brackets stand in too many others"
        ) from error
    return from_file(values, place, path.parent)


def _refuse_devices(path: Path) -> None:
    """Raise `SettingsError` for what isn't a file, and could keep who reads it for ever.

    A folder is told as such by who reads it, and ``/dev/null`` is what stands for no file at all.
    """
    if path.exists() and not (path.is_file() or path.is_dir() or str(path) == os.devnull):
        raise SettingsError(f"{path}: the config file can't be read: it is no regular file")


def _places(path: Path, text: str) -> Callable[[KeyPath], str]:
    """Return what tells of a key where it is in the file."""
    from jobwatch.model.toml_lines import lines_of

    lines = lines_of(text)

    def place(key: KeyPath) -> str:
        while key and key not in lines:
            key = key[:-1]
        return f"{path}:{lines.get(key, 1)}"

    return place


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}:{line}: the file isn't UTF-8; save it as that") from error


def _syntax_error(path: Path, text: str, told: str) -> SettingsError:
    """Return tomllib's error in our form, with the key whose line it is on."""
    import re

    from jobwatch.model.given import key_text
    from jobwatch.model.text import one_line
    from jobwatch.model.toml_lines import first_again

    reason, _, position = told.rpartition(" (at ")
    at = re.match(r"line (\d+), column (\d+)", position)
    lines = text.split("\n")
    number = int(at[1]) if at else max(len(text.rstrip().split("\n")), 1)
    hint = 'a line of it is such as zone = "UTC"'
    if reason.startswith(_TWICE):
        read = lines[:number]
        if at:
            read[-1] = read[-1][: int(at[2]) - 1]
        if twice := first_again("\n".join(read)):
            return SettingsError(
                f"{path}:{twice.again}: {key_text(twice.path)}: already set in line {twice.first};"
                " leave one of the two out"
            )
        hint = "each key and each table stands in one place"
    key = re.match(r"\s*([\w.-]+)\s*=", lines[number - 1])
    said = one_line(reason[:1].lower() + reason[1:] if reason else told)
    return SettingsError(
        f"{path}:{number}: {f'{key[1]}: ' if key else ''}this isn't TOML: {said}; {hint}"
    )


def _others(environment: Mapping[str, str]) -> list[str]:
    """Return the variables of our prefix that are settings, or nothing of ours."""
    return [name for name in environment if name.startswith(PREFIX) and name not in _NEITHER]


def _ways(values: Mapping[str, object]) -> list[str]:
    return [key.partition(".")[2] for key in values if key.startswith("notifications.")]


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return _expanded(Path(value), name) if value else None


def _expanded(path: Path, source: str) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"{source}: {str(path)!r} begins in a home that nobody has; write the whole path"
        ) from error
