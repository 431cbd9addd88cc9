"""MonitorActions: what the monitor's actions have in common."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from jobwatch.model.when import Zone
from jobwatch.store.edits import Clock
from jobwatch.tui.feed import LogFeed
from jobwatch.tui.memory import Memory
from jobwatch.tui.presenter import Presenter, Widgets
from jobwatch.tui.widgets.filter_input import FilterInput

__all__ = ["MonitorActions"]


class MonitorActions(Screen[None]):
    """A screen with the monitor's parts, of which `MonitorScreen` makes the whole."""

    _shown: Widgets
    _filter: FilterInput
    _presenter: Presenter
    _feed: LogFeed
    _memory: Memory
    _clock: Clock
    _local: Zone
    _first_zone: Zone
    _zone: Zone

    def _ask(self, **changes: Any) -> None:
        """Ask for another query by its fields."""
        self._presenter.ask(**changes)
        self._light_tab()
        # Not the coroutines themselves: cancelled before it begins, one would never be awaited.
        answer: Any = self._presenter.answer
        count: Any = self._presenter.keep_counting
        self.run_worker(answer, group="answer", exclusive=True)
        self.run_worker(count, group="count", exclusive=True)

    def _light_tab(self) -> None:
        """Light the tab of the saved view that is on screen, if one is."""
        query, columns = self._presenter.query, self._shown.table.columns
        self._shown.tabs.saved_shown = next(
            (view.name for view in self._memory.now.views if view.shows(query, columns)), None
        )

    def _say(self, text: str) -> None:
        self.notify(text, markup=False, timeout=4)

    def _warn(self, text: str) -> None:
        self.notify(text, markup=False, timeout=8, severity="warning")
