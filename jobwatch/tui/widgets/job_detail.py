"""JobDetail: what one job said, what it was asked, and all that its record holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from jobwatch.model.find import Place
from jobwatch.model.insight import Sign
from jobwatch.model.job import UNSET, Job, Json, Phase
from jobwatch.model.node import Origin
from jobwatch.model.pace import GAP, pace_of
from jobwatch.model.pretty import Line, Path, containers_at, count_lines, iter_pretty
from jobwatch.model.row import Note
from jobwatch.model.when import UTC, Zone
from jobwatch.store.output_tail import Output
from jobwatch.tui.details import (
    body_lines,
    message_lines,
    note_lines,
    output_lines,
    output_same,
    output_shift,
    record_lines,
)
from jobwatch.tui.finder import Finder
from jobwatch.tui.reading import Reading, first_readings
from jobwatch.tui.widgets.detail_tabs import DetailTab, DetailTabs, tabs_of
from jobwatch.tui.widgets.document import Document
from jobwatch.tui.widgets.find_bar import FindBar
from jobwatch.tui.widgets.flow import AT_END
from jobwatch.tui.widgets.job_facts import JobFacts
from jobwatch.tui.widgets.job_pace import JobPace

__all__ = ["JobDetail"]

LARGE = 200
"""Lines from which on a body opens with what lies deeper folded."""


class JobDetail(Vertical):
    """One job in tabs; its body and its output are asked for when they are to be seen.

    What is looked for with `start_find` is marked in each tab, and in each job that is shown next.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Tab before", show=False, priority=True),
        Binding("right", "turn(1)", "Tab behind", show=False, priority=True),
        Binding("enter", "keep_find", "Keep the find", show=False, priority=True),
    ]

    job: reactive[Job | None] = reactive(None)
    """The job that is shown, without its body."""
    origin: reactive[Origin] = reactive(Origin())
    """Where it is from, and whether that lost it."""
    note: reactive[Note | None] = reactive(None)
    """What somebody wrote to it."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of its times."""
    tab: reactive[DetailTab] = reactive(DetailTab.MESSAGE)
    """The tab that is shown."""
    still: reactive[bool] = reactive(False)
    """Whether the time of a running job stands still."""
    as_of: reactive[int | None] = reactive(None)
    """The instant (ms) up to which a running job is shown, None for now."""

    class BodyWanted(Message):
        """The body of a job is to be seen; `show_body` takes it.

        Attributes:
            job_id: The job.
        """

        def __init__(self, job_id: str) -> None:
            self.job_id = job_id
            super().__init__()

    class OutputWanted(Message):
        """Another output is to be seen, or none; `show_output` takes it.

        Attributes:
            job_id: The job, None where none is to be followed any more.
            grows: Whether it is to be followed as it grows; else it is read once.
        """

        def __init__(self, job_id: str | None, *, grows: bool = False) -> None:
            self.job_id = job_id
            self.grows = grows
            super().__init__()

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._facts = JobFacts(clock=clock)
        self._pace = JobPace(clock=clock)
        self._lengths: tuple[object, tuple[float, ...]] = (None, ())  # of which job, in which state
        self._tabs = DetailTabs()
        self._document = Document()
        self._bar = FindBar()
        self._finder = Finder(self, self._document)
        self._match_gone = False  # and the first of those that are left is current instead
        self._body: tuple[object, Json] | None = None  # of which job in which state
        self._asked: object = None
        self._wished = DetailTab.MESSAGE  # the tab that was chosen; not every job has it
        self._output: Output | None = None
        self._followed: tuple[str, bool] | None = None  # which output, and whether it grows
        self._readings = first_readings()
        self._shown: tuple[object, frozenset[Path]] | None = None  # which body, how folded

    def compose(self) -> ComposeResult:
        """Lay the tabs and the facts above the text."""
        yield self._tabs
        yield self._facts
        yield self._pace
        yield self._document

    def on_mount(self) -> None:
        """Say that there is no job yet."""
        self._show()
        for what in ("at_end", "has_focus"):
            self.watch(self._document, what, self._say_beside, init=False)

    def show_body(self, job_id: str, body: Json) -> None:
        """Take the body of a job, ``UNSET`` if it has none; that of another job is ignored."""
        if self.job is None or self.job.id != job_id:
            return
        first = self._body is None
        if first and body is not UNSET and count_lines(body, LARGE) > LARGE:
            # The outermost container and what it holds are open.
            self._readings[DetailTab.BODY].folded = frozenset(containers_at(body, 1))
        self._body = (self._body_key(self.job), body)
        self._show()
        if self.tab is not DetailTab.MESSAGE:
            self._finder.text_changed(reveal=first)

    def show_output(self, job_id: str, output: Output) -> None:
        """Take the output of a job as it was read now; that of another job is ignored."""
        if self.job is None or self.job.id != job_id:
            return
        old, self._output = self._output, output
        reading, shown = self._readings[DetailTab.OUTPUT], self.tab is DetailTab.OUTPUT
        if shown:
            self._remember()
            reading.found = self._finder.current
        match = reading.found
        if old is not None and old.begun == output.begun:
            reading.move(output_shift(old, output), first=int(output.earlier))
        elif old is not None:
            self._readings[DetailTab.OUTPUT] = first_readings()[DetailTab.OUTPUT]
        if shown:
            self._show(same=output_same(old, output))
            found = self._reading.found
            if match is not None and found is None:
                self._match_gone, found = True, Place(0)
            self._finder.text_changed(reveal=False, found=found)

    def lengths_wanted(self, job: Job) -> bool:
        """Return whether `show_pace` needs the lengths: not if it has them."""
        return self._lengths[0] != self._body_key(job)

    def show_pace(
        self,
        job: Job,
        lengths: Sequence[float] | None,
        sign: Sign | None,
        lost: str,
        *,
        skew: int = 0,
    ) -> None:
        """Take how a job does beside the last runs of its kind; ignored if it isn't shown.

        `lengths` are theirs (ms, ascending), None where they are known; `lost` says why it is lost
        if it is by its `sign`, `skew` by how many ms the clock of its node is ahead.
        """
        if self.job is None or self.job.id != job.id:
            return
        if lengths is not None:
            self._lengths = (self._body_key(job), tuple(lengths))
        self._facts.sign = sign
        known = self.origin.lost_since is None  # else the message says why
        self._pace.pace = pace_of(job, self._lengths[1], lost, skew=skew) if known else None

    def focus_content(self) -> None:
        """Put the focus on the text."""
        self.screen.set_focus(self._document)  # at once, before the next key

    # Find, and wrap

    @property
    def finding(self) -> bool:
        """Return whether a find is on: whether `next_match` means something."""
        return self._finder.sought is not None

    async def start_find(self) -> None:
        """Open the line that takes what to look for; what was looked for stands there."""
        if not self._bar.is_attached:
            await self.mount(self._bar)
        self._finder.start()
        self._bar.open(self._finder.sought or "")
        self.say_found()

    def next_match(self, step: int) -> None:
        """Show a match further on, or further back; behind the last comes the first."""
        further = 0 if step > 0 and self._match_gone else step
        self._match_gone = False
        self._finder.step(further)

    def end_find(self) -> bool:
        """Look for nothing any more; return whether something was looked for."""
        was = self.finding
        if self._bar.is_attached:
            self._bar.close(self._document)
        self._finder.end()
        return was

    def toggle_wrap(self) -> None:
        """Wrap lines that are too long, or let them be scrolled to the side."""
        self._document.wrap = not self._document.wrap
        self.say_found()

    async def action_keep_find(self) -> None:
        """Close the line, and let the find go on; one for nothing ends."""
        await self._bar.caught_up()
        self._finder.look_for(self._bar.text)
        if self._bar.text:
            self._bar.close(self._document)
            self.say_found()
        else:
            self.end_find()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key is meant for the pane, not for the line that is typed into."""
        if action == "turn":
            return not self._bar.typing
        return action != "keep_find" or self._bar.typing

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        if self._bar.typing:
            self._match_gone = False
            self._finder.look_for(self._bar.text)

    # What the finder asks of its text

    @property
    def version(self) -> object:
        """Return the body or the output, if that is the text: it isn't looked through again."""
        if self.tab is DetailTab.OUTPUT:
            return self._output if self._output is not None and self._output.lines else None
        return self._body if self.tab is DetailTab.BODY else None

    @property
    def folded(self) -> frozenset[Path]:
        """Return which containers are folded."""
        return self._reading.folded

    def whole(self) -> Iterable[Line]:
        """Return the lines of the tab with nothing folded."""
        return self._lines(frozenset())

    def unfold(self, paths: frozenset[Path]) -> None:
        """Show what these folds hide."""
        if paths:
            self._remember()
            self._reading.folded -= paths
            self._show()

    def say_found(self) -> None:
        """Say which match is current: where it is typed, or beside the tabs."""
        self._bar.say(self._finder.count, none=self._finder.none)
        self._say_beside()

    def _say_beside(self) -> None:
        """Say beside the tabs what is found, and how the text is shown."""
        found = self._finder.said if self.finding and not self._bar.display else ""
        wrapped = "" if self._document.wrap else "unwrapped"
        self._tabs.note = GAP.join(filter(None, (found, wrapped, self._following)))

    @property
    def _following(self) -> str:
        """Return whether an output that may grow is followed, or how it would be."""
        if self._followed is None or not self._followed[1]:
            return ""
        if self._document.stand.top == AT_END.top:
            return "following"
        return "G: follow" if self._document.has_focus else "not following"

    # What is shown

    def watch_job(self, old: Job | None, new: Job | None) -> None:
        """Begin at the top of another job; stay where the reader is in the same."""
        self._tabs.job = self._facts.job = new
        self._facts.sign = None
        other = old is None or new is None or old.id != new.id
        if other:
            self._readings = first_readings()
            self._body = None
            self._output = None
            self._asked = None
            self._pace.pace = None
            self._match_gone = False
        else:
            self._remember()
        tab = self._wished if self._wished in tabs_of(new) else DetailTab.MESSAGE
        self.set_reactive(JobDetail.tab, tab)
        self._tabs.tab = tab
        self._show()
        self._finder.text_changed(reveal=other, found=Place(0) if other else None)
        self._follow_output()

    def watch_origin(self, origin: Origin) -> None:
        """Show the job anew."""
        self._facts.lost = origin.lost_since is not None
        self._show_again()

    def watch_note(self) -> None:
        """Show the job anew."""
        self._show_again()

    def watch_still(self, still: bool) -> None:
        """Let the time stand still, or go on."""
        self._facts.still = self._pace.still = still
        self._follow_output()

    def watch_as_of(self, as_of: int | None) -> None:
        """Let the time be that of the instant."""
        self._facts.as_of = self._pace.as_of = as_of

    def watch_zone(self, zone: Zone) -> None:
        """Show the times anew."""
        self._facts.zone = self._pace.zone = zone
        self._show_again()

    def watch_tab(self, old: DetailTab, new: DetailTab) -> None:
        """Show another tab, where it was left."""
        self._remember(old)
        self._readings[old].found = self._finder.current
        self._wished = self._tabs.tab = new
        self._match_gone = False
        self._show()
        self._finder.start_at_reader()
        self._finder.text_changed(reveal=True, found=self._reading.found)
        self._follow_output()

    def action_turn(self, by: int) -> None:
        """Show the tab before or behind."""
        tabs = tabs_of(self.job)
        self.tab = tabs[(tabs.index(self.tab) + by) % len(tabs)]

    @on(DetailTabs.Chosen)
    def _tab_chosen(self, message: DetailTabs.Chosen) -> None:
        message.stop()
        self.tab = message.tab

    @on(Document.Folded)
    def _folded(self, message: Document.Folded) -> None:
        message.stop()
        self._remember()
        self._reading.folded = self._reading.folded ^ {message.path}
        self._show()
        self._finder.mark()

    @property
    def _reading(self) -> Reading:
        return self._readings[self.tab]

    def _show_again(self) -> None:
        self._remember()
        self._show()
        self._finder.text_changed(reveal=False)

    def _remember(self, tab: DetailTab | None = None) -> None:
        self._readings[tab or self.tab].stand = self._document.stand

    def _show(self, *, same: int = 0) -> None:
        """Show the tab, whose first `same` lines are known to be on screen already."""
        if not self._document.is_attached:
            return
        reading = self._reading
        lines = self._lines(reading.folded)
        version = self.version
        shown = None if version is None else (version, reading.folded)
        # It may be megabytes, and takes its time to lay out.
        if shown and self._shown and all(a is b for a, b in zip(shown, self._shown, strict=True)):
            return
        self._shown = shown
        self._document.grows = self.tab is DetailTab.OUTPUT
        self._document.show(lines, reading.stand, same=same)

    def _follow_output(self) -> None:
        """Ask for the output of the job if it is to be seen, and on if it may grow meanwhile."""
        job, followed = self.job, None
        seen = self.tab is DetailTab.OUTPUT and (not self.still or self._output is None)
        if job is not None and seen:
            followed = (job.id, job.phase is not Phase.ENDED and not self.still)
        if followed != self._followed:
            self._followed = followed
            id, grows = followed or (None, False)
            self.post_message(self.OutputWanted(id, grows=grows))
            self._say_beside()

    def _lines(self, folded: frozenset[Path]) -> Iterable[Line]:
        job = self.job
        if job is None:
            return message_lines(None, Origin(), folded, self.zone)
        if self.tab is DetailTab.MESSAGE:
            said = message_lines(job, self.origin, folded, self.zone)
            return [*note_lines(self.note, self.zone), *said]
        if self.tab is DetailTab.OUTPUT:
            return output_lines(job, self._output)
        key = self._body_key(job)
        if (self._body is None or self._body[0] != key) and self._asked != key:
            self._asked = key
            self.post_message(self.BodyWanted(job.id))
        body = None if self._body is None else (self._body[1],)
        if self.tab is DetailTab.RECORD:
            return record_lines(job, body, self.origin, self.zone)
        if body is not None and isinstance(body[0], dict | list):
            return iter_pretty(body[0], folded)
        return body_lines(body, folded)

    def _body_key(self, job: Job) -> object:
        # It is read again when the job gets on: megabytes, at most three times.
        return (job.id, job.phase)
