"""What an argument that is being typed may go on with, when a shell asks.

Each function is for ``shell_complete=`` of an argument or an option. A log that is missing, damaged
or of an older version completes nothing: it is neither made nor brought up to date, and what is
read of it is as much as one can look at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from jobwatch.model.condition import Field
    from jobwatch.model.job import Json
    from jobwatch.model.node import Node
    from jobwatch.model.query import View
    from jobwatch.model.row import JobRow

__all__ = [
    "command_words",
    "dates",
    "file_names",
    "job_ids",
    "node_names",
    "node_urls",
    "query_terms",
    "running_ids",
    "statuses",
    "zones",
]

Row = TypeVar("Row")

NEWEST = 200
"""Jobs among which ids are looked for."""

PATIENCE = 0.5
"""Seconds to wait for a log that another process holds."""


def job_ids(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the ids of the newest jobs, the newest first."""
    from jobwatch.model.query import View

    return _ids(context, param, incomplete, View.ALL)


def running_ids(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the ids of the newest jobs that go on by their records."""
    from jobwatch.model.query import View

    return _ids(context, param, incomplete, View.RUNNING)


def query_terms(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return how a query may go on: names of fields, and the values that the log has.

    A name that is the only one comes with its values, so that a shell stops behind its colon.
    """
    found = _terms(context, incomplete)
    if len(found) == 1:
        [name] = found
        found |= _terms(context, name)
    return _items(found.items())


def statuses(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the statuses that the log has, in any case; several have commas in between."""
    from jobwatch.model.condition import Field

    before, comma, typed = incomplete.rpartition(",")
    return _items(
        (f"{before}{comma}{value}", "")
        for value in _values(context, Field.STATUS)
        if value.lower().startswith(typed.lower())
    )


def dates(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return dates as people type them: today, yesterday, -7d."""
    from jobwatch.model.completion import completions

    text = f"since:{incomplete}"
    return _items(
        (one.replacement, one.hint) for one in completions(text, len(text), lambda field: ())
    )


def zones(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the names of zones that begin so, else the only one whose last part does."""
    from jobwatch.model.zones import zone_names

    typed = incomplete.lower()
    names = ("local", *zone_names())
    found = [name for name in names if name.lower().startswith(typed)]
    if not found:
        # Of several a shell would type what these begin with instead of what stands there.
        ends = [name for name in names if name.rpartition("/")[2].lower().startswith(typed)]
        found = ends if len(ends) == 1 else []
    return _items((name, "") for name in found)


def file_names(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Leave it to the shell, which knows the files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def command_words(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the programs that are found by their names, where a command begins; files behind it.

    A name with a slash in it is a file's, too.
    """
    if context.params.get(param.name or "") or "/" in incomplete:
        return file_names(context, param, incomplete)
    return _items((name, "") for name in sorted(set(_programs(incomplete))))


def node_names(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the names of the nodes that the log knows."""
    return _items(
        (node.name, node.url) for node in _nodes(context) if node.name.startswith(incomplete)
    )


def node_urls(
    context: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the addresses of the nodes that the log knows."""
    return _items(
        (node.url, node.name) for node in _nodes(context) if node.url.startswith(incomplete)
    )


def _programs(begin: str) -> Iterator[str]:
    """Return the names of programs that begin so, as they are found."""
    for folder in os.get_exec_path():
        with suppress(OSError), os.scandir(folder or os.curdir) as files:
            for file in files:
                if file.name.startswith(begin) and file.is_file() and os.access(file, os.X_OK):
                    yield file.name


def _ids(
    context: click.Context, param: click.Parameter, incomplete: str, view: View
) -> list[CompletionItem[str]]:
    from jobwatch.model.row import state_mark

    given = context.params.get(param.name or "")
    others = given if param.nargs == -1 and given else ()
    return _items(
        (row.id, f"{_word(row.type)} {state_mark(row.status, row.outcome).word}")
        for row in _newest(context, view)
        if row.id.startswith(incomplete) and row.id not in others
    )


def _terms(context: click.Context, text: str) -> dict[str, str]:
    """Return the texts that a text may become, each with what it means."""
    from string import ascii_lowercase

    from jobwatch.model.completion import completions

    asked: list[Field] = []

    def completed(text: str, values: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
        def known(field: Field) -> Sequence[str]:
            asked.append(field)
            return values

        for one in completions(text, len(text), known):
            whole = text[: one.start] + one.replacement + text[one.end :]
            if _begins(whole, text):
                yield whole, one.hint

    # Each letter for itself where nothing is typed yet: every name begins with one.
    begun = [text] if text.strip("(-") else [text + letter for letter in ascii_lowercase]
    found = dict(chain.from_iterable(map(completed, begun)))
    for field in asked[:1]:
        # One by one: of many there are but as many as the monitor has room for, and a shell types
        # what all that it gets begin with.
        for value in _values(context, field):
            found |= completed(text, (value,))
    return found


def _begins(whole: str, text: str) -> bool:
    """Return whether a text is the beginning of another; quotes and case don't count."""
    return whole.replace('"', "").lower().startswith(text.replace('"', "").lower())


def _values(context: click.Context, field: Field) -> list[str]:
    from jobwatch.model.condition import Field
    from jobwatch.model.query import View
    from jobwatch.store import statements as sql

    if field is Field.ID:
        return [row.id for row in _newest(context, View.ALL)]
    values = _rows(context, tuple, sql.FACET_VALUES)
    return [str(value) for name, value in values if name == field]


def _newest(context: click.Context, view: View) -> list[JobRow]:
    from jobwatch.model.query import JobQuery
    from jobwatch.store import reads
    from jobwatch.store import statements as sql

    return _rows(context, sql.row_of, *reads.newest(JobQuery(view=view), NEWEST))


def _nodes(context: click.Context) -> list[Node]:
    from jobwatch.store import statements as sql

    return _rows(context, sql.node_of, sql.NODES)


def _rows(
    context: click.Context,
    made_of: Callable[[Sequence[Any]], Row],
    statement: str,
    parameters: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Return what a statement reads of the log, and nothing where it can't."""
    import sqlite3

    from jobwatch.config import read_settings
    from jobwatch.model.settings import SettingsError
    from jobwatch.store.connect import LogError, check_place, read_only_uri

    try:
        store = read_settings(context.find_root().params.get("store"), os.environ).store
        if not store.is_file():
            return []
        check_place(store)
        with closing(
            sqlite3.connect(read_only_uri(store), uri=True, timeout=PATIENCE)
        ) as connection:
            return [made_of(row) for row in connection.execute(statement, parameters or {})]
    # Among them what no log holds.
    except (SettingsError, LogError, OSError, ValueError, sqlite3.Error):
        return []


def _items(found: Iterable[tuple[str, str]]) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(text, help=hint or None) for text, hint in found]


def _word(value: Json) -> str:
    from jobwatch.model.text import one_line

    return one_line(value) if isinstance(value, str) else ""
