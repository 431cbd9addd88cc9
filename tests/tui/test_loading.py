"""The job under the cursor stays where it is while the result changes around it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncGenerator, Iterable

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.row import JobRow
from jobwatch.store.job_list import Place
from jobwatch.tui.listing import PAGE, Ghost, Listing
from jobwatch.tui.loading import Anchor, Picture, keep, move


class Rows:
    """A log in memory, of which a list shows the jobs that are not hidden, in order of start."""

    def __init__(self, rows: Iterable[JobRow], newest_first: bool = True) -> None:
        self.log = {row.id: row for row in rows}
        self.hidden: set[str] = set()
        self.newest_first = newest_first
        self.complete = True
        self.is_found = False
        self.is_kept_up = True

    @property
    def rows(self) -> list[JobRow]:
        shown = (row for row in self.log.values() if row.id not in self.hidden)
        return sorted(shown, key=lambda row: row.key)

    @property
    def total(self) -> int:
        return len(self.rows)

    async def search(self) -> AsyncGenerator[int, None]:
        """Take in nothing: what is there is there."""
        yield self.total

    async def refresh(self) -> None:
        """Take in nothing: what is there is there."""

    async def page(self, number: int) -> list[JobRow | None]:
        return [*self.rows[number * PAGE : (number + 1) * PAGE]]

    async def place(self, row: JobRow) -> Place:
        keys = [other.key for other in self.rows]
        index = bisect_left(keys, row.key)
        return Place(index, index < len(keys) and keys[index] == row.key)

    async def read(self, id: str) -> JobRow | None:
        return self.log.get(id)

    def lines(self) -> list[JobRow]:
        return self.rows[::-1] if self.newest_first else self.rows


def row(seq: int, started: int) -> JobRow:
    return JobRow(
        seq, started, f"job-{seq}", "COMPLETE", "t", "u", Outcome.ENDED, started, UNSET, ""
    )


def shown(picture: Picture, line: int) -> JobRow | None:
    """Return the row on a line as the table would paint it."""
    if picture.listing.ghost is not None and line == picture.listing.ghost.line:
        return picture.listing.ghost.row
    ordinal = picture.listing.ordinal(line)
    assert ordinal is not None
    return picture.pages[ordinal // PAGE][ordinal % PAGE]


def painted(picture: Picture, height: int) -> list[JobRow | None]:
    last = min(picture.scroll_y + height, picture.listing.lines)
    return [shown(picture, line) for line in range(picture.scroll_y, last)]


def anchor_at(rows: Rows, selected: int, scroll_y: int, height: int) -> Anchor:
    lines = rows.lines()
    return Anchor(lines[selected], selected - scroll_y, lines[scroll_y], height)


def clamped(scroll_y: int, lines: int, height: int) -> int:
    return max(0, min(scroll_y, lines - height))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Rows, int, int, int, list[int], set[int]]:
    """Return rows, the selected line, the top line, the height, new starts, removed lines."""
    starts = draw(st.lists(st.integers(0, 60), min_size=1, max_size=150))
    rows = Rows((row(seq, start) for seq, start in enumerate(starts)), draw(st.booleans()))
    height = draw(st.integers(1, 40))
    selected = draw(st.integers(0, len(starts) - 1))
    scroll_y = draw(st.integers(0, max(len(starts) - height, 0)))
    added = draw(st.lists(st.integers(-10, 70), max_size=40))
    removed = draw(st.sets(st.integers(0, len(starts) - 1), max_size=40))
    return rows, selected, scroll_y, height, added, removed


def change(rows: Rows, added: list[int], removed: Iterable[int], *, deleted: bool) -> None:
    gone = [rows.lines()[line].id for line in removed]
    for id in gone:
        if deleted:
            del rows.log[id]
        else:
            rows.hidden.add(id)
    for seq, start in enumerate(added, 1000):
        rows.log[f"job-{seq}"] = row(seq, start)


@given(changes(), st.booleans())
async def test_the_selected_job_keeps_its_line_of_the_screen_as_far_as_the_ends_allow(
    case: tuple[Rows, int, int, int, list[int], set[int]], deleted: bool
) -> None:
    rows, selected, scroll_y, height, added, removed = case
    anchor = anchor_at(rows, selected, scroll_y, height)
    change(rows, added, removed - {selected}, deleted=deleted)
    picture = await keep(rows, rows.read, anchor)
    assert picture.selected == anchor.selected
    assert picture.listing == Listing(rows.total, rows.newest_first)
    assert rows.lines()[picture.cursor_line] == anchor.selected
    assert painted(picture, height) == rows.lines()[picture.scroll_y :][:height]
    if anchor.cursor_visible:
        wanted = picture.cursor_line - anchor.cursor
        assert picture.scroll_y == clamped(wanted, rows.total, height)


@given(changes(), st.booleans())
async def test_a_job_that_left_stays_as_a_ghost_at_its_place(
    case: tuple[Rows, int, int, int, list[int], set[int]], deleted: bool
) -> None:
    rows, selected, scroll_y, height, added, removed = case
    anchor = anchor_at(rows, selected, scroll_y, height)
    change(rows, added, removed | {selected}, deleted=deleted)
    picture = await keep(rows, rows.read, anchor)
    line = picture.cursor_line
    assert anchor.selected is not None
    assert picture.selected == anchor.selected
    assert picture.listing.ghost == Ghost(line, anchor.selected)
    assert picture.listing.total == rows.total
    expected = rows.lines()
    expected.insert(line, anchor.selected)
    keys = [each.key for each in expected]
    assert keys == sorted(keys, reverse=rows.newest_first)
    assert painted(picture, height) == expected[picture.scroll_y :][:height]
    if anchor.cursor_visible:
        assert picture.scroll_y == clamped(line - anchor.cursor, len(expected), height)


@given(changes(), st.booleans())
async def test_without_the_cursor_on_screen_the_top_row_stays(
    case: tuple[Rows, int, int, int, list[int], set[int]], deleted: bool
) -> None:
    rows, selected, scroll_y, height, added, removed = case
    anchor = anchor_at(rows, selected, scroll_y, height)._replace(cursor=-1)
    assert anchor.top is not None
    change(rows, added, removed, deleted=deleted)
    picture = await keep(rows, rows.read, anchor)
    expected = rows.lines()
    if picture.listing.ghost is not None:
        expected.insert(picture.listing.ghost.line, picture.listing.ghost.row)
    top = anchor.top.key
    # The old top row, or, if it left, the first that stood below it.
    stay = [
        row for row in rows.lines() if (row.key <= top if rows.newest_first else row.key >= top)
    ]
    wanted = expected.index(stay[0]) if stay else len(expected)
    assert picture.scroll_y == clamped(wanted, len(expected), height)


async def test_a_ghost_is_gone_when_its_job_comes_back() -> None:
    rows = Rows(row(seq, seq) for seq in range(100))
    anchor = anchor_at(rows, 50, 45, 10)
    rows.hidden.add("job-49")
    ghost = await keep(rows, rows.read, anchor)
    assert ghost.listing.ghost is not None
    rows.hidden.clear()
    back = await keep(rows, rows.read, anchor._replace(selected=ghost.selected))
    assert back.listing == Listing(100)
    assert (back.cursor_line, back.scroll_y) == (50, 45)


async def test_a_ghost_shows_what_the_log_last_knew_of_the_job() -> None:
    rows = Rows([row(1, 1), row(2, 2)])
    anchor = anchor_at(rows, 0, 0, 10)
    rows.log["job-2"] = rows.log["job-2"]._replace(status="ERROR")
    rows.hidden.add("job-2")
    picture = await keep(rows, rows.read, anchor)
    assert picture.listing.ghost is not None
    assert picture.listing.ghost.row.status == "ERROR"


async def test_with_nothing_selected_the_top_is_shown_and_selected() -> None:
    rows = Rows(row(seq, seq) for seq in range(100))
    anchor = Anchor(None, 0, None, 10)
    for picture in (
        await keep(rows, rows.read, anchor),
        await move(rows, rows.read, anchor, None),
    ):
        assert picture.selected == rows.log["job-99"]
        assert (picture.cursor_line, picture.scroll_y) == (0, 0)


async def test_an_empty_result_has_nothing_selected() -> None:
    rows = Rows([])
    picture = await keep(rows, rows.read, Anchor(None, 0, None, 10))
    assert picture == Picture(Listing(0), {}, None, 0, 0)
    assert await move(rows, rows.read, Anchor(None, 0, None, 10), row(1, 1)) == picture


@given(changes())
async def test_a_new_query_without_the_selected_job_goes_to_the_nearest_and_comes_back(
    case: tuple[Rows, int, int, int, list[int], set[int]],
) -> None:
    rows, selected, scroll_y, height, _, removed = case
    anchor = anchor_at(rows, selected, scroll_y, height)
    wanted = anchor.selected
    assert wanted is not None
    change(rows, [], removed | {selected}, deleted=False)
    away = await move(rows, rows.read, anchor, wanted)
    assert away.listing == Listing(rows.total, rows.newest_first)
    if not rows.total:
        assert away.selected is None
    else:
        assert away.selected is not None
        assert away.selected == rows.lines()[away.cursor_line] == shown(away, away.cursor_line)
        distances = [abs(each.started - wanted.started) for each in rows.rows]
        assert abs(away.selected.started - wanted.started) == min(distances)
    rows.hidden.clear()
    then = Anchor(away.selected, away.cursor_line - away.scroll_y, None, height)
    back = await move(rows, rows.read, then, wanted)
    assert back.selected == wanted == rows.lines()[back.cursor_line]
    assert back.scroll_y <= back.cursor_line < back.scroll_y + height


@given(changes())
async def test_a_new_query_with_the_selected_job_keeps_it_on_its_line(
    case: tuple[Rows, int, int, int, list[int], set[int]],
) -> None:
    rows, selected, scroll_y, height, added, removed = case
    anchor = anchor_at(rows, selected, scroll_y, height)
    change(rows, added, removed - {selected}, deleted=False)
    picture = await move(rows, rows.read, anchor, anchor.selected)
    assert picture.selected == anchor.selected == rows.lines()[picture.cursor_line]
    if anchor.cursor_visible:
        wanted = picture.cursor_line - anchor.cursor
        assert picture.scroll_y == clamped(wanted, rows.total, height)


async def test_a_wanted_job_that_was_deleted_leads_to_the_nearest() -> None:
    rows = Rows(row(seq, seq * 10) for seq in range(100))
    anchor = anchor_at(rows, 50, 45, 10)
    del rows.log["job-49"]
    rows.log["job-48"] = row(48, 482)
    picture = await move(rows, rows.read, anchor, anchor.selected)
    assert picture.selected == rows.log["job-48"]
