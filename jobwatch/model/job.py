"""The job record, from JSON and back to JSON with nothing lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from math import isfinite
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import asdict, replace

from jobwatch.model.durations import time_taken
from jobwatch.model.insight import Load, Progress, load_of, progress_of
from jobwatch.model.when import iso

__all__ = [
    "PROGRESS",
    "UNSET",
    "Job",
    "JobStatus",
    "Json",
    "Outcome",
    "Phase",
    "RecordError",
    "Time",
    "job_as_of",
    "merge",
]

Json: TypeAlias = Any
"""Any JSON value, or ``UNSET`` where the record has no such key."""

Time: TypeAlias = int | float | UnsetType | None
"""Epoch milliseconds, null, or absent."""


class JobStatus(StrEnum):
    """The statuses that HarperDB writes; a record may carry any other."""

    CREATED = "CREATED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    ERROR = "ERROR"


class Phase(IntEnum):
    """How far a job has come; a further phase wins when two records are equally old."""

    CREATED = 0
    IN_PROGRESS = 1
    ENDED = 2


class Outcome(IntEnum):
    """What came of a job; LOST is in no record, but follows from what its node did (`insight`).

    PARTIAL is complete by its record, and yet not all of its records were done.
    """

    PENDING = 0
    ENDED = 1
    FAILED = 2
    LOST = 3
    PARTIAL = 4


class RecordError(ValueError):
    """A record that no log can keep; its text is the reason, written for a person."""


PHASES: dict[object, Phase] = {
    JobStatus.CREATED.value: Phase.CREATED,
    JobStatus.IN_PROGRESS.value: Phase.IN_PROGRESS,
    JobStatus.COMPLETE.value: Phase.ENDED,
    JobStatus.ERROR.value: Phase.ENDED,
}

PROGRESS = "progress"
"""The key of a record under which a job says how far it has come."""

TIMES = {
    "start_datetime": "start_datetime",
    "end_datetime": "end_datetime",
    "created_datetime": "created_datetime",
    "__createdtime__": "createdtime",
    "__updatedtime__": "updatedtime",
}
VALUES = dict.fromkeys(("user", "type", "status", "job_body", "message"))

# Recomputed whenever a record is read; `request` holds the credentials of the job's
# owner (CONTRACT: system.hdb_job while running), so no feed may keep it.
NOT_KEPT = ("start_datetime_converted", "end_datetime_converted", "request")


class Job(Struct, frozen=True, kw_only=True, rename={v: k for k, v in TIMES.items()}):
    """One job as HarperDB documents it; times in epoch milliseconds.

    A field is ``UNSET`` where the record lacks the key and ``None`` where it is null: the two
    are kept apart. Keys that jobwatch doesn't know are in ``other``, untouched.
    """

    id: str
    user: Json = UNSET
    type: Json = UNSET
    status: Json = UNSET
    start_datetime: Time = UNSET
    end_datetime: Time = UNSET
    job_body: Json = UNSET
    message: Json = UNSET
    created_datetime: Time = UNSET
    createdtime: Time = UNSET
    updatedtime: Time = UNSET
    other: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def from_record(cls, record: object) -> Job:
        """Check one decoded JSON value and make a job of it; raise `RecordError` if it can't be."""
        if not isinstance(record, Mapping):
            raise RecordError(f"a record must be a JSON object, this is {_kind(record)}")
        fields: dict[str, Any] = {"id": _id(record.get("id", UNSET))}
        other: dict[str, Json] = {}
        for key, value in record.items():
            if key in TIMES:
                fields[TIMES[key]] = _time(key, value)
            elif key in VALUES:
                fields[key] = value
            elif key not in NOT_KEPT and key != "id":
                other[key] = value
        return cls(**fields, other=other)

    def to_record(self) -> dict[str, Json]:
        """Return the documented record, with ``_converted`` beside each time that is a date."""
        values = asdict(self)
        record = {"id": values["id"]}
        record |= {key: values[key] for key in VALUES if values[key] is not UNSET}
        record |= {key: values[name] for key, name in TIMES.items() if values[name] is not UNSET}
        record |= self.other
        for key in ("start_datetime", "end_datetime"):
            converted = iso(values[key]) if _is_number(values[key]) else None
            if converted is not None:
                record[f"{key}_converted"] = converted
        return record

    def replace(self, **changes: Any) -> Job:
        """Return a copy with the given fields changed."""
        return replace(self, **changes)

    @property
    def phase(self) -> Phase:
        """How far the job has come; under an unknown status, ended if it has an end."""
        known = PHASES.get(self.status) if isinstance(self.status, str) else None
        if known is not None:
            return known
        return Phase.ENDED if _is_number(self.end_datetime) else Phase.IN_PROGRESS

    @property
    def outcome(self) -> Outcome:
        """What came of the job, by its record alone."""
        return self.outcome_of(self.load)

    def outcome_of(self, load: Load | None) -> Outcome:
        """Return what came of the job with its load: none of some records is a failure."""
        if self.status == JobStatus.ERROR:
            return Outcome.FAILED
        if self.phase is not Phase.ENDED:
            return Outcome.PENDING
        if load is None or not load.shortfall:
            return Outcome.ENDED
        return Outcome.PARTIAL if load.done else Outcome.FAILED

    @property
    def load(self) -> Load | None:
        """How many records it did of how many, by what it said when it was complete."""
        return load_of(self.message) if self.status == JobStatus.COMPLETE else None

    @property
    def progress(self) -> Progress | None:
        """How far it had come when it last said so, as it goes on or broke off."""
        if self.status == JobStatus.COMPLETE or not self.other:
            return None
        return progress_of(self.other.get(PROGRESS))

    def taken(self, now: int) -> str:
        """Return how long the job took, or has run by `now` (ms)."""
        running = self.phase is Phase.IN_PROGRESS
        return time_taken(self.start_datetime, self.end_datetime, running=running, now=now)

    @property
    def started(self) -> int | float:
        """The time that orders jobs: the start, else what is nearest to one, else 0."""
        for time in (self.start_datetime, self.created_datetime, self.createdtime):
            if isinstance(time, int | float):
                return time
        return 0


def job_as_of(job: Job, status: Json) -> Job:
    """Return a job as it stood while it went on: in that status, and without what came later."""
    return job.replace(status=status, end_datetime=UNSET, message=UNSET, updatedtime=UNSET)


def merge(known: Job, incoming: Job) -> Job:
    """Return one job from two records of the same id.

    The later ``__updatedtime__`` wins; where a side has none, or both are equal, the further
    phase wins, then the incoming record. What only the loser has is kept; null counts as absent.
    """
    winner, loser = (known, incoming) if _outranks(known, incoming) else (incoming, known)
    other = _overlaid(winner.other, loser.other)
    merged = _overlaid(asdict(winner), asdict(loser))
    return Job(**{**merged, "other": other})


def _outranks(known: Job, incoming: Job) -> bool:
    mine, theirs = known.updatedtime, incoming.updatedtime
    if isinstance(mine, int | float) and isinstance(theirs, int | float) and mine != theirs:
        return mine > theirs
    return known.phase > incoming.phase


def _overlaid(winner: dict[str, Any], loser: dict[str, Any]) -> dict[str, Any]:
    missing = (None, UNSET)
    merged = dict(loser)
    for key, value in winner.items():
        if value is not UNSET and (value is not None or merged.get(key) in missing):
            merged[key] = value
    return merged


def _id(value: object) -> str:
    if isinstance(value, str):
        if value:
            return value
        raise RecordError("the id is empty")
    if _is_number(value):
        return str(value)
    if value is UNSET:
        raise RecordError("the record has no id")
    raise RecordError(f"the id must be text or a number, this is {_kind(value)}")


def _time(key: str, value: object) -> int | float | None:
    if value is None or type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise RecordError(f"{key} must be a number of milliseconds or null, this is {_kind(value)}")


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number"
    return "an object" if isinstance(value, Mapping) else "an array"
