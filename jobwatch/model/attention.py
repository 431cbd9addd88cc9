"""Which jobs need attention, since when, and what of that is new since one last looked."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from jobwatch.model.insight import Sign, Usual
from jobwatch.model.job import Outcome
from jobwatch.model.row import JobRow
from jobwatch.model.when import Zone, moment

__all__ = ["News", "is_seen", "needed_since", "said"]

AMISS = frozenset((Outcome.FAILED, Outcome.PARTIAL, Outcome.LOST))


class News(NamedTuple):
    """How many jobs came to need attention since one last looked, and how many just ended."""

    failed: int = 0
    partial: int = 0
    overdue: int = 0
    lost: int = 0
    ended: int = 0


def needed_since(row: JobRow, sign: Sign | None, usual: Usual | None) -> float | None:
    """Return the instant (ms) since which a job needs attention, None where it needs none.

    `sign` is that of a job that goes on, `usual` what is usual for it: it needs attention once it
    takes longer than 95 % of them. Infinite where nobody can tell since when: no look was later.
    """
    if row.outcome in AMISS:
        return row.started if row.over is None else row.over
    if sign is None:
        return None
    if usual is None or not isinstance(row.start, int | float):
        return inf
    return row.start + usual.p95


def is_seen(
    row: JobRow, since: float | None, looked_at: int | None, seen: Mapping[str, int]
) -> bool:
    """Return whether nothing of a job is new: it was acknowledged, or looked at, since.

    `since` is as `needed_since` says; `looked_at` (ms) when one last looked at all that needs
    attention, None for never; `seen` has when jobs were looked at one by one, by id.
    """
    if since is None:
        return True
    known = [] if row.note is None else [row.note.at]
    known += [seen[row.id]] if row.id in seen else []
    if since == inf:
        return bool(known)
    return any(since <= at for at in (*known, *([] if looked_at is None else [looked_at])))


def said(news: News, looked_at: int | None, *, now: int, zone: Zone) -> str:
    """Return one line on what is new since `looked_at` (ms, None for never)."""
    amiss = _counted(news._replace(ended=0))
    if looked_at is None:
        return f"never looked at: {amiss or 'nothing needs attention'}"
    since = f"since you last looked at {moment(looked_at, now, zone)}"
    counted = _counted(news)
    return f"{counted} {since}" if counted else f"nothing new {since}"


def _counted(news: News) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in news._asdict().items() if count)
