"""The look of help: a command tells what it needs to, and is laid out as a page of a manual.

A command's docstring is what it is, in a sentence, and below that its description. The other
sections are given to the decorator::

    @click.command(
        cls=ManualCommand,
        examples=(
            ("jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a", "Shows one job."),
            ("jobwatch show 785d03dd-66a3-4687-8ce1-cc50b4fbcb8a --json", "Prints its record."),
        ),
        exit_status={1: "The log doesn't have the job."},
        environment=LOGIN,
        files=NETRC,
        see_also=("search",),
    )

Which variables go with its options is in `variables`, and what its ``--json`` prints in
`json_output`, by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import cleandoc
from types import MappingProxyType
from typing import Any, TypeAlias

import click

from jobwatch.cli.variables import LOGIN, OF_ALL, OF_PARAMETERS

__all__ = ["LOGIN", "Files", "ManualCommand", "ManualGroup"]

Example: TypeAlias = tuple[str, str]
"""A line as it is typed, and what it does, in a sentence."""

Files: TypeAlias = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Files, each with what it is; a function tells of those that are elsewhere on each machine."""

INDENT = 4
WIDEST = 100
"""Columns of a terminal that a page takes at most; it takes 80 where there is no terminal."""

EXIT_STATUS: Mapping[int, str] = MappingProxyType(
    {
        0: "All is well.",
        2: "The command line is wrong, or the log or a file can't be used.",
        130: "Interrupted.",
    }
)


class ManualCommand(click.Command):
    """A command with a page of the manual: what it says of itself, and what holds for all."""

    def __init__(
        self,
        *arguments: Any,
        examples: Sequence[Example] = (),
        exit_status: Mapping[int, str] | None = None,
        environment: Mapping[str, str] | None = None,
        files: Files | None = None,
        see_also: Sequence[str] = (),
        **attributes: Any,
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.examples = tuple(examples)
        self.exit_status = {**EXIT_STATUS, **(exit_status or {})}
        self.environment = {**OF_ALL}
        for name, variables in OF_PARAMETERS.items():
            self.environment |= variables if self._has(name) else {}
        self.environment |= environment or {}
        self.files = files or {}
        self.see_also = tuple(see_also)

    def get_help(self, ctx: click.Context) -> str:
        """Return the page, as wide as the terminal within limits."""
        formatter = _Formatter(INDENT, ctx.terminal_width, ctx.max_content_width or WIDEST)
        self.format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what it is: the first sentence, which is never cut."""
        return self._paragraphs()[0].rstrip(".")

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections in the order in which a manual has them."""
        _, *description = self._paragraphs()
        with formatter.section("Name"):
            formatter.write_text(f"{ctx.command_path} – {self.get_short_help_str()}")
        with formatter.section("Synopsis"):
            pieces = " ".join(self.collect_usage_pieces(ctx))
            formatter.write_usage(ctx.command_path, pieces, prefix=" " * INDENT)
        if description:
            with formatter.section("Description"):
                formatter.write_text("\n\n".join(description))
        self.format_options(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                _write_lines(formatter, self.examples)
        statuses = {str(status): means for status, means in sorted(self.exit_status.items())}
        _write_list(formatter, "Exit status", statuses.items())
        if self._has("--json"):
            self.format_json_output(formatter)
        _write_list(formatter, "Environment", self.environment.items())
        if files := self.get_files():
            with formatter.section("Files"):
                _write_lines(formatter, files.items())
        if self.see_also:
            with formatter.section("See also"):
                formatter.write_text(", ".join(f"jobwatch {name}" for name in self.see_also))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        records = [
            record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        _write_list(formatter, "Options", records)

    def get_files(self) -> Mapping[str, str]:
        """Return the files that it reads or writes besides what is named to it."""
        return self.files() if callable(self.files) else self.files

    def format_json_output(self, formatter: click.HelpFormatter) -> None:
        """Write what --json prints, if that is told for a command of this name."""
        from jobwatch.cli.json_output import OUTPUTS

        if output := OUTPUTS.get(self.name or ""):
            with formatter.section("JSON output"):
                formatter.write_text(output.shape)
                formatter.write_paragraph()
                rows = [(key.names, f"{key.type}: {key.means}") for key in output.keys]
                formatter.write_dl(rows, col_max=22)

    def _has(self, name: str) -> bool:
        """Return whether it has an option, or an argument, of this name."""
        return any(name in param.opts for param in self.params)

    def _paragraphs(self) -> list[str]:
        text = cleandoc(self.short_help or "") or cleandoc(self.help or "").partition("\f")[0]
        return text.strip().split("\n\n")


class ManualGroup(ManualCommand, click.Group):
    """The page of a group, which lists the commands by what one wants to do.

    `tasks` has the names of commands by task; what is in none of them is listed at the end.
    """

    def __init__(
        self, *arguments: Any, tasks: Mapping[str, Sequence[str]] | None = None, **attributes: Any
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.tasks = {**(tasks or {})}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command, below the task that it is for."""
        names = self.list_commands(ctx)
        width = max(map(len, names), default=0)
        grouped = {name for of_task in self.tasks.values() for name in of_task}
        tasks = {**self.tasks, "Other": [name for name in names if name not in grouped]}
        listed = {
            task: [
                (name.ljust(width), command.get_short_help_str())
                for name in of_task
                if (command := self.get_command(ctx, name)) is not None and not command.hidden
            ]
            for task, of_task in tasks.items()
        }
        with formatter.section("Commands"):
            for number, (task, rows) in enumerate(
                (task, rows) for task, rows in listed.items() if rows
            ):
                if number:
                    formatter.write_paragraph()
                formatter.write_text(task)
                with formatter.indentation():
                    formatter.write_dl(rows)


class _Formatter(click.HelpFormatter):
    """Headings as a manual has them."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{heading.upper()}\n")


def _write_list(
    formatter: click.HelpFormatter, heading: str, rows: Iterable[tuple[str, str]]
) -> None:
    """Write terms and what they mean; nothing where there are none."""
    if rows := list(rows):
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=22)


def _write_lines(formatter: click.HelpFormatter, lines: Iterable[tuple[str, str]]) -> None:
    """Write lines, and below each what it does or is."""
    for number, (line, means) in enumerate(lines):
        if number:
            formatter.write_paragraph()
        # However long it is: who copies it must get all of it.
        formatter.write(f"{'':{formatter.current_indent}}{line}\n")
        with formatter.indentation():
            formatter.write_text(means)
