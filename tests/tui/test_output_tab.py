"""The output tab: it follows what a job writes, and leaves a reader where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region

from jobwatch.model.job import Job
from jobwatch.store import output_tail
from jobwatch.store.output import KEY, output_key, output_path
from jobwatch.store.output_tail import OutputTail
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.widgets.detail_tabs import DetailTab, DetailTabs
from jobwatch.tui.widgets.document import Document
from tests.tui.harness import FakeClock, Monitor, a_job, running_monitor


def kept(path: Path, number: int, status: str = "IN_PROGRESS", **fields: Any) -> Job:
    """Make a job whose output is kept."""
    job = a_job(number, status)
    other = {KEY: output_key(path, job.id), **fields}
    return job.replace(other=other)


def add(path: Path, text: str, number: int = 1) -> None:
    file = output_path(path, f"job-{number:05}")
    file.parent.mkdir(exist_ok=True)
    with file.open("ab") as stream:
        stream.write(text.encode())


def numbered(numbers: Iterable[int]) -> str:
    return "".join(f"line {number}.\n" for number in numbers)


@asynccontextmanager
async def following(
    path: Path, *jobs: Job, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Monitor]:
    """Run the monitor with the output of its first job on screen."""
    with PlainJobLog.open(path) as log:
        log.upsert_many(jobs)
    async with running_monitor(path, FakeClock(), size=size) as monitor:
        await monitor.until(lambda: monitor.detail.job is not None, "a job")
        monitor.detail.tab = DetailTab.OUTPUT
        monitor.detail.focus_content()
        await monitor.until(lambda: "Reading" not in monitor.text(), "read")
        yield monitor


SCROLLBAR = " ▁▂▃▄▅▆▇█"


def window(monitor: Monitor) -> list[str]:
    """Return the lines of the output that are on screen, without what is beside them."""
    document = monitor.screen.query_one(Document)
    strips = monitor.app.screen._compositor.render_strips()
    left, top = document.content_region.offset
    rows = [strip.crop(left, left + document.size.width).text for strip in strips[top:]]
    return [row.strip(SCROLLBAR) for row in rows[: document.size.height]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


# What there is to see


async def test_the_tab_is_there_for_a_job_whose_record_tells_of_an_output(path: Path) -> None:
    add(path, "said\n")
    with PlainJobLog.open(path) as log:
        log.upsert_many([kept(path, 1), a_job(2, "IN_PROGRESS")])
    async with running_monitor(path, FakeClock()) as monitor:
        await monitor.shows("Record  Output   job-00001")
        await monitor.press("tab", "left")
        await monitor.shows("said")
        monitor.table.focus()
        await monitor.press("down")
        await monitor.shows("Record   job-00002")
        await monitor.shows("No message yet.")
        await monitor.press("up")
        await monitor.shows("said")


async def test_what_is_shown_is_text_and_neither_colour_nor_what_was_overwritten(
    path: Path,
) -> None:
    add(path, "\x1b[31mred [/foo]\x1b[0m\n10 %\r100 %\n\x1b]52;c;aGk=\x07behind\u202e\n")
    async with following(path, kept(path, 1)) as monitor:
        assert window(monitor)[:3] == ["red [/foo]", "100 %", "behind\\u202e"]


async def test_an_output_that_is_not_here_says_where_it_was_kept(path: Path) -> None:
    process = {"host": "node-7", "pid": 4}
    async with following(path, kept(path, 1, process=process), size=(160, 24)) as monitor:
        await monitor.shows("(no such file or directory)")
        said = " ".join(line for line in window(monitor) if line)
        assert said == (
            "Its output can't be read here (no such file or directory): "
            "kept as jobs.db.output/job-00001.log on node-7."
        )


async def test_the_record_never_leads_to_another_file(path: Path) -> None:
    secret = path.with_name("secret")
    secret.write_text("secret\n", encoding="utf-8")
    job = kept(path, 1).replace(other={KEY: "secret"})
    async with following(path, job) as monitor:
        await monitor.shows("kept as secret.")


async def test_a_job_that_wrote_nothing_says_so(path: Path) -> None:
    add(path, "")
    async with following(path, kept(path, 1)) as monitor:
        await monitor.shows("No output yet.")
        monitor.write([kept(path, 1, "ERROR")])
        await monitor.shows("It ended without output.")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("".join(f"\r{percent} % of all" for percent in range(101)) + "\n", ["100 % of all"]),
        ("x" * 1_000, [f"…{'x' * 500}"]),
        ("\0" * 1_000 + "\n", []),
    ],
    ids=["a progress bar", "no end", "nothing to be seen"],
)
async def test_a_job_that_wrote_more_than_is_read_on_one_line_is_not_said_to_have_no_output(
    path: Path, monkeypatch: pytest.MonkeyPatch, written: str, shown: list[str]
) -> None:
    monkeypatch.setattr(output_tail, "READ", 500)
    add(path, written)
    async with following(path, kept(path, 1)) as monitor:
        monitor.write([kept(path, 1, "ERROR")])
        await monitor.shows("error")
        first, *lines = (line.tokens[0].text for line in monitor.detail.whole())
        assert first.startswith("Earlier output is in")
        assert lines == shown


@pytest.mark.parametrize("output", [None, {"rows": 3}, ["a"], 7, True])
async def test_an_output_of_the_records_own_that_is_no_text_is_no_output_to_follow(
    path: Path, output: Any
) -> None:
    with PlainJobLog.open(path) as log:
        log.upsert_many([a_job(1, "IN_PROGRESS", other={KEY: output})])
    async with running_monitor(path, FakeClock()) as monitor:
        await monitor.shows("Record   job-00001")
        assert "Output" not in monitor.text()


async def test_of_more_than_is_kept_at_hand_the_end_is_shown_and_where_the_rest_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_tail, "MOST_LINES", 100)
    add(path, numbered(range(500)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.shows("line 499.")
        await monitor.press("home")
        await monitor.until(
            lambda: window(monitor)[0].startswith("Earlier output is in"), "the first line"
        )


async def test_the_scrollbar_covers_nothing_of_it(path: Path) -> None:
    digits = "0123456789" * 100
    add(path, digits)
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: bool(window(monitor)[-1]))
        assert digits.endswith("".join(window(monitor)))


# It grows


async def test_at_its_end_a_reader_sees_what_is_added(path: Path) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        add(path, "progress 10 %")
        await monitor.until(lambda: window(monitor)[-1] == "progress 10 %")
        add(path, "\rprogress 20 %")
        await monitor.until(lambda: window(monitor)[-1] == "progress 20 %")
        add(path, "\ndone\n")
        await monitor.until(lambda: window(monitor)[-2:] == ["progress 20 %", "done"])
        add(path, numbered(range(100, 2_000)))
        await monitor.until(lambda: window(monitor)[-1] == "line 1999.")
        assert window(monitor)[-2] == "line 1998."


async def test_a_reader_who_has_scrolled_up_stays_and_one_who_comes_back_follows_on(
    path: Path,
) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        assert tabs(monitor).endswith("  following ")
        await monitor.press("pageup", "up")
        seen = window(monitor)
        await monitor.until(lambda: tabs(monitor).endswith("  G: follow "))
        assert seen[-1] != "line 99."
        for first in (100, 1_000):
            last = first + 499
            add(path, numbered(range(first, last + 1)))
            await monitor.until(partial(has, monitor, f"line {last}."))
            assert window(monitor) == seen
        await monitor.press("end")
        await monitor.until(lambda: tabs(monitor).endswith("  following "))
        add(path, "more\n")
        await monitor.until(lambda: window(monitor)[-1] == "more")


async def test_an_output_without_an_end_of_a_line_is_followed_to_its_newest_character(
    path: Path,
) -> None:
    add(path, "x" * 10_000 + "1 of 2")
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1].endswith("x1 of 2"))
        add(path, "x" * 300_000 + "2 of 2")
        await monitor.until(lambda: window(monitor)[-1].endswith("x2 of 2"))
        assert tabs(monitor).endswith("  following ")


async def test_beside_a_narrow_pane_it_is_said_in_full_that_an_output_is_followed(
    path: Path,
) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1), size=(120, 36)) as monitor:
        shown = " Message Body Record Output  following "
        await monitor.until(lambda: tabs(monitor) == shown, shown)
        await monitor.pilot.click("DetailTabs", offset=(9, 0))
        await monitor.until(lambda: monitor.detail.tab is DetailTab.BODY, "the tab of the mouse")
        assert tabs(monitor).startswith(" Message  Body  Record  Output ")


async def test_that_an_output_is_not_followed_is_said_only_while_it_may_grow(path: Path) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        await monitor.press("home")
        await monitor.until(lambda: "G: follow" in tabs(monitor))
        # In the table the key means another thing.
        monitor.table.focus()
        await monitor.until(lambda: "not following" in tabs(monitor))
        monitor.detail.tab = DetailTab.RECORD
        await monitor.until(lambda: "follow" not in tabs(monitor))
        monitor.detail.tab = DetailTab.OUTPUT
        await monitor.until(lambda: "not following" in tabs(monitor))
        await monitor.press("space")
        await monitor.until(lambda: "follow" not in tabs(monitor))
        await monitor.press("space")
        await monitor.until(lambda: "not following" in tabs(monitor))
        monitor.write([kept(path, 1, "ERROR")])
        await monitor.until(lambda: "follow" not in tabs(monitor))


async def test_a_reader_stays_at_a_line_while_those_far_above_it_are_dropped(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_tail, "MOST_LINES", 200)
    add(path, numbered(range(200)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 199.")
        await monitor.press("pageup")
        seen = window(monitor)
        add(path, numbered(range(200, 220)))
        await monitor.until(lambda: has(monitor, "line 219."))
        assert not has(monitor, "line 0.")
        await monitor.until(lambda: window(monitor) == seen)
        add(path, numbered(range(220, 900)))
        await monitor.until(lambda: has(monitor, "line 899."))
        # What was read is gone.
        await monitor.until(lambda: window(monitor)[0].startswith("Earlier output is in"))


async def test_at_the_end_a_reader_stays_there_when_the_window_changes(path: Path) -> None:
    add(path, "".join(f"{'word ' * 30}{number}.\n" for number in range(100)))
    async with following(path, kept(path, 1)) as monitor:
        for size in ((60, 40), (130, 20), (80, 24)):
            await monitor.pilot.resize_terminal(*size)
            await monitor.until(lambda: window(monitor)[-1].endswith("99."), f"{size}")
        await monitor.press("w")
        await monitor.press("w")
        await monitor.until(lambda: window(monitor)[-1].endswith("99."))
        add(path, "more\n")
        await monitor.until(lambda: window(monitor)[-1] == "more")


async def test_a_file_that_is_written_anew_is_shown_from_its_beginning(path: Path) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        await monitor.press("pageup")
        output_path(path, "job-00001").write_text("anew\n", encoding="utf-8")
        await monitor.until(lambda: window(monitor)[0] == "anew")
        assert not any(window(monitor)[1:])


async def test_a_tick_with_nothing_new_paints_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(path, numbered(range(100)))
    reads = 0
    read = OutputTail.read

    def counted(tail: OutputTail) -> Any:
        nonlocal reads
        reads += 1
        return read(tail)

    monkeypatch.setattr(OutputTail, "read", counted)
    job = kept(path, 1, progress={"done": 1, "total": 4})
    async with following(path, job) as monitor:
        await monitor.shows("1/4 · 25 %")
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        document = monitor.screen.query_one(Document)
        painted: list[tuple[Region, ...]] = []
        refresh = document.refresh

        def noted(*regions: Region, **given: Any) -> Document:
            painted.append(regions)
            return refresh(*regions, **given)

        monkeypatch.setattr(document, "refresh", noted)
        before = reads
        await monitor.until(lambda: reads > before + 3)
        assert painted == []
        # A job that gets on without writing paints no output either.
        monitor.write([kept(path, 1, progress={"done": 2, "total": 4})])
        await monitor.shows("2/4 · 50 %")
        assert painted == []
        add(path, "more\n")
        await monitor.until(lambda: window(monitor)[-1] == "more")
        assert painted != []


async def test_after_the_end_of_the_job_it_is_read_once_more_and_not_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(path, "begun\n")
    async with following(path, kept(path, 1), a_job(2, "IN_PROGRESS")) as monitor:
        await monitor.until(lambda: window(monitor)[0] == "begun")
        add(path, "last words\n")
        monitor.write([kept(path, 1, "ERROR")])
        await monitor.until(lambda: window(monitor)[1] == "last words")
        await monitor.until(lambda: not outputs_followed(monitor), "the end of the reading")


async def test_only_what_is_on_screen_is_followed(path: Path) -> None:
    add(path, "begun\n")
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: bool(outputs_followed(monitor)))
        monitor.detail.tab = DetailTab.RECORD
        await monitor.until(lambda: not outputs_followed(monitor))
        add(path, "meanwhile\n")
        monitor.detail.tab = DetailTab.OUTPUT
        await monitor.until(lambda: window(monitor)[:2] == ["begun", "meanwhile"])


async def test_while_the_screen_is_held_the_output_stands_still(path: Path) -> None:
    add(path, "begun\n")
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[0] == "begun")
        await monitor.press("space")
        await monitor.until(lambda: not outputs_followed(monitor))
        add(path, "meanwhile\n")
        for tab in (DetailTab.MESSAGE, DetailTab.OUTPUT):
            monitor.detail.tab = tab
            await monitor.pilot.pause()
        assert not outputs_followed(monitor)
        assert window(monitor)[:2] == ["begun", ""]
        await monitor.press("space")
        await monitor.until(lambda: window(monitor)[:2] == ["begun", "meanwhile"])


async def test_an_output_that_is_seen_first_on_a_held_screen_is_read_once(path: Path) -> None:
    add(path, "begun\n")
    with PlainJobLog.open(path) as log:
        log.upsert_many([kept(path, 1)])
    async with running_monitor(path, FakeClock()) as monitor:
        await monitor.until(lambda: monitor.detail.job is not None)
        await monitor.press("space")
        monitor.detail.tab = DetailTab.OUTPUT
        await monitor.until(lambda: window(monitor)[0] == "begun")
        await monitor.until(lambda: not outputs_followed(monitor))


async def test_text_is_found_in_it_and_in_what_is_added(path: Path) -> None:
    add(path, numbered(range(100)))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.until(lambda: window(monitor)[-1] == "line 99.")
        await monitor.press("ctrl+f", *"line", "space", "7", ".")
        await monitor.shows("1 of 1")
        await monitor.until(lambda: "line 7." in window(monitor))
        seen = window(monitor)
        add(path, numbered([7, 8]))
        await monitor.shows("1 of 2")
        assert window(monitor) == seen


@pytest.mark.parametrize("gone", [range(10), range(2)])
async def test_behind_a_match_that_is_gone_comes_the_first_of_those_that_are_left(
    path: Path, monkeypatch: pytest.MonkeyPatch, gone: range
) -> None:
    add(path, "a needle\n")
    add(path, numbered(gone))
    add(path, "".join(f"{'hay ' * 4}{number}\n{'needle ' * 2}{number}\n" for number in range(40)))
    monkeypatch.setattr(output_tail, "LEFT", 1)
    monkeypatch.setattr(output_tail, "MOST_LINES", 81 + len(gone))
    async with following(path, kept(path, 1)) as monitor:
        await monitor.press("home")
        await monitor.press("ctrl+f", *"needle", "enter")
        await monitor.shows("1 of 81")
        add(path, "hay\n" * (1 + len(gone) // 2))
        await monitor.shows("1 of 80")
        await monitor.press("n")
        await monitor.shows("1 of 80")
        await monitor.until(lambda: any("needle" in line for line in window(monitor)))
        await monitor.press("n")
        await monitor.shows("2 of 80")


def tabs(monitor: Monitor) -> str:
    return monitor.screen.query_one(DetailTabs).render().plain


def has(monitor: Monitor, line: str) -> bool:
    """Return whether the output as the detail has it has a line, on screen or not."""
    return any(token.text == line for shown in monitor.detail.whole() for token in shown.tokens)


def outputs_followed(monitor: Monitor) -> list[object]:
    return [worker for worker in monitor.screen.workers if worker.group == "output"]
