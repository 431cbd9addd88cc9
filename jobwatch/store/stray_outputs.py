"""Stray outputs: kept outputs of jobs that the log never got, or has no longer."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from jobwatch.model.formats import encode
from jobwatch.store import pruning_statements as sql
from jobwatch.store.output import job_of_output, output_path
from jobwatch.store.steps import One, Reading

if sys.platform == "linux":
    from fcntl import F_RDLCK, F_SETLEASE, F_SETSIG, F_UNLCK, fcntl

__all__ = ["KeptOutput", "delete_outputs", "old_outputs", "without_job"]

AT_ONCE = 1_000
"""Ids that are looked up in one statement."""


class KeptOutput(NamedTuple):
    """A file with what a job has said, the job's id, and how many bytes it is."""

    path: Path
    id: str
    size: int


def old_outputs(store: Path, before: float) -> list[KeptOutput]:
    """Return the kept outputs of a log that were last written before an instant (epoch ms).

    None that is open for writing, as far as the system tells: its job may still come.
    """
    found: list[KeptOutput] = []
    try:
        with os.scandir(output_path(store, "-").parent) as entries:
            for entry in entries:
                if (id := job_of_output(entry.name)) is None:
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    is_old = S_ISREG(status.st_mode) and status.st_mtime * 1_000 < before
                    if is_old and not _is_being_written(entry.path):
                        found.append(KeptOutput(Path(entry.path), id, status.st_size))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # none was ever kept, or they are none of this user's
    return found


def without_job(outputs: Iterable[KeptOutput]) -> Reading[list[KeptOutput]]:
    """Return those outputs whose jobs the log doesn't have."""
    found: list[KeptOutput] = []
    left = iter(outputs)
    while some := list(islice(left, AT_ONCE)):
        rows = yield One(sql.UNKNOWN_IDS, (encode([output.id for output in some]).decode(),))
        unknown = {id for (id,) in rows}
        found += [output for output in some if output.id in unknown]
    return found


def delete_outputs(paths: Iterable[Path]) -> tuple[int, int, int]:
    """Delete outputs; return how many that were, their bytes, and how many couldn't be deleted."""
    deleted = freed = left = 0
    for path in paths:
        try:
            size = path.lstat().st_size
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            left += 1
        else:
            deleted += 1
            freed += size
    return deleted, freed, left


def _is_being_written(path: str) -> bool:
    """Return whether a file is open for writing; where the system can't tell, it isn't.

    On such a file Linux gives no lease for reading (fcntl(2), Leases).
    """
    if sys.platform != "linux":
        return False
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True  # nor is it ours then
    try:
        # Who opened it in just this moment would send a signal that ends us.
        fcntl(number, F_SETSIG, signal.SIGURG)
        fcntl(number, F_SETLEASE, F_RDLCK)
        fcntl(number, F_SETLEASE, F_UNLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)
    finally:
        os.close(number)
    return False
