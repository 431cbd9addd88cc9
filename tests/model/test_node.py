"""How a node's state is said, and what tells nodes apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.node import HEARTBEAT, Node, NodeState, node_facts, node_mark, short_names
from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
LIVE = Node(name="n1", state=NodeState.LIVE, checked_at=NOW)


@pytest.mark.parametrize(
    ("node", "word", "facts"),
    [
        (LIVE, "live", []),
        (LIVE.replace(skew=2_000), "live", []),
        (LIVE.replace(skew=2_400), "live", ["clock 2.4s ahead"]),
        (LIVE.replace(skew=-3_600_000), "live", ["clock 1:00:00 behind"]),
        (LIVE.replace(reason="only known jobs"), "live", ["only known jobs"]),
        (LIVE.replace(loading=True), "live", ["history"]),
        (
            LIVE.replace(loading=True, loaded_from=NOW),
            "live",
            ["history back to 2026-11-23"],
        ),
        (
            LIVE.replace(state=NodeState.REFUSED, retry_at=NOW + 3_001, loading=True),
            "refused",
            ["retrying in 4 s"],
        ),
        (
            LIVE.replace(state=NodeState.REFUSED, retry_at=NOW - 1),
            "refused",
            ["retrying in 0 s"],
        ),
        (
            LIVE.replace(state=NodeState.FAILING, retry_at=NOW, reason="it said\x1b no"),
            "failing",
            ["retrying in 0 s", "it said\\x1b no"],
        ),
        (
            LIVE.replace(state=NodeState.UNAUTHORISED, reason="Login failed"),
            "not authorised",
            ["Login failed"],
        ),
        (LIVE.replace(state=NodeState.STOPPED), "not watched", ["since 22:03"]),
        (Node(name="n1"), "not watched", []),
    ],
)
def test_the_state_of_a_node_is_said_with_what_goes_with_it(
    node: Node, word: str, facts: list[str]
) -> None:
    assert node_mark(node, NOW).word == word
    assert node_facts(node, NOW, UTC) == facts


def test_a_mirror_that_is_silent_for_too_long_watches_no_more() -> None:
    later = NOW + 3 * HEARTBEAT
    assert node_mark(LIVE, later - 1).word == "live"
    assert node_mark(LIVE, later).word == "not watched"
    assert node_facts(LIVE, later + 86_400_000, UTC) == ["since 2026-11-23 22:03"]
    assert node_facts(LIVE, later + 86_400_000, zone_named("Asia/Tokyo")) == [
        "since 2026-11-24 07:03"
    ]


def test_a_mirror_that_waits_for_its_next_try_is_not_silent() -> None:
    refused = LIVE.replace(state=NodeState.REFUSED, retry_at=NOW + 30_000)
    assert node_mark(refused, NOW + 60_000).word == "refused"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        ([], []),
        (["n1"], ["n1"]),
        (["127.0.0.1:23570", "127.0.0.1:31950"], ["23570", "31950"]),
        (["db1.prod.example.com", "db2.prod.example.com"], ["db1", "db2"]),
        (["db1.eu.example.com", "db1.us.example.com"], ["eu", "us"]),
        (["db1", "db2:9931"], ["db1", "db2:9931"]),
        (["db1", "db1:9931"], ["db1", "db1:9931"]),
    ],
)
def test_nodes_are_called_by_what_tells_them_apart(names: list[str], short: list[str]) -> None:
    assert list(short_names(names).values()) == short


@given(st.lists(st.from_regex(r"[ab]{1,2}([.:][ab]{1,2}){0,3}", fullmatch=True), unique=True))
def test_no_two_nodes_are_called_alike(names: list[str]) -> None:
    short = list(short_names(names).values())
    assert len(set(short)) == len(names)
    assert all(short)
