"""JobFacts: how long a job took or has run, its state, and what, whose and when it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.insight import Sign
from jobwatch.model.job import Job, Outcome, Phase
from jobwatch.model.row import state_mark
from jobwatch.model.text import one_line
from jobwatch.model.when import NONE, UTC, Zone, date_time
from jobwatch.tui.theme import STATES

__all__ = ["JobFacts"]

TIME_WIDTH = 8


class JobFacts(Widget):
    """One line, whose beginning alone changes each second while the job runs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    DEFAULT_CSS = """
    JobFacts {
        height: 1;
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

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._now = clock()
        self._ticker: Timer | None = None

    def on_mount(self) -> None:
        """Make the timer that lets the time grow."""
        self._ticker = self.set_interval(1.0, self.tick, pause=True)
        self._tick_if_running()

    def tick(self) -> None:
        """Repaint the time where it reads differently now."""
        before, self._now = self._now, self._clock()
        if self._taken(before) != self._taken(self._now):
            self.refresh(Region(0, 0, 1 + TIME_WIDTH, 1))

    def watch_job(self) -> None:
        """Let the time of this job grow, if it runs."""
        if not self.still:
            self._now = self._clock()
        self._tick_if_running()

    def watch_lost(self) -> None:
        """Let no time grow that nobody knows."""
        self._tick_if_running()

    def watch_still(self) -> None:
        """Let the time stand still, or go on."""
        self._tick_if_running()

    def render(self) -> Content:
        """Draw the facts."""
        job = self.job
        if job is None:
            return Content("")
        mark = state_mark(job.status, Outcome.LOST if self.lost else job.outcome, self.sign)
        coloured = self.get_visual_style(f"state--{mark.style}", partial=True)
        facts = [
            one_line(value) for value in (job.type, job.user) if isinstance(value, str) and value
        ]
        facts.append(date_time(job.start_datetime, self.zone))
        return Content.assemble(
            f"{self._taken(self._now):<{TIME_WIDTH}} ",
            (f"{mark.glyph} {mark.word}", coloured),
            f"  {' · '.join(facts)}",
        )

    def _taken(self, now: int) -> str:
        return NONE if self.job is None or self.lost else self.job.taken(now)

    def _tick_if_running(self) -> None:
        if self._ticker is not None:
            running = self.job is not None and self.job.phase is Phase.IN_PROGRESS
            ticking = running and not (self.lost or self.still)
            (self._ticker.resume if ticking else self._ticker.pause)()
