"""What sample jobs are asked to do, and what comes of it, in HarperDB's own words.

Pure: all chance comes from the generator that is handed in, so the same state gives the same work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp
from random import Random
from typing import Any, NamedTuple, TypeAlias, TypeVar

from jobwatch.feeds.people import PEOPLE, TABLES, Person, Table
from jobwatch.model.job import Job, JobStatus, Json
from jobwatch.model.when import iso

__all__ = ["Crew", "Dates", "Work", "crew", "dates_of", "draw", "guid", "resumed"]

Body: TypeAlias = dict[str, Any]
T = TypeVar("T")

DAY = 86_400_000
ACTIONS = ("insert", "insert", "upsert", "upsert", "update")
FORMATS = ("json", "csv")
SERVICES = ("http_workers", "http_workers", "custom_functions", "clustering")
REGIONS = ("us-east-1", "eu-central-1")
COMPLETE, ERROR = JobStatus.COMPLETE.value, JobStatus.ERROR.value


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


class Dates(NamedTuple):
    """The dates that bodies name: the day of the job, and the day up to which it clears."""

    today: str
    before: str
    before_ms: int


class Task(NamedTuple):
    """What is asked for, how many records that means, and how long it takes in ms."""

    body: Body
    records: int
    took: int


class Kind(NamedTuple):
    """One type of job: how it is asked for, what it says when done, and how it can fail.

    An error may change the body, so that the request shows what was wrong with it.
    """

    type: str
    ask: Callable[[Random, Table, Dates], Task]
    say: Callable[[Random, str, Task], str]
    errors: Sequence[Callable[[Body, Table], Json]]


Crew: TypeAlias = Sequence[tuple[Person, Kind]]
"""Who may come next and with what, each as often as it is likely."""


def crew(shares: Mapping[str, int]) -> Crew:
    """Return the crew of these people, by name; each with a share of the work."""
    return tuple(
        (PEOPLE[name], KINDS[type])
        for name, share in shares.items()
        for type, weight in PEOPLE[name].habits.items()
        for _ in range(share * weight)
    )


def draw(random: Random, crew: Crew, dates: Dates) -> Work:
    """Return the next piece of work of a crew."""
    person, kind = _pick(random, crew)
    table = _pick(random, TABLES)
    id = guid(random)
    task = kind.ask(random, table, dates)
    if kind.errors and random.random() < person.slips:
        refused = person.restricted and random.random() < 0.4
        message = (_not_allowed if refused else _pick(random, kind.errors))(task.body, table)
        took = 40 + int(task.took * 0.7 * random.random())
        return Work(id, kind.type, person.name, task.body, task.records, took, ERROR, message)
    message = kind.say(random, id, task)
    return Work(id, kind.type, person.name, *task, COMPLETE, message)


def resumed(random: Random, job: Job, now: int) -> Work:
    """Return the work that a running job may be at; it ends well. `now` in epoch ms."""
    kind = KINDS.get(job.type, KINDS["export_local"])
    task = kind.ask(random, TABLES[0], dates_of(now))
    if task.records:
        # What has run for an hour has more to do than what ends in a second.
        task = task._replace(records=max(task.records, int(now - job.started) // 2))
    type, message = str(job.type), kind.say(random, job.id, task)
    return Work(job.id, type, job.user, task.body, task.records, task.took, COMPLETE, message)


def dates_of(ms: int) -> Dates:
    """Return the dates for jobs of the UTC day of an instant in epoch ms."""
    before = (ms // DAY - 90) * DAY
    return Dates((iso(ms) or "")[:10], (iso(before) or "")[:10], before)


def guid(random: Random) -> str:
    """Return a GUID in the shape of version 4."""
    bits = random.getrandbits(128)
    digits = f"{bits:032x}"
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}"
        f"-{'89ab'[bits >> 62 & 3]}{digits[17:20]}-{digits[20:]}"
    )


def _pick(random: Random, choices: Sequence[T]) -> T:
    return choices[int(random.random() * len(choices))]


def _about(random: Random, median: float, spread: float) -> int:
    """Draw from a log-normal distribution."""
    return int(median * exp(random.gauss(0.0, spread)))


# What is asked for.


def _csv_data(random: Random, table: Table, _: Dates) -> Task:
    count = 2 + int(random.random() * 5)
    first = 1 + int(random.random() * 5_000)
    lines = [f"{first + at},{table.lines[(first + at) % len(table.lines)]}\n" for at in range(count)]
    body = {
        "operation": "csv_data_load",
        "schema": table.schema,
        "table": table.name,
        "action": _pick(random, ACTIONS),
        "data": f"{table.header}\n{''.join(lines)}",
    }
    return Task(body, count, _about(random, 350, 0.3))


def _load(random: Random, operation: str, table: Table, source: Body) -> Task:
    # A node loads some 12 records in a millisecond, after a third of a second's preparation.
    records = 1 + _about(random, 4_000, 2.0)
    body = {
        "operation": operation,
        "action": _pick(random, ACTIONS),
        "schema": table.schema,
        "table": table.name,
        **source,
    }
    return Task(body, records, 300 + _about(random, records / 12, 0.2))


def _csv_file(random: Random, table: Table, dates: Dates) -> Task:
    path = f"/srv/harper/in/{table.name}-{dates.today}.csv"
    return _load(random, "csv_file_load", table, {"file_path": path})


def _csv_url(random: Random, table: Table, dates: Dates) -> Task:
    url = f"https://files.example.com/{table.schema}/{table.name}-{dates.today}.csv"
    return _load(random, "csv_url_load", table, {"csv_url": url})


def _bucket(random: Random, key: str) -> Body:
    return {"bucket": "example-harper", "key": key, "region": _pick(random, REGIONS)}


def _from_s3(random: Random, table: Table, dates: Dates) -> Task:
    s3 = _bucket(random, f"in/{dates.today}/{table.name}.csv")
    return _load(random, "import_from_s3", table, {"s3": s3})
