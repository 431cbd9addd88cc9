"""``jobwatch wait``: its lines, its exit status, and that it notices what others do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from jobwatch.cli import main
from jobwatch.model.job import Job
from jobwatch.store.alive import KEY, own_process
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import LOGIN, PATIENCE, Server, process, serving

START = 1_795_392_000_000  # 2026-11-23T00:00Z
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\n\u202e"
GONE = replace(own_process(), tick=5).to_json()


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


def job(id: str, status: str = "IN_PROGRESS", **fields: Any) -> Job:
    ended = {} if status == "IN_PROGRESS" else {"end_datetime": START + 5_300}
    record: dict[str, Any] = {"type": "load", "user": "ada", "start_datetime": START}
    return Job(id=id, status=status, **{**record, **ended, **fields})


def put(store: Path, *jobs: Job) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(jobs)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a log with a job of each kind."""
    path = tmp_path / "jobs.db"
    put(
        path,
        job("done", "COMPLETE", message="successfully loaded 12 of 12 records"),
        job("short", "COMPLETE", message="successfully loaded 9 of 12 records"),
        job("none", "COMPLETE", message="successfully loaded 0 of 12 records"),
        job("wrong", "ERROR", message={"error": "no such table"}),
        job("left", "CANCELLED"),
        job("gone", other={KEY: GONE}),
        job("runs"),
    )
    with PlainJobLog.open(path) as log:
        log.upsert_many([job("lost")], node="n1")
        log.mark_lost({"lost": START + 60_000})
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Path) -> Run:
    """Return what calls ``jobwatch wait`` in this process, for one look unless told otherwise."""
    monkeypatch.setenv("TZ", "UTC")

    def call(*arguments: object, timeout: str = "0") -> Result:
        named = ["--store", str(store), "wait", "--zone", "UTC", "--timeout", timeout]
        monkeypatch.setattr(sys, "argv", ["jobwatch", *named, *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Result(end.value.code if isinstance(end.value.code, int) else -1, out, err)

    return call


# Lines, and the status


@pytest.mark.parametrize(
    ("id", "code", "line"),
    [
        (
            "done",
            0,
            "2026-11-23 00:00:05  ✓ complete  done  load  5.3s"
            "  successfully loaded 12 of 12 records",
        ),
        (
            "short",
            3,
            "2026-11-23 00:00:05  ◐ partial   short  load  5.3s"
            "  successfully loaded 9 of 12 records",
        ),
        (
            "none",
            1,
            "2026-11-23 00:00:05  ✗ failed    none  load  5.3s"
            "  successfully loaded 0 of 12 records",
        ),
        ("wrong", 1, "2026-11-23 00:00:05  ✗ error     wrong  load  5.3s  no such table"),
        ("left", 1, "2026-11-23 00:00:05  · cancelled  left  load  5.3s  –"),
        (
            "gone",
            4,
            "–                    ? lost      gone  load  –  the process that ran it (pid"
            " {pid} on {host}) is gone",
        ),
        (
            "lost",
            4,
            "2026-11-23 00:01:00  ? lost      lost  load  –  its node was started anew at"
            " 2026-11-23 00:01:00.000 +00:00",
        ),
    ],
)
def test_what_ended_is_one_line_and_its_status(run: Run, id: str, code: int, line: str) -> None:
    # Which process it is stands in no name of a test: those must be the same in all of them.
    line = line.format(pid=os.getpid(), host=own_process().host)
    assert run(id) == (code, f"{line}\n", "")


@pytest.mark.parametrize(("days", "time"), [(0, "11-23 00:00:05"), (365, "2026-11-23    ")])
def test_in_a_narrow_terminal_the_year_of_another_one_takes_the_place_of_the_time(
    run: Run, monkeypatch: pytest.MonkeyPatch, days: int, time: str
) -> None:
    monkeypatch.setattr("jobwatch.cli.waiting.terminal_width", lambda: 80)
    monkeypatch.setattr("jobwatch.cli.waiting.now_ms", lambda: START + days * 86_400_000)
    assert run("short")[1].startswith(f"{time}  ◐ partial   short  load  5.3s")


@pytest.mark.parametrize(
    ("arguments", "code", "lines"),
    [
        (("done", "done"), 0, 1),
        (("done", "short"), 3, 2),
        (("done", "lost", "short"), 4, 3),
        (("lost", "left", "done"), 1, 3),
        (("done", "runs"), 5, 1),
        (("--any", "done", "runs"), 0, 1),
        (("--any", "done", "wrong", "runs"), 1, 2),
        (("--any", "runs"), 5, 0),
    ],
)
def test_the_worst_of_many_is_the_status(
    run: Run, arguments: tuple[str, ...], code: int, lines: int
) -> None:
    result = run(*arguments)
    assert (result.code, len(result.out.splitlines())) == (code, lines)


def test_what_has_not_ended_in_time_is_named(run: Run, store: Path) -> None:
    put(store, job(HOSTILE))
    result = run("done", "runs", HOSTILE)
    assert result.code == 5
    assert result.err == (
        "jobwatch: the time is over, and not ended: runs, \\x1b]52;c;ZXZpbA==\\x07 \\u202e\n"
    )


def test_every_unknown_id_is_named_and_nothing_is_waited_for(run: Run, store: Path) -> None:
    result = run("nope", "runs", "", timeout="1h")
    assert result == (
        6,
        "",
        f"jobwatch: there is no job nope in {store}\njobwatch: there is no job “” in {store}\n",
    )


def test_as_json_each_is_one_record_with_its_state(run: Run) -> None:
    result = run("--json", "done", "lost")
    done, lost = map(json.loads, result.out.splitlines())
    assert (result.code, result.err) == (4, "")
    assert (done["id"], done["status"], done["__state__"]) == ("done", "COMPLETE", "complete")
    assert (lost["id"], lost["status"], lost["__state__"]) == ("lost", "IN_PROGRESS", "lost")


@pytest.mark.parametrize("mode", [(), ("--json",)])
def test_no_character_that_a_terminal_obeys_reaches_it(
    run: Run, store: Path, mode: tuple[str, ...]
) -> None:
    put(store, job("bad", HOSTILE, type=HOSTILE, message=HOSTILE * 500))
    result = run(*mode, "bad")
    assert result.code == 1
    assert len(result.out.splitlines()) == 1
    assert not set(result.out) & set("\x1b\x07\u202e")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--timeout", "soon", "done"), "'soon' is not a length of time"),
        (("--cafile", __file__, "done"), "--cafile is for --node"),
        (("--node", "n1:9925", "done"), "give one such as http://node1:9925"),
        (("--node", "http://ada:s3cret@n1", "done"), "has a user or a password in it"),
        (("--node", "https://n1", "--cafile", __file__, "done"), "no certificate in PEM"),
    ],
)
def test_a_slip_on_the_command_line_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert reason in " ".join(result.err.split())
    assert "s3cret" not in result.err


def test_a_log_that_is_not_there_is_an_error(run: Run, store: Path) -> None:
    store.unlink()
    assert run("done") == (2, "", f"jobwatch: there is no job log at {store}\n")


# As a process


def waiting_on(store: Path, *ids: str) -> subprocess.Popen[str]:
    """Start a wait, which ends some time whatever goes wrong."""
    return process("--store", store, "wait", "--timeout", PATIENCE, *ids)


def first_line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline()


def test_it_notices_what_another_process_does_and_prints_it_at_once(store: Path) -> None:
    put(store, job("a"))
    with waiting_on(store, "a", "done", "runs") as waits:
        assert "  done  " in first_line(waits)  # so it waits for the others by now
        put(store, job("a", "COMPLETE"))
        assert "  a  " in first_line(waits)
        put(store, job("runs", "ERROR"))
        assert "  runs  " in first_line(waits)
        _, err = waits.communicate(timeout=PATIENCE)
    assert (waits.returncode, err) == (1, "")


def test_a_process_that_is_killed_leaves_a_lost_job(store: Path) -> None:
    script = (
        "import sys, time; from jobwatch.store.plain_log import PlainJobLog\n"
        f"with PlainJobLog.open({str(store)!r}) as log, log.job('load', id='killed') as job:\n"
        "    print(job.id, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert first_line(run) == "killed\n"
        with waiting_on(store, "done", "killed") as waits:
            assert "  done  " in first_line(waits)
            run.kill()
            run.wait(PATIENCE)
            assert "? lost      killed  " in first_line(waits)
            assert waits.wait(PATIENCE) == 4


def test_a_log_that_is_away_for_a_while_is_waited_for(store: Path) -> None:
    with waiting_on(store, "done", "runs") as waits:
        first_line(waits)
        away = store.with_name("away.db")
        store.rename(away)
        assert waits.stderr is not None
        assert waits.stderr.readline() == (
            f"jobwatch: there is no job log at {store}; it is tried again until it can be read\n"
        )
        away.rename(store)
        assert waits.stderr.readline() == (
            f"jobwatch: {store} is back; going on with what is there now\n"
        )
        put(store, job("runs", "COMPLETE"))
        assert "  runs  " in first_line(waits)
        assert waits.wait(PATIENCE) == 0


def test_an_interrupt_is_one_line(store: Path) -> None:
    with waiting_on(store, "done", "runs") as waits:
        first_line(waits)
        waits.send_signal(signal.SIGINT)
        _, err = waits.communicate(timeout=PATIENCE)
    assert (waits.returncode, err) == (130, "jobwatch: interrupted\n")


def test_a_closed_pipe_is_no_error_and_hides_none(store: Path) -> None:
    put(store, job("a"))
    with waiting_on(store, "done", "runs", "a") as waits:
        first_line(waits)
        assert waits.stdout is not None
        waits.stdout.close()
        put(store, job("a", "COMPLETE"), job("runs", "ERROR"))
        assert waits.stderr is not None
        assert waits.stderr.read() == ""
        assert waits.wait(PATIENCE) == 1


def test_it_starts_without_asyncio(store: Path) -> None:
    script = (
        "import sys; from jobwatch.cli import main\n"
        f"sys.argv = ['jobwatch', '--store', {str(store)!r}, 'wait', 'done']\n"
        "try: main()\n"
        "except SystemExit: print([name for name in ('asyncio', 'textual', 'aiosqlite')"
        " if name in sys.modules])"
    )
    out = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert out.splitlines()[1:] == ["[]"]


# On a node


@pytest.fixture
def server(store: Path) -> Iterator[Server]:
    with serving(store) as server:
        yield server


def wait_on(server: Server, *arguments: object, **login: str) -> Result:
    url = f"http://127.0.0.1:{server.port}"
    with process("wait", "--node", url, *arguments, **{**LOGIN, **login}) as waits:
        out, err = waits.communicate(timeout=PATIENCE)
    return Result(waits.returncode, out, err)


def test_a_node_is_asked_and_no_log(store: Path, server: Server) -> None:
    result = wait_on(server, "done", "short", "--zone", "UTC")
    assert (result.code, result.err) == (3, "")
    assert result.out.splitlines()[0] == (
        "2026-11-23 00:00:05  ✓ complete  done  load  5.3s  successfully loaded 12 of 12 records"
    )


def test_what_the_node_does_not_know_is_named(server: Server) -> None:
    result = wait_on(server, "done", "nope")
    assert result.code == 6
    assert result.err == f"jobwatch: there is no job nope on http://127.0.0.1:{server.port}\n"


def test_who_is_not_let_in_is_told_so(server: Server) -> None:
    result = wait_on(server, "done", JOBWATCH_PASSWORD="nope")
    assert result.code == 2
    assert result.err == f"Error: 127.0.0.1:{server.port}: Login failed, as user ada\n"


def test_a_node_that_is_killed_and_started_again_on_its_port_is_waited_for(store: Path) -> None:
    with serving(store) as server:
        url, port = f"http://127.0.0.1:{server.port}", server.port
        waits = process("wait", "--timeout", PATIENCE, "--node", url, "done", "runs", **LOGIN)
        assert "  done  " in first_line(waits)
    assert waits.stderr is not None
    with waits:
        for line in waits.stderr:
            if "refused" in line:
                break
        put(store, job("runs", "COMPLETE"))
        with process("--store", store, "serve", "--port", port, **LOGIN) as again:
            try:
                out, err = waits.communicate(timeout=PATIENCE)
            finally:
                again.kill()
    assert waits.returncode == 0
    assert "  runs  " in out
    assert err == f"127.0.0.1:{port}: answers again\n"
