"""What an empty table says: why it is empty, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from jobwatch.model.query import JobQuery, View, Within
from jobwatch.model.ranges import describe_within
from jobwatch.model.text import one_line
from jobwatch.model.when import ALWAYS, Zone, date_time, offset
from jobwatch.tui.commands import KEYS

__all__ = ["notice"]

_BY_THEN = {
    View.RUNNING: "Nothing was running on",
    View.ALL: "Nothing had started by",
    View.FAILED: "Nothing had failed by",
    View.ERRORS: "Nothing had failed by",
    View.ATTENTION: "Nothing needed attention on",
}
_KINDS = {
    View.RUNNING: "running job",
    View.ALL: "job",
    View.FAILED: "failed job",
    View.ERRORS: "failed job",
    View.ATTENTION: "job that needs attention",
}


def notice(
    query: JobQuery,
    jobs: int,
    nearest: int | float | None,
    zone: Zone,
    keys: Mapping[str, str] = KEYS,
) -> tuple[str, ...]:
    """Return the lines for a query without a result in a log of so many jobs.

    `nearest` is the start (epoch milliseconds) that is nearest to the query's range, if it has one.
    `keys` are those of the commands, by their ids.
    """
    if not jobs:
        return (
            "This log has no jobs yet.",
            "",
            "jobwatch watch URL     mirrors a HarperDB node, such as http://node1:9925",
            "jobwatch import FILE   loads job records: JSON, NDJSON or CSV",
            "jobwatch seed          makes sample jobs",
            "jobwatch demo          shows simulated jobs, in a log of its own",
        )
    kind = _KINDS[query.view]
    lines = []
    if query.text:
        lines.append(f"No {kind} is found by “{one_line(query.text)}”.")
    elif query.range != ALWAYS:
        verb = "was running" if query.within is Within.RUNNING else "started"
        lines.append(f"No {kind} {verb} in this range.")
    elif query.as_of is not None:
        happened = _BY_THEN[query.view]
        lines.append(f"{happened} {date_time(query.as_of, zone)} {offset(query.as_of, zone)}.")
    elif query.view is View.RUNNING:
        lines.append("Nothing is running.")
    else:
        lines.append(f"There is no {kind}.")
    if query.node is not None:
        shown = f"Only jobs of {one_line(query.node)} are shown"
        lines.append(f"{shown}; {keys['node']} shows the next node's.")
    if query.range != ALWAYS:
        lines.append(describe_within(query.range, query.within, zone))
        if nearest is not None:
            lines.append(f"The nearest job started on {date_time(nearest, zone)}.")
    lines.append("")
    back = keys["back"].capitalize()
    if query.as_of is not None:
        lines.append(
            f"{keys['event_back']} goes to the start or end before, {keys['event_on']} to the one"
            f" behind; {back} back to now."
        )
    elif query.text or query.range != ALWAYS or query.node is not None:
        node = "" if query.node is None else ", then the node"
        clears = f"{back} clears the filter, then the range{node}"
        lines.append(f"{clears}; {keys['dates']} picks other dates.")
    elif query.view is not View.ALL:
        lines.append(f"{keys['view_all']} shows all {jobs:,} jobs.")
    return tuple(lines)
