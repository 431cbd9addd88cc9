"""Waiting for jobs of a node that restarts, loses them, or doesn't let everybody ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from math import inf
from random import Random
from typing import Any

import pytest
from aiohttp import web

from jobwatch.feeds.harper.client import (
    AnswerError,
    ForbiddenError,
    NodeClient,
    NodeError,
    RefusedError,
    UnauthorisedError,
    UnreachableError,
    UnsupportedError,
    open_http,
)
from jobwatch.feeds.harper.pace import LONGEST, Pace
from jobwatch.feeds.harper.waiting import MISSING_TIMES, PAUSE, wait_on_node
from jobwatch.model.job import Job
from jobwatch.model.node import Origin
from jobwatch.model.settings import Credentials
from jobwatch.model.waiting import Ended, UnknownJobsError, Waiting, WaitStatus
from tests.feeds.harper.fake_node import NOW, FakeNode, Right

SECOND = 1_000
BLIND = "n1: whether it was started anew, and lost a job, is not known"


class Wait:
    """A wait whose sleeps take no time, and in which one thing happens after the other."""

    def __init__(self, node: FakeNode, *ids: str, needed: int | None = None) -> None:
        self.waiting = Waiting(ids, needed=needed)
        self.told: list[Ended] = []
        self.said: list[str] = []
        self.slept: list[float] = []
        self._node = node
        self._now = 500.0
        self._happen: list[Callable[[], object]] = []

    async def run(self, *happen: Callable[[], object], timeout: float = inf) -> WaitStatus:  # noqa: ASYNC109
        self._happen = list(happen)
        await wait_on_node(
            self._node,
            "n1",
            self.waiting,
            timeout=timeout,
            tell=self.told.append,
            say=self.said.append,
            clock=lambda: self._now,
            sleep=self._sleep,
            random=Random(5),
        )
        return self.waiting.status

    async def _sleep(self, seconds: float) -> None:
        assert self._happen or self._now < 500 + 3_600, "it waits for ever"
        self.slept.append(seconds)
        self._now += seconds
        if self._happen:
            self._happen.pop(0)()

    @property
    def ended(self) -> list[tuple[str, WaitStatus]]:
        return [(ended.job.id, ended.status) for ended in self.told]


@pytest.fixture
def node() -> FakeNode:
    """Return a node on which two jobs run."""
    node = FakeNode()
    node.put("a", "IN_PROGRESS")
    node.put("b", "IN_PROGRESS")
    return node


def idle() -> None:
    """Let time go by."""


def down(node: FakeNode, error: NodeError | None = None) -> Callable[[], None]:
    def fall() -> None:
        node.down = error or RefusedError("")

    return fall


def up(node: FakeNode, *, anew: bool = False) -> Callable[[], None]:
    """Let it answer again, as another process if it was started `anew`."""

    def rise() -> None:
        node.down = None
        if anew:
            node.process_started = NOW + 5 * SECOND

    return rise


def asked_for_process(node: FakeNode) -> int:
    return sum(request["operation"] == "system_information" for request in node.asked)


async def test_each_is_told_when_it_ends_and_all_must_have_ended(node: FakeNode) -> None:
    wait = Wait(node, "a", "b", "a")
    happen = (idle, lambda: node.put("b", "ERROR"), idle, lambda: node.put("a"))
    assert await wait.run(*happen) is WaitStatus.FAILED
    assert wait.ended == [("b", WaitStatus.FAILED), ("a", WaitStatus.COMPLETE)]
    assert wait.slept == [PAUSE] * 4
    assert wait.said == []
    assert [ended.known.origin for ended in wait.told] == [Origin("n1")] * 2


async def test_what_has_ended_before_is_told_at_once_and_nothing_else_is_asked(
    node: FakeNode,
) -> None:
    node.put("a", message="successfully loaded 9 of 12 records")
    wait = Wait(node, "a")
    assert await wait.run() is WaitStatus.PARTIAL
    assert wait.slept == []
    assert node.asked == [{"operation": "get_job", "id": "a"}]


async def test_where_one_will_do_those_that_have_ended_already_decide(node: FakeNode) -> None:
    node.put("a")
    node.put("c", "ERROR")
    wait = Wait(node, "a", "b", "c", needed=1)
    assert await wait.run() is WaitStatus.FAILED
    assert wait.waiting.left == ("b",)


async def test_when_the_time_is_over_it_looks_once_more_and_no_later(node: FakeNode) -> None:
    wait = Wait(node, "a")
    assert await wait.run(timeout=2.5) is WaitStatus.TIMEOUT
    assert wait.slept == [PAUSE, PAUSE, 0.5]
    once = Wait(node, "a")
    assert await once.run(timeout=0) is WaitStatus.TIMEOUT
    assert once.slept == []


@pytest.mark.parametrize(("timeout", "limit"), [(0, "ONLY_LOOK"), (0.01, "LAST_LOOK")])
async def test_a_node_that_never_answers_holds_nobody_beyond_one_look(
    node: FakeNode,
    monkeypatch: pytest.MonkeyPatch,
    timeout: float,  # noqa: ASYNC109
    limit: str,
) -> None:
    monkeypatch.setattr(f"jobwatch.feeds.harper.waiting.{limit}", 0.01)

    async def ask(request: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(node, "ask", ask)
    wait = Wait(node, "a")
    assert await wait.run(timeout=timeout) is WaitStatus.TIMEOUT
    assert wait.said == ["n1: it did not answer before the time was over"]


# A node that restarts


async def test_a_refusal_is_said_once_and_so_is_that_it_answers_again(node: FakeNode) -> None:
    wait = Wait(node, "a")
    busy = AnswerError("it answered 503: Service Unavailable")
    happen = (down(node), idle, down(node, busy), idle, up(node), lambda: node.put("a"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE
    assert wait.said == ["n1: refused; it is asked until it answers", "n1: answers again"]


async def test_a_node_that_is_down_is_left_alone_for_longer_each_time(node: FakeNode) -> None:
    down(node)()
    wait = Wait(node, "a")

    def end() -> None:
        up(node)()
        node.put("a")

    await wait.run(*[idle] * 12, end)
    assert wait.slept[0] < 0.5 < wait.slept[3] < wait.slept[6]
    assert LONGEST / 2 <= wait.slept[-1] <= LONGEST


async def test_a_long_pause_does_not_go_beyond_the_time(node: FakeNode) -> None:
    down(node)()
    wait = Wait(node, "a")
    assert await wait.run(timeout=40) is WaitStatus.TIMEOUT
    assert sum(wait.slept) == pytest.approx(40)
    assert len(wait.said) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnreachableError("it closed the connection"), "n1: it closed the connection; it is"),
        (AnswerError("it answered 500: not yet"), "n1: it answered 500: not yet; it is"),
    ],
)
async def test_whatever_else_keeps_it_from_answering_is_waited_for_too(
    node: FakeNode, error: NodeError, said: str
) -> None:
    wait = Wait(node, "a")
    happen = (down(node, error), idle, idle, up(node), lambda: node.put("a"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE
    assert wait.said[0].startswith(said)
    assert wait.said[1:] == ["n1: answers again"]


async def test_of_a_connection_that_breaks_once_nothing_is_said(node: FakeNode) -> None:
    wait = Wait(node, "a")
    error = UnreachableError("it closed the connection")
    happen = (down(node, error), up(node), lambda: node.put("a"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE
    assert wait.said == []


async def test_the_only_look_that_fails_says_why(node: FakeNode) -> None:
    down(node, UnreachableError("there is no host n1"))()
    wait = Wait(node, "a")
    assert await wait.run(timeout=0) is WaitStatus.TIMEOUT
    assert wait.said == ["n1: there is no host n1; it is asked until it answers"]


@pytest.mark.parametrize(
    "error",
    [UnauthorisedError("Login failed"), ForbiddenError("no"), UnsupportedError("not found")],
)
async def test_who_may_not_ask_waits_for_nothing(node: FakeNode, error: NodeError) -> None:
    wait = Wait(node, "a")
    with pytest.raises(type(error)):
        await wait.run(idle, down(node, error))
    assert wait.said == []


async def test_an_answer_that_is_none_is_no_unknown_job(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, answers = node.ask, ["HarperDB is starting", None, {"error": "?"}]

    async def starting(request: Any) -> Any:
        return answers.pop(0) if answers else await ask(request)

    monkeypatch.setattr(node, "ask", starting)
    node.put("a")
    wait = Wait(node, "a")
    assert await wait.run() is WaitStatus.COMPLETE
    assert wait.said[0].startswith("n1: it answered with something else than jobs")


# What a restart loses


async def test_what_ran_before_a_restart_is_lost(node: FakeNode) -> None:
    wait = Wait(node, "a", "b")
    happen = (idle, down(node), idle, up(node, anew=True))
    assert await wait.run(*happen) is WaitStatus.LOST
    assert wait.ended == [("a", WaitStatus.LOST), ("b", WaitStatus.LOST)]
    assert wait.told[0].known.origin == Origin("n1", NOW + 5 * SECOND)


async def test_what_was_lost_before_the_wait_began_is_told_at_once(node: FakeNode) -> None:
    up(node, anew=True)()
    wait = Wait(node, "a")
    assert await wait.run() is WaitStatus.LOST
    assert wait.slept == []


async def test_a_restart_between_two_looks_is_noticed_within_a_while(node: FakeNode) -> None:
    wait = Wait(node, "a")
    assert await wait.run(idle, up(node, anew=True)) is WaitStatus.LOST
    assert sum(wait.slept) < 15


async def test_what_began_after_the_restart_goes_on(node: FakeNode) -> None:
    node.put("c", "IN_PROGRESS", start_datetime=NOW + 20 * SECOND)
    wait = Wait(node, "c")
    happen = (down(node), up(node, anew=True), idle, lambda: node.put("c"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE


async def test_a_job_without_a_start_is_not_taken_for_lost(node: FakeNode) -> None:
    node.put("c", "IN_PROGRESS")
    node._records["c"]["start_datetime"] = None
    wait = Wait(node, "c")
    happen = (down(node), up(node, anew=True), idle, lambda: node.put("c"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE


async def test_a_service_that_restarts_within_its_process_loses_nothing(node: FakeNode) -> None:
    wait = Wait(node, "a")
    happen = (down(node), up(node), idle, lambda: node.put("a"))
    assert await wait.run(*happen) is WaitStatus.COMPLETE


async def test_what_ended_before_the_restart_is_not_lost(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = node.ask

    async def restart_meanwhile(request: Any) -> Any:
        if request["operation"] == "system_information":
            node.put("a")
            up(node, anew=True)()
        return await ask(request)

    monkeypatch.setattr(node, "ask", restart_meanwhile)
    wait = Wait(node, "a")
    assert await wait.run() is WaitStatus.COMPLETE
    assert wait.told[0].known.origin == Origin("n1")


@pytest.mark.parametrize(
    ("right", "reason"),
    [
        (Right.GET_JOB, "the user is no super user, who alone may ask"),
        (Right.DOCUMENTED, "the node doesn't tell"),
    ],
)
async def test_who_can_not_know_of_a_restart_is_told_so_once(
    node: FakeNode, right: Right, reason: str
) -> None:
    node.right = right
    wait = Wait(node, "a", "b")
    happen = (*[idle] * 30, down(node), up(node, anew=True), *[idle] * 30)
    assert await wait.run(*happen, timeout=120) is WaitStatus.TIMEOUT
    assert wait.said == [
        f"{BLIND} ({reason}); if it was, only --timeout ends the wait",
        "n1: refused; it is asked until it answers",
        "n1: answers again",
    ]
    # Anew after the restart: the user may have been given more rights.
    assert asked_for_process(node) == 2


# What isn't there


async def test_what_the_node_does_not_have_is_said_at_once_with_every_id(node: FakeNode) -> None:
    wait = Wait(node, "x", "a", "", "y")
    with pytest.raises(UnknownJobsError) as error:
        await wait.run()
    assert error.value.ids == ("x", "", "y")
    assert wait.slept == []
    assert {"operation": "get_job", "id": ""} not in node.asked


async def test_an_element_without_an_id_is_no_job(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(request: Any) -> Any:
        return [{"message": "Error: Primary key size is too large: 5000"}]

    monkeypatch.setattr(node, "ask", ask)
    with pytest.raises(UnknownJobsError):
        await Wait(node, "x" * 5_000).run()


async def test_a_job_that_is_deleted_meanwhile_is_unknown_when_it_stays_away(
    node: FakeNode,
) -> None:
    wait = Wait(node, "a")
    with pytest.raises(UnknownJobsError) as error:
        await wait.run(idle, lambda: node._records.pop("a"))
    assert error.value.ids == ("a",)
    assert len(wait.slept) == 1 + MISSING_TIMES


async def test_a_job_may_be_missing_for_a_moment_after_a_restart(node: FakeNode) -> None:
    record = node._records.pop("a")
    down(node)()

    def come_back() -> None:
        node._records["a"] = record | {"status": "COMPLETE"}

    wait = Wait(node, "a")
    assert await wait.run(up(node), idle, come_back) is WaitStatus.COMPLETE


# A real port


class Port:
    """A node on a port of loopback that is stopped and started again there."""

    def __init__(self, node: FakeNode) -> None:
        self._node = node
        self._port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{self._port}/"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        if body["operation"] == "create_authentication_tokens":
            return web.json_response({"operation_token": "t", "refresh_token": "r"})
        return web.json_response(await self._node.ask(body))


async def test_it_survives_a_node_that_is_stopped_and_started_on_the_same_port(
    node: FakeNode,
) -> None:
    port = Port(node)
    url = await port.start()
    happen = [port.stop, None, port.start, None, None]
    said: list[str] = []
    told: list[Job] = []

    async def sleep(seconds: float) -> None:
        step = happen.pop(0)
        if step is not None:
            await step()
        if not happen:
            node.put("a")

    waiting = Waiting(["a"])
    try:
        async with open_http() as http:
            client = NodeClient(
                http, url, Credentials("ada", "x"), pace=Pace(1e9), clock=lambda: NOW
            )
            await wait_on_node(
                client,
                "n1",
                waiting,
                timeout=inf,
                tell=lambda ended: told.append(ended.job),
                say=said.append,
                sleep=sleep,
                random=Random(5),
            )
    finally:
        await port.stop()
    assert waiting.status is WaitStatus.COMPLETE
    assert [job.id for job in told] == ["a"]
    assert said == ["n1: refused; it is asked until it answers", "n1: answers again"]
