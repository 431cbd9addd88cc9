"""The errors by kind in the monitor: counted by the query on screen, and the jobs of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.screens.date_search import DateSearch
from jobwatch.tui.screens.help import HelpScreen
from jobwatch.tui.screens.monitor import MonitorScreen
from jobwatch.tui.screens.name_view import NameView
from jobwatch.tui.screens.statistics import StatisticsScreen
from jobwatch.tui.widgets.filter_input import FilterInput
from jobwatch.tui.widgets.kind_list import KindList
from jobwatch.tui.widgets.view_tabs import ViewTabs
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, reads_at_once, running_monitor

NO_TABLE = "Table '…' does not exist"
NO_FILE = "no such file: …"
TABLES = ["table-1", "table-2", "table-4"]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_at_once(monkeypatch)


def failed(id: str, number: int, message: object, **fields: object) -> Job:
    return a_job(number, "ERROR", id=id, message=message, **fields)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with errors of three kinds, and jobs that did not fail."""
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                failed("table-1", 1, "Table 'data.dog' does not exist"),
                failed("table-2", 2, "Table 'data.cat' does not exist", user="grace"),
                failed("file-3", 3, "no such file: /tmp/a.csv"),
                failed("table-4", 1_500, {"message": "Table 'x' does not exist"}),
                failed("file-5", 5, "no such file: /var/b.csv", type="export"),
                failed("silent-6", 6, None),
                a_job(7, id="like-it", message="Table 'data.dog' does not exist"),
                a_job(8, "IN_PROGRESS", id="running"),
                a_job(9, id="partial", message="successfully loaded 9 of 12 records"),
            ]
        )
    return path


def kinds(monitor: Monitor) -> list[tuple[int, str]]:
    """Return how often each kind came, and what it says, from top to bottom."""
    shown = monitor.screen.query_one(KindList).kinds
    return [(kind.count, kind.fingerprint) for kind in shown]


async def groups(monitor: Monitor, *expected: tuple[int, str]) -> None:
    await monitor.until(lambda: kinds(monitor) == [*expected], f"{expected}, not {kinds(monitor)}")


async def opened(monitor: Monitor) -> None:
    """Show the errors of the whole log."""
    await monitor.press("4")
    await groups(monitor, (3, NO_TABLE), (2, NO_FILE), (1, ""))


async def types_query(monitor: Monitor, text: str) -> None:
    await monitor.press("slash", "ctrl+u")
    await monitor.paste(text)
    await monitor.press("enter")


def query_text(monitor: Monitor) -> str:
    return monitor.screen.query_one(FilterInput).value


def focused(monitor: Monitor) -> object:
    return monitor.screen.focused


# What is counted


async def test_errors_are_grouped_with_their_counts_the_most_frequent_first(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        text = monitor.text()
        assert "3 × Table '…' does not exist" in text
        assert "2 × no such file: …" in text
        assert "1 × without a message" in text
        assert not monitor.table.region


async def test_new_failures_come_in(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        monitor.write(
            [
                failed("file-10", 10, "no such file: /c.csv"),
                failed("file-11", 11, "no such file: /d"),
                failed("new", 12, "out of memory"),
            ]
        )
        await groups(monitor, (4, NO_FILE), (3, NO_TABLE), (1, ""), (1, "out of memory"))
        await monitor.shows("4 × no such file: …")


async def test_the_cursor_stays_on_its_kind_while_others_come(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        shown = monitor.screen.query_one(KindList)
        await monitor.press("j")
        assert shown.selected is not None
        assert shown.selected.fingerprint == NO_FILE
        monitor.write(failed(f"new-{n}", n + 20, "out of memory") for n in range(5))
        await groups(monitor, (5, "out of memory"), (3, NO_TABLE), (2, NO_FILE), (1, ""))
        assert shown.selected.fingerprint == NO_FILE


async def test_they_follow_the_query_bar(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await types_query(monitor, "user:grace")
        await groups(monitor, (1, NO_TABLE))
        await types_query(monitor, "type:export OR user:grace")
        await groups(monitor, (1, NO_TABLE), (1, NO_FILE))
        await types_query(monitor, "user:nobody")
        await groups(monitor)
        await monitor.shows("No errors are found by this query.")
        await monitor.press("escape")
        await groups(monitor, (3, NO_TABLE), (2, NO_FILE), (1, ""))


async def test_the_line_says_how_many_failed_of_what_was_asked(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await types_query(monitor, "since:2026-11-23")
        await groups(monitor, (2, NO_TABLE), (2, NO_FILE), (1, ""))
        line = "5 jobs · with “since:2026-11-23”"
        await monitor.until(lambda: monitor.line.startswith(line), line)
        monitor.write([failed("file-10", 10, "no such file: /c.csv")])
        await monitor.until(lambda: monitor.line.startswith("6 jobs · "), "one more")


async def test_they_follow_the_dates(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.opens("d", DateSearch)
        await monitor.press("3", "enter")
        await monitor.until(lambda: isinstance(monitor.app.screen, MonitorScreen), "the monitor")
        await groups(monitor, (1, NO_TABLE))
        assert monitor.screen.query_one(ViewTabs).view.value == "errors"


async def test_they_follow_the_node(path: Path, clock: FakeClock) -> None:
    async with JobLog.open(path) as log:
        await log.save_node(Node(name="n1", state=NodeState.LIVE, checked_at=NOW))
        await log.upsert_many([failed("of-n1", 20, "no such file: /z.csv")], node="n1")
    async with running_monitor(path, clock) as monitor:
        await monitor.press("4")
        await groups(monitor, (3, NO_TABLE), (3, NO_FILE), (1, ""))
        await monitor.press("n")
        await groups(monitor, (1, NO_FILE))
        await monitor.press("n")
        await groups(monitor, (3, NO_TABLE), (3, NO_FILE), (1, ""))


async def test_they_are_those_of_an_instant_of_the_past(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.press("comma", "comma")
        # The second table's error came half a minute after its start.
        await groups(monitor, (2, NO_FILE), (1, ""), (1, NO_TABLE))
        await monitor.press("escape")
        await groups(monitor, (3, NO_TABLE), (2, NO_FILE), (1, ""))


async def test_a_log_without_errors_says_so(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "fine.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(1)])
    async with running_monitor(path, clock) as monitor:
        await monitor.press("4")
        await monitor.shows("Nothing has failed.")
        await monitor.press("enter", "j")
        await monitor.pilot.pause()
        assert "Nothing has failed." in monitor.text()


# The jobs of a kind


async def test_enter_shows_exactly_the_jobs_of_a_kind_and_escape_the_kinds_again(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.press("enter")
        await monitor.lists(*TABLES)
        assert monitor.screen.query_one(ViewTabs).view.value == "failed"
        assert query_text(monitor) == """kind:"Table '…' does not exist\""""
        assert focused(monitor) is monitor.table
        await monitor.press("escape")
        await groups(monitor, (3, NO_TABLE), (2, NO_FILE), (1, ""))
        assert query_text(monitor) == ""
        assert focused(monitor) is monitor.screen.query_one(KindList)


async def test_what_was_typed_before_a_kind_was_chosen_is_there_again_behind_it(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await types_query(monitor, "msg:exist")
        await groups(monitor, (3, NO_TABLE))
        for back in ("escape", "4"):
            await monitor.press("enter")
            await monitor.until(
                lambda: query_text(monitor).startswith("msg:exist kind:"), "the jobs"
            )
            await monitor.press(back)
            await monitor.until(lambda: query_text(monitor) == "msg:exist", "the kinds")
            await groups(monitor, (3, NO_TABLE))


async def test_4_goes_back_to_the_kinds_and_the_kind_is_asked_for_no_longer(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.press("enter")
        await monitor.lists(*TABLES)
        await monitor.press("escape", "4")
        await groups(monitor, (3, NO_TABLE), (2, NO_FILE), (1, ""))
        assert focused(monitor) is monitor.screen.query_one(KindList)


async def test_the_jobs_without_a_message_are_a_kind_too(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.press("G", "enter")
        await monitor.lists("silent-6")


@pytest.mark.parametrize(
    ("typed", "asked", "ids"),
    [
        ("user:ada", f'user:ada kind:"{NO_TABLE}"', ["table-1", "table-4"]),
        (
            "user:grace OR since:2026-11-23",
            f'(user:grace OR since:2026-11-23) kind:"{NO_TABLE}"',
            ["table-1", "table-2"],
        ),
        ('"dog OR cat" OR dog', f'("dog OR cat" OR dog) kind:"{NO_TABLE}"', ["table-1"]),
    ],
)
async def test_the_kind_stands_beside_what_was_typed(
    path: Path, clock: FakeClock, typed: str, asked: str, ids: list[str]
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("4")
        await types_query(monitor, typed)
        await monitor.until(lambda: kinds(monitor)[:1] == [(len(ids), NO_TABLE)], "the kind")
        await monitor.press("enter")
        await monitor.lists(*ids)
        assert query_text(monitor) == asked


@pytest.mark.parametrize(
    "message",
    [
        'column "a" is not "b"',
        "it's 'half quoted",
        "100%_* done? [sic] (really)",
        "a \\ b \\\\ c",
        "kind:x OR -y",
        "Caf\u00e9 cafe\u0301 日本",
        "\x1b]52;c;x\x07 \u202e mean",
        "x" * 5_000,
        "   ",
    ],
)
async def test_whatever_a_kind_says_its_jobs_are_found_and_no_others(
    tmp_path: Path, clock: FakeClock, message: str
) -> None:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(
            [
                failed("it", 1, message),
                failed("like-it", 2, f"{message} and more".upper()),
                failed("other", 3, "Caf\u00e9".upper()),
            ]
        )
    async with running_monitor(path, clock) as monitor:
        await monitor.press("4")
        await monitor.until(lambda: len(kinds(monitor)) >= 2, "the kinds")
        shown = monitor.screen.query_one(KindList)
        newest = max(shown.kinds, key=lambda kind: kind.last)
        await monitor.press(*["j"] * shown.kinds.index(newest), "enter")
        if newest.count == 1:
            await monitor.lists("it")
        else:  # cut, they say the same
            await monitor.lists("it", "like-it")


async def test_dates_and_node_go_with_it(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.opens("d", DateSearch)
        await monitor.press("2", "enter")
        await groups(monitor, (2, NO_TABLE), (2, NO_FILE), (1, ""))
        await monitor.press("enter")
        await monitor.until(lambda: len(monitor.jobs) == 2, "of this day alone")


async def test_a_saved_view_of_the_kinds_shows_them_again(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await types_query(monitor, "user:ada")
        await groups(monitor, (2, NO_TABLE), (2, NO_FILE), (1, ""))
        await monitor.opens("v", NameView)
        await monitor.press("enter")
        await monitor.until(lambda: "6 user:ada" in monitor.tabs, "saved")
        await monitor.press("escape", "2")
        await monitor.until(lambda: monitor.table.listing.total == 9, "all")
        await monitor.press("6")
        await groups(monitor, (2, NO_TABLE), (2, NO_FILE), (1, ""))
        await monitor.until(lambda: monitor.screen.has_class("-kinds"), "the kinds")
        assert focused(monitor) is monitor.screen.query_one(KindList)


# Keys


async def test_keys_that_mean_a_job_do_nothing_there(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.selected is not None, "a job under the cursor")
        await opened(monitor)
        before = kinds(monitor)
        for key in ("m", "M", "y", "Y", "o", "a", "s", "ctrl+f", "w"):
            await monitor.press(key)
            await monitor.pilot.pause()
            assert isinstance(monitor.app.screen, MonitorScreen), key
            assert kinds(monitor) == before, key
        assert not monitor.table.marked
        assert not monitor.app.clipboard
        assert not monitor.screen.has_class("-maximised")
        await monitor.press("2")
        await monitor.until(lambda: monitor.table.listing.total == 9, "all")
        assert monitor.screen.query_one(ViewTabs).view.value == "all"
        assert "Started ↓" in monitor.text()


async def test_the_focus_goes_to_the_list_and_back_to_the_table(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        shown = monitor.screen.query_one(KindList)
        assert focused(monitor) is monitor.table
        await opened(monitor)
        assert focused(monitor) is shown
        for view in "1235":
            await monitor.press(view)
            await monitor.pilot.pause()
            assert focused(monitor) is monitor.table
            await monitor.press("4")
            await monitor.pilot.pause()
            assert focused(monitor) is shown


async def test_the_focus_comes_back_from_the_query_bar(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        shown = monitor.screen.query_one(KindList)
        await opened(monitor)
        await types_query(monitor, "table OR file")
        await groups(monitor, (3, NO_TABLE), (2, NO_FILE))
        assert focused(monitor) is shown
        await monitor.press("slash", "escape")
        await monitor.pilot.pause()
        assert focused(monitor) is shown
        await monitor.press("j", "enter")
        await monitor.lists("file-3", "file-5")


async def test_escape_with_nothing_to_undo_leaves_the_focus_on_the_list(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        await monitor.press("escape")
        await monitor.pilot.pause()
        assert focused(monitor) is monitor.screen.query_one(KindList)
        await monitor.press("j", "enter")
        await monitor.lists("file-3", "file-5")


async def test_the_focus_comes_back_from_a_dialog(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await opened(monitor)
        for key, dialog in (
            ("question_mark", HelpScreen),
            ("d", DateSearch),
            ("S", StatisticsScreen),
        ):
            await monitor.opens(key, dialog)
            await monitor.press("escape")
            await monitor.until(
                lambda: isinstance(monitor.app.screen, MonitorScreen), "the monitor"
            )
            assert focused(monitor) is monitor.screen.query_one(KindList)
        await monitor.press("j", "enter")
        await monitor.lists("file-3", "file-5")


async def test_the_whole_window_of_a_job_is_left_for_the_list(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("3")
        await monitor.until(lambda: monitor.selected == "table-1", "a job")
        await monitor.press("enter")
        await monitor.until(lambda: monitor.screen.has_class("-maximised"), "the whole window")
        await opened(monitor)
        await monitor.shows("3 × Table '…' does not exist")
        assert focused(monitor) is monitor.screen.query_one(KindList)


async def test_the_footer_offers_nothing_that_means_a_job(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        footer = monitor.text().splitlines()[-1]
        assert "o Overlaps" in footer
        assert "s Sort" in footer
        await opened(monitor)
        await monitor.until(lambda: "o Overlaps" not in monitor.text(), "no overlaps")
        footer = monitor.text().splitlines()[-1]
        assert "s Sort" not in footer
        assert "/ Filter" in footer
        await monitor.press("2")
        await monitor.until(lambda: "o Overlaps" in monitor.text(), "overlaps again")


async def test_the_palette_goes_there_and_back(path: Path, clock: FakeClock) -> None:
    async with running_monitor(path, clock) as monitor:
        for name, there in (("Errors by kind", True), ("Attention (5)", False)):
            await monitor.press("ctrl+p")
            await monitor.until(lambda: monitor.app.screen is not monitor.screen, "the palette")
            await monitor.paste(name)
            await monitor.until(lambda name=name: name in monitor.text(), name)  # type: ignore[misc]
            await monitor.pilot.pause(0.3)
            await monitor.press("enter")
            await monitor.until(lambda: monitor.app.screen is monitor.screen, "the monitor")
            await monitor.until(
                lambda there=there: monitor.screen.has_class("-kinds") is there,  # type: ignore[misc]
                name,
            )


async def test_a_command_of_the_palette_that_means_a_job_does_nothing_there(
    path: Path, clock: FakeClock
) -> None:
    async with running_monitor(path, clock) as monitor:
        await monitor.press("2")
        await monitor.until(lambda: monitor.selected is not None, "a job under the cursor")
        await opened(monitor)
        await monitor.app._run("copy_id")
        await monitor.app._run("mark")
        await monitor.pilot.pause()
        assert not monitor.app.clipboard
        assert not monitor.table.marked
        await monitor.shows("3 × Table '…' does not exist")
