"""A command as a job of the log: it runs in any case, and is recorded as far as that can be."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import BinaryIO, NamedTuple, NoReturn, TypeVar
from uuid import uuid4

from jobwatch.feeds.command.child import STDERR, NotStartedError, fill_gaps
from jobwatch.feeds.command.copying import write_all
from jobwatch.feeds.command.running import run
from jobwatch.feeds.command.signals import (
    block,
    die_of,
    ends_us,
    name_of,
    next_signal,
    notice,
    take_ending,
)
from jobwatch.model.job import UNSET, JobStatus, Json
from jobwatch.model.last_lines import LastLines, failure
from jobwatch.model.secrets import masked
from jobwatch.model.when import now_ms
from jobwatch.store.alive import own_process
from jobwatch.store.connect import LogError
from jobwatch.store.lifetime import Lifetime, text_of
from jobwatch.store.logged_job import PlainLoggedJob
from jobwatch.store.output import KEY, create_output, output_key
from jobwatch.store.plain_steps import write_once
from jobwatch.store.steps import Steps

__all__ = ["EXIT_STATUS", "JOB", "end_as", "run_recorded", "run_unrecorded"]

Result = TypeVar("Result")

JOB = "JOBWATCH_JOB"
"""The variable that tells a command which job it is."""
EXIT_STATUS = "exit_status"
"""The key of a record with what a shell's `$?` is after the command."""

PAUSE = 1.0
"""Seconds between two writes of what a command says."""
GRACE = 1.0
"""Seconds for which a command waits until the log has its begin, and a signal until its end."""
LONGEST = 10.0
"""Seconds for which the end of a command waits in all until the log has it."""
BY_SIGNAL = 128
"""What a shell adds to a signal's number for its `$?`."""


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
    heard = _Heard(kept)
    told = _Told(PlainLoggedJob(partial(_write, store), life), heard)
    end = _End(1, JobStatus.ERROR, UNSET)
    problems: list[str] = []
    try:
        if problem := told.begin():
            say(f"this job isn't in the log yet: {problem}")
        if (ending := take_ending()) is not None:
            end = _End(-ending, JobStatus.ERROR, f"ended by {name_of(ending)} before it began")
        else:
            result, problems = run(command, os.environ | {JOB: id}, mask, heard.hear)
            end = _End(result, *heard.outcome(result))
    except NotStartedError as error:
        end = _End(error.status, JobStatus.ERROR, str(error))
        problems = [str(error)]
    except BaseException as error:
        end = _End(1, JobStatus.ERROR, text_of(error))
        raise
    finally:
        unwritten = told.end(end)
    if unwritten:
        problems.append(f"the end of this job isn't in the log: {unwritten}")
    for problem in [*heard.problems, *problems]:
        say(problem)
    return end.result


def run_unrecorded(command: Sequence[str], say: Callable[[str], None]) -> int:
    """Run a command as `run_recorded` does, and record nothing of it."""
    fill_gaps()
    try:
        result, problems = run(command, os.environ, block(), lambda stream, data: None)
    except NotStartedError as error:
        say(str(error))
        return error.status
    for problem in problems:
        say(problem)
    return result


def end_as(result: int) -> NoReturn:
    """End this process as the command has ended, so that its parent sees no difference.

    At once: to take the interpreter apart would cost a sixth of the whole run.
    """
    if result < 0:
        die_of(-result)
    os._exit(_status(result))


class _End(NamedTuple):
    """How a command has ended, less than 0 for a signal, and what the log says of it."""

    result: int
    status: JobStatus
    message: Json


class _Heard:
    """What a command has said: its last lines, and all of it in a file where that is kept."""

    def __init__(self, kept: BinaryIO | None) -> None:
        self._kept = kept
        self._lock = Lock()
        self._all, self._errors = LastLines(), LastLines()
        self.problems: list[str] = []

    def hear(self, stream: int, data: bytes) -> None:
        """Take what came on a stream."""
        with self._lock:
            self._all.add(data, stream)
            if stream == STDERR:
                self._errors.add(data)
            if self._kept is not None:
                try:
                    write_all(self._kept.fileno(), data)
                except OSError as error:
                    self.problems.append(f"the output isn't kept whole: {error.strerror}")
                    self._kept = None

    @property
    def text(self) -> str:
        """The last lines so far."""
        with self._lock:
            return self._all.text

    def outcome(self, result: int) -> tuple[JobStatus, Json]:
        """Return the state and the message of a command that has ended so."""
        with self._lock:
            if result == 0:
                return JobStatus.COMPLETE, self._all.text or UNSET
            how = f"exit status {result}" if result > 0 else f"ended by {name_of(-result)}"
            return JobStatus.ERROR, failure(how, self._errors, self._all)


class _Told:
    """The thread that tells the log of a job: no log that is locked delays what runs for long."""

    def __init__(self, job: PlainLoggedJob, heard: _Heard) -> None:
        self._job = job
        self._heard = heard
        self._end: _End | None = None
        self._begun, self._is_over, self._ended = Event(), Event(), Event()
        self._problem = ""
        Thread(target=self._tell, daemon=True).start()

    def begin(self) -> str:
        """Wait a little until the log has the job; return what is wrong with it, or nothing."""
        self._begun.wait(GRACE)
        return self._problem

    def end(self, end: _End) -> str:
        """Write the end, and no more; return why the log doesn't have it, or nothing.

        A signal that ends us breaks the waiting off.
        """
        self._end = end
        self._is_over.set()
        deadline = monotonic() + LONGEST
        # A signal that was meant for the command may have come to us too.
        is_ended = self._ended.wait(GRACE)
        while not is_ended:
            is_broken_off = ends_us(next_signal().number) or monotonic() >= deadline
            is_ended = self._ended.is_set()
            if is_broken_off and not is_ended:
                return "it can't be written now; another program may have locked it"
        return self._problem

    def _tell(self) -> None:
        self._problem = _problem_of(self._job.begin)
        self._begun.set()
        while not self._is_over.wait(PAUSE):
            self._job.say(self._heard.text or UNSET)  # which writes nothing twice
        if self._end is not None:
            result, status, message = self._end
            end = partial(self._job.end, status, message, **{EXIT_STATUS: _status(result)})
            self._problem = _problem_of(end)
        self._ended.set()
        notice()


def _problem_of(write: Callable[[], None]) -> str:
    try:
        write()
    except LogError as error:
        return str(error)
    return ""


def _write(store: Path, steps: Steps[Result]) -> Result:
    """Write to the log; any error of the system is a `LogError` too."""
    try:
        return write_once(store, steps)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LogError(f"{str(store)!r} can't be written: {reason.lower()}") from error


def _status(result: int) -> int:
    """Return what a shell's `$?` is after a command that has ended so."""
    return result if result >= 0 else BY_SIGNAL - result


def _kept_output(store: Path, id: str, say: Callable[[str], None]) -> BinaryIO | None:
    try:
        return create_output(store, id)
    except LogError as error:
        say(str(error))
        return None


def _place() -> dict[str, Json]:
    try:
        return {"cwd": os.getcwd()}
    except OSError:
        return {}  # somebody has deleted the folder
