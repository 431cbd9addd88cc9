"""JobDetail: what one job said, what it was asked, and all that its record holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.pretty import Line, Path, containers_at, count_lines
from jobwatch.model.row import state_mark
from jobwatch.model.text import one_line
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.details import body_lines, message_lines, record_lines
from jobwatch.tui.widgets.document import Document

__all__ = ["DetailTab", "JobDetail"]

LARGE = 200
"""Lines from which on a body opens with what lies deeper folded."""


class DetailTab(Enum):
    """The tabs, by their labels."""

    MESSAGE = "Message"
    BODY = "Body"
    RECORD = "Record"


@dataclass
class Reading:
    """Where the reader is in one tab of one job."""

    scroll_y: int = 0
    cursor: int = 0
    folded: frozenset[Path] = field(default_factory=frozenset)


class DetailTabs(Widget):
    """The tabs on one line, and the job that they are of."""

    DEFAULT_CSS = """
    DetailTabs {
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    tab: reactive[DetailTab] = reactive(DetailTab.MESSAGE)
    """The tab that is shown."""
    job: reactive[Job | None] = reactive(None)
    """The job that the tabs are of."""

    class Chosen(Message):
        """A tab was clicked.

        Attributes:
            tab: The tab to show.
        """

        def __init__(self, tab: DetailTab) -> None:
            self.tab = tab
            super().__init__()

    def render(self) -> Content:
        """Draw the tabs, then the state and the id."""
        parts = [
            Content.styled(
                f" {tab.value} ",
                "bold $text on $primary-muted" if tab is self.tab else "$text-muted",
            )
            for tab in DetailTab
        ]
        if self.job is not None:
            mark = state_mark(self.job.status)
            parts.append(Content(f"  {mark.glyph} {mark.word}"))
            parts.append(Content.styled(f"  {one_line(self.job.id)}", "$text-muted"))
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        x = event.x
        for tab in DetailTab:
            if 0 <= x < len(tab.value) + 2:
                self.post_message(self.Chosen(tab))
                return
            x -= len(tab.value) + 2


class JobDetail(Vertical):
    """One job in three tabs; its body is asked for when it is to be seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,left_square_bracket", "turn(-1)", "Tab before", show=False),
        Binding("right,right_square_bracket", "turn(1)", "Tab behind", show=False),
    ]

    job: reactive[Job | None] = reactive(None)
    """The job that is shown, without its body."""
    nodes: reactive[tuple[str, ...]] = reactive(())
    """The nodes that it was seen on."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of its times."""
    tab: reactive[DetailTab] = reactive(DetailTab.MESSAGE)
    """The tab that is shown."""

    class BodyWanted(Message):
        """The body of a job is to be seen; `show_body` takes it.

        Attributes:
            job_id: The job.
        """

        def __init__(self, job_id: str) -> None:
            self.job_id = job_id
            super().__init__()

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._tabs = DetailTabs()
        self._document = Document()
        self._body: tuple[object, Json] | None = None  # of which job in which state
        self._asked: object = None
        self._readings: dict[DetailTab, Reading] = {tab: Reading() for tab in DetailTab}

    def compose(self) -> ComposeResult:
        """Lay the tabs above the text."""
        yield self._tabs
        yield self._document

    def on_mount(self) -> None:
        """Say that there is no job yet."""
        self._show()

    def show_body(self, job_id: str, body: Json) -> None:
        """Take the body of a job, ``UNSET`` if it has none; that of another job is ignored."""
        if self.job is None or self.job.id != job_id:
            return
        if self._body is None and body is not UNSET and count_lines(body, LARGE) > LARGE:
            # The outermost container and what it holds are open.
            self._readings[DetailTab.BODY].folded = frozenset(containers_at(body, 1))
        self._body = (self._body_key(self.job), body)
        self._show()

    def focus_content(self) -> None:
        """Put the focus on the text."""
        self._document.focus()

    def watch_job(self, old: Job | None, new: Job | None) -> None:
        """Begin at the top of another job; stay where the reader is in the same."""
        self._tabs.job = new
        if old is None or new is None or old.id != new.id:
            self._readings = {tab: Reading() for tab in DetailTab}
            self._body = None
            self._asked = None
        else:
            self._remember()
        self._show()

    def watch_nodes(self) -> None:
        """Show the record anew."""
        self._show_again()

    def watch_zone(self) -> None:
        """Show the times anew."""
        self._show_again()

    def watch_tab(self, old: DetailTab, new: DetailTab) -> None:
        """Show another tab, where it was left."""
        self._remember(old)
        self._tabs.tab = new
        self._show()

    def action_turn(self, by: int) -> None:
        """Show the tab before or behind."""
        tabs = list(DetailTab)
        self.tab = tabs[(tabs.index(self.tab) + by) % len(tabs)]

    @on(DetailTabs.Chosen)
    def _tab_chosen(self, message: DetailTabs.Chosen) -> None:
        message.stop()
        self.tab = message.tab

    @on(Document.Folded)
    def _folded(self, message: Document.Folded) -> None:
        message.stop()
        self._remember()
        reading = self._readings[self.tab]
        reading.folded = reading.folded ^ {message.path}
        self._show()

    def _show_again(self) -> None:
        self._remember()
        self._show()

    def _remember(self, tab: DetailTab | None = None) -> None:
        reading = self._readings[tab or self.tab]
        reading.scroll_y = self._document.scroll_offset.y
        reading.cursor = self._document.cursor

    def _show(self) -> None:
        if not self._document.is_attached:
            return
        reading = self._readings[self.tab]
        self._document.show(
            self._lines(reading.folded), cursor=reading.cursor, scroll_y=reading.scroll_y
        )

    def _lines(self, folded: frozenset[Path]) -> list[Line]:
        job = self.job
        if job is None:
            return message_lines(None, folded)
        if self.tab is DetailTab.MESSAGE:
            return message_lines(job, folded)
        key = self._body_key(job)
        if (self._body is None or self._body[0] != key) and self._asked != key:
            self._asked = key
            self.post_message(self.BodyWanted(job.id))
        body = None if self._body is None else (self._body[1],)
        if self.tab is DetailTab.BODY:
            return body_lines(body, folded)
        return record_lines(job, body, self.nodes, self.zone, self._clock())

    def _body_key(self, job: Job) -> object:
        # It is read again when the job gets on: megabytes, at most three times.
        return (job.id, job.phase)
