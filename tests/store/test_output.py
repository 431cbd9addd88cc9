"""Where kept output is: always in the folder beside the log, whatever the job's id."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.store.connect import LogError
from jobwatch.store.output import create_output, job_of_output, output_key, output_path

STORE = Path("/logs/jobs.db")


def test_a_plain_id_is_the_name_of_the_file() -> None:
    path = output_path(STORE, "785d03dd-66a3-4687-8ce1-cc50b4fbcb8a")

    assert path == Path("/logs/jobs.db.output/785d03dd-66a3-4687-8ce1-cc50b4fbcb8a.log")


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../x", "a/b", ".hidden", "a" * 101, "a\n", "ä", "a\x00", "\ud800"]
)
def test_an_id_that_is_no_safe_name_is_hashed(id: str) -> None:
    path = output_path(STORE, id)

    assert path.parent == Path("/logs/jobs.db.output")
    assert len(path.stem) == 64
    assert set(path.stem) <= set("0123456789abcdef")


@given(st.text(), st.text())
def test_no_id_leads_out_of_the_folder_or_to_the_file_of_another(one: str, other: str) -> None:
    paths = [output_path(STORE, id) for id in (one, other)]

    assert {path.parent for path in paths} == {Path("/logs/jobs.db.output")}
    assert (paths[0] == paths[1]) == (one == other)


@given(st.text())
def test_a_name_tells_the_job_or_nothing(id: str) -> None:
    assert job_of_output(output_path(STORE, id).name) in (id, None)


def test_a_plain_id_is_known_by_the_name_and_nothing_else_is() -> None:
    id = "785d03dd-66a3-4687-8ce1-cc50b4fbcb8a"
    assert job_of_output(f"{id}.log") == id
    hashed = output_path(STORE, "../x").name
    for name in (hashed, id, f"{id}.txt", ".log", ".x.log", "a b.log", f"{'a' * 101}.log"):
        assert job_of_output(name) is None


def test_the_record_tells_the_file_from_the_logs_folder_on() -> None:
    assert output_key(STORE, "a") == "jobs.db.output/a.log"


def test_only_the_owner_can_read_the_output_and_its_folder(tmp_path: Path) -> None:
    with create_output(tmp_path / "jobs.db", "a"):
        pass

    path = output_path(tmp_path / "jobs.db", "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_written_can_be_read_at_once(tmp_path: Path) -> None:
    with create_output(tmp_path / "jobs.db", "a") as file:
        file.write(b"half a li")

        assert output_path(tmp_path / "jobs.db", "a").read_bytes() == b"half a li"


def test_a_file_that_is_there_is_never_overwritten_nor_a_link_followed(tmp_path: Path) -> None:
    store = tmp_path / "jobs.db"
    other = tmp_path / "precious"
    path = output_path(store, "a")
    path.parent.mkdir()
    path.symlink_to(other)

    with pytest.raises(LogError, match="can't be kept"):
        create_output(store, "a")
    assert not other.exists()


@pytest.mark.parametrize("store", ["", "a\0b"])
def test_a_path_that_is_none_is_an_error_for_a_person(store: str) -> None:
    with pytest.raises(LogError, match="no log's path"):
        create_output(Path(store), "a")


def test_a_folder_that_cannot_be_made_is_an_error_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "jobs.db.output").write_text("a file")

    with pytest.raises(LogError, match=r"jobs\.db\.output/a\.log: file exists"):
        create_output(tmp_path / "jobs.db", "a")
