"""Every key can be pressed while the log is away, and the monitor goes on when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.harness import FakeClock, running_monitor


@pytest.mark.parametrize(
    "keys",
    ["j", "G", "2", "s", "n", "d", "o", "[", "Yj", "y", "/a", "e", "t", "m"],
)
async def test_a_key_is_harmless_while_the_log_is_away(
    log: Path, clock: FakeClock, keys: str
) -> None:
    away = log.with_name("away.db")
    async with running_monitor(log, clock) as monitor:
        for name in ("", "-wal", "-shm"):
            beside = log.with_name(log.name + name)
            if beside.exists():
                beside.rename(away.with_name(away.name + name))
        await monitor.shows("✗ as of")
        await monitor.press(*keys)
        await monitor.pilot.pause(0.05)
        await monitor.press("escape", "escape", "escape")
        for name in ("", "-wal", "-shm"):
            beside = away.with_name(away.name + name)
            if beside.exists():
                beside.rename(log.with_name(log.name + name))
        await monitor.shows("● live")
        assert monitor.app.return_code is None
