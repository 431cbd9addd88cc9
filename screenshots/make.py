"""Make the README's pictures from the real app: ``python screenshots/make.py``.

The log, the clock and the zone are fixed, so the same code gives the same bytes.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.job import Job
from jobwatch.model.node import Node, NodeState
from jobwatch.model.remembered import look
from jobwatch.model.when import UTC
from jobwatch.store.job_log import JobLog
from jobwatch.store.output import KEY, create_output, output_key
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.store.state import StateFile
from jobwatch.tui.app import JobwatchApp

HERE = Path(__file__).parent
NOW = 1_795_471_396_000

LOOKED = 9 * 3_600_000
"""How long ago one looked at what needs attention."""

NODES = (
    Node(name="db1.example.com", state=NodeState.LIVE, checked_at=NOW),
    Node(
        name="db2.example.com",
        state=NodeState.LIVE,
        checked_at=NOW,
        process_started=NOW - 3_600_000,
        skew=4_200,
    ),
    Node(name="db3.example.com", state=NodeState.REFUSED, checked_at=NOW, retry_at=NOW + 7_000),
)

PICTURES: dict[str, tuple[tuple[int, int], list[str]]] = {
    "monitor-120x36": ((120, 36), ["2", *["j"] * 12, "tab", "right"]),
    "running-80x24": ((80, 24), ["j"]),
    "failed-160x50": ((160, 50), ["3", "j", "tab", "right", "right"]),
    "dates-80x24": ((80, 24), ["d", "up", "enter", "down"]),
    "attention-120x36": ((120, 36), ["5", "j", "j", "j"]),
    "overlaps-120x36": ((120, 36), ["G", "k", "o", "j", "j"]),
}
OF_NODES: dict[str, tuple[tuple[int, int], list[str]]] = {
    "nodes-100x24": ((100, 24), ["3"]),
}
OF_A_RUN: dict[str, tuple[tuple[int, int], list[str]]] = {
    "output-120x36": ((120, 36), ["j", "j", "j", "tab", "left"]),
}


async def main() -> None:
    """Write one SVG for each picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        with PlainJobLog.open(path) as log:
            log.upsert_many(seed_jobs(count=5_000, days=45, running=9, now=NOW, random_state=11))
        for name, (size, keys) in PICTURES.items():
            await _picture(path, name, size, keys)
        path = Path(folder) / "cluster.db"
        await _mirror(path)
        for name, (size, keys) in OF_NODES.items():
            await _picture(path, name, size, keys)
        path = Path(folder) / "nightly.db"
        _run(path)
        for name, (size, keys) in OF_A_RUN.items():
            await _picture(path, name, size, keys)


async def _mirror(path: Path) -> None:
    jobs = list(seed_jobs(count=5_000, days=45, running=9, now=NOW, random_state=11))
    lost = Job(
        id="f4c1d2aa-93cb-4d2e-8f1e-52a9d3b6f7e0",
        type="csv_file_load",
        user="etl",
        status="IN_PROGRESS",
        start_datetime=NOW - 3_700_000,
    )
    async with JobLog.open(path) as log:
        for number, node in enumerate(NODES):
            await log.upsert_many(jobs[number :: len(NODES)], node=node.name)
        await log.upsert_many([lost], node=NODES[1].name)
        for node in NODES:
            await log.save_node(node)


def _run(path: Path) -> None:
    """Write a log with a job that is amid its work, and what it has said."""
    id, done, total = "9b1f6c04-6a0e-4c57-9d0b-0f5f8f3e2a71", 17, 24
    said = [f"{total} files to load"]
    for number in range(1, done + 1):
        count = 600 + number * 731 % 1_100
        said.append(f"\x1b[32m✓\x1b[0m dogs-{number:02}.csv  {count:>5,} records")
    amid = f"dogs-{done + 1:02}.csv"
    bar = "".join(f"\r  {amid}  {count:>5,} of 1,840 …" for count in range(961))
    running = Job(
        id=id,
        type="load_files",
        user="etl",
        status="IN_PROGRESS",
        start_datetime=NOW - 31_000,
        message=f"loading {amid}",
        other={"progress": {"done": done, "total": total}, KEY: output_key(path, id)},
    )
    with PlainJobLog.open(path) as log:
        log.upsert_many(seed_jobs(count=400, days=5, running=9, now=NOW, random_state=11))
        log.upsert_many([running])
    with create_output(path, id) as file:
        file.write("\n".join([*said, bar]).encode())


async def _picture(path: Path, name: str, size: tuple[int, int], keys: list[str]) -> None:
    state = StateFile.of(path, path.parent)
    state.change(lambda remembered: look(remembered, NOW - LOOKED))
    app = JobwatchApp(path, interval=0.02, zone=UTC, clock=lambda: NOW, state=state)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(1.5)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        svg = app.export_screenshot(title="jobwatch")
    (HERE / f"{name}.svg").write_text(_standing_alone(svg), "utf-8")


def _standing_alone(svg: str) -> str:
    """Take out what a picture would load from elsewhere, and the number of the run in its names."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    return re.sub(r"terminal-\d+", "terminal", svg)


if __name__ == "__main__":
    asyncio.run(main())
