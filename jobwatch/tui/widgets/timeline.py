"""Timeline: jobs as bars along an axis of time, below the one that they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from jobwatch.model.job import Outcome
from jobwatch.model.row import JobRow
from jobwatch.model.timeline import Overlaps, Span, by_likeness, span_of
from jobwatch.model.when import Zone
from jobwatch.tui.chart import Chart, Piece
from jobwatch.tui.commands import MOVES
from jobwatch.tui.grouped import Grouped, Heading
from jobwatch.tui.theme import STATES, by_number

__all__ = ["Timeline"]

SUMMARY, HEADER = 2, 3
"""The axis and the job that the others are compared with, what there is of others; then they."""
ZOOM = Binding.Group("Zoom", compact=True)
PAN = Binding.Group("Pan", compact=True)


class Timeline(ScrollView, can_focus=True, inherit_bindings=False):
    """The jobs that ran while another did; the cursor is on one of them, if there are any."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--axis",
        "timeline--grid",
        "timeline--band",
        "timeline--heading",
        "timeline--cursor",
        "timeline--of",
        *STATES,
    }
    DEFAULT_CSS = """
    Timeline {
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > .timeline--axis, & > .timeline--heading { color: $text-muted; }
        & > .timeline--grid { color: $block-cursor-blurred-background; }
        & > .timeline--band { background: $surface; }
        & > .timeline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .timeline--of { background: $panel; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Go to job", key_display="⏎", priority=True),
        Binding(
            "plus,equals_sign", "zoom(0.5)", "Zoom in", key_display="+", priority=True, group=ZOOM
        ),
        Binding("minus", "zoom(2)", "Out", key_display="-", priority=True, group=ZOOM),
        Binding("0", "reset", "Whole job", priority=True),
        Binding("left,h", "pan(-0.2)", "Earlier", key_display="←", priority=True, group=PAN),
        Binding("right,l", "pan(0.2)", "Later", key_display="→", priority=True, group=PAN),
    ]

    class Highlighted(Message):
        """Another job is under the cursor, or the same one as it stands now.

        Attributes:
            row: The job, None where there is none.
        """

        def __init__(self, row: JobRow | None) -> None:
            self.row = row
            super().__init__()

    class Chosen(Message):
        """The user wants to go to a job.

        Attributes:
            row: The job.
        """

        def __init__(self, row: JobRow) -> None:
            self.row = row
            super().__init__()

    def __init__(self, job: JobRow, *, zone: Zone, clock: Callable[[], int]) -> None:
        super().__init__()
        self.job = job
        self._zone = zone
        self._clock = clock
        self._now = clock()
        self._span = span_of(job, self._now)
        self._follows = True  # whether the span grows with the job
        self._others = Grouped()
        self._summary = "Reading …"
        self._shape: tuple[Span, int] | None = None

    @property
    def selected(self) -> JobRow | None:
        """Return the job under the cursor."""
        return self._others.selected

    @property
    def goes_on(self) -> bool:
        """Return whether any of the jobs has not ended."""
        return any(row.outcome is Outcome.PENDING for row in (self.job, *self._others.jobs))

    def show(self, overlaps: Overlaps) -> None:
        """Take over the jobs as they are now; the cursor stays on its job."""
        before, self.job, self._shape = self.job, overlaps.job or self.job, None
        if self._follows and self.job != before:
            self._look_at_job()
        self._others = Grouped(by_likeness(self.job, overlaps.jobs), self.selected)
        self._summary = _summary(overlaps)
        self.virtual_size = Size(0, len(self._others.lines) + HEADER)
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.Highlighted(self.selected))

    def say(self, text: str) -> None:
        """Say something in place of how many jobs there are."""
        self._summary = text
        self._refresh_screen_line(SUMMARY)

    def tick(self) -> None:
        """Repaint what has grown since: bars, and the time that jobs have run."""
        before, self._now = self._now, self._clock()
        if self._follows and self.job.outcome is Outcome.PENDING and self._now > self._span.end:
            self._look_at_job()
            return
        chart = self._chart
        if chart.band(before) != chart.band(self._now):
            self.refresh()
            return
        for y in range(1, self.size.height):
            row = self._job_on(y)
            if row is None or row.outcome is not Outcome.PENDING:
                continue
            if chart.bar(row, before) != chart.bar(row, self._now):
                self._refresh_screen_line(y)
            elif row.taken(before) != row.taken(self._now) and chart.elapsed_end:
                self.refresh(Region(0, y, chart.elapsed_end, 1))

    # Keys

    def action_cursor_down(self) -> None:
        """Go to the next job."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Go to the job before."""
        self._move(-1)

    def action_page_down(self) -> None:
        """Go one screen further down."""
        self._move(max(self._body_height - 1, 1))

    def action_page_up(self) -> None:
        """Go one screen further up."""
        self._move(-max(self._body_height - 1, 1))

    def action_top(self) -> None:
        """Go to the first job."""
        self._move(-len(self._others.lines))

    def action_bottom(self) -> None:
        """Go to the last job."""
        self._move(len(self._others.lines))

    def action_choose(self) -> None:
        """Choose the job under the cursor."""
        if self.selected is not None:
            self.post_message(self.Chosen(self.selected))

    def action_zoom(self, factor: float) -> None:
        """Show so many times as much time."""
        self._span, self._follows = self._span.zoomed(factor), False
        self.refresh()

    def action_pan(self, share: float) -> None:
        """Show earlier or later time, by a share of what is shown."""
        self._span, self._follows = self._span.panned(share), False
        self.refresh()

    def action_reset(self) -> None:
        """Show the time that the job on top took."""
        self._look_at_job()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the job that was clicked; choose it at the second click."""
        line = event.y - HEADER + self.scroll_offset.y
        if event.y >= HEADER and self._others.job(line) is not None:
            self._move(line - self._others.cursor)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._scroll_to_cursor()

    def _look_at_job(self) -> None:
        self._span, self._follows = span_of(self.job, self._now), True
        self.refresh()

    def _move(self, lines: int) -> None:
        before, self._others.cursor = self._others.cursor, self._others.moved(lines)
        if before != self._others.cursor:
            for line in (before, self._others.cursor):
                self._refresh_screen_line(HEADER + line - self.scroll_offset.y)
            self.post_message(self.Highlighted(self.selected))
        self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        if not self.size.height:
            return
        cursor = self._others.cursor
        # The heading above comes on screen with the first of its jobs.
        first = cursor - (self._others.job(cursor - 1) is None)
        top = max(self.scroll_offset.y, cursor - self._body_height + 1)
        self.scroll_to(y=max(min(top, first), 0), animate=False, force=True, immediate=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        chart, row = self._chart, self._job_on(y)
        if y == 0:
            return self._strip(chart.axis())
        if row is not None:
            name = "of" if y == 1 else "cursor" if row is self.selected else ""
            return self._strip(chart.job(row, self._now), name)
        heading = self._line_on(y)
        text = f"{heading.title} · {heading.number:,}" if isinstance(heading, Heading) else ""
        return self._strip(chart.heading(self._summary if y == SUMMARY else text, self._now))

    @property
    def _chart(self) -> Chart:
        shape = self._span, self.size.width
        if shape != self._shape:
            self._shape = shape
            self._drawn = Chart(self.job, self._span, width=self.size.width, zone=self._zone)
        return self._drawn

    def _strip(self, pieces: Iterable[Piece], name: str = "") -> Strip:
        base = self.rich_style
        if name:
            base += self.get_component_rich_style(f"timeline--{name}", partial=True)
        segments = []
        for piece in pieces:
            style = base
            if piece.band and not name:
                style += self.get_component_rich_style("timeline--band", partial=True)
            if piece.style:
                known = piece.style if piece.style in STATES else f"timeline--{piece.style}"
                style += self.get_component_rich_style(known, partial=True)
            segments.append(Segment(piece.text, by_number(style)))
        return Strip(segments).adjust_cell_length(self.size.width, by_number(base))

    @property
    def _body_height(self) -> int:
        return max(self.size.height - HEADER, 1)

    def _line_on(self, y: int) -> JobRow | Heading | None:
        """Return what is drawn on a line of the screen, None for nothing."""
        if y == 1:
            return self.job
        return self._others.at(y - HEADER + self.scroll_offset.y) if y >= HEADER else None

    def _job_on(self, y: int) -> JobRow | None:
        found = self._line_on(y)
        return found if isinstance(found, JobRow) else None

    def _refresh_screen_line(self, y: int) -> None:
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))


def _summary(overlaps: Overlaps) -> str:
    shown = len(overlaps.jobs)
    if not shown:
        return "Nothing else ran while this did."
    if overlaps.total > shown:
        return f"the {shown:,} most alike of {overlaps.total:,}"
    return f"{shown:,} other {'job' if shown == 1 else 'jobs'}"
