"""CompletionList: what a query that is being typed may go on with, over the table's last lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from jobwatch.model.text import one_line
from jobwatch.tui.cells import cut

if TYPE_CHECKING:
    from jobwatch.model.completion import Completion

__all__ = ["CompletionList"]

LABEL_WIDTH = 40
HIGHLIGHT = "$block-cursor-foreground on $block-cursor-background"
KEY = "Tab"


class CompletionList(Widget):
    """A line a completion, above where it is mounted; there only while there are some.

    It never has the focus: who types moves in it by `move` and takes `chosen`. `take` is called
    with one that is clicked.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    CompletionList {
        overlay: screen;
        constrain: inside none;
        width: auto;
        height: auto;
        background: $panel;
        display: none;
    }
    """

    found: reactive[tuple[Completion, ...]] = reactive((), layout=True)
    """The completions, the best first."""
    index: reactive[int] = reactive(0)
    """Which of them is chosen."""

    def __init__(self, take: Callable[[Completion], None]) -> None:
        super().__init__()
        self._take = take

    @property
    def chosen(self) -> Completion | None:
        """Return the completion that is highlighted, None while the list is closed."""
        return self.found[self.index] if self.found else None

    def show(self, found: Sequence[Completion], x: int = 0) -> None:
        """Show completions from a column of the parent on; the list is closed without any."""
        self.index = 0
        self.found = tuple(found)
        self.display = bool(found)
        # The column of the text, which lies one to the right of the list.
        self.styles.offset = (max(x - 1, 0), -len(found))

    def move(self, lines: int) -> None:
        """Choose the completion so many lines below, round the ends."""
        self.index = (self.index + lines) % len(self.found)

    def render(self) -> Content:
        """Draw the labels, what they mean, and the key that takes the chosen one."""
        labels = [cut(one_line(one.label), LABEL_WIDTH) for one in self.found]
        width = max(map(cell_len, labels), default=0)
        hints = max((cell_len(one.hint) for one in self.found), default=0)
        lines = []
        for index, (label, one) in enumerate(zip(labels, self.found, strict=True)):
            chosen = index == self.index
            line = Content.assemble(
                f" {set_cell_size(label, width)}  ",
                (f"{one.hint:<{hints}}  " if hints else "", "" if chosen else "$text-muted"),
                f"{KEY if chosen else '':<{len(KEY)}} ",
            )
            lines.append(line.stylize(HIGHLIGHT) if chosen else line)
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """Take the completion under the mouse."""
        event.stop()
        if 0 <= event.y < len(self.found):
            self._take(self.found[event.y])
