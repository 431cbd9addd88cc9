"""Which file system a path is on, as far as a log's safety hangs on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["MOUNTINFO", "NETWORK", "kind_of_device", "network_file_system"]

MOUNTINFO = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.ceph",
        "fuse.ceph-fuse",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.gvfsd-fuse",
        "fuse.juicefs",
        "fuse.rclone",
        "fuse.s3fs",
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
        "pvfs2",
        "smb3",
        "smbfs",
        "vboxsf",
    }
)
"""File systems that several machines share, by their names in ``mountinfo``.

Not 9p, nor virtiofs: virtual machines and sandboxes have disks of their own on these.

SQLite's write-ahead log keeps its index in memory that all its users map, which no two machines
can (sqlite.org/wal.html, Overview).
"""


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
    kind = kind_of_device(text, os.major(device), os.minor(device))
    return kind if kind in NETWORK else None


def kind_of_device(mountinfo: str, major: int, minor: int) -> str | None:
    r"""Return the file system of a device by a text of ``mountinfo``, None if it isn't in there.

    All mounts of one device are of the same file system. A line is (proc(5)): ids of the mount and
    of its parent, major:minor, root, mount point, options, any number of further fields, "-", the
    name of the file system, source, options. A space within a field is written ``\040``.
    """
    wanted = f"{major}:{minor}"
    for line in mountinfo.split("\n"):
        mount, _, system = line.partition(" - ")
        if mount.split(" ", 3)[2:3] == [wanted]:
            return system.partition(" ")[0] or None
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
