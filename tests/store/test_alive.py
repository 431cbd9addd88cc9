"""Whether the process that ran a job is still there, with processes that come and go."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jobwatch.model.formats import decode, encode
from jobwatch.model.job import Job
from jobwatch.store import alive
from jobwatch.store.alive import KEY, Process, is_gone, own_process, process_of, process_text

SAYS_WHO_IT_IS = """
import sys
from jobwatch.model.formats import encode
from jobwatch.store.alive import KEY, own_process
print(encode({KEY: own_process().to_json()}).decode(), flush=True)
sys.stdin.read()
"""

claims_are_made = pytest.mark.skipif(sys.platform == "win32", reason="nothing is claimed there")
starts_are_told = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the system doesn't tell when a process started"
)


@pytest.fixture
def not_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system tell nothing of itself nor of a process, as macOS doesn't."""
    monkeypatch.setattr(alive, "_stat", lambda _pid: [])
    for name in ("_machine", "_boot", "_space"):
        monkeypatch.setattr(alive, name, lambda: None)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that says who it is, and goes on until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", SAYS_WHO_IT_IS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        yield process


def who(child: subprocess.Popen[bytes]) -> Process:
    assert child.stdout is not None
    process = process_of(decode(child.stdout.readline()))
    assert process is not None
    return process


def end(child: subprocess.Popen[bytes]) -> None:
    """Let it end, but don't take note of that."""
    assert child.stdin is not None
    child.stdin.close()


def test_this_process_is_there() -> None:
    process = own_process()
    assert process.pid == os.getpid()
    assert not is_gone(process)


def test_a_process_that_goes_on_is_there_and_is_told_by_its_record(
    child: subprocess.Popen[bytes],
) -> None:
    process = who(child)
    assert process.pid == child.pid
    assert process.host == own_process().host
    assert not is_gone(process)


@claims_are_made
def test_a_process_that_ended_is_gone(child: subprocess.Popen[bytes]) -> None:
    process = who(child)
    end(child)
    child.wait()
    assert is_gone(process)


@starts_are_told
@pytest.mark.parametrize("untold", ["boot", "space", "tick"])
def test_nothing_is_claimed_where_the_record_does_not_tell_all_that_linux_does(
    child: subprocess.Popen[bytes], untold: str
) -> None:
    process = who(child)
    end(child)
    child.wait()
    assert getattr(process, untold) is not None
    assert not is_gone(replace(process, **{untold: None}))
    assert not is_gone(Process(process.host, process.pid))


@starts_are_told
@pytest.mark.parametrize(("of_record", "here"), [("a", "b"), (None, "b"), ("a", None)])
def test_nothing_is_claimed_of_a_machine_of_the_same_name(
    child: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
    of_record: str | None,
    here: str | None,
) -> None:
    process = replace(who(child), machine=of_record)
    end(child)
    child.wait()
    monkeypatch.setattr(alive, "_machine", lambda: here)
    assert not is_gone(process)
    assert not is_gone(replace(process, boot="another"))


@starts_are_told
def test_of_a_machine_without_a_name_of_its_own_only_this_run_of_it_is_known(
    child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = replace(who(child), machine=None)
    monkeypatch.setattr(alive, "_machine", lambda: None)
    assert not is_gone(process)
    end(child)
    child.wait()
    assert is_gone(process)
    # It may be another one, and go on.
    assert not is_gone(replace(process, boot="another"))


@starts_are_told
def test_what_ran_before_the_machine_was_started_anew_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = replace(own_process(), machine="this one")
    monkeypatch.setattr(alive, "_machine", lambda: "this one")
    assert not is_gone(own)
    assert is_gone(replace(own, boot="another"))
    # The numbers of then are of no meaning now.
    assert is_gone(replace(own, boot="another", space="pid:[1]"))


@starts_are_told
def test_nothing_is_claimed_of_a_process_of_another_container(
    child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = who(child)
    end(child)
    child.wait()
    assert not is_gone(replace(process, space="pid:[1]"))
    monkeypatch.setattr(alive, "_space", lambda: "pid:[1]")
    assert not is_gone(process)


@starts_are_told
def test_a_process_that_ended_and_was_not_waited_for_is_gone(
    child: subprocess.Popen[bytes],
) -> None:
    process = who(child)
    end(child)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(process)


@starts_are_told
@pytest.mark.parametrize("apart", [-1, 1, 6_000])
def test_a_process_of_the_same_number_that_started_at_another_time_is_another(apart: int) -> None:
    own = own_process()
    assert own.tick is not None
    assert is_gone(replace(own, tick=own.tick + apart))


@starts_are_told
@pytest.mark.parametrize("apart", [None, -60_000, 60_000])
def test_a_start_by_the_clock_alone_tells_no_process_from_another(apart: int | None) -> None:
    own = own_process()
    assert own.started is not None
    assert not is_gone(replace(own, started=None if apart is None else own.started + apart))


@starts_are_told
def test_a_process_starts_after_the_one_that_started_it(child: subprocess.Popen[bytes]) -> None:
    mine, its = own_process().started, who(child).started
    assert mine is not None
    assert its is not None
    assert its >= mine > 1_600_000_000_000


@pytest.mark.parametrize("boot", [None, "this run"])
def test_a_process_whose_record_tells_but_its_number_is_there_as_long_as_one_has_it(
    monkeypatch: pytest.MonkeyPatch, boot: str | None
) -> None:
    monkeypatch.setattr(alive, "_boot", lambda: boot)
    assert not is_gone(Process(own_process().host, os.getpid()))


@claims_are_made
@pytest.mark.usefixtures("not_linux")
@pytest.mark.parametrize("started", [None, 1])
def test_where_the_system_tells_no_start_the_number_alone_counts(
    child: subprocess.Popen[bytes], started: int | None
) -> None:
    assert own_process() == Process(own_process().host, os.getpid())
    process = Process(own_process().host, who(child).pid, started)
    assert not is_gone(process)
    end(child)
    child.wait()
    assert is_gone(process)


@claims_are_made
def test_a_process_that_is_somebody_elses_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_gone(own_process())


def test_nothing_is_claimed_of_another_machine(child: subprocess.Popen[bytes]) -> None:
    process = who(child)
    end(child)
    child.wait()
    assert not is_gone(Process("elsewhere", process.pid, process.started))
    assert not is_gone(process, host="elsewhere")


@starts_are_told
@pytest.mark.parametrize("name", [b"(sd-pam)", b"a) Z 1 (b", b") X"])
def test_a_commands_name_may_have_parentheses_and_blanks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: bytes
) -> None:
    own = own_process()
    stat = tmp_path / "stat"
    before, _, behind = Path("/proc/self/stat").read_bytes().rpartition(b")")
    stat.write_bytes(before.partition(b"(")[0] + b"(" + name + b")" + behind)
    real = open

    def opened(path: str, mode: str) -> Any:
        return real(stat if path == f"/proc/{own.pid}/stat" else path, mode)

    monkeypatch.setattr(alive, "open", opened, raising=False)
    assert own_process() == own
    assert not is_gone(own)


def test_what_is_written_into_a_record_is_read_again() -> None:
    whole = Process("é", 7, 1, "machine", "boot", "pid:[1]", 5)
    for process in (own_process(), Process("elsewhere", 7), Process("é", 7, 1), whole):
        assert process_of(decode(encode({"other": 1, KEY: process.to_json()}))) == process


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "process",
        [],
        {},
        {"host": "here"},
        {"pid": 7},
        {"host": "", "pid": 7},
        {"host": 7, "pid": 7},
        {"host": "here", "pid": "7"},
        {"host": "here", "pid": 7.5},
        {"host": "here", "pid": True},
        {"host": "here", "pid": 0},
        {"host": "here", "pid": -1},
        {"host": "here", "pid": 1 << 31},
        {"host": "here", "pid": 7, "started": "noon"},
        {"host": "here", "pid": 7, "machine": 1},
        {"host": "here", "pid": 7, "boot": 1},
        {"host": "here", "pid": 7, "space": 1},
        {"host": "here", "pid": 7, "tick": "1"},
    ],
)
def test_what_can_be_no_process_is_none(value: Any) -> None:
    assert process_of({KEY: value}) is None


def test_a_record_without_a_process_names_none_and_one_of_a_newer_kind_is_understood() -> None:
    assert process_of({}) is None
    newer = {"host": "here", "pid": 7, "started": 1, "another": "x"}
    assert process_of({KEY: newer}) == Process("here", 7, 1)


@starts_are_told
def test_a_process_is_the_same_though_the_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    own = own_process()
    monkeypatch.setattr(alive, "_booted", lambda: 86_400_000)
    assert own_process().started != own.started
    assert replace(own_process(), started=own.started) == own
    assert not is_gone(own)


@starts_are_told
def test_a_machine_is_named_without_giving_away_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = b"0123456789abcdef0123456789abcdef"
    monkeypatch.setattr(alive, "_read", lambda _path: kept)
    name = alive._machine()
    assert name is not None
    assert name == alive._machine()
    assert name not in kept.decode()
    monkeypatch.setattr(alive, "_read", lambda _path: kept[::-1])
    assert alive._machine() != name
    monkeypatch.setattr(alive, "_read", lambda _path: b"")
    assert alive._machine() is None


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({}, ""),
        ({KEY: {"host": "h", "pid": 0}}, ""),
        ({KEY: {"host": "h", "pid": 7}}, "pid 7 on h"),
        ({KEY: {"host": "h", "pid": 7, "machine": "m", "boot": "b"}}, "pid 7 on h"),
    ],
)
def test_a_process_is_told_to_a_person_by_its_number_and_machine(
    other: dict[str, Any], text: str
) -> None:
    assert process_text(Job(id="a", other=other)) == text
