"""What a fork waits for, so that its child inherits no open log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobwatch import PlainJobLog

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")

BEGIN = """
import os, signal
from pathlib import Path
from threading import Event, Thread
from jobwatch import Job, LogError
from jobwatch.store import forked, plain_steps, transactions

def write(path, id, within=lambda: None):
    def steps():
        within()
        return (yield from transactions.upsert([Job(id=id)], None))
    plain_steps.write_once(Path(path), steps())

def fork(path):
    child = os.fork()
    if child:
        print(os.waitpid(child, 0)[1])
        return
    try:
        write(path, "child")
    except LogError:
        os._exit(1)
    os._exit(0)

"""


def run(script: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", BEGIN + script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=120,
    )
    return done.stdout, done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


def ids(store: Path) -> set[str]:
    with PlainJobLog.read(store) as log:
        return set(log.find_jobs(["child", "thread", "other"]))


def test_a_fork_waits_for_what_another_thread_writes(store: Path) -> None:
    said = run(f"""
is_open, forks = Event(), Event()
os.register_at_fork(before=forks.set)  # called first, as the last that was registered

def within():
    is_open.set()
    forks.wait(30)

thread = Thread(target=write, args=({str(store)!r}, "thread", within))
thread.start()
is_open.wait(30)
fork({str(store)!r})
thread.join()
write({str(store)!r}, "other")
""")
    assert said == ("0\n", "")
    assert ids(store) == {"child", "thread", "other"}


def test_threads_that_write_do_not_wait_for_one_another(store: Path, tmp_path: Path) -> None:
    said = run(f"""
is_open, is_done = Event(), Event()

def within():
    is_open.set()
    print(is_done.wait(30))

thread = Thread(target=write, args=({str(store)!r}, "thread", within))
thread.start()
is_open.wait(30)
write({str(tmp_path / "other.db")!r}, "other")
is_done.set()
thread.join()
""")
    assert said == ("True\n", "")


def test_who_forks_within_a_write_of_its_own_does_not_wait_for_itself(store: Path) -> None:
    said = run(f"""
forked.LONGEST_WAIT = 1_000
write({str(store)!r}, "thread", lambda: fork({str(store)!r}))
write({str(store)!r}, "other")
""")
    assert said == ("256\n", "")  # the child was refused
    assert ids(store) == {"thread", "other"}


def test_a_write_that_never_ends_keeps_no_fork_for_ever(store: Path) -> None:
    said = run(f"""
forked.LONGEST_WAIT = 0.01
is_open, is_forked = Event(), Event()

def within():
    is_open.set()
    is_forked.wait(30)

thread = Thread(target=write, args=({str(store)!r}, "thread", within))
thread.start()
is_open.wait(30)
fork({str(store)!r})
is_forked.set()
thread.join()
""")
    assert said == ("256\n", "")
    assert ids(store) == {"thread"}
