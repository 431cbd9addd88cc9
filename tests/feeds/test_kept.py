"""The kept output of a command, on disks that are full."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from jobwatch.feeds.command import kept as module
from jobwatch.feeds.command.heard import Heard
from jobwatch.feeds.command.kept import ROOM, Kept
from jobwatch.feeds.command.told import End, Told
from jobwatch.model.job import JobStatus, Json
from jobwatch.store.connect import LogError
from jobwatch.store.logged_job import PlainLoggedJob

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


@pytest.fixture
def kept(path: Path) -> Iterator[Kept]:
    with open(path, "wb", buffering=0) as file:
        yield Kept(path, file)


def fill_disk(monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
    def refuse(target: int, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module, "write_all", refuse)


def test_what_is_added_is_in_the_file(kept: Kept, path: Path) -> None:
    kept.add(b"one")
    kept.add(b"two")

    assert path.read_bytes() == b"onetwo"
    assert kept.problem == ""


def test_on_a_full_disk_the_end_is_given_up_and_that_is_told(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(b"x" * (ROOM + 10))
    fill_disk(monkeypatch)
    kept.add(b"more")

    assert path.read_bytes() == b"x" * 10
    assert kept.problem == (
        "the output isn't kept whole: No space left on device; its last 1,048,576 bytes were given"
        " up, so that the log has room"
    )


def test_less_than_that_is_given_up_all_of_it(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(b"some")
    fill_disk(monkeypatch)
    kept.add(b"more")

    assert path.read_bytes() == b""
    assert "its last 4 bytes were given up" in kept.problem


def test_another_error_gives_nothing_up(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(b"some")
    fill_disk(monkeypatch, errno.EFBIG)
    kept.add(b"more")

    assert path.read_bytes() == b"some"
    assert kept.problem == "the output isn't kept whole: File too large"


def test_behind_what_could_not_be_kept_nothing_is(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fill_disk(patch, errno.EFBIG)
        kept.add(b"lost")
    kept.add(b"more")

    assert path.read_bytes() == b""


def test_room_is_made_where_there_is_none_alone(kept: Kept, path: Path) -> None:
    kept.add(b"some")

    assert not kept.make_room()
    assert path.read_bytes() == b"some"


def test_room_is_made_for_the_log_where_others_have_filled_the_disk(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(b"some")
    full = os.statvfs_result((*os.fstatvfs(kept.number)[:4], 0, *os.fstatvfs(kept.number)[5:]))
    monkeypatch.setattr(os, "fstatvfs", lambda number: full)

    assert kept.make_room()
    assert path.read_bytes() == b""
    assert kept.problem == (
        "the output isn't kept whole: No space left on device; its last 4 bytes were given up, so"
        " that the log has room"
    )


class FullUntil:
    """A job of a log whose disk is full until something holds."""

    def __init__(self, holds: Callable[[], bool]) -> None:
        self._holds = holds
        self.ends: list[Json] = []

    def begin(self) -> None:
        pass

    def say(self, message: Json) -> None:
        pass

    def end(self, status: JobStatus, message: Json, **other: Json) -> None:
        if not self._holds():
            raise LogError("the disk is full")
        self.ends.append(message)


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_is_kept_gives_way_so_that_the_end_of_the_job_can_be_written(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    given_up: list[Kept] = []

    def make_room(kept: Kept) -> bool:
        given_up.append(kept)
        return True

    monkeypatch.setattr(Kept, "make_room", make_room)
    job = FullUntil(lambda: bool(given_up))
    told = Told(cast("PlainLoggedJob", job), Heard(), kept if is_kept else None, print)

    problem = told.end(End(3, JobStatus.ERROR, "exit status 3"))

    assert (problem, job.ends) == (("", ["exit status 3"]) if is_kept else ("the disk is full", []))


TMPFS = """
mount -t tmpfs -o size=600k tmpfs "$1" && cd "$1" || exit 77
ours="$2 -m jobwatch --store jobs.db"
$ours run --keep-output -- sh -c 'seq 1 200000; echo bye; exit 3' > /dev/null; echo "run $?"
$ours list failed --json
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a small disk of its own")
def test_a_disk_that_an_output_fills_has_room_for_the_end_of_the_job(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", TMPFS, "sh", str(tmp_path), sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no disk of its own may be mounted here")

    assert done.stdout.startswith("run 3\n")
    assert '"message":"exit status 3: bye' in done.stdout.replace('": "', '":"')
    [line] = done.stderr.splitlines()
    assert line.startswith("jobwatch: the output isn't kept whole: No space left on device; its")


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a small disk of its own")
def test_a_full_disk_is_not_told_as_a_bad_one(tmp_path: Path) -> None:
    fill = """
mount -t tmpfs -o size=600k tmpfs "$1" && cd "$1" || exit 77
ours="$2 -m jobwatch --store jobs.db"
$ours run -- true
cat /dev/zero > filled 2>/dev/null
$ours list
"""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", fill, "sh", str(tmp_path), sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no disk of its own may be mounted here")

    assert done.returncode == 2
    assert done.stderr.endswith("the disk is full; free some space and try again\n")
