"""jobwatch: a job log that many feeds write to, and a terminal monitor that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobwatch.model.job import Job, JobStatus
    from jobwatch.store.alive import own_process
    from jobwatch.store.job_log import JobLog

__all__ = ["Job", "JobLog", "JobStatus", "__version__", "own_process"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # A short command pays for what it uses: aiosqlite alone costs 30 ms.
    if name == "JobLog":
        from jobwatch.store.job_log import JobLog

        return JobLog
    if name == "own_process":
        from jobwatch.store.alive import own_process

        return own_process
    if name in ("Job", "JobStatus"):
        from jobwatch.model import job

        return getattr(job, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
