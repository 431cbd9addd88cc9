"""What a query that is being typed may go on with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.completion import MOST, completions
from jobwatch.model.condition import Field
from jobwatch.model.language import FIELDS, parse_query
from jobwatch.model.when import UTC

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
LOG = {
    Field.STATUS: ["COMPLETE", "ERROR", "IN_PROGRESS", "Odd"],
    Field.TYPE: ["csv_data_load", "csv_url_load", "export local", "delete"],
    Field.USER: ["ada", "bob", 'o"neil', "a,b"],
}


def values(field: Field) -> Sequence[str]:
    return LOG.get(field, ())


def offered(marked: str) -> list[str]:
    """Return what a text becomes by each completion, its cursor standing at ``|``."""
    text = marked.replace("|", "")
    return [
        text[: one.start] + one.replacement + text[one.end :]
        for one in completions(text, marked.index("|"), values)
    ]


def labels(marked: str) -> list[str]:
    text = marked.replace("|", "")
    return [one.label for one in completions(text, marked.index("|"), values)]


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("sta|", ["status:"]),
        ("S|", ["status:", "since:", "shortfall>"]),
        ("-s|", ["-status:", "-since:", "-shortfall>"]),
        ("(d|", ["(during:", "(dur>"]),
        ('"a b" t|', ['"a b" type:']),
        ("sta|tus:error", ["status:error"]),
    ],
)
def test_a_word_goes_on_as_the_field_that_it_begins(typed: str, becomes: list[str]) -> None:
    assert offered(typed) == becomes


@pytest.mark.parametrize(
    "typed", ["|", "a |", "word|", "-|", "a)|", '"sta|', "12|", "atus|", "OR|"]
)
def test_any_other_word_is_left_alone(typed: str) -> None:
    assert offered(typed) == []


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("status:er|", ["status:error"]),
        ("type:CS|", ["type:csv_data_load", "type:csv_url_load"]),
        ("type:url|", ["type:csv_url_load"]),
        ("-type:del|", ["-type:delete"]),
        ("(type:del|)", ["(type:delete)"]),
        ("type:ex|", ['type:"export local"']),
        ("user:ada,b|", ["user:ada,bob", 'user:ada,"a,b"']),
        ('user:"a,b",b|', ['user:"a,b",bob', 'user:"a,b","a,b"']),
        ("user:a|x,bob", ["user:ada,bob", 'user:"a,b",bob']),
        ("user:o|", [r'user:"o\"neil"', "user:bob"]),
        ("status:er|ror x", ["status:error x"]),
        (
            "type:|csv x",
            [
                "type:csv_data_load x",
                "type:csv_url_load x",
                'type:"export local" x',
                "type:delete x",
            ],
        ),
        ("is:f|", ["is:failed"]),
        ("since:y|", ["since:yesterday", "since:today"]),
        ("since:3|", ["since:3s", "since:3m", "since:3h", "since:3d", "since:3w"]),
        ("since:-7|", ["since:-7s", "since:-7m", "since:-7h", "since:-7d", "since:-7w"]),
        ("on:|", ["on:today", "on:yesterday"]),
        ("during:now..y|", ["during:now..yesterday", "during:now..today"]),
        ("during:y|..today", ["during:yesterday..today", "during:today..today"]),
        ("ended:now..y|", ["ended:now..yesterday", "ended:now..today"]),
        ("ended:y|..today", ["ended:yesterday..today", "ended:today..today"]),
        ("ended:3|", ["ended:3s", "ended:3m", "ended:3h", "ended:3d", "ended:3w"]),
        ("dur>5|", ["dur>5s", "dur>5m", "dur>5h", "dur>5d"]),
        ("wait<=10|", ["wait<=10s", "wait<=10m", "wait<=10h", "wait<=10d"]),
        ("foo:|", []),
        ("msg:|", []),
    ],
)
def test_a_value_goes_on_as_one_that_there_is(typed: str, becomes: list[str]) -> None:
    assert offered(typed)[: len(becomes) or None] == becomes


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ('type:"csv_d|', ['type:"csv_data_load"']),
        ('type:"export l|', ['type:"export local"']),
        ('type:"exp|ort" a', ['type:"export local" a']),
        ('type:"del| user:"x"', ['type:"delete" user:"x"']),
        ('user:"o\\"|', [r'user:"o\"neil"']),
        ('user:"o\\|', []),
        ('user:ada,"b|', ['user:ada,"bob"', 'user:ada,"a,b"']),
        ('user:"ada"|', []),
    ],
)
def test_a_value_goes_on_within_quotes(typed: str, becomes: list[str]) -> None:
    assert offered(typed) == becomes


def test_times_and_lengths_are_offered_before_a_letter_is_typed() -> None:
    assert labels("since:|") == ["today", "yesterday", "1h", "24h", "7d", "30d"]
    assert labels("during:|") == ["now", "today", "yesterday", "1h", "24h", "7d", "30d"]
    assert labels("dur>|") == ["1s", "10s", "1m", "5m", "1h", "1d"]
    assert labels("is:|") == [
        *("running", "ended", "failed", "partial", "late", "overdue", "lost", "amiss")
    ]
    assert labels("has:|") == ["start", "end", "created", "message", "body", "note"]
    assert labels("shortfall>|") == []


def test_statuses_are_by_the_words_of_the_screen_and_then_the_logs_own() -> None:
    assert labels("status:|") == ["complete", "error", "running", "lost", "created", "odd"]


def test_there_are_but_a_few() -> None:
    many = [f"type-{number}" for number in range(1_000)]
    found = completions("type:9", 6, lambda field: many)
    assert [one.label for one in found][:2] == ["type-9", "type-19"]
    assert len(found) == MOST


def test_every_field_can_be_found_by_its_name() -> None:
    for name in FIELDS:
        assert f"{name}:" in labels(f"{name}|")


@given(st.text(alphabet='stype:user "\\,()-*<>=.ad5', max_size=30) | st.text(), st.data())
def test_a_completion_stands_at_the_cursor_and_is_typed_in_full(
    text: str, data: st.DataObject
) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    for one in completions(text, cursor, values):
        assert 0 <= one.start <= cursor <= one.end <= len(text)
        again = text[: one.start] + one.replacement
        after = completions(again, len(again), values)
        # Of a name the values come next.
        assert one.replacement[-1] in ":>" or one.label not in [other.label for other in after]


@given(
    st.sampled_from(["", "a ", "-", "(user:x OR ", 'msg:"a b" ']),
    st.sampled_from(
        ["s", "d", "user:", "user:o", "type:", 'type:"', "since:", "is:", "wait>", "-t"]
    ),
)
def test_a_query_is_one_still_when_it_is_completed(before: str, typed: str) -> None:
    text = before + typed
    for one in completions(text, len(text), values):
        whole = text[: one.start] + one.replacement + text[one.end :]
        whole += "1" if whole.endswith("shortfall>") else ""
        whole += "1m" if whole.endswith(">") else "today" if whole.endswith(":") else ""
        whole += ")" * whole.count("(")
        assert parse_query(whole, now=NOW, zone=UTC) is not None


def test_a_long_query_is_read_in_a_moment() -> None:
    for text in (
        'user:"a",' * 20_000,
        "(-" * 20_000,
        'a:"' * 20_001,
        "\\" * 20_000,
        'x:"' + ",a" * 20_000,
    ):
        assert completions(text, len(text), values) is not None
