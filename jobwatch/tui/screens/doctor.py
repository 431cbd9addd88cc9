"""DoctorScreen: what is wrong with the log, as one check after the other tells."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from jobwatch.model.health import Check, Finding, Severity
from jobwatch.model.text import one_line
from jobwatch.store.connect import LogError
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.ordered_list import OrderedList

__all__ = ["DoctorScreen"]

DETAILS = 5
"""Lines of what is no job that there is room for."""

STYLES = {Severity.WARNING: "$text-warning", Severity.ERROR: "$text-error"}


class DoctorScreen(Dialog[str]):
    """Runs the `checks` of a log; the result is the query of the jobs to show.

    `read` returns what comes of each check, in their order; to leave the screen cancels it.
    """

    CSS_PATH = "../styles/doctor.tcss"

    def __init__(
        self, checks: Sequence[Check], read: Callable[[], AsyncGenerator[Finding, None]]
    ) -> None:
        super().__init__()
        self._checks = checks
        self._read = read
        self._found: list[Finding] = []
        self._list = OrderedList()
        self._detail = Static(id="detail", markup=False)
        self._state = Static(id="state", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out a line a check, below them more on one of them, and how far it is."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Doctor"
            dialog.border_subtitle = "Enter shows the jobs · Esc cancels"
            yield self._list
            yield self._detail
            yield self._state

    def on_mount(self) -> None:
        """Show the checks, and run them."""
        self._list.fill((_line(check, None) for check in self._checks), 0)
        self._check()

    @work(exclusive=True)
    async def _check(self) -> None:
        self._say_how_far()
        try:
            async with aclosing(self._read()) as findings:
                async for finding in findings:
                    self._show(finding)
        except LogError as error:
            self._state.set_class(True, "-bad")
            self._state.update(Content(one_line(str(error))))

    def _show(self, finding: Finding) -> None:
        place = len(self._found)
        self._found.append(finding)
        self._list.replace_option_prompt_at_index(place, _line(finding.check, finding))
        self._say_how_far()
        self._describe()

    def _say_how_far(self) -> None:
        done = len(self._found)
        wrong = sum(not finding.is_well for finding in self._found)
        if done < len(self._checks):
            said = f"Checking {self._checks[done].name} … {done} of {len(self._checks)} done"
        elif wrong:
            said = f"{wrong} of {done} checks found something"
        else:
            said = "All is well"
        self._state.update(Content(said))

    @on(OptionList.OptionHighlighted)
    def _describe(self) -> None:
        finding = self._selected
        lines = [] if finding is None or finding.is_well else _told(finding)
        self._detail.update(Content("\n".join(lines)))

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        finding = self._selected
        if finding is not None and finding.query and not finding.is_well:
            self.dismiss(finding.query)

    @property
    def _selected(self) -> Finding | None:
        """Return what came of the check under the cursor, None as long as nobody knows."""
        place = self._list.cursor
        return self._found[place] if place < len(self._found) else None


def _line(check: Check, finding: Finding | None) -> Content:
    """Return a check's mark, its name, and how many it found."""
    if finding is None:
        return Content.styled(f"· {check.name}", "$text-muted")
    name, count = f" {check.name:<27} ", f"{finding.how_many:>13}"
    if finding.is_well:
        return Content.assemble(("✓", "$text-success"), name, (count, "$text-muted"))
    return Content.assemble(("✗", STYLES[check.severity]), name, (count, "bold"))


def _told(finding: Finding) -> Iterator[str]:
    yield finding.check.means
    yield from map(one_line, finding.details[:DETAILS])
    if len(finding.details) > DETAILS:
        yield f"… and {len(finding.details) - DETAILS} more"
    if finding.query:
        yield f"/ {finding.query}"
