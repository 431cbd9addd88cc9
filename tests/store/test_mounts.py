"""Which file systems are told to be a network's, and that a log on one is refused."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from click import Argument, Command, Context

from jobwatch.cli import completions
from jobwatch.store import connect
from jobwatch.store.connect import LogError, check_log, open_plain, takes_long_to_open
from jobwatch.store.mounts import FileSystem, file_system_of, network_file_system

MOUNTINFO = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
90 27 0:45 / /home/ada\040lovelace rw shared:9 - nfs4 server:/home rw,vers=4.2,proto=tcp
91 27 0:45 /ada /mnt/again rw - nfs4 server:/home rw
92 27 0:46 / /mnt/a\040-\040b rw,relatime - cifs //server/a\040-\040b rw
93 27 0:47 / /mnt/keys rw,nosuid - fuse.sshfs ada@server:/keys rw
94 27 0:4 / /mnt/hosts rw - 9p hosts rw
95 27 8:1 / /mnt/disk rw
96 27 0:48 / /mnt/odd rw - odd
"""

NETWORKS = """
afs beegfs ceph cifs coda davfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs panfs
prl_fs pvfs2 smb3 smbfs vboxsf wekafs
fuse.blobfuse2 fuse.ceph fuse.ceph-fuse fuse.curlftpfs fuse.davfs2 fuse.gcsfuse fuse.glusterfs
fuse.gvfsd-fuse fuse.juicefs fuse.mfs fuse.rclone fuse.s3fs fuse.seaweedfs fuse.sshfs
fuse.vmhgfs-fuse
"""


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ((254, 0), FileSystem("ext4", "/dev/vda")),
        ((0, 45), FileSystem("nfs4", "server:/home")),
        ((0, 46), FileSystem("cifs", r"//server/a\040-\040b")),
        ((0, 47), FileSystem("fuse.sshfs", "ada@server:/keys")),
        ((0, 4), FileSystem("9p", "hosts")),
        ((0, 21), FileSystem("proc", "proc")),
        ((0, 48), FileSystem("odd", "")),
    ],
)
def test_a_device_has_the_file_system_of_its_mounts(
    device: tuple[int, int], expected: FileSystem
) -> None:
    assert file_system_of(MOUNTINFO, *device) == expected


@pytest.mark.parametrize("device", [(0, 99), (4, 5), (54, 0), (8, 1)])
def test_nothing_is_said_of_a_device_that_is_not_listed_with_one(device: tuple[int, int]) -> None:
    assert file_system_of(MOUNTINFO, *device) is None


@pytest.mark.parametrize("text", ["", "\n", "nonsense", "1 2 0:45", "- - -", "1 2 0:45 / - "])
def test_what_is_no_mountinfo_says_nothing(text: str) -> None:
    assert file_system_of(text, 0, 45) is None


@pytest.fixture
def mountinfo(tmp_path: Path) -> Path:
    """Return a list of mounts by which this folder is on a network file system."""
    return listed(tmp_path, "nfs4")


def listed(folder: Path, kind: str, source: str = "s:/") -> Path:
    device = os.stat(folder).st_dev
    path = folder / "mountinfo"
    path.write_text(
        f"1 0 {os.major(device)}:{os.minor(device)} / / rw shared:1 - {kind} {source} rw\n"
    )
    return path


linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="mountinfo is Linux's")


@linux_alone
@pytest.mark.parametrize("name", ["mountinfo", "jobs.db", "no/such/folder/jobs.db", "mountinfo/x"])
def test_a_path_is_where_it_would_be_made(tmp_path: Path, mountinfo: Path, name: str) -> None:
    assert network_file_system(tmp_path / name, mountinfo) == "nfs4"


@linux_alone
def test_a_link_is_followed_even_to_what_is_not_there_yet(tmp_path: Path, mountinfo: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "far" / "jobs.db")
    assert network_file_system(link, mountinfo) == "nfs4"
    link.unlink()
    link.symlink_to("/proc/self/stat")
    assert network_file_system(link, mountinfo) is None


@linux_alone
@pytest.mark.parametrize("kind", ["ext4", "tmpfs", "overlay", "nfsd", "fuseblk", "9p", "virtiofs"])
def test_other_file_systems_are_no_networks(tmp_path: Path, kind: str) -> None:
    assert network_file_system(tmp_path / "jobs.db", listed(tmp_path, kind)) is None


@linux_alone
@pytest.mark.parametrize("kind", NETWORKS.split())
def test_what_several_machines_or_guests_share_is_a_network(tmp_path: Path, kind: str) -> None:
    assert network_file_system(tmp_path / "jobs.db", listed(tmp_path, kind)) == kind


@linux_alone
@pytest.mark.parametrize(
    "source",
    [
        "https://dav.example.org/ada",
        "curlftpfs#ftp://example.org/",
        "curlftpfs#ada@example.org/",
        "mfs#master:9421",
        "filer:8888:/shared",
        "mountpoint-s3",
    ],
)
def test_of_what_is_but_fuse_the_source_tells_whether_it_is_a_network(
    tmp_path: Path, source: str
) -> None:
    mountinfo = listed(tmp_path, "fuse", source)
    assert network_file_system(tmp_path / "jobs.db", mountinfo) == "fuse"


@linux_alone
@pytest.mark.parametrize("source", ["/dev/fuse", "/home/ada/.secret", "/a:b", "archive.zip", "-"])
def test_what_is_but_fuse_on_something_local_is_no_network(tmp_path: Path, source: str) -> None:
    mountinfo = listed(tmp_path, "fuse", source)
    assert network_file_system(tmp_path / "jobs.db", mountinfo) is None


def test_nothing_is_claimed_where_mounts_are_not_listed(tmp_path: Path) -> None:
    assert network_file_system(tmp_path / "jobs.db", tmp_path / "none") is None


def test_nothing_is_claimed_elsewhere_than_on_linux(
    mountinfo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert network_file_system(mountinfo, mountinfo) is None


# What becomes of a log


@pytest.fixture
def on_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "network_file_system", lambda path: "nfs4")


@pytest.mark.usefixtures("on_a_network")
def test_no_log_is_made_on_a_network_file_system(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "jobs.db"
    with pytest.raises(LogError) as refused:
        open_plain(path)
    assert str(refused.value) == (
        f"{path} is on a network file system (nfs4): SQLite's write-ahead log needs memory that all"
        " its users share, which such a file system doesn't give; give a log on a local disk, with"
        " --store or JOBWATCH_STORE"
    )
    assert [*tmp_path.iterdir()] == []


def test_a_log_on_a_network_file_system_is_neither_read_nor_written(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "jobs.db"
    open_plain(path).close()
    request.getfixturevalue("on_a_network")
    for use in (check_log, open_plain):
        with pytest.raises(LogError, match="network file system"):
            use(path)


def test_a_log_on_a_network_file_system_is_not_even_opened_to_look_at_it(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.db"
    open_plain(path).close()
    context = Context(Command("jobwatch"))
    context.params = {"store": path}
    opened: list[object] = []
    connect_to = sqlite3.connect

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(arguments)
        connection: sqlite3.Connection = connect_to(*arguments, **options)
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)

    def look() -> None:
        assert not takes_long_to_open(path)
        assert completions.node_names(context, Argument(["node"]), "") == []

    look()
    assert len(opened) == 2
    request.getfixturevalue("on_a_network")
    look()
    assert len(opened) == 2


@pytest.mark.usefixtures("on_a_network")
def test_a_log_that_is_not_there_is_said_to_be_missing_wherever_it_is(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="there is no job log"):
        check_log(tmp_path / "jobs.db")
