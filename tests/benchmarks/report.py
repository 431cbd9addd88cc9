"""A measure beside its yardstick, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Result(NamedTuple):
    """What was measured and what it is held against; a target of None is for information."""

    label: str
    value: float
    yardstick: float
    unit: str
    target: float | None

    @property
    def ratio(self) -> float:
        return self.value / self.yardstick if self.yardstick else 0.0

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "ok" if self.ratio <= self.target else "over"


def lines(results: Iterable[Result]) -> Iterable[str]:
    """Return the rows of a Markdown table."""
    yield "| measure | value | beside | ratio | at most | |"
    yield "|---|---|---|---|---|---|"
    for result in results:
        beside = "" if result.yardstick == 1 else f"{_figure(result.yardstick)} {result.unit}"
        ratio = "" if result.yardstick == 1 else f"{result.ratio:.2f}"
        target = "" if result.target is None else f"{result.target:g}"
        yield (
            f"| {result.label} | {_figure(result.value)} {result.unit} | {beside} | {ratio}"
            f" | {target} | {result.verdict} |"
        )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"
