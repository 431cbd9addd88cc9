"""StatusBar: the log's name, whether it is live, the zone and the clock."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.text import one_line
from jobwatch.model.when import UTC, Zone, hour_minute, offset

__all__ = ["Clock", "LogState", "StatusBar"]

MINUTE = 60_000


class LogState(Widget):
    """One of four: live, past, paused, or how old the screen is and why."""

    paused: reactive[bool] = reactive(False)
    """Whether the user holds the screen still."""
    past: reactive[bool] = reactive(False)
    """Whether the screen shows the log as it stood at an instant."""
    told: reactive[str] = reactive("")
    """What the user is to be told of, as a mark; empty for nothing."""
    failure: reactive[str] = reactive("")
    """Why the log can't be read, in one line; empty while it can."""

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__()
        self.read_at = 0
        """When the log was last read, epoch milliseconds; shown only where that isn't now."""
        self._clock = clock
        self._ageing: Timer | None = None

    def on_mount(self) -> None:
        """Make the timer that lets the age grow."""
        self._ageing = self.set_interval(1.0, self.refresh, pause=not self.failure)

    def watch_failure(self, failure: str) -> None:
        """Let the age grow only while there is one."""
        self.set_class(bool(failure), "-failed")
        if self._ageing is not None:
            (self._ageing.resume if failure else self._ageing.pause)()

    def watch_paused(self, paused: bool) -> None:
        """Colour the word."""
        self.set_class(paused, "-paused")

    def render(self) -> Content:
        """Draw the state, by glyph and word."""
        if self.failure:
            reason = one_line(self.failure)
            if not self.read_at:
                return Content(f"✗ {reason}")
            age = max(self._clock() - self.read_at, 0) // 1000
            return Content(f"✗ as of {age} s ago: {reason}")
        if self.paused:
            return Content("‖ paused")
        told = f"  {self.told}" if self.told else ""
        return Content(("◷ past" if self.past else "● live") + told)


class Clock(Widget):
    """Offset, hours and minutes in the zone; redraws itself once a minute and at no other time.

    The offset stands here because it changes with the clock, and is never cut off as a name may be.
    """

    zone: reactive[Zone] = reactive(UTC, layout=True)
    """The zone of the time shown."""

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock

    def on_mount(self) -> None:
        """Wait for the next full minute."""
        self._wait()

    def render(self) -> Content:
        """Draw the time."""
        now = self._clock()
        distance = "" if self.zone == UTC else f"{offset(now, self.zone)} "
        return Content.assemble(f"{distance} ", (f"{hour_minute(now, self.zone)} ", "bold"))

    def _wait(self) -> None:
        self.set_timer((MINUTE - self._clock() % MINUTE) / 1000 + 0.01, self._turn)

    def _turn(self) -> None:
        self.refresh()
        self._wait()


class StatusBar(Horizontal):
    """The line at the top."""

    zone: reactive[Zone] = reactive(UTC)
    """The zone of all times on screen."""

    def __init__(self, name: str, clock: Callable[[], int]) -> None:
        super().__init__()
        self.log_state = LogState(clock)
        self._log_name = Label(Content(one_line(name)), "log-name")
        self._zone_label = Label(Content(""), "zone")
        self._clock = Clock(clock)

    def compose(self) -> ComposeResult:
        """Lay the parts from left to right; the clock last and alone, since it alone changes."""
        yield self._log_name
        yield self.log_state
        yield self._zone_label
        yield self._clock

    def watch_zone(self, zone: Zone) -> None:
        """Tell the parts that show times."""
        self._clock.zone = zone
        self._zone_label.content = Content(one_line(zone.name))


class Label(Widget):
    """A piece of text on one line, as wide as it needs."""

    content: reactive[Content] = reactive(Content(""), layout=True)
    """What is shown."""

    def __init__(self, content: Content, classes: str) -> None:
        super().__init__(classes=classes)
        self.set_reactive(Label.content, content)

    def render(self) -> Content:
        """Draw the text."""
        return self.content
