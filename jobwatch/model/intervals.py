"""How often the monitor asks whether its log has changed, as it is typed."""

from __future__ import annotations

from jobwatch.model.durations import HOUR, SECOND, parse_length
from jobwatch.model.when import WhenError

__all__ = ["parse_interval"]

SHORTEST, LONGEST = 50, HOUR
"""In milliseconds."""


def parse_interval(text: str) -> float:
    """Return the seconds of a typed interval; `WhenError` if it isn't one from 50 ms to an hour."""
    try:
        length = parse_length(text)
    except WhenError:
        length = 0
    if not SHORTEST <= length <= LONGEST:
        raise WhenError(f"{text!r} is not an interval: 1s, 500ms or 2m, from 50ms to 60m")
    return length / SECOND
