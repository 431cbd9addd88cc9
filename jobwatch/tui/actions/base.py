"""MonitorActions: what the monitor's actions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.notifications import Notification, Notify, SeverityLevel
from textual.screen import Screen

from jobwatch.model.condition import EVERY
from jobwatch.model.query import View, Within
from jobwatch.model.when import ALWAYS, Zone
from jobwatch.store.edits import Clock
from jobwatch.tui.configured import Configured
from jobwatch.tui.feed import LogFeed
from jobwatch.tui.following import Following
from jobwatch.tui.insights import Insights
from jobwatch.tui.memory import Memory
from jobwatch.tui.parts import Widgets
from jobwatch.tui.presenter import Presenter
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.kind_list import KindList

__all__ = ["MonitorActions"]


class MonitorActions(Screen[None]):
    """A screen with the monitor's parts, of which `MonitorScreen` makes the whole."""

    _shown: Widgets
    _filter: FilterInput
    _presenter: Presenter
    _insights: Insights
    _feed: LogFeed
    _output: Following
    _memory: Memory
    _configured: Configured
    _keys: Mapping[str, str]
    _clock: Clock
    _local: Zone
    _first_zone: Zone
    _zone: Zone
    _read_only: bool
    _said: Notification | None = None
    """What a key said last."""

    def _ask(self, **changes: Any) -> None:
        """Ask for another query by its fields."""
        self._presenter.ask(**changes)
        self._insights.changed()
        self._light_tab()
        # Not the coroutines themselves: cancelled before it begins, one would never be awaited.
        answer: Any = self._presenter.answer
        count: Any = self._presenter.keep_counting
        self.run_worker(answer, group="answer", exclusive=True)
        self.run_worker(count, group="count", exclusive=True)

    @property
    def _columns(self) -> tuple[str, ...]:
        """Return the columns that were chosen last for this log, else those of the settings."""
        return self._memory.now.columns or self._configured.columns

    @property
    def _listed(self) -> JobTable | KindList:
        """Return the list that is on screen."""
        return self._shown.kinds if self.has_class("-kinds") else self._shown.table

    def _chosen_ids(self) -> list[str]:
        """Return the ids of the marked jobs, or of the selected one."""
        table = self._shown.table
        if table.marked:
            return sorted(table.marked)
        return [] if table.selected is None else [table.selected.id]

    def _show_everything(self) -> None:
        """Ask for all jobs of the log, as it is now."""
        self._ask(
            view=View.ALL,
            text="",
            where=EVERY,
            range=ALWAYS,
            within=Within.STARTED,
            node=None,
            as_of=None,
        )

    def _light_tab(self) -> None:
        """Light the tab of the saved view that is on screen, if one is."""
        query, columns = self._presenter.query, self._shown.table.columns
        self._shown.tabs.saved_shown = next(
            (view.name for view in self._memory.now.views if view.shows(query, columns)), None
        )

    def _say(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Say what a key has done; that takes the place of what the one before said."""
        if self._said is not None:
            self._said.timeout = 0
        self._said = Notification(text, timeout=4, severity=severity)
        self.app.post_message(Notify(self._said))

    def _tell(self, text: str) -> None:
        """Say what somebody may come back for; a click takes it away."""
        self.notify(text, markup=False, timeout=600)

    def _warn(self, text: str) -> None:
        self.notify(text, markup=False, timeout=8, severity="warning")
