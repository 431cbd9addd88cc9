"""Which columns fit a width, and what a job shows in each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from jobwatch.model.insight import Progress
from jobwatch.model.job import Outcome
from jobwatch.model.query import Sort, SortKey
from jobwatch.model.row import JobRow
from jobwatch.model.text import one_line
from jobwatch.model.when import UTC
from jobwatch.tui.columns import COLUMNS, Cell, automatic, layout, next_sort

NOW = 1_795_471_396_000
ROW = JobRow(
    seq=1,
    started=NOW - 65_000,
    id="785d03dd-66a3-4687-8ce1-cc50b4fbcb8a",
    status="IN_PROGRESS",
    type="csv_data_load",
    user="ada",
    outcome=Outcome.PENDING,
    start=NOW - 65_000,
    end=UNSET,
    message="loading",
)


def labels(width: int) -> list[str]:
    return [column.label for column, _ in layout(width)]


def cells(row: JobRow, width: int = 120) -> dict[str, str]:
    return {column.label: column.text(row, Cell(UTC, NOW, wide)) for column, wide in layout(width)}


@pytest.mark.parametrize("with_nodes", [False, True])
@pytest.mark.parametrize("width", range(20, 301))
def test_columns_and_the_gap_behind_each_fit_the_width(width: int, with_nodes: bool) -> None:
    columns = layout(width, with_nodes=with_nodes)
    taken = sum(wide + 1 for _, wide in columns)
    assert taken <= width
    assert all(column.narrow <= wide <= column.wide for column, wide in columns)
    if "Message" in labels(width):
        assert taken == width


@pytest.mark.parametrize("width", range(-1, 20))
def test_even_a_table_that_is_too_narrow_is_not_overfull(width: int) -> None:
    assert sum(wide + 1 for _, wide in layout(width)) <= max(width, 0)
    assert labels(width)[:1] == (["Time"] if width > 8 else [])


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (20, ["Time", "State"]),
        (60, ["Time", "State", "Type", "Message"]),
        (80, ["Time", "State", "Type", "User", "Started", "Message"]),
        (120, ["Time", "State", "Type", "User", "Started", "Message", "Id"]),
        (200, ["Time", "State", "Type", "User", "Started", "Message", "Id"]),
    ],
)
def test_a_wider_table_shows_more_columns(width: int, shown: list[str]) -> None:
    assert labels(width) == shown


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (20, ["Time", "State"]),
        (60, ["Time", "State", "Type", "Message"]),
        (80, ["Time", "State", "Node", "Type", "Started", "Message"]),
        (120, ["Time", "State", "Node", "Type", "User", "Started", "Message", "Id"]),
    ],
)
def test_where_there_are_several_nodes_that_of_a_job_comes_before_its_user(
    width: int, shown: list[str]
) -> None:
    assert [column.label for column, _ in layout(width, with_nodes=True)] == shown


def test_a_node_is_called_by_what_tells_it_from_the_others() -> None:
    row = ROW._replace(node="n1.example.com")
    [node] = [column for column, _ in layout(120, with_nodes=True) if column.label == "Node"]
    assert node.text(row, Cell(UTC, NOW, 8, {"n1.example.com": "n1"})) == "n1"
    assert node.text(row, Cell(UTC, NOW, 8)) == "n1.example.com"
    assert node.text(ROW, Cell(UTC, NOW, 8)) == "–"


NAMES = [column.name for column in COLUMNS]


def names(width: int, *chosen: str) -> list[str]:
    return [column.name for column, _ in layout(width, chosen=chosen)]


def test_chosen_columns_stand_in_their_order() -> None:
    assert names(200, "id", "ended", "message", "time") == ["id", "ended", "message", "time"]


def test_of_the_chosen_columns_the_last_give_way() -> None:
    chosen = ("type", "message", "started", "id")
    assert names(55, *chosen) == ["type", "message", "started", "id"]
    assert names(54, *chosen) == ["type", "message", "started"]
    assert names(34, *chosen) == ["type", "message"]
    assert names(14, *chosen) == []


def test_what_is_chosen_twice_or_is_unknown_counts_for_nothing() -> None:
    assert names(80, "id", "cost", "id", "time") == ["id", "time"]
    assert layout(80, chosen=("cost",)) == layout(80, chosen=()) == layout(80)


@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1), st.integers(-1, 300))
def test_chosen_columns_fit_the_width_and_a_message_takes_the_rest(
    chosen: list[str], width: int
) -> None:
    columns = layout(width, chosen=tuple(chosen))
    taken = sum(wide + 1 for _, wide in columns)
    assert taken <= max(width, 0)
    assert all(column.narrow <= wide <= column.wide for column, wide in columns)
    shown = [column.name for column, _ in columns]
    assert shown == chosen[: len(shown)]
    if "message" in shown:
        assert taken == width


def test_a_name_and_a_label_are_of_one_column() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert len({column.label for column in COLUMNS}) == len(COLUMNS)


def test_every_order_has_a_column() -> None:
    assert {column.sort for column in COLUMNS if column.sort is not None} == set(SortKey)


def test_the_automatic_columns_are_those_of_a_wide_table() -> None:
    for with_nodes in (False, True):
        shown = [column.name for column, _ in layout(300, with_nodes=with_nodes)]
        assert automatic(with_nodes=with_nodes) == tuple(shown)


def test_the_same_column_again_turns_the_order_and_another_begins_as_one_expects() -> None:
    assert next_sort(Sort(), SortKey.STARTED) == Sort(descending=False)
    assert next_sort(Sort(descending=False), SortKey.STARTED) == Sort()
    assert next_sort(Sort(), SortKey.DURATION) == Sort(SortKey.DURATION)
    assert next_sort(Sort(), SortKey.USER) == Sort(SortKey.USER, descending=False)


def test_when_a_job_ended_was_created_and_how_long_it_waited() -> None:
    chosen = ("ended", "created", "waited")

    def shown(row: JobRow, width: int) -> list[str]:
        columns = layout(width, chosen=chosen)
        return [column.text(row, Cell(UTC, NOW, wide)) for column, wide in columns]

    row = ROW._replace(end=NOW, created=NOW - 65_250)
    assert shown(row, 80) == ["2026-11-23 22:03:16", "2026-11-23 22:02:10", "250ms"]
    assert shown(row, 40) == ["11-23 22:03", "11-23 22:02", "250ms"]
    assert shown(ROW, 80) == ["–", "–", "–"]
    assert shown(row._replace(created=NOW), 80)[2] == "–"


def test_a_lost_job_is_said_to_be_lost_and_has_no_time() -> None:
    shown = cells(ROW._replace(outcome=Outcome.LOST))
    assert (shown["Time"], shown["State"]) == ("–", "? lost")


def test_the_message_gets_what_is_left() -> None:
    widths = {wide: {column.label: w for column, w in layout(wide)} for wide in (120, 200)}
    assert widths[200]["Message"] - widths[120]["Message"] > 60
    assert widths[120]["Started"] == widths[200]["Started"] == 19


@pytest.mark.parametrize("width", range(20, 301))
def test_a_start_is_shown_whole_or_without_year_and_seconds(width: int) -> None:
    shown = cells(ROW, width).get("Started")
    assert shown in (None, "11-23 22:02", "2026-11-23 22:02:11")


YEAR = 365 * 86_400_000


@pytest.mark.parametrize(
    ("width", "now", "started"),
    [
        (11, NOW, "11-23 22:02"),
        (11, NOW + YEAR, "2026-11-23"),
        (19, NOW, "2026-11-23 22:02:11"),
        (19, NOW + YEAR, "2026-11-23 22:02:11"),
    ],
)
def test_a_start_of_another_year_is_not_taken_for_one_of_this(
    width: int, now: int, started: str
) -> None:
    [column] = [column for column in COLUMNS if column.name == "started"]
    assert column.text(ROW, Cell(UTC, now, width)) == started


def test_a_job_is_shown_in_words() -> None:
    assert cells(ROW) == {
        "Time": "1:05",
        "State": "● running",
        "Type": "csv_data_load",
        "User": "ada",
        "Started": "2026-11-23 22:02:11",
        "Message": "loading",
        "Id": "785d03dd",
    }


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(9, 12), "9/12 · loading"),
        (Progress(0, 0), "0/0 · loading"),
        (Progress(9_000, None), "9,000 so far · loading"),
    ],
)
def test_how_far_a_job_has_come_is_said_before_its_message(progress: Progress, said: str) -> None:
    assert cells(ROW._replace(progress=progress))["Message"] == said


def test_what_is_missing_or_no_text_is_a_dash() -> None:
    row = ROW._replace(status=None, type=UNSET, user={"a": 1}, start=None, end=None, message="")
    shown = cells(row)
    assert [shown[label] for label in ("Time", "State", "Type", "User", "Started", "Message")] == [
        "–", "· –", "–", "–", "–", "",
    ]  # fmt: skip
    assert cells(ROW._replace(type=7, user=True))["Type"] == "7"


def test_time_runs_for_a_running_job_and_stands_for_one_that_ended() -> None:
    ended = ROW._replace(outcome=Outcome.ENDED, status="COMPLETE", end=NOW - 60_000)
    assert ROW.taken(NOW + 1_000) == "1:06"
    assert ended.taken(NOW) == ended.taken(NOW + 1_000) == "5.0s"
    assert ended._replace(end=UNSET).taken(NOW) == "–"
    assert ROW._replace(status="CREATED").taken(NOW) == "–"


@given(st.text())
def test_no_text_of_a_job_leaves_its_line_or_moves_the_cursor(text: str) -> None:
    row = ROW._replace(id=text, type=text, user=text, status=text, message=text, node=text)
    for column in COLUMNS:
        shown = column.text(row, Cell(UTC, NOW, column.narrow))
        assert "\n" not in shown
        assert one_line(shown) == shown.strip(" ")
