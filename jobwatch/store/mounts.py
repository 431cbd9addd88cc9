"""Which file system a path is on, as far as a log's safety hangs on it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["MOUNTINFO", "NETWORK", "FileSystem", "file_system_of", "network_file_system"]

MOUNTINFO = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.blobfuse2",
        "fuse.ceph",
        "fuse.ceph-fuse",
        "fuse.curlftpfs",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.gvfsd-fuse",
        "fuse.juicefs",
        "fuse.mfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.seaweedfs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "prl_fs",
        "pvfs2",
        "smb3",
        "smbfs",
        "vboxsf",
        "wekafs",
    }
)
"""File systems that several machines share, by their names in ``mountinfo``.

Not 9p, nor virtiofs: virtual machines and sandboxes have disks of their own on these.

SQLite's write-ahead log keeps its index in memory that all its users map, which no two machines
can (sqlite.org/wal.html, Overview).
"""

_FUSE = "fuse"
"""What gives itself no name beyond that; its source tells what it is."""

# A URL (davfs2), or a host in front of a path or a port (MooseFS); and by their names what has
# neither: Mountpoint for Amazon S3, CurlFtpFS.
_FAR = re.compile(r"[^/]+:|mountpoint-s3$|curlftpfs#")


class FileSystem(NamedTuple):
    """A file system by its name and its source in ``mountinfo``."""

    name: str
    source: str

    @property
    def is_of_a_network(self) -> bool:
        """Whether several machines share it."""
        if self.name == _FUSE:
            return _FAR.match(self.source) is not None
        return self.name in NETWORK


def network_file_system(path: Path, mountinfo: Path = MOUNTINFO) -> str | None:
    """Return the name of the network file system that a path is on, None if it is on none.

    The path needn't be there yet: the folder that it would be made in counts, links followed.
    Nothing is claimed where that can't be known, nor elsewhere than on Linux.
    """
    if sys.platform != "linux":
        return None
    try:
        device = _device(os.path.realpath(path))
        text = mountinfo.read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    system = file_system_of(text, os.major(device), os.minor(device))
    return system.name if system is not None and system.is_of_a_network else None


def file_system_of(mountinfo: str, major: int, minor: int) -> FileSystem | None:
    r"""Return the file system of a device by a text of ``mountinfo``, None if it isn't in there.

    All mounts of one device are of the same file system. A line is (proc(5)): ids of the mount and
    of its parent, major:minor, root, mount point, options, any number of further fields, "-", the
    name of the file system, source, options. A space within a field is written ``\040``.
    """
    wanted = f"{major}:{minor}"
    for line in mountinfo.split("\n"):
        mount, _, system = line.partition(" - ")
        if mount.split(" ", 3)[2:3] == [wanted]:
            name, source, *_ = [*system.split(" "), "", ""]
            return FileSystem(name, source) if name else None
    return None


def _device(path: str) -> int:
    """Return the device of a path, or of the nearest folder above it that is there."""
    while True:
        try:
            return os.stat(path).st_dev
        except (FileNotFoundError, NotADirectoryError):
            above = os.path.dirname(path)
            if above == path:
                raise
            path = above
