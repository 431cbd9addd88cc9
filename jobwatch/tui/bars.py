"""Bars of a timeline in characters, half a column fine."""

from __future__ import annotations

from jobwatch.model.timeline import Bar, halves

__all__ = ["bar_text"]

# Low blocks: bars of neighbouring lines don't touch.
_FULL, _LEFT, _RIGHT = "▄", "▖", "▗"
_FROM_BEFORE, _GOES_ON = "◂", "▸"
_WAITS = "·"


def bar_text(bar: Bar, columns: int, *, waits: bool = False) -> tuple[int, str]:
    """Return the column that a bar begins in and its characters, one at least.

    An arrow at the edge tells that it goes on beyond. What waits to be started is dotted.
    """
    left, right = halves(bar, columns)
    first, last = left // 2, (right - 1) // 2
    if waits:
        text = _WAITS * (last - first + 1)
    elif first == last:
        text = _FULL if right - left == 2 else _RIGHT if left % 2 else _LEFT
    else:
        inner = _FULL * (last - first - 1)
        text = (_RIGHT if left % 2 else _FULL) + inner + (_LEFT if right % 2 else _FULL)
    if bar.clipped_left:
        text = _FROM_BEFORE + text[1:]
    if bar.clipped_right:
        text = text[:-1] + _GOES_ON
    return first, text
