"""A row of counts as a row of bars, one cell each."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["sparkline"]

_BARS = "▁▂▃▄▅▆▇█"
_NONE = "·"


def sparkline(counts: Sequence[int]) -> str:
    """Return a bar for each count, the most as high as the line; a dot where there is none.

    What is above 0 has a bar, however little it is beside the most.
    """
    most = max(counts, default=0)
    return "".join(_bar(count, most) if count > 0 else _NONE for count in counts)


def _bar(count: int, most: int) -> str:
    # Rounded up, in whole numbers: no count is too large for it.
    return _BARS[-(-count * len(_BARS) // most) - 1]
