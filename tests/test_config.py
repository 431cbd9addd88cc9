"""The settings: the file, the environment over it, the options over both; and what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobwatch.config import config_path, misspelt, read_settings
from jobwatch.model.settings import Notifications, Settings, SettingsError

Read = Callable[..., Settings]

EVERYTHING = """\
store = "logs/jobs.db"
nodes = ["http://node1:9925", "http://node2:9925"]
zone = "Europe/Zurich"
interval = "500ms"
theme = "nord"
columns = ["state", "message"]

[keys]
quit = "ctrl+q"
dates = ["f7", "f8"]

[notifications]
desktop = false
command = "notify-send jobwatch"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def read(file: Path) -> Read:
    """Return what reads the settings where the file has a text."""

    def call(text: str | bytes, store: Path | None = None, **environment: str) -> Settings:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_settings(store, {"JOBWATCH_CONFIG": str(file), **environment})

    return call


@pytest.fixture
def wrong(read: Read, tmp_path: Path) -> Callable[..., str]:
    """Return what tells how the settings can't be read, the folder of the file left out."""

    def call(text: str | bytes, **environment: str) -> str:
        with pytest.raises(SettingsError) as error:
            read(text, **environment)
        said = str(error.value)
        assert "\n" not in said
        return said.replace(f"{tmp_path}/", "")

    return call


def test_a_file_sets_all_and_its_store_is_relative_to_its_folder(read: Read, file: Path) -> None:
    settings = read(EVERYTHING)
    assert settings.store == file.parent / "logs" / "jobs.db"
    assert settings.store_was_named
    assert settings.nodes == ("http://node1:9925", "http://node2:9925")
    assert (settings.zone, settings.interval, settings.theme) == (
        "Europe/Zurich",
        "500ms",
        "nord",
    )
    assert settings.columns == ("state", "message")
    assert settings.keys == {"quit": ("ctrl+q",), "dates": ("f7", "f8")}
    assert settings.notifications == Notifications(True, False, "notify-send jobwatch")


def test_each_value_tells_where_it_came_from(read: Read, file: Path) -> None:
    settings = read(EVERYTHING, JOBWATCH_ZONE="UTC", JOBWATCH_STORE="/x/jobs.db")
    assert settings.source("theme") == f"{file}:5"
    assert settings.source("keys.dates") == f"{file}:10"
    assert settings.source("notifications.command") == f"{file}:14"
    assert settings.source("zone") == "JOBWATCH_ZONE"
    assert settings.source("store") == "JOBWATCH_STORE"
    assert settings.source("notifications.bell") == "default"


def test_without_a_file_all_is_as_it_is_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    settings = read_settings(tmp_path / "jobs.db", {})
    assert settings == Settings(
        store=tmp_path / "jobs.db", store_was_named=True, sources={"store": "--store"}
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of other systems is another")
def test_the_file_is_in_the_users_config_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path({}) == tmp_path / "jobwatch" / "config.toml"
    (tmp_path / "jobwatch").mkdir()
    (tmp_path / "jobwatch" / "config.toml").write_text('theme = "nord"')
    assert read_settings(None, {}).theme == "nord"


def test_variables_go_over_the_file_and_options_over_both(read: Read) -> None:
    settings = read(
        EVERYTHING,
        Path("mine.db"),
        JOBWATCH_STORE="other.db",
        JOBWATCH_NODES="http://n3  https://n4",
        JOBWATCH_ZONE="UTC",
        JOBWATCH_INTERVAL="2s",
        JOBWATCH_THEME="dracula",
        JOBWATCH_COLUMNS="id, state",
        JOBWATCH_KEYS="quit=Q,quit=f10, find=f9",
        JOBWATCH_NOTIFICATIONS="desktop",
    )
    assert settings.store == Path("mine.db")
    assert settings.nodes == ("http://n3", "https://n4")
    assert (settings.zone, settings.interval, settings.theme) == ("UTC", "2s", "dracula")
    assert settings.columns == ("id", "state")
    # Key by key: what only the file has stays.
    assert settings.keys == {"quit": ("Q", "f10"), "dates": ("f7", "f8"), "find": ("f9",)}
    assert settings.notifications == Notifications(False, True, "notify-send jobwatch")


def test_an_empty_variable_is_not_set_and_one_of_others_counts_for_nothing(read: Read) -> None:
    names = ("ZONE", "INTERVAL", "THEME", "COLUMNS", "KEYS", "NOTIFICATIONS", "NODES", "STORE")
    empty = {f"JOBWATCH_{name}": "" for name in names}
    assert read(EVERYTHING, **empty, JOBWATCH_ANYTHING="?") == read(EVERYTHING)


def test_no_notice_at_all_can_be_asked_for(read: Read) -> None:
    assert read("", JOBWATCH_NOTIFICATIONS="none").notifications == Notifications(False, False)


def test_no_notice_at_all_leaves_out_the_command_of_the_file_too(read: Read) -> None:
    settings = read(EVERYTHING, JOBWATCH_NOTIFICATIONS="none")
    assert settings.notifications == Notifications(False, False, "")
    assert settings.source("notifications.command") == "JOBWATCH_NOTIFICATIONS"


# Nodes belong to a log


@pytest.mark.parametrize(
    ("store", "environment", "source"),
    [
        (Path("other.db"), {}, "--store"),
        (None, {"JOBWATCH_STORE": "other.db"}, "JOBWATCH_STORE"),
        (Path("other.db"), {"JOBWATCH_STORE": "third.db"}, "--store"),
    ],
)
def test_the_nodes_of_the_file_are_for_no_log_that_is_named_elsewhere(
    read: Read, store: Path | None, environment: dict[str, str], source: str
) -> None:
    settings = read(EVERYTHING, store, **environment)
    assert settings.nodes == ()
    assert settings.source("nodes") == source


def test_the_nodes_of_the_file_are_for_its_own_log_and_for_the_default_one(
    read: Read, file: Path
) -> None:
    nodes = ("http://node1:9925", "http://node2:9925")
    assert read(EVERYTHING).nodes == nodes
    assert read('nodes = ["http://node1:9925", "http://node2:9925"]').nodes == nodes


def test_the_nodes_of_the_variable_are_for_whichever_log_there_is(read: Read) -> None:
    settings = read(EVERYTHING, Path("other.db"), JOBWATCH_NODES="http://n3")
    assert settings.nodes == ("http://n3",)
    assert settings.source("nodes") == "JOBWATCH_NODES"


@pytest.mark.parametrize("text", ["none", " None "])
def test_no_nodes_can_be_asked_for(read: Read, text: str) -> None:
    settings = read(EVERYTHING, JOBWATCH_NODES=text)
    assert settings.nodes == ()
    assert settings.source("nodes") == "JOBWATCH_NODES"


# Where it is wrong


def test_an_item_of_an_array_has_its_own_line(read: Read, file: Path) -> None:
    settings = read('columns = [\n  "id",\n  "stat",\n]\n[keys]\nquit = ["Q",\n  "x"]')
    said = {item: str(settings.wrong("columns", "no", item)) for item in (None, 0, 1)}
    assert said == {
        None: f"{file}:1: columns: no",
        0: f"{file}:2: columns: no",
        1: f"{file}:3: columns: no",
    }
    assert str(settings.wrong("keys.quit", "no", 1)) == f"{file}:7: keys.quit: no"


def test_an_item_of_a_variable_is_where_the_variable_is(read: Read) -> None:
    settings = read('columns = [\n  "id",\n]', JOBWATCH_COLUMNS="id,stat")
    assert str(settings.wrong("columns", "no", 0)) == "JOBWATCH_COLUMNS: columns: no"


def test_a_mark_in_front_of_the_file_and_other_ends_of_lines_are_nothing_wrong(
    read: Read, file: Path
) -> None:
    settings = read(b'\xef\xbb\xbfzone = "UTC"\r\ntheme = "nord"\r\n')
    assert settings.zone == "UTC"
    assert settings.source("theme") == f"{file}:2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\n\nintervall = "1s"', "config.toml:3: intervall: unknown key; did you mean interval?"),
        ("bell = true", "config.toml:1: bell: unknown key; did you mean notifications.bell?"),
        (
            '[notifications]\nzone = "UTC"',
            "config.toml:2: notifications.zone: unknown key; zone stands above the first [table]",
        ),
        (
            "[notifications]\nbel = true",
            "config.toml:2: notifications.bel: unknown key; did you mean bell?",
        ),
        (
            "port = 1",
            "config.toml:1: port: unknown key; there are store, nodes, zone, interval, theme,"
            " keys, columns, notifications",
        ),
        (
            "theme = 1",
            "config.toml:1: theme: a text is expected, not a number; write it between quotation"
            " marks",
        ),
        ('theme = ""', "config.toml:1: theme: the text is empty; write one, or leave the key out"),
        ('keys = "q"', "config.toml:1: keys: a table is expected, not a text: [keys]"),
        (
            "[keys]\nquit = []",
            "config.toml:2: keys.quit: no key is named; name one, or leave the command out",
        ),
        (
            'columns = "id"',
            'config.toml:1: columns: an array of texts is expected, such as columns = ["id",'
            ' "type"], not a text',
        ),
        (
            'columns = [\n  "id",\n  3,\n]',
            "config.toml:3: columns: a text is expected, not a number; write it between quotation"
            " marks",
        ),
        (
            'columns = [\n  "state",\n  "id",\n  "state",\n]',
            "config.toml:4: columns: the column 'state' is named twice; name it once",
        ),
        (
            "notifications = { bell = 1 }",
            "config.toml:1: notifications.bell: true or false is expected, not a number",
        ),
        (
            '# how often\ninterval = "2 parsecs"',
            "config.toml:2: interval: '2 parsecs' is not an interval: 1s, 500ms or 2m, from 50ms"
            " to 60m",
        ),
        ('store = "a\\u0000b"', "config.toml:1: store: 'a\\x00b' is not a path that there can be"),
        (
            'zone = "UTC"\n\n# again\nzone = "UTC"',
            "config.toml:4: zone: already set in line 1; leave one of the two out",
        ),
        (
            '[keys]\nquit = "q"\ndates = "T"\nquit = [\n"x"\n]\n',
            "config.toml:4: keys.quit: already set in line 2; leave one of the two out",
        ),
        (
            '[keys]\nquit = "q"\n[keys]',
            "config.toml:3: keys: already set in line 1; leave one of the two out",
        ),
        (
            "notifications = {bell = true, bell = false}",
            "config.toml:1: notifications.bell: already set in line 1; leave one of the two out",
        ),
        (
            'keys.quit = "q"\n[keys]',
            "config.toml:2: keys: already set in line 1; leave one of the two out",
        ),
        (
            "theme = {}",
            'config.toml:1: theme: a text is expected, such as theme = "nord", not a table',
        ),
        (
            'zone = ["UTC"]',
            'config.toml:1: zone: a text is expected, such as zone = "UTC", not an array',
        ),
        (
            'nodes = [\n["n1"]\n]',
            "config.toml:2: nodes: a text is expected, such as nodes ="
            ' ["http://node1:9925"], not an array',
        ),
        (
            '[keys]\nquit = [["q"]]',
            'config.toml:2: keys.quit: a text is expected, such as "q", not an array',
        ),
        (
            '[keys.quit]\nkey = "q"',
            "config.toml:1: keys.quit: a key or an array of keys is expected, not a table:"
            ' "q" or ["q", "Q"]',
        ),
        (
            "[keys]\nquit = 5",
            "config.toml:2: keys.quit: a key or an array of keys is expected, not a number:"
            ' "q" or ["q", "Q"]',
        ),
        (
            '"" = 1',
            'config.toml:1: "": unknown key; there are store, nodes, zone, interval, theme, keys,'
            " columns, notifications",
        ),
        ('[keys]\n"" = "q"', 'config.toml:2: keys."": a name is missing'),
        (
            'nodes = [\n"http://n1:9925",\n"http://N1:9925/",\n]',
            "config.toml:3: nodes: the node 'http://N1:9925/' is named twice; name it once",
        ),
        (
            '[notifications]\ncommand = "notify-send \'it ended"',
            "config.toml:2: notifications.command: a shell could not split it into words: no"
            " closing quotation; close what is open",
        ),
        (
            "zone = UTC",
            "config.toml:1: zone: this isn't TOML: invalid value; a line of it is such as"
            ' zone = "UTC"',
        ),
    ],
)
def test_an_error_names_the_file_the_line_and_the_key(
    wrong: Callable[..., str], text: str, said: str
) -> None:
    assert wrong(text) == said


@pytest.mark.parametrize(
    ("text", "line"), [("x", 1), ("[keys\n", 1), ('a = 1\n\nb = """\n', 3), (b"\n\n# \xff", 3)]
)
def test_what_is_no_toml_names_its_line(
    wrong: Callable[..., str], text: str | bytes, line: int
) -> None:
    assert wrong(text).startswith(f"config.toml:{line}: ")


def test_the_name_of_a_key_can_not_speak_to_the_terminal(wrong: Callable[..., str]) -> None:
    assert "\x1b" not in wrong('"\\u001b[2Jtheme" = "nord"')
    assert "\x1b" not in wrong('interval = "\\u001b[2J"')


def test_a_password_in_a_url_is_refused_and_never_repeated(wrong: Callable[..., str]) -> None:
    said = wrong('nodes = [\n  "http://n1",\n  "http://ada:secret@n2",\n]')
    assert said.startswith("config.toml:3: nodes: 'http://n2' has a user or a password in it;")
    assert "secret" not in said
    assert "secret" not in wrong("", JOBWATCH_NODES="http://ada:secret@n2")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INTERVAL", "9q", "JOBWATCH_INTERVAL: interval: '9q' is not an interval"),
        ("COLUMNS", "id,id", "JOBWATCH_COLUMNS: columns: the column 'id' is named twice"),
        ("KEYS", "quit", "JOBWATCH_KEYS: keys: 'quit' is no command with its key"),
        (
            "NOTIFICATIONS",
            "none,bell",
            "JOBWATCH_NOTIFICATIONS: notifications: none and bell exclude each other",
        ),
        ("NODES", "http://n1 http://n1/", "JOBWATCH_NODES: nodes: the node 'http://n1/' is named"),
        ("NOTIFICATIONS", "bel", "JOBWATCH_NOTIFICATIONS: notifications: 'bel' is unknown here"),
    ],
)
def test_what_is_wrong_in_a_variable_names_it(
    wrong: Callable[..., str], name: str, value: str, said: str
) -> None:
    assert wrong("", **{f"JOBWATCH_{name}": value}).startswith(said)


def test_a_file_that_is_named_must_be_there_and_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="JOBWATCH_CONFIG: there is no file "):
        read_settings(None, {"JOBWATCH_CONFIG": str(tmp_path / "none.toml")})
    with pytest.raises(SettingsError, match="the config file can't be read: is a directory"):
        read_settings(None, {"JOBWATCH_CONFIG": str(tmp_path)})


@pytest.mark.parametrize(
    "text",
    [f"zone = {'9' * 5_000}", f"x = {'[' * 3_000}", f"x = {'[' * 3_000}{']' * 3_000}"],
    ids=["digits", "open", "closed"],
)
def test_what_is_too_much_for_the_reader_is_told_as_such(
    wrong: Callable[..., str], text: str
) -> None:
    assert wrong(text).startswith("config.toml: the config file can't be read: a number in it has")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Where it is read, a writer's end that is open keeps this test from waiting for ever.
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(end, b"[")
        with pytest.raises(SettingsError) as error:
            read_settings(None, {"JOBWATCH_CONFIG": str(pipe)})
    finally:
        os.close(end)
    assert str(error.value) == f"{pipe}: the config file can't be read: it is no regular file"


def test_the_null_device_stands_for_no_file() -> None:
    assert read_settings(Path("x"), {"JOBWATCH_CONFIG": os.devnull}).theme == "jobwatch"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("JOBWATCH_STROE", "JOBWATCH_STORE"),
        ("JOBWATCH_NODE", "JOBWATCH_NODES"),
        ("JOBWATCH_PASWORD", "JOBWATCH_PASSWORD"),
        ("JOBWATCH_COLUMN", "JOBWATCH_COLUMNS"),
    ],
)
def test_a_variable_that_is_nearly_one_of_ours_is_found(name: str, meant: str) -> None:
    assert misspelt({name: "x"}) == {name: meant}


def test_variables_of_ours_and_of_others_are_none_that_are_misspelt() -> None:
    ours = ("STORE", "STATE", "CONFIG", "USER", "PASSWORD", "JOB", "NODES", "THEME", "KEYS")
    others = {f"JOBWATCH_{name}": "x" for name in (*ours, "HOME", "TIMEZONE", "DEBUG", "TEST_PORT")}
    assert misspelt({**others, "STROE": "x", "JOBWATCH_STROE": ""}) == {}


@pytest.mark.parametrize("name", ["STORE", "STATE", "CONFIG"])
def test_a_home_that_nobody_has_is_told_as_such(name: str) -> None:
    with pytest.raises(SettingsError, match=f"JOBWATCH_{name}: '~nobody-at-all/x' begins"):
        read_settings(Path("x"), {f"JOBWATCH_{name}": "~nobody-at-all/x"})


def test_a_file_that_may_not_be_read_is_told_as_such(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SettingsError) as error:
        read_settings(None, {"JOBWATCH_CONFIG": str(file)})
    assert str(error.value) == f"{file}: the config file can't be read: permission denied"


def test_who_has_no_file_pays_for_none(tmp_path: Path) -> None:
    code = "import sys, pathlib; from jobwatch.config import read_settings\n"
    code += "from jobwatch.config import misspelt; given = {'JOBWATCH_STATE': 'y'}\n"
    code += "read_settings(pathlib.Path('x'), given); misspelt(given); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={"XDG_CONFIG_HOME": str(tmp_path)},
    )
    modules = set(done.stdout.split())
    assert not modules & {"tomllib", "difflib", "jobwatch.model.given", "textual"}
