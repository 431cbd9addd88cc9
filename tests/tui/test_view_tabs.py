"""The tabs of the views: which are drawn, where they lie, and that the shown one is in sight."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from jobwatch.model.query import View
from jobwatch.tui.tabs import fitting, tab_at
from jobwatch.tui.widgets.view_tabs import ViewTabs, about

LONG = "a very long name of a view indeed"
COUNTS = {View.RUNNING: 3, View.ALL: 123_456, View.FAILED: 77}


class Host(App[None]):
    CSS = "ViewTabs { height: 1; }"

    def __init__(self, *saved: str, shown: str | None = None) -> None:
        super().__init__()
        self.tabs = ViewTabs()
        self.saved, self.shown = saved, shown
        self.chosen: list[View | str] = []

    def compose(self) -> ComposeResult:
        yield self.tabs

    def on_mount(self) -> None:
        self.tabs.counts = COUNTS
        self.tabs.saved = self.saved
        self.tabs.saved_shown = self.shown

    def on_view_tabs_chosen(self, message: ViewTabs.Chosen) -> None:
        self.chosen.append(message.view)

    def on_view_tabs_saved_chosen(self, message: ViewTabs.SavedChosen) -> None:
        self.chosen.append(message.name)

    def line(self) -> str:
        return self.screen._compositor.render_strips()[0].text.rstrip()

    def lit(self) -> str:
        """Return what is set apart."""
        segments = self.screen._compositor.render_strips()[0]
        return "".join(s.text for s in segments if s.style is not None and s.style.bold)


async def line(app: Host, width: int = 105) -> str:
    async with app.run_test(size=(width, 5)) as pilot:
        await pilot.pause()
        return app.line()


async def test_saved_views_stand_behind_the_fixed_ones_with_keys_from_6_to_9() -> None:
    assert await line(Host("a", "b", "c", "d", "e")) == (
        " 1 Running 3   2 All 123,456   3 Failed 77   4 Errors   5 Attention"
        "   6 a   7 b   8 c   9 d   e"
    )


async def test_what_needs_attention_is_counted_where_some_of_it_was_not_seen() -> None:
    app = Host()
    async with app.run_test(size=(105, 5)) as pilot:
        for unseen, said in ((None, ""), (1_234, " 1,234!"), (0, "")):
            app.tabs.unseen = unseen
            await pilot.pause()
            assert app.line().endswith(f"4 Errors   5 Attention{said}")


async def test_a_saved_view_that_is_shown_is_lit_instead_of_its_fixed_one() -> None:
    app = Host("night", shown="night")
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        assert app.lit() == " 6 night "
        app.tabs.saved_shown = None
        await pilot.pause()
        assert app.lit() == " 1 Running 3 "


async def test_a_saved_view_named_as_a_fixed_one_is_another() -> None:
    app = Host("running")
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        assert app.lit() == " 1 Running 3 "
        app.tabs.saved_shown = "running"
        await pilot.pause()
        assert app.lit() == " 6 running "


async def test_names_are_cut_shorter_only_where_there_is_no_room() -> None:
    assert "6 a very long name of a v…" in await line(Host(LONG), width=105)
    assert "6 a very long…  " in await line(Host(LONG, "slow"), width=95) + "  "


async def test_where_there_are_too_many_the_shown_one_is_in_sight_between_arrows() -> None:
    many = [f"view {n}" for n in range(12)]
    assert (await line(Host(*many))).endswith("8 view 2  ›")
    scrolled = await line(Host(*many, shown="view 6"))
    assert scrolled.startswith("‹  ")
    assert scrolled.endswith("view 6  ›")
    assert (await line(Host(*many, shown="view 11"))).endswith("view 11")


async def test_a_click_chooses_a_view_and_one_on_an_arrow_that_behind_it() -> None:
    app = Host("表格", "b", "c", "d", "e", "f", "g", "h", shown="表格")
    async with app.run_test(size=(97, 5)) as pilot:
        await pilot.pause()
        drawn = app.line()
        for text in ("Failed", "Errors", "Attention", "表", "7 b", "›"):
            x = cell_len(drawn[: drawn.index(text)])
            await pilot.click(offset=(x, 0))
            await pilot.pause()
        await pilot.click(offset=(13, 0))
        await pilot.pause()
    assert app.chosen == [View.FAILED, View.ERRORS, View.ATTENTION, "表格", "b", "e"]


async def test_no_name_is_more_than_text() -> None:
    assert r"6 [bold]\x1b[2J   7 [/x]" in await line(Host("[bold]\x1b[2J", "[/x]"))


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=20),
    st.integers(1, 120),
    st.data(),
)
def test_tabs_fit_the_width_with_the_shown_one_among_them(
    widths: Sequence[int], width: int, data: st.DataObject
) -> None:
    labels = [(tab, "x" * wide) for tab, wide in enumerate(widths)]
    shown = data.draw(st.sampled_from(range(len(labels))))
    row = fitting(labels, shown, width, gap=" ")
    tabs = [tab for tab, _ in row]
    assert tabs == list(range(tabs[0], tabs[-1] + 1))
    assert labels[shown] in row
    taken = sum(len(label) for _, label in row) + len(row) - 1
    if taken > width:  # not even the shown one fits
        assert [tab for tab, label in row if label not in "‹›"] == [shown]
    assert (row[0] == labels[0]) or row[0][1] == "‹"
    assert (row[-1] == labels[-1]) or row[-1][1] == "›"


@pytest.mark.parametrize(
    ("x", "tab"), [(-1, None), (0, "a"), (3, "a"), (4, None), (5, "b"), (6, None)]
)
def test_a_tab_is_as_wide_as_its_label_is_in_cells(x: int, tab: str | None) -> None:
    assert tab_at([("a", "表格"), ("b", "b")], x, gap=" ") == tab


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (1_249, "1.2k"),
        (34_567, "35k"),
        (999_499, "999k"),
        (999_500, "1.0M"),
        (10_000_000, "10M"),
        (2_500_000_000, "2.5G"),
    ],
)
def test_a_count_is_told_in_four_cells_where_there_is_no_room(count: int, told: str) -> None:
    assert about(count) == told


async def test_counts_are_told_short_before_the_last_view_is_out_of_sight() -> None:
    app = Host()
    async with app.run_test(size=(72, 3)) as pilot:
        app.tabs.counts = {View.RUNNING: 50, View.ALL: 1_000_000, View.FAILED: 34_567}
        app.tabs.unseen = 6
        await pilot.pause()
        assert "2 All 1.0M" in app.line()
        assert "5 Attention 6!" in app.line()
