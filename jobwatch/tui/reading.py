"""Where a reader is in each tab of one job."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobwatch.model.find import Place
from jobwatch.model.pretty import Path
from jobwatch.tui.widgets.detail_tabs import DetailTab
from jobwatch.tui.widgets.flow import AT_END, Stand

__all__ = ["Reading", "first_readings"]


@dataclass
class Reading:
    """Where the reader is in one tab of one job."""

    stand: Stand = field(default_factory=Stand)
    folded: frozenset[Path] = field(default_factory=frozenset)
    found: Place | None = None
    """The match that was current there."""

    def move(self, lines: int, *, first: int = 0) -> None:
        """Take note that what is read has moved down by so many lines; a reader at its end stays.

        What has moved up beyond line `first` is gone: there, one is at the top, and at no match.
        """
        if self.stand.top != AT_END.top:
            top = _moved(self.stand.top, lines, first) or Place(0)
            self.stand = self.stand._replace(top=top)
        if self.found is not None:
            self.found = _moved(self.found, lines, first)


def first_readings() -> dict[DetailTab, Reading]:
    """Return where one begins: at the top, but at the end of an output, which may grow."""
    return {tab: Reading(AT_END if tab is DetailTab.OUTPUT else Stand()) for tab in DetailTab}


def _moved(place: Place, lines: int, first: int) -> Place | None:
    line = place.line + lines
    return Place(line, place.start) if line >= first else None
