"""Opening a job log's file, and saying in one line what is wrong with it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from jobwatch.store.forked import is_inherited
from jobwatch.store.mounts import network_file_system

__all__ = [
    "JobExistsError",
    "LogError",
    "UnknownJobError",
    "check_fork",
    "check_log",
    "errors_of",
    "open_plain",
    "read_only_uri",
    "read_plain",
    "refuse_older",
    "takes_long_to_open",
]

APPLICATION_ID = 0x6A6F6277  # "jobw"
SCHEMA_VERSION = 5
WRITTEN_ANEW = 4
"""The last version to which a log is brought by writing all of its jobs."""

# The script that makes a new log, and those that bring an older one from a version to the next.
SCRIPTS: Mapping[int, str] = MappingProxyType(
    {0: "schema.sql", 1: "to_2.sql", 2: "to_3.sql", 3: "to_4.sql", 4: "to_5.sql"}
)

# A writer that others must wait for may hold the log for a second or two.
BUSY_TIMEOUT = 10_000
READER_BUSY_TIMEOUT = 1_000

CONNECTION_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA journal_size_limit = 67108864",
)


class LogError(Exception):
    """The log can't do what was asked; its text is one line for the person at the terminal."""


class UnknownJobError(LogError):
    """The log has no job of that id."""


class JobExistsError(LogError):
    """The log has a job of that id already."""


# Neither of these two may open a log that is there: to close a file drops all the locks that this
# process holds on it, those of SQLite's connections too, and another process would then destroy it.


def make_file(path: Path) -> None:
    """Create the log's file, readable by its owner alone, and its folder, if they are missing."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        check_readable(path)
    except OSError as error:
        raise LogError(_file_problem(path, error)) from error


def check_readable(path: Path) -> None:
    """Raise `LogError` where there is no file that could be read as a log."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        path.stat()
        if not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, "permission denied", str(path))
    except OSError as error:
        raise LogError(_file_problem(path, error)) from error


def check_place(path: Path) -> None:
    """Raise `LogError` where the log is, or would be, on a file system of several machines."""
    kind = network_file_system(path)
    if kind is not None:
        raise LogError(
            f"{path} is on a network file system ({kind}): SQLite's write-ahead log needs memory"
            " that all its users share, which such a file system doesn't give; give a log on a"
            " local disk, with --store or JOBWATCH_STORE"
        )


def check_fork(path: Path) -> None:
    """Raise `LogError` in a process that was forked while the log was open: it may not use it."""
    if is_inherited(path):
        raise LogError(
            f"{path} was open when this process was forked, and what is written now could be lost;"
            " fork before the log is opened, or start processes with multiprocessing's spawn"
        )


def read_only_uri(path: Path) -> str:
    """Return the URI under which SQLite neither creates nor writes the file."""
    return f"file:{quote(str(path.absolute()))}?mode=ro"


def open_plain(path: Path) -> sqlite3.Connection:
    """Open a log to write it, made or brought up to date if need be; errors are `LogError`."""
    check_place(path)
    check_fork(path)
    make_file(path)
    with errors_of(path):
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=BUSY_TIMEOUT / 1000, check_same_thread=False
        )
        try:
            _initialise(connection, path)
            for pragma in CONNECTION_PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection


def read_plain(path: Path) -> sqlite3.Connection:
    """Open a log that must be there, and is one (`check_log`), only to read it."""
    check_fork(path)
    with errors_of(path):
        return sqlite3.connect(
            read_only_uri(path),
            uri=True,
            isolation_level=None,
            timeout=READER_BUSY_TIMEOUT / 1000,
            check_same_thread=False,
        )


def check_log(path: Path) -> None:
    """Raise `LogError` where the file isn't a log that this version can read."""
    if _version_at(path) < SCHEMA_VERSION:
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise LogError(
                f"{path} was made by an older jobwatch, and may not be written to bring it up to"
                " date; give a copy of it as --store"
            )
        # Not by the reader itself: it may have no right to write.
        open_plain(path).close()


def refuse_older(path: Path) -> None:
    """Raise `LogError` where `check_log` does, or would write the file to bring it up to date."""
    version = _version_at(path)
    if version == 0:
        raise LogError(f"{path} is an empty file, not yet a job log; give another --store")
    if version < SCHEMA_VERSION:
        raise LogError(
            f"{path} was made by an older jobwatch; open it once with jobwatch watch, without"
            " --read-only, to bring it up to date, or do so with a copy, and give that as --store"
        )


def takes_long_to_open(path: Path) -> bool:
    """Return whether the next to open a log brings it up to date by writing all of it anew."""
    try:
        check_readable(path)
        check_place(path)
        with closing(sqlite3.connect(read_only_uri(path), uri=True)) as connection:
            return 0 < _version(connection, path) < WRITTEN_ANEW
    except (LogError, sqlite3.Error):
        return False  # who opens it says why


def _initialise(connection: sqlite3.Connection, path: Path) -> None:
    """Make the schema in a new file, or bring an older log up to date."""
    version = _version(connection, path)
    if version == SCHEMA_VERSION:
        return
    if version == 0:
        # It can't be changed once there is a table.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    for pragma in CONNECTION_PRAGMAS:
        connection.execute(pragma)
    from jobwatch.store.implied import define_functions

    define_functions(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        for script in _scripts(_version(connection, path)):
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if version:
        # What was made anew left its old pages behind.
        connection.executescript("PRAGMA incremental_vacuum")


def _scripts(version: int) -> Iterator[str]:
    # Its import is dear, and few logs are new.
    from importlib.resources import files

    folder = files("jobwatch.store")
    while version < SCHEMA_VERSION:
        yield folder.joinpath(SCRIPTS[version]).read_text("utf-8")
        version = version + 1 if version else SCHEMA_VERSION


def _statements(script: str) -> Iterator[str]:
    """Cut a script into statements: `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version_at(path: Path) -> int:
    check_readable(path)
    check_place(path)
    check_fork(path)
    with errors_of(path):
        connection = sqlite3.connect(
            read_only_uri(path), uri=True, timeout=READER_BUSY_TIMEOUT / 1000
        )
        try:
            return _version(connection, path)
        finally:
            connection.close()


def _version(connection: sqlite3.Connection, path: Path) -> int:
    [(application,)] = connection.execute("PRAGMA application_id").fetchall()
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    [(tables,)] = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if application != APPLICATION_ID and (application or version or tables):
        raise LogError(f"{path} is an SQLite database, but not a job log; give another --store")
    if version > SCHEMA_VERSION:
        raise LogError(
            f"{path} was made by a newer jobwatch (schema {version}, this one knows"
            f" {SCHEMA_VERSION}); update jobwatch"
        )
    return int(version)


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the log into a `LogError` that a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise LogError(_sqlite_problem(path, error)) from error


def _file_problem(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no job log at {path}"
    if isinstance(error, IsADirectoryError) or error.errno == errno.EISDIR:
        return f"{path} is a folder, not a job log"
    if isinstance(error, PermissionError):
        return f"{path}: permission denied; check its owner and mode"
    return f"{path}: {(error.strerror or str(error)).lower()}"


def _sqlite_problem(path: Path, error: sqlite3.Error) -> str:
    # Python before 3.11 had no codes, and errors that Python itself raises have none.
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} is locked by another program; try again when it is done"
    if primary == sqlite3.SQLITE_READONLY:
        return f"{path} is read-only; check the mode of the file and of its folder"
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"{path} is damaged or not a job log ({error}); restore it from a copy"
    if primary == sqlite3.SQLITE_CANTOPEN:
        return f"{path} can't be opened; check that its folder exists and may be written to"
    # Where its shared memory can't grow, SQLite tells no full disk from a bad one.
    if primary == sqlite3.SQLITE_FULL or (
        primary == sqlite3.SQLITE_IOERR and _is_on_full_disk(path)
    ):
        return f"{path}: the disk is full; free some space and try again"
    if primary == sqlite3.SQLITE_IOERR:
        return f"{path}: reading or writing failed ({error}); check the disk"
    return f"{path}: {error}"


FULL_DISK = 65_536
"""Bytes that a disk has left at most if it is full: twice what the shared memory grows by."""


def _is_on_full_disk(path: Path) -> bool:
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < FULL_DISK
    except OSError:
        return False
