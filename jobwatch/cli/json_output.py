"""What ``--json`` prints, command by command: the keys, of which type, and what they mean.

It is a promise to scripts: keys are only ever added. The pages of the manual and the README are
made to say it, and tests hold both to what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["EVENT", "OUTPUTS", "RECORD", "Key", "Output"]


class Key(NamedTuple):
    """Keys of one kind; in ``progress.done`` the key is in the object ``progress``.

    `names` have blanks between them. `type` is one of JSON's, ``integer``, or ``any``, or several
    with ``or`` between them.
    """

    names: str
    type: str
    means: str


class Output(NamedTuple):
    """What a command prints: what it is as a whole, and the keys of each object."""

    shape: str
    keys: tuple[Key, ...]


RECORD = (
    Key("id", "string", "which job it is"),
    Key("type user status", "any", "as the record has them: strings most often"),
    Key("job_body message", "any", "what it was asked, and what it said"),
    Key(
        "start_datetime end_datetime created_datetime __createdtime__ __updatedtime__",
        "number or null",
        "epoch milliseconds",
    ),
    Key("start_datetime_converted end_datetime_converted", "string", "the same in ISO 8601, UTC"),
    Key(
        "__state__",
        "string",
        "created, running, overdue, complete, partial, failed, error or lost; another status in"
        " small letters",
    ),
    Key("__done__ __total__", "integer", "how many records it loaded, of how many"),
    Key("__kind__", "string", "what it failed by, without its numbers, ids, paths and names"),
    Key("__node__", "string", "the node that it is from"),
    Key(
        "__lost_since__",
        "integer",
        "since when it is lost, in epoch milliseconds, if its node lost it; what is lost by its"
        " process or by its length has a reason alone",
    ),
    Key("__lost_reason__", "string", "why it is lost, however that is known"),
    Key("__note__", "string", "what somebody wrote to it"),
    Key("__noted_at__", "integer", "when, in epoch milliseconds"),
    Key("progress", "object", "of jobs that say how far they have come"),
    Key("progress.done", "number", "how much is done"),
    Key("progress.total", "number or null", "of how much; null where it can't say"),
    Key("process", "object", "of jobs of jobwatch run and of Python: the process that runs it"),
    Key("process.host", "string", "the name of its machine"),
    Key("process.pid", "integer", "its number"),
    Key("process.started", "integer or null", "when it started, in epoch milliseconds"),
    Key(
        "process.machine process.boot process.space",
        "string or null",
        "on Linux: which machine, which start of it, and which namespace of numbers",
    ),
    Key("process.tick", "integer or null", "on Linux: when it started, in clock ticks since boot"),
    Key("exit_status", "integer", "of jobwatch run: that of the command, as a shell's $? has it"),
    Key("output", "string", "with --keep-output: the file, relative to the folder of the log"),
)
"""The keys of a job. Each is absent where there is nothing to say."""

EVENT = Key("__event__", "string", "what happened: started, ended or lost")

_ABSENT = (
    "A key is absent where there is nothing to say, and other keys stand there as the record has"
    " them. Keys are only ever added."
)

_EXPORTED = (
    *(key for key in RECORD if "_converted" not in key.names),
    Key(
        "start_datetime_converted end_datetime_converted created_datetime_converted",
        "string",
        "the times in ISO 8601, in the zone",
    ),
    Key(
        "__createdtime___converted __updatedtime___converted",
        "string",
        "the times in ISO 8601, in the zone",
    ),
    Key("__late__", "boolean", "whether it took, or takes, longer than is usual of its type"),
)

OUTPUTS: Mapping[str, Output] = MappingProxyType(
    {
        "show": Output(f"The record of the job. {_ABSENT}", RECORD),
        "list": Output(f"An array of records. {_ABSENT}", RECORD),
        "search": Output(f"An array of records. {_ABSENT}", RECORD),
        "tail": Output(f"A record on each line. {_ABSENT}", (EVENT, *RECORD)),
        "wait": Output(f"A record on each line. {_ABSENT}", RECORD),
        "export": Output(
            f"An array of records; with --format ndjson the same, each on a line. {_ABSENT}",
            _EXPORTED,
        ),
        "import": Output(
            "An object.",
            (
                Key("read", "integer", "records of the files, bad ones too"),
                Key("new updated unchanged", "integer", "what became of the good ones"),
                Key("rejected", "integer", "bad ones"),
            ),
        ),
        "stats": Output(
            "An array of objects: one for each group, the last for all jobs.",
            (
                Key("by", "string", "type, user, node or day; of the last object total"),
                Key(
                    "group",
                    "string or null",
                    "which group; a day is 2026-11-23; null for jobs that have none, and for all",
                ),
                Key("jobs over", "integer", "how many there are, and how many are over"),
                Key("failed partial", "integer", "of these: in error or lost, done in part"),
                Key("error_share partial_share", "number or null", "the same from 0 to 1"),
                Key("timed", "integer", "jobs whose length is known"),
                Key(
                    "p50_ms p95_ms longest_ms",
                    "number or null",
                    "milliseconds that half of these took at most, 95 % of them, all of them",
                ),
                Key("records_per_second", "number or null", "of jobs that say how many they did"),
            ),
        ),
        "doctor": Output(
            "An array of objects, one for each check.",
            (
                Key("check means", "string", "what should not be there, and what it means"),
                Key("severity", "string", "warning, or error: the log may lose what it has"),
                Key(
                    "count",
                    "integer or null",
                    "how many there are; null where the log is too damaged to tell",
                ),
                Key(
                    "query command",
                    "string or null",
                    "what finds these jobs; null where they are none, or are no jobs",
                ),
                Key("details", "array", "strings: a line on each of what is no job"),
            ),
        ),
        "prune": Output(
            "An object.",
            (
                Key("before", "integer", "epoch milliseconds: what ended before then is old"),
                Key("dry_run", "boolean", "whether nothing was to be deleted"),
                Key("found pruned", "integer", "jobs that are old, and those that were deleted"),
                Key("bytes", "integer", "bytes that the disk really got back"),
                Key(
                    "kept_free",
                    "integer",
                    "bytes that are free in the file for new jobs, but can't be given back",
                ),
                Key("outputs_left", "integer", "kept outputs that could not be deleted"),
                Key(
                    "outputs_found outputs_pruned",
                    "integer",
                    "old kept outputs without a job, and those of them that were deleted",
                ),
                Key(
                    "stay_away_before",
                    "integer or null",
                    "epoch milliseconds: what ended before then comes back from no node; null where"
                    " no job was pruned",
                ),
                Key(
                    "stay_away_statuses",
                    "array or null",
                    "the statuses that this holds for, strings in capitals: none where no job was"
                    " pruned; null for any status",
                ),
            ),
        ),
        "config": Output(
            "An object of objects, by the keys of the settings.",
            (
                Key("value", "string or boolean or array", "what is in force; an array of strings"),
                Key("source", "string", "an option, a variable, a file with its line, or default"),
            ),
        ),
    }
)
"""The output of each command that has ``--json``, by its name."""
