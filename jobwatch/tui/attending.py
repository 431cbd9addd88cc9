"""Attending: what needs attention, what of it was seen, and what is new since one last looked."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from jobwatch.model.attention import News, is_seen, needed_since, said
from jobwatch.model.condition import EVERY, Condition, Has, Or, Shows, Trait, all_of, ended_in
from jobwatch.model.insight import Sign
from jobwatch.model.job import Outcome
from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.model.signs import NO_SIGNS, Signs
from jobwatch.model.summary import StateCounts
from jobwatch.model.when import TimeRange, Zone
from jobwatch.store.edits import Clock

if TYPE_CHECKING:
    from jobwatch.store.reader import LogReader

__all__ = ["Attending"]

MOST = 1_000
"""Jobs that are looked through for those that are new."""

FEW = 200
"""Up to so many new jobs are counted one by one, so that those that were seen are left out."""

_GOES_ON = Has(frozenset({Outcome.PENDING}))
_UNWELL = Or((Shows(Trait.OVERDUE), Shows(Trait.UNENDING)))
_WORDS = {Outcome.FAILED: "failed", Outcome.PARTIAL: "partial", Outcome.LOST: "lost"}
_AMISS = Has(frozenset(_WORDS))
_SIGNS = {Sign.OVERDUE: "overdue", Sign.GONE: "lost", Sign.BEYOND: "lost"}


class Attending:
    """What is new is what came to need attention after `looked_at` (ms; None for never).

    What the cursor was on is seen at once, what was there while one looked when one has.
    """

    def __init__(self, clock: Clock) -> None:
        self.looked_at: int | None = None
        self.signs: Signs = NO_SIGNS
        self.news: News | None = None
        """What is new; None until it was counted."""
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._new: list[JobRow] = []

    @property
    def unseen(self) -> int | None:
        """Return how many jobs are new and not seen, None until they were counted."""
        if self.news is None:
            return None
        # Of very many, those that were seen one by one are few.
        more = sum(self.news._replace(ended=0)) - len(self._new)
        return sum(not self.is_seen(row) for row in self._new) + more

    def said(self, zone: Zone) -> str:
        """Return what is new, as a line for a person; empty until it was counted."""
        if self.news is None:
            return ""
        return said(self.news, self.looked_at, now=self._clock(), zone=zone)

    def see(self, row: JobRow) -> None:
        """Take note that the user has seen a job."""
        self._seen[row.id] = self._clock()

    def look(self, at: int | None) -> None:
        """Take note that the user has looked at all that there was at an instant (ms)."""
        self.looked_at = at
        self._seen = {id: seen for id, seen in self._seen.items() if at is None or seen > at}
        self.news = None

    def is_seen(self, row: JobRow) -> bool:
        """Return whether nothing of a job is new."""
        return is_seen(row, self._since(row), self.looked_at, self._seen)

    async def count(self, reader: LogReader) -> None:
        """Count what is new in the log; `LogError` if it can't be read."""
        counts, ended = await self._since_looked(reader)
        rows = await reader.found(JobQuery(View.RUNNING, where=_UNWELL), MOST)
        few = counts.failed + counts.partial + counts.lost <= FEW
        if few:
            rows += await reader.found(JobQuery(where=all_of([ended, _AMISS])), FEW)
        self._new = [row for row in rows if not is_seen(row, self._since(row), self.looked_at, {})]
        news = News(ended=0 if self.looked_at is None else _ended(counts))
        if not few:
            news = news._replace(failed=counts.failed, partial=counts.partial, lost=counts.lost)
        for row in self._new:
            word = _WORDS.get(row.outcome) or _SIGNS[self._sign(row) or Sign.OVERDUE]
            news = news._replace(**{word: getattr(news, word) + 1})
        self.news = news

    async def next_unseen(
        self, reader: LogReader, query: JobQuery, after: JobRow | None
    ) -> JobRow | None:
        """Return the next job of a query, from the newest on, of which something is new.

        Behind the last of them comes the first. None where there is none.
        """
        conditions: list[Condition] = [EVERY]
        if self.looked_at is not None:
            # Each for itself is found by an index.
            conditions = [ended_in(TimeRange(self.looked_at + 1)), _GOES_ON]
        rows: list[JobRow] = []
        for condition in conditions:
            asked = replace(query, where=all_of([query.where, condition]))
            rows += await reader.found(asked, MOST)
        rows.sort(key=lambda row: row.key, reverse=True)
        new = [row for row in rows if not self.is_seen(row)]
        behind = (row for row in new if after is None or row.key < after.key)
        return next(behind, new[0] if new else None)

    async def _since_looked(self, reader: LogReader) -> tuple[StateCounts, Condition]:
        """Return how many came to their end since one last looked, and the condition of that."""
        if self.looked_at is None:
            return await reader.counts(), EVERY
        ended = ended_in(TimeRange(self.looked_at + 1))
        states = [counts async for counts in reader.count_states(JobQuery(where=ended))]
        return states[-1], ended

    def _sign(self, row: JobRow) -> Sign | None:
        return self.signs.of(row, self._clock())

    def _since(self, row: JobRow) -> float | None:
        usual = self.signs.usual_of(row.type, row.user)
        since = needed_since(row, self._sign(row), usual)
        if since is None or since == inf:
            return since
        # By the clock of its node; what lies ahead all the same has come by now.
        return min(since - self.signs.skews.get(row.node, 0), self._clock())


def _ended(counts: StateCounts) -> int:
    """Return how many ended, well or not."""
    return counts.complete + counts.partial + counts.failed
