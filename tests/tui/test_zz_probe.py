from pathlib import Path
import pytest
from tests.tui.harness import *
from tests.tui.conftest import *

async def test_reopen_counts(log, clock):
    async with running_monitor(log, clock) as m:
        await m.press("2","slash",*"is:failed","enter")
        await m.shows("3 Failed 10")
        await m.until(lambda: "2 All 10" in m.tabs)
        other = log.with_name("o.db")
        with PlainJobLog.open(other) as store:
            store.upsert_many([a_job(5, "ERROR", id="another")])
        import os
        for suffix in ("-wal", "-shm"):
            log.with_name(log.name + suffix).unlink(missing_ok=True)
        os.replace(other, log)
        await m.until(lambda: m.table.listing.total == 1)
        print(m.tabs)
        m.write([a_job(6,"ERROR",id="b")])
        await m.until(lambda: m.table.listing.total == 2)
        for _ in range(100):
            await m.pilot.pause(0.01)
        print(m.text())
        assert "2 All 2" in m.tabs

@pytest.mark.parametrize("typed", ["~nobody/x", "x"*300, "a/b/c.csv"])
async def test_paths(log, clock, typed):
    async with running_monitor(log, clock) as m:
        await m.press("e")
        await m.shows("Export")
        m.app.screen.query_one("Input").value = typed
        await m.pilot.pause()
        await m.press("enter")
        for _ in range(10):
            await m.pilot.pause(0.01)
        print(m.text())
