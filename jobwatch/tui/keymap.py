"""The commands under the keys that a user wants, and which keys those may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, Keys, format_key, key_to_character
from textual.widgets import Input

from jobwatch.model.text import one_line
from jobwatch.tui.commands import COMMANDS, MOVES, Command

__all__ = ["KeysError", "as_typed", "commands_with"]

MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))
ALIASES = {
    "del": "delete",
    "esc": "escape",
    "ins": "insert",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "return": "enter",
}
"""Other names that keys go by."""


class KeysError(ValueError):
    """A key that a command can't have, or no command.

    `id` is what was named, and `number` which of its keys is meant, from 0.
    """

    def __init__(self, id: str, reason: str, number: int | None = None) -> None:
        super().__init__(reason)
        self.id = id
        self.number = number


def commands_with(keys: Mapping[str, Sequence[str]]) -> tuple[Command, ...]:
    """Return the commands with other keys for some of them, by their ids.

    `KeysError` for an id or a key that there isn't, a key that moves the cursor, edits a text or
    leaves a dialog, and one that two commands would have.
    """
    ids = [command.id for command in COMMANDS]
    for id in keys:
        if id not in ids:
            near = get_close_matches(id, ids, n=1)
            hint = f"did you mean {near[0]}?" if near else "jobwatch config lists them"
            raise KeysError(id, f"there is no command of this name; {hint}")
    commands = tuple(
        _with_keys(command, keys[command.id]) if command.id in keys else command
        for command in COMMANDS
    )
    _check_distinct(commands, keys)
    by_id = {command.id: command for command in commands}
    return tuple(_told_of(command, by_id, keys) for command in commands)


def as_typed(key: str) -> str:
    """Return a key of Textual's name as a person types it: ``/`` for ``slash``, ``ctrl+q``."""
    sign = _sign(key)
    return key if sign is None or sign.isspace() else sign


def _with_keys(command: Command, texts: Sequence[str]) -> Command:
    keys = list(dict.fromkeys(_key(command, text, number) for number, text in enumerate(texts)))
    return replace(command, key=",".join(keys), shown=" ".join(map(_shown, keys)))


def _key(command: Command, text: str, number: int) -> str:
    """Return Textual's name of a key as it is typed: ``q``, ``Q``, ``/``, ``ctrl+q``, ``F7``."""
    key = _named(text) if len(text) == 1 else _combined(text)
    if key is None:
        near = get_close_matches(text.lower(), _NAMES, n=1)
        hint = f"did you mean {near[0]}?" if near else "keys are such as q, Q, /, space, ctrl+q, f7"
        raise KeysError(command.id, f"{one_line(text)!r} is no key; {hint}", number)
    reason = _UNSENT if _is_unsent(key) else None if key in _own(command) else _TAKEN.get(key)
    if reason is not None:
        raise KeysError(
            command.id, f"{_shown(key)} can't be the key of {_name(command)}: {reason}", number
        )
    return key


def _combined(text: str) -> str | None:
    """Return a key of several letters, None if there is none such."""
    *modifiers, name = (part.strip() for part in text.split("+"))
    held = {modifier.lower() for modifier in modifiers}
    if len(name) == 1:
        if held == {"shift"} and name.isalpha():
            return name.upper()  # which is what a terminal sends
        if "alt" in held and "ctrl" not in held and name.isupper():
            held.add("shift")
        name = _named(name.lower())
    else:
        name = ALIASES.get(name.lower(), name.lower())
        if name not in _NAMES:
            sign = _sign(name)
            if sign is None:
                return None
            name = _named(sign)
    return "+".join([*sorted(held), name]) if held <= MODIFIERS else None


def _is_unsent(key: str) -> bool:
    """Return whether a key is one of shift and a digit or a sign, which comes as another sign."""
    *modifiers, name = key.split("+")
    sign = _sign(name)
    is_typed = "shift" in modifiers and {"shift", "alt"}.issuperset(modifiers)
    return is_typed and sign is not None and not sign.isalpha() and not sign.isspace()


def _sign(name: str) -> str | None:
    """Return the character that a key types, None if it types none that is on keyboards."""
    sign = key_to_character(REPLACED_KEYS.get(name, name))
    is_one = sign is not None and sign.isprintable() and (sign.isascii() or len(name) == 1)
    return sign if is_one else None


def _named(character: str) -> str:
    """Return the name of the key of a character."""
    if character == ",":  # stands between keys where Textual makes a binding
        return "comma"
    return next(iter(Binding.make_bindings([Binding(character, "")]))).key


def _shown(key: str) -> str:
    """Return a key as a person reads it, like those of Textual's footer."""
    *modifiers, name = key.split("+")
    name = format_key(name)
    if "ctrl" in modifiers:
        modifiers.remove("ctrl")
        name = f"^{name}"
    return "+".join([*modifiers, name])


def _own(command: Command) -> list[str]:
    """Return the keys that a command has of itself, and those that do the same anywhere."""
    keys = {one.id: one.key for one in COMMANDS}[command.id].split(",")
    return [*keys, *(("ctrl+c", "ctrl+q") if command.id == "quit" else ())]


def _name(command: Command) -> str:
    return f"{command.label} ({command.id})"


def _check_distinct(commands: Iterable[Command], keys: Mapping[str, Sequence[str]]) -> None:
    """Raise `KeysError` where two commands have a key; it is said of one that was given it."""
    of_key: dict[str, Command] = {}
    for command in commands:
        for key in command.key.split(","):
            other = of_key.setdefault(key, command)
            if other is not command:
                given, holder = (command, other) if command.id in keys else (other, command)
                texts = enumerate(keys[given.id])
                raise KeysError(
                    given.id,
                    f"{_shown(key)} can't be the key of {_name(given)}: it is that of"
                    f" {_name(holder)}; give one of them another",
                    next(number for number, text in texts if _key(given, text, number) == key),
                )


def _told_of(command: Command, by_id: Mapping[str, Command], keys: Mapping[str, object]) -> Command:
    """Return a command with its keys as the help tells them, where one of its line has others."""
    line = (command.id, *command.beside)
    if not command.told or keys.keys().isdisjoint(line):
        return command
    return replace(command, told=" ".join(by_id[id].shown for id in line))


def _taken() -> Iterator[tuple[str, str]]:
    """Yield the keys that no command may have, and why; what is said first of one holds."""
    for key in ("ctrl+c", "ctrl+q"):
        yield key, "it quits, whatever is on screen"
    for key in ("tab", "shift+tab"):
        yield key, "it goes to another part of the screen"
    yield "escape", "it leaves what is open"
    yield "enter", "it chooses what is under the cursor"
    for key, same in (
        ("i", "tab"),
        ("m", "enter"),
        ("h", "backspace"),
        ("j", "enter"),
        ("left_square_bracket", "escape"),
    ):
        yield f"ctrl+{key}", f"most terminals send it for {same}"
    for binding in Binding.make_bindings(MOVES):
        yield binding.key, f"it is the key of {binding.description}, which moves the cursor"
    for key in ("left", "right", "shift+left", "shift+right", "h", "l"):
        yield key, "it moves sideways"
    for binding in Binding.make_bindings(Input.BINDINGS):
        yield binding.key, f"an input needs it: {binding.description}"


_TAKEN: dict[str, str] = {}
for _one, _reason in _taken():
    _TAKEN.setdefault(_one, _reason)
_NAMES = frozenset(key.value for key in Keys) - {
    Keys.Any.value,
    Keys.Ignore.value,
    Keys.ScrollUp.value,
    Keys.ScrollDown.value,
    Keys.ControlSpace.value,  # which is written with a hyphen, and comes as ctrl+@
}
_UNSENT = "with shift a key types another sign; name that sign"
