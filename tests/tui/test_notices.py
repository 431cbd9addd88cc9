"""What an empty table says."""

from __future__ import annotations

import pytest

from jobwatch.model.query import JobQuery, View
from jobwatch.model.when import UTC, TimeRange
from jobwatch.tui.notices import notice

DAY = TimeRange(1_795_392_000_000, 1_795_478_400_000)  # 2026-11-23


def said(query: JobQuery, jobs: int = 1_234, nearest: int | None = None) -> str:
    return "\n".join(notice(query, jobs, nearest, UTC))


def test_an_empty_log_says_how_to_fill_it() -> None:
    text = said(JobQuery(text="x", range=DAY), jobs=0)
    assert "no jobs yet" in text
    for command in ("jobwatch import FILE", "jobwatch seed", "jobwatch demo"):
        assert command in text


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (View.RUNNING, "Nothing is running."),
        (View.FAILED, "There is no failed job."),
        (View.ALL, "There is no job."),
    ],
)
def test_an_empty_view_says_so(view: View, text: str) -> None:
    lines = notice(JobQuery(view=view), 1_234, None, UTC)
    assert lines[0] == text
    assert ("2 shows all 1,234 jobs." in lines) == (view is not View.ALL)


def test_an_empty_range_is_named_with_the_job_nearest_to_it() -> None:
    assert notice(JobQuery(view=View.FAILED, range=DAY), 5, DAY.end, UTC) == (
        "No failed job started in this range.",
        "2026-11-23 00:00 → 2026-11-24 00:00 (1 day), UTC",
        "The nearest job started on 2026-11-24 00:00:00.",
        "",
        "Esc clears the filter, then the range; d picks other dates.",
    )
    assert "nearest" not in said(JobQuery(range=DAY))


def test_a_text_without_a_match_is_repeated_and_its_escapes_are_seen() -> None:
    text = said(JobQuery(text="[b]\x1b]52;c;x\x07", range=DAY))
    assert "No job is found by “[b]\\x1b]52;c;x\\x07”." in text
    assert "2026-11-23 00:00" in text
    assert "Esc clears" in text


def test_a_node_without_jobs_here_is_named_with_the_way_to_the_others() -> None:
    assert notice(JobQuery(View.RUNNING, node="n1\x1b"), 7, None, UTC) == (
        "Nothing is running.",
        "Only jobs of n1\\x1b are shown; n shows the next node's.",
        "",
        "Esc clears the filter, then the range, then the node; d picks other dates.",
    )
