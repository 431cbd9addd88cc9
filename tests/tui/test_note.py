"""The note by which jobs are acknowledged: typed, edited, taken back, thought better of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from jobwatch.model.job import Outcome
from jobwatch.model.row import JobRow, Note
from jobwatch.model.when import UTC
from jobwatch.tui.screens.note import LONGEST, NoteGiven, NoteScreen
from jobwatch.tui.theme import THEME
from tests.tui.harness import NOW

KNOWN = Note(NOW, "known, ticket 12")


def a_row(id: str = "job-1", note: Note | None = None) -> JobRow:
    return JobRow(
        seq=1,
        started=NOW,
        id=id,
        status="ERROR",
        type="csv_data_load",
        user="ada",
        outcome=Outcome.FAILED,
        start=NOW,
        end=NOW,
        message="",
        over=NOW,
        note=note,
    )


class Host(App[None]):
    def __init__(self, *rows: JobRow) -> None:
        super().__init__()
        self.results: list[NoteGiven | None] = []
        self.rows = rows

    def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        self.push_screen(NoteScreen(self.rows, zone=UTC), self.results.append)

    @property
    def text(self) -> str:
        """Return what is on screen, one blank between two words."""
        strips = self.screen._compositor.render_strips()
        return " ".join(" ".join(strip.text for strip in strips).split())

    @property
    def typed(self) -> str:
        return self.screen.query_one(Input).value


@asynccontextmanager
async def asked(
    *rows: JobRow, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    app = Host(*rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def paste(app: Host, pilot: Pilot[None], text: str) -> None:
    app.post_message(events.Paste(text))
    await pilot.pause()


async def test_enter_returns_what_was_typed_without_blanks_around_it() -> None:
    async with asked(a_row()) as (app, pilot):
        await pilot.press(*" known, ticket 12 ", "enter")
        await pilot.pause()
    assert app.results == [NoteGiven("known, ticket 12")]


async def test_an_empty_note_is_one_too() -> None:
    async with asked(a_row()) as (app, pilot):
        assert "it may be empty" in app.text
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [NoteGiven("")]


async def test_escape_and_a_click_outside_leave_all_as_it_was() -> None:
    async with asked(a_row(note=KNOWN)) as (app, pilot):
        await pilot.press("x", "escape")
        await pilot.pause()
        app.push_screen(NoteScreen([a_row()], zone=UTC), app.results.append)
        await pilot.pause()
        await pilot.click(offset=(1, 1))
        await pilot.pause()
    assert app.results == [None, None]


async def test_the_note_that_is_there_can_be_edited_and_says_when_it_was_written() -> None:
    async with asked(a_row(note=KNOWN)) as (app, pilot):
        assert "Acknowledged 2026-11-23 22:03:16." in app.text
        await pilot.press("backspace", "3", "enter")
        await pilot.pause()
    assert app.results == [NoteGiven("known, ticket 13")]


async def test_an_acknowledgement_is_taken_back_whatever_was_typed() -> None:
    async with asked(a_row(note=KNOWN)) as (app, pilot):
        assert "Ctrl+R takes it back" in app.text
        await pilot.press("x", "ctrl+r")
        await pilot.pause()
    assert app.results == [NoteGiven(None)]


async def test_where_nothing_is_acknowledged_nothing_is_taken_back() -> None:
    async with asked(a_row()) as (app, pilot):
        assert "Ctrl+R" not in app.text
        await pilot.press("ctrl+r", "x", "enter")
        await pilot.pause()
    assert app.results == [NoteGiven("x")]


@pytest.mark.parametrize(
    ("notes", "proposal", "remark"),
    [
        ([None, None], "", "The note stays with the job"),
        ([KNOWN, None], KNOWN.text, "1 of 2 has a note already"),
        ([KNOWN, KNOWN], KNOWN.text, "2 of 2 have notes already"),
        ([KNOWN, Note(NOW, "else"), None], "", "2 of 3 have notes already"),
    ],
)
async def test_a_note_of_several_jobs_is_there_to_be_edited_where_it_is_the_same(
    notes: list[Note | None], proposal: str, remark: str
) -> None:
    rows = [a_row(f"job-{number}", note) for number, note in enumerate(notes)]
    async with asked(*rows) as (app, _):
        assert f"Acknowledge {len(rows)} jobs" in app.text
        assert app.typed == proposal
        assert remark in app.text


@pytest.mark.parametrize("text", ["known,\r\nticket\t12\n", "known,\rticket 12"])
async def test_what_is_pasted_becomes_one_line(text: str) -> None:
    async with asked(a_row()) as (app, pilot):
        await paste(app, pilot, text)
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [NoteGiven("known, ticket 12")]


async def test_what_is_pasted_by_key_becomes_one_line_in_the_place_of_a_selection() -> None:
    async with asked(a_row(note=KNOWN)) as (app, pilot):
        app.copy_to_clipboard("seen\nby ada")
        await pilot.press("ctrl+shift+a", "ctrl+v", "enter")
        await pilot.pause()
    assert app.results == [NoteGiven("seen by ada")]


async def test_what_is_pasted_among_words_keeps_its_blanks() -> None:
    async with asked(a_row(note=KNOWN)) as (app, pilot):
        await paste(app, pilot, " of ada")
        assert app.typed == "known, ticket 12 of ada"


async def test_a_note_is_only_so_long_and_what_has_no_room_is_cut() -> None:
    async with asked(a_row()) as (app, pilot):
        await pilot.press("x")
        await paste(app, pilot, "y" * 2 * LONGEST)
        await pilot.press("z", "backspace", "z", "enter")
        await pilot.pause()
    assert app.results == [NoteGiven("x" + "y" * (LONGEST - 2) + "z")]


async def test_nothing_in_an_id_a_note_or_a_paste_is_obeyed() -> None:
    row = a_row("[/x]\x1b[2J\n[b", Note(NOW, "[/y]\x1b]52;c;\n\u202e[b"))
    async with asked(row, size=(120, 24)) as (app, pilot):
        assert r"Acknowledge [/x]\x1b[2J [b" in app.text
        assert r"[/y]\x1b]52;c; \u202e[b" in app.text
        await paste(app, pilot, "\x1b\u2066[/z]")
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [NoteGiven(r"[/y]\x1b]52;c; \u202e[b\x1b\u2066[/z]")]


@pytest.mark.parametrize("size", [(60, 10), (80, 24), (160, 50)])
async def test_all_of_it_fits_the_screen(size: tuple[int, int]) -> None:
    async with asked(a_row("long " * 60, KNOWN), a_row(), size=size) as (app, _):
        for text in (
            "Acknowledge 2 jobs",
            "known, ticket 12",
            "Enter replaces what is there.",
            "Enter accepts · Ctrl+R takes it back · Esc cancels",
        ):
            assert text in app.text
