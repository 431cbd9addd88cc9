"""JobPace: how a job does beside the last runs of its kind, and when its end is expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.pace import Pace
from jobwatch.model.row import state_mark
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.rows import cells
from jobwatch.tui.theme import STATES

__all__ = ["BAR_WIDTH", "JobPace"]

BAR_WIDTH, NARROWEST = 12, 5
_FULL, _HALF, _EMPTY = "━", "╾", "─"  # told apart without a colour


class JobPace(Widget):
    """One line, there only where something can be said; its bar alone grows while the job runs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    DEFAULT_CSS = """
    JobPace {
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        display: none;
    }
    """

    pace: reactive[Pace | None] = reactive(None)
    """The run that is shown, beside those of its kind."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of the expected end."""
    still: reactive[bool] = reactive(False)
    """Whether the time of a running job stands still."""

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._now = clock()
        self._ticker: Timer | None = None

    def on_mount(self) -> None:
        """Make the timer that lets the bar grow."""
        self._ticker = self.set_interval(1.0, self.tick, pause=True)
        self._tick_if_running()

    def tick(self) -> None:
        """Repaint what reads differently now: the bar, and seldom more."""
        bar, text, _ = self._parts()
        self._now = self._clock()
        new_bar, new_text, _ = self._parts()
        if text != new_text or len(bar) != len(new_bar):
            self.refresh()
        elif bar != new_bar:
            self.refresh(Region(0, 0, 1 + BAR_WIDTH, 1))

    def watch_pace(self) -> None:
        """Be there if there is something to say, and let the bar grow if the job runs."""
        if not self.still:
            self._now = self._clock()
        self.display = bool(self._parts()[1])
        self._tick_if_running()

    def watch_still(self) -> None:
        """Let the time stand still, or go on."""
        self._tick_if_running()

    def render(self) -> Content:
        """Draw the bar where there is one, and what is said."""
        bar, text, style = self._parts()
        coloured = self.get_visual_style(f"state--{style}", partial=True) if style else ""
        return Content.assemble((f"{bar} " if bar else "", coloured), (text, coloured))

    def _parts(self) -> tuple[str, str, str]:
        """Return the bar, the text and the name of the style, each of them empty without one."""
        line = None if self.pace is None else self.pace.line(self._now, self.zone)
        if line is None:
            return "", "", ""
        text = line.text + line.more
        bar_room = 0 if line.share is None else BAR_WIDTH + 1
        if cells(text) + bar_room > self.content_size.width:
            text = line.text
        bar = "" if line.share is None else _bar(line.share, self._room(text))
        if line.sign is None:
            return bar, text, ""
        return bar, text, state_mark(JobStatus.IN_PROGRESS, Outcome.PENDING, line.sign).style

    def _room(self, text: str) -> int:
        """Return how wide a bar is before a text: none that would say too little."""
        left = self.content_size.width - cells(text) - 1
        return min(left, BAR_WIDTH) if left >= NARROWEST else 0

    def _tick_if_running(self) -> None:
        if self._ticker is not None:
            pace = self.pace
            goes_on = pace is not None and pace.running and not pace.lost
            ticking = goes_on and self.display and not self.still
            (self._ticker.resume if ticking else self._ticker.pause)()


def _bar(share: float, width: int) -> str:
    halves = int(share * width * 2)
    return (_FULL * (halves // 2) + _HALF * (halves % 2)).ljust(width, _EMPTY)
