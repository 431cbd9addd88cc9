"""Which keys the commands may have, and how those are shown."""

from __future__ import annotations

import pytest

from jobwatch.tui.commands import COMMANDS, Command, groups, typed
from jobwatch.tui.keymap import KeysError, as_typed, commands_with


def command(id: str, **keys: str | list[str]) -> Command:
    """Return a command as it is with other keys for some."""
    wanted = {one: [key] if isinstance(key, str) else key for one, key in keys.items()}
    return next(one for one in commands_with(wanted) if one.id == id)


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [
        ("x", "x", "x"),
        ("X", "X", "X"),
        ("shift+x", "X", "X"),
        ("F7", "f7", "f7"),
        ("ctrl+Q", "ctrl+q", "^q"),
        (";", "semicolon", ";"),
        ("+", "plus", "+"),
        ("minus", "minus", "-"),
        ("insert", "insert", "insert"),
        ("shift+ctrl+f5", "ctrl+shift+f5", "shift+^f5"),
        ("ctrl+/", "ctrl+slash", "^/"),
        ("commercial_at", "at", "@"),
        ("ins", "insert", "insert"),
        ("alt+q", "alt+q", "alt+q"),
        ("alt+Q", "alt+shift+q", "alt+shift+q"),
        ("alt+shift+q", "alt+shift+q", "alt+shift+q"),
        ("ctrl+shift+5", "ctrl+shift+5", "shift+^5"),
    ],
)
def test_a_key_is_typed_by_its_sign_or_its_name(typed: str, key: str, shown: str) -> None:
    given = command("quit", quit=typed)
    assert (given.key, given.shown) == (key, shown)


def test_a_command_may_have_several_keys_each_once() -> None:
    assert command("quit", quit=["Q", "shift+q", "f10"]).shown == "Q f10"


def test_what_is_not_changed_is_as_it_was() -> None:
    assert commands_with({}) == COMMANDS
    changed = commands_with({"quit": ["Q"]})
    assert [a.id for a, b in zip(changed, COMMANDS, strict=True) if a != b] == ["quit"]


def test_two_commands_may_change_their_keys() -> None:
    assert command("dates", dates="s", sort="d").key == "s"
    assert command("sort", dates="s", sort="d").key == "d"


def test_a_key_that_a_command_left_is_free() -> None:
    with pytest.raises(KeysError):
        commands_with({"sort": ["q"]})
    assert command("sort", sort="q", quit="Q").key == "q"
    assert command("sort", sort="ctrl+p", palette="f1").key == "ctrl+p"


@pytest.mark.parametrize(
    ("keys", "id", "said"),
    [
        ({"sort": "d"}, "sort", r"the key of Sort \(sort\): it is that of Dates \(dates\)"),
        ({"dates": "x", "sort": "x"}, "sort", r"Sort \(sort\): it is that of Dates \(dates\)"),
        # Of two the one that was given the key is wrong, not the one that has it.
        ({"view_all": "q"}, "view_all", r"All \(view_all\): it is that of Quit \(quit\)"),
        ({"sort": "j"}, "sort", r"the key of Sort \(sort\): it is the key of Down, which moves"),
        ({"sort": "G"}, "sort", "it is the key of Last, which moves the cursor"),
        ({"sort": "left"}, "sort", "← can't be the key of .*: it moves sideways"),
        ({"sort": "ctrl+w"}, "sort", "an input needs it: Delete left to start of word"),
        ({"sort": "backspace"}, "sort", "an input needs it"),
        ({"sort": "escape"}, "sort", "it leaves what is open"),
        ({"sort": "enter"}, "sort", "it chooses what is under the cursor"),
        ({"sort": "tab"}, "sort", "it goes to another part of the screen"),
        ({"sort": "ctrl+q"}, "sort", "it quits, whatever is on screen"),
        ({"sort": "ctrl+i"}, "sort", "most terminals send it for tab"),
        ({"sort": "esc"}, "sort", "esc can't be the key of .*: it leaves what is open"),
        ({"sort": "return"}, "sort", "it chooses what is under the cursor"),
        ({"sort": "ctrl+["}, "sort", "most terminals send it for escape"),
        ({"sort": "ctrl+Q"}, "sort", "it quits, whatever is on screen"),
        ({"sort": "shift+5"}, "sort", r"shift\+5 can't .*: with shift a key types another sign"),
        ({"sort": "shift+/"}, "sort", "with shift a key types another sign; name that sign"),
        ({"sort": "shift+slash"}, "sort", "with shift a key types another sign"),
        ({"sort": "alt+shift+1"}, "sort", "with shift a key types another sign"),
        ({"sort": "scroll_up"}, "sort", "'scroll_up' is no key"),
        ({"sort": "<scroll-up>"}, "sort", "'<scroll-up>' is no key"),
        ({"sort": "bell"}, "sort", "'bell' is no key"),
        ({"sort": "ctrll+x"}, "sort", r"'ctrll\+x' is no key; did you mean ctrl\+x\?"),
        ({"sort": "nonsense"}, "sort", "'nonsense' is no key; keys are such as q, Q, /"),
        ({"sort": "ctrl+"}, "sort", "is no key"),
        ({"sot": "x"}, "sot", r"there is no command of this name; did you mean sort\?"),
        ({"zzzzzz": "x"}, "zzzzzz", "there is no command of this name; jobwatch config lists"),
    ],
)
def test_a_key_that_can_not_be_is_an_error_that_names_the_commands(
    keys: dict[str, str], id: str, said: str
) -> None:
    with pytest.raises(KeysError, match=said) as error:
        commands_with({one: [key] for one, key in keys.items()})
    assert error.value.id == id


def test_commands_keep_the_keys_of_inputs_that_they_have_of_themselves() -> None:
    assert command("find", find=["ctrl+f", "f3"]).key == "ctrl+f,f3"
    assert command("quit", quit="ctrl+q").key == "ctrl+q"
    assert command("open", open=["enter", "f2"]).key == "enter,f2"


def test_a_line_of_the_help_for_several_commands_tells_their_keys() -> None:
    assert command("minute_back").told == ", ."
    assert command("minute_back", minute_on="f8").told == ", f8"
    assert command("saved_6", saved_8="f8").told == "6 7 f8 9"
    told = [one.id for _, some in groups(commands_with({"unmark": ["f8"]})) for one in some]
    assert told == [one.id for _, some in groups(COMMANDS) for one in some]


def test_a_key_that_an_input_takes_as_text_is_none_there_whatever_else_the_command_has() -> None:
    assert "quit" in typed(COMMANDS)
    assert "quit" not in typed(commands_with({"quit": ["ctrl+q", "f10"]}))
    assert "quit" in typed(commands_with({"quit": ["ctrl+q", "q"]}))
    assert "find" in typed(commands_with({"find": ["x"]}))


def test_an_error_tells_which_key_of_a_command_is_meant() -> None:
    for texts, number in (
        (["x", "nonsense"], 1),
        (["x", "x", "tab"], 2),
        (["X", "shift+x", "d"], 2),
    ):
        with pytest.raises(KeysError) as error:
            commands_with({"sort": texts})
        assert error.value.number == number
    with pytest.raises(KeysError) as error:
        commands_with({"sot": ["x"]})
    assert error.value.number is None


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("slash", "/"),
        ("question_mark", "?"),
        ("less_than_sign", "<"),
        ("comma", ","),
        ("plus", "+"),
        ("Q", "Q"),
        ("space", "space"),
        ("enter", "enter"),
        ("f7", "f7"),
        ("ctrl+q", "ctrl+q"),
        ("ctrl+slash", "ctrl+slash"),
    ],
)
def test_a_key_is_told_as_it_is_typed(key: str, typed: str) -> None:
    assert as_typed(key) == typed


def test_every_key_can_be_given_as_it_is_told() -> None:
    keys = {one.id: [as_typed(key) for key in one.key.split(",")] for one in COMMANDS}
    assert [one.key for one in commands_with(keys)] == [one.key for one in COMMANDS]
