"""A user at the monitor: what the keys do on the screen, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.job import Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.real_terminal.conftest import Watch

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


def test_the_filter_narrows_and_escape_clears_it(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("2", "/")
    terminal.shows("text in id, type, user or message")
    terminal.press("loaded 77 of")
    terminal.shows("1 job · with “loaded 77 of”")
    terminal.selects("job-00077")
    terminal.press("enter", "escape")
    terminal.hides("with “")
    terminal.press("G")
    terminal.selects("job-00199")


def test_today_is_a_range_until_escape(watch: Watch, log: Path) -> None:
    terminal = watch(log)
    terminal.press("d")
    terminal.shows("Jobs by start date", "2 today")
    terminal.press("2")
    terminal.hides("Jobs by start date")
    terminal.shows("(1 day), UTC", "Esc clears")
    terminal.press("escape")
    terminal.hides("(1 day)")
    terminal.press("G")
    terminal.selects("job-00199")


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
