"""What can be wrong with a log, as a list of checks, and what came of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from jobwatch.model.durations import SECOND, duration
from jobwatch.model.language import parse_query
from jobwatch.model.node import SKEW_SHOWN, Node
from jobwatch.model.query import JobQuery
from jobwatch.model.ranges import describe
from jobwatch.model.text import one_line
from jobwatch.model.when import UTC, TimeRange, Zone, iso

__all__ = [
    "AHEAD",
    "CHECKS",
    "INTEGRITY",
    "LARGE_WAL",
    "NODE_CLOCKS",
    "PRUNED",
    "QUICK_CHECKS",
    "STRAY_OUTPUTS",
    "WAL_SIZE",
    "Check",
    "Finding",
    "Severity",
    "bytes_in_all",
    "clock_off",
    "job_query",
    "kept_away",
    "wal_too_large",
]

AHEAD = 5 * SECOND
"""By how many ms a start may lie ahead of this machine's clock before it is wrong."""

LARGE_WAL = 256 << 20
"""Bytes; the log's own connections cut their write-ahead log at a quarter of it."""


class Severity(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    """Records that say something which can't be, or trouble that may come."""
    ERROR = "error"
    """The log may lose what it has."""


class Check(Struct, frozen=True, kw_only=True):
    """One thing that can be wrong, what it means, and what to do then, in one line.

    Its name is that of what should not be there. `query` finds exactly the jobs that are counted;
    ``{ahead}`` in it stands for the first instant that is too far ahead of the clock. It is empty
    where what is wrong is no job.
    """

    name: str
    means: str
    severity: Severity = Severity.WARNING
    query: str = ""

    def query_at(self, now: int) -> str:
        """Return the query's text at an instant (ms)."""
        return self.query.replace("{ahead}", f"{iso(now + AHEAD)}")


class Finding(Struct, frozen=True, kw_only=True):
    """What came of a check: how many there are, and the text of the query that lists them.

    `count` is None where the log is too damaged to tell. `details` are lines on what is no job;
    they come from data. With a count of 0 they are good to know, and nothing is wrong.
    """

    check: Check
    count: int | None
    query: str = ""
    details: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        """Return whether nothing is wrong."""
        return self.count == 0

    @property
    def how_many(self) -> str:
        """Return the count in words and digits, or in one line what is good to know."""
        if self.count is None:
            return "can't be told"
        return f"{self.count:,}" if self.count else one_line("; ".join(self.details)) or "none"


NODE_CLOCKS = Check(
    name="node with a wrong clock",
    means="What runs there seems to have begun sooner or later than it did, by as much."
    " Set the clock of the node, or of this machine.",
)
WAL_SIZE = Check(
    name="oversized write-ahead log",
    means="Nobody has checkpointed: some program holds the log open and reads on and on."
    " End that program, and the next write to the log cuts the file.",
)
STRAY_OUTPUTS = Check(
    name="kept output without a job",
    means="Their jobs were never written, were deleted, or went with another log. jobwatch prune"
    " deletes those that were last written before its --older-than, with the jobs of that age.",
)
PRUNED = Check(
    name="pruned",
    means="jobwatch prune took these out, and no node's mirror brings them back;"
    " jobwatch import does.",
)
"""Never finds anything wrong: what it has to tell is good to know."""
INTEGRITY = Check(
    name="damage to the file",
    means="Stop whatever writes to the log, and restore it from a copy; without one,"
    " jobwatch export writes what can still be read.",
    severity=Severity.ERROR,
)

QUICK_CHECKS = (
    Check(
        name="end before start",
        means="Nobody knows how long these took. A clock was set back, or start and end are of"
        " two machines: set their clocks.",
        query="has:end dur<0s",
    ),
    Check(
        name="ended without an end",
        means="These are over, and nobody knows since when. Let what writes them record the"
        " end_datetime too.",
        query="is:ended -has:end",
    ),
    Check(
        name="running with an end",
        means="These go on by their status, and have an end all the same: what wrote them broke"
        " off halfway. Close what is over: jobwatch fail ID.",
        query="is:running has:end",
    ),
    Check(
        name="unknown status",
        means="These are taken to run until they have an end, and never to have failed. Let what"
        " writes them use CREATED, IN_PROGRESS, COMPLETE and ERROR.",
        query="-status:CREATED,IN_PROGRESS,COMPLETE,ERROR",
    ),
    Check(
        name="start in the future",
        means="The clock of this machine is behind, or that of where these started is ahead:"
        " set it.",
        query="since:{ahead}",
    ),
    Check(
        name="end in the future",
        means="The clock of this machine is behind, or that of where these ended is ahead: set it.",
        query="ended:{ahead}..",
    ),
    NODE_CLOCKS,
    WAL_SIZE,
    STRAY_OUTPUTS,
    PRUNED,
)
"""All that takes no reading of the whole file."""

CHECKS = (*QUICK_CHECKS, INTEGRITY)


def job_query(text: str, now: int) -> JobQuery:
    """Return what the query of a finding asks at an instant (ms)."""
    return JobQuery(text=text, where=parse_query(text, now=now, zone=UTC))


def clock_off(node: Node) -> str:
    """Return in one line by how much a node's clock is off, nothing where it isn't by much."""
    if node.skew is None or abs(node.skew) <= SKEW_SHOWN:
        return ""
    return f"{node.name}: {duration(abs(node.skew))} {'ahead' if node.skew > 0 else 'behind'}"


def wal_too_large(size: int) -> str:
    """Return in one line how large a write-ahead log is (bytes), nothing where that is usual."""
    return f"{size / 1_000_000:,.0f} MB" if size > LARGE_WAL else ""


def kept_away(statuses: Iterable[str], before: int, zone: Zone) -> str:
    """Return in one line which jobs pruning keeps away: of statuses, of any if one is empty.

    `before` is the end (epoch ms) from which on they come.
    """
    words = sorted(statuses)
    of = ", ".join(words) if all(words) else "any status"
    return f"jobs that ended {describe(TimeRange(end=before), zone)}, stay away from mirrors ({of})"


def bytes_in_all(sizes: Sequence[int]) -> str:
    """Return in one line how much files of these sizes (bytes) are, nothing for none."""
    return f"{sum(sizes):,} bytes in all" if sizes else ""
