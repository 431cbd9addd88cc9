"""A log, a server, and a browser that ends with the test; skipped where there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.browser.chromium import Browser, installed, start
from tests.cli.server import process

Open: TypeAlias = Callable[..., Browser]


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """Return the paths of a browser and its driver."""
    for module in ("selenium", "PIL"):
        pytest.importorskip(module, reason="the extra 'browser' is not installed")
    found = installed()
    if found is None:
        pytest.skip("Chromium and its driver are not both installed")
    return found


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the path of a log with 500 jobs of the samples."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(seed_jobs(count=500, days=7, running=9, now=now_ms(), random_state=11))
    return path


@pytest.fixture
def url(store: Path, tmp_path: Path) -> Iterator[str]:
    """Return where the log is served."""
    places = {"HOME": str(tmp_path), "JOBWATCH_STATE": str(tmp_path / "state")}
    with process("--store", store, "web", "--port", 0, **places) as server:
        try:
            assert server.stderr is not None
            yield server.stderr.readline().partition(" at ")[2].partition(",")[0]
        finally:
            server.kill()


@pytest.fixture
def open_page(
    programs: tuple[str, str], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Return what opens the page, and waits until the monitor has read the log."""
    monkeypatch.setenv("SE_OFFLINE", "true")
    monkeypatch.setenv("HOME", str(tmp_path))  # where a browser leaves much
    opened: list[Browser] = []

    def open_it(size: tuple[int, int] = (1000, 760)) -> Browser:
        browser = Browser(start(*programs, size))
        opened.append(browser)
        browser.chrome.get(url)
        browser.shows("read-only ● live", "q Quit")
        return browser

    yield open_it
    for browser in opened:
        browser.chrome.quit()


@pytest.fixture
def picture() -> Path | None:
    """Return where the picture of the README is to be written, if it is."""
    path = os.environ.get("JOBWATCH_TEST_PICTURE")
    return None if path is None else Path(path)
