"""jobwatch: a job log that many feeds write to, and a terminal monitor that reads it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobwatch.decorator import logged
    from jobwatch.model.job import UNSET, Job, JobStatus
    from jobwatch.model.query import JobQuery
    from jobwatch.store.alive import own_process
    from jobwatch.store.connect import JobExistsError, LogError, UnknownJobError
    from jobwatch.store.job_log import JobLog
    from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob
    from jobwatch.store.plain_log import PlainJobLog

__all__ = [
    "UNSET",
    "Job",
    "JobExistsError",
    "JobLog",
    "JobQuery",
    "JobStatus",
    "LogError",
    "LoggedJob",
    "PlainJobLog",
    "PlainLoggedJob",
    "UnknownJobError",
    "__version__",
    "logged",
    "own_process",
]
__version__ = "0.1.0"

# A short command pays for what it uses: aiosqlite alone costs 30 ms.
_MODULES = {
    "UNSET": "model.job",
    "Job": "model.job",
    "JobExistsError": "store.connect",
    "JobLog": "store.job_log",
    "JobQuery": "model.query",
    "JobStatus": "model.job",
    "LogError": "store.connect",
    "LoggedJob": "store.logged_job",
    "PlainJobLog": "store.plain_log",
    "PlainLoggedJob": "store.logged_job",
    "UnknownJobError": "store.connect",
    "logged": "decorator",
    "own_process": "store.alive",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"jobwatch.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
