"""``jobwatch sync`` as a process, on a log that another jobwatch serves."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobwatch.model.job import UNSET, Job
from jobwatch.model.node import NodeState, Origin
from jobwatch.model.query import JobQuery
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import LOGIN, PATIENCE, Server, process, serving

DAY = 86_400_000


def a_job(number: int, **fields: object) -> Job:
    start = now_ms() - number * DAY
    return Job(
        id=f"job-{number}",
        type="csv_data_load",
        user="ada",
        status="COMPLETE",
        start_datetime=start,
        end_datetime=start + 5,
        message=f"{number} records",
        job_body={"number": number},
    ).replace(**fields)


def jobs_of(store: Path) -> dict[str, Job]:
    with PlainJobLog.read(store) as log:
        return {job.id: job for job in log.jobs(JobQuery())}


def sync(store: Path, *arguments: object, **environment: str) -> tuple[int, str]:
    """Run it to its end; return its exit status and what it said."""
    with process("--store", store, "sync", "--rate", 100, *arguments, **environment) as started:
        out, err = started.communicate(timeout=PATIENCE)
    assert out == ""
    assert "Traceback" not in err
    return started.returncode, err


@pytest.fixture
def served(tmp_path: Path) -> Path:
    path = tmp_path / "served.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(number) for number in range(40)])
    return path


@pytest.fixture
def server(served: Path) -> Iterator[Server]:
    with serving(served) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_once_brings_all_that_a_node_has_and_ends(
    served: Path, server: Server, store: Path
) -> None:
    status, said = sync(store, "--once", url(server), **LOGIN)
    name = f"127.0.0.1:{server.port}"
    assert said.splitlines()[-1] == f"{name}: up to date · 40 new jobs"
    assert status == 0
    assert jobs_of(store) == jobs_of(served)
    with PlainJobLog.read(store) as log:
        assert log.origin("job-7") == Origin(name)
        assert [node.state for node in log.nodes()] == [NodeState.STOPPED]


def test_since_bounds_how_far_back_it_goes(server: Server, store: Path) -> None:
    assert sync(store, "--once", "--since", "30d", url(server), **LOGIN)[0] == 0
    assert len(jobs_of(store)) in {30, 31}  # the clock goes on meanwhile


def test_a_second_run_brings_what_is_new_and_what_has_ended(
    served: Path, server: Server, store: Path
) -> None:
    running = a_job(3, id="long", status="IN_PROGRESS", end_datetime=UNSET, message=UNSET)
    with PlainJobLog.open(served) as log:
        log.upsert_many([running])
    sync(store, "--once", url(server), **LOGIN)
    assert jobs_of(store)["long"].status == "IN_PROGRESS"
    with PlainJobLog.open(served) as log:
        ended = running.replace(status="COMPLETE", end_datetime=now_ms(), message="done")
        log.upsert_many([ended, a_job(0, id="new")])
    status, said = sync(store, "--once", url(server), **LOGIN)
    assert said.splitlines()[-1].endswith(": up to date · 1 new job")
    assert status == 0
    assert jobs_of(store) == jobs_of(served)


def test_a_node_that_is_down_stops_no_other_and_is_a_failure(server: Server, store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        down = held.getsockname()[1]
    status, said = sync(store, "--once", url(server), f"http://127.0.0.1:{down}", **LOGIN)
    assert status == 1
    assert f"127.0.0.1:{down}: refused · retrying in" in said
    assert f"127.0.0.1:{down}: given up" in said
    assert len(jobs_of(store)) == 40


def test_a_wrong_password_is_said_and_not_tried_again(server: Server, store: Path) -> None:
    wrong = LOGIN | {"JOBWATCH_PASSWORD": "nope"}
    status, said = sync(store, "--once", url(server), **wrong)
    assert status == 1
    assert "not authorised" in said
    assert "Login failed, as user ada" in said
    assert "nope" not in said


def test_without_once_it_follows_until_it_is_ended(
    served: Path, server: Server, store: Path
) -> None:
    arguments = ("--store", store, "sync", "--rate", 50, url(server))
    with process(*arguments, **LOGIN) as started:
        assert started.stderr is not None
        for line in started.stderr:
            if line.endswith(": live · 40 new jobs\n"):
                break
        started.send_signal(signal.SIGTERM)
        _, err = started.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    assert started.returncode == 0
    with PlainJobLog.read(store) as log:
        assert [node.state for node in log.nodes()] == [NodeState.STOPPED]


def test_who_one_is_comes_from_netrc_where_the_environment_has_nothing(
    server: Server, store: Path, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.touch(mode=0o600)
    netrc.write_text("machine 127.0.0.1 login ada password s3cret\n")
    assert sync(store, "--once", url(server), HOME=str(tmp_path))[0] == 0
    assert len(jobs_of(store)) == 40


def test_a_netrc_that_can_not_be_used_is_said(tmp_path: Path, store: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.touch(mode=0o600)
    netrc.write_text("machine\n")
    status, said = sync(store, "--once", "http://127.0.0.1:1", HOME=str(tmp_path))
    assert (status, "~/.netrc can't be used" in said) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (("http://ada:s3cret@n1:9925",), LOGIN, "has a user or a password in it"),
        (("--password", "s3cret", "http://n1:9925"), LOGIN, "not taken from the command line"),
        (("n1:9925",), LOGIN, "give one such as http://node1:9925"),
        (("http://n1:9925",), {}, "no user for n1: set JOBWATCH_USER"),
        (("http://n1:9925",), {"JOBWATCH_USER": "ada"}, "JOBWATCH_PASSWORD isn't set"),
        (("http://n1:9925",), {"JOBWATCH_PASSWORD": "x"}, "JOBWATCH_USER isn't set"),
        (("--since", "soon", "http://n1:9925"), LOGIN, "'soon' is not a date"),
        (("--rate", "0", "http://n1:9925"), LOGIN, "--rate"),
        (("--cafile", "nowhere.pem", "https://n1:9925"), LOGIN, "nowhere.pem"),
        (("--cafile", __file__, "https://n1:9925"), LOGIN, "holds no certificate in PEM"),
        ((), LOGIN, "Missing argument 'URL...'"),
    ],
)
def test_what_can_not_be_done_is_said_at_once_and_no_password_is_repeated(
    tmp_path: Path,
    store: Path,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    reason: str,
) -> None:
    status, said = sync(store, *arguments, **{"HOME": str(tmp_path), **environment})
    assert status == 2
    assert reason in " ".join(said.split())
    assert "s3cret" not in said
