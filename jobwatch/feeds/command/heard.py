"""What a command has said, and what came of it."""

from __future__ import annotations

from threading import Lock

from jobwatch.feeds.command.child import STDERR
from jobwatch.feeds.command.running import Ended
from jobwatch.feeds.command.signals import name_of
from jobwatch.model.job import UNSET, JobStatus, Json
from jobwatch.model.last_lines import LastLines, failure

__all__ = ["Heard"]


class Heard:
    """The last lines that a command has said."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all, self._errors = LastLines(), LastLines()

    def hear(self, stream: int, data: bytes) -> None:
        """Take what came on a stream."""
        with self._lock:
            self._all.add(data, stream)
            if stream == STDERR:
                self._errors.add(data)

    @property
    def text(self) -> str:
        """The last lines so far."""
        with self._lock:
            return self._all.text

    def outcome(self, ended: Ended) -> tuple[JobStatus, Json]:
        """Return the state and the message of a command that has ended so."""
        with self._lock:
            if ended.result == 0:
                return JobStatus.COMPLETE, self._all.text or UNSET
            how = [ended.lost] if ended.lost else []
            if ended.status:
                how.insert(0, _how(ended.status))
            return JobStatus.ERROR, failure("; ".join(how), self._errors, self._all)


def _how(status: int) -> str:
    return f"exit status {status}" if status > 0 else f"ended by {name_of(-status)}"
