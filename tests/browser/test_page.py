"""``jobwatch web`` in a real Chromium: what its user sees, and what a key does there.

Text is read from the buffer of the page's terminal, colours from pictures of the page.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobwatch.model.job import Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.browser.chromium import PLACE, has_red
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def test_the_jobs_are_there_and_new_ones_come(open_page: Open, store: Path) -> None:
    browser = open_page()
    browser.types("2")
    browser.shows("2 All 500", "● running", "✓ complete", "csv_file_load")
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            [Job(id="job-new", type="new_one", status="ERROR", start_datetime=now_ms())]
        )
    browser.shows("2 All 501")
    browser.types("g")  # the cursor stayed with its job
    browser.shows("new_one")


def test_a_key_moves_the_cursor(open_page: Open) -> None:
    browser = open_page()
    browser.types("2")
    browser.shows("Started ↓")
    top = browser.line_of("Started ↓") + 1
    first, second = (browser.lines[top + number].split()[-1] for number in range(2))
    browser.until(lambda: f"Record   {first}" in browser.text, "the first job in the detail")
    plain, lit = browser.colours(top + 1), browser.colours(top)
    assert plain != lit
    browser.types("j")
    browser.until(lambda: f"Record   {second}" in browser.text, "the second job in the detail")
    browser.until(lambda: browser.colours(top) == plain, "the first line without the cursor")
    assert browser.colours(top + 1) == lit


def test_a_search_finds(open_page: Open) -> None:
    browser = open_page()
    browser.types("2")
    browser.shows("✓ complete")
    browser.types("/")
    browser.types("status:error")
    browser.shows("with “status:error”", "✗ error")
    browser.hides("✓ complete")
    assert browser.run("return document.activeElement.className") == "xterm-helper-textarea"


def test_nothing_is_loaded_from_elsewhere(open_page: Open) -> None:
    browser = open_page()
    browser.types("2", "y", "j")
    browser.shows("Copied ")
    own = urlsplit(browser.chrome.current_url).netloc
    loaded = browser.loaded()
    assert any(address.endswith(".ttf") for address in loaded)
    assert {urlsplit(address).netloc for address in loaded} == {own}
    assert not browser.complaints()


def test_a_key_that_writes_opens_nothing_and_says_why(open_page: Open) -> None:
    browser = open_page()
    browser.types("a", "e", "v", "b")
    browser.shows("Tell me: this monitor is read-only")
    assert browser.text.count("read-only") == 2  # at the top, and of the last one
    # Were a name, a note or a file asked for, this would be it.
    browser.types("/", "status:lost")
    browser.shows("with “status:lost”")


def test_the_page_says_that_the_monitor_has_ended_and_opens_it_again(open_page: Open) -> None:
    browser = open_page()
    browser.types("q")
    shown = "return document.body.innerText"
    browser.until(lambda: "The monitor has ended." in browser.run(shown), "that it has ended")
    browser.run("document.querySelector('.ended a').click()")
    browser.shows("read-only ● live")


def test_the_page_says_that_the_monitor_could_not_start(open_page: Open, store: Path) -> None:
    browser = open_page()
    shown = "return document.body.innerText"
    assert "could not start" not in browser.run(shown)
    store.unlink()
    browser.chrome.refresh()
    browser.until(lambda: "could not start" in browser.run(shown), "that it could not start")
    assert "the terminal of jobwatch web has the reason" in browser.run(shown)
    assert "The monitor has ended." not in browser.run(shown)


def test_ctrl_c_copies_what_is_selected(open_page: Open) -> None:
    browser = open_page()
    browser.run(
        "held.select(1, 0, 7); addEventListener('copy',"
        " event => { window.copied = event.clipboardData.getData('text/plain'); })"
    )
    browser.copies()
    browser.until(lambda: browser.run("return window.copied") == "jobs.db", "what was selected")
    browser.types("2")
    browser.shows("2 All 500", "✓ complete")
    browser.run("held.clearSelection()")
    browser.copies()
    shown = "return document.body.innerText"
    browser.until(lambda: "The monitor has ended." in browser.run(shown), "that it has ended")


def test_where_no_whole_cell_fits_the_page_is_as_dark_as_the_monitor(open_page: Open) -> None:
    browser = open_page((1280, 720))
    browser.types("2")
    browser.shows("✓ complete")
    left, _, width, _ = browser.run(PLACE)
    beyond = 1280 - round(left + width * browser.run("return held.cols"))
    assert beyond > 0
    assert browser.right_edge(beyond) == {(18, 18, 18)}


def test_the_picture_of_the_readme(open_page: Open, picture: Path | None) -> None:
    if picture is None:
        pytest.skip("JOBWATCH_TEST_PICTURE names no file")
    browser = open_page((1100, 760))
    browser.types("2", *"jjjjjjjjjjjj")
    browser.types("\ue004", "\ue014")  # Tab, and the arrow to the right
    browser.shows('"operation"')
    browser.save(picture)
    assert picture.stat().st_size < 150_000
    assert has_red(picture)  # the errors are
