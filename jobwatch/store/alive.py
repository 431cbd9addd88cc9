"""Whether the process that runs a job is still there, by what the job's record says of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from hashlib import blake2s
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert, to_builtins

from jobwatch.model.job import Job, Json

__all__ = ["KEY", "Process", "is_gone", "own_process", "process_of", "process_text"]

KEY = "process"
"""The key of a record under which a feed says which process runs the job."""

STATE, STARTED = 0, 19
"""The places of two fields of /proc/PID/stat, counted behind the command's name (proc(5))."""


class Process(Struct, frozen=True):
    """A process of one machine; `started` in epoch ms, None where the system doesn't tell it.

    On Linux `machine` and `boot` tell which run of which system it is of, `space` among which
    numbers `pid` is one (pid_namespaces(7): a container has its own), and `tick` its start,
    whatever the clock is set to meanwhile (proc(5)).
    """

    host: Annotated[str, Meta(min_length=1)]
    pid: Annotated[int, Meta(gt=0, lt=1 << 31)]
    started: int | None = None
    machine: str | None = None
    boot: str | None = None
    space: str | None = None
    tick: int | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the value for `KEY` in a record."""
        value: dict[str, Json] = to_builtins(self)
        return value


def own_process() -> Process:
    """Return the process that this is."""
    pid = os.getpid()
    fields = _stat(pid)
    tick = int(fields[STARTED]) if len(fields) > STARTED else None
    return Process(_host(), pid, _started(fields), _machine(), _boot(), _space(), tick)


def process_of(other: Mapping[str, Json]) -> Process | None:
    """Return the process that `Job.other` names, None where it names none that can be."""
    try:
        return convert(other.get(KEY), Process)
    except ValidationError:
        return None


def process_text(job: Job) -> str:
    """Return which process runs a job, for a person; empty where its record doesn't say."""
    process = process_of(job.other)
    return "" if process is None else f"pid {process.pid} on {process.host}"


def is_gone(process: Process, host: str | None = None) -> bool:
    """Return whether a process has ended for sure; `host` is this machine's name.

    It has where no process has its number, or one that started at another time, or one that waits
    for its parent to take note of its end, and where its machine has started anew since. Nothing
    is claimed of another machine's processes; nor on Linux of one whose record doesn't tell all of
    `Process`, since other containers have their own numbers; nor on Windows, where looking for a
    process by a signal would end it.
    """
    if sys.platform == "win32" or process.host != (_host() if host is None else host):
        return False
    if (boot := _boot()) is not None:
        if None in (process.boot, process.space, process.tick) or process.machine != _machine():
            return False
        if process.boot != boot:
            return process.machine is not None
        if process.space != _space():
            return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # somebody else's, and there
    fields = _stat(process.pid)
    if len(fields) <= STARTED:
        return False
    return fields[STATE] in (b"Z", b"X") or process.tick not in (None, int(fields[STARTED]))


def _host() -> str:
    # What platform.node() says, which takes milliseconds to import.
    return os.environ["COMPUTERNAME"] if sys.platform == "win32" else os.uname().nodename


def _stat(pid: int) -> list[bytes]:
    """Return what Linux tells of a process, behind its command's name; empty elsewhere."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name is in parentheses, and may have some of its own.
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def _started(fields: list[bytes]) -> int | None:
    """Return when a process started (epoch ms), None where that isn't told."""
    if len(fields) <= STARTED or (booted := _booted()) is None:
        return None
    return booted + int(fields[STARTED]) * 1_000 // os.sysconf("SC_CLK_TCK")


def _machine() -> str | None:
    """Return a name for this machine alone, made of the one that it keeps to itself."""
    known = _read("/etc/machine-id")
    return blake2s(known, key=b"jobwatch", digest_size=8).hexdigest() if known else None


def _boot() -> str | None:
    """Return what Linux calls this run of it, None elsewhere."""
    known = _read("/proc/sys/kernel/random/boot_id")
    return known.decode("ascii", "replace") if known else None


def _space() -> str | None:
    """Return which processes this one can see, None where that isn't told."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return None


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read().strip()
    except OSError:
        return b""


def _booted() -> int | None:
    """Return when Linux started (epoch ms): not kept, for it moves when the clock is set."""
    try:
        with open("/proc/stat", "rb") as file:
            times = (line.split()[1] for line in file if line.startswith(b"btime "))
            return next((int(time) * 1_000 for time in times), None)
    except OSError:
        return None
