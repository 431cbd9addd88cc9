"""jobwatch: a job log that many feeds write to, and a terminal monitor that reads it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobwatch.decorator import logged
    from jobwatch.model.job import Job, JobStatus
    from jobwatch.store.alive import own_process
    from jobwatch.store.connect import LogError
    from jobwatch.store.job_log import JobLog
    from jobwatch.store.plain_log import PlainJobLog

__all__ = [
    "Job",
    "JobLog",
    "JobStatus",
    "LogError",
    "PlainJobLog",
    "__version__",
    "logged",
    "own_process",
]
__version__ = "0.1.0"

# A short command pays for what it uses: aiosqlite alone costs 30 ms.
_MODULES = {
    "Job": "model.job",
    "JobLog": "store.job_log",
    "JobStatus": "model.job",
    "LogError": "store.connect",
    "PlainJobLog": "store.plain_log",
    "logged": "decorator",
    "own_process": "store.alive",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"jobwatch.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
