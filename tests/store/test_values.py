"""JSON values as columns."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

import pytest

from jobwatch.model.formats import FormatError
from jobwatch.store.values import checked, to_column


class Stubborn(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self


class Mixed(str, Enum):  # noqa: UP042 - as programs have it that are older than StrEnum
    DONE = "done"


class Status(StrEnum):
    DONE = "done"


@pytest.mark.parametrize("text", [Stubborn("done"), Mixed.DONE, Status.DONE])
def test_text_of_any_kind_is_its_text(text: str) -> None:
    column = to_column(text)
    assert (column, type(column)) == ("done", str)


def test_a_checked_value_is_a_copy() -> None:
    value = {"rows": [1, 2.5, None, "a"]}
    assert checked(value) == value
    assert checked(value) is not value
    assert checked(value)["rows"] is not value["rows"]


@pytest.mark.parametrize("text", ["x", "a\0b", "a\ud800", ""])
@pytest.mark.parametrize(
    "within",
    [
        lambda text: text,
        lambda text: [text],
        lambda text: {"a": {"b": text}},
        lambda text: {text: (1, text)},
    ],
)
def test_text_of_any_kind_is_its_text_however_deep(text: str, within: Any) -> None:
    column = to_column(within(Stubborn(text)))
    assert (column, type(column)) == (to_column(within(text)), type(to_column(within(text))))
    assert repr(checked(within(Stubborn(text)))) == repr(checked(within(text)))


def test_text_of_any_kind_makes_nothing_else_json() -> None:
    deep: list[Any] = [Stubborn("x")]
    for _ in range(100_000):
        deep = [deep]
    for value, why in [
        ([Stubborn("x"), 1j], "no JSON value: .*complex"),
        ([Stubborn("x"), float("nan")], "NaN"),
        (deep, "nested deeper"),
        ([Stubborn("x"), deep], "nested deeper"),
    ]:
        with pytest.raises(FormatError, match=why):
            checked(value)
