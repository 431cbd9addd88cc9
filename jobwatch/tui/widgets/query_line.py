"""QueryLine: the range, the node and the text that narrow the view, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.query import JobQuery, View
from jobwatch.model.ranges import describe_within
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, UTC, Zone, date_time, offset
from jobwatch.tui.commands import KEYS
from jobwatch.tui.widgets.table_lines import ASCENDING, DESCENDING

__all__ = ["QueryLine"]

STEPS = {"minute": "min", "hour": "hour", "day": "day", "event": "event"}
"""How far the instant of an as-of view moves, and how the hint says it."""


class QueryLine(Widget):
    """One line above the table, there only while something narrows the view, or can't.

    `keys` are those of the commands, by their ids.
    """

    asked: reactive[JobQuery] = reactive(JobQuery())
    """The query on screen."""
    total: reactive[int] = reactive(0)
    """How many jobs it has, so far."""
    searching: reactive[bool] = reactive(False)
    """Whether the total may still grow."""
    found_at: reactive[int | None] = reactive(None)
    """When an order or a search that isn't kept up was made, epoch milliseconds."""
    order_shown: reactive[bool] = reactive(True)
    """Whether the table shows the column that it is ordered by."""
    marked: reactive[int] = reactive(0)
    """How many jobs the user has marked."""
    mistake: reactive[str] = reactive("")
    """What is wrong with the query that is typed; empty while it is understood."""
    news: reactive[str] = reactive("")
    """What is new that needs attention; shown in the view of it."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of the range."""
    can_acknowledge = True
    """Whether there is a key for it, of which the hint tells."""

    def __init__(self, clock: Callable[[], int], keys: Mapping[str, str] = KEYS) -> None:
        super().__init__()
        self._keys = keys
        self._clock = clock
        self._ageing: Timer | None = None

    def watch_asked(self) -> None:
        """Be there only when needed."""
        self._appear()

    def on_mount(self) -> None:
        """Make the timer that lets the age grow."""
        self._ageing = self.set_interval(1.0, self.refresh, pause=self.found_at is None)

    def watch_found_at(self, found_at: int | None) -> None:
        """Be there only when needed, and let the age grow."""
        self._appear()
        if self._ageing is not None:
            (self._ageing.pause if found_at is None else self._ageing.resume)()

    def watch_order_shown(self) -> None:
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
        return Content(" " + " · ".join([*self._facts(), *self._asks(), *self._hint()]))

    def _facts(self) -> Iterator[str]:
        """Yield what must be seen though the line is short."""
        now = self.asked.as_of is None
        if self.asked.view is View.ATTENTION and self.news and now:
            yield one_line(self.news)
        count = f"{self.total:,}{'+' if self.searching else ''}"
        yield f"{count} job{'' if count == '1' else 's'}"
        if self.asked.as_of is not None:
            instant = self.asked.as_of
            yield f"as of {date_time(instant, self.zone)} {offset(instant, self.zone)}"
        if self.marked:
            yield f"{self.marked:,} marked ◆"
        if self.found_at is not None:
            age = max(self._clock() - self.found_at, 0) // 1000
            yield f"as of {age} s ago, {self._keys['refresh']} reads it again"

    def _asks(self) -> Iterator[str]:
        """Yield what the query asks for."""
        if self.asked.text:
            yield f"with “{one_line(self.asked.text)}”"
        if self.asked.node is not None:
            yield f"on {one_line(self.asked.node)}"
        if not self.order_shown:
            sort = self.asked.sort
            yield f"by {sort.key.value} {DESCENDING if sort.descending else ASCENDING}"
        if self.asked.range != ALWAYS:
            yield describe_within(self.asked.range, self.asked.within, self.zone)

    def _hint(self) -> Iterator[str]:
        if self.asked.view is View.ATTENTION and not self.asked.narrows:
            acknowledges = f", {self._keys['acknowledge']} acknowledges"
            yield f"{self._keys['unseen']} next{acknowledges if self.can_acknowledge else ''}"
        elif self.asked.as_of is not None:
            yield " ".join(f"{self._both(one)} {short}" for one, short in STEPS.items())
        elif self.asked.narrows and self.found_at is None:
            yield f"{self._keys['back'].capitalize()} clears"

    def _both(self, step: str) -> str:
        """Return the keys that go back and on by a step."""
        keys = (self._keys[f"{step}_back"], self._keys[f"{step}_on"])
        return ("" if max(map(len, keys)) == 1 else " ").join(keys)

    def _appear(self) -> None:
        self.display = (
            bool(self.asked.text or self.mistake or self.marked)
            or self.asked.narrows
            or self.asked.view is View.ATTENTION
            or not self.order_shown
            or self.found_at is not None
        )
