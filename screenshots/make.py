"""Make the README's pictures from the real app: ``python screenshots/make.py``.

The log, the clock and the zone are fixed, so the same code gives the same bytes.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.when import UTC
from jobwatch.store.plain_log import PlainJobLog
from jobwatch.tui.app import JobwatchApp

HERE = Path(__file__).parent
NOW = 1_795_471_396_000

PICTURES: dict[str, tuple[tuple[int, int], list[str]]] = {
    "monitor-120x36": ((120, 36), ["2", *["j"] * 12, "tab", "right"]),
    "running-80x24": ((80, 24), ["j"]),
    "failed-160x50": ((160, 50), ["3", "j", "tab", "right", "right"]),
    "dates-80x24": ((80, 24), ["d", "up", "enter", "down"]),
}


async def main() -> None:
    """Write one SVG for each picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        with PlainJobLog.open(path) as log:
            log.upsert_many(seed_jobs(count=5_000, days=45, running=9, now=NOW, random_state=11))
        for name, (size, keys) in PICTURES.items():
            app = JobwatchApp(path, interval=0.02, zone=UTC, clock=lambda: NOW)
            async with app.run_test(size=size) as pilot:
                await pilot.pause(0.5)
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
