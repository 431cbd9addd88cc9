"""The pages of a result that the table has at hand, those that were shown last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from jobwatch.model.row import JobRow
from jobwatch.tui.listing import PAGE

__all__ = ["Page", "Pages"]

Page = list[JobRow | None]

KEPT = 32


class Pages:
    """Pages by number, and which of them are on the way."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._wanted: set[int] = set()

    def replace(self, pages: Mapping[int, Page]) -> None:
        """Take the pages of another result, or of the same as it is now."""
        self._pages = OrderedDict(pages)
        self._wanted.clear()

    def put(self, number: int, page: Page) -> None:
        """Add a page that was wanted; the one that was added first of too many is dropped."""
        self._pages[number] = page
        self._pages.move_to_end(number)
        self._wanted.discard(number)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)

    def row(self, ordinal: int) -> JobRow | None:
        """Return the row at an ordinal, None where its page isn't there."""
        page = self._pages.get(ordinal // PAGE, ())
        index = ordinal % PAGE
        return page[index] if index < len(page) else None

    def want(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return which of the pages are neither there nor on the way: now they are on the way."""
        known = self._pages.keys() | self._wanted
        missing = tuple(number for number in dict.fromkeys(numbers) if number not in known)
        self._wanted.update(missing)
        return missing
