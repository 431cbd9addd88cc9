"""What is copied of jobs, as clean text: to be pasted into a terminal, a table or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import msgspec

from jobwatch.model.formats import encode, encode_record
from jobwatch.model.job import UNSET, Job, Json
from jobwatch.model.text import clean, json_safe, one_line

__all__ = ["Part", "bodies", "messages", "of_jobs", "records", "table"]


class Part(StrEnum):
    """What can be copied, by its name."""

    ROW = "row"
    MESSAGE = "message"
    BODY = "body"
    RECORD = "record"
    COMMAND = "command"


def of_jobs(part: Part, jobs: Sequence[Job]) -> str:
    """Return the messages, the bodies or the records of jobs.

    `KeyError` for what doesn't follow from the jobs alone: a row, of which the screen knows the
    columns, and the command.
    """
    return _PARTS[part](jobs)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return cells as a line a row, with a tab between each two."""
    return "\n".join("\t".join(map(one_line, row)) for row in rows)


def messages(jobs: Sequence[Job]) -> str:
    """Return the message of a job as it is; of several, a line each."""
    if len(jobs) == 1:
        return clean(_text(jobs[0].message))
    return "\n".join(one_line(_text(job.message)) for job in jobs)


def bodies(jobs: Sequence[Job]) -> str:
    """Return the body of a job as indented JSON, text as it is; of several, an array of them.

    In an array, null stands for a job without a body; one alone has no text then.
    """
    if len(jobs) == 1:
        body = jobs[0].job_body
        return clean(body) if isinstance(body, str) else _indented(body)
    return _indented([None if job.job_body is UNSET else job.job_body for job in jobs])


def records(jobs: Sequence[Job]) -> str:
    """Return the documented record of a job as JSON on one line; of several, an array of lines."""
    lines = [json_safe(encode_record(job).decode()) for job in jobs]
    return lines[0] if len(lines) == 1 else "[" + ",\n".join(lines) + "]"


_PARTS: Mapping[Part, Callable[[Sequence[Job]], str]] = MappingProxyType(
    {Part.MESSAGE: messages, Part.BODY: bodies, Part.RECORD: records}
)


def _text(value: Json) -> str:
    if value is UNSET or value is None:
        return ""
    return value if isinstance(value, str) else encode(value).decode()


def _indented(value: Json) -> str:
    if value is UNSET or value is None:
        return ""
    return json_safe(msgspec.json.format(encode(value), indent=2).decode())
