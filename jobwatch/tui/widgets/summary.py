"""Summary: how many jobs are in each state, how many failed, and how many started each hour."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import ClassVar, NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.job import JobStatus, Outcome
from jobwatch.model.row import state_mark
from jobwatch.model.sparkline import sparkline
from jobwatch.model.summary import StateCounts, error_rate, percent, without_unending
from jobwatch.tui.cells import fitted

__all__ = ["Summary"]

MARKS = (
    state_mark(JobStatus.IN_PROGRESS.value, Outcome.PENDING),
    state_mark(JobStatus.COMPLETE.value, Outcome.ENDED),
    state_mark(JobStatus.COMPLETE.value, Outcome.PARTIAL),
    state_mark(JobStatus.COMPLETE.value, Outcome.FAILED),
    state_mark(JobStatus.IN_PROGRESS.value, Outcome.LOST),
)
"""Of the states, in the order of their counts."""
FEWEST_DIGITS = 2
"""For so many there is always room."""
RATE_WIDTH, HOURS = 6, 24
QUIET, BARS = "$text-muted", "$text-secondary"


class Hours(Enum):
    """How the hours are shown."""

    LABELLED = auto()
    BARE = auto()
    NONE = auto()


class Form(NamedTuple):
    """What the line says besides glyphs and numbers."""

    words: bool
    rate: str
    hours: Hours
    gap: str = " "


FORMS = (
    Form(words=True, rate="error rate ", hours=Hours.LABELLED, gap="  "),
    Form(words=False, rate="error rate ", hours=Hours.LABELLED),
    Form(words=False, rate="error rate ", hours=Hours.BARE),
    Form(words=False, rate="err ", hours=Hours.BARE),
    Form(words=False, rate="", hours=Hours.BARE),
    Form(words=False, rate="error rate ", hours=Hours.NONE),
    Form(words=False, rate="err ", hours=Hours.NONE),
)
"""From the fullest to the shortest."""


class Summary(Widget):
    """One line of what the jobs on screen come to, as full as there is room for.

    What counts up moves nothing: the room that a count once had stays its own, and so does that
    of the hours while nothing is known of them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"state--{mark.style}" for mark in MARKS}
    DEFAULT_CSS = """
    Summary {
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
    }
    """

    states: reactive[StateCounts | None] = reactive(None)
    """How many jobs are in each state by their records; None while nothing is known of them."""
    unending: reactive[int | None] = reactive(None)
    """How many of those that run are lost by their signs; None while that is not known."""
    growing: reactive[bool] = reactive(False)
    """Whether they are still being counted."""
    hours: reactive[tuple[int, ...]] = reactive(())
    """How many jobs started in each of the last hours, the latest last; none where unknown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rooms = [FEWEST_DIGITS] * len(MARKS)
        self._most_room = FEWEST_DIGITS

    def watch_states(self) -> None:
        """Make room for the counts."""
        self._make_room()

    def watch_unending(self) -> None:
        """Make room for the counts."""
        self._make_room()

    def _make_room(self) -> None:
        widths = [len(_number(count)) for count in self._known()]
        self._rooms = [max(pair) for pair in zip(self._rooms, widths, strict=True)]

    def _known(self) -> tuple[int | None, ...]:
        """Return the counts of the states, None for those that aren't known yet."""
        if self.states is None:
            return (None,) * len(MARKS)
        if self.unending is None and self.states.running:
            # Any of those that run may be lost: neither number would be true.
            return (None, *self.states[1:-1], None)
        return without_unending(self.states, self.unending or 0)

    def watch_hours(self, hours: tuple[int, ...]) -> None:
        """Make room for the largest."""
        self._most_room = max(self._most_room, len(f"{max(hours, default=0):,}"))

    def render(self) -> Content:
        """Draw the counts by glyph and word, the error rate and the hours."""
        for form in FORMS:
            parts = list(self._parts(form))
            line = Content(form.gap).join(parts)
            if line.cell_length <= self.size.width:
                return line
        # A number that is cut is another number: what doesn't fit is left out.
        while parts and line.cell_length > self.size.width:
            line = Content(form.gap).join(parts := parts[:-1])
        return line

    def _parts(self, form: Form) -> Iterator[Content]:
        yield from self._counts(words=form.words)
        known = [count for count in self._known() if count is not None]
        rate = error_rate(StateCounts(*known)) if len(known) == len(MARKS) else None
        yield Content.assemble((form.rate, QUIET), fitted(percent(rate), RATE_WIDTH))
        if form.hours is not Hours.NONE:
            yield self._chart(labelled=form.hours is Hours.LABELLED)

    def _counts(self, *, words: bool) -> Iterator[Content]:
        for mark, count, room in zip(MARKS, self._known(), self._rooms, strict=True):
            more = "+" if self.growing and count is not None else ""
            number = f"{_number(count)}{more}"
            word = f" {mark.word}" if words else ""
            # A cell of the room is that of the plus, the word follows the number at once.
            rest = " " * (room + 1 - len(number))
            # A state that no job is in must not look like an alarm.
            style = self.get_visual_style(f"state--{mark.style}", partial=True) if count else QUIET
            yield Content.assemble((f"{mark.glyph} {number}{word}", style), rest)

    def _chart(self, *, labelled: bool) -> Content:
        chart = (sparkline(self.hours) or " " * HOURS, BARS)
        if not labelled:
            return Content.assemble(chart)
        number = f"{max(self.hours):,}" if self.hours else "–"
        most = f" {number}/h max".ljust(self._most_room + len(" /h max"))
        return Content.assemble((f"{HOURS} h ", QUIET), chart, (most, QUIET))


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
