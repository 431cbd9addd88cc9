"""Logs of an older version: they are told by their files, and brought up to date once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from jobwatch.store import connect
from jobwatch.store.connect import LogError, check_log, open_plain, takes_long_to_open
from jobwatch.store.plain_log import PlainJobLog

OLDER = sorted((Path(__file__).parents[1] / "data").glob("log-*.sql"))

HOLDS_OPEN = """
import sys
from pathlib import Path
from jobwatch.store.plain_log import PlainJobLog
with PlainJobLog.open(Path(sys.argv[1])):
    print("open", flush=True)
    input()
"""


@pytest.fixture(params=OLDER, ids=lambda path: str(path.stem))
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    # As each version made it.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.executescript(request.param.read_text("utf-8"))
    connection.close()
    return path


def older_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    return int(version)


def test_there_is_one_of_each_older_version() -> None:
    assert len(OLDER) == connect.SCHEMA_VERSION - 1


def test_a_log_that_is_written_anew_takes_long_to_open_once(older: Path) -> None:
    before = older.read_bytes()
    assert takes_long_to_open(older) is (older_version(older) < connect.WRITTEN_ANEW)
    assert older.read_bytes() == before
    assert [*older.parent.iterdir()] == [older]
    check_log(older)
    assert not takes_long_to_open(older)


def test_a_log_that_was_brought_up_to_date_keeps_no_page_that_it_does_not_need(
    older: Path,
) -> None:
    connection = sqlite3.connect(older)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(jobs)")]
    other = {"seq": "seq + 100 * n", "arrival": "arrival + 100 * n", "id": "id || n"}
    connection.execute(
        f"WITH RECURSIVE ns (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ns WHERE n < 200)"
        f" INSERT INTO jobs ({', '.join(columns)})"
        f" SELECT {', '.join(other.get(name, name) for name in columns)} FROM jobs, ns"
    )
    connection.commit()
    [(jobs,)] = connection.execute("SELECT count(*) FROM jobs").fetchall()
    connection.close()
    assert jobs > 500
    check_log(older)
    connection = sqlite3.connect(older)
    assert connection.execute("SELECT count(*) FROM jobs").fetchall() == [(jobs,)]
    assert connection.execute("PRAGMA auto_vacuum").fetchall() == [(2,)]
    assert connection.execute("PRAGMA freelist_count").fetchall() == [(0,)]
    connection.close()


def test_a_log_that_is_of_this_version_is_not_older(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path):
        pass
    assert not takes_long_to_open(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {connect.SCHEMA_VERSION + 1}")
    connection.close()
    assert not takes_long_to_open(path)


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3", b"x" * 100, b"\0" * 72])
def test_what_is_no_log_is_not_an_older_one(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "jobs.db"
    if content is not None:
        path.write_bytes(content)
    assert not takes_long_to_open(path)
    assert path.exists() == (content is not None)


def test_neither_a_folder_nor_the_database_of_another_program_is_an_older_log(
    tmp_path: Path,
) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE jobs (a)")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert not takes_long_to_open(path)
    assert not takes_long_to_open(tmp_path)


@pytest.mark.parametrize("kept", ["file", "folder"])
def test_an_older_log_that_may_not_be_written_is_said_and_left_as_it_is(
    older: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    before = older.read_bytes()
    locked = older if kept == "file" else older.parent

    def access(path: Path, mode: int) -> bool:
        return not (mode == os.W_OK and path == locked)

    # Not by a mode: whoever runs the tests may write whatever that says.
    monkeypatch.setattr(os, "access", access)
    with pytest.raises(LogError, match="made by an older jobwatch, and may not be written"):
        check_log(older)
    assert older.read_bytes() == before


def test_a_log_of_this_version_need_not_be_written_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.db"
    open_plain(path).close()
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    check_log(path)
    assert not takes_long_to_open(path)


def test_a_log_is_not_older_once_it_is_up_to_date_while_another_has_it_open(older: Path) -> None:
    # Another process: to look at the file drops the locks that this one has on it.
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_OPEN, older],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        assert not takes_long_to_open(older)
        other.communicate(b"\n", timeout=60)
