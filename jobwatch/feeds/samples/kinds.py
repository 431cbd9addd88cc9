"""The types of sample jobs: what each asks for, and what it says at its end in HarperDB's words.

Pure: all chance comes from the generator that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from random import Random
from typing import NamedTuple, TypeVar

from jobwatch.feeds.samples import errors
from jobwatch.feeds.samples.tables import HOST, Body, Table, search
from jobwatch.model.job import Json

__all__ = ["KINDS", "Dates", "Kind", "Task", "pick"]

T = TypeVar("T")

ACTIONS = ("insert", "insert", "upsert", "upsert", "update")
SERVICES = ("http_workers", "http_workers", "custom_functions", "clustering")
FORMATS = ("json", "csv")
REGIONS = ("us-east-1", "eu-central-1")


class Dates(NamedTuple):
    """The dates that a body names: the day of the job, and the day up to which it clears."""

    today: str
    before: str
    before_ms: int


class Task(NamedTuple):
    """What is asked for, how many records it goes through (or 0), and how long it takes in ms."""

    body: Body
    records: int
    took: int


class Kind(NamedTuple):
    """One type of job: how it is asked for, what it says when complete, and how it can fail.

    An error may change the body, so that the request shows what was wrong with it.
    """

    ask: Callable[[Random, Table, Dates], Task]
    say: Callable[[Random, str, Task], str]
    errors: Sequence[Callable[[Body, Table], Json]]


def pick(random: Random, choices: Sequence[T]) -> T:
    """Return one of the choices, each as likely as the others."""
    return choices[int(random.random() * len(choices))]


def _about(random: Random, median: float, spread: float) -> int:
    # Durations and sizes of real jobs are log-normal: many small, a few very large.
    return int(median * exp(random.gauss(0.0, spread)))


# Loads


def _csv_data(random: Random, table: Table, _: Dates) -> Task:
    count = 2 + int(random.random() * 5)
    first = 1 + int(random.random() * 5_000)
    keys = range(first, first + count)
    lines = [f"{key},{table.lines[key % len(table.lines)]}\n" for key in keys]
    body = {
        "operation": "csv_data_load",
        "schema": table.schema,
        "table": table.name,
        "action": pick(random, ACTIONS),
        "data": f"{table.header}\n{''.join(lines)}",
    }
    return Task(body, count, _about(random, 350, 0.3))


def _load(random: Random, operation: str, table: Table, source: Body) -> Task:
    records = 1 + _about(random, 4_000, 2.0)
    body = {
        "operation": operation,
        "action": pick(random, ACTIONS),
        "schema": table.schema,
        "table": table.name,
        **source,
    }
    # A third of a second to begin with, then some 12 records in a millisecond.
    return Task(body, records, 300 + _about(random, records / 12, 0.2))


def _csv_file(random: Random, table: Table, dates: Dates) -> Task:
    path = f"/srv/harper/in/{table.name}-{dates.today}.csv"
    return _load(random, "csv_file_load", table, {"file_path": path})


def _csv_url(random: Random, table: Table, dates: Dates) -> Task:
    url = f"{HOST}/{table.schema}/{table.name}-{dates.today}.csv"
    return _load(random, "csv_url_load", table, {"csv_url": url})


def _from_s3(random: Random, table: Table, dates: Dates) -> Task:
    s3 = _object(random, f"in/{dates.today}/{table.name}.csv")
    return _load(random, "import_from_s3", table, {"s3": s3})


def _object(random: Random, key: str) -> Body:
    return {"bucket": "example-harper", "key": key, "region": pick(random, REGIONS)}


def _loaded(random: Random, _: str, task: Task) -> str:
    loaded = total = task.records
    chance = random.random()
    if chance < 0.045:
        # Records that are there already are not inserted again, and nobody calls that an error.
        task.body["action"] = "insert"
        lost = 1 + int(total * 0.4 * random.random() ** 3)
        loaded = 0 if chance < 0.01 else max(0, total - lost)
    return f"successfully loaded {loaded} of {total} records"


# Exports, deletions and upkeep


def _export(random: Random, table: Table, body: Body) -> Task:
    records = 1 + _about(random, 20_000, 1.5)
    body["search_operation"] = search(table.schema, table.name)
    return Task(body, records, 200 + _about(random, records / 5, 0.4))


def _export_local(random: Random, table: Table, dates: Dates) -> Task:
    body = {
        "operation": "export_local",
        "format": pick(random, FORMATS),
        "path": "/srv/harper/out/",
        "filename": f"{table.name}-{dates.today}",
    }
    return _export(random, table, body)


def _export_to_s3(random: Random, table: Table, dates: Dates) -> Task:
    suffix = pick(random, FORMATS)
    s3 = _object(random, f"out/{table.name}-{dates.today}.{suffix}")
    return _export(random, table, {"operation": "export_to_s3", "format": suffix, "s3": s3})


def _delete(operation: str, empty: float) -> Callable[[Random, Table, Dates], Task]:
    def ask(random: Random, table: Table, dates: Dates) -> Task:
        records = 0 if random.random() < empty else 1 + _about(random, 900, 1.6)
        body = {
            "operation": operation,
            "date": dates.before,
            "schema": table.schema,
            "table": table.name,
        }
        return Task(body, records, _about(random, 130, 0.3) + _about(random, records, 0.3))

    return ask


def _delete_logs(operation: str) -> Callable[[Random, Table, Dates], Task]:
    def ask(random: Random, table: Table, dates: Dates) -> Task:
        body = {
            "operation": operation,
            "timestamp": dates.before_ms,
            "schema": table.schema,
            "table": table.name,
        }
        return Task(body, 0, _about(random, 1_400, 0.7))

    return ask


def _upkeep(median: int, spread: float, body: Body) -> Callable[[Random, Table, Dates], Task]:
    return lambda random, table, dates: Task(dict(body), 0, _about(random, median, spread))


def _restart(random: Random, _: Table, __: Dates) -> Task:
    body = {"operation": "restart_service", "service": pick(random, SERVICES)}
    return Task(body, 0, _about(random, 2_500, 0.4))


def _deleted(_: Random, __: str, task: Task) -> str:
    if not task.records:
        return "No records found to delete"
    return f"{task.records} of {task.records} records successfully deleted"


def _completed(_: Random, job_id: str, __: Task) -> str:
    return f"Successfully completed job: {job_id}"


KINDS = {
    "csv_data_load": Kind(_csv_data, _loaded, (errors.bad_column,)),
    "csv_file_load": Kind(_csv_file, _loaded, (errors.bad_column,)),
    "csv_url_load": Kind(_csv_url, _loaded, errors.OF_URLS),
    "import_from_s3": Kind(_from_s3, _loaded, (errors.no_s3, errors.bad_column)),
    "export_local": Kind(_export_local, _completed, errors.OF_EXPORTS),
    "export_to_s3": Kind(_export_to_s3, _completed, (errors.no_s3, errors.no_table)),
    "delete_files_before": Kind(_delete("delete_files_before", 0.7), _deleted, (errors.no_table,)),
    "delete_records_before": Kind(
        _delete("delete_records_before", 0.3), _deleted, (errors.no_table,)
    ),
    "delete_audit_logs_before": Kind(
        _delete_logs("delete_audit_logs_before"), _completed, (errors.no_table,)
    ),
    "delete_transaction_logs_before": Kind(
        _delete_logs("delete_transaction_logs_before"), _completed, (errors.no_table,)
    ),
    "restart_service": Kind(_restart, _completed, ()),
    "empty_trash": Kind(_upkeep(3_000, 0.8, {"operation": "empty_trash"}), _completed, ()),
    "create_backup": Kind(
        _upkeep(90_000, 0.5, {"operation": "create_backup", "database": "data"}), _completed, ()
    ),
}
"""Every type of job by its name."""
