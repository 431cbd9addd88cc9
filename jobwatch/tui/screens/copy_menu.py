"""CopyMenu: what of the selected job, or of the marked ones, to copy."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from jobwatch.model.copied import Part
from jobwatch.tui.screens.dialog import Dialog

__all__ = ["CopyMenu"]


class _Choice(NamedTuple):
    key: str
    part: Part
    label: str
    hint: str


CHOICES = (
    _Choice("r", Part.ROW, "Row", "its columns, with tabs"),
    _Choice("m", Part.MESSAGE, "Message", "in full"),
    _Choice("b", Part.BODY, "Body", "as indented JSON"),
    _Choice("j", Part.RECORD, "Record", "as JSON"),
    _Choice("c", Part.COMMAND, "This view", "as a command"),
)


class CopyMenu(Dialog[Part]):
    """Asks what to copy of so many jobs; the result is None where the user thought better of it.

    Of none there is this view alone.
    """

    CSS_PATH = "../styles/copy_menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Cancel"),
        *(Binding(one.key, f"choose('{one.part}')", one.label, show=False) for one in CHOICES),
    ]

    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self._count = count
        self._choices = [one for one in CHOICES if count or one.part is Part.COMMAND]

    def compose(self) -> ComposeResult:
        """Lay out a line a choice, with its key."""
        options = OptionList(*map(_option, self._choices), compact=True)
        options.border_title = f"Copy of {self._count:,} jobs" if self._count > 1 else "Copy"
        options.border_subtitle = "Enter copies · Esc cancels"
        yield options

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key counts: not that of what isn't there."""
        return action != "choose" or parameters[0] in [one.part for one in self._choices]

    def action_choose(self, part: str) -> None:
        """Copy a part by its key."""
        self.dismiss(Part(part))

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[message.option_index].part)


def _option(choice: _Choice) -> Option:
    return Option(
        Content.assemble(
            (f"{choice.key} ", "bold $text-accent"),
            f" {choice.label:<10} ",
            (choice.hint, "$text-muted"),
        ),
        id=choice.part,
    )
