"""Where the kept output of a job is: a file beside the log, found by the log and the job's id."""

from __future__ import annotations

import os
import re
from hashlib import blake2s
from pathlib import Path
from typing import BinaryIO

from jobwatch.store.connect import LogError

__all__ = ["KEY", "create_output", "job_of_output", "output_key", "output_path"]

KEY = "output"
"""The key of a record that tells a person where its output is; no program follows it."""

# An id comes from data: what could lead out of the folder, or is too long for a name, is hashed.
# Text until it is used: most commands keep no output.
_SAFE = r"(?!\.)[A-Za-z0-9._-]{1,100}"
_HASH = r"[0-9a-f]{64}"


def output_path(store: Path, id: str) -> Path:
    """Return where the output of a job is, whether it was kept or not."""
    name = id if re.fullmatch(_SAFE, id) else blake2s(id.encode(errors="surrogatepass")).hexdigest()
    return store.with_name(f"{store.name}.output") / f"{name}.log"


def job_of_output(name: str) -> str | None:
    """Return the id of the job whose output has this file name, None where no id is known by it.

    Of a hash none is, and another file in the folder is none of ours.
    """
    id = name.removesuffix(".log")
    if id == name or not re.fullmatch(_SAFE, id) or re.fullmatch(_HASH, id):
        return None
    return id


def output_key(store: Path, id: str) -> str:
    """Return the value for `KEY` in a record: the file relative to the log's folder."""
    path = output_path(store, id)
    return f"{path.parent.name}/{path.name}"


def create_output(store: Path, id: str) -> BinaryIO:
    """Open a new file for the output of a job, unbuffered, readable by its owner alone.

    The folder is made if it is missing. `LogError` where that can't be, or the job has one already.
    """
    try:
        path = output_path(store, id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
    except ValueError as error:
        raise LogError(f"the output can't be kept: {str(store)!r} is no log's path") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LogError(f"the output can't be kept in {path}: {reason}") from error
    return open(number, "wb", buffering=0)
