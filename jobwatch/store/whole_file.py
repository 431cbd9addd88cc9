"""A file that is there whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from jobwatch.store.export import Chunk

__all__ = ["check_target", "write_file"]

Given = ParamSpec("Given")
Result = TypeVar("Result")


def check_target(path: Path, log: Path) -> None:
    """Raise OSError where no file can be put at `path`, or where it is one of the log's own."""
    with _errors_of(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "no regular file; to write to stdout, give - instead")
        if not path.resolve().parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder")
        own = [log.resolve().with_name(log.name + end) for end in ("", "-wal", "-shm", "-journal")]
        if path.resolve() in own or (path.exists() and log.exists() and path.samefile(log)):
            raise OSError(errno.EINVAL, "is the log itself; give another file")


async def write_file(
    path: Path,
    chunks: AsyncGenerator[Chunk, None],
    progress: Callable[[int], object] = lambda done: None,
) -> int:
    """Write chunks into a file (mode 0600) that takes the place of `path` when all is on disk.

    Return how many jobs it has; `progress` gets that number as it grows. Whatever ends it early,
    an error (OSError, naming `path`) or a cancelled task, leaves what was at `path`.
    """
    done = 0
    file = _NewFile(path)
    try:
        async with aclosing(chunks):
            async for data, done in chunks:
                await _to_its_end(file.write, data)
                progress(done)
        await _to_its_end(file.put_in_place)
    except BaseException:
        file.discard()
        raise
    return done


class _NewFile:
    """A file beside the one that it is to replace."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _errors_of(path):
            self._target = path.resolve()  # a link stays one
            handle, name = tempfile.mkstemp(
                prefix=f".{self._target.name[:100]}.", suffix=".part", dir=self._target.parent
            )
        self._file: BinaryIO = os.fdopen(handle, "wb")
        self._name = Path(name)

    def write(self, data: bytes) -> None:
        with _errors_of(self._path):
            self._file.write(data)

    def put_in_place(self) -> None:
        with _errors_of(self._path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._name, self._target)

    def discard(self) -> None:
        with suppress(OSError):  # a full disk, say: the file is to go in any case
            self._file.close()
        self._name.unlink(missing_ok=True)


async def _to_its_end(
    call: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """Run a call in a thread; who is cancelled waits for it, so that nothing works on behind."""
    running = asyncio.ensure_future(asyncio.to_thread(call, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise


@contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    """Let errors name the file that was asked for, not the one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
