"""``completion``: what makes a shell complete commands, options, ids and queries.

What passes between the scripts and this program is click's protocol. Here stands what it lacks:
words that bash has cut, and texts that a line between the two can't hold.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from jobwatch.cli.helping import ManualCommand
from jobwatch.cli.options import OneOf
from jobwatch.cli.shell_scripts import BASH, FISH, ZSH

__all__ = ["VARIABLE", "completion"]

VARIABLE = "_JOBWATCH_COMPLETE"
"""The variable that is set where a shell asks what a line may go on with."""


@click.command(
    cls=ManualCommand,
    examples=(
        (
            "source <(jobwatch completion bash)",
            "In ~/.bashrc: bash completes from the next shell on; typed, in this one.",
        ),
        (
            "source <(jobwatch completion zsh)",
            "In ~/.zshrc, below compinit: the same for zsh.",
        ),
        (
            "mkdir -p ~/.config/fish/completions"
            " && jobwatch completion fish > ~/.config/fish/completions/jobwatch.fish",
            "For fish, which looks there by itself.",
        ),
    ),
    environment={
        "JOBWATCH_STORE": "The job log whose ids and values are completed, where the line that is"
        " typed names none with --store. It must be exported.",
    },
    files={
        "~/.local/share/bash-completion/completions/jobwatch": "Where bash looks too, if"
        " bash-completion is there: the script starts no shell the slower then.",
    },
    see_also=("search", "show"),
)
@click.argument("shell", type=OneOf(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script that makes a shell complete jobwatch.

    It completes commands and options, the ids of the newest jobs with what they are (zsh and fish
    show that), fields of a QUERY and the values that the log has of them, dates, zones and files.
    The log is only read, and a missing one isn't made.

    Bash must be 4.4 or newer. It cuts words at colons: `type:csv<TAB>` works, as does what stands
    in quotes; behind a field of free text (msg:, body:) it leaves a blank to be taken away.
    """
    maker = {"bash": Bash, "zsh": Zsh, "fish": Fish}[shell]
    script = maker(context.find_root().command, {}, "jobwatch", VARIABLE).source()
    click.echo(script, nl=False)
    return 0


@add_completion_class
class Bash(BashComplete):
    """Bash, which cuts words at colons and replaces what stands behind the last one alone."""

    source_template = BASH
    _before = ""
    """What of the word bash keeps."""
    _is_quoted = False

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being typed, and that, put together again."""
        # The script joins them by newlines.
        cut, place = os.environ["COMP_WORDS"].split("\n"), int(os.environ["COMP_CWORD"])
        last = cut[place] if place < len(cut) else ""
        words = _joined([*cut[:place], last])
        kept = words[-1] if _BREAKS.fullmatch(last) else words[-1].removesuffix(last)
        self._before = _plain(kept)
        self._is_quoted = last.startswith(("'", '"'))
        return [_plain(word) for word in words[1:-1]], _plain(words[-1])

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return what bash may put behind what it keeps, as it must be typed."""
        items = _sayable(super().get_completions(args, incomplete))
        for item in items:
            if item.type == "plain":
                rest = item.value.removeprefix(self._before)
                item.value = rest if self._is_quoted else _quoted(rest)
        return items


@add_completion_class
class Zsh(ZshComplete):
    """Zsh, which quotes what it puts in by itself."""

    source_template = ZSH

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return what a line of its protocol can hold."""
        return _sayable(super().get_completions(args, incomplete))


@add_completion_class
class Fish(FishComplete):
    """Fish, which quotes what it puts in by itself."""

    source_template = FISH

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return what a line of its protocol can hold."""
        return _sayable(super().get_completions(args, incomplete))


def _sayable(items: Iterable[CompletionItem[str]]) -> list[CompletionItem[str]]:
    """Leave out what can't be said in one line, or has a backslash, which shells read as theirs."""
    return [item for item in items if item.value.isprintable() and "\\" not in item.value]


# Of COMP_WORDBREAKS, what may stand in a word without quotes.
_BREAKS = re.compile(r"[:=@]+")
_BARE = re.compile(r"[\w@%+=:,./-]*")


def _joined(cut: list[str]) -> list[str]:
    """Return the words of a line from the pieces that bash has cut them into.

    An empty piece is a word that begins behind a blank. Other blanks beside a colon are lost.
    """
    words: list[str] = []
    glued = False
    for piece in cut:
        is_break = _BREAKS.fullmatch(piece) is not None
        if len(words) > 1 and piece and (glued or is_break):
            words[-1] += piece
        else:
            words.append(piece)
        glued = is_break
    return words


def _quoted(text: str) -> str:
    """Return a text as bash reads it, without quotes as far as none are needed.

    So what several texts begin with is the same of all of them, and bash can type it.
    """
    bare = _BARE.match(text)
    end = bare.end() if bare else 0
    return text[:end] + (shlex.quote(text[end:]) if text[end:] else "")


def _plain(word: str) -> str:
    """Return what a word means to a shell; a quote may still be open."""
    return next(iter(split_arg_string(word)), "")
