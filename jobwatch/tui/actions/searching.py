"""What narrows the view: the query bar, the dates, the node."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.widgets import Input

from jobwatch.model.query import JobQuery, View, Within
from jobwatch.model.remembered import add_to_history
from jobwatch.model.text import clean
from jobwatch.model.when import ALWAYS
from jobwatch.tui.actions.base import MonitorActions
from jobwatch.tui.widgets.node_bar import NodeBar

if TYPE_CHECKING:
    from jobwatch.tui.screens.date_search import DateChoice

__all__ = ["SearchActions"]


class SearchActions(MonitorActions):
    """Narrows the view, and widens it again."""

    @on(NodeBar.Chosen)
    def _node_chosen(self, message: NodeBar.Chosen) -> None:
        self._ask(node=None if message.name == self._presenter.query.node else message.name)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        self._ask_for_text(message.value)

    def action_filter(self) -> None:
        """Open the query bar."""
        # A text that isn't as it looks is for no screen, wherever it comes from.
        self._filter.history = [text for text in self._memory.now.history if clean(text) == text]
        self._filter.display = True
        # At once: focus() comes later, and what is typed before would be commands.
        self.set_focus(self._filter)
        self.run_worker(self._read_values(), group="values", exclusive=True)

    async def _read_values(self) -> None:
        self._filter.values = await self._presenter.values()

    async def action_keep_filter(self) -> None:
        """Close the query bar, and let it narrow the view on; not while it is no query."""
        await self._catch_up()
        if not self._shown.line.mistake:
            self._close_filter()
            text = self._filter.value.strip()
            if text:
                await self._memory.change(partial(add_to_history, text=text))

    def action_node(self) -> None:
        """Show the jobs of the next node alone; while a text is found, go to its next place."""
        if self._shown.detail.finding:
            self._shown.detail.next_match(1)
        elif self._shown.nodes.nodes:
            self._ask(node=self._presenter.next_node())
        else:
            self._say("No job of this log is of a node.")

    async def action_dates(self) -> None:
        """Open the search by date, and apply what it returns."""
        from jobwatch.tui.screens.date_search import DateSearch

        query = self._presenter.query
        search = DateSearch(
            query.range,
            query.within,
            now=self._clock(),
            zone=self._zone,
            count_days=lambda year, month: self._presenter.count_days(year, month, self._zone),
        )
        await self.app.push_screen(search, self._dates_chosen)

    def _dates_chosen(self, chosen: DateChoice | None) -> None:
        if chosen is not None:
            view = self._presenter.query.view
            # Few jobs of another day still run: who asks for dates wants what ever ran.
            view = View.ALL if view is View.RUNNING else view
            self._ask(range=chosen.range, within=chosen.within, view=view)

    def _widen(self) -> bool:
        """Undo the last of what narrows the view; return whether there was anything."""
        query = self._presenter.query
        if self._filter.value:
            self._filter.value = ""
            self._ask_for_text("")
        elif query.range != ALWAYS:
            self._ask(range=ALWAYS, within=Within.STARTED)
        elif query.node is not None:
            self._ask(node=None)
        elif query.as_of is not None:
            self._ask(as_of=None)
        else:
            return False
        return True

    def _take_query(self, query: JobQuery, text: str) -> None:
        """Ask for another query in all its fields, its text as if it had been typed."""
        self._ask(
            view=query.view,
            range=query.range,
            within=query.within,
            node=query.node,
            sort=query.sort,
            as_of=query.as_of,
        )
        self._filter.value = text
        # Not only where it is another text: its dates may mean others by now.
        self._understand(text)

    async def _leave_filter(self) -> None:
        """Close the query bar; where what was typed is no query, what was asked before holds."""
        await self._catch_up()
        if self._shown.line.mistake:
            self._filter.value = self._presenter.query.text
            self._ask_for_text(self._filter.value)
        self._close_filter()

    def _ask_for_text(self, text: str) -> None:
        """Ask for a query as it is typed; one that is asked already keeps its dates."""
        if text == self._presenter.query.text:
            self._say_mistake("", 0, 0)
        else:
            self._understand(text)

    def _understand(self, text: str, **more: Any) -> None:
        """Ask for what the text means now; where it means nothing, say so and leave the result.

        `more` are other fields of the query, that are asked for with it.
        """
        from jobwatch.model.language import QueryError, parse_query

        try:
            where = parse_query(text, now=self._clock(), zone=self._zone)
        except QueryError as error:
            self._say_mistake(str(error), error.start, error.end)
            return
        self._say_mistake("", 0, 0)
        query = self._presenter.query
        if replace(query, text=text, where=where, **more) != query:
            self._ask(text=text, where=where, **more)

    def _say_mistake(self, mistake: str, start: int, end: int) -> None:
        self._shown.line.mistake = mistake
        self._filter.underline(start, end)

    async def _catch_up(self) -> None:
        """Take what was typed: its last change may be on the way, and the next key means it."""
        await self._filter.caught_up()
        self._ask_for_text(self._filter.value)

    def _close_filter(self) -> None:
        self._filter.display = False
        if self.has_class("-maximised"):
            self._shown.detail.focus_content()
        else:
            self.set_focus(self._listed)
