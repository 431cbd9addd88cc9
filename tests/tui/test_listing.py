"""Which row of a result stands on which line."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.row import JobRow
from jobwatch.tui.listing import PAGE, Ghost, Listing

ROW = JobRow(0, 0, "gone", "COMPLETE", UNSET, UNSET, Outcome.ENDED, 0, 1, "")


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    total = draw(st.integers(0, 5 * PAGE) | st.integers(0, 10_000_000))
    line = draw(st.none() | st.integers(0, total))
    return Listing(total, draw(st.booleans()), None if line is None else Ghost(line, ROW))


@given(listings(), st.data())
def test_a_line_and_its_ordinal_lead_to_each_other(listing: Listing, data: st.DataObject) -> None:
    line = data.draw(st.integers(0, max(listing.lines - 1, 0)))
    ordinal = listing.ordinal(line)
    if listing.ghost is not None and line == listing.ghost.line:
        assert ordinal is None
    elif listing.total:
        assert ordinal is not None
        assert 0 <= ordinal < listing.total
        assert listing.line(ordinal) == line
    assert listing.lines == listing.total + (listing.ghost is not None)


@given(listings().filter(lambda listing: listing.total), st.data())
def test_an_ordinal_and_its_line_lead_to_each_other(listing: Listing, data: st.DataObject) -> None:
    ordinal = data.draw(st.integers(0, listing.total - 1))
    line = listing.line(ordinal)
    assert 0 <= line < listing.lines
    assert listing.ordinal(line) == ordinal


def test_a_new_job_on_top_renumbers_nothing() -> None:
    before, after = Listing(10), Listing(11)
    assert before.ordinal(0) == after.ordinal(1) == 9
    assert [Listing(10, False).ordinal(line) for line in (0, 9)] == [0, 9]


@given(listings(), st.integers(-PAGE, 10_000_000), st.integers(0, 3 * PAGE))
@example(Listing(2 * PAGE, False, Ghost(PAGE - 2, ROW)), PAGE - 2, 10)
@example(Listing(2 * PAGE, False, Ghost(PAGE + 1, ROW)), PAGE - 20, 21)
@example(Listing(PAGE, True, Ghost(0, ROW)), 0, 0)
def test_pages_hold_every_line_asked_for_and_no_other(
    listing: Listing, first: int, more: int
) -> None:
    first = min(first, max(listing.lines - 1, 0))
    last = first + more
    numbers = list(listing.pages(first, last))
    ordinals = map(listing.ordinal, range(max(first, 0), min(last, listing.lines - 1) + 1))
    needed = {ordinal // PAGE for ordinal in ordinals if ordinal is not None}
    assert len(numbers) == len(set(numbers))
    if last >= 0:
        assert set(numbers) == (needed if listing.total else set())


def test_pages_come_in_the_order_of_their_lines() -> None:
    assert list(Listing(1000, True).pages(0, 150)) == [15, 14, 13]
    assert list(Listing(1000, False).pages(0, 150)) == [0, 1, 2]
