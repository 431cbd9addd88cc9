"""Tabs on one line: how they are drawn, and which one lies under the mouse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from textual.content import Content

__all__ = ["draw", "tab_at"]

Tab = TypeVar("Tab")


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
        if 0 <= x < len(label):
            return tab
        x -= len(label) + len(gap)
    return None
