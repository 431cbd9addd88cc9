"""What the records imply: which jobs are lost."""

from __future__ import annotations

__all__ = ["lost_before"]

RESOLUTION = 1_000
"""Milliseconds within which a node knows when its process started."""


def lost_before(process_started: int) -> int:
    """Return the start (epoch ms, by the node's clock) before which a job that goes on is lost.

    Nothing ends the record of a job whose process is gone (harper/CONTRACT), and a node takes two
    seconds to start, so what began within the second of the process's start is of the one before.
    """
    return process_started + RESOLUTION
