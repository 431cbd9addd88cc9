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
        # Not the coroutine itself: cancelled before it begins, it would never be awaited.
        answer: Any = self._answer
        self.run_worker(answer, group="answer", exclusive=True)

    async def _answer(self) -> None:
        await self._presenter.answer()
        await self._presenter.keep_counting()

    def _say(self, text: str) -> None:
        self.notify(text, markup=False, timeout=4)

    def _warn(self, text: str) -> None:
        self.notify(text, markup=False, timeout=8, severity="warning")
