"""``jobwatch serve`` as a process: how it starts, what it refuses, and how it ends."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import ssl
from base64 import b64encode
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from jobwatch.model.job import Job
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import LOGIN, PATIENCE, process, serving

TLS = Path(__file__).parents[1] / "data" / "tls"
CERTIFICATE = ("--certfile", TLS / "cert.pem", "--keyfile", TLS / "key.pem")
HEADERS = {
    "Authorization": f"Basic {b64encode(b'ada:s3cret').decode()}",
    "Content-Type": "application/json",
}
START = 1_795_392_000_000  # 2026-11-23T00:00Z


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id="a", status="COMPLETE", start_datetime=START)])
    return path


def refusal(*arguments: object, **environment: str) -> str:
    """Return what a start that fails says, its spaces made one."""
    with process(*arguments, **environment) as started:
        out, err = started.communicate(timeout=PATIENCE)
    assert (started.returncode, out) == (2, "")
    assert "Traceback" not in err
    return re.sub(r"\s+", " ", err).strip()


def get_job(connection: HTTPConnection) -> Any:
    connection.request(
        "POST", "/", body=json.dumps({"operation": "get_job", "id": "a"}), headers=HEADERS
    )
    answer = connection.getresponse()
    assert answer.status == 200
    return json.loads(answer.read())


# How it starts


def test_it_says_what_it_serves_and_where_and_answers_there(store: Path) -> None:
    with serving(store) as server:
        assert server.said == f"serving {store} at http://127.0.0.1:{server.port}; Ctrl-C ends it\n"
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        [record] = get_job(connection)
        connection.close()
    assert record["id"] == "a"


def test_with_a_certificate_it_speaks_tls(store: Path) -> None:
    with serving(store, "--host", "localhost", *CERTIFICATE) as server:
        assert f"at https://localhost:{server.port};" in server.said
        trust = ssl.create_default_context(cafile=TLS / "cert.pem")
        connection = HTTPSConnection("localhost", server.port, context=trust, timeout=PATIENCE)
        [record] = get_job(connection)
        connection.close()
    assert record["id"] == "a"


def test_a_log_in_the_default_place_is_made(tmp_path: Path) -> None:
    places = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    with process("serve", "--port", 0, **LOGIN, **places) as started:
        assert started.stderr is not None
        assert started.stderr.readline().startswith("serving ")
        started.kill()
    assert list(tmp_path.rglob("jobs.db"))


# What it refuses


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"JOBWATCH_USER": "ada"},
        {"JOBWATCH_PASSWORD": "s3cret"},
        {"JOBWATCH_USER": "", "JOBWATCH_PASSWORD": "s3cret"},
        {"JOBWATCH_USER": "ada", "JOBWATCH_PASSWORD": ""},
    ],
)
def test_without_a_login_it_does_not_start(store: Path, environment: dict[str, str]) -> None:
    said = refusal("--store", store, "serve", "--port", 0, **environment)
    assert said == (
        "Error: set JOBWATCH_USER and JOBWATCH_PASSWORD to the login that clients must give"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "jobs.example.org", ""])
def test_where_other_machines_reach_it_a_certificate_is_needed(store: Path, host: str) -> None:
    said = refusal("--store", store, "serve", "--port", 0, "--host", host, **LOGIN)
    assert f"other machines can reach {host or 'every address'}" in said
    assert "give --certfile and --keyfile" in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (CERTIFICATE[:2], "--certfile and --keyfile go together: give both"),
        (CERTIFICATE[2:], "--certfile and --keyfile go together: give both"),
        (("--certfile", __file__, "--keyfile", __file__), "are not a certificate and its key"),
        (("--certfile", "none.pem", "--keyfile", "none.pem"), "'none.pem' does not exist"),
        (("--port", "65536"), "65536 is not in the range"),
        (("--host", "192.0.2.1", *CERTIFICATE), "can't listen at https://192.0.2.1:"),
    ],
)
def test_what_it_can_not_use_is_said(
    store: Path, arguments: tuple[object, ...], reason: str
) -> None:
    said = refusal("--store", store, "serve", "--port", 0, *arguments, **LOGIN)
    assert reason in said


def test_a_port_in_use_is_said_in_one_line(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("--store", store, "serve", "--port", port, **LOGIN)
    assert said == (
        f"Error: can't listen at http://127.0.0.1:{port}: address already in use;"
        " give another --host or --port"
    )


def test_a_log_that_was_named_and_is_not_there_is_an_error(tmp_path: Path) -> None:
    said = refusal("--store", tmp_path / "none.db", "serve", "--port", 0, **LOGIN)
    assert said == f"jobwatch: there is no job log at {tmp_path / 'none.db'}"
    assert not (tmp_path / "none.db").exists()


# How it ends


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [(signal.SIGTERM, 0, ""), (signal.SIGINT, 130, "jobwatch: interrupted")],
)
def test_it_ends_cleanly_even_with_a_client_that_waits(
    store: Path, how: signal.Signals, status: int, says: str
) -> None:
    with serving(store) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        get_job(connection)
        assert server.end(how) == (status, says)
        connection.close()


async def test_an_answer_under_way_may_end(tmp_path: Path) -> None:
    # More than the buffers of a connection hold, so that the server has to wait for the reader.
    path = tmp_path / "large.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            Job(id=f"{number}", start_datetime=START + number, message="x" * 100_000)
            for number in range(1, 301)
        )
    body = json.dumps(
        {"operation": "search_jobs_by_start_date", "from_date": "2026-11-23", "to_date": "2027"}
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    request = f"POST / HTTP/1.0\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
    with serving(path) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.0 200")
        server.process.send_signal(signal.SIGTERM)
        answer = await reader.read()
        writer.close()
        assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])) == 300
