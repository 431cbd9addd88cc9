"""The record of a job as it leaves the log, and back: what it is from and its ISO times beside it.

To the record's own keys come those that follow from the log: ``__node__``, ``__lost_since__`` (ms)
and ``<time>_converted`` beside each time. An own key of such a name is written as ``own.<name>``,
one of that name as ``own.own.<name>``, so that nothing is mixed up.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jobwatch.model.job import TIMES, UNSET, VALUES, Job, Json
from jobwatch.model.node import Origin
from jobwatch.model.when import NONE, Zone, date_time_exact

__all__ = ["CONVERTED", "LOST_SINCE", "NODE", "export_record", "import_record"]

NODE = "__node__"
LOST_SINCE = "__lost_since__"
CONVERTED = {key: f"{key}_converted" for key in TIMES}
TIME_OF = {converted: key for key, converted in CONVERTED.items()}
DERIVED = frozenset((NODE, LOST_SINCE, *TIME_OF))
OWN = "own."
_LIKE_DERIVED = re.compile(
    rf"(?:{re.escape(OWN)})*(?:{'|'.join(map(re.escape, sorted(DERIVED)))})", re.DOTALL
)


def export_record(job: Job, origin: Origin, zone: Zone) -> dict[str, Json]:
    """Return the record of a job, the id first, with what follows from the log."""
    record: dict[str, Json] = {"id": job.id}
    for key in VALUES:
        if (value := getattr(job, key)) is not UNSET:
            record[key] = value
    for key, name in TIMES.items():
        if (time := getattr(job, name)) is not UNSET:
            record[key] = time
            if (text := _iso(time, zone)) is not None:
                record[CONVERTED[key]] = text
    if origin.node:
        record[NODE] = origin.node
        if origin.lost_since is not None:
            record[LOST_SINCE] = origin.lost_since
    for key, value in job.other.items():
        record[OWN + key if _LIKE_DERIVED.fullmatch(key) else key] = value
    return record


def import_record(value: Json) -> tuple[Json, Origin]:
    """Return a record as it was before `export_record`, and where the job is from.

    Any other JSON value comes back as it is.
    """
    if not isinstance(value, dict) or not any(map(_LIKE_DERIVED.fullmatch, value)):
        return value, Origin()
    origin = _origin(value)
    return {
        key.removeprefix(OWN) if _LIKE_DERIVED.fullmatch(key) else key: own
        for key, own in value.items()
        if not _is_derived(key, value, origin)
    }, origin


def _origin(record: dict[str, Any]) -> Origin:
    node, lost_since = record.get(NODE), record.get(LOST_SINCE)
    if not isinstance(node, str) or not node:
        return Origin()
    return Origin(node, lost_since if type(lost_since) is int else None)


def _is_derived(key: str, record: dict[str, Any], origin: Origin) -> bool:
    # A record that jobwatch didn't write may use a name for something else.
    if key in TIME_OF:
        return isinstance(record[key], str) and TIME_OF[key] in record
    if key == NODE:
        return bool(origin.node)
    return key == LOST_SINCE and origin.lost_since is not None


@lru_cache(maxsize=1024)  # most records have two times twice
def _iso(time: object, zone: Zone) -> str | None:
    text = date_time_exact(time, zone)
    if text == NONE:
        return None
    date, clock, offset = text.split(" ")
    return f"{date}T{clock}{offset}"
