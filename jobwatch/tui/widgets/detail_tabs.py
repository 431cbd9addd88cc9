"""DetailTabs: the tabs of the detail pane on one line, and the id of the job that they are of."""

from __future__ import annotations

from enum import Enum

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.job import Job
from jobwatch.model.text import one_line
from jobwatch.tui.tabs import draw, tab_at

__all__ = ["DetailTab", "DetailTabs"]


class DetailTab(Enum):
    """The tabs, by their labels."""

    MESSAGE = "Message"
    BODY = "Body"
    RECORD = "Record"


LABELS = [(tab, f" {tab.value} ") for tab in DetailTab]


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

    class Chosen(Message):
        """A tab was clicked.

        Attributes:
            tab: The tab to show.
        """

        def __init__(self, tab: DetailTab) -> None:
            self.tab = tab
            super().__init__()

    def render(self) -> Content:
        """Draw the tabs, then the id."""
        tabs = draw(LABELS, self.tab)
        if self.job is None:
            return tabs
        return tabs + Content.styled(f"  {one_line(self.job.id)}", "$text-muted")

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        tab = tab_at(LABELS, event.x)
        if tab is not None:
            self.post_message(self.Chosen(tab))
