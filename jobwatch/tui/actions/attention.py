"""What needs attention: by kind of error, what is new of it, and what somebody knows of already."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on

from jobwatch.model.query import JobQuery, View
from jobwatch.model.remembered import look
from jobwatch.model.row import JobRow, Note
from jobwatch.store.connect import LogError, check_log
from jobwatch.tui.actions.views import ViewActions
from jobwatch.tui.widgets.kind_list import KindList

if TYPE_CHECKING:
    from jobwatch.tui.screens.note import NoteGiven

__all__ = ["AttentionActions"]


class AttentionActions(ViewActions):
    """Goes through what needs attention, and acknowledges it."""

    _drilled: tuple[str, str] = ("", "")
    """The query that a kind of error was chosen in, and the one that it became."""

    def _ask(self, **changes: Any) -> None:
        """Ask for another query; who leaves the view of attention has looked at it."""
        before = self._presenter.query
        super()._ask(**changes)
        view = self._presenter.query.view
        if view is not before.view:
            if before.view is View.ATTENTION:
                self.run_worker(self._leave_attention(before), group="looked")
            elif view is View.ATTENTION:
                self._insights.saw_newest = False
        if (before.view is View.ERRORS) != (view is View.ERRORS):
            self.set_class(view is View.ERRORS, "-kinds")
            self.remove_class("-maximised")
            if not self._filter.display:
                self.set_focus(self._listed)

    def _show_view(self, view: View) -> None:
        """Show a view; the errors as they were before one kind was chosen."""
        if view is View.ERRORS and self._is_drilled:
            self._leave_kind()
        else:
            super()._show_view(view)

    def _widen(self) -> bool:
        """Undo the last of what narrows the view; return whether there was anything."""
        if self._is_drilled:
            self._leave_kind()
            return True
        return super()._widen()

    @property
    def _is_drilled(self) -> bool:
        query = self._presenter.query
        return query.view is View.FAILED and bool(query.text) and query.text == self._drilled[1]

    def _leave_kind(self) -> None:
        """Go back to the kinds of errors from the jobs of one."""
        text, self._drilled = self._drilled[0], ("", "")
        self._take_text(View.ERRORS, text)

    @on(KindList.Chosen)
    def _kind_chosen(self, message: KindList.Chosen) -> None:
        """Show the jobs of a kind of error."""
        from jobwatch.model.query_text import quoted

        text, term = self._presenter.query.text, f"kind:{quoted(message.fingerprint)}"
        whole = f"({text}) {term}" if " OR " in text else f"{text} {term}".strip()
        self._drilled = (text, whole)
        self._take_text(View.FAILED, whole)

    def _take_text(self, view: View, text: str) -> None:
        """Ask for a text in a view, as if it had been typed."""
        self._understand(text, view=view)
        self._filter.value = text

    async def action_unseen(self) -> None:
        """Go to the next job that needs attention and was not seen yet."""
        row = await self._presenter.next_unseen()
        if row is None:
            found = " among what this query finds" if self._presenter.query.narrows else ""
            self._say(f"Nothing unseen needs attention{found}.")
        elif self._presenter.query.view is View.ATTENTION:
            await self._presenter.select(row)
        else:
            self._shown.table.chosen = row
            self._ask(view=View.ATTENTION)

    async def action_acknowledge(self) -> None:
        """Write a note to the selected job, or to the marked ones: they are known."""
        from jobwatch.tui.screens.note import NoteScreen

        found = [await self._presenter.row_now(id) for id in self._chosen_ids()]
        if rows := [row for row in found if row is not None]:
            await self.app.push_screen(
                NoteScreen(rows, zone=self._zone), partial(self._noted, rows)
            )
        else:
            self._say("There is no job here to write a note to.")

    async def _noted(self, rows: list[JobRow], given: NoteGiven | None) -> None:
        from jobwatch.store.job_log import JobLog

        if given is None:
            return
        note = None if given.text is None else Note(self._clock(), given.text)
        try:
            # To open a log that has gone would make a new one.
            await asyncio.to_thread(check_log, self._feed.path)
            async with JobLog.open(self._feed.path) as log:
                kept = await log.set_notes({row.id: note for row in rows})
        except LogError as error:
            self._warn(f"The note was not kept: {error}")
            return
        if kept < len(rows) and note is not None:
            self._warn("Not every note was kept: jobs are gone, or have a later one.")

    async def _leave_attention(self, query: JobQuery | None = None) -> None:
        """Remember that what needs attention was looked at, if all of it was what is left."""
        query = query or self._presenter.query
        if query.view is View.ATTENTION and not query.narrows and self._insights.saw_newest:
            at = self._shown.status.log_state.read_at or self._clock()
            self._insights.looked(at)
            await self._memory.change(partial(look, at=at))
