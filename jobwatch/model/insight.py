"""What the records imply: partial loads, usual lengths, lost jobs, and kinds of errors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeGuard

from msgspec import UNSET

from jobwatch.model.text import one_line

__all__ = [
    "BEYOND_LEAST",
    "BEYOND_TIMES",
    "FEWEST",
    "LAST_RUNS",
    "OWN_RUNS",
    "Load",
    "Progress",
    "Sign",
    "Usual",
    "fingerprint",
    "is_beyond",
    "is_late",
    "load_of",
    "lost_before",
    "percentile",
    "progress_of",
    "records_per_second",
    "usual_of",
]

RESOLUTION = 1_000
"""Milliseconds within which a node knows when its process started."""

LAST_RUNS = 200
"""How many runs, the last ones that ended well, tell what is usual."""
FEWEST = 5
"""Fewer runs tell nothing."""
OWN_RUNS = 20
"""From so many runs on, those of the same user tell more than those of all."""

BEYOND_TIMES, BEYOND_LEAST = 10, 3_600_000
"""A job that goes on for so many times the longest run ever, and so many ms, is beyond anything."""

LOOKED_AT = 2_000
"""Characters of a message that are looked at: what it says is said in few words."""
LONGEST_KIND = 200


class Load(NamedTuple):
    """How many records of how many were done."""

    done: int
    total: int

    @property
    def shortfall(self) -> int:
        """How many records were not done."""
        return self.total - self.done


class Progress(NamedTuple):
    """How far a job has come, in whatever it counts; `total` is None where it can't say."""

    done: int
    total: int | None

    @property
    def text(self) -> str:
        """The progress for a person: ``9,000/12,000``, or ``9,000`` without a total."""
        return f"{self.done:,}" if self.total is None else f"{self.done:,}/{self.total:,}"

    @property
    def so_far(self) -> str:
        """The progress where nothing beside it says what it is: ``9,000/12,000``, ``9,000 so far``.

        A total of 0 is one.
        """
        return f"{self.text} so far" if self.total is None else self.text


def progress_of(value: object) -> Progress | None:
    """Return the progress that a JSON value tells, ``{"done": n, "total": m}``; None where none."""
    if not isinstance(value, dict):
        return None
    done, total = value.get("done"), value.get("total")
    if not _is_count(done):
        return None
    return Progress(done, total if _is_count(total) else None)


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 1 << 63


class Usual(NamedTuple):
    """How long the last runs of one kind took, in ms: half of them at most `p50`, 95 % `p95`.

    `longest` is the longest run that their type ever had, or more where that was under five
    minutes; infinite where it isn't known.
    """

    p50: float
    p95: float
    longest: float
    runs: int


class Sign(StrEnum):
    """What a job that goes on gives rise to think of it."""

    OVERDUE = "overdue"
    """It goes on for longer than 95 % of the last runs of its kind."""
    GONE = "gone"
    """The process that ran it is gone: it is lost."""
    BEYOND = "beyond"
    """It goes on for so long that nobody can expect its end any more: it is lost."""


# "successfully loaded 9 of 12 records", "379 of 379 records successfully deleted" (CONTRACT). The
# numbers alone would not do, nor the verb: "skipped 3 of 12 records", "not copied 3 of 12 records".
_DONE = "(?:loaded|imported|exported|inserted|upserted|written|copied|deleted)"
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,15})"
_LOAD = re.compile(
    rf"(?:\A|\bsuccessfully ){_DONE} {_NUMBER} of {_NUMBER} records?\b"
    rf"|\A{_NUMBER} of {_NUMBER} records? (?:were )?successfully {_DONE}\b",
    re.ASCII | re.IGNORECASE,
)


def load_of(message: Any) -> Load | None:
    """Return how many records were done, by what a job said; None where it doesn't say.

    A message is text, or an object with its text as ``message`` (HarperDB 4.3).
    """
    if isinstance(message, dict):
        message = message.get("message")
    if not isinstance(message, str) or message.find(" of ", 0, LOOKED_AT) < 0:
        return None
    found = _LOAD.search(message, 0, LOOKED_AT)
    if found is None:
        return None
    done, total = (int(number.replace(",", "")) for number in found.groups() if number)
    load = Load(done, total)
    return load if load.done <= load.total else None


def records_per_second(done: int | None, took: float | None) -> float | None:
    """Return the pace of a load that took so many ms, None where it can't be told."""
    if done is None or took is None or took <= 0:
        return None
    return done * 1_000 / took


def lost_before(process_started: int) -> int:
    """Return the start (epoch ms, by the node's clock) before which a job that goes on is lost.

    Nothing ends the record of a job whose process is gone (harper/CONTRACT), and a node takes two
    seconds to start, so what began within the second of the process's start is of the one before.
    """
    return process_started + RESOLUTION


# What is usual, and what is not


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest of some ascending lengths that so large a share of them doesn't exceed.

    That is the nearest rank, as `usual_statements` counts it too; the share is in whole percents,
    and there must be one length at least.
    """
    rank = -(-round(share * 100) * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def usual_of(ordered: Sequence[float]) -> Usual | None:
    """Return what is usual by some ascending lengths (ms), None where they are too few to tell."""
    if len(ordered) < FEWEST:
        return None
    return Usual(percentile(ordered, 0.5), percentile(ordered, 0.95), ordered[-1], len(ordered))


def is_late(took: float, usual: Usual) -> bool:
    """Return whether a run took, or goes on for, longer than 95 % of the usual ones."""
    return took > usual.p95


def is_beyond(took: float, usual: Usual) -> bool:
    """Return whether a run goes on for so long that nobody can expect its end any more."""
    return took > max(BEYOND_LEAST, BEYOND_TIMES * usual.longest) and usual.runs >= OWN_RUNS


# Kinds of errors

# Each takes time in proportion to the text, whatever that is: none can begin anew at each character
# and go on to the end in vain.
_MASKS = (
    # Quoted names: a closing quote ends a word, one that is missing is at the end of the text. A
    # column's name is echoed raw (CONTRACT) and may hold quotes; an apostrophe in a word is none.
    (r"(?s)(?<!\w)(['\"`]).*?(?:\1(?=[\s,.;:!?)\]}]|\Z)|\Z)", r"\1…\1"),
    (r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s,;\"'<>]+", "…"),
    # Node's words for what it can't reach: getaddrinfo ENOTFOUND s3.example.com
    (
        r"\b(ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|ETIMEDOUT|EHOST[A-Z]+|ENET[A-Z]+|EADDR[A-Z]+) \S+",
        r"\1 …",
    ),
    # Paths: absolute ones, and relative ones with the suffix of a file.
    (r"(?<![\w.])(?:[A-Za-z]:)?(?:[\\/]|\.{1,2}/|~/)[^\s,;:\"'()]+", "…"),
    (r"(?<![\w.\\/-])[\w.-]+(?:[\\/][\w.-]+)*[\\/][\w.-]*\.\w+", "…"),
    # Ids: UUIDs, hexadecimal ones, long ones of letters and digits.
    (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "…"),
    (r"(?<![0-9A-Za-z])(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}(?![0-9A-Za-z])", "…"),
    (r"(?<![0-9A-Za-z])(?=(?:[A-Za-z]*\d){4})[0-9A-Za-z]{16,}", "…"),
    (r"\d+(?:[.:,]\d+)*", "#"),
)


@cache
def _masks() -> list[tuple[re.Pattern[str], str]]:
    # Most commands never need them.
    return [(re.compile(pattern), mask) for pattern, mask in _MASKS]


_BLANKS = re.compile(r"\s+")


def fingerprint(message: Any) -> str:
    """Return what all errors of one kind say: a message without what differs from job to job.

    Numbers, ids, paths, addresses and quoted names are masked. Of an object its ``error`` or
    ``message`` counts, else all its keys and values. It is clean text on one line, at most
    `LONGEST_KIND` long; empty where nothing is said.
    """
    said = _said(message)
    if len(said) > LOOKED_AT:
        # The end closes what the beginning opens, however long a name stands between them.
        said = said[: LOOKED_AT // 2] + said[-LOOKED_AT // 2 :]
    for pattern, mask in _masks():
        said = pattern.sub(mask, said)
    return one_line(_BLANKS.sub(" ", said))[:LONGEST_KIND].strip()


def _said(message: Any) -> str:
    """Return what a message says in words, however it is wrapped."""
    while isinstance(message, dict):
        inner = (message.get(key) for key in ("error", "message"))
        wrapped = next((value for value in inner if value and isinstance(value, str | dict)), None)
        if wrapped is None:
            break
        message = wrapped
    if isinstance(message, str):
        return message
    return "" if message is None or message is UNSET else " ".join(_words(message))


def _words(value: Any) -> Iterator[str]:
    """Yield the keys and the values of JSON in their order, those of `LOOKED_AT` characters."""
    left, waiting = LOOKED_AT, [value]
    while waiting and left > 0:
        value = waiting.pop()
        if isinstance(value, dict):
            pairs = reversed(value.items())
            waiting += (part for key, child in pairs for part in (child, f"{key}:"))
        elif isinstance(value, list):
            waiting += reversed(value)
        else:
            yield (word := _word(value))
            left -= len(word) + 1


def _word(scalar: Any) -> str:
    if isinstance(scalar, str):
        return scalar
    if scalar is None:
        return "null"
    # A number is masked in any case, and its digits may be too many to write.
    return str(scalar).lower() if isinstance(scalar, bool) else "#"
