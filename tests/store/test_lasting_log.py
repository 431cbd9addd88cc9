"""A log that is looked at for hours: what is said while it is away, and what it goes on with."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.store.connect import LogError
from jobwatch.store.lasting_log import LastingLog
from jobwatch.store.plain_log import PlainJobLog


def put(path: Path, *ids: str) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many([Job(id=id, status="COMPLETE", start_datetime=5) for id in ids])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    put(path, "a")
    return path


class Looks:
    """Looks at one log, and what was said of it."""

    def __init__(self, path: Path) -> None:
        self.said: list[str] = []
        self.lasting = LastingLog(path, say=self.said.append)

    def ids(self) -> set[str] | None:
        return self.lasting.look(_ids)


def _ids(log: PlainJobLog) -> set[str]:
    log.moved()  # which tells of another file
    return {row.id for row in log.rows(JobQuery())}


def test_nothing_is_said_while_it_is_there(path: Path) -> None:
    looks = Looks(path)
    with closing(looks.lasting):
        assert looks.ids() == {"a"}
        put(path, "b")
        assert looks.ids() == {"a", "b"}
        assert (looks.said, looks.lasting.replaced) == ([], 0)


def test_the_first_error_is_an_error(path: Path) -> None:
    with closing(Looks(path).lasting) as lasting, pytest.raises(LogError):
        lasting.look(lambda log: log._rows("SELECT * FROM nowhere"))
    with pytest.raises(LogError, match="there is no job log at"):
        Looks(path.with_name("none.db"))
    assert not path.with_name("none.db").exists()


def test_it_is_said_once_that_it_is_away_and_once_that_it_is_back(path: Path) -> None:
    looks = Looks(path)
    with closing(looks.lasting):
        for _ in range(2):
            assert looks.ids() == {"a"}
            path.rename(path.with_name("away.db"))
            assert [looks.ids() for _ in range(4)] == [None] * 4
            path.with_name("away.db").rename(path)
            assert [looks.ids() for _ in range(3)] == [{"a"}] * 3
    assert looks.lasting.replaced == 0
    assert (
        looks.said
        == [
            f"there is no job log at {path}; it is tried again until it can be read",
            f"{path} is back; going on with what is there now",
        ]
        * 2
    )


def test_what_is_away_between_two_looks_alone_is_no_news(path: Path) -> None:
    looks = Looks(path)
    with closing(looks.lasting):
        looks.ids()
        path.rename(path.with_name("away.db"))
        assert looks.ids() is None
        path.with_name("away.db").rename(path)
        assert looks.ids() == {"a"}
    assert looks.said == []


def test_another_file_in_its_place_is_another_log(path: Path, tmp_path: Path) -> None:
    looks = Looks(path)
    put(tmp_path / "other.db", "x")
    with closing(looks.lasting):
        looks.ids()
        os.replace(tmp_path / "other.db", path)
        assert looks.ids() is None
        assert looks.ids() == {"x"}
    assert looks.lasting.replaced == 1
    assert looks.said == [f"{path} was replaced by another file; going on with what is there now"]


def test_one_that_was_replaced_and_then_away_is_the_same_when_it_is_back(
    path: Path, tmp_path: Path
) -> None:
    looks = Looks(path)
    put(tmp_path / "other.db", "x")
    with closing(looks.lasting):
        looks.ids()
        os.replace(tmp_path / "other.db", path)
        looks.ids()
        assert looks.ids() == {"x"}
        path.rename(path.with_name("away.db"))
        assert [looks.ids() for _ in range(2)] == [None] * 2
        path.with_name("away.db").rename(path)
        assert looks.ids() == {"x"}
    assert looks.lasting.replaced == 1
    assert looks.said[-1] == f"{path} is back; going on with what is there now"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "{} is too short to be a job log yet"),
        (b"SQLite format 3", "{} is too short to be a job log yet"),
        (
            b"no log at all " * 99,
            "{} is damaged or not a job log (file is not a database); restore it from a copy",
        ),
    ],
)
def test_a_restore_that_has_just_begun_is_left_alone(
    path: Path, tmp_path: Path, content: bytes, problem: str
) -> None:
    shutil.copy(path, tmp_path / "copy.db")
    looks = Looks(path)
    with closing(looks.lasting):
        looks.ids()
        path.unlink()
        assert looks.ids() is None
        path.write_bytes(content)
        assert [looks.ids() for _ in range(3)] == [None] * 3
        assert path.read_bytes() == content
        shutil.copy(tmp_path / "copy.db", path)
        assert looks.ids() == {"a"}
    assert looks.said == [
        f"{problem.format(path)}; it is tried again until it can be read",
        f"{path} is back; going on with what is there now",
    ]


def test_a_look_that_fails_on_and_on_is_told_once(path: Path) -> None:
    looks = Looks(path)

    def fail(log: PlainJobLog) -> None:
        log._rows("SELECT * FROM nowhere")

    with closing(looks.lasting):
        looks.ids()
        for _ in range(5):
            assert looks.lasting.look(fail) is None
        assert len(looks.said) == 1
        assert looks.ids() == {"a"}
    assert len(looks.said) == 2


def test_an_error_that_is_none_of_the_logs_is_everybodys(path: Path) -> None:
    looks = Looks(path)

    def fail(log: PlainJobLog) -> None:
        raise BrokenPipeError

    with closing(looks.lasting):
        looks.ids()
        with pytest.raises(BrokenPipeError):
            looks.lasting.look(fail)
