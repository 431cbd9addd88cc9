"""Grouping: the errors of a query by kind, kept up as the log changes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from jobwatch.model.kinds import ErrorKind
from jobwatch.model.query import JobQuery
from jobwatch.tui.throttle import Throttle
from jobwatch.tui.widgets.kind_list import KindList
from jobwatch.tui.widgets.query_line import QueryLine

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader

__all__ = ["Grouping"]

NOTHING = ("Nothing has failed.",)


class Grouping:
    """Shows the kinds of errors of a query: as they are counted at first, later when all are.

    `keys` are those of the commands, by their ids.
    """

    def __init__(self, kinds: KindList, line: QueryLine, keys: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._nothing_found = (
            "No errors are found by this query.",
            "",
            f"{keys['back'].capitalize()} clears the filter, then the range; {keys['dates']} picks"
            " other dates.",
        )
        self._line = line
        self._query: JobQuery | None = None
        self._stale = False
        self._throttle = Throttle()

    @property
    def behind(self) -> bool:
        """Return whether the log has changed since, and may be counted again."""
        return self._stale and self._throttle.may

    def changed(self) -> None:
        """Take note that the log has changed."""
        self._stale = self._query is not None

    def end(self) -> None:
        """Take note that something else is shown."""
        self._query = None
        self._stale = False

    async def show(self, reader: LogReader, query: JobQuery) -> None:
        """Count the kinds of a query and show them; `LogError` if they can't be read."""
        anew, self._query = query != self._query, query
        if anew:
            self._kinds.kinds = ()
            self._kinds.notice = ("Reading …",)
        self._stale = False
        found: tuple[ErrorKind, ...] = ()
        with self._throttle.timed():
            async with aclosing(reader.count_kinds(query)) as counting:
                async for found in counting:
                    if query != self._query:
                        return
                    if anew:
                        self._put(found, growing=True)
        self._kinds.notice = self._nothing_found if query.narrows else NOTHING
        self._put(found, growing=False)

    def _put(self, found: tuple[ErrorKind, ...], *, growing: bool) -> None:
        self._kinds.kinds = found
        self._line.total = sum(kind.count for kind in found)
        self._line.searching = growing
