"""What a node is asked and what its answers hold, by what real nodes answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobwatch.feeds.harper import protocol
from jobwatch.model.when import TimeRange

CAPTURES = Path(__file__).parents[2] / "data" / "captures"
STARTED = 1_795_472_082_000  # 2026-11-23T22:14:42Z


def capture(name: str) -> Any:
    return json.loads((CAPTURES / f"{name}.json").read_bytes())["response"]


def system(zone: str | None, offset: str | None, *started: object) -> dict[str, Any]:
    return {
        "time": {"timezoneName": zone, "timezone": offset},
        "harperdb_processes": {"core": [{"started": text} for text in started]},
    }


def test_all_jobs_of_an_answer_are_read_and_nulls_are_dropped() -> None:
    [job] = protocol.jobs_in(capture("incremental_poll_updatedtime")).jobs
    assert job.updatedtime == 1795472083746.7705
    assert job.message == "successfully loaded 1 of 1 records"
    assert "result" not in job.other
    [running] = protocol.jobs_in(capture("search_row_in_progress")).jobs
    assert running.to_record() == {
        key: value for key, value in capture("search_row_in_progress")[0].items() if value
    }


def test_a_result_and_a_message_object_are_kept() -> None:
    jobs = protocol.jobs_in(capture("search_by_conditions_newest_page")).jobs
    assert jobs[0].other["result"]["message"] == "Successfully exported JSON locally."
    assert any(isinstance(job.message, dict) for job in jobs)


@pytest.mark.parametrize("answer", [None, "no", 7, {"error": "x"}, [{"message": "x"}], [[], None]])
def test_what_is_no_job_is_counted(answer: object) -> None:
    found = protocol.jobs_in(answer)
    assert found.jobs == []
    assert found.unusable == (len(answer) if isinstance(answer, list) else 1)


def test_the_request_of_a_running_job_is_neither_asked_for_nor_kept() -> None:
    [job] = protocol.jobs_in(capture("search_by_value_in_progress_star")).jobs
    assert "request" not in job.to_record()
    for request in (protocol.changes_since(1.5), protocol.started_within(TimeRange(1, 2))):
        assert not {"*", "request"} & set(request["get_attributes"])


def test_a_half_open_range_is_asked_for_between_exclusive_ends_in_utc() -> None:
    asked = protocol.window(TimeRange(STARTED, STARTED + 1_000))
    assert (asked["from_date"], asked["to_date"]) == (
        "2026-11-23T22:14:41.999Z",
        "2026-11-23T22:14:43.000Z",
    )
    assert protocol.window(TimeRange(0, None)) == {
        "operation": "search_jobs_by_start_date",
        "from_date": "1969-12-31T23:59:59.999Z",
        "to_date": "9999-12-31T23:59:59.999Z",
    }


@pytest.mark.parametrize(
    ("answer", "start"),
    [
        (capture("system_information_processes"), STARTED),
        (system("Etc/UTC", "IST+0530", "2026-11-24 03:44:42"), STARTED),
        (system(None, "UTC-0330", "2026-11-23 18:44:42"), STARTED),
        (system(None, None, "2026-11-23 22:14:42"), STARTED),
        (system("UTC", None, "2026-11-23 22:20:00", "2026-11-23 22:14:42"), STARTED),
        (system("UTC", None), None),
        (system("UTC", None, "soon", 7, None), None),
        (system(None, "here", "2026-11-23 22:14:42"), None),
        ({"time": None, "harperdb_processes": {"core": [None]}}, None),
        ({"harperdb_processes": []}, None),
        ("no", None),
    ],
)
def test_the_start_of_the_process_is_read_in_the_nodes_own_zone(
    answer: object, start: int | None
) -> None:
    assert protocol.process_start(answer) == start
