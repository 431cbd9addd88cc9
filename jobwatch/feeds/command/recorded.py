"""A command as a job of the log: it runs in any case, and is recorded as far as that can be."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar
from uuid import uuid4

from jobwatch.feeds.command.child import NotStartedError, fill_gaps
from jobwatch.feeds.command.heard import Heard
from jobwatch.feeds.command.kept import Kept
from jobwatch.feeds.command.running import run
from jobwatch.feeds.command.signals import block, die_of, name_of, take_ending
from jobwatch.feeds.command.told import End, Told, status_of
from jobwatch.model.job import UNSET, JobStatus, Json
from jobwatch.model.secrets import masked
from jobwatch.model.when import now_ms
from jobwatch.store.alive import own_process
from jobwatch.store.connect import LogError
from jobwatch.store.lifetime import Lifetime, text_of
from jobwatch.store.logged_job import PlainLoggedJob
from jobwatch.store.output import KEY, create_output, output_key, output_path
from jobwatch.store.plain_steps import write_once
from jobwatch.store.steps import Steps

__all__ = ["JOB", "end_as", "run_recorded", "run_unrecorded"]

Result = TypeVar("Result")

JOB = "JOBWATCH_JOB"
"""The variable that tells a command which job it is."""


def run_recorded(
    store: Path,
    command: Sequence[str],
    *,
    type: Json,
    user: Json,
    body: dict[str, Json],
    keep_output: bool,
    say: Callable[[str], None],
) -> int:
    """Run a command and record it as a job; return its exit status, less than 0 for a signal.

    The body gets the command, with its secrets masked, and where it runs. `say` tells the user, in
    a line each, what can't be written; the command runs nevertheless.
    """
    fill_gaps()
    mask = block()
    id = str(uuid4())
    kept = _kept_output(store, id, say) if keep_output else None
    life = Lifetime(
        now_ms,
        type=type,
        user=user,
        id=id,
        body=body | {"command": list(masked(command))} | _place(),
        process=own_process(),
        other={} if kept is None else {KEY: output_key(store, id)},
    )
    heard = Heard()
    told = Told(PlainLoggedJob(partial(_write, store), life), heard, kept, say)
    end = End(1, JobStatus.ERROR, UNSET)
    problems: list[str] = []
    try:
        if problem := told.begin():
            say(f"this job isn't in the log yet: {problem}")
        if (ending := take_ending()) is not None:
            end = End(-ending, JobStatus.ERROR, f"ended by {name_of(ending)} before it began")
        else:
            ended = run(command, os.environ | {JOB: id}, mask, heard.hear, kept)
            problems = ended.problems
            end = End(ended.result, *heard.outcome(ended))
    except NotStartedError as error:
        end = End(error.status, JobStatus.ERROR, str(error))
        problems = [str(error)]
    except BaseException as error:
        end = End(1, JobStatus.ERROR, text_of(error))
        raise
    finally:
        unwritten = told.end(end)
    if kept is not None and kept.problem:
        problems.append(kept.problem)
    if unwritten:
        where = "" if kept is None else f"; its output is in {kept.path}"
        problems.append(f"the end of this job isn't in the log: {unwritten}{where}")
    for problem in problems:
        say(problem)
    return end.result


def run_unrecorded(command: Sequence[str], say: Callable[[str], None]) -> int:
    """Run a command as `run_recorded` does, and record nothing of it."""
    fill_gaps()
    try:
        ended = run(command, os.environ, block(), lambda stream, data: None)
    except NotStartedError as error:
        say(str(error))
        return error.status
    for problem in ended.problems:
        say(problem)
    return ended.result


def end_as(result: int) -> NoReturn:
    """End this process as the command has ended, so that its parent sees no difference.

    At once: to take the interpreter apart would cost a sixth of the whole run.
    """
    if result < 0:
        die_of(-result)
    os._exit(status_of(result))


def _write(store: Path, steps: Steps[Result]) -> Result:
    """Write to the log; any error of the system is a `LogError` too."""
    try:
        return write_once(store, steps)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LogError(f"{str(store)!r} can't be written: {reason.lower()}") from error


def _kept_output(store: Path, id: str, say: Callable[[str], None]) -> Kept | None:
    try:
        file = create_output(store, id)
    except LogError as error:
        say(str(error))
        return None
    return Kept(output_path(store, id), file)


def _place() -> dict[str, Json]:
    try:
        return {"cwd": os.getcwd()}
    except OSError:
        return {}  # somebody has deleted the folder
