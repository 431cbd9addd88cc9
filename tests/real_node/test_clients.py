"""Clients of HarperDB that others wrote, pointed at ``jobwatch serve``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.job import Job
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import PASSWORD, PATIENCE, USER, Server, serving

pytestmark = pytest.mark.harper

START = 1_795_392_000_000  # 2026-11-23T00:00Z
COUNT = 1000  # several pages
FROM, TO = "2026-11-22T23:59:59.999Z", "2026-11-23T00:00:01.000Z"
NO_DATE = "There was an error searching jobs by date: Error: Invalid 'from' date"

# Calls a method of the npm client; prints what came of it.
CALL = """
const {Client} = require("harperive");
const [config, method, options] = JSON.parse(process.argv[1]);
new Client(config)[method](options).then(
    (answer) => console.log(JSON.stringify(answer)),
    (error) => { console.log(JSON.stringify({error: String(error.error ?? error)})); },
);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of a thousand jobs that started within a second, and one that runs."""
    path = tmp_path_factory.mktemp("log") / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            Job(
                id=f"job-{number}",
                type="csv_data_load",
                status="COMPLETE",
                start_datetime=START + number,
                end_datetime=START + number + 500,
                message={"error": f"日本 {number}"},
            )
            for number in range(COUNT)
        )
        log.upsert_many([Job(id="running", status="IN_PROGRESS", start_datetime=START + 5_000)])
    with serving(path) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


# PyPI


@pytest.fixture
def harperdb() -> Any:
    return pytest.importorskip("harperdb", reason="pip install '.[harper]' brings it")


def test_the_client_of_pypi_gets_a_job(harperdb: Any, server: Server) -> None:
    client = harperdb.HarperDB(url=url(server), username=USER, password=PASSWORD)
    [job] = client.get_job("job-7")
    assert job["message"] == {"error": "日本 7"}
    [running] = client.get_job("running")
    assert "end_datetime" not in running
    assert client.get_job("nobody") == []


def test_the_client_of_pypi_searches(harperdb: Any, server: Server) -> None:
    client = harperdb.HarperDB(url=url(server), username=USER, password=PASSWORD)
    found = client.search_jobs_by_start_date(FROM, TO)
    assert [job["id"] for job in found] == [f"job-{number}" for number in range(COUNT)]
    assert client.search_jobs_by_start_date(TO, FROM) == []


def test_the_client_of_pypi_is_told_what_is_wrong(harperdb: Any, server: Server) -> None:
    client = harperdb.HarperDB(url=url(server), username=USER, password=PASSWORD)
    with pytest.raises(harperdb.HarperDBError, match=NO_DATE):
        client.search_jobs_by_start_date("yesterday", TO)
    stranger = harperdb.HarperDB(url=url(server), username=USER, password="wrong")
    with pytest.raises(harperdb.HarperDBError, match="Login failed"):
        stranger.get_job("job-7")


# npm


def harperive(
    npm_packages: Path,
    server: Server,
    method: str,
    options: dict[str, str],
    *,
    password: str = PASSWORD,
) -> Any:
    """Return what a method of the npm client answers."""
    config = {"harperHost": url(server), "username": USER, "password": password}
    done = subprocess.run(
        ["node", "-e", CALL, json.dumps([config, method, options])],
        cwd=npm_packages,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_client_of_npm_gets_a_job(npm_packages: Path, server: Server) -> None:
    answer = harperive(npm_packages, server, "getJobDetails", {"jobId": "job-7"})
    assert answer["statusCode"] == 200
    assert [job["message"] for job in answer["data"]] == [{"error": "日本 7"}]


def test_the_client_of_npm_searches(npm_packages: Path, server: Server) -> None:
    answer = harperive(npm_packages, server, "getJobsByDate", {"from": FROM, "until": TO})
    assert answer["statusCode"] == 200
    assert [job["id"] for job in answer["data"]] == [f"job-{number}" for number in range(COUNT)]


def test_the_client_of_npm_is_told_what_is_wrong(npm_packages: Path, server: Server) -> None:
    options = {"from": "yesterday", "until": TO}
    assert NO_DATE in json.dumps(harperive(npm_packages, server, "getJobsByDate", options))
    options = {"jobId": "job-7"}
    answer = harperive(npm_packages, server, "getJobDetails", options, password="wrong")
    assert "Login failed" in json.dumps(answer)
