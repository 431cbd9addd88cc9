"""Finder: looks for a text in what a document shows, and shows there what it finds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

from textual.worker import Worker

from jobwatch.model.find import Haystack, Place
from jobwatch.model.pretty import Line, Path
from jobwatch.model.text import one_line
from jobwatch.tui.finding import Finding
from jobwatch.tui.turns import in_turns
from jobwatch.tui.widgets.document import Document, Marks

__all__ = ["Finder", "FoldingText"]

AT_ONCE = 4
"""Blocks that are searched before anything else happens: all of most texts."""
SAID = 24
"""Characters of a text that are shown beside its count."""

NO_FOLDS: frozenset[Path] = frozenset()


class FoldingText(Protocol):
    """What can be looked through: a text on screen, some of it folded."""

    @property
    def version(self) -> object:
        """Return the object that the text is made from, if the same object is the same text."""

    @property
    def folded(self) -> frozenset[Path]:
        """Return which containers are folded."""

    def whole(self) -> Iterable[Line]:
        """Return its lines with nothing folded."""

    def unfold(self, paths: frozenset[Path]) -> None:
        """Show what these folds hide."""

    def say_found(self) -> None:
        """Show how many matches there are."""


class Anchor(NamedTuple):
    """Where to look from: a place as it is on screen while so much is folded."""

    place: Place
    folded: frozenset[Path]


class Finder:
    """The find in a text and the document that shows it, from when it starts until it ends."""

    def __init__(self, text: FoldingText, document: Document) -> None:
        self.sought: str | None = None
        """What is looked for; None while no find is on."""
        self._text = text
        self._document = document
        self._haystack: tuple[object, Haystack] | None = None  # of which version
        self._finding: Finding | None = None
        self._from = Anchor(Place(0), NO_FOLDS)
        self._reveal = False
        self._search: Worker[None] | None = None

    @property
    def current(self) -> Place | None:
        """Return where the current match is in the whole text."""
        return None if self._finding is None else self._finding.current

    @property
    def none(self) -> bool:
        """Return whether there is no match."""
        return self._finding is not None and self._finding.none

    @property
    def count(self) -> str:
        """Return which match is current and of how many, in words."""
        return "" if self._finding is None else self._finding.count

    @property
    def said(self) -> str:
        """Return what is looked for, and what of it was found, in words."""
        text = one_line(self.sought or "")
        return f"“{text[:SAID]}{'…' * (len(text) > SAID)}” {self.count}"

    def start(self) -> None:
        """Begin at the current match, or where the reader is."""
        if self.current is not None:
            self._from = Anchor(self.current, NO_FOLDS)
        else:
            self.start_at_reader()
        self.sought = self.sought or ""

    def start_at_reader(self) -> None:
        """Look from where the reader is."""
        self._from = Anchor(Place(self._document.position), self._text.folded)

    def look_for(self, sought: str) -> None:
        """Look for something else, and bring its first match from here on to the window."""
        if self.sought is not None and sought != self.sought:
            self.sought = sought
            self._look(reveal=True)

    def text_changed(self, *, reveal: bool, found: Place | None = None) -> None:
        """Look anew in another text, from what was found there, or from the current match."""
        if self.sought is None:
            return
        searching = self._finding is not None and self._finding.index is None and self._reveal
        at = self.current if found is None and not reveal else found
        if at is not None:
            self._from = Anchor(at, NO_FOLDS)
        version = self._text.version
        if self._haystack is None or version is None or self._haystack[0] is not version:
            self._haystack = None
        self._look(reveal=reveal or searching)

    def step(self, by: int) -> None:
        """Make another match current, and bring it to the window."""
        if self._finding is not None and self._finding.matches:
            self._finding.step(by)
            self._bring()
            self._text.say_found()

    def end(self) -> None:
        """Look for nothing, and mark nothing any more."""
        self._stop()
        self.sought = self._finding = self._haystack = None
        self._document.marks = None
        self._text.say_found()

    def mark(self) -> None:
        """Mark the matches where they are as the text is folded now."""
        finding = self._finding
        if finding is not None:
            matches = finding.matches
            place = finding.shown(self._text.folded)
            self._document.marks = Marks(matches.pattern, matches.length, place)

    def _look(self, *, reveal: bool) -> None:
        self._stop()
        self._finding = None
        self._reveal = reveal
        if not self.sought:
            self._document.marks = None
            self._text.say_found()
            return
        if self._haystack is None:
            self._haystack = (self._text.version, Haystack(self._text.whole()))
        finding = self._finding = Finding(self.sought, self._haystack[1])
        steps = finding.search()
        for _ in islice(steps, AT_ONCE):
            pass
        self.mark()
        self._take(finding)
        if not finding.matches.complete:
            taking = partial(in_turns, steps, partial(self._take, finding))
            self._search = self._document.run_worker(taking, name="find")

    def _take(self, finding: Finding) -> None:
        known = finding.index is not None
        if finding.settle(self._from.place, self._from.folded) and not known:
            if self._reveal:
                self._bring()
            else:
                self.mark()
        self._text.say_found()

    def _bring(self) -> None:
        finding = self._finding
        if finding is not None:
            self._text.unfold(finding.hidden_by(self._text.folded))
            self.mark()
            place = finding.shown(self._text.folded)
            if place is not None:
                self._document.reveal(place, finding.matches.length)

    def _stop(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
