"""The summary: as full as there is room for, without a number cut or a column that jumps."""

from __future__ import annotations

import re
from pathlib import Path

from rich.cells import cell_len
from textual.app import App, ComposeResult

import jobwatch.tui.app
from jobwatch.model.summary import StateCounts
from jobwatch.tui.theme import THEME
from jobwatch.tui.widgets.summary import Summary

STATES = StateCounts(running=3, complete=98_204, partial=31, failed=410, lost=0)
HOURS = (0, 312, *range(1, 23))
BARS = "·█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁"
GLYPHS = "●✓◐✗?"


class Host(App[None]):
    CSS_PATH = Path(jobwatch.tui.app.__file__).parent / "styles" / "monitor.tcss"

    def __init__(self, states: StateCounts | None = STATES, hours: tuple[int, ...] = HOURS) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.summary = Summary()
        self.summary.states, self.summary.hours = states, hours
        self.summary.unending = 0

    def compose(self) -> ComposeResult:
        yield self.summary

    def line(self) -> str:
        return self.screen._compositor.render_strips()[0].text

    def words(self) -> str:
        return " ".join(self.line().split())

    def columns(self) -> list[int]:
        return [self.line().index(glyph) for glyph in (*GLYPHS, "err", "·")]


async def test_states_are_told_by_glyph_number_and_word_with_the_error_rate_and_the_hours() -> None:
    app = Host()
    async with app.run_test(size=(160, 5)) as pilot:
        await pilot.pause()
        assert app.words() == (
            "● 3 running ✓ 98,204 complete ◐ 31 partial ✗ 410 failed ? 0 lost"
            f" error rate 0.4 % 24 h {BARS} 312/h max"
        )


async def test_at_80_columns_there_are_glyphs_numbers_the_rate_and_bars() -> None:
    app = Host()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        assert app.words() == f"● 3 ✓ 98,204 ◐ 31 ✗ 410 ? 0 error rate 0.4 % {BARS}"
        app.summary.states = StateCounts(12, 1_204_311, 1_031, 4_210, 12)
        app.summary.growing = True
        await pilot.pause()
        assert app.words() == f"● 12+ ✓ 1,204,311+ ◐ 1,031+ ✗ 4,210+ ? 12+ err 0.3 % {BARS}"


async def test_words_give_way_first_then_the_labels_of_the_hours_then_the_bars() -> None:
    app = Host()
    lost: list[str] = []
    async with app.run_test(size=(160, 5)) as pilot:
        for width in range(160, 50, -2):
            await pilot.resize_terminal(width, 5)
            for what in ("running", "24 h", "error rate", BARS):
                if what not in app.line() and what not in lost:
                    lost.append(what)
    assert lost == ["running", "24 h", "error rate", BARS]


async def test_no_number_is_ever_cut() -> None:
    app = Host(StateCounts(12, 1_204_311, 31, 4_210, 7))
    whole = ["12", "1,204,311", "31", "4,210", "7", "0.3"]
    async with app.run_test(size=(75, 5)) as pilot:
        for width in range(75, 3, -2):
            await pilot.resize_terminal(width, 5)
            assert cell_len(app.line()) == width
            numbers = re.findall(r"[\d,.]+", app.line())
            assert numbers == whole[: len(numbers)]


async def test_nothing_moves_while_counts_grow_within_their_room() -> None:
    app = Host(StateCounts(99, 100_000, 99, 999, 99))
    async with app.run_test(size=(120, 5)) as pilot:
        await pilot.pause()
        columns = app.columns()
        app.summary.states = None
        await pilot.pause()
        assert app.columns() == columns
        assert not re.search(r"\d", app.line().partition("?")[0])
        app.summary.growing = True
        for share in (0, 0.1, 1):
            app.summary.states = StateCounts(
                int(99 * share), int(99_999 * share), int(70 * share), int(999 * share), 0
            )
            await pilot.pause()
            assert app.columns() == columns
        assert " 99,999+ " in app.line()
        app.summary.growing = False
        await pilot.pause()
        assert app.columns() == columns
        assert " 99,999 " in app.line()


async def test_there_is_no_error_rate_where_nothing_is_over() -> None:
    app = Host(StateCounts(running=7))
    async with app.run_test(size=(160, 5)) as pilot:
        await pilot.pause()
        assert "error rate – " in app.line()


async def test_hours_without_jobs_are_dots_and_those_that_are_not_known_keep_their_room() -> None:
    app = Host(hours=(0,) * 24)
    async with app.run_test(size=(160, 5)) as pilot:
        await pilot.pause()
        assert app.words().endswith(f"24 h {'·' * 24} 0/h max")
        app.summary.hours = ()
        await pilot.pause()
        assert app.words().endswith("error rate 0.4 % 24 h –/h max")


async def test_a_state_has_its_colour_only_if_a_job_is_in_it() -> None:
    app = Host()
    async with app.run_test(size=(160, 5)) as pilot:
        await pilot.pause()
        strip = app.screen._compositor.render_strips()[0]
        styles = {glyph: s.style for s in strip for glyph in GLYPHS if glyph in s.text}
        failed, lost, muted = styles["✗"], styles["?"], THEME.variables["text-muted"]
        assert failed is not None
        assert failed.bold
        assert lost is not None
        assert not lost.bold
        assert lost.color is not None
        assert lost.color.name == muted


async def test_those_that_run_are_not_told_until_it_is_known_which_of_them_are_lost() -> None:
    app = Host(STATES._replace(running=31, lost=2))
    async with app.run_test(size=(80, 5)) as pilot:
        app.summary.unending = None
        await pilot.pause()
        assert app.words() == f"● ✓ 98,204 ◐ 31 ✗ 410 ? error rate – {BARS}"
        columns = app.columns()
        app.summary.unending = 6
        await pilot.pause()
        assert app.words() == f"● 25 ✓ 98,204 ◐ 31 ✗ 410 ? 8 error rate 0.4 % {BARS}"
        assert app.columns() == columns
        app.summary.states, app.summary.unending = STATES._replace(running=0, lost=2), None
        await pilot.pause()
        assert "● 0 " in app.words()
        assert "? 2 " in app.words()
