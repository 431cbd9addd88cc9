"""The dialog about what one wants to be told of."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App

from jobwatch.model.job import UNSET, Outcome
from jobwatch.model.query import JobQuery, View
from jobwatch.model.row import JobRow
from jobwatch.model.telling import Event, Watch, Ways
from jobwatch.model.when import UTC, TimeRange
from jobwatch.tui.screens.tell_me import Decision, TellMe
from tests.tui.harness import NOW

ROW = JobRow(
    1, NOW, "59f9-[/x]\x1b", "IN_PROGRESS", "csv_[b]", "ada", Outcome.PENDING, NOW, UNSET, ""
)
QUERY = JobQuery(view=View.RUNNING, text="type:csv_*")
VIEW = JobQuery(text="type:csv_*")


class Host(App[None]):
    def __init__(
        self,
        job: JobRow | None = ROW,
        query: JobQuery = QUERY,
        watches: Sequence[Watch] = (),
        command: str = "",
    ) -> None:
        super().__init__()
        self.job, self.jobs_query, self.watches, self.command = job, query, watches, command
        self.results: list[Decision | None] = []

    def on_mount(self) -> None:
        dialog = TellMe(
            self.job, self.jobs_query, watches=self.watches, command=self.command, zone=UTC
        )
        self.push_screen(dialog, self.results.append)

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    def lines(self) -> list[str]:
        """Return the lines of the dialog, one blank between two words."""
        return [" ".join(line.strip(" │").split()) for line in self.text().splitlines()]


# The places of the choices in the list, from the top.
JOB, THIS_VIEW, ENDS, FAILS, BELL, DESKTOP, COMMAND = range(7)


def go(place: int, *, of: int = JOB) -> list[str]:
    """Return the keys that choose what is at a place, from another."""
    return ["down"] * (place - of) + ["space"]


async def decided(app: Host, *keys: str) -> Decision | None:
    """Press the keys and return what came of them."""
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
    [result] = app.results
    return result


async def test_enter_at_once_watches_the_job_until_it_ends_by_bell_and_desktop() -> None:
    assert await decided(Host(), "enter") == Decision(
        Watch(ROW.id, Event.ENDED, Ways(bell=True, desktop=True, command=""))
    )


@pytest.mark.parametrize(
    ("place", "watch"),
    [
        (THIS_VIEW, Watch(VIEW)),
        (FAILS, Watch(ROW.id, Event.FAILED)),
        (BELL, Watch(ROW.id, ways=Ways(bell=False))),
        (DESKTOP, Watch(ROW.id, ways=Ways(desktop=False))),
    ],
)
async def test_space_chooses_what_is_under_the_cursor(place: int, watch: Watch) -> None:
    assert await decided(Host(), *go(place), "enter") == Decision(watch)


async def test_a_click_chooses() -> None:
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.click("OrderedList", offset=(14, FAILS))
        await pilot.click("OrderedList", offset=(14, BELL))
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [Decision(Watch(ROW.id, Event.FAILED, Ways(bell=False)))]


@pytest.mark.parametrize("keys", [["escape"], [*go(FAILS), "escape"], [*go(COMMAND), "escape"]])
async def test_escape_cancels(keys: list[str]) -> None:
    assert await decided(Host(), *keys) is None


async def test_the_command_of_the_last_time_is_there_but_not_used() -> None:
    app = Host(command="notify-send 'A job'")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "Command notify-send 'A job'" in app.lines()
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [Decision(Watch(ROW.id))]


async def test_choosing_the_command_lets_it_be_typed_or_used_as_it_is() -> None:
    used = await decided(Host(command="say it"), *go(COMMAND), "enter")
    assert used == Decision(Watch(ROW.id, ways=Ways(command="say it")))
    typed = await decided(Host(command="say it"), *go(COMMAND), "space", *"xj", "enter")
    assert typed == Decision(Watch(ROW.id, ways=Ways(command="say it xj")))


async def test_typing_a_command_uses_it_and_deleting_it_does_not() -> None:
    assert await decided(Host(), "tab", *"say", "enter") == Decision(
        Watch(ROW.id, ways=Ways(command="say"))
    )
    assert await decided(Host(), "tab", *"s", "backspace", "enter") == Decision(Watch(ROW.id))


@pytest.mark.parametrize(
    ("keys", "remark"),
    [
        ([*go(BELL), *go(DESKTOP, of=BELL)], "Choose how you are told, or cancel."),
        (go(COMMAND), "There is no command."),
        (
            ["tab", *"say", "'"],
            "There is no closing quotation in the command.",
        ),
    ],
)
async def test_what_is_missing_is_said_and_can_be_mended(keys: list[str], remark: str) -> None:
    app = Host()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press(*keys, "enter")
        await pilot.pause()
        assert remark in app.lines()
        assert app.results == []
        await pilot.press("escape")
        await pilot.pause()
    assert app.results == [None]


async def test_a_job_that_is_over_is_not_offered() -> None:
    over = ROW._replace(outcome=Outcome.ENDED, status="COMPLETE", over=NOW)
    for job in (over, None):
        assert await decided(Host(job), "enter") == Decision(Watch(VIEW))


@pytest.mark.parametrize(
    ("view", "event"),
    [(view, Event.ENDED if view in (View.RUNNING, View.ALL) else Event.FAILED) for view in View],
)
async def test_a_view_of_failures_is_watched_for_failures(view: View, event: Event) -> None:
    assert await decided(Host(None, JobQuery(view=view)), "enter") == Decision(
        Watch(JobQuery(), event)
    )


async def test_what_is_watched_already_can_be_stopped() -> None:
    watch = Watch(ROW.id, Event.FAILED, Ways(bell=False, command="say it"))
    app = Host(watches=[watch], command="another")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "Enter changes · x stops · Esc cancels" in app.text()
        assert "Command say it" in app.lines()
        await pilot.press("x")
        await pilot.pause()
    assert app.results == [Decision(watch, stop=True)]


async def test_a_watch_is_changed_from_what_it_is() -> None:
    watch = Watch(VIEW, Event.FAILED, Ways(bell=False, command="say it"))
    app = Host(watches=[watch])
    keys = [*go(THIS_VIEW), *go(BELL, of=THIS_VIEW), "enter"]
    assert await decided(app, *keys) == Decision(
        Watch(VIEW, Event.FAILED, Ways(bell=True, command="say it"))
    )


async def test_nothing_stops_what_is_not_watched() -> None:
    app = Host(watches=[Watch(VIEW)])
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("x")
        await pilot.pause()
        assert app.results == []
        assert "Enter watches · Esc cancels" in app.text()


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 50)])
async def test_it_says_what_is_watched_as_it_is_and_fits(size: tuple[int, int]) -> None:
    query = JobQuery(text="msg:[/x]", node="n\x1b1", range=TimeRange(NOW, None))
    app = Host(query=query, watches=[Watch(ROW.id)])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = app.text()
        assert "csv_[b] by ada · 59f9-[" in text
        assert "any job · msg:[/x] · of n" in text
        assert "\x1b" not in text
        assert "Space chooses" in text
        assert "Esc cancels" in text
