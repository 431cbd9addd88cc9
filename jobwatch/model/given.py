"""What a file and the environment set: each value checked by itself, with where it came from.

Names of zones, themes, commands and columns are checked where they are used.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from jobwatch.model.intervals import parse_interval
from jobwatch.model.settings import SettingsError
from jobwatch.model.text import one_line
from jobwatch.model.toml_lines import Path as KeyPath

__all__ = ["VARIABLES", "Given", "from_file", "from_variables", "key_text"]


class Given(NamedTuple):
    """A value that somebody set, and where: a variable, or a file with a line.

    `items` are the places of the items of a file's array.
    """

    value: object
    source: str
    items: tuple[str, ...] = ()


Item = TypeVar("Item")
Check = Callable[[object], object]
"""Returns a value as it will be used; `ValueError` with what is wrong, and what to do."""


def from_file(
    values: Mapping[str, object], place: Callable[[KeyPath], str], folder: Path
) -> dict[str, Given]:
    """Return what a file sets, by keys such as ``zone`` and ``keys.quit``.

    `values` is what tomllib read of it, `place` returns where in the file a key is, and `folder` is
    where paths begin. `SettingsError` for a key that there isn't, and a value that can't be.
    """
    given: dict[str, Given] = {}
    for path, value in _flat(values, place):
        source = place(path)
        try:
            checked = _CHECKS[path[0] if path[0] == "keys" else ".".join(path)](value)
        except _ItemError as error:
            source = place((*path, error.number))
            raise _error(source, path, error) from error
        except ValueError as error:
            raise _error(source, path, error) from error
        count = len(value) if isinstance(value, list) else 0
        items = tuple(place((*path, number)) for number in range(count))
        given[".".join(path)] = Given(checked, source, items)
    if "store" in given:
        store = given["store"]
        given["store"] = store._replace(value=folder / str(store.value))
    return given


def from_variables(environment: Mapping[str, str]) -> dict[str, Given]:
    """Return what the variables `VARIABLES` set; one that is empty sets nothing.

    `SettingsError` for a value that can't be.
    """
    given: dict[str, Given] = {}
    for name, (key, read) in VARIABLES.items():
        text = environment.get(name, "").strip()
        if text:
            try:
                given |= {path: Given(value, name) for path, value in read(text)}
            except ValueError as error:
                raise _error(name, (key,), error) from error
    return given


def _flat(
    values: Mapping[str, object], place: Callable[[KeyPath], str]
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the values of a file by their paths; `SettingsError` at a key that there isn't."""
    for name, value in values.items():
        if name not in _KEYS:
            _unknown((name,), place)
        if name not in _TABLES:
            yield (name,), value
        elif not isinstance(value, dict):
            raise _error(
                place((name,)), (name,), f"a table is expected, not {_kind(value)}: [{name}]"
            )
        else:
            for inner, one in value.items():
                if not inner:
                    raise _error(place((name, inner)), (name, inner), "a name is missing")
                if _TABLES[name] and inner not in _TABLES[name]:
                    _unknown((name, inner), place)
                yield (name, inner), one


def _unknown(path: tuple[str, ...], place: Callable[[KeyPath], str]) -> NoReturn:
    *tables, name = path
    known = _TABLES[tables[0]] if tables else _KEYS
    elsewhere = {inner: f"{table}.{inner}" for table, names in _TABLES.items() for inner in names}
    near = get_close_matches(name, known, n=1)
    if near:
        hint = f"did you mean {near[0]}?"
    elif tables and name in _KEYS:
        hint = f"{name} stands above the first [table]"
    elif not tables and name in elsewhere:
        hint = f"did you mean {elsewhere[name]}?"
    else:
        hint = f"there are {', '.join(known)}"
    raise _error(place(path), path, f"unknown key; {hint}")


def _error(source: str, path: Iterable[str], reason: object) -> SettingsError:
    return SettingsError(f"{source}: {key_text(path)}: {reason}")


def key_text(path: Iterable[object]) -> str:
    """Return a key as it is said in an error; an empty one between its quotation marks."""
    return one_line(".".join(str(name) or '""' for name in path))


class _ItemError(ValueError):
    """What is wrong with one item of an array, by its number."""

    def __init__(self, number: int, reason: object) -> None:
        super().__init__(str(reason))
        self.number = number


def _text(value: object, example: str) -> str:
    if isinstance(value, list | dict):
        raise ValueError(f"a text is expected, such as {example}, not {_kind(value)}")
    if not isinstance(value, str):
        raise ValueError(
            f"a text is expected, not {_kind(value)}; write it between quotation marks"
        )
    if not value.strip():
        raise ValueError("the text is empty; write one, or leave the key out")
    return value.strip()


def _texts(value: object, example: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"an array of texts is expected, such as {example}, not {_kind(value)}")
    return _each(partial(_text, example=example), value)


def _each(check: Callable[[Item], str], values: Iterable[Item]) -> tuple[str, ...]:
    checked = []
    for number, value in enumerate(values):
        try:
            checked.append(check(value))
        except ValueError as error:
            raise _ItemError(number, error) from error
    return tuple(checked)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is expected, not {_kind(value)}")
    return value


def _command(value: object) -> str:
    if value == "":
        return ""
    text = _text(value, 'command = "notify-send"')
    try:
        shlex.split(text)
    except ValueError as error:
        raise ValueError(
            f"a shell could not split it into words: {str(error).lower()}; close what is open"
        ) from error
    return text


def _path(value: object) -> Path:
    text = _text(value, 'store = "jobs.db"')
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = None
    if path is None or "\0" in text:
        raise ValueError(f"{text!r} is not a path that there can be")
    return path


def _interval(value: object) -> str:
    text = _text(value, 'interval = "1s"')
    parse_interval(text)
    return text


def _node(text: str) -> str:
    if "@" in text:
        scheme, mark, _ = text.partition("://")
        shown = (scheme + mark if mark else "") + text.rpartition("@")[2]
        raise ValueError(
            f"{shown!r} has a user or a password in it; set JOBWATCH_USER and JOBWATCH_PASSWORD,"
            " or write them into ~/.netrc"
        )
    return text


def _nodes(value: object) -> tuple[str, ...]:
    nodes = _each(_node, _texts(value, 'nodes = ["http://node1:9925"]'))
    _refuse_twice("node", nodes, [node.rstrip("/").lower() for node in nodes])
    return nodes


def _columns(value: object) -> tuple[str, ...]:
    names = _texts(value, 'columns = ["id", "type"]')
    _refuse_twice("column", names, names)
    return names


def _refuse_twice(what: str, named: Sequence[str], meant: Sequence[str]) -> None:
    for number, name in enumerate(named):
        if meant[number] in meant[:number]:
            raise _ItemError(number, f"the {what} {name!r} is named twice; name it once")


def _bound(value: object) -> tuple[str, ...]:
    """Return the keys of a command: one, or those of an array."""
    if not isinstance(value, str | list):
        raise ValueError(
            f'a key or an array of keys is expected, not {_kind(value)}: "q" or ["q", "Q"]'
        )
    example = '"q"'
    keys = _texts(value, example) if isinstance(value, list) else (_text(value, example),)
    if not keys:
        raise ValueError("no key is named; name one, or leave the command out")
    return keys


_zone = partial(_text, example='zone = "UTC"')
_theme = partial(_text, example='theme = "nord"')
_CHECKS: dict[str, Check] = {
    "store": _path,
    "nodes": _nodes,
    "zone": _zone,
    "interval": _interval,
    "theme": _theme,
    "keys": _bound,
    "columns": _columns,
    "notifications.bell": _flag,
    "notifications.desktop": _flag,
    "notifications.command": _command,
}
_KEYS = tuple(dict.fromkeys(key.partition(".")[0] for key in _CHECKS))
_TABLES: dict[str, tuple[str, ...]] = {
    "keys": (),  # those of commands, which the monitor knows
    "notifications": ("bell", "desktop", "command"),
}


def _kind(value: object) -> str:
    """Return what kind of value of TOML it is."""
    kinds: dict[type, str] = {
        bool: "true or false",
        str: "a text",
        int: "a number",
        float: "a number",
        list: "an array",
        dict: "a table",
    }
    return kinds.get(type(value), "a date")


Pairs = Iterator[tuple[str, object]]


def _one(key: str, check: Check) -> Callable[[str], Pairs]:
    def read(text: str) -> Pairs:
        yield key, check(text)

    return read


def _of_nodes(text: str) -> Pairs:
    yield "nodes", () if text.lower() == "none" else _nodes(text.split())


def _of_columns(text: str) -> Pairs:
    yield "columns", _columns(list(filter(None, map(str.strip, text.split(",")))))


def _of_keys(text: str) -> Pairs:
    """Yield the keys of each command; one that is named again has several."""
    keys: dict[str, tuple[str, ...]] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        command, _, key = (piece.strip() for piece in part.partition("="))
        if not command or not key:
            raise ValueError(f"{part!r} is no command with its key; write quit=ctrl+q,find=f7")
        keys[command] = (*keys.get(command, ()), key)
    yield from ((f"keys.{command}", bound) for command, bound in keys.items())


def _of_notifications(text: str) -> Pairs:
    """Yield whether there is a bell and a desktop notice; without both there is no command either.

    With one of them a command is left to the file.
    """
    named = {way.strip().lower() for way in text.split(",")} - {""}
    ways = named - {"none"}
    if ways < named and ways:
        raise ValueError(f"none and {sorted(ways)[0]} exclude each other; write one of them")
    unknown = sorted(ways - {"bell", "desktop"})
    if unknown:
        raise ValueError(f"{unknown[0]!r} is unknown here; there are bell, desktop and none")
    yield from ((f"notifications.{way}", way in ways) for way in ("bell", "desktop"))
    if not ways:
        yield "notifications.command", ""


VARIABLES: dict[str, tuple[str, Callable[[str], Pairs]]] = {
    "JOBWATCH_NODES": ("nodes", _of_nodes),
    "JOBWATCH_ZONE": ("zone", _one("zone", _zone)),
    "JOBWATCH_INTERVAL": ("interval", _one("interval", _interval)),
    "JOBWATCH_THEME": ("theme", _one("theme", _theme)),
    "JOBWATCH_KEYS": ("keys", _of_keys),
    "JOBWATCH_COLUMNS": ("columns", _of_columns),
    "JOBWATCH_NOTIFICATIONS": ("notifications", _of_notifications),
}
"""The variables beside those of the store, each with its key and what reads its text."""
