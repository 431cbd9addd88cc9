"""What a log knows of a job beside its record, and how that is said."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.model.durations import elapsed, time_between
from jobwatch.model.insight import Sign, Usual, is_late
from jobwatch.model.job import Job, Json, Outcome, Phase, Time
from jobwatch.model.node import Origin
from jobwatch.model.row import Note, StateMark, state_mark
from jobwatch.model.signs import Signs
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, date_time_exact

__all__ = ["Known", "known_of", "lost_reason", "mark_of", "why_lost"]


class Known(NamedTuple):
    """What a log knows of a job beside its record.

    `why` says why it is lost by its sign, where it is. `late` is whether it took longer than is
    usual, or goes on for longer; None where that can't be told.
    """

    origin: Origin = Origin()
    note: Note | None = None
    sign: Sign | None = None
    why: str = ""
    late: bool | None = None


class _Run(NamedTuple):
    """A job as `Signs` looks at it."""

    id: str
    type: Json
    user: Json
    node: str
    start: Time
    running: bool


def known_of(
    job: Job, origin: Origin, note: Note | None, signs: Signs, now: int, *, process: str = ""
) -> Known:
    """Return what is known of a job at an instant (ms), by the signs that its log has then.

    `process` says which one runs it, such as ``pid 123 on host``.
    """
    running = job.phase is Phase.IN_PROGRESS and origin.lost_since is None
    run = _Run(job.id, job.type, job.user, origin.node, job.start_datetime, running)
    usual, sign = signs.usual_of(job.type, job.user), signs.of(run, now)
    taken = signs.taken(run, now) if running else time_between(job.start_datetime, job.end_datetime)
    late = None if usual is None or taken is None or taken < 0 else is_late(taken, usual)
    return Known(origin, note, sign, why_lost(sign, taken, usual, process), late)


def mark_of(job: Job, known: Known) -> StateMark:
    """Return how a job's state is shown."""
    outcome = job.outcome if known.origin.lost_since is None else Outcome.LOST
    return state_mark(job.status, outcome, known.sign)


def lost_reason(known: Known, zone: Zone) -> str:
    """Return why a job is lost, as a part of a sentence; empty where it isn't."""
    if known.origin.lost_since is not None:
        return f"its node was started anew at {date_time_exact(known.origin.lost_since, zone)}"
    return known.why


def why_lost(sign: Sign | None, taken: float | None, usual: Usual | None, process: str) -> str:
    """Return why a job that has run for so long (ms) is lost by its sign; empty where it is not.

    `process` says which one ran it, and may come from a record.
    """
    if sign is Sign.GONE:
        which = f" ({one_line(process)})" if process else ""
        return f"the process that ran it{which} is gone"
    if sign is Sign.BEYOND and usual is not None and taken is not None:
        times = int(taken // max(usual.longest, 1))
        longest = elapsed(usual.longest)
        return f"it has run {times:,} times as long as any of its type ever did ({longest} at most)"
    return ""
