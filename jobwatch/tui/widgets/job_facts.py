"""JobFacts: how long a job took or has run, its state, and what, whose and when it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job, Outcome, Phase
from jobwatch.model.row import state_mark
from jobwatch.model.text import one_line
from jobwatch.model.when import NONE, UTC, Zone, date_time
from jobwatch.tui.rows import cells
from jobwatch.tui.statements import gathered
from jobwatch.tui.theme import STATES

__all__ = ["JobFacts"]

TIME_WIDTH = 8
MOST = 3
"""Lines that it takes where one is too short, and its styles allow more."""


class JobFacts(Widget):
    """A line or a few, of which the beginning alone changes each second while the job runs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    DEFAULT_CSS = """
    JobFacts {
        height: auto;
        max-height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    job: reactive[Job | None] = reactive(None)
    """The job that is shown."""
    lost: reactive[bool] = reactive(False)
    """Whether it is lost: it goes on by its record, but nothing will end it."""
    sign: reactive[Sign | None] = reactive(None)
    """What a job that goes on gives rise to think of it."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of its start."""
    still: reactive[bool] = reactive(False)
    """Whether the time of a running job stands still."""
    as_of: reactive[int | None] = reactive(None)
    """The instant (ms) up to which a running job is shown, None for now."""

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._now = clock()
        self._ticker: Timer | None = None
        self._height = 0  # that it asked for

    def on_mount(self) -> None:
        """Make the timer that lets the time grow."""
        self._ticker = self.set_interval(1.0, self.tick, pause=True)
        self._tick_if_running()

    def tick(self) -> None:
        """Repaint the time where it reads differently now."""
        before, self._now = self._now, self._instant()
        if self._taken(before) != self._taken(self._now):
            self.refresh(Region(0, 0, 1 + TIME_WIDTH, 1))

    def watch_job(self) -> None:
        """Let the time of this job grow, if it runs."""
        if not self.still:
            self._now = self._instant()
        self._tick_if_running()
        self._ask_for_height()

    def watch_lost(self) -> None:
        """Let no time grow that nobody knows."""
        self._tick_if_running()
        self._ask_for_height()

    def watch_sign(self) -> None:
        """Make room for another state."""
        self._ask_for_height()

    def watch_still(self) -> None:
        """Let the time stand still, or go on."""
        self._tick_if_running()

    def watch_as_of(self) -> None:
        """Let the time be that of the instant."""
        self._now = self._instant()
        self._tick_if_running()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the facts take."""
        self._height = self._height_at(width)
        return self._height

    def render(self) -> Content:
        """Draw the facts."""
        job = self.job
        if job is None:
            return Content("")
        taken, state, style = self._first(job)
        first, *others = self._lines(job, *self.content_size)
        coloured = self.get_visual_style(f"state--{style}", partial=True)
        return Content.assemble(taken, (state, coloured), "\n".join([f"  {first}", *others]))

    def _ask_for_height(self) -> None:
        if self.is_attached and self._height_at(self.content_size.width) != self._height:
            self.refresh(layout=True)

    def _height_at(self, width: int) -> int:
        return 1 if self.job is None else len(self._lines(self.job, width, MOST))

    def _first(self, job: Job) -> tuple[str, str, str]:
        """Return what comes first: the time, the state, and the name of its style."""
        outcome = Outcome.LOST if self.lost else job.outcome
        mark = state_mark(job.status, outcome, self.sign)
        taken = f"{self._taken(self._now):<{TIME_WIDTH}} "
        return taken, f"{mark.glyph} {mark.word}", mark.style

    def _lines(self, job: Job, width: int, most: int) -> list[str]:
        """Return what comes behind the time and the state, and what is below them."""
        values = (job.type, job.user)
        facts = [one_line(value) for value in values if isinstance(value, str) and value]
        facts.append(date_time(job.start_datetime, self.zone))
        taken, state, _ = self._first(job)
        return gathered(facts, width, most, first=cells(taken) + cells(state) + 2)

    def _taken(self, now: int) -> str:
        return NONE if self.job is None or self.lost else self.job.taken(now)

    def _instant(self) -> int:
        return self._clock() if self.as_of is None else self.as_of

    def _tick_if_running(self) -> None:
        if self._ticker is not None:
            running = self.job is not None and self.job.phase is Phase.IN_PROGRESS
            ticking = running and self.as_of is None and not (self.lost or self.still)
            (self._ticker.resume if ticking else self._ticker.pause)()
