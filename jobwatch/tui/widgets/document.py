"""Document: lines of tokens, wrapped or not, scrolled, folded and marked where they can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from jobwatch.model.find import Place, cut, starts_in, text_of
from jobwatch.model.pretty import Kind, Path
from jobwatch.tui.commands import MOVES
from jobwatch.tui.rows import Row, window
from jobwatch.tui.widgets.flow import Flow

__all__ = ["Document", "Marks"]


class Marks(NamedTuple):
    """What is set apart in a text: all that match, and the one that is current."""

    pattern: re.Pattern[str]
    length: int
    current: Place | None


class Document(Flow, can_focus=True):
    """A text to read; a cursor moves over it where there is something to fold."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "document--cursor",
        "document--match",
        "document--current",
        *(f"document--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    Document {
        height: 1fr;
        padding: 0 1;
        scrollbar-size: 1 1;
        overflow-x: hidden;
        &.-unwrapped { overflow-x: auto; }
        & > .document--cursor { background: $block-cursor-blurred-background; }
        & > .document--key { color: $text-primary; }
        & > .document--string { color: $text-success; }
        & > .document--number { color: $text-accent; }
        & > .document--literal { color: $text-warning; }
        & > .document--dim { color: $text-muted; }
        & > .document--match { background: $primary-muted; text-style: underline; }
        & > .document--current { color: $background; background: $warning; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "fold", "Fold", show=False, priority=True),
        Binding("h,shift+left", "sideways(-1)", "Left", show=False, priority=True),
        Binding("l,shift+right", "sideways(1)", "Right", show=False, priority=True),
    ]

    marks: reactive[Marks | None] = reactive(None)
    """What is set apart in it; `Marks.current` is in lines as they are shown."""

    class Folded(Message):
        """The user wants a container folded, or unfolded.

        Attributes:
            path: Where it is.
        """

        def __init__(self, path: Path) -> None:
            self.path = path
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._starts: dict[int, list[int]] = {}  # of the matches in the lines that were drawn

    def watch_marks(self) -> None:
        """Look anew for what is drawn."""
        self._starts.clear()

    def rows_changed(self) -> None:
        """Look anew for what is drawn."""
        self._starts.clear()

    def on_click(self, event: events.Click) -> None:
        """Fold what was clicked."""
        y = event.y + self.scroll_offset.y
        for row in self._rows.between(y, y + 1):
            self._cursor = row.line
            self.action_fold()

    def action_cursor_down(self) -> None:
        """Move down a line, or scroll."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Move up a line, or scroll."""
        self._move(-1)

    def action_page_down(self) -> None:
        """Move down a screen."""
        self._move(max(self.size.height - 1, 1))

    def action_page_up(self) -> None:
        """Move up a screen."""
        self._move(-max(self.size.height - 1, 1))

    def action_top(self) -> None:
        """Go to the top."""
        self._move(-len(self._rows))

    def action_bottom(self) -> None:
        """Go to the bottom."""
        self._move(len(self._rows))

    def action_sideways(self, by: int) -> None:
        """Scroll by half a window to the side."""
        x = self.scroll_offset.x + by * max(self.size.width // 2, 1)
        self.scroll_to(x=x, animate=False, immediate=True)

    def action_fold(self) -> None:
        """Fold or unfold the container under the cursor."""
        if self._cursor < len(self._rows.lines):
            path = self._rows.lines[self._cursor].path
            if path is not None:
                self.post_message(self.Folded(path))

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        base = self.rich_style
        y += self.scroll_offset.y
        rows = self._rows.between(y, y + 1)
        if not rows:
            return Strip.blank(self.size.width, base)
        row = rows[0]
        if self.has_focus and self._rows.lines.foldable and row.line == self._cursor:
            base += self.get_component_rich_style("document--cursor")
        row = window(row, self.scroll_offset.x, self.size.width)
        segments = [Segment(" " * row.indent, base), *self._segments(row, base)]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _segments(self, row: Row, base: Style) -> Iterator[Segment]:
        marks, starts = self.marks, self._starts_in(row.line)
        at = row.start
        for token in row.tokens:
            kind = self.get_component_rich_style(f"document--{token.kind.value}", partial=True)
            for text, start in cut(token.text, at, starts, marks.length if marks else 0):
                style = base + kind
                if marks is not None and start is not None:
                    current = marks.current == Place(row.line, start)
                    name = "document--current" if current else "document--match"
                    style += self.get_component_rich_style(name, partial=True)
                yield Segment(text, style)
            at += len(token.text)

    def _starts_in(self, line: int) -> list[int]:
        if self.marks is None:
            return []
        if line not in self._starts:
            self._starts[line] = starts_in(text_of(self._rows.lines[line]), self.marks.pattern)
        return self._starts[line]

    def _move(self, rows: int) -> None:
        if not self._rows.lines.foldable:
            self._scroll_to_row(self.scroll_offset.y + rows)
            return
        self._cursor = min(max(self._cursor + rows, 0), len(self._rows.lines) - 1)
        y = self._rows.row_of(Place(self._cursor))
        self._scroll_to_row(min(max(self.scroll_offset.y, y - self.size.height + 1), y))
        self.refresh()

    def _scroll_to_row(self, y: int) -> None:
        # Forced: a text that has just come has no scrollbar yet, and the key would be lost.
        self.scroll_to(y=y, animate=False, force=True, immediate=True)
