"""What the monitor remembers: its changes, and JSON that is broken or newer than this version."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.formats import decode, encode
from jobwatch.model.query import Sort, SortKey, View
from jobwatch.model.remembered import (
    Remembered,
    SavedView,
    add_to_history,
    add_view,
    look,
    move_view,
    remove_view,
    rename_view,
    use_command,
    use_zone,
)

BY_USER = Sort(SortKey.USER, descending=False)
FULL = Remembered(
    sort=BY_USER,
    columns=("time", "message"),
    views=(
        SavedView(
            name="night",
            view=View.FAILED,
            text="since:2d type:csv_*",
            node="n1",
            sort=BY_USER,
            columns=("id",),
        ),
        SavedView(name="all"),
    ),
    history=("status:error", "ada"),
    zone="UTC",
    zones=("UTC", "Europe/Zurich"),
    looked_at=1_795_471_396_000,
    command="notify-send 'a job ended'",
)

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
names = st.sampled_from([*Remembered.__struct_fields__, "name", "view", "text", "node", "key"])
nearly = st.recursive(
    json, lambda inner: st.dictionaries(names, inner) | st.lists(inner), max_leaves=12
)
view_lists = st.lists(
    st.builds(SavedView, name=st.text(min_size=1).filter(str.strip)), unique_by=lambda v: v.name
).map(tuple)


def of(*views: str) -> Remembered:
    return Remembered(views=tuple(SavedView(name=name) for name in views))


def order(remembered: Remembered) -> list[str]:
    return [view.name for view in remembered.views]


def test_what_is_written_is_read_again() -> None:
    assert Remembered.from_json(decode(encode(FULL.to_json()))) == FULL


def test_nothing_remembered_is_nothing_written() -> None:
    assert Remembered().to_json() == {}
    assert Remembered.from_json({}) == Remembered()


@given(view_lists, st.lists(st.text()).map(tuple), st.text())
def test_any_names_and_texts_survive(
    views: tuple[SavedView, ...], history: tuple[str, ...], zone: str
) -> None:
    remembered = Remembered(views=views, history=history, zone=zone)
    assert Remembered.from_json(decode(encode(remembered.to_json()))) == remembered


@given(nearly)
def test_no_value_is_an_error_and_what_was_understood_of_it_stays_so(value: Any) -> None:
    remembered = Remembered.from_json(value)
    assert Remembered.from_json(remembered.to_json()) == remembered


def test_broken_entries_are_left_out_one_by_one() -> None:
    remembered = Remembered.from_json(
        {
            "sort": "loud",
            "columns": ["time", 7, None],
            "views": [{"name": "good"}, {"name": " "}, {"text": "x"}, 3, {"name": "good"}],
            "history": ["ada", [], "bob"],
            "zone": "UTC",
            "zones": {},
            "looked_at": "18:02",
            "command": ["rm"],
        }
    )
    assert remembered.sort == Sort()
    assert remembered.columns == ("time",)
    assert order(remembered) == ["good"]
    assert remembered.history == ("ada", "bob")
    assert remembered.zone == "UTC"
    assert remembered.zones == ()
    assert remembered.looked_at is None
    assert remembered.command == ""


@pytest.mark.parametrize("value", [None, 3, "text", [], [{}]])
def test_what_is_no_object_is_nothing_remembered(value: Any) -> None:
    assert Remembered.from_json(value) == Remembered()


def test_what_a_newer_version_wrote_is_written_back() -> None:
    newer = {
        "sort": {"key": "cost", "descending": True},
        "seen": {"job": "1"},
        "views": [{"name": "night", "view": "overdue", "colour": "red"}],
    }
    remembered = add_to_history(Remembered.from_json(newer), "ada")
    assert remembered.views[0].view is View.ALL
    assert remembered.to_json() == newer | {"history": ["ada"]}


def test_what_is_chosen_now_goes_before_what_was_not_understood() -> None:
    remembered = Remembered.from_json({"sort": {"key": "cost"}}).replace(sort=BY_USER)
    assert remembered.to_json() == {"sort": {"key": "user", "descending": False}}


def test_a_view_is_saved_behind_the_others_or_in_the_place_of_its_name() -> None:
    remembered = add_view(of("a", "b"), SavedView(name="c"))
    assert order(remembered) == ["a", "b", "c"]
    remembered = add_view(remembered, SavedView(name="a", text="new"))
    assert order(remembered) == ["a", "b", "c"]
    assert remembered.views[0].text == "new"


def test_a_view_is_removed_and_one_that_is_gone_already_is_no_error() -> None:
    assert order(remove_view(of("a", "b"), "a")) == ["b"]
    assert remove_view(of("a"), "x") == of("a")


def test_a_view_is_renamed_in_its_place_and_takes_a_name_from_another() -> None:
    assert order(rename_view(of("a", "b", "c"), "b", "x")) == ["a", "x", "c"]
    assert order(rename_view(of("a", "b", "c"), "b", "c")) == ["a", "c"]
    assert rename_view(of("a", "b"), "gone", "b") == of("a", "b")
    assert rename_view(of("a", "b"), "a", "a") == of("a", "b")


@pytest.mark.parametrize(
    ("places", "then"), [(1, "acb"), (-1, "bac"), (9, "acb"), (-9, "bac"), (0, "abc")]
)
def test_a_view_moves_among_the_others(places: int, then: str) -> None:
    assert order(move_view(of(*"abc"), "b", places)) == list(then)
    assert move_view(of("a"), "gone", places) == of("a")


def test_the_history_has_each_query_once_the_newest_on_top() -> None:
    remembered = Remembered()
    for text in ("a", "b", " a ", "", "  "):
        remembered = add_to_history(remembered, text)
    assert remembered.history == ("a", "b")
    for number in range(150):
        remembered = add_to_history(remembered, f"q{number}")
    assert len(remembered.history) == 100
    assert remembered.history[0] == "q149"


def test_zones_that_were_used_are_kept_the_last_first() -> None:
    remembered = Remembered()
    for name in ("UTC", "Europe/Zurich", "UTC"):
        remembered = use_zone(remembered, name)
    assert (remembered.zone, remembered.zones) == ("UTC", ("UTC", "Europe/Zurich"))


def test_a_look_is_noted_and_never_goes_back() -> None:
    remembered = look(Remembered(), 2_000)
    assert remembered.looked_at == 2_000
    assert look(remembered, 1_000).looked_at == 2_000
    assert look(remembered, 3_000).looked_at == 3_000


@pytest.mark.parametrize("at", [0, -1])
def test_a_first_look_is_noted_whatever_the_clock_shows(at: int) -> None:
    remembered = look(Remembered(), at)
    assert remembered.looked_at == at
    assert Remembered.from_json(remembered.to_json()) == remembered


def test_a_command_of_notices_is_kept_until_a_blank_one_takes_its_place() -> None:
    remembered = use_command(Remembered(), " tee -a ended.log ")
    assert remembered.to_json() == {"command": "tee -a ended.log"}
    assert use_command(remembered, "  ") == Remembered()
