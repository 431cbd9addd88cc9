"""What is told of the log: when jobs end, statistics, and its health."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from jobwatch.model.query import View
from jobwatch.model.remembered import use_command
from jobwatch.tui.actions.attention import AttentionActions

if TYPE_CHECKING:
    from jobwatch.tui.screens.tell_me import Decision
    from jobwatch.tui.telling import Teller
    from jobwatch.tui.user_commands import UserCommands

__all__ = ["ReportActions"]


class ReportActions(AttentionActions):
    """Tells of ended jobs, counts them, and checks the log."""

    _user_commands: UserCommands | None = None

    async def action_tell_me(self) -> None:
        """Choose what to be told of: the end of the selected job, or of any of the view."""
        from jobwatch.tui.screens.tell_me import TellMe

        teller, selected = self._insights.teller, self._shown.table.selected
        # As it is now, whatever instant is on screen.
        hidden = selected is None or self.has_class("-kinds")
        job = None if selected is None or hidden else await self._presenter.row_now(selected.id)
        await self.app.push_screen(
            TellMe(
                job,
                self._presenter.query,
                watches=() if teller is None else teller.watches,
                ways=self._configured.ways,
                command=self._memory.now.command,
                zone=self._zone,
            ),
            self._told,
        )

    async def _told(self, decision: Decision | None) -> None:
        if decision is None:
            return
        teller = self._insights.teller or self._make_teller()
        if decision.stop:
            teller.stop(decision.watch.target)
        else:
            teller.watch(decision.watch)
            command = decision.watch.ways.command
            if command:
                await self._memory.change(partial(use_command, command=command))
        self._shown.status.log_state.told = teller.said

    def _make_teller(self) -> Teller:
        # What it needs is loaded when it is asked for.
        from jobwatch.tui.desktop import notify
        from jobwatch.tui.telling import Teller, Voices
        from jobwatch.tui.user_commands import UserCommands

        self._user_commands = UserCommands(self._warn)
        voices = Voices(
            say=self._tell,
            bell=self.app.bell,
            desktop=partial(notify, self.app, "jobwatch"),
            command=self._user_commands.start,
        )
        self._insights.teller = Teller(voices, self._clock)
        self.run_worker(self._presenter.keep_telling(), name="tell of jobs that ended")
        return self._insights.teller

    async def _end_user_commands(self) -> None:
        if self._user_commands is not None:
            await self._user_commands.close()

    async def action_statistics(self) -> None:
        """Show statistics of what the query finds: by type, user, node and day."""
        from jobwatch.model.query_text import query_text
        from jobwatch.tui.screens.statistics import StatisticsScreen

        reader = self._presenter.reader
        if reader is not None:
            # Whatever the view, as the summary: of what all failed the share is 100 %.
            query, zone = replace(self._presenter.query, view=View.ALL), self._zone
            about = query_text(query, zone)
            await self.app.push_screen(
                StatisticsScreen(lambda by: reader.statistics(query, by, zone), about=about)
            )

    async def action_doctor(self) -> None:
        """Check the log, and the records in it."""
        from jobwatch.model.health import CHECKS
        from jobwatch.tui.screens.doctor import DoctorScreen

        reader = self._presenter.reader
        if reader is not None:
            await self.app.push_screen(DoctorScreen(CHECKS, reader.health), self._finding_chosen)

    def _finding_chosen(self, text: str | None) -> None:
        if text is not None:
            self._show_everything()
            self._filter.value = text
