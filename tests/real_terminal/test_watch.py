"""A user at the monitor: what the keys do on the screen, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.job import Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.real_terminal.conftest import Start, Watch

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
SIZES = [(80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_it_starts_on_the_running_jobs_and_q_leaves_the_terminal_as_it_was(
    watch: Watch, log: Path, size: tuple[int, int]
) -> None:
    terminal = watch(log, size)
    terminal.shows("1 Running 3", "2 All 200", "3 Failed 20", "● running", "q Quit")
    terminal.selects("job-00000")
    terminal.press("q")
    assert terminal.exit_status() == 0
    terminal.assert_restored()
    assert b"Traceback" not in terminal.written


def test_ctrl_c_leaves_without_a_word(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("ctrl+c")
    assert terminal.exit_status() == 0
    terminal.assert_restored()
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("size", SIZES)
def test_keys_move_the_cursor_and_the_detail_follows(
    watch: Watch, log: Path, size: tuple[int, int]
) -> None:
    terminal = watch(log, size)
    terminal.press("2")
    terminal.shows("✓ complete")
    terminal.press("j", "j", "j", "j")
    terminal.selects("job-00004")
    terminal.shows("successfully loaded 4 of 4 records")
    terminal.press("k")
    terminal.selects("job-00003")
    terminal.press("G")
    terminal.selects("job-00199")
    terminal.press("g")
    terminal.selects("job-00000")
    terminal.press("pagedown")
    terminal.until(lambda: terminal.job_id > "job-00004", "a page further")
    terminal.press("pageup")
    terminal.selects("job-00000")


def test_a_key_typed_right_behind_that_of_a_view_means_the_new_view(
    watch: Watch, log: Path
) -> None:
    terminal = watch(log)
    terminal.press("2G")
    terminal.selects("job-00199")
    terminal.press("3jjgj")
    terminal.selects("job-00019")


def test_keys_behind_the_key_of_an_input_are_its_text(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("2/dqs8\x7f\x7f\x7f\x7fjob-0019\rj")
    terminal.shows("job-0019")
    terminal.selects("job-00191")
    terminal.press("d1")
    terminal.shows("Jobs by date")
    terminal.hides("From  any")


def test_the_filter_narrows_and_escape_clears_it(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("2", "/")
    terminal.shows("a word, or status:error")
    terminal.press('"loaded 77 of"')
    terminal.shows('1 job · with “"loaded 77 of"”')
    terminal.selects("job-00077")
    terminal.press("enter", "escape")
    terminal.hides("with “")
    terminal.press("G")
    terminal.selects("job-00199")


def test_today_is_a_range_until_escape(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("d")
    terminal.shows("Jobs by date", "2 today")
    terminal.press("2")
    terminal.shows("(1 day), UTC")
    terminal.press("enter")
    terminal.hides("Jobs by date")
    terminal.shows("(1 day), UTC", "Esc clears")
    terminal.press("escape")
    terminal.hides("(1 day)")
    terminal.press("G")
    terminal.selects("job-00199")


def test_a_range_can_be_typed_as_fast_as_one_likes(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("d")
    terminal.shows("Jobs by date")
    terminal.press("tab", "tab", "2020-01-05", "tab", "2020-01-05", "enter")
    terminal.hides("Jobs by date")
    terminal.shows("5 jobs", "(1 day), UTC")
    terminal.selects("job-00195")


def test_what_is_mended_in_a_date_counts_though_tab_follows_at_once(
    watch: Watch, log: Path
) -> None:
    terminal = watch(log)
    terminal.press("d")
    terminal.shows("Jobs by date")
    terminal.press("\t\t2020-01-07\x7f5\t2020-01-07\x7f5\r")
    terminal.hides("Jobs by date")
    terminal.shows("5 jobs", "(1 day), UTC")


def test_enter_gives_the_job_the_window_and_escape_takes_it_back(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.shows("Started")
    terminal.press("enter")
    terminal.hides("Started")
    terminal.selects("job-00000")
    terminal.press("escape")
    terminal.shows("Started")
    terminal.selects("job-00000")


def test_help_opens_over_the_monitor_and_closes(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("?")
    terminal.shows("Keys", "Esc closes", "The job above, below")
    terminal.press("escape")
    terminal.hides("Esc closes")
    terminal.press("q")
    assert terminal.exit_status() == 0


def test_the_selection_survives_every_size(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("2")
    terminal.shows("✓ complete")
    terminal.press("j" * 30)
    terminal.selects("job-00030")
    for columns, lines in ((160, 50), (60, 20), (80, 24)):
        terminal.resize(columns, lines)
        terminal.until(
            lambda: terminal.job_id == "job-00030" and "q Quit" in terminal.lines[-1],
            f"the job and the footer at {columns}x{lines}",
        )
        terminal.shows("30 of 30 records")
        terminal.press("j")
        terminal.selects("job-00031")
        terminal.press("k")
        terminal.selects("job-00030")


def test_real_records_are_shown(watch: Watch, tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    with PlainJobLog.open(path) as log:
        for name in ("job_csv_markup_in_column", "job_export_local_csv", "search_all_2000_2100"):
            capture = json.loads((CAPTURES / f"{name}.json").read_text("utf-8"))
            log.upsert_many(Job.from_record(record) for record in capture["response"])
    terminal = watch(path, (160, 50))
    terminal.press("2")
    terminal.shows("csv_data_load", "export_local", "HDB_ADMIN")
    terminal.press("/", "2df4fe4b")
    terminal.shows("Invalid column name '[bold red]x[/]/', cancelling load")


def test_sample_jobs_are_shown(watch: Watch, tmp_path: Path) -> None:
    path = tmp_path / "samples.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(seed_jobs(count=2_000, days=30, running=8, now=now_ms(), random_state=1))
    terminal = watch(path)
    terminal.shows("1 Running 8", "2 All 2,000", "○ created", "● running")
    terminal.press("3")
    terminal.shows("✗ error")


def test_a_job_of_another_process_appears_and_ends(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.selects("job-00000")
    with PlainJobLog.open(log) as writer:
        job = Job(id="other", type="delete", status="IN_PROGRESS", start_datetime=now_ms() + 1)
        writer.upsert_many([job])
        terminal.shows("1 Running 4", "2 All 201")
        terminal.press("g")
        terminal.selects("other")
        writer.upsert_many(
            [job.replace(status="COMPLETE", end_datetime=now_ms() + 2, message="done and dusted")]
        )
        terminal.shows("1 Running 3", "✓ complete", "done and dusted")
    terminal.selects("other")


def test_a_log_that_is_taken_away_leaves_its_jobs_until_it_is_back(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.selects("job-00000")
    terminal.shows("2 All 200")
    away = log.with_name("away.db")
    log.rename(away)
    terminal.shows("as of", "there is no job log")
    terminal.selects("job-00000")
    away.rename(log)
    terminal.shows("● live")
    terminal.press("2")
    terminal.shows("✓ complete")
    terminal.press("G")
    terminal.selects("job-00199")


@pytest.mark.parametrize("kind", ["missing", "folder", "text"])
def test_what_is_no_log_is_refused_in_one_line(start: Start, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "no.db"
    if kind == "folder":
        path.mkdir()
    if kind == "text":
        path.write_text("Jobs are elsewhere.\n" * 100)
    terminal = start("--store", str(path), "watch")
    assert terminal.exit_status() == 2
    [said] = terminal.written.decode().splitlines()
    assert said.startswith("jobwatch: ")
    assert "no.db" in said


def test_no_text_of_a_job_reaches_the_terminal_as_a_control(watch: Watch, tmp_path: Path) -> None:
    path = tmp_path / "hostile.db"
    hostile = "\x1b]52;c;aG9zdGlsZQ==\x07\x9b31mHOSTILE\x1b[2J\x1b]0;HOSTILE\x1b\\\x90\u202e\r\n"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                Job(
                    id=f"1{hostile}",
                    type=hostile,
                    user=hostile,
                    status="IN_PROGRESS",
                    start_datetime=now_ms(),
                    message=hostile,
                    job_body={hostile: [hostile]},
                    other={hostile: hostile},
                )
            ]
        )
    terminal = watch(path, (160, 50))
    terminal.press("tab")
    for shown in ("2J\\x1b]0;HOSTILE", "{", "start_datetime"):
        terminal.shows(shown, "HOSTILE")
        terminal.press("right")
    terminal.press("/")
    terminal.shows("a word, or status:error")
    terminal.press("HOSTILE")
    terminal.shows("with “HOSTILE”")
    terminal.press("ctrl+c")
    assert terminal.exit_status() == 0
    for control in (b"==\x07", b"\x1b]52", b"\x1b]0", b"\xc2\x9b", b"\xc2\x90", b"\x1b[2JH"):
        assert control not in terminal.written
    assert "\u202e".encode() not in terminal.written


def test_the_demo_runs_and_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    terminal = start("demo")
    terminal.shows("● live", "● running", "q Quit")
    terminal.press("q")
    assert terminal.exit_status() == 0
    terminal.assert_restored()
    assert not list(tmp_path.rglob("*.db*"))
