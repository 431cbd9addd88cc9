"""ZonePicker: a zone by its name, found as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from jobwatch.model.text import one_line
from jobwatch.model.when import UTC, Zone, day_time, offset
from jobwatch.model.zones import zone_named, zone_names, zones_matching
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["ZonePicker"]

LOCAL = "local"


class ZonePicker(Dialog[Zone]):
    """Asks for a zone; the result is None where the user thought better of it.

    `recent` are the zones that were used lately, the last first. The list shows each zone's offset
    and time at `now`, in epoch milliseconds.
    """

    CSS_PATH = "../styles/zone_picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    def __init__(self, current: Zone, *, local: Zone, recent: Sequence[Zone], now: int) -> None:
        super().__init__()
        self._current = current
        self._now = now
        first = [UTC, *(zone for zone in (current, *recent) if zone != local)]
        self._zones = {LOCAL: local, **{zone.name: zone for zone in first}}
        self._names = list(dict.fromkeys([*self._zones, *zone_names()]))
        self._found = self._names
        self._width = max(len(name) for name in (*self._names, self._shown(LOCAL)))
        self._text = ""
        self._input = EagerInput(compact=True, placeholder="part of a name: berlin, new york")
        self._list = OptionList(*self._options(), compact=True, markup=False)
        self._list.can_focus = False

    def compose(self) -> ComposeResult:
        """Lay the input above the list."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Time zone"
            dialog.border_subtitle = "↑ ↓ choose · Enter picks · Esc cancels"
            yield self._input
            yield self._list

    def on_mount(self) -> None:
        """Begin with the zone in use."""
        self._input.focus()
        self._highlight()

    async def action_move(self, action: str) -> None:
        """Move in the list, which never has the focus."""
        self._search()
        await self._list.run_action(action)

    @on(Input.Changed)
    def _search(self) -> None:
        """Find what was typed: the next key may be here before the message about its letters."""
        if self._input.value != self._text:
            self._text = self._input.value
            self._found = zones_matching(self._text, self._names)
            self._list.set_options(self._options())
            self._highlight()

    @on(Input.Submitted)
    def _enter(self) -> None:
        self._search()
        if self._found and self._list.highlighted is not None:
            self.dismiss(self._zone(self._found[self._list.highlighted]))

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._zone(self._found[message.option_index]))

    def _options(self) -> list[Option]:
        if not self._found:
            text = f"no zone has {one_line(self._text)!r} in its name"
            return [Option(Content(text), disabled=True)]
        return [Option(_Line(self._line, name)) for name in self._found]

    def _highlight(self) -> None:
        used = (place for place, name in enumerate(self._found) if self._is_current(name))
        if self._found:
            self._list.highlighted = 0 if self._text else next(used, 0)

    def _zone(self, name: str) -> Zone:
        return self._zones.get(name) or zone_named(name)

    def _is_current(self, name: str) -> bool:
        # To tell without reading the zone's file.
        known = self._zones.get(name)
        return known == self._current if known else name == self._current.name

    def _shown(self, name: str) -> str:
        return f"{LOCAL} · {self._zones[LOCAL].name}" if name == LOCAL else name

    def _line(self, name: str) -> Content:
        zone = self._zone(name)
        return Content.assemble(
            ("● " if self._is_current(name) else "  ", "$text-success"),
            f"{one_line(self._shown(name)):<{self._width}} ",
            (offset(self._now, zone), "bold"),
            f"  {day_time(self._now, zone)[:-3]}",
        )


class _Line(Visual):
    """A line of the list that is made when it is drawn: to read six hundred zones takes long."""

    def __init__(self, make: Callable[[str], Content], name: str) -> None:
        self._make = make
        self._name = name

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Draw the line."""
        return self._make(self._name).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return how wide the line is."""
        return self._make(self._name).cell_length

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return one line."""
        return 1
