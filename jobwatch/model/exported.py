"""The record of a job as it leaves the log, and back: what the log knows of it stands beside it.

To the record's own keys come those that follow from the log, in `BESIDE`, and ``<time>_converted``
beside each time. Where the job is from and what was noted of it come back, all else is worked out
anew. An own key of such a name is written as ``own.<name>``, one of that name as
``own.own.<name>``, so that nothing is mixed up.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, TypeGuard

from jobwatch.model.insight import Sign, fingerprint
from jobwatch.model.job import TIMES, UNSET, VALUES, Job, Json, Outcome
from jobwatch.model.known import Known, lost_reason, mark_of
from jobwatch.model.node import Origin
from jobwatch.model.row import Note, state_mark
from jobwatch.model.when import NONE, Zone, date_time_exact

__all__ = [
    "BESIDE",
    "CONVERTED",
    "EVENT",
    "FLAGS",
    "NUMBERS",
    "TEXTS",
    "export_record",
    "import_record",
    "told_record",
]

STATE = "__state__"
DONE, TOTAL = "__done__", "__total__"
LATE = "__late__"
KIND = "__kind__"
NODE, LOST_SINCE, LOST_REASON = "__node__", "__lost_since__", "__lost_reason__"
NOTE, NOTED_AT = "__note__", "__noted_at__"

EVENT = "__event__"
"""What happened to a job, where a record is one of several of the same job."""

BESIDE = (STATE, DONE, TOTAL, LATE, KIND, NODE, LOST_SINCE, LOST_REASON, NOTE, NOTED_AT)
"""What stands behind a record, each where there is something to say. Times are epoch ms."""
TEXTS = frozenset((STATE, KIND, NODE, LOST_REASON, NOTE))
NUMBERS = frozenset((DONE, TOTAL, LOST_SINCE, NOTED_AT))
FLAGS = frozenset((LATE,))

CONVERTED = {key: f"{key}_converted" for key in TIMES}
TIME_OF = {converted: key for key, converted in CONVERTED.items()}
DERIVED = frozenset((*BESIDE, EVENT, *TIME_OF))
_WORDS = tuple(
    {state_mark(UNSET, outcome).word for outcome in (Outcome.LOST, Outcome.PARTIAL, Outcome.FAILED)}
    | {state_mark(UNSET, Outcome.PENDING, sign).word for sign in Sign}
)
"""How states are told that no status has the word of."""
# What is worked out anew, and what it is.
_WORKED_OUT = {
    EVENT: str,
    STATE: str,
    DONE: int,
    TOTAL: int,
    LATE: bool,
    KIND: str,
    LOST_REASON: str,
}
OWN = "own."
_LIKE_DERIVED = re.compile(
    rf"(?:{re.escape(OWN)})*(?:{'|'.join(map(re.escape, sorted(DERIVED)))})", re.DOTALL
)

# What SQLite can't hold comes from no log.
_LONE_SURROGATE = re.compile("[\\ud800-\\udfff]")
_FAR = 1 << 62


def export_record(job: Job, known: Known, zone: Zone) -> dict[str, Json]:
    """Return the record of a job, the id first, with what the log knows of it behind."""
    record: dict[str, Json] = {"id": job.id}
    for key in VALUES:
        if (value := getattr(job, key)) is not UNSET:
            record[key] = value
    for key, name in TIMES.items():
        if (time := getattr(job, name)) is not UNSET:
            record[key] = time
            if (text := _iso(time, zone)) is not None:
                record[CONVERTED[key]] = text
    return record | _beside(job, known, zone) | _own(job)


def told_record(job: Job, known: Known, zone: Zone) -> dict[str, Json]:
    """Return the documented record of a job, with what the log knows of it behind.

    Its keys beside those are stable. Whether it was late is not told, for that takes reading what
    is usual.
    """
    documented = job.replace(other={}).to_record()
    return documented | _beside(job, known._replace(late=None), zone) | _own(job)


def import_record(value: Json) -> tuple[Json, Known]:
    """Return a record as it was before `export_record`, and the origin and note of the job.

    Any other JSON value comes back as it is.
    """
    if not isinstance(value, dict) or not any(map(_LIKE_DERIVED.fullmatch, value)):
        return value, Known()
    known = Known(_origin(value), _note(value))
    return {
        key.removeprefix(OWN) if _LIKE_DERIVED.fullmatch(key) else key: own
        for key, own in value.items()
        if not _is_derived(key, value, known)
    }, known


def _beside(job: Job, known: Known, zone: Zone) -> dict[str, Json]:
    said: dict[str, Json] = {STATE: mark_of(job, known).word}
    if job.load is not None:
        said[DONE], said[TOTAL] = job.load
    if known.late is not None:
        said[LATE] = known.late
    if job.outcome is Outcome.FAILED and (kind := fingerprint(job.message)):
        said[KIND] = kind
    if known.origin.node:
        said[NODE] = known.origin.node
        if known.origin.lost_since is not None:
            said[LOST_SINCE] = known.origin.lost_since
    if reason := lost_reason(known, zone):
        said[LOST_REASON] = reason
    if known.note is not None:
        said[NOTE], said[NOTED_AT] = known.note.text, known.note.at
    return said


def _own(job: Job) -> dict[str, Json]:
    """Return the keys of a record that jobwatch doesn't know."""
    return {
        OWN + key if _LIKE_DERIVED.fullmatch(key) else key: value
        for key, value in job.other.items()
    }


def _origin(record: dict[str, Any]) -> Origin:
    node = record.get(NODE)
    if not node or not _is_text(node):
        return Origin()
    lost_since = record.get(LOST_SINCE)
    return Origin(node, lost_since if _is_instant(lost_since) else None)


def _note(record: dict[str, Any]) -> Note | None:
    text, at = record.get(NOTE), record.get(NOTED_AT)
    return Note(at, text) if _is_instant(at) and _is_text(text) else None


def _is_text(value: Json) -> TypeGuard[str]:
    return isinstance(value, str) and not _LONE_SURROGATE.search(value)


def _is_instant(value: Json) -> TypeGuard[int]:
    return type(value) is int and abs(value) < _FAR


def _is_derived(key: str, record: dict[str, Any], known: Known) -> bool:
    # A record that jobwatch didn't write may use a name for something else.
    if key in TIME_OF:
        return isinstance(record[key], str) and TIME_OF[key] in record
    if key in _WORKED_OUT:
        return type(record[key]) is _WORKED_OUT[key] and _is_exported(record)
    if key == NODE:
        return bool(known.origin.node)
    if key == LOST_SINCE:
        return known.origin.lost_since is not None
    return key in (NOTE, NOTED_AT) and known.note is not None


def _is_exported(record: dict[str, Any]) -> bool:
    """Return whether a record says its state in the words that an export has for it."""
    own = state_mark(record.get("status", UNSET), Outcome.PENDING).word
    return record.get(STATE) in (own, *_WORDS)


@lru_cache(maxsize=1024)  # most records have two times twice
def _iso(time: object, zone: Zone) -> str | None:
    text = date_time_exact(time, zone)
    if text == NONE:
        return None
    date, clock, offset = text.split(" ")
    return f"{date}T{clock}{offset}"
