"""Finding: what is looked for in a text, what of it was found, and which match is current."""

from __future__ import annotations

from collections.abc import Iterator

from jobwatch.model.find import Folds, Haystack, Matches, Place
from jobwatch.model.pretty import Path

__all__ = ["Finding"]


class Finding:
    """One find in the text of one tab; its matches come as the steps of `search` are taken."""

    def __init__(self, text: str, haystack: Haystack) -> None:
        self.text = text
        self.haystack = haystack
        self.matches = Matches(haystack, text)
        self.index: int | None = None
        self._folded: tuple[frozenset[Path], int, Folds] | None = None

    @property
    def current(self) -> Place | None:
        """Return where the current match is in the whole text."""
        return None if self.index is None else self.matches[self.index]

    @property
    def none(self) -> bool:
        """Return whether there is no match."""
        return self.matches.complete and not self.matches

    @property
    def count(self) -> str:
        """Return which match is current and of how many, in words."""
        if self.none:
            return "no match"
        total = f"{len(self.matches):,}{'' if self.matches.complete else '+'}"
        if self.index is None:
            return "searching …"
        return f"{self.index + 1:,} of {total}"

    def search(self) -> Iterator[None]:
        """Look for the text; each step takes a moment."""
        return self.matches.search()

    def settle(self, place: Place, folded: frozenset[Path]) -> bool:
        """Make the first match at or behind a place current, the very first if none is there.

        The line counts as it is on screen while so much is folded. Return whether this is known.
        """
        if self.index is None and self.matches:
            line = self._folds(folded).whole(place.line) if place.line else 0
            self.index = self.matches.first_at(place._replace(line=line))
            if self.index is None and self.matches.complete:
                self.index = 0
        return self.index is not None

    def step(self, by: int) -> None:
        """Make another match current; behind the last comes the first."""
        if self.matches:
            self.index = (0 if self.index is None else self.index + by) % len(self.matches)

    def hidden_by(self, folded: frozenset[Path]) -> frozenset[Path]:
        """Return the folds that hide the current match."""
        around = None if self.current is None else self.haystack.around(self.current.line)
        if around is None:
            return frozenset()
        return folded & {around[:depth] for depth in range(len(around) + 1)}

    def shown(self, folded: frozenset[Path]) -> Place | None:
        """Return where the current match is on screen while so much is folded."""
        if self.current is None:
            return None
        return self.current._replace(line=self._folds(folded).shown(self.current.line))

    def _folds(self, folded: frozenset[Path]) -> Folds:
        known, lines = self._folded, self.haystack.lines
        if known is None or known[0] is not folded or known[1] != lines:
            known = self._folded = (folded, lines, Folds(self.haystack, folded))
        return known[2]
