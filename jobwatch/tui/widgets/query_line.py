"""QueryLine: the range, the node and the text that narrow the view, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.query import JobQuery
from jobwatch.model.ranges import describe_within
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, UTC, Zone, date_time, offset

__all__ = ["QueryLine"]


class QueryLine(Widget):
    """One line above the table, there only while something narrows the view, or can't."""

    asked: reactive[JobQuery] = reactive(JobQuery())
    """The query on screen."""
    total: reactive[int] = reactive(0)
    """How many jobs it has, so far."""
    searching: reactive[bool] = reactive(False)
    """Whether the total may still grow."""
    found_at: reactive[int | None] = reactive(None)
    """When an order or a search that isn't kept up was made, epoch milliseconds."""
    marked: reactive[int] = reactive(0)
    """How many jobs the user has marked."""
    mistake: reactive[str] = reactive("")
    """What is wrong with the query that is typed; empty while it is understood."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of the range."""

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock

    def watch_asked(self) -> None:
        """Be there only when needed."""
        self._appear()

    def watch_found_at(self) -> None:
        """Be there only when needed."""
        self._appear()

    def watch_marked(self) -> None:
        """Be there only when needed."""
        self._appear()

    def watch_mistake(self, mistake: str) -> None:
        """Be there, in another colour, while there is one."""
        self.set_class(bool(mistake), "-bad")
        self._appear()

    def render(self) -> Content:
        """Draw what narrows the view, or what is wrong with the query."""
        if self.mistake:
            return Content(f" ✗ {one_line(self.mistake)}")
        count = f"{self.total:,}{'+' if self.searching else ''}"
        parts = [f"{count} job{'' if count == '1' else 's'}"]
        if self.asked.text:
            parts.append(f"with “{one_line(self.asked.text)}”")
        if self.asked.node is not None:
            parts.append(f"on {one_line(self.asked.node)}")
        if self.asked.range != ALWAYS:
            parts.append(describe_within(self.asked.range, self.asked.within, self.zone))
        if self.marked:
            parts.append(f"{self.marked:,} marked ◆")
        if self.asked.as_of is not None:
            instant = self.asked.as_of
            at = f"{date_time(instant, self.zone)} {offset(instant, self.zone)}"
            parts.append(f"as of {at} · ,. min <> hour {{}} day [] event")
        elif self.found_at is not None:
            age = max(self._clock() - self.found_at, 0) // 1000
            parts.append(f"as of {age} s ago, r reads it again")
        elif self.asked.narrows:
            parts.append("Esc clears")
        return Content(" " + " · ".join(parts))

    def _appear(self) -> None:
        self.display = (
            bool(self.asked.text or self.mistake or self.marked)
            or self.asked.narrows
            or self.found_at is not None
        )
