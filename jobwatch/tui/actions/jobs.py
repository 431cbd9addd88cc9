"""What is done with a job, or with those that are marked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from jobwatch.tui.actions.reports import ReportActions
from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable

if TYPE_CHECKING:
    from jobwatch.model.copied import Part

__all__ = ["JobActions"]


class JobActions(ReportActions):
    """Opens, marks, copies and exports jobs, and finds text in one."""

    @on(JobTable.Highlighted)
    def _highlighted(self, message: JobTable.Highlighted) -> None:
        if message.row is None:
            self._shown.detail.job = None
            return
        self._insights.see(message.row, self._presenter.query)
        reading = self._presenter.read_job(message.row.id)
        self.run_worker(reading, group="job", exclusive=True)

    @on(JobTable.Opened)
    def _opened(self) -> None:
        self.action_open()

    @on(JobDetail.BodyWanted)
    def _body_wanted(self, message: JobDetail.BodyWanted) -> None:
        reading = self._presenter.read_body(message.job_id)
        self.run_worker(reading, group="body", exclusive=True)

    @on(JobDetail.OutputWanted)
    def _output_wanted(self, message: JobDetail.OutputWanted) -> None:
        self.workers.cancel_group(self, "output")
        if message.job_id is not None:
            reading = self._output.follow(message.job_id, grows=message.grows)
            self.run_worker(reading, group="output")

    def action_open(self) -> None:
        """Give the whole window to the selected job."""
        self.add_class("-maximised")
        self._shown.detail.focus_content()

    def action_mark(self) -> None:
        """Mark the selected job, or take its mark away, and go on to the next."""
        table = self._shown.table
        if table.selected is not None:
            self._mark(table.marked ^ {table.selected.id})
            table.action_cursor_down()

    def action_unmark(self) -> None:
        """Take all marks away."""
        self._mark(frozenset())

    def _mark(self, ids: frozenset[str]) -> None:
        self._shown.table.marked = ids
        self._shown.line.marked = len(ids)

    async def action_copy_id(self) -> None:
        """Copy the id of the selected job, or of the marked ones."""
        if ids := self._chosen_ids():
            await self._copy("\n".join(ids))

    async def _copy(self, text: str) -> None:
        from jobwatch.tui.clipboard import copy

        self._say(await copy(self.app, text, to_file=not self._read_only))

    async def action_copy_menu(self) -> None:
        """Choose what of the job, or of the marked ones, is copied."""
        from jobwatch.tui.screens.copy_menu import CopyMenu

        await self.app.push_screen(CopyMenu(len(self._chosen_ids())), self._copy_chosen)

    async def _copy_chosen(self, part: Part | None) -> None:
        if part is not None:
            await self._copy(await self._text_of(part))

    async def _text_of(self, part: Part) -> str:
        from jobwatch.model.copied import Part, of_jobs, table
        from jobwatch.model.query_text import command_of

        if part is Part.COMMAND:
            query = self._presenter.query
            return command_of(query, zone=self._zone, store=self._feed.path)
        ids = self._chosen_ids()
        if part is Part.ROW:
            rows = [await self._presenter.row(id) for id in ids]
            return table(self._shown.table.cells(row) for row in rows if row is not None)
        return of_jobs(part, await self._presenter.records(ids))

    async def action_export(self) -> None:
        """Write the marked jobs, or all that the query finds, into a file."""
        from jobwatch.tui.screens.export import ExportScreen

        marked = sorted(self._shown.table.marked)
        log = self._feed.path
        await self.app.push_screen(
            ExportScreen(
                log,
                self._presenter.query,
                marked,
                folder=Path.cwd(),
                zone=self._zone,
                clock=self._clock,
            ),
            self._exported,
        )

    def _exported(self, told: str | None) -> None:
        if told is not None:
            self._say(told)

    async def action_overlaps(self) -> None:
        """Show what else ran while the selected job did."""
        from jobwatch.tui.screens.overlaps import OverlapsScreen

        row = self._shown.table.selected
        if row is not None:
            await self.app.push_screen(
                OverlapsScreen(
                    row,
                    read=lambda: self._presenter.overlaps(row),
                    zone=self._zone,
                    clock=self._instant,
                ),
                self._overlap_chosen,
            )

    async def _overlap_chosen(self, id: str | None) -> None:
        row = None if id is None else await self._presenter.row(id)
        if row is not None:
            self._shown.table.chosen = row
            self._show_everything()
            self._filter.value = ""

    async def action_find(self) -> None:
        """Find text in the job's message, body or record."""
        if self._filter.display:
            await self._leave_filter()
        await self._shown.detail.start_find()

    def _instant(self) -> int:
        as_of = self._presenter.query.as_of
        return self._clock() if as_of is None else as_of

    def action_find_previous(self) -> None:
        """Go to the place before where the text is found."""
        self._shown.detail.next_match(-1)

    def action_wrap(self) -> None:
        """Wrap long lines of the detail, or let them run on."""
        self._shown.detail.toggle_wrap()
