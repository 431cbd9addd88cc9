"""NodeBar: the nodes that are mirrored, and how each of them does, on one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from jobwatch.model.node import Node, NodeState, node_facts, node_mark, short_names
from jobwatch.model.text import one_line
from jobwatch.model.when import UTC, Zone
from jobwatch.tui.tabs import tab_at
from jobwatch.tui.theme import STATES

__all__ = ["NodeBar"]

GAP = "  "


class NodeBar(Widget):
    """One line below the header, there only if the log has nodes; a click asks for one's jobs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*STATES}
    DEFAULT_CSS = """
    NodeBar {
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        display: none;
    }
    """

    nodes: reactive[tuple[Node, ...]] = reactive(())
    """The nodes of the log, by name."""
    zone: reactive[Zone] = reactive(UTC)
    """The zone of times."""

    class Chosen(Message):
        """A node was clicked.

        Attributes:
            name: The node.
        """

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._labels: list[tuple[str, str]] = []
        self._ticker: Timer | None = None

    def on_mount(self) -> None:
        """Make the timer that counts the seconds to the next try."""
        self._ticker = self.set_interval(1.0, self.tick, pause=not self.nodes)

    def watch_nodes(self, nodes: tuple[Node, ...]) -> None:
        """Be there, and count, only when needed."""
        self.display = bool(nodes)
        if self._ticker is not None:
            (self._ticker.resume if nodes else self._ticker.pause)()

    def tick(self) -> None:
        """Repaint the line where it reads differently now."""
        if self._fitted() != self._labels:
            self.refresh()

    def render(self) -> Content:
        """Draw the nodes, the state of each by glyph and word."""
        self._labels = self._fitted()
        now = self._clock()
        marks = {node.name: node_mark(node, now) for node in self.nodes}
        parts = []
        for name, label in self._labels:
            style = marks[name].style if name else "complete"
            parts.append((label, self.get_visual_style(f"state--{style}", partial=True)))
        return Content(GAP).join(Content.assemble(part) for part in parts)

    def on_click(self, event: events.Click) -> None:
        """Choose the node under the mouse."""
        name = tab_at(self._labels, event.x - 1, gap=GAP)
        if name:
            self.post_message(self.Chosen(name))

    def _fitted(self) -> list[tuple[str, str]]:
        """Return the name and label of each node, as full as the line has room for."""
        now = self._clock()
        names = short_names([node.name for node in self.nodes])
        quiet = {node.name for node in self.nodes if _is_quiet(node, now)}
        full = [(node.name, self._label(node, node.name, now)) for node in self.nodes]
        short = [(node.name, self._label(node, names[node.name], now)) for node in self.nodes]
        shorter = [
            (name, f"● {one_line(names[name])}" if name in quiet else label)
            for name, label in short
        ]
        summed = [(name, label) for name, label in short if name not in quiet]
        if quiet:
            summed.append(("", f"● {len(quiet)} live"))
        forms = (full, short, shorter, summed)
        return next((form for form in forms if _width(form) <= self.size.width), summed)

    def _label(self, node: Node, name: str, now: int) -> str:
        mark = node_mark(node, now)
        facts = node_facts(node, now, self.zone)
        return " · ".join([f"{mark.glyph} {one_line(name)} {mark.word}", *facts])


def _is_quiet(node: Node, now: int) -> bool:
    return node.state is NodeState.LIVE and node.is_watched(now) and not node_facts(node, now, UTC)


def _width(labels: Sequence[tuple[str, str]]) -> int:
    return sum(cell_len(label) for _, label in labels) + len(GAP) * max(len(labels) - 1, 0)
