"""The history of a sample log: as many jobs as asked for, as a stream in order of start."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from random import Random
from typing import NamedTuple

from jobwatch.feeds.samples.work import DAY, ERROR, Crew, Work, crew, dates_of, draw
from jobwatch.model.job import UNSET, Job, JobStatus

__all__ = ["seed_jobs"]

SLOT = 15 * 60_000
SLOTS_A_WEEK = 7 * DAY // SLOT
# Epoch time begins on a Thursday.
EPOCH_SLOT = 3 * DAY // SLOT

IN_PROGRESS, CREATED = JobStatus.IN_PROGRESS.value, JobStatus.CREATED.value
# How long ago the jobs that go on began.
SHORTEST, YOUNGEST, OLDEST = 2_000, 20_000, 3 * 3_600_000


class Shift(NamedTuple):
    """How busy a quarter of an hour is, and who is at work in it."""

    weight: float
    crew: Crew


class Slot(NamedTuple):
    """A stretch of time, half-open, in epoch ms; its weight is the jobs' share that it gets."""

    start: int
    end: int
    weight: float
    crew: Crew


NIGHT = crew({"nightly": 6, "etl": 2})
MORNING = crew({"reports": 5, "etl": 4})
OFFICE = crew({"ada": 4, "grace": 5, "etl": 3, "HDB_ADMIN": 1, "reports": 1})
QUIET = crew({"etl": 5, "HDB_ADMIN": 1})


def _shift(slot: int) -> Shift:
    weekday, quarter = divmod(slot, DAY // SLOT)
    hour = quarter // 4
    on_the_hour = quarter % 4 == 0
    if 1 <= hour < 4:
        return Shift(9.0 if on_the_hour else 1.5, NIGHT)
    if weekday < 5 and 6 <= hour < 8:
        return Shift(4.0 if on_the_hour else 1.5, MORNING)
    if weekday < 5 and 8 <= hour < 18:
        return Shift(2.0 if hour == 12 else 3.5, OFFICE)
    return Shift(1.5 if on_the_hour else 0.5, QUIET)


# From Monday, in UTC.
WEEK = tuple(_shift(slot) for slot in range(SLOTS_A_WEEK))


def seed_jobs(
    *, count: int = 1000, days: int = 30, running: int = 8, now: int, random_state: int
) -> Iterator[Job]:
    """Return `count` believable jobs of the last `days`, in order of start, as a stream.

    `running` of them have not ended, and the newest of several has not begun; the others ended by
    `now` (epoch ms). The same arguments give the same jobs. Memory grows with `running` alone.
    Raises `ValueError` for a negative `count` or `running`, and for `days` below 1.
    """
    if count < 0 or days < 1 or running < 0:
        raise ValueError("count and running must be 0 or more, days 1 or more")
    random = Random(random_state)  # noqa: S311
    running = min(running, count)
    unended = _unended(random, running, now)
    history = _ended_jobs(random, count - running, now - days * DAY, now)
    return _in_order(history, unended)


def _in_order(many: Iterator[Job], few: list[Job]) -> Iterator[Job]:
    few.reverse()
    for job in many:
        while few and few[-1].started <= job.started:
            yield few.pop()
        yield job
    while few:
        yield few.pop()


def _ended_jobs(random: Random, count: int, start: int, now: int) -> Iterator[Job]:
    day, dates = -1, dates_of(start)
    for began, at_work in _starts(random, count, start, now - 2_000):
        if began // DAY != day:
            day, dates = began // DAY, dates_of(began)
        yield _ended(draw(random, at_work, dates), began, 2 + random.getrandbits(5), now)


def _ended(work: Work, start: int, wait: int, now: int) -> Job:
    end = min(start + work.took, now)
    return Job(
        id=work.id,
        user=work.user,
        type=work.type,
        status=work.status,
        start_datetime=start,
        end_datetime=end,
        job_body=work.body,
        message=work.message,
        created_datetime=start - wait,
        createdtime=start - wait,
        updatedtime=end,
    )


def _starts(random: Random, count: int, start: int, end: int) -> Iterator[tuple[int, Crew]]:
    """Draw instants in ascending order, as dense as the week's shifts are busy."""
    slots = _slots(start, end)
    slot = next(slots)
    passed, total = 0.0, sum(slot.weight for slot in _slots(start, end))
    left = 1.0
    for to_come in range(count, 0, -1):
        # The smallest of n uniform draws, then the smallest of those that are left, and so on:
        # sorted from the first, without keeping them.
        left *= random.random() ** (1 / to_come)
        place = (1.0 - left) * total
        while place > passed + slot.weight:
            following = next(slots, None)
            if following is None:
                break
            passed += slot.weight
            slot = following
        share = min((place - passed) / slot.weight, 1.0)
        yield slot.start + int((slot.end - slot.start - 1) * share), slot.crew


def _slots(start: int, end: int) -> Iterator[Slot]:
    while start < end:
        number = start // SLOT
        stop = min((number + 1) * SLOT, end)
        weight, at_work = WEEK[(number + EPOCH_SLOT) % SLOTS_A_WEEK]
        yield Slot(start, stop, weight * (stop - start) / SLOT, at_work)
        start = stop


# What may take hours, and is worth watching.
LONG = (
    ("nightly", "create_backup"),
    ("reports", "export_to_s3"),
    ("etl", "import_from_s3"),
    ("HDB_ADMIN", "delete_records_before"),
    ("etl", "csv_url_load"),
    ("ada", "csv_file_load"),
    ("reports", "export_local"),
    ("etl", "csv_file_load"),
)


def _unended(random: Random, count: int, now: int) -> list[Job]:
    """Return jobs that go on, the oldest first: half of them for as long as is usual.

    The others have gone on for minutes, a few for hours.
    """
    jobs = []
    for at in range(count):
        part = LONG[at % len(LONG)]
        # What is seen to run is seldom one of the short ones.
        works = [_work(random, part, now) for _ in range(20)]
        work = max(works, key=lambda work: work.took)
        age = SHORTEST + int(work.took * random.random())
        if at % 2:
            age = int(YOUNGEST * exp(log(OLDEST / YOUNGEST) * (at + random.random()) / count))
        jobs.append(_begun(work, now - age))
    jobs.sort(key=lambda job: job.started)
    if len(jobs) > 1:
        created = now - 1_500
        jobs[-1] = jobs[-1].replace(
            status=CREATED,
            start_datetime=UNSET,
            created_datetime=created,
            createdtime=created,
            updatedtime=created,
        )
    return jobs


def _work(random: Random, part: tuple[str, str], start: int) -> Work:
    work = draw(random, (part,), dates_of(start))
    while work.status == ERROR:  # would not have gone on for long
        work = draw(random, (part,), dates_of(start))
    return work


def _begun(work: Work, start: int) -> Job:
    return Job(
        id=work.id,
        user=work.user,
        type=work.type,
        status=IN_PROGRESS,
        start_datetime=start,
        job_body=work.body,
        created_datetime=start - 5,
        createdtime=start - 5,
        updatedtime=start,
    )
