"""How a result is laid out: its order, its columns, and the views that are saved under a name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual import on

from jobwatch.model.query import JobQuery, Sort, SortKey, View
from jobwatch.model.remembered import Change, Remembered, SavedView, add_view
from jobwatch.model.when import ALWAYS
from jobwatch.tui.actions.moments import MomentActions
from jobwatch.tui.columns import next_sort
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.view_tabs import FIRST_SAVED, ViewTabs

__all__ = ["ViewActions"]

SORTS = (
    Sort(),
    Sort(SortKey.STARTED, descending=False),
    Sort(SortKey.DURATION),
    Sort(SortKey.STATUS, descending=False),
    Sort(SortKey.TYPE, descending=False),
    Sort(SortKey.USER, descending=False),
)


class ViewActions(MomentActions):
    """Orders the result, chooses its columns, and keeps both with a query as a view."""

    @on(ViewTabs.Chosen)
    def _view_chosen(self, message: ViewTabs.Chosen) -> None:
        self._show_view(message.view)

    @on(ViewTabs.SavedChosen)
    def _saved_chosen(self, message: ViewTabs.SavedChosen) -> None:
        self._show_saved(next(view for view in self._memory.now.views if view.name == message.name))

    @on(JobTable.SortWanted)
    async def _sort_wanted(self, message: JobTable.SortWanted) -> None:
        await self._sort_by(next_sort(self._presenter.query.sort, message.key))

    def action_view(self, name: str) -> None:
        """Show one of the views that every log has."""
        self._show_view(View(name))

    def action_saved_view(self, number: int) -> None:
        """Show the saved view of a key."""
        views = self._memory.now.views
        if number - FIRST_SAVED < len(views):
            self._show_saved(views[number - FIRST_SAVED])
        else:
            hint = "" if self._read_only else f": {self._keys['save_view']} saves the one on screen"
            self._say(f"No view is saved under this key yet{hint}.")

    async def action_sort(self) -> None:
        """Order by the next of the sorts."""
        sort = self._presenter.query.sort
        index = SORTS.index(sort) if sort in SORTS else -1
        await self._sort_by(SORTS[(index + 1) % len(SORTS)])

    async def action_columns(self) -> None:
        """Choose the columns, and their order."""
        from jobwatch.tui.screens.columns_chooser import ColumnsChooser

        table = self._shown.table
        chooser = ColumnsChooser(
            table.columns, width=table.size.width, with_nodes=len(table.nodes) > 1
        )
        await self.app.push_screen(chooser, self._columns_chosen)

    async def _columns_chosen(self, columns: tuple[str, ...] | None) -> None:
        if columns is not None:
            self._shown.table.columns = columns
            self._light_tab()
            await self._memory.change(lambda now: now.replace(columns=columns))

    async def action_save_view(self) -> None:
        """Save the query, the order and the columns on screen under a name."""
        from jobwatch.tui.screens.name_view import NameView

        proposal = self._presenter.query.text or self._presenter.query.view.value.capitalize()
        taken = [view.name for view in self._memory.now.views]
        shown = self._shown.tabs.saved_shown
        await self.app.push_screen(
            NameView("Save this view", shown or proposal, taken), self._view_named
        )

    async def _view_named(self, name: str | None) -> None:
        from jobwatch.model.query_text import query_text

        if name is not None:
            query = self._presenter.query
            view = SavedView(
                name=name,
                view=query.view,
                text=query_text(replace(query, view=View.ALL, node=None, as_of=None), self._zone),
                node=query.node,
                sort=query.sort,
                columns=self._shown.table.columns,
            )
            await self._change_views(partial(add_view, view=view))
            if query.range != ALWAYS:
                self._show_saved(view)  # its range is text now

    async def action_saved_views(self) -> None:
        """Rename, move and delete the views that are saved."""
        from jobwatch.tui.screens.saved_views import SavedViews

        await self.app.push_screen(SavedViews(self._memory.now, self._keys), self._change_views)

    async def _change_views(self, change: Change | None) -> None:
        if change is not None:
            await self._memory.change(change)
            self._shown.tabs.saved = tuple(view.name for view in self._memory.now.views)
            self._light_tab()

    def _take_up(self, remembered: Remembered) -> None:
        """Lay out the monitor as it was when it last ran."""
        self._shown.table.columns = self._columns
        self._take_up_news(remembered)
        if remembered.sort != Sort():
            self._ask(sort=remembered.sort)

    def _take_up_news(self, remembered: Remembered) -> None:
        """Show what any monitor of the log has remembered: its views, and when one looked."""
        self._shown.tabs.saved = tuple(view.name for view in remembered.views)
        self._insights.looked(remembered.looked_at)

    def _show_view(self, view: View) -> None:
        if self._shown.tabs.saved_shown is not None:
            # What a saved view brought goes with it.
            self._shown.table.columns = self._columns
            self._ask(view=view, sort=self._memory.now.sort)
        else:
            self._ask(view=view)

    def _show_saved(self, view: SavedView) -> None:
        self._shown.table.columns = view.columns
        self._take_query(JobQuery(view.view, node=view.node, sort=view.sort), view.text)

    async def _sort_by(self, sort: Sort) -> None:
        self._ask(sort=sort)
        await self._memory.change(lambda now: now.replace(sort=sort))
