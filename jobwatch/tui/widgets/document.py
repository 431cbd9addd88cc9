"""Document: lines of tokens, wrapped, scrolled, and folded where they can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from jobwatch.model.pretty import Kind, Line, Path, Token
from jobwatch.tui.commands import MOVES

__all__ = ["Document"]


class Row(NamedTuple):
    """One row on screen: its tokens, their indent, and the line that it is of."""

    tokens: tuple[Token, ...]
    indent: int
    line: int


class Document(ScrollView, can_focus=True):
    """A text to read; a cursor moves over it where there is something to fold."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "document--cursor",
        *(f"document--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    Document {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .document--cursor { background: $block-cursor-blurred-background; }
        & > .document--key { color: $text-primary; }
        & > .document--string { color: $text-success; }
        & > .document--number { color: $text-accent; }
        & > .document--literal { color: $text-warning; }
        & > .document--dim { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "fold", "Fold", show=False, priority=True),
    ]

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
        self._lines: Sequence[Line] = ()
        self._rows: list[Row] = []
        self._row_width = -1
        self._cursor = 0  # a line

    @property
    def cursor(self) -> int:
        """Return the line under the cursor."""
        return self._cursor

    def show(self, lines: Sequence[Line], *, cursor: int, scroll_y: int) -> None:
        """Show other lines, and repaint the rows that differ."""
        before = self._visible()
        self._lines = lines
        self._cursor = min(cursor, max(len(lines) - 1, 0))
        self._wrap()
        moved = scroll_y != self.scroll_offset.y
        self.scroll_to(y=scroll_y, animate=False, force=True, immediate=True)
        if moved or any(line.path is not None for line in lines):
            self.refresh()
        else:
            after = self._visible()
            for y in range(self.size.height):
                if before[y : y + 1] != after[y : y + 1]:
                    self.refresh_line(y + self.scroll_offset.y)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self.size.width != self._row_width:
            self._wrap()

    def on_click(self, event: events.Click) -> None:
        """Fold what was clicked."""
        y = event.y + self.scroll_offset.y
        if y < len(self._rows):
            self._cursor = self._rows[y].line
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

    def action_fold(self) -> None:
        """Fold or unfold the container under the cursor."""
        if self._cursor < len(self._lines):
            path = self._lines[self._cursor].path
            if path is not None:
                self.post_message(self.Folded(path))

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        y += self.scroll_offset.y
        base = self.rich_style
        if y >= len(self._rows):
            return Strip.blank(self.size.width, base)
        row = self._rows[y]
        if self.has_focus and self._foldable and row.line == self._cursor:
            base += self.get_component_rich_style("document--cursor")
        segments = [Segment(" " * row.indent, base)]
        for token in row.tokens:
            style = self.get_component_rich_style(f"document--{token.kind.value}", partial=True)
            segments.append(Segment(token.text, base + style))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    @property
    def _foldable(self) -> bool:
        return any(line.path is not None for line in self._lines)

    def _move(self, rows: int) -> None:
        if not self._foldable:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False, immediate=True)
            return
        self._cursor = min(max(self._cursor + rows, 0), len(self._lines) - 1)
        y = next(y for y, row in enumerate(self._rows) if row.line == self._cursor)
        top = min(max(self.scroll_offset.y, y - self.size.height + 1), y)
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def _visible(self) -> list[Row]:
        top = self.scroll_offset.y
        return self._rows[top : top + self.size.height]

    def _wrap(self) -> None:
        self._row_width = width = max(self.size.width, 1)
        self._rows = [
            row for number, line in enumerate(self._lines) for row in _wrapped(line, number, width)
        ]
        self.virtual_size = Size(0, len(self._rows))


def _wrapped(line: Line, number: int, width: int) -> Iterator[Row]:
    """Cut one line into rows, between words where there are any."""
    indent, hanging = (
        min(cells, width // 2) for cells in (line.indent, line.indent + line.hanging)
    )
    left, room = width - indent, width - hanging
    if sum(cell_len(token.text) for token in line.tokens) <= left:
        yield Row(line.tokens, indent, number)
        return
    row: list[Token] = []
    for token in line.tokens:
        for piece in _pieces(token.text, room):
            length = cell_len(piece)
            if length > left and row:
                yield Row(tuple(row), indent, number)
                row, left, indent = [], room, hanging
            row.append(Token(piece, token.kind))
            left -= length
    yield Row(tuple(row), indent, number)


def _pieces(text: str, room: int) -> Iterator[str]:
    """Return text as words with the blanks behind them, none wider than the room."""
    ends = [index + 1 for index, char in enumerate(text) if char == " "]
    for start, end in pairwise((0, *ends, len(text))):
        word = text[start:end]
        if cell_len(word) <= room:
            yield word
        else:
            yield from chop_cells(word, room)
