"""Help as pages of a manual: what each has, and how it is laid out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

import jobwatch as jobwatch_package
from jobwatch.cli import COMMANDS, TASKS, jobwatch
from jobwatch.cli.helping import ManualCommand, ManualGroup
from jobwatch.cli.variables import VARIABLES
from jobwatch.config import config_path, default_state, default_store
from jobwatch.model.given import VARIABLES as SETTINGS

SECTIONS = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "OPTIONS",
    "COMMANDS",
    "EXAMPLES",
    "EXIT STATUS",
    "JSON OUTPUT",
    "ENVIRONMENT",
    "FILES",
    "SEE ALSO",
]
ALL = ("", *sorted(COMMANDS))
"""The names of all commands, and an empty one for jobwatch itself."""


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def command_named(name: str) -> ManualCommand:
    found = jobwatch.get_command(click.Context(jobwatch), name) if name else jobwatch
    assert isinstance(found, ManualCommand), name
    return found


def page(name: str) -> str:
    """Return the help as ``jobwatch NAME --help`` prints it."""
    root = click.Context(jobwatch, info_name="jobwatch", help_option_names=["-h", "--help"])
    if not name:
        return command_named(name).get_help(root)
    command = command_named(name)
    return command.get_help(click.Context(command, info_name=name, parent=root))


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines of each section by its heading."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith(" "):
            found[line] = []
        else:
            found[list(found)[-1]].append(line)
    return found


# What each page has


@pytest.mark.parametrize("name", ALL)
def test_a_page_has_its_sections_in_a_manuals_order(name: str) -> None:
    found = list(sections(page(name)))
    assert found == [heading for heading in SECTIONS if heading in found]
    assert {"NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT"} <= {*found}


@pytest.mark.parametrize("name", ALL)
def test_a_page_has_two_examples_or_more_each_with_what_it_does(name: str) -> None:
    examples = command_named(name).examples
    assert len(examples) >= 2
    shown = "\n".join(sections(page(name))["EXAMPLES"])
    for line, does in examples:
        assert f"    {line}\n" in shown  # whole, on one line
        assert does[0].isupper()
        assert does.endswith(".")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_example_is_of_its_command_and_click_takes_it(name: str, tmp_path: Path) -> None:
    for line, _ in command_named(name).examples:
        words = shlex.split(line.replace("<(", "( "), comments=False)
        at = words.index("jobwatch")
        ends = (place for place, word in enumerate(words) if word in {"|", ";", "&&", ">", "<"})
        words = words[at + 1 : next((end for end in ends if end > at), None)]
        words = [word.rstrip(")") for word in words]
        root = jobwatch.make_context("jobwatch", [*words], resilient_parsing=True)
        rest = [*root._protected_args, *root.args]
        assert rest[0] == name
        with root:
            context = command_named(name).make_context(
                name, [*rest[1:]], parent=root, resilient_parsing=True
            )
        known = {option for param in context.command.params for option in param.opts}
        for word in rest[1:]:
            if re.match(r"--?[a-z]", word) and "--" not in rest[: rest.index(word)]:
                assert word.partition("=")[0] in known, word


@pytest.mark.parametrize("name", ALL)
def test_a_page_tells_the_exit_statuses_and_where_the_log_is(name: str) -> None:
    found = sections(page(name))
    statuses = re.findall(r"^    (\d+) ", "\n".join(found["EXIT STATUS"]), re.MULTILINE)
    assert statuses == sorted(statuses, key=int)
    assert {"0", "2", "130"} <= {*statuses}
    assert any("JOBWATCH_STORE" in line for line in found["ENVIRONMENT"])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_a_page_says_is_to_see_also_is_there(name: str) -> None:
    for other in command_named(name).see_also:
        assert other in COMMANDS
        assert other != name


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = [one for one in command_named(name).params if isinstance(one, click.Option)]
    for option in options:
        assert option.hidden or option.help, option.name


@pytest.mark.parametrize("name", ALL)
def test_what_an_option_may_be_instead_is_in_the_environment(name: str) -> None:
    known = {option for param in command_named(name).params for option in param.opts}
    told = "\n".join(sections(page(name))["ENVIRONMENT"])
    tells_all = name in ("", "config")
    assert ("JOBWATCH_ZONE" in told) == ("--zone" in known or tells_all)
    assert ("JOBWATCH_INTERVAL" in told) == ("--interval" in known or tells_all)


def variables(name: str) -> set[str]:
    """Return the variables that a page tells of, without the prefix that all have."""
    told = "\n".join(sections(page(name))["ENVIRONMENT"])
    return set(re.findall(r"^    JOBWATCH_(\w+)", told, re.MULTILINE))


def test_every_variable_that_is_read_is_on_the_first_page() -> None:
    source = Path(jobwatch_package.__file__).parent
    read = {
        name
        for path in source.rglob("*.py")
        for name in re.findall(r"\bJOBWATCH_([A-Z]+)\b", path.read_text("utf-8"))
    }
    # The one for the command that `jobwatch run` runs is on that one's page.
    assert read - {"JOB"} == variables("") == {name.removeprefix("JOBWATCH_") for name in VARIABLES}
    assert "JOB" in variables("run")
    assert {*OF_THE_FILE, "STORE", "STATE", "CONFIG"} == variables("config")


OF_THE_FILE = {name.removeprefix("JOBWATCH_") for name in SETTINGS}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_page_tells_of_the_log_and_the_config_file_that_its_command_obeys(name: str) -> None:
    assert {"STORE", "CONFIG"} <= variables(name)


def test_the_pages_of_the_monitor_tell_of_all_that_it_obeys() -> None:
    look = {"THEME", "COLUMNS", "KEYS"}
    own = {"STORE", "CONFIG", "STATE", "ZONE", "INTERVAL"}
    assert variables("watch") == look | own | {"NOTIFICATIONS", "NODES", "USER", "PASSWORD"}
    assert variables("web") == look | own


@pytest.mark.parametrize("name", ["", "watch", "web"])
def test_the_pages_of_the_monitor_tell_where_its_files_are(name: str) -> None:
    text = "\n".join(sections(page(name))["FILES"])
    for place in (default_store(), config_path({}), default_state()):
        assert f"    {place}\n" in text
    assert ("~/.netrc" in text) == (name == "watch")


@pytest.mark.parametrize("name", ["sync", "watch"])
def test_what_mirrors_nodes_tells_which_log_those_of_the_config_file_are_for(name: str) -> None:
    told = " ".join(" ".join(sections(page(name))["ENVIRONMENT"]).split())
    assert "they are not mirrored where --store or JOBWATCH_STORE names a log" in told


@pytest.mark.parametrize("name", ["serve", "web"])
def test_what_listens_names_an_address_and_a_number(name: str) -> None:
    options = "\n".join(sections(page(name))["OPTIONS"])
    assert "--host ADDRESS" in options
    assert "--port N" in options


# How it looks


@pytest.mark.parametrize("name", ALL)
def test_a_page_fits_eighty_columns_but_for_what_one_copies(name: str) -> None:
    command = command_named(name)
    copied = {line for line, _ in command.examples} | {*command.get_files()}
    for line in page(name).splitlines():
        assert len(line) <= 80 or line.strip() in copied
        assert line == line.rstrip()
        assert line.isprintable()


@pytest.mark.parametrize("name", ALL)
def test_sections_are_one_empty_line_apart_and_nothing_else_is_two(name: str) -> None:
    text = page(name)
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    for heading in list(sections(text))[1:]:
        assert f"\n\n{heading}\n    " in text
    assert "Usage:" not in text
    assert "\b" not in text


@pytest.mark.parametrize(
    ("columns", "widest"), [("60", 60), ("80", 80), ("100", 100), ("300", 100)]
)
def test_a_page_is_as_wide_as_the_terminal_within_limits(
    monkeypatch: pytest.MonkeyPatch, columns: str, widest: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    longest = max(map(len, sections(page("search"))["DESCRIPTION"]))
    assert widest - 14 < longest <= widest


def test_each_command_is_on_one_line_below_its_task() -> None:
    lines = sections(page(""))["COMMANDS"]
    shown = [line.split() for line in lines if line.startswith("        ")]
    assert sorted(words[0] for words in shown) == sorted(COMMANDS)
    headings = [line.strip() for line in lines if re.match(r"    \w", line)]
    assert headings == [*TASKS]
    assert {name for names in TASKS.values() for name in names} <= {*COMMANDS}


def test_the_first_page_tells_where_the_log_and_the_config_file_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    text = "\n".join(sections(page(""))["FILES"])
    assert "jobwatch/jobs.db" in text
    assert "jobwatch/config.toml" in text


def test_wrong_usage_still_shows_how_it_is_used() -> None:
    with pytest.raises(click.UsageError) as wrong:
        jobwatch.main(["show"], standalone_mode=False)
    assert wrong.value.ctx is not None
    assert wrong.value.ctx.get_usage().startswith("Usage: ")
    assert wrong.value.ctx.get_usage().endswith(" show [OPTIONS] ID")


@pytest.mark.parametrize(
    ("name", "hint"), [("serch", "did you mean search?"), ("zzzz", "jobwatch --help lists them")]
)
def test_a_command_that_there_is_not_is_told_with_what_to_do(name: str, hint: str) -> None:
    with pytest.raises(click.UsageError) as wrong:
        jobwatch.main([name], standalone_mode=False)
    assert wrong.value.message == f"No such command {name!r}; {hint}"


# The classes themselves


def a_page(command: click.Command) -> str:
    return command.get_help(click.Context(command, info_name="x"))


def test_a_command_without_more_has_only_what_holds_for_all() -> None:
    command = ManualCommand("x", help="Do x.")
    assert list(sections(a_page(command))) == [
        "NAME",
        "SYNOPSIS",
        "OPTIONS",
        "EXIT STATUS",
        "ENVIRONMENT",
    ]


def test_its_own_words_go_over_those_that_hold_for_all() -> None:
    command = ManualCommand("x", help="Do x.", exit_status={0: "Done.", 7: "Odd."})
    assert [" ".join(line.split()) for line in sections(a_page(command))["EXIT STATUS"][:4]] == [
        "0 Done.",
        "2 The command line is wrong, or the log or a file can't be used.",
        "7 Odd.",
        "130 Interrupted.",
    ]


def test_a_long_example_is_never_broken() -> None:
    line = "jobwatch x " + "word " * 40 + "end"
    command = ManualCommand("x", help="Do x.", examples=((line, "Does it."),))
    assert f"    {line}\n        Does it.\n" in a_page(command)


def test_what_stands_below_no_task_is_listed_at_the_end() -> None:
    group = ManualGroup("g", help="Do.", tasks={"First": ("a", "gone"), "Empty": ("gone",)})
    for name in "ab":
        group.add_command(ManualCommand(name, help=f"Do {name}.\n\nAnd more."))
    lines = [line for line in sections(a_page(group))["COMMANDS"] if line]
    assert lines == ["    First", "        a  Do a", "    Other", "        b  Do b"]
