"""A user who watches a node: signing in at the terminal, a job that ends, a node that goes."""

from __future__ import annotations

from pathlib import Path

from jobwatch.model.job import UNSET, Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import PASSWORD, USER, serving
from tests.real_terminal.conftest import Start


def test_jobs_of_a_node_are_watched_by_a_user_who_signs_in_at_the_terminal(
    start: Start, tmp_path: Path
) -> None:
    served = tmp_path / "served.db"
    job = Job(id="load", status="IN_PROGRESS", type="csv_file_load", start_datetime=now_ms())
    with PlainJobLog.open(served) as log:
        log.upsert_many([job])
    with serving(served) as server:
        name = f"127.0.0.1:{server.port}"
        options = ("--interval", "100ms", "--rate", "50")
        terminal = start("--store", "mirror.db", "watch", *options, f"http://{name}")
        terminal.shows(f"User of {name}:")
        terminal.press(f"{USER}\r")
        terminal.shows("Password:")
        terminal.press(f"{PASSWORD}\r")
        terminal.shows(f"● {name} live", "1 Running 1", "csv_file_load")
        assert PASSWORD.encode() not in terminal.written
        with PlainJobLog.open(served) as log:
            ended = job.replace(status="COMPLETE", end_datetime=now_ms(), message="all of it")
            log.upsert_many([ended])
        terminal.shows("1 Running 0", "all of it")
        server.process.kill()
        terminal.shows(f"✗ {name}", "retrying in")
        terminal.press("q")
        assert terminal.exit_status() == 0
    terminal.assert_restored()
    assert b"Traceback" not in terminal.written
    with PlainJobLog.read(tmp_path / "mirror.db") as log:
        assert log.get_job("load") == ended
        assert job.end_datetime is UNSET


def test_a_password_in_a_url_keeps_the_monitor_from_opening(start: Start, tmp_path: Path) -> None:
    terminal = start("--store", "mirror.db", "watch", "http://ada:s3cret@n1:9925")
    assert terminal.exit_status() == 2
    terminal.shows("has a user or a password in it")
    assert not (tmp_path / "mirror.db").exists()
