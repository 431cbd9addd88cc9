"""JobDetail: what one job said, what it was asked, and all that its record holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.node import Origin
from jobwatch.model.pretty import Line, Path, containers_at, count_lines
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.details import body_lines, message_lines, record_lines
from jobwatch.tui.widgets.detail_tabs import DetailTab, DetailTabs
from jobwatch.tui.widgets.document import Document
from jobwatch.tui.widgets.job_facts import JobFacts

__all__ = ["JobDetail"]

LARGE = 200
"""Lines from which on a body opens with what lies deeper folded."""


@dataclass
class Reading:
    """Where the reader is in one tab of one job."""

    scroll_y: int = 0
    cursor: int = 0
    folded: frozenset[Path] = field(default_factory=frozenset)


class JobDetail(Vertical):
    """One job in three tabs; its body is asked for when it is to be seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,left_square_bracket", "turn(-1)", "Tab before", show=False, priority=True),
        Binding("right,right_square_bracket", "turn(1)", "Tab behind", show=False, priority=True),
    ]

    job: reactive[Job | None] = reactive(None)
    """The job that is shown, without its body."""
    origin: reactive[Origin] = reactive(Origin())
    """Where it is from, and whether that lost it."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of its times."""
    tab: reactive[DetailTab] = reactive(DetailTab.MESSAGE)
    """The tab that is shown."""
    still: reactive[bool] = reactive(False)
    """Whether the time of a running job stands still."""

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
        self._facts = JobFacts(clock=clock)
        self._tabs = DetailTabs()
        self._document = Document()
        self._body: tuple[object, Json] | None = None  # of which job in which state
        self._asked: object = None
        self._readings: dict[DetailTab, Reading] = {tab: Reading() for tab in DetailTab}

    def compose(self) -> ComposeResult:
        """Lay the tabs and the facts above the text."""
        yield self._tabs
        yield self._facts
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
        self.screen.set_focus(self._document)  # at once, before the next key

    def watch_job(self, old: Job | None, new: Job | None) -> None:
        """Begin at the top of another job; stay where the reader is in the same."""
        self._tabs.job = self._facts.job = new
        if old is None or new is None or old.id != new.id:
            self._readings = {tab: Reading() for tab in DetailTab}
            self._body = None
            self._asked = None
        else:
            self._remember()
        self._show()

    def watch_origin(self, origin: Origin) -> None:
        """Show the job anew."""
        self._facts.lost = origin.lost_since is not None
        self._show_again()

    def watch_still(self, still: bool) -> None:
        """Let the time stand still, or go on."""
        self._facts.still = still

    def watch_zone(self, zone: Zone) -> None:
        """Show the times anew."""
        self._facts.zone = zone
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
            return message_lines(None, Origin(), folded, self.zone)
        if self.tab is DetailTab.MESSAGE:
            return message_lines(job, self.origin, folded, self.zone)
        key = self._body_key(job)
        if (self._body is None or self._body[0] != key) and self._asked != key:
            self._asked = key
            self.post_message(self.BodyWanted(job.id))
        body = None if self._body is None else (self._body[1],)
        if self.tab is DetailTab.BODY:
            return body_lines(body, folded)
        return record_lines(job, body, self.origin, self.zone)

    def _body_key(self, job: Job) -> object:
        # It is read again when the job gets on: megabytes, at most three times.
        return (job.id, job.phase)
