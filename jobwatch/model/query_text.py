"""What the monitor shows, as text: a value of a query, and a view as a command for the shell."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

from jobwatch.model.condition import Or
from jobwatch.model.durations import SECOND
from jobwatch.model.query import JobQuery, View, Within
from jobwatch.model.when import ALWAYS, UTC, TimeRange, WhenError, Zone, date_time_exact, wall_clock
from jobwatch.model.zones import zone_named

__all__ = ["command_of", "in_quotes", "query_text", "quoted"]

_BARE = re.compile(r'[^\s(),"*]+')
_STATES = {
    View.RUNNING: ["is:running"],
    View.ALL: [],
    View.FAILED: ["is:failed,lost"],
    View.ERRORS: ["is:failed"],
    View.ATTENTION: ["is:amiss"],
}
_FURTHEST = timedelta(hours=14)
"""The largest distance from UTC that a typed date can have behind it."""


def quoted(value: str) -> str:
    """Return a text as a value behind a colon that the language reads as just this text."""
    return value if _BARE.fullmatch(value) else in_quotes(value)


def in_quotes(value: str) -> str:
    """Return a text in the language's quotes, whatever is in it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def command_of(query: JobQuery, *, zone: Zone, store: Path | None) -> str:
    """Return the ``jobwatch search`` of a query, as one line of a shell.

    Its zone is named, for the dates in the query's text; its order is that of the command.
    `store` is None for the log that the command opens by itself.
    """
    words = ["jobwatch", *(["--store", str(store)] if store is not None else []), "search"]
    if _has_name(zone):
        words += ["--zone", zone.name]
    text = query_text(query, zone)
    if text.startswith("-"):
        words.append("--")
    return shlex.join([*words, text] if text else words)


def query_text(query: JobQuery, zone: Zone) -> str:
    """Return all that a query asks in its language; bounds are exact instants, in any zone.

    Its own text stays as it was typed. As of an instant it asks for what had started by then, and
    of the running for what had not ended yet.
    """
    terms = [*_of_view(query, zone), *_of_range(query, zone)]
    if query.node is not None:
        terms.append(f"node:{quoted(query.node)}")
    text = query.text.strip()
    if text:
        # Alternatives would else be those with the terms, or those without.
        split = bool(terms) and isinstance(query.where, Or) and "OR" in text
        terms.insert(0, f"({text})" if split else text)
    return " ".join(terms)


def _of_view(query: JobQuery, zone: Zone) -> list[str]:
    state = _STATES[query.view]
    if query.as_of is None:
        return state
    after = query.as_of + 1
    if query.view is View.RUNNING:
        state = [_during(TimeRange(after, after + 1), zone)]
    return [*state, *_started(TimeRange(None, after), zone)]


def _of_range(query: JobQuery, zone: Zone) -> list[str]:
    if query.within is Within.RUNNING and query.range != ALWAYS:
        return [_during(query.range, zone)]
    return _started(query.range, zone)


def _started(range: TimeRange, zone: Zone) -> list[str]:
    terms = []
    if range.start is not None:
        terms.append(f"since:{_instant(range.start, zone)}")
    if range.end is not None:
        terms.append(f"before:{_instant(range.end, zone)}")
    return terms


def _during(range: TimeRange, zone: Zone) -> str:
    """Return the term of a run; its end is the last second, or millisecond, that is in the range.

    A range of no length can't be written: it becomes its millisecond.
    """
    start = "" if range.start is None else _instant(range.start, zone)
    if range.end is None:
        return f"during:{start}.."
    if range.start is not None and range.end - range.start <= 1:
        return f"during:{_instant(range.start, zone, exact=True)}"
    whole = range.end % SECOND == 0 and (range.start is None or range.end - range.start >= SECOND)
    last = _instant(range.end - (SECOND if whole else 1), zone, exact=not whole)
    return f"during:{start}..{last}"


def _instant(ms: int, zone: Zone, *, exact: bool = False) -> str:
    """Return ``2026-11-23T14:03:22+01:00``, with milliseconds where there are, or always."""
    date, clock, offset = date_time_exact(ms, _writable(ms, zone)).split(" ")
    return f"{date}T{clock if exact or ms % SECOND else clock[:-4]}{offset}"


def _writable(ms: int, zone: Zone) -> Zone:
    """Return the zone, or UTC where its distance from it can't be written: before 1900."""
    distance = wall_clock(ms, zone).utcoffset() or timedelta()
    return UTC if distance % timedelta(minutes=1) or abs(distance) > _FURTHEST else zone


def _has_name(zone: Zone) -> bool:
    try:
        return zone_named(zone.name) is not None
    except WhenError:  # the machine's own, which no one else knows
        return False
