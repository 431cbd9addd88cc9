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

__all__ = ["DetailTab", "DetailTabs"]


class DetailTab(Enum):
    """The tabs, by their labels."""

    MESSAGE = "Message"
    BODY = "Body"
    RECORD = "Record"


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
        parts = [
            Content.styled(
                f" {tab.value} ",
                "bold $text on $primary-muted" if tab is self.tab else "$text-muted",
            )
            for tab in DetailTab
        ]
        if self.job is not None:
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
