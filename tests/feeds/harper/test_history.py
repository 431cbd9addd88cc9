"""Which pages of time are brought: all of them, each once, the newest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.feeds.harper.history import FIRST_WIDTH, History
from jobwatch.model.when import TimeRange

NOW = 1_795_471_396_000


@given(st.integers(0, NOW), st.lists(st.sampled_from([0, 1, 499, 500, 4_000, 4_001, 90_000])))
def test_the_pages_lie_end_to_end_from_now_back_to_the_beginning(
    since: int, counts: list[int]
) -> None:
    history = History(NOW, since)
    end, pages = NOW, 0
    while not history.is_complete and pages < len(counts) + 60:
        page = history.page()
        assert page.end == end
        assert page.start is not None
        assert since <= page.start < end
        history.brought(page, counts[pages] if pages < len(counts) else 0)
        end, pages = page.start, pages + 1
        assert history.reached == end
    assert history.is_complete
    assert end == since


def test_an_empty_past_of_fifty_years_takes_few_requests() -> None:
    history, pages = History(NOW, 0), 0
    while not history.is_complete:
        history.brought(history.page(), 0)
        pages += 1
    assert pages < 10


def test_a_page_with_many_jobs_makes_the_next_shorter() -> None:
    history = History(NOW, 0)
    history.brought(history.page(), 10_000)
    page = history.page()
    assert page == TimeRange(NOW - FIRST_WIDTH - FIRST_WIDTH // 2, NOW - FIRST_WIDTH)


def test_nothing_is_brought_from_before_a_beginning_that_lies_ahead() -> None:
    assert History(NOW, NOW + 1).is_complete
