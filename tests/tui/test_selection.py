"""The selected job never changes by itself, whatever happens to the log."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jobwatch.model.job import UNSET, Job
from jobwatch.store.job_log import JobLog
from jobwatch.store.plain_log import PlainJobLog
from tests.tui.harness import NOW, FakeClock, Monitor, a_job, running_monitor

FIRST = 40
SORTS = 6

numbers = st.integers(0, 90)
steps = st.one_of(
    st.tuples(st.just("insert newest"), numbers),
    st.tuples(st.just("insert below"), numbers),
    st.tuples(st.just("update"), numbers),
    st.tuples(st.just("move start"), numbers),
    st.tuples(st.just("end"), numbers),
    st.tuples(st.just("delete"), numbers),
    st.tuples(st.just("sort"), st.integers(1, SORTS)),
)


class Life:
    """Changes a log step by step, and knows what is in it."""

    def __init__(self, log: JobLog) -> None:
        self.log = log
        self.jobs: dict[str, Job] = {}
        self._made = FIRST

    async def put(self, *jobs: Job) -> None:
        await self.log.upsert_many(jobs)
        self.jobs.update((job.id, job) for job in jobs)

    async def take(self, step: str, number: int) -> None:
        ids = sorted(self.jobs)
        chosen = self.jobs[ids[number % len(ids)]] if ids else None
        later = NOW + self._made * 1_000
        self._made += 1
        new = a_job(0, "IN_PROGRESS", id=f"new-{self._made}", message="new")
        if step == "insert newest":
            await self.put(new.replace(start_datetime=later))
        elif step == "insert below":
            await self.put(new.replace(start_datetime=NOW - number * 60_000 - 1))
        elif chosen is None:
            return
        elif step == "update":
            await self.put(chosen.replace(message=f"step {self._made}", updatedtime=later))
        elif step == "move start":
            moved = {"start_datetime": NOW - number * 61_000, "updatedtime": later}
            await self.put(chosen.replace(**moved))
        elif step == "end":
            ended = {"status": "COMPLETE", "end_datetime": later, "updatedtime": later}
            await self.put(chosen.replace(**ended))
        elif step == "delete":
            await self.log.delete([chosen.id])
            del self.jobs[chosen.id]

    def shown(self, view: str) -> int:
        running = (job for job in self.jobs.values() if job.end_datetime is UNSET)
        return len(self.jobs) if view == "2" else sum(1 for _ in running)


async def live(view: str, down: int, walk: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, clock = Path(folder) / "jobs.db", FakeClock()
        async with JobLog.open(path, clock=clock) as log:
            life = Life(log)
            await life.put(
                *(a_job(n, "IN_PROGRESS" if n % 2 else "COMPLETE") for n in range(FIRST))
            )
            async with running_monitor(path, clock) as monitor:
                await monitor.press(view)
                await monitor.until(lambda: monitor.table.listing.total == life.shown(view))
                for _ in range(down):
                    await monitor.press("j")
                await follow(monitor, life, view, walk)


async def follow(monitor: Monitor, life: Life, view: str, walk: list[tuple[str, int]]) -> None:
    selected = monitor.selected
    assert selected is not None
    for step, number in walk:
        if step == "sort":
            for _ in range(number):
                await monitor.press("s")
        else:
            await life.take(step, number)
        await monitor.press("r")
        there = selected in life.jobs
        await monitor.until(
            lambda: monitor.table.listing.total == life.shown(view), f"{step} {number}"
        )
        await monitor.pilot.pause()
        if step == "sort" and (not there or (view == "1" and ended(life.jobs[selected]))):
            # A new order is a new result: what had left is not in it.
            selected = monitor.selected
        assert monitor.selected == selected, (step, number)
        row = monitor.table.row_at(monitor.table.cursor_line)
        assert row is not None
        assert row.id == selected
        top = monitor.table.scroll_offset.y
        assert top <= monitor.table.cursor_line < top + monitor.table.body_height


def ended(job: Job) -> bool:
    return job.end_datetime is not UNSET


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # an example takes a second: to shrink one would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(
    view=st.sampled_from("12"),
    down=st.integers(0, 15),
    walk=st.lists(steps, min_size=3, max_size=10),
)
def test_the_selected_job_stays_through_inserts_updates_ends_deletes_and_sorts(
    view: str, down: int, walk: list[tuple[str, int]]
) -> None:
    asyncio.run(live(view, down, walk))


async def test_new_jobs_above_move_nothing_on_screen(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", *["j"] * 30)
        await monitor.until(lambda: monitor.selected == "job-00030")
        rows = table_text(monitor)
        monitor.write(a_job(0, id=f"new-{n}", start_datetime=NOW + n) for n in range(5))
        await monitor.until(lambda: monitor.table.listing.total == 308)
        assert table_text(monitor) == rows


async def test_a_job_that_ends_under_the_cursor_stays_until_the_cursor_moves(
    log: Path, clock: FakeClock
) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("j")
        await monitor.until(lambda: monitor.selected == "job-00001")
        monitor.write([a_job(1, "COMPLETE")])
        await monitor.shows("1 Running 2")
        await monitor.shows("✓ complete")
        assert monitor.selected == "job-00001"
        assert monitor.table.listing.ghost is not None
        assert monitor.table.cursor_line == 1
        await monitor.press("j")
        await monitor.until(lambda: monitor.selected == "job-00002")
        assert monitor.table.listing.ghost is None
        assert "✓ complete" not in table_text(monitor)


async def test_the_detail_stays_with_the_selected_job(log: Path, clock: FakeClock) -> None:
    async with running_monitor(log, clock) as monitor:
        await monitor.press("j")
        await monitor.shows("job-00001")
        monitor.write([a_job(1, "IN_PROGRESS", message="half way", updatedtime=NOW)])
        await monitor.shows("half way")
        monitor.write([a_job(0, "COMPLETE")])
        await monitor.shows("1 Running 2")
        assert monitor.detail.job is not None
        assert monitor.detail.job.id == "job-00001"


def table_text(monitor: Monitor) -> str:
    top, bottom = monitor.table.region.y + 1, monitor.table.region.bottom
    return "\n".join(line[:78] for line in monitor.text().splitlines()[top:bottom])


async def test_a_filter_that_is_cleared_leaves_the_window_where_it_was(
    log: Path, clock: FakeClock
) -> None:
    with PlainJobLog.open(log) as store:
        store.upsert_many([a_job(50 + 100 * n, user="bob") for n in range(3)])
    async with running_monitor(log, clock) as monitor:
        await monitor.press("2", *["j"] * 30)
        await monitor.until(lambda: monitor.selected == "job-00030", "a job in the middle")
        screen = monitor.text()
        line = monitor.table.cursor_line - monitor.table.scroll_offset.y
        assert line == monitor.table.body_height - 1
        for _ in range(2):
            await monitor.press("slash", *"user:bob", "enter")
            await monitor.lists("job-00050", "job-00150", "job-00250")
            await monitor.press("escape")
            await monitor.until(lambda: monitor.text() == screen, "the same screen")
        # A cursor that was moved meanwhile stays where it was put.
        await monitor.press("slash", *"user:bob", "enter")
        await monitor.lists("job-00050", "job-00150", "job-00250")
        await monitor.press("j")
        await monitor.until(lambda: monitor.selected == "job-00150", "the second")
        await monitor.press("escape")
        await monitor.until(lambda: monitor.table.listing.total == 303, "all jobs")
        assert monitor.selected == "job-00150"
        assert monitor.table.cursor_line - monitor.table.scroll_offset.y == 1
