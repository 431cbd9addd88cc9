"""Who gives a sample log its jobs, and which job comes next.

Pure: all chance comes from the generator that is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple, TypeAlias

from jobwatch.feeds.samples.errors import not_allowed
from jobwatch.feeds.samples.kinds import KINDS, Dates, pick
from jobwatch.feeds.samples.tables import TABLES, Body
from jobwatch.model.job import Job, JobStatus, Json
from jobwatch.model.when import iso

__all__ = ["Crew", "Work", "crew", "dates_of", "draw", "guid", "resumed"]

DAY = 86_400_000
COMPLETE, ERROR = JobStatus.COMPLETE.value, JobStatus.ERROR.value


class Person(NamedTuple):
    """A user: how often the user's jobs fail, and how often each type is the next."""

    slips: float
    restricted: bool
    habits: dict[str, int]


PEOPLE = {
    "HDB_ADMIN": Person(
        0.04,
        False,
        {
            "csv_file_load": 5,
            "delete_records_before": 3,
            "restart_service": 4,
            "empty_trash": 3,
            "create_backup": 1,
            "delete_files_before": 1,
        },
    ),
    "etl": Person(
        0.05,
        False,
        {"csv_url_load": 6, "import_from_s3": 5, "csv_file_load": 5, "export_to_s3": 1},
    ),
    "nightly": Person(
        0.03,
        False,
        {
            "export_to_s3": 4,
            "delete_records_before": 4,
            "delete_files_before": 3,
            "delete_audit_logs_before": 3,
            "delete_transaction_logs_before": 3,
            "create_backup": 2,
            "empty_trash": 1,
        },
    ),
    "reports": Person(0.05, True, {"export_local": 5, "export_to_s3": 4}),
    "ada": Person(0.05, False, {"csv_file_load": 5, "csv_data_load": 4, "export_local": 3}),
    "grace": Person(0.09, True, {"csv_data_load": 6, "csv_url_load": 3, "export_local": 2}),
}


class Work(NamedTuple):
    """A job without its times: who asks for what, how long it takes, and how it ends.

    `took` is in ms; `records` is how many there are to go through, 0 where none are counted.
    """

    id: str
    type: str
    user: Json
    body: Body
    records: int
    took: int
    status: str
    message: Json


Crew: TypeAlias = Sequence[tuple[str, str]]
"""Who may come next, and with which type: a pair for each share of the work."""


def crew(shares: Mapping[str, int]) -> Crew:
    """Return the crew of these people, by name, each with a share of the work."""
    return tuple(
        (name, kind)
        for name, share in shares.items()
        for kind, weight in PEOPLE[name].habits.items()
        for _ in range(share * weight)
    )


def draw(random: Random, crew: Crew, dates: Dates) -> Work:
    """Return the next work of a crew."""
    user, name = pick(random, crew)
    person, kind = PEOPLE[user], KINDS[name]
    table = pick(random, TABLES)
    job_id = guid(random)
    task = kind.ask(random, table, dates)
    body, records, took = task
    if kind.errors and random.random() < person.slips:
        refused = person.restricted and random.random() < 0.4
        message = (not_allowed if refused else pick(random, kind.errors))(body, table)
        took = 40 + int(took * 0.7 * random.random())
        return Work(job_id, name, user, body, records, took, ERROR, message)
    message = kind.say(random, job_id, task)
    return Work(job_id, name, user, body, records, took, COMPLETE, message)


def resumed(random: Random, job: Job, now: int) -> Work:
    """Return the work that a running job may be at; it will end well. `now` in epoch ms."""
    name = str(job.type)
    kind = KINDS.get(name, KINDS["export_local"])
    task = kind.ask(random, TABLES[0], dates_of(now))
    if task.records:
        # What has run for an hour has more to do than what ends in a second.
        task = task._replace(records=max(task.records, int(now - job.started) // 2))
    message = kind.say(random, job.id, task)
    return Work(job.id, name, job.user, *task, COMPLETE, message)


def dates_of(ms: int) -> Dates:
    """Return the dates for the jobs of an instant's day in UTC; `ms` is epoch ms."""
    before = (ms // DAY - 90) * DAY
    return Dates((iso(ms) or "")[:10], (iso(before) or "")[:10], before)


def guid(random: Random) -> str:
    """Return a GUID in the shape of version 4."""
    bits = random.getrandbits(128)
    digits = f"{bits:032x}"
    variant = "89ab"[bits >> 60 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
