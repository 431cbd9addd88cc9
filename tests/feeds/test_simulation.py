from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwatch.feeds.samples import seed_jobs
from jobwatch.feeds.simulation import Action, Create, End, Say, Script, Simulation, Start
from jobwatch.model.job import UNSET, Job, JobStatus, Phase
from jobwatch.model.query import JobQuery, View
from jobwatch.store.job_log import JobLog

NOW = 1_795_471_019_924
TICK = 200
MINUTE = 60_000


class Clock:
    """Time that passes when it is told to, in epoch ms."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def played(script: Script, minutes: float) -> list[tuple[int, Action]]:
    """What a script does, each action with the ms since its beginning."""
    return [
        (passed, action)
        for passed in range(0, int(minutes * MINUTE), TICK)
        for action in script.step(NOW + passed)
    ]


def seeded(running: int = 8, random_state: int = 1) -> list[Job]:
    jobs = seed_jobs(count=running, running=running, now=NOW, random_state=random_state)
    return list(jobs)


def test_the_same_number_gives_the_same_script() -> None:
    first, second = (played(Script(7), 2) for _ in range(2))
    assert first == second
    assert played(Script(8), 2) != first


def test_a_script_and_a_seed_of_the_same_number_have_other_ids() -> None:
    created = {action.work.id for _, action in played(Script(7), 20) if isinstance(action, Create)}
    history = seed_jobs(count=2_000, running=8, now=NOW, random_state=7)
    assert not created & {job.id for job in history}


@settings(max_examples=20)
@given(random_state=st.integers(0, 2**32), adopted=st.integers(0, 12))
def test_each_job_is_created_begins_speaks_and_ends_in_this_order(
    random_state: int, adopted: int
) -> None:
    script = Script(random_state)
    running = seeded(adopted, random_state)
    script.adopt(running, NOW)
    stage = {job.id: job.phase for job in running}
    for _, action in played(script, 5):
        match action:
            case Create(work):
                assert work.id not in stage
                stage[work.id] = Phase.CREATED
            case Start(id):
                assert stage[id] is Phase.CREATED
                stage[id] = Phase.IN_PROGRESS
            case Say(id, message):
                assert stage[id] is Phase.IN_PROGRESS
                assert message
            case End(work):
                assert stage[work.id] is Phase.IN_PROGRESS
                stage[work.id] = Phase.ENDED


@pytest.mark.parametrize("adopted", [0, 8])
def test_about_six_to_twelve_jobs_are_there_at_any_time(adopted: int) -> None:
    script = Script(3)
    script.adopt(seeded(adopted), NOW)
    there, counts = adopted, []
    for passed in range(0, 20 * MINUTE, TICK):
        for action in script.step(NOW + passed):
            there += isinstance(action, Create) - isinstance(action, End)
        counts.append(there)
    settled = counts[2_000 // TICK :]
    assert set(settled) <= set(range(4, 13))
    assert sum(count >= 6 for count in settled) > 0.99 * len(settled)
    assert max(settled) > 8


def test_a_job_runs_between_four_seconds_and_three_minutes() -> None:
    began: dict[str, int] = {}
    taken = []
    for passed, action in played(Script(5), 30):
        if isinstance(action, Start):
            began[action.id] = passed
        elif isinstance(action, End):
            taken.append(passed - began[action.work.id])
    assert min(taken) >= 4_000 - TICK
    assert max(taken) <= 180_000 + TICK
    assert sum(time < 10_000 for time in taken) > len(taken) / 5
    assert any(time > 60_000 for time in taken)


def test_something_is_created_begins_speaks_and_ends_within_the_first_seconds() -> None:
    script = Script(1)
    script.adopt(seeded(), NOW)
    seen = {type(action) for _, action in played(script, 0.1)}
    assert seen >= {Create, Say, Start, End}


def test_jobs_end_well_in_part_and_badly() -> None:
    works = [action.work for _, action in played(Script(2), 60) if isinstance(action, End)]
    assert {work.status for work in works} == {"COMPLETE", "ERROR"}
    loads = [str(work.message) for work in works if "successfully loaded" in str(work.message)]
    parts = [message.split()[2::2] for message in loads]
    assert any(loaded != total for loaded, total in parts)


def test_a_long_load_tells_how_far_it_is_every_second_or_two() -> None:
    spoken: dict[str, list[tuple[int, str]]] = {}
    for passed, action in played(Script(2), 10):
        if isinstance(action, Say):
            spoken.setdefault(action.id, []).append((passed, action.message))
    times, messages = zip(*max(spoken.values(), key=len), strict=True)
    assert len(times) > 20
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert all(1_000 <= pause <= 2_000 + TICK for pause in pauses)
    assert len(set(messages)) > 0.5 * len(messages)
    loading = [message for said in spoken.values() for _, message in said if "loading" in message]
    assert loading
    for message in loading:
        done, total = (int(word.replace(",", "")) for word in message.split()[1:4:2])
        assert 0 <= done <= total


def test_seeded_jobs_end_within_minutes() -> None:
    jobs = seeded(40)
    script = Script(1)
    script.adopt(jobs, NOW)
    ended = {action.work.id for _, action in played(script, 4) if isinstance(action, End)}
    assert {job.id for job in jobs} <= ended


def test_a_job_of_an_unknown_type_is_taken_over_too() -> None:
    script = Script(1)
    script.adopt([Job(id="x", type=UNSET, status="PAUSED", start_datetime=NOW - 1)], NOW)
    assert "x" in {action.work.id for _, action in played(script, 1) if isinstance(action, End)}


def test_nothing_follows_for_a_job_that_was_forgotten() -> None:
    script = Script(1)
    [job] = seeded(1)
    script.adopt([job], NOW)
    script.forget(job.id)
    assert all(
        job.id != (action.work.id if isinstance(action, Create | End) else action.id)
        for _, action in played(script, 4)
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def log(tmp_path: Path, clock: Clock) -> AsyncIterator[JobLog]:
    async with JobLog.open(tmp_path / "demo.db", clock=clock) as log:
        yield log


async def play(simulation: Simulation, clock: Clock, seconds: int) -> None:
    for _ in range(seconds * 1_000 // TICK):
        await simulation.advance()
        clock.now += TICK


async def test_a_log_fills_with_jobs_that_run_and_end(log: JobLog, clock: Clock) -> None:
    simulation = Simulation(log, random_state=1, clock=clock)
    await play(simulation, clock, 60)
    jobs = await log.page(JobQuery(), limit=100)
    running = [job for job in jobs if job.status == JobStatus.IN_PROGRESS]
    ended = [job for job in jobs if job.phase is Phase.ENDED]
    assert 4 <= len(running) <= 12
    assert any(str(job.message).endswith(" records") for job in running)
    assert ended
    for job in ended:
        assert isinstance(job.start_datetime, int)
        assert isinstance(job.end_datetime, int)
        assert job.end_datetime - job.start_datetime >= 4_000 - TICK
        assert job.message is not UNSET
        assert job.job_body["operation"] == job.type


async def test_the_seeded_running_jobs_of_a_log_are_ended(log: JobLog, clock: Clock) -> None:
    jobs = seeded()
    await log.upsert_many(jobs)
    simulation = Simulation(log, random_state=1, clock=clock)
    await simulation.adopt()
    await play(simulation, clock, 240)
    for seed in jobs:
        job = await log.get_job(seed.id)
        assert job is not None
        assert job.status == JobStatus.COMPLETE


async def test_a_job_that_somebody_deletes_is_let_go(log: JobLog, clock: Clock) -> None:
    jobs = seeded()
    await log.upsert_many(jobs)
    simulation = Simulation(log, random_state=1, clock=clock)
    await simulation.adopt()
    await log.delete([job.id for job in jobs])
    await play(simulation, clock, 30)
    left = await log.page(JobQuery(), limit=100)
    assert left
    assert not {job.id for job in jobs} & {job.id for job in left}


async def test_a_cancelled_run_stops_and_leaves_a_whole_log(log: JobLog, clock: Clock) -> None:
    await log.upsert_many(seeded())
    run = asyncio.create_task(Simulation(log, random_state=1, clock=clock).run())
    while await log.count(JobQuery(view=View.ALL)) <= 8:
        await asyncio.sleep(0)
        assert not run.done()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    before = await log.count(JobQuery())
    assert (await log.create(type="export_local")).status == JobStatus.CREATED
    assert await log.count(JobQuery()) == before + 1
