"""The file of what the monitor remembers: whole, private, and shared by several monitors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jobwatch.config import read_settings
from jobwatch.model.remembered import Remembered, SavedView, add_to_history, add_view
from jobwatch.store.state import StateError, StateFile

ADDS_TWENTY = """
import sys
from pathlib import Path
from jobwatch.model.remembered import SavedView, add_view
from jobwatch.store import state as states
states.PATIENCE = 60.0
state = states.StateFile.of(Path(sys.argv[1]), Path(sys.argv[2]))
sys.stdin.readline()
for number in range(20):
    view = SavedView(name=f"{sys.argv[3]}{number}")
    state.change(lambda remembered: add_view(remembered, view))
"""


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile.of(tmp_path / "jobs.db", tmp_path / "states")


def save(state: StateFile, name: str) -> None:
    state.change(lambda remembered: add_view(remembered, SavedView(name=name)))


def names(state: StateFile) -> list[str]:
    return [view.name for view in state.load().views]


def test_what_was_changed_is_remembered_and_nothing_lies_around(state: StateFile) -> None:
    assert state.load() == Remembered()
    assert not state.path.parent.exists()
    changed = state.change(lambda remembered: add_to_history(remembered, "ada"))
    assert changed == state.load() == Remembered(history=("ada",))
    left = {path.suffix for path in state.path.parent.iterdir()}
    assert left == {".json", ".lock"}


def test_each_log_has_a_file_of_its_own_that_says_which_log_it_is(tmp_path: Path) -> None:
    logs = [tmp_path / "one" / "jobs.db", tmp_path / "two" / "jobs.db"]
    states = [StateFile.of(log, tmp_path) for log in logs]
    save(states[0], "first")
    assert names(states[1]) == []
    assert states[0].path.name.startswith("jobs-")
    assert json.loads(states[0].path.read_bytes())["log"] == str(logs[0])


def test_a_log_by_another_path_is_the_same_log(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "jobs.db")
    assert StateFile.of(tmp_path / "link.db", tmp_path) == StateFile.of(
        tmp_path / "x" / ".." / "jobs.db", tmp_path
    )


def test_a_log_of_any_name_has_a_file(tmp_path: Path) -> None:
    for name in ("é" * 120, ".hidden", os.fsdecode(b"not-utf-8-\xff")):
        state = StateFile.of(tmp_path / name, tmp_path / "states")
        save(state, "mine")
        assert names(state) == ["mine"]


def test_the_file_is_its_owners_alone(state: StateFile) -> None:
    save(state, "mine")
    assert state.path.stat().st_mode & 0o777 == 0o600
    assert state.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 10_000, b"NaN"])
def test_a_broken_file_is_nothing_remembered_and_is_set_aside(
    state: StateFile, content: bytes
) -> None:
    state.path.parent.mkdir()
    state.path.write_bytes(content)
    assert state.load() == Remembered()
    save(state, "mine")
    assert names(state) == ["mine"]
    assert state.path.with_suffix(".broken").read_bytes() == content


def test_what_a_newer_version_wrote_stays_in_the_file(state: StateFile) -> None:
    state.path.parent.mkdir()
    state.path.write_text('{"log": "x", "seen": [1], "views": [{"name": "a", "tint": 3}]}')
    save(state, "b")
    assert json.loads(state.path.read_bytes()) == {
        "log": str(state.log),
        "seen": [1],
        "views": [{"name": "a", "tint": 3}, {"name": "b"}],
    }


def test_threads_lose_nothing_of_each_other(
    state: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.state.PATIENCE", 60.0)

    def add(letter: str) -> None:
        for number in range(10):
            save(state, f"{letter}{number}")

    threads = [threading.Thread(target=add, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names(state)) == [f"{letter}{n}" for letter in "abcd" for n in range(10)]


def test_processes_lose_nothing_of_each_other(tmp_path: Path, state: StateFile) -> None:
    arguments = [str(state.log), str(state.path.parent)]
    processes = [
        subprocess.Popen([sys.executable, "-c", ADDS_TWENTY, *arguments, letter], stdin=-1)
        for letter in "ab"
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
    assert [process.wait() for process in processes] == [0, 0]
    assert len(names(state)) == 40


def test_a_monitor_that_holds_the_file_too_long_is_said_to(
    state: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwatch.store.state.PATIENCE", 0.0)

    def change_meanwhile(remembered: Remembered) -> Remembered:
        with pytest.raises(StateError, match="another monitor holds it"):
            save(state, "other")
        return add_view(remembered, SavedView(name="mine"))

    state.change(change_meanwhile)
    assert names(state) == ["mine"]


def test_a_folder_that_is_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("")
    state = StateFile.of(tmp_path / "jobs.db", tmp_path / "states")
    with pytest.raises(StateError, match=r"can't be kept in .*states") as said:
        save(state, "mine")
    assert "\n" not in str(said.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_said_and_keeps_its_file(state: StateFile) -> None:
    save(state, "mine")
    state.path.parent.chmod(0o500)
    try:
        with pytest.raises(StateError, match="permission denied"):
            save(state, "another")
        assert names(state) == ["mine"]
    finally:
        state.path.parent.chmod(0o700)


def test_a_file_that_cannot_be_read_is_said_and_not_overwritten(state: StateFile) -> None:
    state.path.mkdir(parents=True)
    with pytest.raises(StateError, match=r"can't be read in .* is a directory"):
        state.load()
    with pytest.raises(StateError, match="can't be kept in"):
        save(state, "mine")
    assert state.path.is_dir()


def test_a_write_that_fails_leaves_the_file_as_it_was(
    state: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(state, "mine")
    before = state.path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jobwatch.store.state.os.fsync", full)
    with pytest.raises(StateError, match="no space left on device"):
        save(state, "another")
    assert state.path.read_bytes() == before
    assert sorted(path.suffix for path in state.path.parent.iterdir()) == [".json", ".lock"]


def test_the_environment_names_the_folder_else_it_is_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert read_settings(None, {}).state is None
    assert read_settings(None, {"JOBWATCH_STATE": ""}).state is None
    assert read_settings(tmp_path, {"JOBWATCH_STATE": "~/x"}).state == Path.home() / "x"
    assert StateFile.of(tmp_path / "jobs.db").path.parent == tmp_path / "jobwatch"
