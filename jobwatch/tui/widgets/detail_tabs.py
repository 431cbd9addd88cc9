"""DetailTabs: the tabs of the detail pane on one line, the id of the job, and how it is shown."""

from __future__ import annotations

from enum import Enum

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.job import Job
from jobwatch.model.text import one_line
from jobwatch.store.output import KEY
from jobwatch.tui.tabs import draw, tab_at

__all__ = ["DetailTab", "DetailTabs", "tabs_of"]

NOTE_GAPS = len("  ")
"""Cells before and behind the note."""


class DetailTab(Enum):
    """The tabs, by their labels."""

    MESSAGE = "Message"
    BODY = "Body"
    RECORD = "Record"
    OUTPUT = "Output"


def tabs_of(job: Job | None) -> list[DetailTab]:
    """Return the tabs that a job has: that of its output only where its record tells of one.

    Whatever else a record has under that key isn't where an output is.
    """
    kept = job is not None and isinstance(job.other.get(KEY), str)
    return [tab for tab in DetailTab if kept or tab is not DetailTab.OUTPUT]


class DetailTabs(Widget):
    """Which tab is shown, and of which job."""

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
    note: reactive[str] = reactive("")
    """How its text is shown, where that isn't as ever."""

    class Chosen(Message):
        """A tab was clicked.

        Attributes:
            tab: The tab to show.
        """

        def __init__(self, tab: DetailTab) -> None:
            self.tab = tab
            super().__init__()

    def render(self) -> Content:
        """Draw the tabs, then the id as far as there is room before the note."""
        tabs = draw(self._labels(), self.tab)
        id = "" if self.job is None else f"  {one_line(self.job.id)}"
        room = max(self.size.width - tabs.cell_length, 0)
        if not self.note:
            return tabs + Content.styled(id, "$text-muted")
        note = Content.styled(f" {self.note} ", "$text-accent").truncate(room, ellipsis=True)
        shown = Content.styled(id, "$text-muted").truncate(
            room - note.cell_length, ellipsis=True, pad=True
        )
        return tabs + shown + note

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        tab = tab_at(self._labels(), event.x)
        if tab is not None:
            self.post_message(self.Chosen(tab))

    def _labels(self) -> list[tuple[DetailTab, str]]:
        """Return the tabs between blanks; without the last one each where the note needs it."""
        labels = [(tab, f" {tab.value} ") for tab in tabs_of(self.job)]
        room = self.size.width - sum(len(label) for _, label in labels)
        if not self.note or cell_len(self.note) + NOTE_GAPS <= room:
            return labels
        return [(tab, label if tab is self.tab else label[:-1]) for tab, label in labels]
