"""FilterInput: the query that narrows the view, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.widget import Widget

from jobwatch.model.condition import Field
from jobwatch.tui.widgets.completion_list import CompletionList
from jobwatch.tui.widgets.eager_input import EagerInput

if TYPE_CHECKING:
    from jobwatch.model.completion import Completion

__all__ = ["FilterInput"]


class _Underlined(Highlighter):
    def __init__(self) -> None:
        self.span = (0, 0)

    def highlight(self, text: Text) -> None:
        """Underline what is wrong."""
        text.stylize("underline bold red", *self.span)


class FilterInput(EagerInput):
    """An input on one line; Enter keeps what was typed, Esc closes it.

    While it is typed in, a list above offers what the text may go on with: Tab takes the chosen
    one, as does → at the end, ↑ and ↓ choose. Without a list they go through the history.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not by Input.Submitted, which would come behind an Esc that is typed at once.
        Binding("enter", "screen.keep_filter", "Keep the filter", priority=True),
        Binding("escape", "screen.back", "Back to the table", priority=True),
        # These without priority: they mean the text of all keys before them.
        Binding("tab", "complete", "Complete", show=False),
        Binding("up", "up", "The completion, or the query, before", show=False),
        Binding("down", "down", "The completion, or the query, behind", show=False),
    ]

    history: Sequence[str] = ()
    """The queries that were asked before, the newest first."""
    values: var[Mapping[Field, Sequence[str]]] = var(MappingProxyType({}))
    """What the log has of each field, the likeliest first."""

    def __init__(self, *, id: str) -> None:
        self._underlined = _Underlined()
        self._list = CompletionList(self._take)
        self._settled = ""  # a text that wasn't typed, for which nothing is offered
        self._typed = ""
        self._place = 0  # in the history, whose first is what was typed
        super().__init__(
            placeholder="a word, or status:error type:csv_* user:ada,bob dur>5m since:2d -node:n1",
            highlighter=self._underlined,
            compact=True,
            id=id,
        )

    def underline(self, start: int, end: int) -> None:
        """Underline what is wrong, from one character up to another; nothing if they are alike."""
        self._underlined.span = (start, end)
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is the input's own: Tab too, which moves the focus elsewhere."""
        return key == "tab" or super().check_consume_key(key, character)

    def on_focus(self) -> None:
        """Begin with the text that is there."""
        self._settle(self.value)

    def on_blur(self) -> None:
        """Close the list."""
        self._list.show(())

    def on_hide(self) -> None:
        """Close the list."""
        self._list.show(())

    def watch_value(self) -> None:
        """Offer what the text may go on with, once the cursor is where it belongs."""
        self.call_next(self._offer)

    def watch_selection(self) -> None:
        """Offer what may stand where the cursor is."""
        self.call_next(self._offer)

    def watch_values(self) -> None:
        """Offer what has come to be known."""
        self._offer()

    def action_complete(self) -> None:
        """Take the chosen completion, if any."""
        if (chosen := self._list.chosen) is not None:
            self._take(chosen)

    def action_cursor_right(self, select: bool = False) -> None:
        """Move the cursor; at the end take the chosen completion."""
        at_end = self.cursor_at_end and self.selection.is_empty and not select
        if at_end and self._list.chosen is not None:
            self.action_complete()
        else:
            super().action_cursor_right(select)

    def action_up(self) -> None:
        """Choose the completion above, or show the query that was asked before."""
        self._go(-1)

    def action_down(self) -> None:
        """Choose the completion below, or show the query that was asked behind."""
        self._go(1)

    def _go(self, lines: int) -> None:
        if self._list.chosen is not None:
            self._list.move(lines)
            return
        texts = [self._typed, *(text for text in self.history if text != self._typed)]
        self._place = min(max(self._place - lines, 0), len(texts) - 1)
        self._settle(texts[self._place])

    def _settle(self, text: str) -> None:
        self._settled = text
        if text != self.value:
            self.value = text
            self.cursor_position = len(text)
        self._offer()

    def _offer(self) -> None:
        if self.value != self._settled:
            self._place = 0
        if self._place == 0:
            self._typed = self.value
        if self.value == self._settled or not self.has_focus:
            self._list.show(())
            return
        from jobwatch.model.completion import completions

        found = completions(self.value, self.cursor_position, self._values_of)
        if found:
            if not self._list.is_attached and isinstance(self.parent, Widget):
                self.parent.mount(self._list, before=self)
            left = self.content_region.x - self.scroll_offset.x - self.region.x
            self._list.show(found, left + cell_len(self.value[: found[0].start]))
        else:
            self._list.show(())

    def _values_of(self, field: Field) -> Sequence[str]:
        return self.values.get(field, ())

    def _take(self, completion: Completion) -> None:
        before, behind = self.value[: completion.start], self.value[completion.end :]
        self.value = before + completion.replacement + behind
        self.cursor_position = completion.start + len(completion.replacement)
