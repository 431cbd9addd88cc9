"""Nodes on screen: how each does, whose a job is, the jobs of one alone, and what is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from jobwatch.model.node import Node, NodeState
from jobwatch.store.job_log import JobLog
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor

LIVE = Node(name="n1.example.com", state=NodeState.LIVE, checked_at=NOW)
REFUSED = Node(name="n2.example.com", state=NodeState.REFUSED, checked_at=NOW, retry_at=NOW + 9_000)


async def save(monitor: Monitor, *nodes: Node) -> None:
    async with JobLog.open(monitor.path, clock=monitor.clock) as log:
        for node in nodes:
            await log.save_node(node)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Return the path of a log with two jobs that run on each of two nodes, and one of none."""
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log:
        for first, node in enumerate((LIVE, REFUSED)):
            jobs = [a_job(number, "IN_PROGRESS") for number in (first + 1, first + 3)]
            await log.upsert_many(jobs, node=node.name)
            await log.save_node(node)
        await log.upsert_many([a_job(9, "IN_PROGRESS")])
    return path


@pytest.fixture
async def monitor(path: Path, clock: FakeClock) -> AsyncIterator[Monitor]:
    async with running_monitor(path, clock) as monitor:
        await monitor.shows("n1.example.com")
        yield monitor


def column(monitor: Monitor, name: str) -> list[str]:
    """Return what a column of the table says, line by line."""
    lines = monitor.text().splitlines()
    header = next(line for line in lines if "Time" in line and "State" in line)
    at = header.index(name)
    rows = lines[lines.index(header) + 1 : next(y for y, line in enumerate(lines) if "──" in line)]
    return [line[at:].split()[0] for line in rows if line.strip()]


def has_nodes(monitor: Monitor, expected: list[str]) -> bool:
    return column(monitor, "Node") == expected


async def test_each_node_says_how_it_does_and_counts_down_to_its_next_try(
    monitor: Monitor, clock: FakeClock
) -> None:
    await monitor.shows("● n1.example.com live  ✗ n2.example.com refused · retrying in 9 s")
    clock.now += 4_000
    await monitor.shows("retrying in 5 s")
    await save(monitor, REFUSED.replace(state=NodeState.LIVE, retry_at=None))
    await monitor.shows("● n1.example.com live  ● n2.example.com live")


async def test_a_mirror_that_fell_silent_is_said_without_any_change_of_the_log(
    monitor: Monitor, clock: FakeClock
) -> None:
    clock.now += 600_000
    await monitor.shows("○ n1 not watched · since 22:03  ○ n2 not watched · since 22:03")


async def test_a_log_without_nodes_has_no_line_for_them(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        assert "Running" in monitor.text().splitlines()[1]
        assert "Node" not in monitor.text()
        await monitor.press("n")
        await monitor.shows("No job of this log is of a node.")


async def test_a_line_too_narrow_for_all_says_most_of_those_in_trouble(
    monitor: Monitor,
) -> None:
    third = LIVE.replace(name="n3.example.com")
    await save(monitor, third)
    await monitor.shows("● n1 live  ✗ n2 refused · retrying in 9 s  ● n3 live")
    await save(monitor, *(third.replace(name=f"n{n}.example.com") for n in range(4, 9)))
    await monitor.shows("● n1  ✗ n2 refused · retrying in 9 s  ● n3  ● n4  ● n5  ● n6  ● n7  ● n8")
    await save(monitor, *(third.replace(name=f"n{n}.example.com") for n in range(10, 20)))
    await monitor.shows("✗ n2 refused · retrying in 9 s  ● 17 live")


async def test_with_several_nodes_a_column_says_whose_each_job_is(monitor: Monitor) -> None:
    assert column(monitor, "Node") == ["n1", "n2", "n1", "n2", "–"]


async def test_with_one_node_there_is_no_column_for_it(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "jobs.db"
    async with JobLog.open(path) as log:
        await log.upsert_many([a_job(1, "IN_PROGRESS")], node=LIVE.name)
        await log.save_node(LIVE)
    async with running_monitor(path, clock) as monitor:
        await monitor.shows("n1.example.com live")
        assert " Node " not in monitor.text()


async def test_n_shows_the_jobs_of_one_node_after_the_other_and_then_all(
    monitor: Monitor,
) -> None:
    for node, jobs in (("n1", 2), ("n2", 2)):
        await monitor.press("n")
        await monitor.shows(f"{jobs} jobs · on {node}.example.com")
        assert column(monitor, "Node") == [node] * jobs
    await monitor.press("n")
    await monitor.until(lambda: len(column(monitor, "Node")) == 5)
    assert " · on " not in monitor.text()


async def test_the_jobs_of_one_node_go_with_a_filter_and_escape_ends_both(
    monitor: Monitor,
) -> None:
    await monitor.press("n", "slash", *"00003", "enter")
    await monitor.shows("1 job · with “00003” · on n1.example.com")
    await monitor.press("escape")
    await monitor.shows("2 jobs · on n1.example.com")
    await monitor.press("escape")
    await monitor.until(lambda: len(column(monitor, "Node")) == 5)


async def test_a_click_on_a_node_shows_its_jobs_and_a_second_one_all(monitor: Monitor) -> None:
    for expected in (["n2", "n2"], ["n1", "n2", "n1", "n2", "–"]):
        await monitor.pilot.click("NodeBar", offset=(30, 0))
        await monitor.until(partial(has_nodes, monitor, expected))


async def test_a_node_without_jobs_in_the_view_says_so(monitor: Monitor) -> None:
    await monitor.press("3", "n")
    await monitor.shows("Only jobs of n1.example.com are shown")


async def test_a_job_that_its_node_lost_says_so_and_why_and_runs_no_more(
    monitor: Monitor, clock: FakeClock
) -> None:
    await monitor.press("2")
    await monitor.shows("All 5")
    await save(monitor, LIVE.replace(process_started=NOW - 30_000))
    await monitor.shows("1 Running 3")
    assert "3 Failed 2" in monitor.text()
    assert [row.split() for row in monitor.text().splitlines() if "? lost" in row and "–" in row]
    assert monitor.selected == "job-00001"
    await monitor.shows("Lost: n1.example.com was started anew at 2026-11-23 22:02:46.")
    before = monitor.text()
    clock.now += 10_000
    await monitor.press("left", "right")
    lost = [line for line in before.splitlines() if "lost" in line]
    assert [line for line in monitor.text().splitlines() if "lost" in line] == lost


async def test_a_lost_job_that_has_ended_after_all_is_shown_as_ended(monitor: Monitor) -> None:
    await monitor.press("2")
    await save(monitor, LIVE.replace(process_started=NOW - 30_000))
    await monitor.shows("? lost")
    monitor.write([a_job(1), a_job(3)])
    await monitor.until(lambda: "lost" not in monitor.text().lower())
