"""A node without a network: it holds records, and answers about them as harper/CONTRACT says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from jobwatch.feeds.harper.client import ForbiddenError, NodeError, UnsupportedError

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
HOUR, DAY = 3_600_000, 86_400_000


class Right(Enum):
    """What its user may ask."""

    ALL = "a super user"
    DOCUMENTED = "a super user, where only the documented operations are there"
    GET_JOB = "an ordinary user"


class FakeNode:
    """A `Client` whose other side is here; its clock is ours, moved by `skew`."""

    def __init__(self) -> None:
        self.now = NOW
        self.skew: int | None = 0
        self.right = Right.ALL
        self.process_started = NOW - DAY
        self.down: NodeError | None = None
        self.asked: list[dict[str, Any]] = []
        self._records: dict[str, dict[str, Any]] = {}

    def clock(self) -> int:
        return self.now

    def put(self, id: str, status: str = "COMPLETE", **fields: Any) -> None:
        """Add or change a job, written now, or when it started if it is added to the past."""
        record = self._records.setdefault(id, {"id": id, "type": "csv_data_load", "user": "ada"})
        written = (
            self.now if record.get("__updatedtime__") else fields.get("start_datetime", self.now)
        )
        record |= {"status": status, "__updatedtime__": written + 0.5, **fields}
        record.setdefault("start_datetime", self.now)
        record.setdefault("request", {"hdb_user": {"refresh_token": "secret"}})

    def record(self, id: str) -> dict[str, Any]:
        """Return what a node tells of a job."""
        return {key: value for key, value in self._records[id].items() if key != "request"}

    async def ask(self, request: Mapping[str, Any]) -> Any:
        self.asked.append(dict(request))
        if self.down is not None:
            raise self.down
        match request["operation"]:
            case "get_job":
                found = self._records.get(request["id"])
                return [] if found is None else [self.record(request["id"])]
            case "search_jobs_by_start_date" if self.right is not Right.GET_JOB:
                after, before = _ms(request["from_date"]), _ms(request["to_date"])
                return [
                    self.record(id) | {"end_datetime_converted": "…"}
                    for id, record in self._records.items()
                    if after < record["start_datetime"] < before
                ]
            case "search_by_conditions" if self.right is Right.ALL:
                return self._search(request)
            case "user_info":
                return {"username": "ada"}
            case "system_information" if self.right is Right.ALL:
                return {
                    "time": {"current": self.now, "timezone": "UTC+0000"},
                    "harperdb_processes": {"core": [{"started": _wall(self.process_started)}]},
                }
            case _ if self.right is Right.GET_JOB:
                raise ForbiddenError("This operation is not authorized")
            case operation:
                raise UnsupportedError(f"Operation '{operation}' not found")

    def _search(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        attributes = request["get_attributes"]
        assert "*" not in attributes
        rows: list[dict[str, Any]] = [
            {name: record.get(name) for name in attributes}
            for record in self._records.values()
            if all(_holds(record, condition) for condition in request["conditions"])
        ]
        if "sort" in request:
            attribute = request["sort"]["attribute"]
            rows.sort(key=lambda row: row[attribute])
        return rows[: request.get("limit")]


def _holds(record: dict[str, Any], condition: dict[str, Any]) -> bool:
    value, bound = record[condition["search_attribute"]], condition["search_value"]
    match condition["search_type"]:
        case "greater_than_equal":
            return bool(value >= bound)
        case "less_than":
            return bool(value < bound)
        case other:
            raise AssertionError(f"no such search: {other}")


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _wall(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"
