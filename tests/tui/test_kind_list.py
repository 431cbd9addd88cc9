"""The errors by kind: what a line shows, and that the cursor stays on its kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

import jobwatch.tui.app
from jobwatch.model.kinds import ErrorKind
from jobwatch.model.zones import zone_named
from jobwatch.tui.theme import THEME
from jobwatch.tui.widgets.kind_list import KindList
from tests.tui.harness import NOW, FakeClock

MINUTE = 60_000
KINDS = (
    ErrorKind("Table '…' does not exist", 17, NOW - 781 * MINUTE, NOW - 683 * MINUTE, "load", 3),
    ErrorKind("connect ECONNREFUSED #", 1_204, 0, NOW - 90 * MINUTE),
    ErrorKind("", 1, NOW - 3_000 * MINUTE, NOW - 5 * MINUTE, "export_to_s3"),
)
MANY = tuple(ErrorKind(f"error {n}", n + 1, NOW, NOW) for n in range(100))


class Host(App[None]):
    CSS_PATH = Path(jobwatch.tui.app.__file__).parent / "styles" / "monitor.tcss"

    def __init__(self, kinds: tuple[ErrorKind, ...] = KINDS) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.clock = FakeClock()
        self.list = KindList(clock=self.clock)
        self.list.kinds = kinds
        self.chosen: list[str] = []
        self.highlighted: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.list

    def on_kind_list_chosen(self, message: KindList.Chosen) -> None:
        self.chosen.append(message.fingerprint)

    def on_kind_list_highlighted(self, message: KindList.Highlighted) -> None:
        self.highlighted.append(message.kind and message.kind.fingerprint)

    @property
    def selected(self) -> str | None:
        return self.list.selected and self.list.selected.fingerprint

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def lit(self) -> int:
        """Return the line of the screen with the cursor."""
        style = self.list.get_component_rich_style("kind-list--cursor")
        strips = self.screen._compositor.render_strips()
        found = [
            y
            for y, strip in enumerate(strips)
            if any(s.style is not None and s.style.bgcolor == style.bgcolor for s in strip)
        ]
        assert len(found) == 1
        return found[0]


async def test_a_line_tells_how_often_what_and_when() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [" ".join(line.split()) for line in app.lines()[:5]] == [
            "Times Error First Last",
            "17 × Table '…' does not exist 09:02 10:40",
            "1,204 × connect ECONNREFUSED # – 20:33",
            "1 × without a message 11-21 20:03 21:58",
            "",
        ]
        assert len({line.index("×") for line in app.lines()[1:4]}) == 1
        app.list.zone = zone_named("Europe/Zurich")
        await pilot.pause()
        assert app.lines()[1].endswith("10:02       11:40")


async def test_the_types_are_told_where_there_is_room() -> None:
    app = Host()
    async with app.run_test(size=(96, 24)) as pilot:
        await pilot.pause()
        assert " Type " in app.lines()[0]
        assert " load +2 " in app.lines()[1]


@pytest.mark.parametrize("width", [8, 12, 20, 30, 40, 60, 80, 200])
async def test_each_width_has_room_for_its_columns(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 10)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert {strip.cell_length for strip in strips} == {width}
        assert "17 ×" in strips[1].text
        assert ("Last" in strips[0].text) == (width >= 43)


async def test_a_large_count_is_shown_whole() -> None:
    app = Host((ErrorKind("much", 1_234_567_890, NOW, NOW), *KINDS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[1].startswith("1,234,567,890 × much ")


async def test_the_keys_of_lists_move_the_cursor() -> None:
    app = Host(MANY)
    async with app.run_test(size=(80, 11)) as pilot:
        for key, selected in (
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("pagedown", 10),
            ("G", 99),
            ("j", 99),
            ("pageup", 90),
            ("g", 0),
            ("up", 0),
        ):
            await pilot.press(key)
            assert app.selected == f"error {selected}", key
            assert f" error {selected} " in app.lines()[app.lit()]
        assert app.highlighted == [f"error {n}" for n in (0, 1, 2, 1, 10, 99, 90, 0)]


async def test_enter_and_a_second_click_choose_a_kind() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.click(KindList, offset=(20, 3))
        await pilot.pause()
        assert (app.selected, app.chosen) == ("", ["Table '…' does not exist"])
        await pilot.click(KindList, offset=(20, 2), times=2)
        await pilot.pause()
        assert app.chosen[1:] == ["connect ECONNREFUSED #"]
        for y in (0, 9):
            await pilot.click(KindList, offset=(20, y), times=2)
        await pilot.pause()
        assert len(app.chosen) == 2


async def test_the_cursor_stays_on_its_kind_and_its_line_when_others_come() -> None:
    app = Host(MANY)
    async with app.run_test(size=(80, 11)) as pilot:
        app.list.move_cursor(50)
        app.list.move_cursor(45)
        await pilot.pause()
        line = app.lit()
        assert 1 < line < 10
        app.list.kinds = (*(ErrorKind(f"new {n}", 1, NOW, NOW) for n in range(7)), *MANY)
        await pilot.pause()
        assert (app.selected, app.lit()) == ("error 45", line)
        app.list.kinds = MANY[40:]
        await pilot.pause()
        assert (app.selected, app.lit()) == ("error 45", line)
        assert app.highlighted == ["error 0", "error 50", "error 45"]


async def test_what_comes_at_the_beginning_is_seen_by_who_looks_there() -> None:
    app = Host(MANY)
    async with app.run_test(size=(80, 11)) as pilot:
        await pilot.press("j")
        app.list.kinds = (ErrorKind("new", 200, NOW, NOW), *MANY)
        await pilot.pause()
        assert " new " in app.lines()[1]
        assert (app.selected, app.lit()) == ("error 1", 3)


async def test_where_its_kind_has_gone_the_cursor_is_on_the_nearest() -> None:
    app = Host(MANY)
    async with app.run_test(size=(80, 11)) as pilot:
        app.list.move_cursor(99)
        app.list.kinds = MANY[:3]
        await pilot.pause()
        assert app.selected == "error 2"
        assert app.lit() == 3
        app.list.kinds = ()
        await pilot.pause()
        assert app.highlighted == ["error 0", "error 99", "error 2", None]


async def test_a_count_that_grows_is_shown_and_changes_no_cursor() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        app.list.kinds = (KINDS[0]._replace(count=18), *KINDS[1:])
        await pilot.pause()
        assert app.lines()[1].lstrip().startswith("18 × ")
        assert app.selected == "connect ECONNREFUSED #"


async def test_an_empty_list_says_why_and_its_keys_do_nothing() -> None:
    app = Host(())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "G", "enter")
        assert "No errors here." in "\n".join(app.lines())
        app.list.notice = ("Nothing had failed by then.", "Esc goes back.")
        await pilot.pause()
        assert [line.strip() for line in app.lines() if line][1:] == list(app.list.notice)
        assert (app.chosen, app.highlighted) == ([], [])


async def test_times_have_their_day_from_midnight_on() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[1].endswith("09:02       10:40")
        app.clock.now += 120 * MINUTE
        app.list.tick()
        await pilot.pause()
        assert app.lines()[1].endswith("11-23 09:02 11-23 10:40")


@pytest.mark.parametrize("text", ["[/foo]", "[@click=app.quit]x[/]", "\x1b[2J\x9b", "表格" * 99])
async def test_no_text_of_a_job_reaches_the_screen_as_anything_but_text(text: str) -> None:
    app = Host((ErrorKind(text, 1, NOW, NOW, text),))
    async with app.run_test(size=(120, 10)) as pilot:
        await pilot.pause()
        line = app.screen._compositor.render_strips()[1]
        assert line.text.isprintable()
        assert line.cell_length == 120
        await pilot.press("enter")
        assert app.chosen == [text]
