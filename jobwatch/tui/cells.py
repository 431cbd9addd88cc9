"""Text in the cells of a terminal: cut or padded to a width."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

__all__ = ["cut", "fitted"]


def cut(text: str, width: int) -> str:
    """Return a text in at most so many cells; what is cut ends in an ellipsis."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad a text to a width in cells; what is cut ends in an ellipsis."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    padding = " " * (width - length)
    return padding + text if right else text + padding
