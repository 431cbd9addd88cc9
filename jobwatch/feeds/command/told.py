"""What the log is told of a command, from its begin to its end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from signal import SIGTSTP
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple

from jobwatch.feeds.command.heard import Heard
from jobwatch.feeds.command.kept import Kept
from jobwatch.feeds.command.signals import ends_us, next_signal, notice, stop
from jobwatch.model.job import UNSET, JobStatus, Json
from jobwatch.store.connect import LogError
from jobwatch.store.logged_job import PlainLoggedJob

__all__ = ["EXIT_STATUS", "End", "Told", "status_of"]

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

_BUSY = "another program may have locked it"


class End(NamedTuple):
    """How a command has ended, less than 0 for a signal, and what the log says of it."""

    result: int
    status: JobStatus
    message: Json


class Told:
    """The thread that tells the log of a job: no log that is locked delays what runs for long.

    What is kept of its output gives way to the job's end where their disk is full.
    """

    def __init__(
        self, job: PlainLoggedJob, heard: Heard, kept: Kept | None, say: Callable[[str], None]
    ) -> None:
        self._job = job
        self._heard = heard
        self._kept = kept
        self._say = say
        self._end: End | None = None
        self._begun, self._is_over, self._ended = Event(), Event(), Event()
        self._problem = ""
        Thread(target=self._tell, daemon=True).start()

    def begin(self) -> str:
        """Wait a little until the log has the job; return why it hasn't, or nothing."""
        if not self._begun.wait(GRACE):
            return f"{_BUSY}; it is written when that is done"
        return self._problem

    def end(self, end: End) -> str:
        """Write the end, and no more; return why the log doesn't have it, or nothing.

        The user is told if that takes long. A signal that ends us breaks the waiting off.
        """
        self._end = end
        self._is_over.set()
        deadline = monotonic() + LONGEST
        # A signal that was meant for the command may have come to us too.
        is_ended = self._ended.wait(GRACE)
        if not is_ended:
            self._say(
                f"the end of this job isn't in the log yet: {_BUSY}; it is waited for,"
                f" {LONGEST:.0f} seconds at most"
            )
        while not is_ended:
            came = next_signal().number
            if came == SIGTSTP:
                stop()
            is_broken_off = ends_us(came) or monotonic() >= deadline
            is_ended = self._ended.is_set()
            if is_broken_off and not is_ended:
                return f"it can't be written now; {_BUSY}"
        return self._problem

    def _tell(self) -> None:
        self._problem = _problem_of(self._job.begin)
        self._begun.set()
        while not self._is_over.wait(PAUSE):
            self._job.say(self._heard.text or UNSET)  # which writes nothing twice
        if self._end is not None:
            result, status, message = self._end
            end = partial(self._job.end, status, message, **{EXIT_STATUS: status_of(result)})
            self._problem = _problem_of(end)
            if self._problem and self._kept is not None and self._kept.make_room():
                self._problem = _problem_of(end)
        self._ended.set()
        notice()


def status_of(result: int) -> int:
    """Return what a shell's `$?` is after a command that has ended so."""
    return result if result >= 0 else BY_SIGNAL - result


def _problem_of(write: Callable[[], None]) -> str:
    try:
        write()
    except LogError as error:
        return str(error)
    return ""
