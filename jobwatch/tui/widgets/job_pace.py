"""JobPace: how a job does beside the last runs of its kind, and when its end is expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.pace import GAP, Pace, PaceLine
from jobwatch.model.row import state_mark
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.rows import cells
from jobwatch.tui.statements import gathered
from jobwatch.tui.theme import STATES

__all__ = ["BAR_WIDTH", "JobPace"]

BAR_WIDTH, NARROWEST = 12, 5
_FULL, _HALF, _EMPTY = "━", "╾", "─"  # told apart without a colour
MOST = 4
"""Lines that it takes where one is too short, and its styles allow more."""


class _Said(NamedTuple):
    """The bar, the lines and the name of their style; there may be no bar and no style."""

    bar: str
    lines: list[str]
    style: str


class JobPace(Widget):
    """There only where something can be said; its bar alone grows while the job runs.

    Its height doesn't shrink while it is about one job: what is below would jump up and down.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    DEFAULT_CSS = """
    JobPace {
        height: auto;
        max-height: 2;
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
    as_of: reactive[int | None] = reactive(None)
    """The instant (ms) up to which a running job is shown, None for now."""

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._now = clock()
        self._ticker: Timer | None = None
        self._asked = (0, 0)  # for which height, and at which width

    def on_mount(self) -> None:
        """Make the timer that lets the bar grow."""
        self._ticker = self.set_interval(1.0, self.tick, pause=True)
        self._tick_if_running()

    def tick(self) -> None:
        """Repaint what reads differently now: the bar, and seldom more."""
        before = self._said()
        self._now = self._instant()
        said = self._said()
        if said is None or before is None:
            return
        if before.lines != said.lines or len(before.bar) != len(said.bar):
            self.refresh()
            self._ask_for_height()
        elif before.bar != said.bar:
            self.refresh(Region(0, 0, 1 + BAR_WIDTH, 1))

    def watch_pace(self) -> None:
        """Be there if there is something to say, and let the bar grow if the job runs."""
        if not self.still:
            self._now = self._instant()
        if self.pace is None:
            self._asked = (0, 0)
        self._appear()

    def watch_still(self) -> None:
        """Let the time stand still, or go on."""
        self._tick_if_running()

    def watch_as_of(self) -> None:
        """Let the time be that of the instant."""
        self._now = self._instant()
        self._appear()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines it takes, or has taken of the same job."""
        self._asked = (self._height_at(width), width)
        return self._asked[0]

    def render(self) -> Content:
        """Draw the bar where there is one, and what is said."""
        said = self._said()
        if said is None:
            return Content("")
        coloured = self.get_visual_style(f"state--{said.style}", partial=True) if said.style else ""
        bar = f"{said.bar} " if said.bar else ""
        return Content.assemble((bar, coloured), ("\n".join(said.lines), coloured))

    def _appear(self) -> None:
        self.display = self._line() is not None
        self._tick_if_running()
        self._ask_for_height()

    def _ask_for_height(self) -> None:
        height, width = self._asked
        if self.display and self._height_at(width) != height:
            self.refresh(layout=True)

    def _height_at(self, width: int) -> int:
        line = self._line()
        height = 0 if line is None else len(_said_of(line, width, MOST).lines)
        return max(height, self._asked[0]) if width == self._asked[1] else height

    def _line(self) -> PaceLine | None:
        return None if self.pace is None else self.pace.line(self._now, self.zone)

    def _said(self) -> _Said | None:
        line = self._line()
        return None if line is None else _said_of(line, *self.content_size)

    def _instant(self) -> int:
        return self._clock() if self.as_of is None else self.as_of

    def _tick_if_running(self) -> None:
        if self._ticker is not None:
            pace = self.pace
            goes_on = pace is not None and pace.running and not pace.lost
            ticking = goes_on and self.display and self.as_of is None and not self.still
            (self._ticker.resume if ticking else self._ticker.pause)()


def _said_of(line: PaceLine, width: int, most: int) -> _Said:
    """Return what is said in so many cells and lines: all of it, or what matters most."""
    text, share = line.text, line.share
    # A bar with too little room says nothing.
    reserved = 0 if share is None else NARROWEST + 1
    if cells(text.partition(GAP)[0]) > width - reserved:
        reserved = 0
    lines = gathered((text + line.more).split(GAP), width, most, first=reserved)
    if cells(lines[-1]) > width:
        lines = gathered(text.split(GAP), width, most, first=reserved)
    room = width - cells(lines[0]) - 1
    bar = _bar(share, min(room, BAR_WIDTH)) if share is not None and reserved else ""
    if line.sign is None:
        return _Said(bar, lines, "")
    mark = state_mark(JobStatus.IN_PROGRESS, Outcome.PENDING, line.sign)
    return _Said(bar, lines, mark.style)


def _bar(share: float, width: int) -> str:
    halves = int(share * width * 2)
    return (_FULL * (halves // 2) + _HALF * (halves % 2)).ljust(width, _EMPTY)
