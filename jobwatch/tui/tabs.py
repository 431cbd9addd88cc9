"""Tabs on one line: how they are drawn, which fit it, and which one lies under the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.cells import cell_len
from textual.content import Content

__all__ = ["draw", "fitting", "tab_at"]

Tab = TypeVar("Tab")

BEFORE, BEHIND = "‹", "›"


def draw(labels: Iterable[tuple[Tab, str]], shown: Tab, *, gap: str = "") -> Content:
    """Return the labels in a row, that of the tab that is shown set apart."""
    parts = [
        Content.styled(label, "bold $text on $primary-muted" if tab == shown else "$text-muted")
        for tab, label in labels
    ]
    return Content(gap).join(parts)


def tab_at(labels: Iterable[tuple[Tab, str]], x: int, *, gap: str = "") -> Tab | None:
    """Return the tab in a column of the row, or None."""
    for tab, label in labels:
        if 0 <= x < cell_len(label):
            return tab
        x -= cell_len(label) + len(gap)
    return None


def fitting(
    labels: Sequence[tuple[Tab, str]], shown: Tab, width: int, *, gap: str = ""
) -> list[tuple[Tab, str]]:
    """Return the labels that fit a width, from the first one on that leaves the shown one in it.

    Where some are left out on a side, an arrow stands for the nearest of them.
    """
    index = next((i for i, (tab, _) in enumerate(labels) if tab == shown), 0)
    for first in range(index + 1):
        last = _last_that_fits(labels, first, width, gap)
        if last >= index:
            break
    last = max(last, index)
    row = list(labels[first : last + 1])
    if first:
        row.insert(0, (labels[first - 1][0], BEFORE))
    if last + 1 < len(labels):
        row.append((labels[last + 1][0], BEHIND))
    return row


def _last_that_fits(labels: Sequence[tuple[Tab, str]], first: int, width: int, gap: str) -> int:
    """Return the index of the last label of a row that begins with `first` and its arrow."""
    arrow = len(BEHIND) + len(gap)
    left = width + len(gap) - (arrow if first else 0)
    last = first - 1
    for index in range(first, len(labels)):
        left -= cell_len(labels[index][1]) + len(gap)
        if left >= (arrow if index + 1 < len(labels) else 0):
            last = index
    return last
