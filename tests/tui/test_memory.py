"""What a monitor remembers beside others that have the same log open."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from jobwatch.model.query import Sort, SortKey
from jobwatch.model.remembered import (
    Change,
    Remembered,
    SavedView,
    add_to_history,
    add_view,
    look,
    move_view,
)
from jobwatch.store.state import StateError, StateFile
from jobwatch.tui.memory import Memory

BY_TYPE = Sort(SortKey.TYPE)


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile.of(tmp_path / "jobs.db", tmp_path / "state")


def memory_of(file: StateFile, *, read_only: bool = False) -> Memory:
    memory = Memory(file, pytest.fail, read_only=read_only)
    memory.load()
    return memory


async def test_what_others_change_is_taken_up_once_the_file_has_changed(file: StateFile) -> None:
    one, other = memory_of(file), memory_of(file)
    assert not one.reload()
    await other.change(partial(add_view, view=SavedView(name="theirs")))
    await other.change(partial(look, at=7))
    assert one.reload()
    assert [view.name for view in one.now.views] == ["theirs"]
    assert one.now.looked_at == 7
    assert not one.reload()


async def test_a_change_of_ones_own_is_nothing_to_take_up(file: StateFile) -> None:
    memory = memory_of(file)
    await memory.change(partial(look, at=7))
    assert not memory.reload()


async def test_the_order_and_the_columns_stay_ones_own(file: StateFile) -> None:
    one, other = memory_of(file), memory_of(file)
    await one.change(lambda now: now.replace(sort=BY_TYPE, columns=("id",)))
    await other.change(lambda now: now.replace(sort=Sort(), columns=("type",)))
    one.reload()
    assert (one.now.sort, one.now.columns) == (BY_TYPE, ("id",))


async def test_what_is_of_this_run_alone_stays_when_others_change_the_file(file: StateFile) -> None:
    one, other = memory_of(file, read_only=True), memory_of(file)
    await one.change(partial(add_to_history, text="mine"))
    await other.change(partial(add_to_history, text="theirs"))
    assert one.reload()
    assert one.now.history == ("mine", "theirs")


async def test_nothing_is_forgotten_where_the_file_has_gone(file: StateFile) -> None:
    memory = memory_of(file)
    await memory.change(partial(look, at=7))
    os.unlink(file.path)
    assert not memory.reload()
    assert memory.now.looked_at == 7


class SlowFile(StateFile):
    """A file whose changes are written, but not told to be until they may."""

    written, may_end = Event(), Event()

    def change(self, change: Change) -> Remembered:
        changed = super().change(change)
        self.written.set()
        assert self.may_end.wait(60)
        return changed


class BrokenFile(StateFile):
    """A file that can't be read while it is broken, nor written ever."""

    broken = Event()

    def load(self) -> Remembered:
        if self.broken.is_set():
            raise StateError("it can't be read")
        return super().load()

    def change(self, change: Change) -> Remembered:
        raise StateError("it can't be kept")


def names(memory: Memory) -> list[str]:
    return [view.name for view in memory.now.views]


async def with_views(file: StateFile) -> None:
    memory = memory_of(file)
    for name in "abcd":
        await memory.change(partial(add_view, view=SavedView(name=name)))


async def test_a_change_of_ones_own_that_is_just_being_written_is_not_made_twice(
    file: StateFile,
) -> None:
    await with_views(file)
    slow = SlowFile(file.log, file.path)
    memory = memory_of(slow)
    changing = asyncio.ensure_future(memory.change(partial(move_view, name="a", places=1)))
    assert await asyncio.to_thread(slow.written.wait, 60)
    memory.reload()
    assert names(memory) == ["b", "a", "c", "d"]
    slow.may_end.set()
    await changing
    assert not memory.reload()
    assert names(memory) == ["b", "a", "c", "d"]


async def test_where_the_file_can_not_be_read_nothing_is_changed_twice(file: StateFile) -> None:
    await with_views(file)
    broken = BrokenFile(file.log, file.path)
    said: list[str] = []
    memory = Memory(broken, said.append, read_only=True)
    memory.load()
    await memory.change(partial(move_view, name="a", places=1))
    await memory_of(file).change(partial(look, at=7))
    broken.broken.set()
    assert not memory.reload()
    assert names(memory) == ["b", "a", "c", "d"]
    assert said == ["it can't be read"]
    broken.broken.clear()
    assert memory.reload()
    assert names(memory) == ["b", "a", "c", "d"]
    assert memory.now.looked_at == 7


async def test_a_change_that_could_not_be_kept_is_told_and_not_made_over_those_of_others(
    file: StateFile,
) -> None:
    said: list[str] = []
    memory = Memory(BrokenFile(file.log, file.path), said.append)
    memory.load()
    await memory.change(partial(add_view, view=SavedView(name="lost")))
    assert names(memory) == ["lost"]
    assert said == ["it can't be kept"]
    await memory_of(file).change(partial(add_view, view=SavedView(name="theirs")))
    assert memory.reload()
    assert names(memory) == ["theirs"]
