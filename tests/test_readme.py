"""The README is true: its commands are there, and what CI runs is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import click

from jobwatch.cli import jobwatch

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_is_in_the_readme_and_has_help_with_an_example() -> None:
    context = click.Context(jobwatch)
    for name in jobwatch.list_commands(context):
        command = jobwatch.get_command(context, name)
        assert f"jobwatch {name}" in README, name
        assert command is not None
        assert command.help is not None
        # The character that tells click to keep lines, not the two that write it.
        examples = command.help.partition("\b\n")[2].rstrip().splitlines()
        assert examples, name
        assert all("jobwatch" in line for line in examples), name


def test_there_are_two_commands_each_of_one_line() -> None:
    for mark in ("demo", "test"):
        block = re.search(rf"<!-- {mark} -->\n```\n(.*?)\n```", README, re.DOTALL)
        assert block is not None
        assert block[1].startswith("python3 -m venv .venv && ")
        assert "\n" not in block[1]


def test_the_pictures_are_there_and_load_nothing_from_elsewhere() -> None:
    pictures = re.findall(r"\]\((screenshots/.*?\.svg)\)", README)
    assert pictures
    for picture in pictures:
        assert "url(" not in (ROOT / picture).read_text("utf-8").replace("url(#", "")
