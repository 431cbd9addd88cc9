"""``config``, and what the settings are to the other commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from jobwatch.cli import COMMANDS as COMMANDS_OF_ALL
from jobwatch.cli import main
from jobwatch.cli.configuring import EXAMPLE
from jobwatch.cli.mirroring import urls_in_force
from jobwatch.config import default_state
from jobwatch.model.job import Job
from jobwatch.model.settings import Settings
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.commands import COMMANDS


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]
START = 1_795_392_000_000  # 2026-11-23T00:00Z


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="a", status="COMPLETE", start_datetime=START)])
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what calls the command line in this process, with a text as the config file."""
    monkeypatch.setenv("JOBWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("TZ", "UTC")

    def call(text: str, *arguments: object, **environment: str) -> Result:
        (tmp_path / "config.toml").write_text(text)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["jobwatch", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        code = end.value.code
        return Result(code if isinstance(code, int) else -1, out, err.replace(f"{tmp_path}/", ""))

    return call


def test_it_shows_what_is_in_force_and_where_each_came_from(run: Run, tmp_path: Path) -> None:
    text = 'zone = "zurich"\nnodes = ["http://n1", "http://n2"]\n[keys]\ndates = ["f7", "T"]'
    done = run(text, "config", JOBWATCH_THEME="nord")
    assert (done.code, done.err) == (0, "")
    lines = {line.split()[0]: line.split()[1:] for line in done.out.splitlines()}
    file = tmp_path / "config.toml"
    assert lines["zone"] == ["zurich", f"{file}:1"]
    assert lines["nodes"] == ["http://n1", "http://n2", f"{file}:2"]
    assert lines["keys.dates"] == ["f7", "T", f"{file}:4"]
    assert lines["theme"] == ["nord", "JOBWATCH_THEME"]
    assert lines["interval"] == ["1s", "default"]
    assert lines["columns"] == ["automatic", "default"]
    assert lines["notifications.bell"] == ["true", "default"]
    # Whoever wants other keys finds the commands here.
    assert {f"keys.{command.id}" for command in COMMANDS} <= set(lines)


def test_its_json_has_the_values_as_they_are(run: Run, tmp_path: Path) -> None:
    text = 'columns = ["id"]\n[notifications]\nbell = false\n'
    done = run(text, "--store", tmp_path / "x.db", "config", "--json")
    found = json.loads(done.out)
    file = tmp_path / "config.toml"
    assert found["store"] == {"value": str(tmp_path / "x.db"), "source": "--store"}
    assert found["columns"] == {"value": ["id"], "source": f"{file}:1"}
    assert found["notifications.bell"] == {"value": False, "source": f"{file}:3"}
    assert found["keys.filter"] == {"value": ["/"], "source": "default"}


def test_the_store_is_told_by_its_whole_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("", "--store", "my jobs.db", "config")
    assert done.out.startswith("store ")
    assert f" {tmp_path / 'my jobs.db'} " in done.out.splitlines()[0]


def test_keys_are_told_as_they_are_typed_and_can_be_set_so(run: Run) -> None:
    lines = dict(line.split()[:2] for line in run("", "config").out.splitlines())
    assert (lines["keys.filter"], lines["keys.help"], lines["keys.hour_back"]) == ("/", "?", "<")
    done = run('[keys]\nfilter = ";"\nhelp = "/"\nhour_back = "?"\nnode = "<"', "config")
    lines = dict(line.split()[:2] for line in done.out.splitlines())
    assert (lines["keys.help"], lines["keys.hour_back"], lines["keys.node"]) == ("/", "?", "<")


def test_the_nodes_of_the_file_are_told_to_be_none_for_another_log(run: Run) -> None:
    done = run('nodes = ["http://n1"]', "--store", "other.db", "config")
    assert ["nodes", "none", "--store"] in [line.split() for line in done.out.splitlines()]


def test_it_tells_where_what_the_monitor_remembers_is(run: Run, tmp_path: Path) -> None:
    places = {"XDG_STATE_HOME": str(tmp_path), "JOBWATCH_STATE": ""}
    found = json.loads(run("", "config", "--json", **places).out)
    assert found["state"] == {"value": str(default_state()), "source": "default"}
    found = json.loads(run("", "config", "--json", JOBWATCH_STATE=str(tmp_path)).out)
    assert found["state"] == {"value": str(tmp_path), "source": "JOBWATCH_STATE"}


def test_a_folder_can_not_be_the_log(run: Run, tmp_path: Path) -> None:
    done = run('\nstore = "."', "config")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("jobwatch: config.toml:2: store: ")
    assert done.err.endswith(" is a folder; name a file, there or not\n")
    assert run("", "--store", tmp_path, "config").err.startswith("jobwatch: --store: store: ")


def test_the_file_that_its_help_shows_is_one(run: Run) -> None:
    text = "\n".join(line for line in EXAMPLE.splitlines()[1:] if line != "\b")
    done = run(text, "config")
    assert (done.code, done.err) == (0, "")
    assert "config.toml:" in done.out
    # Each word of it is on the page, whose lines nothing has joined.
    told = {line.strip() for line in run("", "config", "--help").out.splitlines()}
    assert {line for line in text.splitlines() if line} <= told | {""}


def test_it_tells_where_the_file_is_looked_for(run: Run, tmp_path: Path) -> None:
    assert run("", "config", "--path").out == f"{tmp_path / 'config.toml'}\n"


def test_a_password_is_nowhere_in_it(run: Run) -> None:
    done = run("", "config", "--json", JOBWATCH_USER="ada", JOBWATCH_PASSWORD="secret")
    assert done.code == 0
    assert "secret" not in done.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('zone = "Europe/Zurick"', "config.toml:1: zone: there is no zone 'Europe/Zurick'"),
        (
            'theme = "nrod"',
            "config.toml:1: theme: there is no theme 'nrod'; did you mean nord?",
        ),
        (
            '\ncolumns = ["id", "stat"]',
            "config.toml:2: columns: there is no column 'stat'; did you mean state?",
        ),
        (
            '[keys]\nquitt = "x"',
            "config.toml:2: keys.quitt: there is no command of this name; did you mean quit?",
        ),
        (
            '[keys]\nsort = "d"',
            "config.toml:2: keys.sort: d can't be the key of Sort (sort): it is that of Dates"
            " (dates); give one of them another",
        ),
        ('nodes = [\n"http://n1",\n"n2"]', "config.toml:3: nodes: 'n2' is not the URL of a node"),
        ('columns = [\n"id",\n"stat"]', "config.toml:3: columns: there is no column 'stat'"),
        ('[keys]\nsort = [\n"x",\n"tab"]', "config.toml:4: keys.sort: tab can't be the key"),
        ('nodes = ["n1"]', "config.toml:1: nodes: 'n1' is not the URL of a node"),
        ('them = "nord"', "config.toml:1: them: unknown key; did you mean theme?"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_line_and_key(run: Run, text: str, said: str) -> None:
    done = run(text, "config")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"jobwatch: {said}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", [("show", "a"), ("search",), ("config",)])
def test_every_command_tells_of_a_key_that_there_is_not(run: Run, command: tuple[str]) -> None:
    done = run("intervall = 1", *command)
    assert done.code == 2
    assert done.err == "jobwatch: config.toml:1: intervall: unknown key; did you mean interval?\n"


# What a wrong setting is no reason against

WRONG = "intervall = 1"
"""A file with which no setting is known."""


@pytest.mark.parametrize("command", sorted(COMMANDS_OF_ALL))
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_there_whatever_the_settings_are(run: Run, command: str, option: str) -> None:
    done = run(WRONG, command, option)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("NAME\n")


@pytest.mark.parametrize("arguments", [("config", "--path"), ("completion", "bash")])
def test_what_needs_no_settings_reads_none(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(WRONG, *arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out


@pytest.mark.parametrize("words", [("show", "--", "-h"), ("search", "--from", "--help")])
def test_a_word_that_is_no_option_is_not_taken_for_help(
    run: Run, store: Path, words: tuple[str, ...]
) -> None:
    assert "unknown key" in run(WRONG, *words).err
    done = run("", "--store", store, *words)
    assert (done.code, done.out) in ((1, ""), (2, ""))
    assert "-h" in done.err


def test_help_is_asked_for_beside_a_query_too(run: Run) -> None:
    done = run(WRONG, "search", "-type:csv_*", "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("NAME\n")


@pytest.mark.parametrize("asked", [True, False])
def test_help_says_nothing_of_a_log_that_takes_long_to_open(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setattr("jobwatch.cli.takes_long_to_open", lambda path: True)
    done = run("", "--store", store, "list", *(["--help"] if asked else []))
    assert ("up to date" in done.err) == (not asked)


@pytest.mark.parametrize(
    "text", [WRONG, f"zone = {'9' * 5_000}", f"x = {'[' * 3_000}"], ids=["key", "number", "depth"]
)
def test_a_command_runs_whatever_is_wrong_with_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    done = run_echo(file)
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert done.stderr.startswith("jobwatch: this job isn't in the log: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_command_runs_where_the_file_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = run_echo(tmp_path / "pipe")
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "it is no regular file" in done.stderr


def run_echo(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobwatch", "run", "--", "echo", "ran"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
        env={"JOBWATCH_CONFIG": str(file), "PATH": os.environ["PATH"], "HOME": str(file.parent)},
    )


# Variables that are nearly ours, and outputs that are full


def test_a_variable_that_is_misspelt_is_told_once(run: Run, store: Path) -> None:
    done = run("", "--store", store, "show", "a", JOBWATCH_STROE="x.db", JOBWATCH_HOME="x")
    assert done.code == 0
    assert done.err == "jobwatch: JOBWATCH_STROE is unknown; did you mean JOBWATCH_STORE?\n"
    assert run("", "completion", "bash").err == ""
    assert run("", "show", "--help").err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_an_output_that_is_full_is_told_as_such(store: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "jobwatch", "--store", str(store), "show", "a"],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            cwd=Path(__file__).parents[2],
            env={"JOBWATCH_CONFIG": os.devnull},
        )
    assert done.returncode == 2
    assert done.stderr == "jobwatch: the output can't be written: no space left on device\n"


def test_times_are_in_the_zone_of_the_settings_unless_an_option_names_one(
    run: Run, store: Path
) -> None:
    text = 'store = "jobs.db"\nzone = "Europe/Zurich"'
    assert "2026-11-23 01:00" in run(text, "show", "a").out
    assert "2026-11-23 00:00" in run(text, "show", "a", "--zone", "UTC").out
    assert "2026-11-22 19:00" in run(text, "search", JOBWATCH_ZONE="America/New_York").out


@pytest.mark.usefixtures("store")
def test_what_only_the_monitor_uses_stops_no_other_command(run: Run) -> None:
    text = 'store = "jobs.db"\ntheme = "nrod"\n[keys]\nquitt = "x"'
    assert run(text, "show", "a").code == 0
    done = run(text, "watch", TEXTUAL_DRIVER="a:Driver")
    assert done.code == 2
    assert done.err == (
        "jobwatch: config.toml:2: theme: there is no theme 'nrod'; did you mean nord?\n"
    )


def test_a_short_command_loads_no_screen_whatever_is_set(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('theme = "nord"\ncolumns = ["id"]\n[keys]\nquit = "Q"\n')
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules))\n"
    code += "from jobwatch.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--store", str(store), "show", "a"],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"JOBWATCH_CONFIG": str(file)},
    )
    modules = done.stdout.splitlines()[-1].split()
    assert "tomllib" in modules
    assert not {"textual", "rich", "pendulum"} & set(modules)


def test_the_nodes_of_the_settings_are_for_commands_that_name_none() -> None:
    settings = Settings(store=Path("x"), nodes=("http://n1", "http://n2"))
    assert urls_in_force((), settings) == ("http://n1", "http://n2")
    assert urls_in_force(("http://n3",), settings) == ("http://n3",)
    assert urls_in_force((), Settings(store=Path("x"))) == ()


def test_sync_asks_the_nodes_of_the_settings(run: Run, tmp_path: Path) -> None:
    text = 'store = "jobs.db"\nnodes = ["http://127.0.0.1:9"]'
    done = run(text, "sync", "--once", HOME=str(tmp_path))
    assert done.code == 2
    assert "no user for 127.0.0.1:9: set JOBWATCH_USER" in " ".join(done.err.split())


def test_the_interval_of_the_settings_is_checked_as_the_option_is(run: Run) -> None:
    done = run('interval = "1 hour"', "watch")
    assert done.err.startswith("jobwatch: config.toml:1: interval: '1 hour' is not an interval:")
