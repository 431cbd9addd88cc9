"""OverlapsScreen: what else ran while a job did, as a timeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from jobwatch.model.job import JobStatus, Outcome, Time
from jobwatch.model.row import JobRow, state_mark
from jobwatch.model.text import one_line
from jobwatch.model.timeline import Overlaps
from jobwatch.model.when import Zone, date_time, dated
from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock
from jobwatch.tui.columns import TYPE, USER, Cell
from jobwatch.tui.theme import STATES
from jobwatch.tui.widgets.timeline import Timeline

__all__ = ["OverlapsScreen"]

NAME = "What else ran"
READ_AGAIN = 5
"""Seconds after which what goes on is read again: it may have ended."""


class OverlapsScreen(ModalScreen[str | None]):
    """The jobs that overlapped one, like it first; the result is the id of the one to go to.

    `read` returns them as they are now; it is asked again while any of them goes on.
    """

    CSS_PATH = "../styles/overlaps.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,o,q", "dismiss(None)", "Back", key_display="esc", priority=True),
    ]

    def __init__(
        self, job: JobRow, *, read: Callable[[], Awaitable[Overlaps]], zone: Zone, clock: Clock
    ) -> None:
        super().__init__()
        self._read = read
        self._zone = zone
        self._clock = clock
        self._seconds = 0
        self._said: dict[str, Content] = {}
        self._title = Static(id="title", markup=False)
        self._timeline = Timeline(job, zone=zone, clock=clock)
        self._detail = Static(id="detail", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the job, the timeline, and the job under the cursor."""
        yield self._title
        yield self._timeline
        yield self._detail
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the jobs, and let them grow."""
        self._describe()
        self._read_jobs()
        self.set_interval(1.0, self.tick)

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._describe()

    def tick(self) -> None:
        """Let grow what goes on, and read it again now and then."""
        if not self._timeline.goes_on:
            return
        self._timeline.tick()
        self._describe()
        self._seconds += 1
        if self._seconds % READ_AGAIN == 0:
            self._read_jobs()

    @work(exclusive=True)
    async def _read_jobs(self) -> None:
        try:
            overlaps = await self._read()
        except LogError as error:
            self._timeline.say(one_line(str(error)))
            return
        self._timeline.show(overlaps)

    @on(Timeline.Highlighted)
    def _highlighted(self) -> None:
        self._describe()

    @on(Timeline.Chosen)
    def _chosen(self, message: Timeline.Chosen) -> None:
        self.dismiss(message.row.id)

    def _describe(self) -> None:
        """Say of what job it all is, and what there is to know of the one under the cursor."""
        job, selected = self._timeline.job, self._timeline.selected
        self._say(self._title, self._head(job))
        self._say(self._detail, Content("") if selected is None else self._facts(selected))

    def _say(self, line: Static, content: Content) -> None:
        if self._said.get(line.id or "") != content:
            self._said[line.id or ""] = content
            line.update(content, layout=False)

    def _head(self, job: JobRow) -> Content:
        """Return what job it is, as full as the line has room for."""
        cell = Cell(self._zone, self._clock(), 0)
        facts = [USER.text(job, cell), one_line(job.id[:8])]
        kind = Content.assemble(self._mark(job), (f" {TYPE.text(job, cell)}", "bold"))
        name = Content.assemble((NAME, "bold"), "  ")
        forms = [
            Content.assemble(name, kind, _joined("", *facts, started, job.taken(cell.now)))
            for name in (name, Content(""))
            for started in (
                date_time(job.start, self._zone),
                dated(job.start, cell.now, self._zone),
            )
        ]
        room = self.size.width - 2
        return next((form for form in forms if form.cell_length <= room), forms[-1])

    def _facts(self, row: JobRow) -> Content:
        now = self._clock()
        taken = row.taken(now) if _has(row.start) else ""
        told = [_when(row, now, self._zone), taken, one_line(row.node), one_line(row.message)]
        return Content.assemble(self._mark(row, word=True), _joined("", *filter(None, told)))

    def _mark(self, row: JobRow, *, word: bool = False) -> Content:
        mark = state_mark(row.status, row.outcome)
        style = self.get_visual_style(f"state--{mark.style}", partial=True)
        return Content.styled(f"{mark.glyph} {mark.word}" if word else mark.glyph, style)


def _joined(*facts: str) -> str:
    return " · ".join(facts)


def _has(time: Time) -> bool:
    return isinstance(time, int | float)


def _when(row: JobRow, now: int, zone: Zone) -> str:
    """Return from when to when a job ran; the day is said again only if it is another."""
    started, ended = dated(row.start, now, zone), dated(row.end, now, zone)
    if row.status == JobStatus.CREATED and row.outcome is Outcome.PENDING:
        return f"not started · since {dated(row.started or None, now, zone)}"
    if row.outcome is Outcome.PENDING:
        return f"{started} – now"
    day = started[: -len("14:03:22")]
    return f"{started} – {ended.removeprefix(day)}"
